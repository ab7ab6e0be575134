"""What is left of people who are no longer here: sums, to the cent, in every view; and nobody's name."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from server.domain.fees import FeeState
from server.domain.vocabulary import GroupId, MeetingStatus
from server.domain.weeks import Column
from server.persistence import turns
from server.persistence.models import (
    Attendance,
    FoldedAtMeeting,
    FoldedFigure,
    FoldedTotal,
    Meeting,
    Person,
    Referral,
    Week,
    WeekCorrection,
)
from server.persistence.queries import leading as queries
from server.services import fees, folding, leading, mine, passed, slips, thanks, walk_ins, week_files, weeks
from server.services.context import Context, Tx
from tests import histories
from tests.conftest import FakeClock
from tests.mornings import Morning
from tests.rooms import DOOR, everybody_in
from tests.services.test_slips import _give
from tests.services.test_thanks import _answer, _thank

MONDAY = date(2026, 11, 23)
"""The week of the cast's morning."""
NAMELESS = (FoldedTotal, FoldedAtMeeting, FoldedFigure)


@pytest.fixture
def late(ctx: Context, clock: FakeClock) -> Context:
    """A week after the last of the meetings that were."""
    clock.now = histories.NOW
    return ctx


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(seed=st.integers(0, 10**9), size=st.integers(0, 40), many=st.integers(1, 4), approved=st.booleans())
def test_whoever_goes_in_whatever_order_every_sum_stays_what_it_was(
    late: Context, seed: int, size: int, many: int, approved: bool
) -> None:
    history = histories.make(late, seed, size)
    if approved:
        histories.approve(late, history)
    before = histories.sums(late, history)
    for person in Random(seed).sample(history.people, many):
        histories.erase(late, history, person)
    assert histories.differences(before, histories.sums(late, history)) == {}
    with late.reading() as db:
        rows: list[Any] = [row for table in NAMELESS for row in db.scalars(select(table))]
    assert all(row.number >= 0 and getattr(row, "cents", 0) >= 0 for row in rows)


def _group(morning: Morning) -> GroupId:
    return GroupId(morning.group_id)


def _fold(morning: Morning, *names: str, keep: bool = False) -> None:
    def work(tx: Tx) -> None:
        for name in names:
            person = morning.people[name]
            folding.fold(tx, _group(morning), person)
            if not keep:
                tx.db.execute(delete(Person).where(Person.id == person))

    morning.ctx.transaction(work)


def _lines(morning: Morning) -> dict[type, list[Any]]:
    with morning.ctx.reading() as db:
        return {
            table: sorted(
                tuple(str(getattr(row, column.name)) for column in table.__table__.columns if column.name != "id")
                for row in db.scalars(select(table))
            )
            for table in NAMELESS
        }


def _week(morning: Morning, monday: date = MONDAY) -> weeks.WeekView:
    return weeks.show(morning.ctx, _group(morning), monday)


def _gone(morning: Morning, monday: date = MONDAY) -> dict[str, int]:
    return {column.value: number for column, number in _week(morning, monday).beside.gone.items() if number}


def test_what_two_people_shared_is_counted_once_whoever_goes_first(morning: Morning) -> None:
    _give(morning, giver="Mira", to="Max", inside=True)
    _give(morning, giver="Max", to="Mira")
    before = _week(morning).total
    _fold(morning, "Max")
    assert _gone(morning) == {"RGI": 1, "RGO": 1, "RRI": 1, "RRO": 1}
    assert _week(morning).total == before
    _fold(morning, "Mira")
    assert _week(morning).total == before


@pytest.mark.parametrize("first", ["Max", "Vik"])
def test_who_came_for_somebody_becomes_no_visitor_when_one_of_the_two_is_forgotten(
    ctx: Context, morning: Morning, first: str
) -> None:
    walk_ins.come_for(
        ctx,
        meeting_id=morning.meeting_id,
        absent_uid=morning.attendances["Max"],
        known_uid=morning.attendances["Vik"],
        desk=DOOR,
    )
    before = _week(morning).total
    for name in (first, *{"Max", "Vik"} - {first}):
        _fold(morning, name)
        assert passed.at(ctx, morning.meeting_id).visitors == 0
        assert _week(morning).total == before
        with ctx.reading() as db:
            assert queries.visitors(db, _group(morning), ctx.now() - timedelta(days=1)) == ()
    assert _totals(morning, "visitor", "came") == []


