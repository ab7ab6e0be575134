"""The places of a meeting: who gets a line on its list, who waits for one, who moves up when somebody withdraws.

Nothing here is a use-case: those that add, excuse or withdraw somebody call these inside their own transaction.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.domain import attendance as attendance_rules
from server.domain import registration as rules
from server.domain.events import AttendanceChanged
from server.domain.registration import RegistrationState
from server.domain.vocabulary import AttendanceStatus, GroupId, MeetingId, MeetingStatus, PersonId, Standing, Uid
from server.persistence.models import Attendance, Meeting, Registration, RegistrationPage
from server.services import badges
from server.services.context import Context, Tx


def put(
    ctx: Context, tx: Tx, meeting: Meeting, person_id: PersonId, standing: Standing, *, invited_by: int | None
) -> Attendance:
    """A new line on the list; in an open meeting with a badge. Doors hear of it."""
    row = Attendance(
        meeting_id=meeting.id,
        person_id=person_id,
        standing=standing,
        status=AttendanceStatus.EXPECTED,
        invited_by_id=invited_by,
    )
    tx.db.add(row)
    tx.db.flush()
    give_badge(ctx, tx, meeting, person_id, standing)
    tx.record(AttendanceChanged(MeetingId(meeting.id), Uid(row.uid)))
    return row


def give_badge(ctx: Context, tx: Tx, meeting: Meeting, person_id: PersonId, standing: Standing) -> None:
    """Whoever comes to an open meeting has a badge."""
    if meeting.status is MeetingStatus.OPEN:
        badges.issue(ctx, tx, [(person_id, standing)], group_id=meeting.group_id, meeting_id=meeting.id)


def taken(db: Session, meeting_id: int) -> int:
    """How many of the list have not excused themselves."""
    return (
        db.scalar(
            select(func.count(Attendance.id)).where(
                Attendance.meeting_id == meeting_id, Attendance.status.not_in(attendance_rules.AWAY)
            )
        )
        or 0
    )


def waiting(db: Session, meeting_id: int) -> list[Registration]:
    """Everybody who waits for a place, in the order in which they came; without those who need a word first."""
    return list(
        db.scalars(
            select(Registration)
            .where(
                Registration.meeting_id == meeting_id,
                Registration.state == RegistrationState.WAITING,
                Registration.needs_word.is_(False),
            )
            .order_by(Registration.queued_at, Registration.id)
        )
    )


def move_up(ctx: Context, tx: Tx, meeting_id: MeetingId) -> int:
    """Whoever waits gets the places that are free now; gives how many moved up. One statement where nobody waits."""
    tx.db.flush()
    if not waiting(tx.db, meeting_id):
        return 0
    meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
    if meeting.status is MeetingStatus.CLOSED:
        return 0
    # Asked again under the lock: two who withdraw at once give two places to two people.
    queue = waiting(tx.db, meeting_id)
    limit = tx.db.scalar(select(RegistrationPage.places).where(RegistrationPage.meeting_id == meeting_id)) or 0
    rising = rules.move_up(queue, places=limit, taken=taken(tx.db, meeting_id))
    for row in rising:
        give_place(ctx, tx, meeting, row)
        row.moved_up_at = tx.now
    return len(rising)


def move_up_everywhere(ctx: Context, tx: Tx, group_id: GroupId) -> None:
    """The same at all meetings to come, because somebody has left the group. A statement a meeting."""
    tx.db.flush()
    coming = select(Meeting.id).where(Meeting.group_id == group_id, Meeting.status != MeetingStatus.CLOSED)
    for meeting_id in tx.db.scalars(coming.order_by(Meeting.id)).all():
        move_up(ctx, tx, MeetingId(meeting_id))


def give_place(ctx: Context, tx: Tx, meeting: Meeting, row: Registration) -> None:
    """Whoever registered is expected. A line that was there before stays what it is, and is not theirs to withdraw."""
    row.state, row.needs_word, row.withdrawn_at = RegistrationState.LISTED, False, None
    line = tx.db.scalar(
        select(Attendance).where(Attendance.meeting_id == meeting.id, Attendance.person_id == row.person_id)
    )
    if line is None:
        put(ctx, tx, meeting, PersonId(row.person_id), Standing.VISITOR, invited_by=row.invited_by_id)
        row.made_line = True
    elif row.made_line:
        line.status = attendance_rules.expect_again(line.status, meeting.status)
        give_badge(ctx, tx, meeting, PersonId(row.person_id), line.standing)
        tx.record(AttendanceChanged(MeetingId(meeting.id), Uid(line.uid)))
