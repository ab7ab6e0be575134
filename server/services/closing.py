"""Closing a meeting: one list of what is still open, each with one press to settle, and the close itself.

What the rounds, the presentations, the break and the message need has presses of its own; here are the ones about
many people or devices at once.
"""

from dataclasses import dataclass

from sqlalchemy import select

from server.domain import meetings as meeting_rules
from server.domain.errors import Conflict
from server.domain.events import ListChanged, RoomEmptied
from server.domain.vocabulary import AttendanceStatus, CheckInKind, MeetingId, MeetingStatus, PersonId, Uid
from server.persistence.models import Attendance, CheckInEvent, Meeting, SessionRow
from server.persistence.queries import closing as queries
from server.persistence.queries.closing import Open
from server.services import action_log, door_book, meetings
from server.services.context import Context, Json, Op, Tx
from server.services.door_book import Desk
from server.services.meetings import MeetingView

UNDO_VERB = "absent"


@dataclass(frozen=True)
class Checklist:
    """What is still open, with the meeting, its break and the version of its agenda."""

    meeting: MeetingView
    open: Open
    on_break: bool
    agenda_version: int
    may_reopen: bool


def look(ctx: Context, meeting_id: MeetingId, *, asker: Uid | None) -> Checklist:
    """What is still open; `asker` is the session that asks, whose own device is not counted. Two statements."""
    with ctx.reading() as db:
        row = db.get_one(Meeting, meeting_id)
        meeting = meetings.as_view(row)
        closed_on = meeting.day_of(meeting.closed_at) if meeting.closed_at else None
        return Checklist(
            meeting=meeting,
            open=queries.still_open(db, meeting_id, now=ctx.now(), asker=asker),
            on_break=row.pause_uid is not None,
            agenda_version=row.agenda_version,
            may_reopen=meeting.status is MeetingStatus.CLOSED and closed_on == meeting.day_of(ctx.now()),
        )


def check_everybody_out(
    ctx: Context, *, meeting_id: MeetingId, desk: Desk, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """Everybody who is still in the room has left now. Answers `{people}`. Raises WrongPhase("meeting_not_open")."""

    def work(tx: Tx) -> Json:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        meeting_rules.check_open(meeting.status)
        gone = queries.open_entries(tx.db, meeting_id)
        for entry, row in gone:
            entry.is_open = False
            row.left_at = tx.now
            tx.db.add(_exit(tx, entry, desk))
        if gone:
            tx.record(RoomEmptied(meeting_id))
            params = {"count": len(gone)}
            action_log.note(tx, meeting_id=meeting_id, key="all_checked_out", params=params, by=by)
        return {"people": len(gone)}

    return ctx.transaction(work, op=op)


def _exit(tx: Tx, entry: CheckInEvent, desk: Desk) -> CheckInEvent:
    return CheckInEvent(
        attendance_id=entry.attendance_id,
        kind=CheckInKind.EXIT,
        happened_at=tx.now,
        arrived_at=tx.now,
        session_id=door_book.session_id(desk),
        desk=desk.label[:80],
        closes_id=entry.id,
    )


def mark_absent(ctx: Context, *, meeting_id: MeetingId, by: PersonId | None = None, op: Op | None = None) -> Json:
    """Whoever was expected and never came is absent. Answers `{people}`. Raises WrongPhase("meeting_not_open")."""

    def work(tx: Tx) -> Json:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        meeting_rules.check_open(meeting.status)
        missing = queries.never_came(tx.db, meeting_id)
        for row in missing:
            row.status = AttendanceStatus.ABSENT
        if missing:
            tx.record(ListChanged(meeting_id))
            undo = {"verb": UNDO_VERB, "people": [row.id for row in missing]}
            params = {"count": len(missing)}
            action_log.note(tx, meeting_id=meeting_id, key="marked_absent", params=params, by=by, undo=undo)
        return {"people": len(missing)}

    return ctx.transaction(work, op=op)


def undo_absent(tx: Tx, asked: Json) -> None:
    """Those who were marked absent are expected again; registered in `undoing`. Raises Conflict("undo_in_the_way")."""
    meeting_id = MeetingId(asked["meeting_id"])
    rows = tx.db.scalars(
        select(Attendance)
        .where(
            Attendance.meeting_id == meeting_id,
            Attendance.id.in_(asked["people"]),
            Attendance.status == AttendanceStatus.ABSENT,
        )
        .with_for_update()
    ).all()
    if not rows:
        raise Conflict("undo_in_the_way")
    for row in rows:
        row.status = AttendanceStatus.EXPECTED
    tx.record(ListChanged(meeting_id))


def sign_devices_out(
    ctx: Context, *, meeting_id: MeetingId, asker: Uid | None, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """Doors, displays and consoles of this meeting are signed out, but the one that asks. Answers `{devices}`."""

    def work(tx: Tx) -> Json:
        tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        found = tx.db.scalars(queries.devices_of(meeting_id, tx.now, asker).with_for_update(of=SessionRow)).all()
        for row in found:
            row.revoked_at = tx.now
        if found:
            params = {"count": len(found)}
            action_log.note(tx, meeting_id=meeting_id, key="devices_signed_out", params=params, by=by)
        return {"devices": len(found)}

    return ctx.transaction(work, op=op)


def close(ctx: Context, *, meeting_id: MeetingId, by: PersonId | None = None, op: Op | None = None) -> Json:
    """The morning is over, as `meetings.close` does it, with a line in the log. Answers `{status}`."""

    def work(tx: Tx) -> Json:
        if meetings.close_now(tx, meeting_id):
            action_log.note(tx, meeting_id=meeting_id, key="meeting_closed", params={}, by=by)
        return {"status": MeetingStatus.CLOSED.value}

    return ctx.transaction(work, op=op)


def reopen(ctx: Context, *, meeting_id: MeetingId, by: PersonId | None = None, op: Op | None = None) -> Json:
    """It was closed too early: open again, on the same day. Answers `{status}`. Raises as `meetings.reopen`."""

    def work(tx: Tx) -> Json:
        if meetings.reopen_now(tx, meeting_id):
            action_log.note(tx, meeting_id=meeting_id, key="meeting_reopened", params={}, by=by)
        return {"status": MeetingStatus.OPEN.value}

    return ctx.transaction(work, op=op)