def test_nobody_is_folded_twice(morning: Morning) -> None:
    everybody_in(morning)
    _give(morning, inside=True)
    _answer(morning, "Mira", _thank(morning))
    _fold(morning, "Max", keep=True)
    once = _lines(morning)
    _fold(morning, "Max", keep=True)
    assert _lines(morning) == once
    assert once[FoldedTotal]


def test_what_is_kept_names_nobody_and_leads_to_nobody() -> None:
    for table in NAMELESS:
        columns = table.__table__.columns
        assert {key.column.table.name for column in columns for key in column.foreign_keys} <= {
            "groups",
            "meetings",
            "weeks",
        }
        assert not {"uid", "created_at", "person_id"} & set(columns.keys())


def test_a_slip_at_ten_to_midnight_on_the_31st_stays_in_its_month(morning: Morning, clock: FakeClock) -> None:
    clock.now = datetime(2026, 12, 31, 22, 50, tzinfo=UTC)  # Rome and Warsaw: ten to midnight
    for giver, to in (("Max", "Mira"), ("Olga", "Mira"), ("Fiona", "Mira"), ("Dora", "Mira"), ("Mira", "Olga")):
        _give(morning, giver=giver, to=to)
    clock.now = datetime(2027, 1, 15, 9, 0, tzinfo=UTC)

    def months() -> list[int | None]:
        return [each.number for each in leading.of_group(morning.ctx, _group(morning)).trends["referrals"]][-2:]

    assert months() == [5, 0]
    _fold(morning, "Max")
    assert months() == [5, 0]
    assert _gone(morning, date(2026, 12, 28)) == {"RGO": 1, "RRO": 1}
    assert [row.since for row in _totals(morning, "slip", "given:1")] == [date(2026, 12, 28)]


def _totals(morning: Morning, kind: str, what: str) -> list[FoldedTotal]:
    with morning.ctx.reading() as db:
        return [row for row in db.scalars(select(FoldedTotal)) if (row.kind.value, row.what) == (kind, what)]


def test_a_week_that_is_cut_by_the_first_of_a_month_is_kept_in_two_pieces(morning: Morning, clock: FakeClock) -> None:
    for day in (date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 4)):
        _give(morning, given_on=day)
    before = _week(morning, date(2026, 9, 28)).total
    _fold(morning, "Max")
    with morning.ctx.reading() as db:
        pieces = {
            row.since: row.number for row in db.scalars(select(FoldedTotal)) if row.kind == "week" and row.what == "RGO"
        }
    assert pieces == {date(2026, 9, 28): 1, date(2026, 10, 1): 2}
    assert _week(morning, date(2026, 9, 28)).total == before


def _close(morning: Morning) -> None:
    def work(tx: Tx) -> None:
        tx.db.get_one(Meeting, morning.meeting_id).status = MeetingStatus.CLOSED

    morning.ctx.transaction(work)


@pytest.fixture
def approved(morning: Morning, clock: FakeClock) -> Morning:
    """A week that a leader approved, and in which a figure of Max was put right."""
    everybody_in(morning)
    _give(morning, giver="Max", to="Mira", inside=True)
    _close(morning)
    clock.pass_by(days=7)
    weeks.approve(morning.ctx, group_id=_group(morning), monday=MONDAY, by=morning.people["Olga"])
    wanted = [weeks.Wanted(_uid(morning, "Max"), {Column.TRAININGS: 2})]
    asked: dict[str, Any] = {
        "version": 1,
        "wanted": wanted,
        "reason": "Max D'Alò said so",
        "by": morning.people["Olga"],
    }
    weeks.correct(morning.ctx, group_id=_group(morning), monday=MONDAY, **asked)
    return morning


