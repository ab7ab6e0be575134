"""What paper asks of the tables: who holds which badge and what it said when printed, and who sits where."""

from dataclasses import dataclass

from sqlalchemy import ScalarSelect, Select, or_, select
from sqlalchemy.orm import Session, aliased

from server.domain import attendance as rules
from server.domain.vocabulary import MeetingId, RoundPhase, Standing, Uid
from server.persistence.models import (
    Attendance,
    Badge,
    Meeting,
    Person,
    PrintedBadge,
    PrintJob,
    Round,
    Seat,
    Substitute,
)


@dataclass(frozen=True)
class Seats:
    """The rounds of a meeting that are not void, and each person's table in each of them (None: sits out)."""

    rounds: tuple[int, ...]
    tables: dict[Uid, tuple[int | None, ...]]


def held(meeting_id: MeetingId) -> Select[Attendance, Person, Badge, str]:
    """Everybody expected, by name, the badge that opens this meeting's door, and what it said when last printed."""
    mine = (
        (Badge.person_id == Attendance.person_id)
        & (Badge.group_id == Meeting.group_id)
        & Badge.revoked_at.is_(None)
        & or_(
            (Attendance.standing == Standing.MEMBER) & Badge.meeting_id.is_(None),
            (Attendance.standing != Standing.MEMBER) & (Badge.meeting_id == Meeting.id),
        )
    )
    return (
        select(Attendance, Person, Badge, _said())
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .join(Person, Person.id == Attendance.person_id)
        .outerjoin(Badge, mine)
        .where(Attendance.meeting_id == meeting_id, Attendance.status.not_in(rules.AWAY))
        .order_by(Person.sort_key, Attendance.id)
    )


def _said() -> ScalarSelect[str]:
    """The fingerprint of a badge's latest print that stands."""
    return (
        select(PrintedBadge.fingerprint)
        .join(PrintJob, PrintJob.id == PrintedBadge.job_id)
        .where(
            PrintedBadge.badge_id == Badge.id,
            PrintedBadge.generation == Badge.generation,
            PrintJob.undone_at.is_(None),
        )
        .order_by(PrintedBadge.id.desc())
        .limit(1)
        .correlate(Badge)
        .scalar_subquery()
    )


def substitutes(db: Session, meeting_id: MeetingId) -> dict[Uid, tuple[str, str]]:
    """Whoever comes for somebody else of the list: given and family name of that one. One statement."""
    absent = aliased(Attendance)
    rows = db.execute(
        select(Attendance.uid, Person.given_name, Person.family_name)
        .join(Substitute, Substitute.attendance_id == Attendance.id)
        .join(absent, absent.id == Substitute.stands_for_id)
        .join(Person, Person.id == absent.person_id)
        .where(Attendance.meeting_id == meeting_id)
    ).all()
    return {Uid(uid): (given, family) for uid, given, family in rows}


def seats(db: Session, meeting_id: MeetingId) -> Seats:
    """Who sits where in every round of a meeting. One statement."""
    rows = db.execute(
        select(Round.number, Seat.table_number, Attendance.uid)
        .outerjoin(Seat, Seat.round_id == Round.id)
        .outerjoin(Attendance, Attendance.id == Seat.attendance_id)
        .where(Round.meeting_id == meeting_id, Round.phase != RoundPhase.VOID)
        .order_by(Round.number)
    ).all()
    numbers = tuple(dict.fromkeys(int(row.number) for row in rows))
    places = {number: place for place, number in enumerate(numbers)}
    tables: dict[Uid, list[int | None]] = {}
    for number, table, uid in rows:
        if uid is not None:
            own = tables.setdefault(Uid(uid), [None] * len(numbers))
            own[places[int(number)]] = int(table) or None
    return Seats(numbers, {uid: tuple(own) for uid, own in tables.items()})
