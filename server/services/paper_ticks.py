"""The sign-in list brought back: ticks on paper go into the door's book with the times that were written beside them.

Works while the meeting runs and after it is closed. Whoever was scanned as well keeps the earlier of both times.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.domain import door_book as book_rules
from server.domain.door_book import Moment
from server.domain.errors import RuleViolation, WrongPhase
from server.domain.events import AttendanceChanged
from server.domain.vocabulary import CheckInKind, MeetingId, MeetingStatus, Uid
from server.persistence.models import Meeting
from server.services import door_book, late_scans
from server.services.context import Context, Json, Op, Tx
from server.services.door_book import Desk

BEFORE = timedelta(hours=3)
"""How long before the start somebody may have come."""


@dataclass(frozen=True)
class Tick:
    """One line of the list: who, when they came, when they left (None: to the end)."""

    uid: Uid
    came: time
    left: time | None = None


def tick_back(ctx: Context, *, meeting_id: MeetingId, ticks: Sequence[Tick], desk: Desk, op: Op | None = None) -> Json:
    """Everybody ticked came at their time. Answers `{came, left, known}`: how many of each the book learned.

    Raises RuleViolation("paper_time_outside"), NotFound("attendance_unknown"), WrongPhase("doors_closed"); then
    nothing was written.
    """

    def work(tx: Tx) -> Json:
        meeting = tx.db.get_one(Meeting, meeting_id)
        if meeting.status is MeetingStatus.DRAFT:
            raise WrongPhase("doors_closed")
        learned = {"came": 0, "left": 0, "known": 0}
        for tick in sorted(ticks, key=lambda each: each.uid):
            came = _moment(meeting, tick.came, tx.now)
            row = door_book.locked(tx, meeting_id, tick.uid)
            new = late_scans.tick(tx, row, desk, Moment(came, timedelta()))
            learned["came" if new else "known"] += 1
            entry = door_book.open_entry(tx, row) if tick.left else None
            if tick.left is not None and entry is not None:
                left = _moment(meeting, tick.left, tx.now)
                if left <= entry.happened_at:
                    raise RuleViolation("paper_time_outside", field=tick.uid)
                door_book.close(tx, row, entry, CheckInKind.EXIT, desk, at=left)
                row.left_at = left
                learned["left"] += 1
                tx.record(AttendanceChanged(meeting_id, tick.uid))
        return learned

    return ctx.transaction(work, op=op)


def _moment(meeting: Meeting, wall: time, now: datetime) -> datetime:
    """A time on the wall on the day of the meeting, as a moment; a little before the start, and never in the future."""
    zone = ZoneInfo(meeting.time_zone)
    day = meeting.starts_at.astimezone(zone).date()
    found = datetime.combine(day, wall, zone).astimezone(now.tzinfo)
    if not meeting.starts_at - BEFORE <= found <= min(now, meeting.starts_at + book_rules.LONGEST_WAIT):
        raise RuleViolation("paper_time_outside")
    return found
