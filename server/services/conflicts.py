"""A badge that two desks let in while one of them had no network: counted once, and shown until a person settles it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select

from server.domain import names
from server.domain.errors import NotFound, RuleViolation
from server.domain.events import ConflictMoved
from server.domain.vocabulary import AttemptOutcome, MeetingId, Uid
from server.persistence.models import Attendance, CheckInEvent, DoorAttempt, Person
from server.services.context import Context, Op, Tx
from server.services.door_book import Desk

Verdict = Literal["same", "other"]
"""One person who stood at two desks, or somebody else with this badge."""
VERDICTS = ("same", "other")


@dataclass(frozen=True)
class Scan:
    """One of the two scans."""

    at: datetime
    desk: str


@dataclass(frozen=True)
class DoorConflict:
    """Whose badge, and both scans; the first is the entry that counts (None when it was undone since)."""

    uid: Uid
    attendance_uid: Uid
    name: str
    company: str
    first: Scan | None
    second: Scan
    settled: bool


def listed(ctx: Context, meeting_id: MeetingId) -> tuple[DoorConflict, ...]:
    """Every conflict of a meeting, the latest first, those settled too. One statement."""
    question = (
        select(DoorAttempt, Attendance, Person, CheckInEvent)
        .join(Attendance, Attendance.id == DoorAttempt.attendance_id)
        .join(Person, Person.id == Attendance.person_id)
        .outerjoin(CheckInEvent, (CheckInEvent.attendance_id == Attendance.id) & CheckInEvent.is_open.is_(True))
        .where(DoorAttempt.meeting_id == meeting_id, DoorAttempt.outcome == AttemptOutcome.CONFLICT)
        .order_by(DoorAttempt.id.desc())
    )
    with ctx.reading() as db:
        return tuple(
            DoorConflict(
                uid=Uid(attempt.uid),
                attendance_uid=Uid(row.uid),
                name=names.full_name(person.given_name, person.family_name),
                company=person.company,
                first=Scan(entry.happened_at, entry.desk) if entry else None,
                second=Scan(attempt.happened_at, attempt.desk),
                settled=attempt.settled_at is not None,
            )
            for attempt, row, person, entry in db.execute(question)
        )


def settle(
    ctx: Context, *, meeting_id: MeetingId, conflict_uid: Uid, verdict: str, desk: Desk, op: Op | None = None
) -> None:
    """A person of the door says what it was. Raises NotFound("conflict_unknown"), RuleViolation("verdict_unknown")."""
    if verdict not in VERDICTS:
        raise RuleViolation("verdict_unknown", field="verdict")

    def work(tx: Tx) -> None:
        row = tx.db.scalar(
            select(DoorAttempt)
            .where(
                DoorAttempt.meeting_id == meeting_id,
                DoorAttempt.uid == conflict_uid,
                DoorAttempt.outcome == AttemptOutcome.CONFLICT,
            )
            .with_for_update()
        )
        if row is None:
            raise NotFound("conflict_unknown")
        row.settled_at, row.settled_by, row.reason = tx.now, desk.label[:80], verdict
        tx.record(ConflictMoved(meeting_id))

    ctx.transaction(work, op=op)
