"""Who may open which figure, page by page and file by file; and what a group of four is not told on any of them."""

import html
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pypdf
import pytest
from flask import Flask
from sqlalchemy import select

from server.domain.referrals import Served
from server.domain.vocabulary import ReferralState, Role, Standing
from server.persistence.models import Membership, Person
from server.services import workbench
from server.services.context import Tx
from tests import builders
from tests.conftest import Browser
from tests.mornings import Morning
from tests.rooms import everybody_in, seat_rounds
from tests.services.test_slips import _give, _move, _served
from tests.services.test_thanks import _answer, _thank

OpenBrowser = Callable[[str | None], Browser]
WON = (ReferralState.ACCEPTED, ReferralState.CONTACTED, ReferralState.WON)

LEADERS = (
    "/o/leaders", "/o/leaders.pdf", "/o/matrix", "/o/numbers", "/o/report", "/o/report.pdf", "/o/fruit", "/o/fruit.pdf",
    "/o/weeks", "/o/weeks/2026-11-16", "/o/weeks/2026-11-16.csv", "/o/weeks/2026-11-16.xlsx", "/o/weeks/sum",
    "/o/weeks/sum.csv", "/o/weeks/sum.xlsx", "/o/lights", "/o/lights/{mira}", "/o/{m}/figures", "/o/{m}/attendance.csv",
    "/o/{m}/growth", "/o/{m}/growth.pdf", "/o/{m}/report", "/o/{m}/report.pdf", "/o/counted/given?weeks=26",
    "/o/{m}/counted/came",
)  # fmt: skip
ORGANISERS = ("/o/lights/table", "/o/referral-rules")
CARERS = ("/o/care", "/o/care/{mira}")
MEMBERS = (
    "/referrals", "/referrals.csv", "/referrals.xlsx", "/referrals/list", "/referrals/group", "/referrals/group.csv",
    "/referrals/group.xlsx", "/referrals/quality", "/referrals/quality/given", "/referrals/mine",
    "/referrals/mine/meetings", "/referrals/mine/contacts", "/referrals/mine.pdf", "/referrals/lights",
    "/referrals/letter", "/referrals/letter.pdf", "/referrals/letter.txt", "/thanks", "/thanks.csv", "/thanks.xlsx",
    "/activity", "/activity.csv", "/activity.xlsx",
)  # fmt: skip
GRANTED = {Role.LEADER: LEADERS, Role.SECRETARY: LEADERS, Role.CARE: (*LEADERS, *CARERS)}
"""What somebody may open who has only this role."""
NAMES = ("Łukasik", "D'Alò", "Marchetti")


@pytest.fixture(scope="module", autouse=True)
def _no_child_left() -> Iterator[None]:
    yield
    workbench.stop_all()


@pytest.fixture
def busy(morning: Morning) -> Morning:
    """Referrals round in a ring of five, all won and well served, thanks with sums, and a round held."""
    everybody_in(morning)
    seat_rounds(morning, [[("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")]])
    ring = ("Mira", "Max", "Olga", "Fiona", "Dora")
    for giver, to in zip(ring, (*ring[1:], ring[0]), strict=True):
        _served(morning, giver, _move(morning, to, _give(morning, giver=giver, to=to), *WON), Served.YES)
    return morning


def _addresses(morning: Morning, paths: tuple[str, ...]) -> list[str]:
    with morning.ctx.reading() as db:
        mira = db.get_one(Person, morning.people["Mira"]).uid
    return [path.format(m=morning.meeting_uid, mira=mira) for path in paths]


def _words(reply: Any) -> str:
    """What a page, a file or a PDF says; a workbook's cells are looked at as what they are zipped from, elsewhere."""
    if reply.mimetype == "application/pdf":
        pages = pypdf.PdfReader(io.BytesIO(reply.get_data())).pages
        return " ".join(page.extract_text() for page in pages)
    if "spreadsheetml" in reply.mimetype:
        return ""
    return html.unescape(reply.get_data().decode("utf-8"))


