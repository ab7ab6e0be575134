"""Who belongs to a group: the questions that lists, forms, imports and exports ask of people.

Every question takes the group. A person without a membership of the group is never found here.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from server.domain.vocabulary import GroupId, MeetingId, MeetingStatus, PersonId, Role, Standing, Uid
from server.persistence.models import Attendance, GrantRow, Meeting, Membership, Person

Inviter = aliased(Person, name="inviter")


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to: folded words that must all be found, a standing, a sector as typed."""

    words: tuple[str, ...] = ()
    standing: Standing | None = None
    sector: str = ""


@dataclass(frozen=True)
class Visits:
    """How often somebody came to meetings of the group, and when last."""

    times: int
    last: datetime | None


def has_words(words: tuple[str, ...]) -> ColumnElement[bool]:
    """Every word begins a word of the person's search key. The words are folded: letters and digits only."""
    return and_(
        True, *(or_(Person.search_key.startswith(word), Person.search_key.contains(f" {word}")) for word in words)
    )


def _of_group(group_id: GroupId, wanted: Filter) -> list[ColumnElement[bool]]:
    conditions = [Membership.group_id == group_id, has_words(wanted.words)]
    if wanted.standing is not None:
        conditions.append(Membership.standing == wanted.standing)
    if wanted.sector:
        conditions.append(Person.sector == wanted.sector)
    return conditions


def _with_inviter() -> Select[Person, Membership, Person]:
    return (
        select(Person, Membership, Inviter)
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(Inviter, Inviter.id == Membership.invited_by_id)
    )


def found(
    db: Session, group_id: GroupId, wanted: Filter, *, limit: int | None = None, offset: int = 0
) -> list[tuple[Person, Membership, Person | None]]:
    """People of the group in the order of their names, with membership and inviter. One statement."""
    question = _with_inviter().where(*_of_group(group_id, wanted)).order_by(Person.sort_key, Person.id)
    return [(row[0], row[1], row[2]) for row in db.execute(question.limit(limit).offset(offset))]


def count(db: Session, group_id: GroupId, wanted: Filter) -> int:
    """How many are found. One statement."""
    question = select(func.count()).select_from(Membership).join(Person, Person.id == Membership.person_id)
    return db.scalar(question.where(*_of_group(group_id, wanted))) or 0


def one(
    db: Session, group_id: GroupId, uid: str, *, lock: bool = False
) -> tuple[Person, Membership, Person | None] | None:
    """One person of the group, locked for a change when asked. One statement."""
    question = _with_inviter().where(Membership.group_id == group_id, Person.uid == uid)
    if lock:
        question = question.with_for_update(of=Person)
    row = db.execute(question).one_or_none()
    return (row[0], row[1], row[2]) if row else None


def standings(db: Session, group_id: GroupId) -> dict[Standing, int]:
    """How many members, visitors and former ones the group has. One statement."""
    question = select(Membership.standing, func.count()).where(Membership.group_id == group_id)
    return {row[0]: row[1] for row in db.execute(question.group_by(Membership.standing))}


def sectors(db: Session, group_id: GroupId) -> tuple[str, ...]:
    """Every sector somebody of the group has, as typed. One statement."""
    question = (
        select(Person.sector)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.group_id == group_id, Person.sector != "")
        .distinct()
    )
    return tuple(sorted(db.scalars(question), key=str.casefold))


def names(db: Session, group_id: GroupId) -> list[tuple[PersonId, Uid, str, str, str]]:
    """Key, uid, given name, family name and company of members and visitors, by name. One statement."""
    question = (
        select(Person.id, Person.uid, Person.given_name, Person.family_name, Person.company)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.group_id == group_id, Membership.standing != Standing.FORMER)
        .order_by(Person.sort_key, Person.id)
    )
    return [(PersonId(row[0]), Uid(row[1]), row[2], row[3], row[4]) for row in db.execute(question)]


def visits(db: Session, group_id: GroupId, person_id: PersonId) -> Visits:
    """How often somebody was let in at meetings of the group. One statement."""
    question = (
        select(func.count(Attendance.entered_at), func.max(Meeting.starts_at))
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .where(Meeting.group_id == group_id, Attendance.person_id == person_id, Attendance.entered_at.is_not(None))
    )
    times, last = db.execute(question).one()
    return Visits(int(times), last)


def roles(db: Session, group_id: GroupId, person_id: PersonId) -> tuple[Role, ...]:
    """The roles granted to a person in the group, beyond being a member. One statement."""
    question = select(GrantRow.role).where(GrantRow.group_id == group_id, GrantRow.person_id == person_id).distinct()
    return tuple(sorted(db.scalars(question)))


def not_closed(db: Session, group_id: GroupId) -> list[tuple[MeetingId, MeetingStatus]]:
    """The meetings that are prepared or open, with their status. One statement."""
    question = select(Meeting.id, Meeting.status).where(
        Meeting.group_id == group_id, Meeting.status != MeetingStatus.CLOSED
    )
    return [(MeetingId(key), status) for key, status in db.execute(question.order_by(Meeting.id))]


def places(db: Session, group_id: GroupId, person_id: PersonId) -> list[tuple[Attendance, MeetingStatus]]:
    """Lines about somebody on the lists of meetings that are not closed: the own ones, and those of the people they
    invited, which name them. One statement.
    """
    question = (
        select(Attendance, Meeting.status)
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .where(
            Meeting.group_id == group_id,
            Meeting.status != MeetingStatus.CLOSED,
            or_(Attendance.person_id == person_id, Attendance.invited_by_id == person_id),
        )
        .order_by(Attendance.id)
    )
    return [(row, status) for row, status in db.execute(question)]
