"""Who sat with whom: the questions that planning, the phones and the lists ask of the seats.

Only rounds that ended count as held, and only seats that were not missed count as taken. Table 0 is a bye and
nobody meets there.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from server.domain.vocabulary import GroupId, MeetingId, PersonId, RoundPhase
from server.persistence.models import Attendance, Meeting, Round, Seat


@dataclass(frozen=True)
class Encounter:
    """Two people of a meeting sat together `times` times at earlier ones, the last time at `last`."""

    first: PersonId
    other: PersonId
    times: int
    last: datetime


@dataclass(frozen=True)
class LastMet:
    """The last earlier round in which two people of a meeting sat together."""

    viewer: PersonId
    other: PersonId
    meeting_starts_at: datetime
    time_zone: str
    number: int


def encounters_before(db: Session, group_id: GroupId, meeting_id: MeetingId) -> tuple[Encounter, ...]:
    """Every pair on the list of a meeting that sat together at other meetings of the group. One statement.

    The smaller person id comes first.
    """
    one, other = aliased(Seat), aliased(Seat)
    who, whom = aliased(Attendance), aliased(Attendance)
    here = select(Attendance.person_id).where(Attendance.meeting_id == meeting_id).scalar_subquery()
    question = (
        select(who.person_id, whom.person_id, func.count(), func.max(Meeting.starts_at))
        .select_from(Meeting)
        .join(Round, (Round.meeting_id == Meeting.id) & (Round.phase == RoundPhase.ENDED))
        .join(one, (one.round_id == Round.id) & (one.table_number > 0) & one.missed.is_(False))
        .join(
            other,
            (other.round_id == one.round_id)
            & (other.table_number == one.table_number)
            & other.missed.is_(False),
        )
        .join(who, who.id == one.attendance_id)
        .join(whom, (whom.id == other.attendance_id) & (whom.person_id > who.person_id))
        .where(
            Meeting.group_id == group_id,
            Meeting.id != meeting_id,
            who.person_id.in_(here),
            whom.person_id.in_(here),
        )
        .group_by(who.person_id, whom.person_id)
        .order_by(who.person_id, whom.person_id)
    )
    return tuple(
        Encounter(PersonId(a), PersonId(b), int(times), last) for a, b, times, last in db.execute(question)
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
) -> dict[tuple[PersonId, PersonId], LastMet]:
    """For everybody seated at a meeting and each of their partners there: when they last sat together before.

    Keyed by (viewer, other); with `only` for one viewer. One statement.
    """
    now_one, now_other = aliased(Seat), aliased(Seat)
    viewer, partner = aliased(Attendance), aliased(Attendance)
    now_round = aliased(Round)
    pairs = (
        select(viewer.person_id.label("viewer"), partner.person_id.label("other"))
        .select_from(now_round)
        .join(now_one, (now_one.round_id == now_round.id) & (now_one.table_number > 0))
        .join(
            now_other,
            (now_other.round_id == now_one.round_id)
            & (now_other.table_number == now_one.table_number)
            & (now_other.id != now_one.id),
        )
        .join(viewer, viewer.id == now_one.attendance_id)
        .join(partner, partner.id == now_other.attendance_id)
        .where(now_round.meeting_id == meeting_id)
        .distinct()
    )
    if only is not None:
        pairs = pairs.where(viewer.person_id == only)
    pair = pairs.cte("pair")
    one, other = aliased(Seat), aliased(Seat)
    mine, theirs = aliased(Attendance), aliased(Attendance)
    newest = func.row_number().over(
        partition_by=(pair.c.viewer, pair.c.other), order_by=(Meeting.starts_at.desc(), Round.number.desc())
    )
    found = (
        select(
            pair.c.viewer,
            pair.c.other,
            Meeting.starts_at,
            Meeting.time_zone,
            Round.number,
            newest.label("place"),
        )
        .select_from(pair)
        .join(mine, mine.person_id == pair.c.viewer)
        .join(one, (one.attendance_id == mine.id) & (one.table_number > 0) & one.missed.is_(False))
        .join(Round, (Round.id == one.round_id) & (Round.phase == RoundPhase.ENDED))
        .join(Meeting, (Meeting.id == Round.meeting_id) & (Meeting.group_id == group_id))
        .join(
            other,
            (other.round_id == one.round_id)
            & (other.table_number == one.table_number)
            & other.missed.is_(False),
        )
        .join(theirs, (theirs.id == other.attendance_id) & (theirs.person_id == pair.c.other))
        .where(Meeting.id != meeting_id)
        .subquery()
    )
    rows = db.execute(select(found).where(found.c.place == 1))
    return {
        (PersonId(row.viewer), PersonId(row.other)): LastMet(
            PersonId(row.viewer), PersonId(row.other), row.starts_at, row.time_zone, int(row.number)
        )
        for row in rows
    }
