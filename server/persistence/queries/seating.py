"""Who sat with whom: the questions that planning and the phones ask of the encounters.

Only rounds that ended count, and only seats that were not missed; a bye is no encounter.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from server.domain.vocabulary import GroupId, MeetingId, PersonId, RoundPhase
from server.persistence.models import Attendance, Encounter, Meeting, Round, Seat

Pair = tuple[PersonId, PersonId]


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


def encounters_before(db: Session, group_id: GroupId, meeting_id: MeetingId) -> tuple[Together, ...]:
    """Every pair on the list of a meeting that sat together at other meetings of the group. One statement.

    The smaller person id comes first.
    """
    here = select(Attendance.person_id).where(Attendance.meeting_id == meeting_id).scalar_subquery()
    question = (
        select(Encounter.first_id, Encounter.other_id, func.count(), func.max(Encounter.met_on))
        .where(
            Encounter.group_id == group_id,
            Encounter.meeting_id != meeting_id,
            Encounter.first_id.in_(here),
            Encounter.other_id.in_(here),
        )
        .group_by(Encounter.first_id, Encounter.other_id)
        .order_by(Encounter.first_id, Encounter.other_id)
    )
    return tuple(
        Together(PersonId(a), PersonId(b), int(times), last) for a, b, times, last in db.execute(question)
    )


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


def last_met(
    db: Session, group_id: GroupId, meeting_id: MeetingId, *, only: PersonId | None = None
) -> dict[Pair, LastMet]:
    """For the people who share a table at a meeting: when they last sat together at another one.

    Keyed by (viewer, other) in both orders; with `only`, pairs with that person. One statement.
    """
    one, other, who, whom = aliased(Seat), aliased(Seat), aliased(Attendance), aliased(Attendance)
    pairs = (
        select(who.person_id.label("first"), whom.person_id.label("other"))
        .select_from(Round)
        .join(one, (one.round_id == Round.id) & (one.table_number > 0))
        .join(other, (other.round_id == one.round_id) & (other.table_number == one.table_number))
        .join(who, who.id == one.attendance_id)
        .join(whom, (whom.id == other.attendance_id) & (whom.person_id > who.person_id))
        .where(Round.meeting_id == meeting_id)
        .distinct()
    )
    if only is not None:
        pairs = pairs.where(or_(who.person_id == only, whom.person_id == only))
    pair = pairs.cte("pair")
    newest = func.row_number().over(
        partition_by=(Encounter.first_id, Encounter.other_id),
        order_by=(Encounter.met_on.desc(), Encounter.meeting_id.desc(), Encounter.number.desc()),
    )
    found = (
        select(
            Encounter.first_id,
            Encounter.other_id,
            Encounter.met_on,
            Encounter.number,
            newest.label("place"),
        )
        .join(pair, (pair.c.first == Encounter.first_id) & (pair.c.other == Encounter.other_id))
        .where(Encounter.group_id == group_id, Encounter.meeting_id != meeting_id)
        .subquery()
    )
    known: dict[Pair, LastMet] = {}
    for row in db.execute(select(found).where(found.c.place == 1)):
        met = LastMet(row.met_on, int(row.number))
        a, b = PersonId(row.first_id), PersonId(row.other_id)
        known[a, b] = known[b, a] = met
    return known
