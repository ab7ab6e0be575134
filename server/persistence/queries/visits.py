"""What a visit is: somebody came as a visitor, and not for somebody else. Everything that counts visitors asks here."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Integer, ScalarSelect, bindparam, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from server.domain.vocabulary import GroupId, Standing
from server.persistence.models import Attendance, Meeting, Substitute

GROUP = "visited_group"
"""The name under which `was_first` is told the group."""


def was_visit(row: Any = Attendance) -> ColumnElement[bool]:
    """Whether an attendance was a visit: who came for somebody else was no visitor."""
    came: ColumnElement[bool] = (row.standing == Standing.VISITOR) & row.entered_at.is_not(None)
    return came & ~exists().where(Substitute.attendance_id == row.id)


def first_visit(group_id: GroupId | BindParameter[int], person: InstrumentedAttribute[int]) -> ScalarSelect[datetime]:
    """Part of a question about people: when one of them first visited the group, or nothing."""
    row, meeting = aliased(Attendance), aliased(Meeting)
    return (
        select(func.min(meeting.starts_at))
        .join(row, row.meeting_id == meeting.id)
        .where(row.person_id == person, meeting.group_id == group_id, was_visit(row))
        .correlate(person.class_)
        .scalar_subquery()
    )


@cache
def was_first() -> ColumnElement[bool]:
    """Whether a visit (`Attendance` beside its `Meeting`) was somebody's first to the group: whoever is noted as having
    invited them then has brought them, once and for all.

    The group is handed in with the question, as `GROUP`: to put this together takes as long as to ask it.
    """
    return was_visit() & (Meeting.starts_at == first_visit(bindparam(GROUP, type_=Integer), Attendance.person_id))
