"""Who sat with whom: the questions that planning and the phones ask of the encounters.

Only rounds that ended count, and only seats that were not missed; a bye is no encounter.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from server.domain.vocabulary import GroupId, MeetingId, PersonId, RoundPhase
from server.persistence.models import Attendance, Encounter, Meeting, Round, Seat

Pair = tuple[PersonId, PersonId]
ROWS = 400
"""So many rows are read at once."""


@dataclass(frozen=True)
class Together:
    """Two people of a meeting sat together `times` times at other meetings, the last time on `last`."""

    first: PersonId
    other: PersonId
    times: int
    last: date


@dataclass(frozen=True)
class LastMet:
    """The day and the round in which two people last sat together at another meeting."""

    day: date
    number: int


def encounters_before(db: Session, group_id: GroupId, meeting_id: MeetingId) -> Iterator[Together]:
    """Every pair on the list of a meeting that sat together at other meetings of the group. One statement.

    The smaller person id comes first. They come one by one as they are read.
    """
    one, other = aliased(Attendance), aliased(Attendance)
    question = (
        select(Encounter.first_id, Encounter.other_id, func.count(), func.max(Encounter.met_on))
        # By way of the list: the database would otherwise look up every pair there could be.
        .join(one, one.person_id == Encounter.first_id)
        .join(other, other.person_id == Encounter.other_id)
        .where(
            Encounter.group_id == group_id,
            Encounter.meeting_id != meeting_id,
            one.meeting_id == meeting_id,
            other.meeting_id == meeting_id,
        )
        .group_by(Encounter.first_id, Encounter.other_id)
        .order_by(Encounter.first_id, Encounter.other_id)
    )
    # Past the records of the session, which take all rows at once.
    for rows in db.connection().execute(question).partitions(ROWS):
        for first, second, times, last in rows:
            yield Together(PersonId(first), PersonId(second), times, last)


def byes_before(db: Session, group_id: GroupId, meeting_id: MeetingId) -> dict[PersonId, int]:
    """How many byes each person had at other meetings of the group; people without one are left out."""
    question = (
        select(Attendance.person_id, func.count())
        .join(Seat, Seat.attendance_id == Attendance.id)
        .join(Round, Round.id == Seat.round_id)
        .join(Meeting, Meeting.id == Round.meeting_id)
        .where(
            Meeting.group_id == group_id,
            Meeting.id != meeting_id,
            Round.phase == RoundPhase.ENDED,
            Seat.table_number == 0,
        )
        .group_by(Attendance.person_id)
    )
    return {PersonId(person): int(count) for person, count in db.execute(question)}


def _last_met() -> Select[int, int, date, int]:
    one, other = aliased(Attendance), aliased(Attendance)
    return (
        select(Encounter.first_id, Encounter.other_id, Encounter.met_on, Encounter.number)
        .join(one, one.person_id == Encounter.first_id)
        .join(other, other.person_id == Encounter.other_id)
        .where(
            Encounter.group_id == bindparam("group_id"),
            Encounter.meeting_id != bindparam("meeting_id"),
            one.meeting_id == bindparam("meeting_id"),
            other.meeting_id == bindparam("meeting_id"),
        )
        .order_by(Encounter.met_on, Encounter.meeting_id, Encounter.number)
    )


_LAST_MET = _last_met()


def last_met(
    db: Session, group_id: GroupId, meeting_id: MeetingId, only: PersonId | None = None
) -> Iterator[tuple[Pair, LastMet]]:
    """When those on the list of a meeting last sat together at another one; or when one of them did. One statement.

    The smaller person id comes first. They come one by one as they are read; of a pair the last one counts.
    """
    question = _LAST_MET
    if only is not None:
        question = question.where(or_(Encounter.first_id == only, Encounter.other_id == only))
    given = {"group_id": group_id, "meeting_id": meeting_id}
    for rows in db.connection().execute(question, given).partitions(ROWS):
        for first, second, day, number in rows:
            yield (PersonId(first), PersonId(second)), LastMet(day, number)
