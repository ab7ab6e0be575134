"""The sign-in list comes back: bulk ticks with the times that were written on it."""

from datetime import time, timedelta

import pytest

from server.domain.errors import NotFound, RuleViolation, WrongPhase
from server.domain.vocabulary import AttendanceStatus, MeetingStatus, Uid
from server.persistence.models import Meeting
from server.services import attendance, check_ins, meetings, paper_ticks
from server.services.attendance import RoomPerson
from server.services.check_ins import Desk
from server.services.context import Json, Tx
from server.services.paper_ticks import Tick
from tests.builders import START
from tests.conftest import FakeClock
from tests.mornings import Morning

PAPER = Desk(None, "Paper")


def _person(morning: Morning, who: str) -> RoomPerson:
    return attendance.everybody(morning.ctx, morning.meeting_id, only=[morning.attendances[who]])[0]


def _ticked(morning: Morning, **times: tuple[time, time | None]) -> Json:
    ticks = [Tick(morning.attendances[who], *when) for who, when in times.items()]
    return paper_ticks.tick_back(morning.ctx, meeting_id=morning.meeting_id, ticks=ticks, desk=PAPER)


def test_people_ticked_on_paper_came_when_the_paper_says(morning: Morning, clock: FakeClock) -> None:
    clock.pass_by(hours=2)
    meetings.close(morning.ctx, meeting_id=morning.meeting_id)
    learned = _ticked(morning, Mira=(time(6, 55), None), Max=(time(7, 10), time(7, 50)))
    assert learned == {"came": 2, "left": 1, "known": 0}
    mira, max_ = _person(morning, "Mira"), _person(morning, "Max")
    assert (mira.status, mira.entered_at, mira.left_at) == (
        AttendanceStatus.PRESENT,
        START - timedelta(minutes=5),
        None,
    )
    assert (max_.entered_at, max_.left_at) == (START + timedelta(minutes=10), START + timedelta(minutes=50))
    assert attendance.counts(morning.ctx, morning.meeting_id).in_room == 1


def test_whoever_was_scanned_too_keeps_the_earlier_time_and_counts_once(morning: Morning, clock: FakeClock) -> None:
    for who in ("Mira", "Max"):
        check_ins.check_in(morning.ctx, meeting_id=morning.meeting_id, scanned=morning.codes[who], desk=PAPER)
    clock.pass_by(hours=1)
    learned = _ticked(morning, Mira=(time(6, 40), None), Max=(time(7, 30), None))
    assert learned == {"came": 1, "left": 0, "known": 1}
    assert _person(morning, "Mira").entered_at == START - timedelta(minutes=20)
    assert _person(morning, "Max").entered_at == START - timedelta(minutes=10)
    assert attendance.counts(morning.ctx, morning.meeting_id).came == 2


def test_a_time_that_cannot_be_writes_nothing_at_all(morning: Morning, clock: FakeClock) -> None:
    clock.pass_by(hours=1)
    for wrong in ((time(3), None), (time(9), None), (time(7), time(6, 50))):
        with pytest.raises(RuleViolation, match="paper_time_outside"):
            _ticked(morning, Max=(time(7), None), Mira=wrong)
    assert attendance.counts(morning.ctx, morning.meeting_id).came == 0
    ticks = [Tick(Uid("0" * 16), time(7))]
    with pytest.raises(NotFound, match="attendance_unknown"):
        paper_ticks.tick_back(morning.ctx, meeting_id=morning.meeting_id, ticks=ticks, desk=PAPER)


def test_a_meeting_whose_doors_never_opened_has_no_list_to_bring_back(morning: Morning) -> None:
    def shut(tx: Tx) -> None:
        tx.db.get_one(Meeting, morning.meeting_id).status = MeetingStatus.DRAFT

    morning.ctx.transaction(shut)
    with pytest.raises(WrongPhase, match="doors_closed"):
        _ticked(morning, Mira=(time(7), None))
