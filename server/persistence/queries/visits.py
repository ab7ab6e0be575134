"""What a visit is: somebody came as a visitor, and not for somebody else. Everything that counts visitors asks here."""

from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from server.domain.vocabulary import GroupId, Standing
from server.persistence.models import Attendance, Meeting, Substitute


def was_visit(row: Any = Attendance) -> ColumnElement[bool]:
    """Whether an attendance was a visit: who came for somebody else was no visitor."""
    came: ColumnElement[bool] = (row.standing == Standing.VISITOR) & row.entered_at.is_not(None)
    return came & ~exists().where(Substitute.attendance_id == row.id)


def was_first(group_id: GroupId) -> ColumnElement[bool]:
    """Whether a visit (`Attendance` beside its `Meeting`) was somebody's first to the group: whoever is noted as having
    invited them then has brought them, once and for all.
    """
    other, that = aliased(Attendance), aliased(Meeting)
    earlier = (
        select(other.id)
        .join(that, that.id == other.meeting_id)
        .where(
            that.group_id == group_id,
            that.starts_at < Meeting.starts_at,
            other.person_id == Attendance.person_id,
            was_visit(other),
        )
        .correlate(Attendance, Meeting)
    )
    return was_visit() & ~earlier.exists()