@pytest.mark.parametrize("role", GRANTED)
def test_a_role_opens_its_pages_and_no_other(app: Flask, busy: Morning, role: Role) -> None:
    one = Browser(app.test_client(), builders.signed_in(busy.ctx, None, role=role, group_id=busy.group_id))
    every = (*LEADERS, *ORGANISERS, *CARERS, *MEMBERS)
    opened = {path for path, address in zip(every, _addresses(busy, every), strict=True)
              if one.get(address).status_code == 200}  # fmt: skip
    assert opened == set(GRANTED[role])


def test_the_organiser_opens_all_but_what_is_the_carers(browser: OpenBrowser, busy: Morning) -> None:
    olga = browser("Olga")
    statuses = {path: olga.get(path).status_code for path in _addresses(busy, (*LEADERS, *ORGANISERS, *MEMBERS))}
    assert set(statuses.values()) == {200}, statuses
    assert {olga.get(path).status_code for path in _addresses(busy, CARERS)} <= {403, 404}


def test_a_member_opens_their_own_and_the_groups_and_no_leaders_page(browser: OpenBrowser, busy: Morning) -> None:
    mira = browser("Mira")
    assert {mira.get(path).status_code for path in _addresses(busy, MEMBERS)} == {200}
    for path in _addresses(busy, (*LEADERS, *ORGANISERS, *CARERS)):
        assert mira.get(path).status_code in (403, 404), path


@pytest.mark.parametrize("who", ["Vik", "Dora", "display", None])
def test_visitors_doors_displays_and_strangers_open_none(browser: OpenBrowser, busy: Morning, who: str | None) -> None:
    one = browser(who)
    for path in _addresses(busy, (*LEADERS, *ORGANISERS, *CARERS, *MEMBERS)):
        reply = one.get(path)
        assert reply.status_code in (302, 303, 401, 403, 404), (path, reply.status_code)


def test_the_organiser_of_another_group_reads_nothing_of_this_one(browser: OpenBrowser, busy: Morning) -> None:
    sam = browser("Sam")
    for path in _addresses(busy, (*LEADERS, *ORGANISERS, *CARERS, *MEMBERS)):
        reply = sam.get(path)
        if reply.status_code == 200:
            assert not [name for name in NAMES if name in _words(reply)], path
        else:
            assert reply.status_code in (403, 404), path


def _leave(morning: Morning, *names: str) -> None:
    def work(tx: Tx) -> None:
        for name in names:
            row = tx.db.scalars(select(Membership).where(Membership.person_id == morning.people[name])).one()
            row.standing = Standing.FORMER

    morning.ctx.transaction(work)


def test_what_four_gave_is_told_on_no_page_and_in_no_file(browser: OpenBrowser, morning: Morning) -> None:
    """Four givers, three of five referrals won: their number is no secret, what became of them is."""
    everybody_in(morning)
    ring = ("Mira", "Max", "Olga", "Fiona")
    pairs = list(zip(ring, (*ring[1:], "Mira"), strict=True))
    given = [_give(morning, giver=giver, to=to) for giver, to in pairs]
    for (giver, to), slip in list(zip(pairs, given, strict=True))[:3]:
        _served(morning, giver, _move(morning, to, slip, *WON), Served.YES)
    for thanker in ("Mira", "Max"):
        _answer(morning, "Olga", _thank(morning, who=thanker, to="Olga", cents=7_654_321))
    olga = browser("Olga")
    for path in _addresses(morning, (*LEADERS, "/referrals/quality", "/referrals/group", "/referrals/group.csv")):
        said = _words(olga.get(path))
        assert not re.search(r"7.?6.?543.?21", said), path
        for secret in ("Won 3", "3 of 3", "75 %", "75%", "well served, say the prospects"):
            assert secret not in " ".join(re.sub(r"<[^>]+>", " ", said).split()), (path, secret)
    quality = _words(olga.get("/referrals/quality"))
    assert "How well is told when five people or more gave a referral." in quality


def test_a_group_of_four_reads_no_light_and_no_matrix_of_anybody(browser: OpenBrowser, busy: Morning) -> None:
    _leave(busy, "Max")
    olga = browser("Olga")
    for path in _addresses(busy, ("/o/lights", "/o/matrix")):
        page = _words(olga.get(path)).partition("<main")[2].partition("</main>")[0]
        assert "This is shown when the group has five members or more." in page
        assert not [name for name in NAMES[:2] if name in page], path
