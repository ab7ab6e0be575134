"""Scans that were saved on a device: nobody is lost, nobody counts twice, and two desks with one badge are seen."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.domain.errors import NotFound, RuleViolation
from server.domain.vocabulary import AttemptOutcome, MeetingId, Uid
from server.persistence.models import Attendance, CheckInEvent, DoorAttempt
from server.services import attendance, check_ins, conflicts, meetings
from server.services.check_ins import Desk, Sent
from server.services.context import Json, Op
from tests.conftest import FakeClock
from tests.mornings import Morning

FIRST, SECOND = Desk(None, "Door 1"), Desk(None, "Door 2")


def _ms(clock: FakeClock, off: float = 0) -> int:
    return int((clock.now + timedelta(minutes=off)).timestamp() * 1000)


def _scan(morning: Morning, who: str, desk: Desk = FIRST, sent: Sent = check_ins.LIVE, op: Op | None = None) -> Json:
    return check_ins.check_in(
        morning.ctx, meeting_id=morning.meeting_id, scanned=morning.codes[who], desk=desk, sent=sent, op=op
    )


def _saved(clock: FakeClock, minutes_ago: float, *, off: float = 0) -> Sent:
    """A scan that waited so long on a desk whose clock is off by so many minutes."""
    return Sent(_ms(clock, off - minutes_ago), _ms(clock, off), saved=True)


def _since(morning: Morning, who: str) -> object:
    (person,) = attendance.everybody(morning.ctx, morning.meeting_id, only=[morning.attendances[who]])
    return person.entered_at


def test_a_saved_scan_counts_from_when_it_happened_though_the_desks_clock_is_wrong(
    morning: Morning, clock: FakeClock
) -> None:
    clock.pass_by(minutes=20)
    answer = _scan(morning, "Mira", sent=_saved(clock, 12, off=-10))
    assert (answer["answer"], answer["counts"]["in_room"]) == ("welcome", 1)
    assert _since(morning, "Mira") == clock.now - timedelta(minutes=12)
    with morning.ctx.reading() as db:
        (line,) = db.scalars(select(CheckInEvent)).all()
    assert (line.arrived_at, line.skew_ms) == (clock.now, -600_000)


def test_two_offline_desks_give_one_entry_the_earliest_and_a_conflict_for_a_person(
    morning: Morning, clock: FakeClock
) -> None:
    clock.pass_by(minutes=30)
    assert _scan(morning, "Mira", SECOND, _saved(clock, 5, off=10))["answer"] == "welcome"
    answer = _scan(morning, "Mira", FIRST, _saved(clock, 9, off=-10))
    assert (answer["answer"], answer["conflict"], answer["counts"]["came"]) == ("welcome", True, 1)
    assert _since(morning, "Mira") == clock.now - timedelta(minutes=9)
    (found,) = conflicts.listed(morning.ctx, morning.meeting_id)
    assert found.name == "Mira Łukasik"
    assert found.first == conflicts.Scan(clock.now - timedelta(minutes=9), "Door 1")
    assert found.second == conflicts.Scan(clock.now - timedelta(minutes=5), "Door 2")


def test_the_order_in_which_two_offline_desks_send_changes_nothing(morning: Morning, clock: FakeClock) -> None:
    clock.pass_by(minutes=30)
    for who, order in (("Mira", (9, 5)), ("Max", (5, 9))):
        for minutes in order:
            _scan(morning, who, FIRST if minutes == 9 else SECOND, _saved(clock, minutes))
    one, other = conflicts.listed(morning.ctx, morning.meeting_id)
    assert (one.first, one.second) == (other.first, other.second)
    assert _since(morning, "Mira") == _since(morning, "Max")


def test_a_badge_that_one_desk_saw_twice_is_no_conflict(morning: Morning, clock: FakeClock) -> None:
    clock.pass_by(minutes=30)
    _scan(morning, "Mira", FIRST, _saved(clock, 9))
    answer = _scan(morning, "Mira", FIRST, _saved(clock, 5))
    assert (answer["answer"], answer["conflict"]) == ("already_in", False)
    assert conflicts.listed(morning.ctx, morning.meeting_id) == ()


def test_a_saved_scan_of_somebody_who_came_went_and_came_again_finds_its_place(
    morning: Morning, clock: FakeClock
) -> None:
    uid = Uid(_scan(morning, "Mira")["uid"])
    clock.pass_by(minutes=10)
    check_ins.leave(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=uid, desk=FIRST)
    clock.pass_by(minutes=10)
    _scan(morning, "Mira")
    clock.pass_by(minutes=10)
    inside = _scan(morning, "Mira", SECOND, _saved(clock, 25))
    assert (inside["answer"], inside["counts"]["in_room"]) == ("already_in", 1)
    between = _scan(morning, "Mira", SECOND, _saved(clock, 15))
    assert (between["answer"], between["counts"]) == (
        "welcome",
        {"expected": 6, "came": 1, "in_room": 1, "visitors": 0},
    )
    assert _since(morning, "Mira") == clock.now - timedelta(minutes=15)
    before = _scan(morning, "Mira", SECOND, _saved(clock, 31))
    assert (before["answer"], before["counts"]["in_room"]) == ("welcome", 1)
    assert _since(morning, "Mira") == clock.now - timedelta(minutes=15)


def test_whoever_came_before_the_end_came_though_the_meeting_is_closed_meanwhile(
    morning: Morning, clock: FakeClock
) -> None:
    clock.pass_by(minutes=30)
    meetings.close(morning.ctx, meeting_id=morning.meeting_id)
    clock.pass_by(minutes=1)
    assert _scan(morning, "Mira", sent=_saved(clock, 20))["answer"] == "welcome"
    assert _scan(morning, "Max", sent=_saved(clock, 0.5))["reason"] == "meeting_closed"
    uid = morning.attendances["Vik"]
    here = {"meeting_id": morning.meeting_id, "attendance_uid": uid, "desk": FIRST}
    assert check_ins.admit_by_name(morning.ctx, sent=_saved(clock, 20), **here)["answer"] == "welcome"


def test_an_answer_that_was_lost_is_given_again_though_the_desk_signed_in_anew(
    morning: Morning, clock: FakeClock
) -> None:
    op = Op("of-the-device", "check_in", {"code": morning.codes["Mira"]})
    first = _scan(morning, "Mira", FIRST, op=op)
    clock.pass_by(minutes=3)
    assert _scan(morning, "Mira", Desk(None, "Door 1 again"), _saved(clock, 3), op) == first
    assert conflicts.listed(morning.ctx, morning.meeting_id) == ()


def test_a_conflict_is_settled_by_one_word_of_a_person(morning: Morning, clock: FakeClock) -> None:
    _scan(morning, "Mira", FIRST)
    clock.pass_by(minutes=3)
    _scan(morning, "Mira", SECOND, _saved(clock, 1))
    (found,) = conflicts.listed(morning.ctx, morning.meeting_id)
    here = {"meeting_id": morning.meeting_id, "conflict_uid": found.uid, "desk": FIRST}
    with pytest.raises(RuleViolation, match="verdict_unknown"):
        conflicts.settle(morning.ctx, verdict="perhaps", **here)
    conflicts.settle(morning.ctx, verdict="same", **here)
    assert [each.settled for each in conflicts.listed(morning.ctx, morning.meeting_id)] == [True]
    with pytest.raises(NotFound, match="conflict_unknown"):
        conflicts.settle(morning.ctx, verdict="same", **here | {"meeting_id": MeetingId(0)})


def test_every_scan_that_let_nobody_in_is_written_down(morning: Morning) -> None:
    _scan(morning, "Mira")
    _scan(morning, "Mira", SECOND)
    _scan(morning, "Sam")
    check_ins.check_in(morning.ctx, meeting_id=morning.meeting_id, scanned="good morning", desk=FIRST)
    check_ins.check_in(morning.ctx, meeting_id=morning.meeting_id, scanned="TESTTESTTEST0", desk=FIRST)
    with morning.ctx.reading() as db:
        lines = [(line.outcome, line.reason, line.desk) for line in db.scalars(select(DoorAttempt))]
    assert lines == [
        (AttemptOutcome.ALREADY_IN, "", "Door 2"),
        (AttemptOutcome.REFUSED, "other_group", "Door 1"),
        (AttemptOutcome.REFUSED, "badge_malformed", "Door 1"),
    ]


def test_after_fifteen_minutes_an_entry_is_undone_with_a_reason_only(morning: Morning, clock: FakeClock) -> None:
    uid = Uid(_scan(morning, "Mira")["uid"])
    clock.pass_by(minutes=16)
    here = {"meeting_id": morning.meeting_id, "attendance_uid": uid, "desk": FIRST}
    with pytest.raises(RuleViolation, match="undo_needs_reason"):
        check_ins.undo(morning.ctx, reason="  ", **here)
    check_ins.undo(morning.ctx, reason="Wrong badge", **here)
    with morning.ctx.reading() as db:
        assert [line.reason for line in db.scalars(select(CheckInEvent).order_by(CheckInEvent.id))] == [
            "",
            "Wrong badge",
        ]
        row = db.scalars(select(Attendance).where(Attendance.uid == uid)).one()
    assert (row.status.value, row.entered_at) == ("expected", None)
