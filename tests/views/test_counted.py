"""Every figure of the leaders' pages leads to the rows it counts, and these add up to it; others see nothing."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from server.domain.fees import FeeState
from server.domain.vocabulary import GroupId, MeetingStatus, ReferralState, Role, Standing
from server.domain.weeks import Column
from server.persistence.models import AgendaItem, Group, Meeting, OneToOne, Person
from server.services import fees, folding, weeks, workbench
from server.services.context import Tx
from tests import builders
from tests.cast import Character
from tests.conftest import Browser, FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import an_earlier_morning, everybody_in
from tests.services.test_slips import _give, _move

Open = Callable[[str | None], Browser]
RING = ("Olga", "Fiona", "Dora", "Mira", "Max")
WON = (ReferralState.ACCEPTED, ReferralState.CONTACTED, ReferralState.WON)
EARLY = date(2026, 11, 16)
FIGURE = re.compile(r'<a class="link" href="([^"]*)" aria-label="([^":]+(?::\d\d)?): ([^"]*)">')
"""Address, number and words of a figure that leads somewhere."""


@pytest.fixture(scope="module", autouse=True)
def _no_child_left() -> Iterator[None]:
    yield
    workbench.stop_all()


@pytest.fixture
def history(morning: Morning, clock: FakeClock) -> Morning:
    """Three mornings with visitors, rounds, slips, leads, fees, an approved week put right; Max is no longer here."""
    first = an_earlier_morning(morning, [[["Mira", "Dora"], ["Fiona", "Olga"]]], days_ago=14)
    early = an_earlier_morning(morning, [[["Mira", "Max"], ["Fiona", "Dora", "Olga"]], [["Mira", "Dora", "Fiona"]]])
    everybody_in(morning, only=["Olga", "Mira", "Max", "Vik"])
    clock.pass_by(minutes=40)
    everybody_in(morning, only=["Dora"])
    for giver, to in zip(RING, RING[1:] + RING[:1], strict=True):
        _give(morning, giver=giver, to=to)
    _give(morning, giver="Mira", to="Dora")
    _move(morning, "Mira", _give(morning, giver="Dora", to="Mira", inside=True), *WON)
    _give(morning, giver="Olga", to="Mira", level=1, consent=False, vouch="")
    _give(morning, giver="Max", to="Mira", level=1, consent=False, vouch="")
    _people_and_ties(morning, early)
    fees.settle(
        morning.ctx, meeting_id=morning.meeting_id, attendance_uid=morning.attendances["Max"], state=FeeState.PAID
    )
    fees.settle(
        morning.ctx, meeting_id=morning.meeting_id, attendance_uid=morning.attendances["Dora"], state=FeeState.PAID
    )
    weeks.approve(morning.ctx, group_id=GroupId(morning.group_id), monday=EARLY, by=morning.people["Olga"])
    _put_right(morning)

    def go(tx: Tx) -> None:
        tx.db.execute(
            update(Meeting)
            .where(Meeting.id.in_((first, early, morning.meeting_id)))
            .values(status=MeetingStatus.CLOSED)
        )
        folding.fold(tx, GroupId(morning.group_id), morning.people["Max"])
        tx.db.execute(delete(Person).where(Person.id == morning.people["Max"]))

    morning.ctx.transaction(go)
    return morning


def _people_and_ties(morning: Morning, early: int) -> None:
    """Six visitors of the earlier morning, of whom one joined, another one-to-one, what was on the agenda, the fees."""

    def work(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, early)
        group = tx.db.get_one(Group, morning.group_id)
        for at in range(6):
            guest = Character(f"Guest{at}", "Newcomer", "", "Plumber", f"guest{at}@example.org")
            standing = Standing.MEMBER if at == 0 else Standing.VISITOR
            person = builders.a_member(tx, group, guest, standing)
            builders.an_attendance(
                tx,
                meeting,
                person,
                Standing.VISITOR,
                entered_at=meeting.starts_at,
                invited_by_id=morning.people["Mira"],
                is_walk_in=at == 1,
            )
        first, second = sorted((morning.people["Olga"], morning.people["Dora"]))
        tx.db.add(
            OneToOne(
                group_id=morning.group_id,
                first_id=first,
                second_id=second,
                held_on=EARLY,
                first_confirmed_at=tx.now,
                second_confirmed_at=tx.now,
            )
        )
        item = AgendaItem(position=0, kind="welcome", title="Welcome", minutes=5, meeting_id=early)
        item.began_at, item.ended_at = meeting.starts_at, meeting.starts_at + timedelta(minutes=9)
        tx.db.add(item)
        tx.db.execute(update(Meeting).where(Meeting.id == morning.meeting_id).values(member_fee_cents=1250))
        tx.db.execute(update(Person).where(Person.id == morning.people["Mira"]).values(wants_sector=" florist"))

    morning.ctx.transaction(work)


def _put_right(morning: Morning) -> None:
    """Somebody says that Dora gave two more that week than anybody wrote down."""
    view = weeks.show(morning.ctx, GroupId(morning.group_id), EARLY)
    dora = next(line.person.uid for line in view.lines if line.person.id == morning.people["Dora"])
    weeks.correct(
        morning.ctx,
        group_id=GroupId(morning.group_id),
        monday=EARLY,
        version=1,
        wanted=[weeks.Wanted(dora, {Column.GIVEN_OUTSIDE: 2})],
        reason="On paper",
        by=morning.people["Olga"],
    )


def _text(reply: Any) -> str:
    assert reply.status_code == 200, reply.get_data(as_text=True)[:600]
    return str(reply.get_data(as_text=True))


def _pages(morning: Morning) -> list[str]:
    with morning.ctx.reading() as db:
        ours = select(Meeting.uid).where(Meeting.group_id == morning.group_id, Meeting.id != morning.meeting_id)
        early = db.scalar(ours.order_by(Meeting.starts_at.desc()))
    here = f"/o/{morning.meeting_uid}"
    return [
        f"{here}/figures", f"/o/{early}/figures", f"{here}/report", f"/o/{early}/report", f"{here}/fees",
        "/o/numbers", "/o/leaders", "/o/report", "/o/report?weeks=13", "/o/weeks/2026-11-16", "/o/weeks/2026-11-23",
        "/o/weeks/sum", "/o/matrix", "/o/matrix?show=met", "/o/fruit", f"{here}/growth", f"/o/{early}/growth",
    ]  # fmt: skip


def _listed(page: str) -> int:
    """What a list adds up to: its rows, or their last column, and what is said to be in the figure beside them."""
    rows = re.findall(r'<tr role="row"><th role="rowheader" scope="row">.*?</tr>', page, re.DOTALL)
    numbers = re.findall(r'<td role="cell" data-label="Number">(-?\d+)</td>', page)
    beside = sum(int(each) for each in re.findall(r"(\d+) more (?:is|are|belongs?) ", page))
    return (sum(map(int, numbers)) if numbers else len(rows)) + beside


def test_every_figure_leads_to_the_rows_it_counts(browser: Open, history: Morning) -> None:
    olga = browser("Olga")
    followed: dict[str, str] = {}
    seen = set()
    for path in _pages(history):
        page = _text(olga.get(path))
        for address, number, words in FIGURE.findall(page):
            where = unescape(address)
            if "/counted/" not in where:
                continue
            if where not in followed:
                followed[where] = _text(olga.get(where))
            listed = _listed(followed[where])
            assert f"Together: {listed}<" in followed[where], where
            counts = [int(each) for each in re.findall(r"\d+", number)]
            if "part=1" in where:
                assert counts[-1] <= listed, (path, where, number, words)
            else:
                assert listed in counts, (path, where, number, words)
            seen.add(re.sub(r".*/counted/([a-z_-]+).*", r"\1", where))
    assert seen >= {
        "expected", "came", "members", "visitors", "walk_ins", "late", "missing", "arrived", "rounds",
        "given", "leads", "first-time", "again", "acquainted", "fresh", "both-confirmed", "listed", "weeks",
        "referrals", "visitors-came", "visitors-again", "visitors-joined", "members-then", "members-still",
        "sector-there", "sector-wanted", "item",
    }, seen  # fmt: skip
    assert "put right, or changed after the week was approved" in "".join(followed.values())
    assert not any("D'Alò" in unescape(page) for page in followed.values())


def test_no_list_tells_what_a_slip_is_about_nor_how_it_ended(browser: Open, history: Morning) -> None:
    olga = browser("Olga")
    given = _text(olga.get("/o/counted/given?weeks=26&part=1"))
    assert "is seen by their two people only" in given
    assert "won" not in given.split("<main", 1)[1].lower()
    two = _text(olga.get("/o/counted/one-to-ones?month=2026-11"))
    assert "Nobody and nothing here." in two, "a month of fewer than five is not told"
    leads = _text(olga.get("/o/counted/leads?weeks=26"))
    assert "1 more is a lead, which its two people see and nobody else." in leads
    assert 'role="rowheader"' not in leads


def test_the_quality_of_the_group_leads_every_member_to_what_was_given(
    browser: Open, history: Morning, statements: Statements
) -> None:
    mira = browser("Mira")
    page = _text(mira.get("/referrals/quality"))
    found = {words: (unescape(address), number) for address, number, words in FIGURE.findall(page)}
    address, number = found["referrals given"]
    with statements() as sent:
        assert _listed(_text(mira.get(address))) == int(number)
    assert len(sent) <= 12
    assert "became business" in found


def test_the_fees_lead_to_who_paid_and_who_came_and_owes(browser: Open, history: Morning) -> None:
    olga = browser("Olga")
    here = f"/o/{history.meeting_uid}/fees"
    found = {words: unescape(address) for address, _, words in FIGURE.findall(_text(olga.get(here)))}
    paid, owing = (_text(olga.get(found[words])) for words in ("in the cash box", "owed by those who came"))
    assert paid.count('<li id="f-') == 1
    assert "1 more belongs to people who are no longer here." in paid
    assert owing.count('<li id="f-') == 2, "Olga and Mira came; Fiona did not"


def test_who_may_not_see_the_figures_sees_no_rows(browser: Open, history: Morning, statements: Statements) -> None:
    here = f"/o/{history.meeting_uid}/counted"
    days = "since=2026-11-16&until=2026-11-22"
    addresses = [
        f"{here}/came", f"{here}/given", f"{here}/rounds", f"{here}/first-time", f"{here}/sector-there?name=Florist",
        f"/o/counted/weeks?columns=P,RGO,121&{days}", f"/o/counted/weeks?columns=P&whose=others&{days}",
        "/o/counted/given?weeks=26", "/o/counted/both-confirmed?weeks=26", "/o/counted/acquainted?weeks=26",
        "/o/counted/listed?weeks=26&whose=nobody", "/o/counted/visitors-came", "/o/counted/members-then",
        "/o/counted/referrals?month=2026-11", "/o/counted/sector-wanted?name=Florist", "/o/counted/item?kind=welcome",
        "/o/counted/pairs?show=all&weeks=52",
    ]  # fmt: skip
    olga, mira, sam = browser("Olga"), browser("Mira"), browser("Sam")
    for address in addresses:
        with statements() as sent:
            _text(olga.get(address))
        assert len(sent) <= 12, (address, sent)
        assert mira.get(address).status_code in (403, 404), address
        reply = sam.get(address)
        assert reply.status_code in (403, 404) or not re.search("Łukasik|Newcomer|Marchetti", _text(reply)), address
    for wrong in (
        f"{here}/nothing", f"{here}/arrived?at=noon", f"{here}/arrived?at=2026-11-26T08:00", "/o/counted/nothing",
        "/o/counted/given?weeks=3", "/o/counted/weeks?columns=&since=2026-11-16&until=2026-11-22",
        "/o/counted/weeks?columns=P&since=2020-11-16&until=2026-11-22", "/o/counted/referrals?month=2026-13",
        "/o/counted/weeks?columns=P&since=2026-11-17&until=2026-11-22", "/o/counted/pairs?show=no&weeks=52",
    ):  # fmt: skip
        assert olga.get(wrong).status_code == 404, wrong


def test_a_leader_sees_them_and_fewer_than_five_visitors_are_not_named(browser: Open, morning: Morning) -> None:
    everybody_in(morning)
    token = builders.signed_in(morning.ctx, morning.people["Max"], role=Role.LEADER, group_id=morning.group_id)
    leader = Browser(browser(None).client, token)
    assert "Vik" in _text(leader.get(f"/o/{morning.meeting_uid}/counted/visitors"))
    assert "Vik" not in _text(leader.get("/o/counted/visitors-came"))
    assert "Nobody and nothing here." in _text(leader.get("/o/counted/visitors-came"))
    assert "Nobody and nothing here." in _text(leader.get("/o/counted/item?kind=welcome"))
