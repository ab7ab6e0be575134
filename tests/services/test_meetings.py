"""A meeting from the organiser's chair: prepared, opened, closed, taken back, on both databases."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from server.domain.errors import Conflict, NotFound, RuleViolation, WrongPhase
from server.domain.events import ActionNoted, AttendanceChanged, ListChanged, MeetingChanged
from server.domain.meetings import NextStep
from server.domain.vocabulary import (
    AttendanceStatus,
    FollowUpKind,
    GroupId,
    MeetingId,
    MeetingStatus,
    Role,
    StayInTouch,
    Uid,
)
from server.persistence.models import Badge, Contact, FollowUp, Group, Meeting, Person
from server.services import attendance, badges, check_ins, expected, meetings, preparing, rounds, today
from server.services.bus import Told
from server.services.context import Context, Op, Tx
from server.services.expected import Visitor
from server.services.meetings import AgendaLine, MeetingPlan
from tests import builders
from tests.conftest import FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import DOOR, everybody_in, seat_rounds

PLAN = MeetingPlan(
    name="Breakfast no. 215",
    place="Hotel Corona",
    starts_local=datetime(2026, 12, 3, 7, 0),  # noqa: DTZ001 - the group's wall clock has no zone
    rounds=4,
    round_seconds=300,
    table_size=2,
    agenda=(AgendaLine("welcome", "Welcome", 5), AgendaLine("rounds", "Rounds", 30)),
)


@pytest.fixture
def told(ctx: Context) -> list[Told]:
    heard: list[Told] = []
    ctx.bus.subscribe(heard.append)
    return heard


def _kinds(told: list[Told]) -> list[type]:
    return [type(item.event) for item in told]


def _draft(morning: Morning) -> MeetingId:
    uid = meetings.create(morning.ctx, group_id=GroupId(morning.group_id), plan=PLAN)
    return meetings.find(morning.ctx, uid).id


def _status(ctx: Context, meeting_id: MeetingId) -> MeetingStatus:
    return meetings.show(ctx, meeting_id)[0].status


def _names(ctx: Context, meeting_id: MeetingId) -> dict[str, AttendanceStatus]:
    return {person.given_name: person.status for person in attendance.everybody(ctx, meeting_id)}


def _refusal(call: Callable[[], object]) -> RuleViolation:
    with pytest.raises(RuleViolation) as refused:
        call()
    return refused.value


def _at_once(*calls: Callable[[], object]) -> list[str]:
    """Run the calls in threads that start together; what each answered or was refused with."""
    answers: list[str] = []
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> None:
        start.wait()
        try:
            call()
            answers.append("done")
        except RuleViolation as refused:
            answers.append(refused.code)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_new_meeting_begins_at_the_wall_clock_of_its_place_and_expects_every_member(morning: Morning) -> None:
    meeting_id = _draft(morning)
    view, agenda = meetings.show(morning.ctx, meeting_id)
    assert view.starts_at.isoformat() == "2026-12-03T06:00:00+00:00"
    assert (view.slug, view.status) == ("breakfast-no-215-2026-12-03", MeetingStatus.DRAFT)
    assert agenda == PLAN.agenda
    assert set(_names(morning.ctx, meeting_id)) == {"Olga", "Fiona", "Dora", "Mira", "Max"}


def test_pressing_create_twice_makes_one_meeting(morning: Morning) -> None:
    op = Op("create-once", "create_meeting", {"name": PLAN.name})
    group = GroupId(morning.group_id)
    first = meetings.create(morning.ctx, group_id=group, plan=PLAN, op=op)
    assert meetings.create(morning.ctx, group_id=group, plan=PLAN, op=op) == first
    second = meetings.create(morning.ctx, group_id=group, plan=PLAN)
    assert meetings.show(morning.ctx, meetings.find(morning.ctx, second).id)[0].slug.endswith("-2")


def test_the_next_meeting_is_suggested_a_week_later_with_the_next_number(
    morning: Morning, clock: FakeClock
) -> None:
    group = GroupId(morning.group_id)
    meetings.create(morning.ctx, group_id=group, plan=PLAN)
    suggested = preparing.suggested(morning.ctx, group)
    assert suggested is not None
    assert (suggested.name, suggested.starts_local) == ("Breakfast no. 216", PLAN.starts_local + timedelta(weeks=1))
    assert (suggested.agenda, suggested.place) == (PLAN.agenda, PLAN.place)
    clock.pass_by(days=40)
    later = preparing.suggested(morning.ctx, group)
    assert later is not None
    assert later.starts_local.date() >= clock().date()
    assert later.starts_local.weekday() == PLAN.starts_local.weekday()


def test_a_group_without_meetings_has_nothing_to_suggest(ctx: Context) -> None:
    group_id = ctx.transaction(lambda tx: builders.a_group(tx).id)
    assert preparing.suggested(ctx, GroupId(group_id)) is None
    assert meetings.nearest(ctx, GroupId(group_id), None) is None


def test_a_change_is_heard_everywhere_and_a_closed_meeting_is_not_changed(
    morning: Morning, told: list[Told]
) -> None:
    meetings.change(morning.ctx, meeting_id=morning.meeting_id, plan=replace(PLAN, place="Sala Limonaia"))
    assert _kinds(told) == [MeetingChanged]
    assert preparing.plan_of(morning.ctx, morning.meeting_id) == replace(PLAN, place="Sala Limonaia")
    meetings.close(morning.ctx, meeting_id=morning.meeting_id)
    refused = _refusal(lambda: meetings.change(morning.ctx, meeting_id=morning.meeting_id, plan=PLAN))
    assert refused.code == "meeting_is_closed"


def test_opening_gives_everybody_expected_a_badge_and_nobody_who_apologised(morning: Morning) -> None:
    meeting_id = _draft(morning)
    max_line = next(p for p in attendance.everybody(morning.ctx, meeting_id) if p.given_name == "Max")
    expected.apologise(morning.ctx, meeting_id=meeting_id, attendance_uid=max_line.uid)
    expected.add_visitor(morning.ctx, meeting_id=meeting_id, visitor=Visitor("Zoë", "Brandt"))
    meetings.open_doors(morning.ctx, meeting_id=meeting_id)
    held = {holder.given_name: holder.code for holder in badges.holders(morning.ctx, meeting_id)}
    assert set(held) == {"Olga", "Fiona", "Dora", "Mira", "Zoë"}
    assert all(len(code) == 13 for code in held.values())
    assert held["Mira"] == morning.codes["Mira"], "a member's badge is for good"
    answer = check_ins.check_in(morning.ctx, meeting_id=meeting_id, scanned=held["Zoë"], desk=DOOR)
    assert answer["answer"] == "welcome"


def test_two_people_opening_at_once_open_it_once(morning: Morning, told: list[Told]) -> None:
    meeting_id = _draft(morning)
    told.clear()

    def open_it() -> None:
        meetings.open_doors(morning.ctx, meeting_id=meeting_id)

    assert _at_once(*[open_it] * 6) == ["done"] * 6
    assert _kinds(told) == [MeetingChanged]
    with morning.ctx.reading() as db:
        members = db.scalars(select(Badge.person_id).where(Badge.meeting_id.is_(None))).all()
    assert len(members) == len(set(members))


def test_two_people_closing_at_once_close_it_once(morning: Morning, told: list[Told]) -> None:
    everybody_in(morning, but=["Max"])
    told.clear()

    def close_it() -> None:
        meetings.close(morning.ctx, meeting_id=morning.meeting_id)

    assert _at_once(*[close_it] * 6) == ["done"] * 6
    assert _kinds(told) == [MeetingChanged, ListChanged]
    with morning.ctx.reading() as db:
        owed = db.execute(select(FollowUp.owner_id, FollowUp.about_id, FollowUp.kind)).all()
    assert len(owed) == len(set(owed))


def test_a_scan_while_the_meeting_closes_is_either_in_or_refused_and_never_absent_inside(
    morning: Morning,
) -> None:
    scans: list[str] = []

    def scan(who: str) -> Callable[[], None]:
        def run() -> None:
            answer = check_ins.check_in(
                morning.ctx, meeting_id=morning.meeting_id, scanned=morning.codes[who], desk=DOOR
            )
            scans.append(answer["answer"])

        return run

    _at_once(
        lambda: meetings.close(morning.ctx, meeting_id=morning.meeting_id),
        *[scan(name) for name in morning.attendances],
    )
    for person in attendance.everybody(morning.ctx, morning.meeting_id):
        came = person.entered_at is not None
        assert person.status is (AttendanceStatus.PRESENT if came else AttendanceStatus.ABSENT)
    assert len(scans) == len(morning.attendances)


def test_closing_marks_who_never_came_and_proposes_whom_to_meet_again(morning: Morning) -> None:
    everybody_in(morning, but=["Max"])
    line = morning.attendances["Dora"]
    check_ins.leave(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=line, desk=DOOR)
    meetings.close(morning.ctx, meeting_id=morning.meeting_id)
    statuses = _names(morning.ctx, morning.meeting_id)
    assert statuses["Max"] is AttendanceStatus.ABSENT
    assert {statuses[name] for name in ("Mira", "Dora", "Vik")} == {AttendanceStatus.PRESENT}
    refused = check_ins.check_in(
        morning.ctx, meeting_id=morning.meeting_id, scanned=morning.codes["Max"], desk=DOOR
    )
    assert refused["reason"] == "meeting_closed"


def test_closing_proposes_one_to_ones_to_those_who_sat_together(morning: Morning, clock: FakeClock) -> None:
    everybody_in(morning)
    seat_rounds(morning, [[["Mira", "Max"], ["Olga", "Fiona"], ["Dora", "Vik"]]])

    def answer(tx: Tx) -> None:
        mira, max_ = morning.people["Mira"], morning.people["Max"]
        for owner, other in ((mira, max_), (max_, mira)):
            tx.db.add(
                Contact(
                    owner_id=owner,
                    person_id=other,
                    group_id=morning.group_id,
                    met_at_id=morning.meeting_id,
                    stay_in_touch=StayInTouch.YES,
                    created_at=tx.now,
                    changed_at=tx.now,
                )
            )

    rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=1, version=0)
    clock.pass_by(minutes=5)
    refused = _refusal(lambda: meetings.close(morning.ctx, meeting_id=morning.meeting_id))
    assert (refused.code, refused.params) == ("close_round_runs", {"number": 1})
    rounds.end(morning.ctx, meeting_id=morning.meeting_id, number=1, version=1)
    morning.ctx.transaction(answer)
    meetings.close(morning.ctx, meeting_id=morning.meeting_id)
    with morning.ctx.reading() as db:
        owed = db.execute(
            select(FollowUp.owner_id, FollowUp.about_id).where(FollowUp.kind == FollowUpKind.ONE_TO_ONE)
        ).all()
    assert (morning.people["Mira"], morning.people["Max"]) in [tuple(row) for row in owed]


def test_a_meeting_closed_by_mistake_opens_again_on_its_day(morning: Morning, clock: FakeClock) -> None:
    everybody_in(morning, but=["Max"])
    meetings.close(morning.ctx, meeting_id=morning.meeting_id)
    meetings.reopen(morning.ctx, meeting_id=morning.meeting_id)
    assert _names(morning.ctx, morning.meeting_id)["Max"] is AttendanceStatus.EXPECTED
    everybody_in(morning, only=["Max"])
    meetings.close(morning.ctx, meeting_id=morning.meeting_id)
    assert _names(morning.ctx, morning.meeting_id)["Max"] is AttendanceStatus.PRESENT
    clock.pass_by(hours=24)
    refused = _refusal(lambda: meetings.reopen(morning.ctx, meeting_id=morning.meeting_id))
    assert refused.code == "reopen_too_late"


def test_doors_opened_by_mistake_shut_again_until_somebody_came(morning: Morning) -> None:
    meetings.take_back_opening(morning.ctx, meeting_id=morning.meeting_id)
    assert _status(morning.ctx, morning.meeting_id) is MeetingStatus.DRAFT
    meetings.open_doors(morning.ctx, meeting_id=morning.meeting_id)
    everybody_in(morning, only=["Mira"])
    refused = _refusal(lambda: meetings.take_back_opening(morning.ctx, meeting_id=morning.meeting_id))
    assert refused.code == "opening_was_used"


def test_the_nearest_meeting_is_the_open_one_then_todays_then_the_next_then_the_last(
    morning: Morning, clock: FakeClock
) -> None:
    ctx, group = morning.ctx, GroupId(morning.group_id)
    coming = meetings.create(ctx, group_id=group, plan=PLAN)

    def nearest() -> Uid | None:
        return meetings.nearest(ctx, group, None)

    assert nearest() == morning.meeting_uid
    meetings.close(ctx, meeting_id=morning.meeting_id)
    assert nearest() == morning.meeting_uid, "its day is not over"
    clock.pass_by(days=1)
    assert nearest() == coming
    clock.pass_by(days=60)
    assert nearest() == coming, "the last one, when nothing comes"
    assert meetings.nearest(ctx, None, morning.meeting_id) == morning.meeting_uid


def test_today_is_the_day_of_the_place_and_not_of_greenwich(morning: Morning, clock: FakeClock) -> None:
    def far_east(tx: Tx) -> None:
        group = builders.a_group(tx, "Sunrise", time_zone="Pacific/Auckland")
        builders.a_meeting(tx, group, datetime.fromisoformat("2026-11-27T19:00+00:00"), status=MeetingStatus.DRAFT)
        builders.a_meeting(
            tx, group, datetime.fromisoformat("2026-11-26T19:00+00:00"), status=MeetingStatus.CLOSED
        )
        tx.db.flush()

    morning.ctx.transaction(far_east)
    with morning.ctx.reading() as db:
        group_id = db.scalars(select(Group.id).where(Group.name == "Sunrise")).one()
        closed = db.scalars(
            select(Meeting.uid).where(Meeting.group_id == group_id, Meeting.status == MeetingStatus.CLOSED)
        ).one()
    clock.now = datetime.fromisoformat("2026-11-27T10:00+00:00")
    assert meetings.nearest(morning.ctx, GroupId(group_id), None) == closed, "eleven in the evening of its day"


def test_adding_somebody_twice_is_adding_once_and_strangers_are_not_found(
    morning: Morning, told: list[Told]
) -> None:
    meeting_id = _draft(morning)
    with morning.ctx.reading() as db:
        uids = {person.given_name: Uid(person.uid) for person in db.scalars(select(Person))}
    assert [known.name for known in expected.candidates(morning.ctx, meeting_id, "vik")] == ["Vik"]
    told.clear()

    def add() -> None:
        expected.add(morning.ctx, meeting_id=meeting_id, person_uid=uids["Vik"])

    assert _at_once(*[add] * 4) == ["done"] * 4
    assert _kinds(told) == [AttendanceChanged]
    assert _names(morning.ctx, meeting_id)["Vik"] is AttendanceStatus.EXPECTED
    assert expected.candidates(morning.ctx, meeting_id, "vik") == ()
    assert expected.candidates(morning.ctx, meeting_id, "stranger") == ()
    refused = _refusal(lambda: expected.add(morning.ctx, meeting_id=meeting_id, person_uid=uids["Sam"]))
    assert (type(refused), refused.code) == (NotFound, "person_unknown")


def test_a_visitor_comes_with_the_one_who_invited_and_a_known_name_is_asked_about(morning: Morning) -> None:
    meeting_id = _draft(morning)
    mira = next(who for who in expected.inviters(morning.ctx, meeting_id) if who.name == "Mira Łukasik")
    visitor = Visitor("Ada", "Rossi", "Rossi & figli", invited_by=mira.uid)
    assert expected.add_visitor(morning.ctx, meeting_id=meeting_id, visitor=visitor) == "Ada Rossi"
    line = next(p for p in attendance.everybody(morning.ctx, meeting_id) if p.given_name == "Ada")
    assert (line.guest_of, line.company) == ("Mira Łukasik", "Rossi & figli")
    again = replace(visitor, given_name="ada", family_name="ROSSI")
    refused = _refusal(lambda: expected.add_visitor(morning.ctx, meeting_id=meeting_id, visitor=again))
    assert (type(refused), refused.code) == (Conflict, "visitor_known")
    other = replace(again, somebody_else=True)
    expected.add_visitor(morning.ctx, meeting_id=meeting_id, visitor=other)
    assert len([p for p in attendance.everybody(morning.ctx, meeting_id) if p.family_name.casefold() == "rossi"]) == 2


def test_a_visitor_needs_a_name_and_an_inviter_of_the_group(morning: Morning) -> None:
    with morning.ctx.reading() as db:
        sam = db.scalars(select(Person.uid).where(Person.given_name == "Sam")).one()

    def add(visitor: Visitor) -> str:
        return _refusal(
            lambda: expected.add_visitor(morning.ctx, meeting_id=morning.meeting_id, visitor=visitor)
        ).code

    assert add(Visitor("  ")) == "name_missing"
    assert add(Visitor("Ada", company="x" * 161)) == "text_too_long"
    assert add(Visitor("Ada", invited_by=sam)) == "person_unknown"
    meetings.close(morning.ctx, meeting_id=morning.meeting_id)
    assert add(Visitor("Ada")) == "meeting_is_closed"


def test_in_an_open_meeting_whoever_is_added_has_a_badge_at_once(morning: Morning) -> None:
    expected.add_visitor(morning.ctx, meeting_id=morning.meeting_id, visitor=Visitor("Ada", "Rossi"))
    code = {h.given_name: h.code for h in badges.holders(morning.ctx, morning.meeting_id)}["Ada"]
    answer = check_ins.check_in(morning.ctx, meeting_id=morning.meeting_id, scanned=code, desk=DOOR)
    assert (answer["answer"], answer["name"]) == ("welcome", "Ada Rossi")


def test_an_apology_is_heard_taken_back_and_never_given_for_somebody_in_the_room(
    morning: Morning, told: list[Told]
) -> None:
    ctx, here, line = morning.ctx, morning.meeting_id, morning.attendances["Max"]
    expected.apologise(ctx, meeting_id=here, attendance_uid=line)
    assert _names(ctx, here)["Max"] is AttendanceStatus.APOLOGISED
    assert attendance.counts(ctx, here).expected == 5
    expected.expect_again(ctx, meeting_id=here, attendance_uid=line)
    assert _names(ctx, here)["Max"] is AttendanceStatus.EXPECTED
    assert _kinds(told) == [ActionNoted, AttendanceChanged] * 2, "heard by screens, and written into the log"
    everybody_in(morning, only=["Max"])
    refused = _refusal(lambda: expected.apologise(ctx, meeting_id=here, attendance_uid=line))
    assert (type(refused), refused.code) == (WrongPhase, "already_came")


def test_a_revoked_badge_comes_back_with_another_code(morning: Morning) -> None:
    def revoke(tx: Tx) -> None:
        tx.db.execute(
            update(Badge).where(Badge.person_id == morning.people["Mira"]).values(revoked_at=tx.now)
        )

    morning.ctx.transaction(revoke)
    assert {h.given_name: h.code for h in badges.holders(morning.ctx, morning.meeting_id)}["Mira"] == ""
    badges.issue_for_meeting(morning.ctx, meeting_id=morning.meeting_id)
    new = {h.given_name: h.code for h in badges.holders(morning.ctx, morning.meeting_id)}["Mira"]
    assert new not in ("", morning.codes["Mira"])
    old = check_ins.check_in(
        morning.ctx, meeting_id=morning.meeting_id, scanned=morning.codes["Mira"], desk=DOOR
    )
    assert old["answer"] == "refused"


def test_today_says_where_the_meeting_stands(
    morning: Morning, clock: FakeClock, statements: Statements
) -> None:
    ctx, here = morning.ctx, morning.meeting_id
    meetings.change(ctx, meeting_id=here, plan=replace(PLAN, starts_local=datetime(2026, 11, 26, 7, 0)))  # noqa: DTZ001 - a wall clock
    builders.signed_in(ctx, None, role=Role.DISPLAY, group_id=morning.group_id, meeting_id=here)
    everybody_in(morning, only=["Mira", "Vik"])
    expected.apologise(ctx, meeting_id=here, attendance_uid=morning.attendances["Max"])
    with statements() as sent:
        day = today.of(ctx, here)
    assert len(sent) <= 8
    assert (day.step, day.apologised, day.unprinted) == (NextStep.GO_TO_ROUNDS, 1, 5)
    assert sorted(person.given_name for person in day.awaited) == ["Dora", "Fiona", "Olga"]
    assert (day.counts.came, day.counts.visitors) == (2, 1)
    assert (day.devices.doors, day.devices.facilitators, day.devices.displays) == (1, 1, 2)
    assert [item.state for item in day.agenda] == ["later", "later"]
    assert (day.may_take_back, day.may_reopen) == (False, False)
    clock.pass_by(minutes=18)
    day = today.of(ctx, here)
    assert [(item.state, item.passed) for item in day.agenda] == [("done", None), ("now", 3)]
    meetings.close(ctx, meeting_id=here)
    day = today.of(ctx, here)
    assert (day.step, day.may_reopen) == (NextStep.SEE_FIGURES, True)
    assert [item.state for item in day.agenda] == ["done", "done"]


def test_the_list_of_meetings_counts_whom_it_expects(morning: Morning) -> None:
    _draft(morning)
    everybody_in(morning, only=["Mira"])
    expected.apologise(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=morning.attendances["Max"])
    rows = meetings.listed(morning.ctx, GroupId(morning.group_id))
    assert [(view.name, expect, came) for view, expect, came in rows] == [
        ("Breakfast no. 215", 5, 0),
        ("Breakfast no. 214", 5, 1),
    ]


def test_the_cast_of_another_group_is_never_counted(morning: Morning) -> None:
    with morning.ctx.reading() as db:
        other = db.scalars(select(Meeting).where(Meeting.uid == morning.other_meeting_uid)).one()
    assert meetings.listed(morning.ctx, GroupId(morning.group_id))[0][0].uid == morning.meeting_uid
    assert today.of(morning.ctx, MeetingId(other.id)).people == ()
