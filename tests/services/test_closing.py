"""Closing a meeting, as the facilitator and the people in the room notice it, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.domain.errors import Conflict, WrongPhase
from server.domain.vocabulary import (
    AttendanceStatus,
    ExchangeState,
    MeetingStatus,
    ReferralKind,
    ReferralState,
    Role,
    Uid,
)
from server.persistence.models import Attendance, CheckInEvent, Contact, Exchange, Referral, SessionRow
from server.services import action_log, agenda_clock, announcements, check_ins, closing, rounds, speaking, undoing
from server.services.context import Tx
from server.services.door_book import Desk
from tests import builders
from tests.conftest import FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import everybody_in, seat_rounds

DESK = Desk(None, "Facilitator")


def _open(morning: Morning, asker: Uid | None = None) -> dict[str, object]:
    return closing.look(morning.ctx, morning.meeting_id, asker=asker).open._asdict()


def _statuses(morning: Morning) -> dict[str, AttendanceStatus]:
    uids = {uid: name for name, uid in morning.attendances.items()}
    with morning.ctx.reading() as db:
        rows = db.scalars(select(Attendance).where(Attendance.meeting_id == morning.meeting_id))
        return {uids[row.uid]: row.status for row in rows}


def test_everything_that_is_open_is_in_one_list(morning: Morning, clock: FakeClock) -> None:
    everybody_in(morning, but=("Vik", "Dora"))
    seat_rounds(morning, [[("Olga", "Fiona"), ("Mira", "Max")]])
    rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=1, version=0)
    speaking.begin(morning.ctx, meeting_id=morning.meeting_id)
    announcements.say(morning.ctx, meeting_id=morning.meeting_id, message="Coffee")
    agenda_clock.start_pause(morning.ctx, meeting_id=morning.meeting_id, minutes=5, version=0)

    def more(tx: Tx) -> None:
        people = morning.people
        tx.db.add(
            Exchange(
                meeting_id=morning.meeting_id,
                asker_id=people["Mira"],
                asked_id=people["Max"],
                state=ExchangeState.WAITING,
                asked_at=tx.now,
            )
        )
        for owner, other in (("Mira", "Max"), ("Max", "Mira")):
            tx.db.add(
                Contact(
                    owner_id=people[owner],
                    person_id=people[other],
                    group_id=morning.group_id,
                    met_at_id=morning.meeting_id,
                    created_at=tx.now,
                    changed_at=tx.now,
                )
            )
        tx.db.add(
            Referral(
                group_id=morning.group_id,
                meeting_id=morning.meeting_id,
                giver_id=people["Mira"],
                receiver_id=people["Max"],
                kind=ReferralKind.LEAD,
                state=ReferralState.DRAFT,
                created_at=tx.now,
                changed_at=tx.now,
            )
        )

    morning.ctx.transaction(more)
    found = closing.look(morning.ctx, morning.meeting_id, asker=None)
    assert found.open._asdict() == {
        "round_on": 1,
        "round_version": 1,
        "talk_version": 0,
        "in_room": 4,
        "never_came": 2,
        "devices": 2,
        "exchanges": 1,
        "unanswered": 2,
        "drafts": 1,
    }
    assert (found.on_break, found.meeting.message, found.may_reopen) == (True, "Coffee", False)


def test_the_list_is_read_with_two_statements(morning: Morning, statements: Statements) -> None:
    with statements() as sent:
        closing.look(morning.ctx, morning.meeting_id, asker=None)
    assert len(sent) <= 2


def test_everybody_is_checked_out_in_one_press(morning: Morning, clock: FakeClock) -> None:
    everybody_in(morning, but=("Vik",))
    clock.pass_by(hours=2)
    answer = closing.check_everybody_out(morning.ctx, meeting_id=morning.meeting_id, desk=DESK)
    assert answer == {"people": 5}
    assert _open(morning)["in_room"] == 0
    with morning.ctx.reading() as db:
        rows = db.scalars(select(Attendance).where(Attendance.entered_at.is_not(None))).all()
        assert {row.left_at for row in rows} == {clock.now}
        assert not db.scalars(select(CheckInEvent).where(CheckInEvent.is_open.is_(True))).all()
    assert closing.check_everybody_out(morning.ctx, meeting_id=morning.meeting_id, desk=DESK) == {"people": 0}
    assert [line.key for line in action_log.recent(morning.ctx, morning.meeting_id)] == ["all_checked_out"]
    clock.pass_by(minutes=1)
    everybody_in(morning, only=("Mira",))
    assert _open(morning)["in_room"] == 1


def test_whoever_never_came_is_absent_in_one_press_and_back_in_another(morning: Morning) -> None:
    everybody_in(morning, but=("Vik", "Max"))
    assert closing.mark_absent(morning.ctx, meeting_id=morning.meeting_id) == {"people": 2}
    assert {name for name, status in _statuses(morning).items() if status is AttendanceStatus.ABSENT} == {"Vik", "Max"}
    assert closing.mark_absent(morning.ctx, meeting_id=morning.meeting_id) == {"people": 0}
    everybody_in(morning, only=("Max",))
    action = action_log.last(morning.ctx, morning.meeting_id).undoable
    assert action is not None
    undoing.take_back(morning.ctx, meeting_id=morning.meeting_id, action=action)
    statuses = _statuses(morning)
    assert (statuses["Vik"], statuses["Max"]) == (AttendanceStatus.EXPECTED, AttendanceStatus.PRESENT)


def test_an_absence_that_is_none_any_more_is_not_taken_back(morning: Morning) -> None:
    everybody_in(morning, but=("Vik",))
    closing.mark_absent(morning.ctx, meeting_id=morning.meeting_id)
    everybody_in(morning, only=("Vik",))
    action = action_log.last(morning.ctx, morning.meeting_id).undoable
    assert action is not None
    with pytest.raises(Conflict) as refused:
        undoing.take_back(morning.ctx, meeting_id=morning.meeting_id, action=action)
    assert refused.value.code == "undo_in_the_way"


def test_devices_are_signed_out_but_not_the_one_that_asks_nor_anybodys_phone(morning: Morning) -> None:
    here = {"group_id": morning.group_id, "meeting_id": morning.meeting_id}
    builders.signed_in(morning.ctx, None, label="Console", role=Role.FACILITATOR, **here)
    with morning.ctx.reading() as db:
        console = db.scalars(select(SessionRow).where(SessionRow.label == "Console")).one().uid
    asker = Uid(console)
    assert _open(morning, asker)["devices"] == 2
    answer = closing.sign_devices_out(morning.ctx, meeting_id=morning.meeting_id, asker=asker)
    assert answer == {"devices": 2}
    assert _open(morning, asker)["devices"] == 0
    with morning.ctx.reading() as db:
        left = db.scalars(select(SessionRow).where(SessionRow.revoked_at.is_(None))).all()
        assert {row.label for row in left} == {"Chrome", "Console"}
    assert closing.sign_devices_out(morning.ctx, meeting_id=morning.meeting_id, asker=asker) == {"devices": 0}


def test_a_round_that_is_on_keeps_the_meeting_open(morning: Morning) -> None:
    everybody_in(morning)
    seat_rounds(morning, [[("Olga", "Fiona"), ("Mira", "Max"), ("Dora", "Vik")]])
    rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=1, version=0)
    with pytest.raises(WrongPhase) as refused:
        closing.close(morning.ctx, meeting_id=morning.meeting_id)
    assert refused.value.code == "close_round_runs"


def test_a_meeting_closed_too_early_opens_again_on_the_same_day(morning: Morning, clock: FakeClock) -> None:
    everybody_in(morning, but=("Vik",))
    for _ in range(2):
        closing.close(morning.ctx, meeting_id=morning.meeting_id, by=morning.people["Fiona"])
    found = closing.look(morning.ctx, morning.meeting_id, asker=None)
    assert (found.meeting.status, found.may_reopen) == (MeetingStatus.CLOSED, True)
    assert _statuses(morning)["Vik"] is AttendanceStatus.ABSENT
    for _ in range(2):
        closing.reopen(morning.ctx, meeting_id=morning.meeting_id)
    assert _statuses(morning)["Vik"] is AttendanceStatus.EXPECTED
    keys = [line.key for line in action_log.recent(morning.ctx, morning.meeting_id)]
    assert keys == ["meeting_reopened", "meeting_closed"]
    closing.close(morning.ctx, meeting_id=morning.meeting_id)
    clock.pass_by(days=1)
    assert closing.look(morning.ctx, morning.meeting_id, asker=None).may_reopen is False
    with pytest.raises(WrongPhase):
        closing.reopen(morning.ctx, meeting_id=morning.meeting_id)


def test_nothing_is_settled_in_a_closed_meeting(morning: Morning) -> None:
    closing.close(morning.ctx, meeting_id=morning.meeting_id)
    for press in (
        lambda: closing.mark_absent(morning.ctx, meeting_id=morning.meeting_id),
        lambda: closing.check_everybody_out(morning.ctx, meeting_id=morning.meeting_id, desk=DESK),
    ):
        with pytest.raises(WrongPhase) as refused:
            press()
        assert refused.value.code == "meeting_not_open"


def test_leaving_before_the_end_is_told_apart_from_being_checked_out(morning: Morning, clock: FakeClock) -> None:
    everybody_in(morning)
    uid = Uid(morning.attendances["Max"])
    check_ins.leave(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=uid, desk=DESK)
    early = clock.now
    clock.pass_by(hours=1)
    closing.check_everybody_out(morning.ctx, meeting_id=morning.meeting_id, desk=DESK)
    with morning.ctx.reading() as db:
        row = db.scalars(select(Attendance).where(Attendance.uid == uid)).one()
        assert row.left_at == early
        assert clock.now - early == timedelta(hours=1)