def _uid(morning: Morning, who: str) -> Any:
    return next(line.person.uid for line in _week(morning).lines if line.person.given_name == who)


def test_an_approved_week_keeps_its_figures_on_a_line_without_a_name(approved: Morning) -> None:
    before = _week(approved)
    _fold(approved, "Max")
    after = _week(approved)
    assert after.total == before.total
    assert after.version == before.version
    assert _gone(approved) == {"P": 1, "RGI": 1, "CEU": 2}
    assert "Max" not in {line.person.given_name for line in after.lines}
    # What Mira received from him was approved, and that he is no longer here is no reason to put it right.
    assert [line.fresh for line in after.lines if line.fresh] == []


def test_the_trail_still_says_that_something_was_put_right_and_no_longer_of_whom(approved: Morning) -> None:
    _fold(approved, "Max")
    [line] = _week(approved).corrections
    assert (line.person, line.reason, line.actor) == ("", "", "Olga Marchetti")
    assert (line.column, line.before, line.after) == (Column.TRAININGS, 0, 2)


def test_what_a_leader_wrote_goes_with_the_leader(approved: Morning) -> None:
    _fold(approved, "Olga")
    [line] = _week(approved).corrections
    assert (line.person, line.reason, line.actor) == ("Max D'Alò", "", "")
    with approved.ctx.reading() as db:
        assert db.scalars(select(Week.approved_by_id)).all() == [None]
        assert db.scalars(select(WeekCorrection.actor_id)).all() == [None]


def test_what_was_approved_wrongly_is_still_pointed_out(approved: Morning) -> None:
    _fold(approved, "Max")

    def work(tx: Tx) -> None:
        tx.db.execute(delete(Attendance).where(Attendance.person_id == approved.people["Dora"]))

    approved.ctx.transaction(work)
    assert [(line.person.given_name, line.fresh) for line in _week(approved).lines if line.fresh] == [
        ("Dora", {Column.PRESENT: 0})
    ]


def test_a_week_approved_after_somebody_went_keeps_the_line_without_a_name(morning: Morning, clock: FakeClock) -> None:
    everybody_in(morning)
    _close(morning)
    clock.pass_by(days=7)
    before = _week(morning).total
    _fold(morning, "Max")
    weeks.approve(morning.ctx, group_id=_group(morning), monday=MONDAY, by=morning.people["Olga"])
    assert _week(morning).total == before
    assert _gone(morning) == {"P": 1}


def test_the_file_of_a_week_adds_up_and_comes_back(approved: Morning) -> None:
    _fold(approved, "Max")
    week = _week(approved)
    beside = [("Former members and guests", week.beside.others), ("People no longer here", week.beside.gone)]
    data = week_files.written(week.lines, "csv", "en", beside=beside)
    rows = [line.split(",") for line in data.decode("utf-8-sig").splitlines()]
    place = rows[0].index("CEU")
    assert [row[:2] for row in rows if row[0] == "*"] == [["*", "People no longer here"]]
    assert sum(int(row[place]) for row in rows[1:]) == week.total[Column.TRAININGS] == 2
    answer = week_files.bring_back(
        approved.ctx,
        group_id=_group(approved),
        monday=MONDAY,
        version=week.version,
        name="week.csv",
        data=data,
        reason="The same again",
        by=approved.people["Olga"],
    )
    assert answer == {"version": week.version, "changed": 0}


def test_totals_of_business_stay_to_the_cent_and_others_see_only_their_own_lines(morning: Morning) -> None:
    for who, cents in (("Max", 125_051), ("Max", 7), ("Olga", 99_999), ("Dora", 1), ("Fiona", 10)):
        _answer(morning, "Mira", _thank(morning, who, cents=cents))
    _thank(morning, "Max", cents=5)  # never confirmed: in no total
    before = _totals_of(morning)
    assert before == [("EUR", 5, 4, 225_068)]
    _fold(morning, "Max")
    assert _totals_of(morning) == before
    assert {each.other.name for each in _page(morning).thanks} == {"Olga Marchetti", "Dora Wiśniewska", "Fiona Kelly"}
    _fold(morning, "Dora")
    assert _totals_of(morning) == before


