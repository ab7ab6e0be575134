"""The leaders' pages over HTTP: trends, funnel, gaps, drift as page and PDF, and the matrices."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pypdf
import pytest
from sqlalchemy import select

from server.domain.vocabulary import Standing
from server.persistence.models import AgendaItem, Membership, OneToOne
from server.services import sectors, workbench
from server.services.context import Tx
from tests.conftest import Browser, Statements
from tests.mornings import Morning
from tests.rooms import an_earlier_morning, everybody_in
from tests.services.test_slips import _give

OpenBrowser = Callable[[str | None], Browser]
RING = ("Olga", "Fiona", "Dora", "Mira", "Max")


@pytest.fixture(scope="module", autouse=True)
def _no_child_left() -> Iterator[None]:
    yield
    workbench.stop_all()


@pytest.fixture
def led(morning: Morning) -> Morning:
    """Five people gave, a round was held, two had a one-to-one, the agenda ran over."""
    an_earlier_morning(morning, [[["Mira", "Max"], ["Fiona", "Dora", "Olga"]]])
    everybody_in(morning)
    for giver, to in zip(RING, RING[1:] + RING[:1], strict=True):
        _give(morning, giver=giver, to=to)

    def work(tx: Tx) -> None:
        first, second = sorted((morning.people["Olga"], morning.people["Max"]))
        day = tx.now.date()
        tx.db.add(
            OneToOne(
                group_id=morning.group_id,
                first_id=first,
                second_id=second,
                held_on=day,
                first_confirmed_at=tx.now,
                second_confirmed_at=tx.now,
            )
        )
        item = AgendaItem(position=0, kind="welcome", title="Welcome", minutes=5, meeting_id=morning.meeting_id)
        item.began_at, item.ended_at = tx.now, tx.now + timedelta(minutes=9)
        tx.db.add(item)

    morning.ctx.transaction(work)
    return morning


def _text(reply: Any) -> str:
    return str(reply.get_data(as_text=True))


@pytest.mark.parametrize("path", ["/o/leaders", "/o/matrix", "/o/matrix?show=met&weeks=26"])
def test_those_who_lead_read_them_in_few_statements_and_nobody_else(
    browser: OpenBrowser, led: Morning, statements: Statements, path: str
) -> None:
    olga = browser("Olga")
    with statements() as sent:
        page = _text(olga.get(path))
    assert len(sent) <= 13, "\n".join(sent)
    assert "<h1" in page
    assert browser("Mira").get(path).status_code in (403, 404)
    theirs = _text(browser("Sam").get(path))
    assert "Łukasik" not in theirs


def test_the_page_and_the_pdf_say_the_same_of_five_and_hide_fewer(browser: OpenBrowser, led: Morning) -> None:
    olga = browser("Olga")
    page = _text(olga.get("/o/leaders"))
    assert "Most in November 2026: 5." in page
    assert "Photographer" in page
    assert "The way from visitor to member is told of five visitors or more." in page
    assert "Most in November 2026: 2." not in page, "two people's one-to-one is nobody's number"
    paper = pypdf.PdfReader(io.BytesIO(olga.get("/o/leaders.pdf").get_data()))
    text = " ".join(" ".join(sheet.extract_text() for sheet in paper.pages).split())
    for said in ("Most in November 2026: 5.", "Photographer", "How the agenda drifts"):
        assert said in text
    assert "Łukasik" not in text


def test_an_empty_seat_of_the_groups_own_list_is_told_apart_from_what_members_look_for(
    browser: OpenBrowser, led: Morning
) -> None:
    sectors.add(led.ctx, group_id=led.group_id, name="Bee keeper", above="")  # type: ignore[arg-type]
    page = _text(browser("Olga").get("/o/leaders"))
    assert re.search(r"Empty seats of the group&#39;s own list: [^<]*Bee keeper", page)
    assert not re.search(r"Gaps: [^<]*Bee keeper", page)
    assert "Bee keeper" in "".join(
        sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(browser("Olga").get("/o/leaders.pdf").data)).pages
    )


def test_a_month_of_fewer_than_five_is_a_dash_and_no_nought(browser: OpenBrowser, led: Morning) -> None:
    _give(led, giver="Mira", to="Max", given_on=date(2026, 10, 5))
    olga = browser("Olga")
    page = _text(olga.get("/o/leaders"))
    assert "A month to which fewer than five people contributed is not told." in page
    table = page.split("<details>", 1)[1].split("</details>", 1)[0]
    months = dict(re.findall(r'<th scope="row">([^<]+)</th><td class="end num">(.*?)</td>', table))
    assert (months["Sep 26"], months["Oct 26"]) == ("0", "–"), "nothing is 0, and too few are told nowhere"
    assert ">5</a>" in months["Nov 26"]
    picture = page.split("<figure", 1)[1].split("</svg>", 1)[0]
    assert picture.count(">–</text>") == 1
    paper = pypdf.PdfReader(io.BytesIO(olga.get("/o/leaders.pdf").get_data()))
    text = " ".join(" ".join(sheet.extract_text() for sheet in paper.pages).split())
    assert "contributed is not told." in text
    assert " – " in text


def _cells(page: str, name: str) -> list[str]:
    row = page.split(f">{name}</a></th>", 1)[1].split("</tr>", 1)[0]
    return [cell.split("</td>")[0] for cell in row.split("<td>")[1:]]


def test_the_matrix_shows_ties_and_lists_what_is_missing(browser: OpenBrowser, led: Morning) -> None:
    olga = browser("Olga")
    page = _text(olga.get("/o/matrix"))
    # By family name: D'Alò, Kelly, Łukasik, Marchetti, Wiśniewska.
    assert _cells(page, "Max D&#39;Alò") == ["–", "", "S", "OR", ""]
    assert "4 pairs: nothing so far." in page
    assert "<li>Max D&#39;Alò, Fiona Kelly</li>" in page
    met = _text(olga.get("/o/matrix?show=met"))
    assert _cells(met, "Max D&#39;Alò") == ["–", "", "S", "", ""]
    assert "never sat together" in met


def test_a_group_of_four_has_no_matrix(browser: OpenBrowser, morning: Morning) -> None:
    def leave(tx: Tx) -> None:
        row = tx.db.scalars(select(Membership).where(Membership.person_id == morning.people["Max"])).one()
        row.standing = Standing.FORMER

    morning.ctx.transaction(leave)
    assert "five members or more" in _text(browser("Olga").get("/o/matrix"))
