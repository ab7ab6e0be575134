"""A member, a visitor, a former member: one becomes the other so that it can be taken back, with all that follows.

Nothing here is a use-case: changes of several people and imports call it inside their own transaction.
"""

from zoneinfo import ZoneInfo

from sqlalchemy import select

from server.domain.errors import WrongPhase
from server.domain.vocabulary import AttendanceStatus, MeetingStatus, Role, Standing
from server.persistence.models import Attendance, GrantRow, Group, Meeting, Membership
from server.services.context import Tx
from server.services.row_changes import Changes, table_called


def write(changes: Changes, tx: Tx, group: Group, membership: Membership, to: Standing) -> bool:
    """Another standing with its day, and what follows for roles and for lists of meetings that have not begun.

    Answers whether it was another one. Raises WrongPhase("last_organiser").
    """
    if membership.standing is to:
        return False
    today = tx.now.astimezone(ZoneInfo(group.time_zone)).date()
    values: dict[str, object] = {"standing": to, "until": today if to is Standing.FORMER else None}
    if to is Standing.MEMBER:
        values["since"] = today
    person_id = membership.person_id
    changes.alter(table_called("memberships"), membership.id, values)
    if to is Standing.FORMER:
        _take_roles(changes, group, person_id)
    drafts = select(Meeting.id).where(Meeting.group_id == group.id, Meeting.status == MeetingStatus.DRAFT)
    attendances = table_called("attendances")
    for meeting_id in tx.db.scalars(drafts.order_by(Meeting.id)).all():
        line = tx.db.execute(
            select(Attendance.id, Attendance.entered_at).where(
                Attendance.meeting_id == meeting_id, Attendance.person_id == person_id
            )
        ).one_or_none()
        if line is None and to is Standing.MEMBER:
            expected = Attendance(
                meeting_id=meeting_id, person_id=person_id, standing=to, status=AttendanceStatus.EXPECTED
            )
            tx.db.add(expected)
            tx.db.flush()
            changes.added(attendances, [expected.id])
        elif line is not None and line.entered_at is None:
            if to is Standing.FORMER:
                changes.remove(attendances, [line.id])
            else:
                changes.alter(attendances, line.id, {"standing": to})
    return True


def _take_roles(changes: Changes, group: Group, person_id: int) -> None:
    """Whoever leaves holds no role; somebody must be left who can run the group."""
    organisers = select(GrantRow.person_id).where(
        GrantRow.group_id == group.id, GrantRow.role == Role.ORGANISER, GrantRow.person_id.is_not(None)
    )
    if set(changes.db.scalars(organisers)) == {person_id}:
        raise WrongPhase("last_organiser")
    held = select(GrantRow.id).where(GrantRow.group_id == group.id, GrantRow.person_id == person_id)
    changes.remove(table_called("grants"), list(changes.db.scalars(held)))