def _page(morning: Morning) -> thanks.ThanksPage:
    return thanks.page(morning.ctx, _group(morning), morning.people["Mira"], money=True)


def _totals_of(morning: Morning) -> list[tuple[str, int, int, int | None]]:
    return [(each.currency, each.deals, each.people, each.cents) for each in _page(morning).totals]


def test_nothing_is_told_afterwards_that_too_few_stood_behind(morning: Morning) -> None:
    for giver in ("Max", "Olga", "Fiona", "Dora"):
        _give(morning, giver=giver, to="Mira")

    def told() -> list[int | None]:
        return [each.number for each in leading.of_group(morning.ctx, _group(morning)).trends["referrals"]][-1:]

    assert told() == [None]
    _fold(morning, "Max")
    assert told() == [None]
    # Somebody who was counted is not counted again for what they do later.
    _give(morning, giver="Olga", to="Mira")
    assert told() == [None]


def test_a_member_s_own_numbers_speak_of_those_who_are_here(morning: Morning) -> None:
    _give(morning, giver="Mira", to="Max")
    _give(morning, giver="Mira", to="Olga")
    _fold(morning, "Max")
    found = mine.of_person(morning.ctx, _group(morning), morning.people["Mira"])
    assert sum(found.given.values()) == 1
    with morning.ctx.reading() as db:
        assert [slip.receiver_id for slip in db.scalars(select(Referral))] == [morning.people["Olga"]]


def test_the_cash_box_of_a_meeting_stays_what_it_was(morning: Morning) -> None:
    everybody_in(morning)

    def work(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, morning.meeting_id)
        meeting.member_fee_cents = 1250

    morning.ctx.transaction(work)
    fees.settle(
        morning.ctx,
        meeting_id=morning.meeting_id,
        attendance_uid=morning.attendances["Max"],
        state=FeeState.PAID,
    )
    before = fees.sheet(morning.ctx, morning.meeting_id)
    _fold(morning, "Max", "Dora")
    after = fees.sheet(morning.ctx, morning.meeting_id)
    assert after.cash == before.cash
    assert [after.count(state) for state in FeeState] == [before.count(state) for state in FeeState]
    assert (after.gone.cash.received, after.gone.cash.owed, len(after.lines)) == (1250, 1250, len(before.lines) - 2)


def test_a_place_at_a_meeting_still_to_come_is_simply_free(morning: Morning) -> None:
    _fold(morning, "Max")
    with morning.ctx.reading() as db:
        assert db.scalars(select(FoldedAtMeeting)).all() == []
        assert morning.people["Max"] not in set(db.scalars(select(Attendance.person_id)))


def test_what_was_folded_in_one_group_says_nothing_in_another(morning: Morning) -> None:
    everybody_in(morning)
    _give(morning)
    _fold(morning, "Max")
    foreign = weeks.show(morning.ctx, GroupId(morning.other_group_id), MONDAY)
    assert not any(foreign.total.values())


def test_a_history_of_ten_years_is_folded_in_few_statements(
    morning: Morning, clock: FakeClock, statements: Any
) -> None:
    for back in range(30):
        _give(morning, given_on=(clock.now - timedelta(days=back)).date())
    with statements() as sent:
        _fold(morning, "Max", keep=True)
    # However many slips there are: the questions, and two for each table that is emptied.
    assert len(sent) <= 50, len(sent)


def test_while_a_long_history_is_folded_others_have_their_turn_and_read_what_was_there(
    morning: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(turns.PORTION + 5):
        _give(morning, need=f"Roof {number}", sure=True)
    group = GroupId(morning.group_id)
    read: list[int] = []

    def others() -> None:
        read.append(len(slips.of_group(morning.ctx, group)))

    monkeypatch.setattr(turns, "breathe", others)
    _fold(morning, "Max")
    assert len(read) > 10, "in between everything it counts and every portion it takes away"
    assert set(read) == {turns.PORTION + 5}
    assert slips.of_group(morning.ctx, group) == ()
