"""The monthly letter: page, PDF and mail text say the same, of the last whole month, to its reader alone."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pypdf
import pytest

from server.domain.vocabulary import ReferralState
from server.persistence.models import Group
from server.services import workbench
from server.services.context import Tx
from tests import builders
from tests.conftest import Browser, FakeClock, Statements
from tests.mornings import Morning
from tests.services.test_slips import _give, _move

OpenBrowser = Callable[[str | None], Browser]


@pytest.fixture(scope="module", autouse=True)
def _no_child_left() -> Iterator[None]:
    yield
    workbench.stop_all()


def _text(reply: Any) -> str:
    return str(reply.get_data(as_text=True))


@pytest.fixture
def december(morning: Morning, clock: FakeClock) -> Morning:
    """In November Mira gave two slips, one of them in the last minutes of the month in Warsaw; one became business."""

    def warsaw(tx: Tx) -> None:
        tx.db.get_one(Group, morning.group_id).time_zone = "Europe/Warsaw"

    morning.ctx.transaction(warsaw)
    won = (ReferralState.ACCEPTED, ReferralState.CONTACTED, ReferralState.WON)
    _move(morning, "Max", _give(morning, given_on=date(2026, 11, 2)), *won)
    clock.now = datetime(2026, 11, 30, 22, 50, tzinfo=UTC)
    _give(morning)
    clock.now = datetime(2026, 11, 30, 23, 10, tzinfo=UTC)
    _give(morning)
    clock.now = datetime(2026, 12, 3, 8, 0, tzinfo=UTC)
    for who in ("Mira", "Sam", "Vik"):
        morning.tokens[who] = builders.signed_in(morning.ctx, morning.people[who])
    return morning


def test_page_paper_and_mail_say_the_same_of_the_month(
    browser: OpenBrowser, december: Morning, statements: Statements
) -> None:
    mira = browser("Mira")
    with statements() as sent:
        page = _text(mira.get("/referrals/letter"))
    assert len(sent) <= 13, "\n".join(sent)
    mail = _text(mira.get("/referrals/letter.txt"))
    paper = pypdf.PdfReader(io.BytesIO(mira.get("/referrals/letter.pdf").get_data()))
    printed = " ".join(" ".join(sheet.extract_text() for sheet in paper.pages).split())
    said = (
        "Your month: November 2026",
        "Dear Mira Łukasik,",
        "Last month you gave 2 referrals. You received none.",
        "Rule: asked once, after it became business.",
    )
    for each in said:
        assert each in mail
        assert each in printed
        assert each in page


def test_the_three_figures_are_the_same_on_page_paper_and_in_the_mail(browser: OpenBrowser, december: Morning) -> None:
    mira = browser("Mira")
    page = _text(mira.get("/referrals/letter"))
    mail = _text(mira.get("/referrals/letter.txt"))
    paper = pypdf.PdfReader(io.BytesIO(mira.get("/referrals/letter.pdf").get_data()))
    printed = " ".join(" ".join(sheet.extract_text() for sheet in paper.pages).split())
    shown = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    figures = (
        ("became business in 26 weeks, given and received", 1),
        ("referrals given in November 2026", 2),
        ("referrals received in November 2026", 0),
    )
    for what, number in figures:
        assert f"- {what}: {number}\n" in mail
        assert f"{what} {number}" in printed
        assert re.search(rf"{what} {number}\b|\b{number} {what}", shown), shown


def test_a_letter_is_its_readers_alone(browser: OpenBrowser, december: Morning) -> None:
    for path in ("/referrals/letter", "/referrals/letter.txt"):
        assert "Łukasik" not in _text(browser("Sam").get(path))
        assert browser("Vik").get(path).status_code in (403, 404)
    quiet = _text(browser("Sam").get("/referrals/letter.txt"))
    assert "Nothing waits. Someone you have not seen for long?" in quiet
    assert "Last month you gave no referral." in quiet
