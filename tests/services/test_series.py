"""A series from the organiser's chair: planned at once, changed together, taken back, on both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from server.domain.errors import NotFound, RuleViolation, WrongPhase
from server.domain.holidays import Holiday
from server.domain.series import Rhythm, days_after, rhythms_of
from server.domain.vocabulary import AttendanceStatus, GroupId, MeetingId, MeetingStatus
from server.persistence.models import Meeting
from server.services import attendance, expected, meeting_plans, meetings, series
from server.services.context import Context, Op
from server.services.expected import Visitor
from server.services.meetings import AgendaLine, MeetingPlan, MeetingView
from tests import builders
from tests.mornings import Morning

PLAN = MeetingPlan(
    name="Breakfast no. 215",
    place="Hotel Corona",
    starts_local=datetime(2027, 3, 11, 7, 0),  # noqa: DTZ001 - the group's wall clock has no zone
    rounds=4,
    round_seconds=300,
    table_size=2,
    agenda=(AgendaLine("welcome", "Welcome", 5), AgendaLine("rounds", "Rounds", 30)),
)
UNTIL = date(2027, 4, 8)
FOUR = (date(2027, 3, 18), date(2027, 3, 25), date(2027, 4, 1), date(2027, 4, 8))


@pytest.fixture
def first(morning: Morning) -> MeetingId:
    """The breakfast of a Thursday, two weeks before the clocks change."""
    uid = meetings.create(morning.ctx, group_id=GroupId(morning.group_id), plan=PLAN)
    return meetings.find(morning.ctx, uid).id


def _of_series(ctx: Context, meeting_id: MeetingId) -> list[MeetingView]:
    with ctx.reading() as db:
        name = db.scalar(select(Meeting.series).where(Meeting.id == meeting_id))
        if name is None:
            return []
        rows = db.scalars(select(Meeting).where(Meeting.series == name).order_by(Meeting.starts_at)).all()
        return [meetings.as_view(row) for row in rows]


def _repeat(ctx: Context, meeting_id: MeetingId, on: tuple[date, ...] = FOUR, op: Op | None = None) -> str:
    answer = series.repeat(ctx, meeting_id=meeting_id, rhythm=Rhythm.WEEKLY, until=UNTIL, on=on, op=op)
    assert answer["meetings"] == len(on)
    return str(answer["change"])


def test_every_thursday_at_seven_stays_at_seven_when_the_clocks_change(morning: Morning, first: MeetingId):
    _repeat(morning.ctx, first)
    found = _of_series(morning.ctx, first)
    assert [view.local_start.replace(tzinfo=None) for view in found] == [
        PLAN.starts_local + week * timedelta(weeks=1) for week in range(5)
    ]
    assert [view.starts_at.astimezone(UTC).hour for view in found] == [6, 6, 6, 5, 5]
    assert [view.name for view in found] == [f"Breakfast no. {n}" for n in range(215, 220)]


@settings(deadline=None)
@given(
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.times(),
    st.sampled_from(Rhythm),
    st.sampled_from(["Europe/Rome", "Europe/Warsaw"]),
)
@example(date(2027, 3, 14), time(2, 30), Rhythm.WEEKLY, "Europe/Rome")
@example(date(2027, 10, 24), time(2, 30), Rhythm.WEEKLY, "Europe/Warsaw")
def test_a_series_keeps_its_hour_on_the_wall_over_every_change_of_the_clocks(
    day: date, hour: time, rhythm: Rhythm, zone: str
):
    assume(rhythm in rhythms_of(day))
    days = days_after(day, rhythm, day + timedelta(days=400))
    moments = []
    for each in days:
        local = datetime.combine(each, hour)
        meeting = Meeting(time_zone=zone, agenda=[])
        meeting_plans.fill(meeting, replace(PLAN, starts_local=local))
        moments.append(meeting.starts_at.astimezone(UTC))
        shown = moments[-1].astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        # An hour that the clocks leave out is the one after it.
        assert shown in (local, local + timedelta(hours=1))
        assert shown == local or (each.month == 3 and hour.hour == 2)
    assert moments == sorted(set(moments))


def test_each_meeting_expects_every_member_and_has_the_agenda(morning: Morning, first: MeetingId):
    _repeat(morning.ctx, first)
    here = {person.given_name for person in attendance.everybody(morning.ctx, first)}
    for view in _of_series(morning.ctx, first):
        assert {person.given_name for person in attendance.everybody(morning.ctx, view.id)} == here
        assert meetings.show(morning.ctx, view.id)[1] == PLAN.agenda


def test_holidays_and_days_with_a_meeting_are_told_before_anything_is_planned(morning: Morning, first: MeetingId):
    ctx = morning.ctx
    meetings.create(
        ctx,
        group_id=GroupId(morning.group_id),
        plan=replace(PLAN, starts_local=datetime(2027, 3, 18, 19)),  # noqa: DTZ001 - as above
    )
    found = series.days(ctx, first, Rhythm.WEEKLY, date(2027, 6, 3))
    assert [day.on for day in found if day.taken] == [date(2027, 3, 18)]
    assert [(day.on, day.holiday) for day in found if day.holiday] == []
    corpus = meetings.create(ctx, group_id=GroupId(morning.group_id), plan=PLAN)
    with ctx.database.writing() as db:
        db.execute(update(Meeting).where(Meeting.uid == corpus).values(time_zone="Europe/Warsaw"))
    in_poland = series.days(ctx, meetings.find(ctx, corpus).id, Rhythm.WEEKLY, date(2027, 6, 3))
    assert [(day.on, day.holiday, day.free) for day in in_poland if day.holiday] == [
        (date(2027, 5, 27), Holiday.CORPUS_CHRISTI, False)
    ]


@pytest.mark.parametrize(
    ("on", "code"),
    [
        ((), "series_day_needed"),
        ((date(2027, 3, 19),), "series_day_elsewhere"),
        ((date(2027, 4, 15),), "series_day_elsewhere"),
    ],
)
def test_days_that_cannot_be_are_refused_and_nothing_is_planned(morning: Morning, first: MeetingId, on, code):
    with pytest.raises(RuleViolation, match=code):
        series.repeat(morning.ctx, meeting_id=first, rhythm=Rhythm.WEEKLY, until=UNTIL, on=on)
    assert _of_series(morning.ctx, first) == []


def test_a_day_is_not_taken_twice(morning: Morning, first: MeetingId):
    _repeat(morning.ctx, first, FOUR[:1])
    with pytest.raises(RuleViolation, match="series_day_taken"):
        _repeat(morning.ctx, first)
    assert len(_of_series(morning.ctx, first)) == 2
    _repeat(morning.ctx, first, FOUR[1:])
    assert len(_of_series(morning.ctx, first)) == 5


def test_the_same_press_sent_twice_plans_once(morning: Morning, first: MeetingId):
    op = Op("press-once", "repeat_meeting", {})
    assert _repeat(morning.ctx, first, op=op) == _repeat(morning.ctx, first, op=op)
    assert len(_of_series(morning.ctx, first)) == 5


def test_taking_back_takes_all_that_were_planned_and_leaves_the_first(morning: Morning, first: MeetingId):
    ctx, group = morning.ctx, GroupId(morning.group_id)
    change = _repeat(ctx, first)
    assert series.latest(ctx, group, change) == series.Planned(change, 4)
    assert series.take_back(ctx, group_id=group, change=change) == 4
    assert [view.id for view in _of_series(ctx, first)] == [first]
    assert series.latest(ctx, group, change) is None
    assert series.take_back(ctx, group_id=group, change=change) == 0


def test_meetings_in_which_something_happened_stay(morning: Morning, first: MeetingId):
    ctx, group = morning.ctx, GroupId(morning.group_id)
    change = _repeat(ctx, first)
    one, two, three, _ = _of_series(ctx, first)[1:]
    meetings.open_doors(ctx, meeting_id=one.id)
    person = attendance.everybody(ctx, two.id)[0]
    expected.apologise(ctx, meeting_id=two.id, attendance_uid=person.uid)
    expected.add_visitor(ctx, meeting_id=three.id, visitor=Visitor("Nina", "Nowak"))
    assert series.take_back(ctx, group_id=group, change=change) == 1
    assert [view.id for view in _of_series(ctx, first)] == [first, one.id, two.id, three.id]
    assert {p.uid: p.status for p in attendance.everybody(ctx, two.id)}[person.uid] is AttendanceStatus.APOLOGISED


def test_when_all_of_them_are_in_use_nothing_is_taken_back(morning: Morning, first: MeetingId):
    ctx = morning.ctx
    change = _repeat(ctx, first, FOUR[:1])
    meetings.open_doors(ctx, meeting_id=_of_series(ctx, first)[1].id)
    with pytest.raises(WrongPhase, match="series_was_used"):
        series.take_back(ctx, group_id=GroupId(morning.group_id), change=change)


def test_another_group_can_take_nothing_back(morning: Morning, first: MeetingId):
    change = _repeat(morning.ctx, first)
    other = morning.ctx.transaction(lambda tx: builders.a_group(tx, "Others").id)
    assert series.latest(morning.ctx, GroupId(other), change) is None
    with pytest.raises(NotFound, match="series_unknown"):
        series.take_back(morning.ctx, group_id=GroupId(other), change=change)
    assert len(_of_series(morning.ctx, first)) == 5


def test_later_meetings_follow_a_change_and_keep_their_day_and_name(morning: Morning, first: MeetingId):
    ctx = morning.ctx
    _repeat(ctx, first)
    second = _of_series(ctx, first)[1]
    assert series.later(ctx, second.id) == 3
    plan = replace(
        PLAN,
        name="Spring breakfast",
        place="Café Central",
        starts_local=datetime(2027, 3, 19, 7, 30),  # noqa: DTZ001 - as above
        rounds=5,
        agenda=(AgendaLine("rounds", "Rounds", 40),),
    )
    assert series.change(ctx, meeting_id=second.id, plan=plan) == 3
    before, changed, *after = _of_series(ctx, first)
    assert (before.place, before.rounds_wanted) == ("Hotel Corona", 4)
    assert (changed.name, changed.local_start.date()) == ("Spring breakfast", date(2027, 3, 19))
    assert [view.local_start.replace(tzinfo=None) for view in after] == [
        datetime.combine(day, plan.starts_local.time()) for day in FOUR[1:]
    ]
    assert {view.place for view in after} == {"Café Central"}
    assert [view.name for view in after] == ["Breakfast no. 217", "Breakfast no. 218", "Breakfast no. 219"]
    assert all(meetings.show(ctx, view.id)[1] == plan.agenda for view in after)


def test_an_open_meeting_does_not_follow(morning: Morning, first: MeetingId):
    ctx = morning.ctx
    _repeat(ctx, first)
    opened = _of_series(ctx, first)[1]
    meetings.open_doors(ctx, meeting_id=opened.id)
    assert series.change(ctx, meeting_id=first, plan=replace(PLAN, place="Café Central")) == 3
    assert [view.place for view in _of_series(ctx, first) if view.status is MeetingStatus.OPEN] == ["Hotel Corona"]


def test_a_meeting_by_itself_has_no_followers(morning: Morning, first: MeetingId):
    assert series.later(morning.ctx, first) == 0
    assert series.change(morning.ctx, meeting_id=first, plan=replace(PLAN, place="Café Central")) == 0
    assert meetings.show(morning.ctx, first)[0].place == "Café Central"
