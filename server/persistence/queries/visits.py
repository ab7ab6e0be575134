"""What a visit is: somebody came as a visitor, and not for somebody else. Everything that counts visitors asks here."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from server.domain.vocabulary import GroupId, Standing
from server.persistence.models import Attendance, Meeting, Substitute


def was_visit(row: Any = Attendance) -> ColumnElement[bool]:
    """Whether an attendance was a visit: who came for somebody else was no visitor."""
    came: ColumnElement[bool] = (row.standing == Standing.VISITOR) & row.entered_at.is_not(None)
    return came & ~exists().where(Substitute.attendance_id == row.id)


def first_visit(group_id: GroupId, person: InstrumentedAttribute[int]) -> ScalarSelect[datetime]:
    """Part of a question about people: when one of them first visited the group, or nothing."""
    row, meeting = aliased(Attendance), aliased(Meeting)
    return (
        select(func.min(meeting.starts_at))
        .join(row, row.meeting_id == meeting.id)
        .where(row.person_id == person, meeting.group_id == group_id, was_visit(row))
        .correlate(person.class_)
        .scalar_subquery()
    )


def was_first(group_id: GroupId) -> ColumnElement[bool]:
    """Whether a visit (`Attendance` beside its `Meeting`) was somebody's first to the group: whoever is noted as having
    invited them then has brought them, once and for all.
    """
    return was_visit() & (Meeting.starts_at == first_visit(group_id, Attendance.person_id))
