"""The questions behind the leaders' pages: ties between members, visitors, memberships, agendas as they went."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from server.domain.leading import Belongs, Held, Visitor
from server.domain.vocabulary import GroupId, PersonId, ReferralKind, ReferralState, Standing
from server.persistence.models import (
    AgendaItem,
    Attendance,
    Encounter,
    Meeting,
    Membership,
    OneToOne,
    Person,
    Referral,
    Sector,
)
from server.persistence.queries.visits import was_visit

BELONGED = (Standing.MEMBER, Standing.FORMER)


def met(db: Session, group_id: GroupId, since: date) -> Iterable[tuple[int, int]]:
    """The pairs who sat together since a day. One statement."""
    # The sums keep a database from walking through all pairs that ever were, because they lie in that order.
    return db.execute(
        select(Encounter.first_id + 0, Encounter.other_id + 0)
        .where(Encounter.group_id == group_id, Encounter.met_on >= since)
        .distinct()
    )


def held(db: Session, group_id: GroupId, since: date) -> Iterable[tuple[int, int]]:
    """The pairs with a one-to-one since a day that both confirmed. One statement."""
    return db.execute(
        select(OneToOne.first_id + 0, OneToOne.second_id + 0)
        .where(
            OneToOne.group_id == group_id,
            OneToOne.held_on >= since,
            OneToOne.first_confirmed_at.is_not(None),
            OneToOne.second_confirmed_at.is_not(None),
        )
        .distinct()
    )


def gave(db: Session, group_id: GroupId, since: date) -> Iterable[tuple[int, int]]:
    """Giver and receiver of the referrals given since a day; no leads. One statement."""
    return db.execute(
        select(Referral.giver_id, Referral.receiver_id)
        .where(
            Referral.group_id == group_id,
            Referral.given_on >= since,
            Referral.kind == ReferralKind.REFERRAL,
            Referral.state != ReferralState.DRAFT,
        )
        .distinct()
    )


def members(db: Session, group_id: GroupId) -> Sequence[tuple[int, str, str, str]]:
    """Key, uid and names of the members, by name. One statement."""
    rows = db.execute(
        select(Person.id, Person.uid, Person.given_name, Person.family_name)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.group_id == group_id, Membership.standing == Standing.MEMBER)
        .order_by(Person.sort_key, Person.id)
    )
    return [(key, uid, given, family) for key, uid, given, family in rows]


def seats(db: Session, group_id: GroupId) -> Sequence[str]:
    """The trades for which the group's own list keeps a seat, by name. One statement."""
    return db.scalars(
        select(Sector.name).where(Sector.group_id == group_id, Sector.has_seat.is_(True)).order_by(Sector.key)
    ).all()


def visitors(db: Session, group_id: GroupId, since: datetime) -> tuple[Visitor, ...]:
    """Everybody who came as a visitor since a moment, how often, and what they are today. One statement."""
    rows = db.execute(
        select(Attendance.person_id, func.count(), func.max(Membership.standing))
        .outerjoin(Membership, (Membership.person_id == Attendance.person_id) & (Membership.group_id == group_id))
        .where(
            # Meetings first: a join would let the database begin with everybody who was ever somewhere.
            Attendance.meeting_id.in_(
                select(Meeting.id).where(Meeting.group_id == group_id, Meeting.starts_at >= since)
            ),
            was_visit(),
        )
        .group_by(Attendance.person_id)
    )
    return tuple(Visitor(PersonId(who), int(visits), standing) for who, visits, standing in rows)


def visits_of(db: Session, group_id: GroupId, person: PersonId) -> tuple[list[datetime], Membership | None]:
    """When somebody came as a visitor, and what they are to the group. Two statements."""
    moments = db.scalars(
        select(Meeting.starts_at)
        .join(Attendance, Attendance.meeting_id == Meeting.id)
        .where(Meeting.group_id == group_id, Attendance.person_id == person, was_visit())
    )
    membership = db.scalar(select(Membership).where(Membership.group_id == group_id, Membership.person_id == person))
    return list(moments), membership


class Belonged(NamedTuple):
    """Somebody who is or was a member, with what they do and look for."""

    belongs: Belongs
    is_member: bool
    sector: str
    wants_sector: str


def belonged(db: Session, group_id: GroupId) -> tuple[Belonged, ...]:
    """Everybody who is or was a member, by name. One statement."""
    rows = db.execute(
        select(
            Membership.person_id,
            Membership.since,
            Membership.until,
            Membership.standing,
            Person.sector,
            Person.wants_sector,
        )
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.group_id == group_id,
            Membership.standing.in_(BELONGED),
        )
        .order_by(Person.sort_key, Person.id)
    )
    return tuple(
        Belonged(Belongs(PersonId(who), since, until), standing is Standing.MEMBER, sector, wants)
        for who, since, until, standing, sector, wants in rows
    )


def agendas(db: Session, group_id: GroupId, since: datetime) -> tuple[Held, ...]:
    """The items of agendas that were on and ended since a moment. One statement."""
    rows = db.execute(
        select(AgendaItem.kind, AgendaItem.minutes, AgendaItem.began_at, AgendaItem.ended_at)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(*_was_on(group_id, since))
    )
    return tuple(
        Held(kind, minutes, (ended - began).total_seconds() / 60)
        for kind, minutes, began, ended in rows
        if began is not None and ended is not None
    )


def agendas_of(db: Session, group_id: GroupId, since: datetime, kind: str) -> list[tuple[Meeting, Held]]:
    """The same items of one kind with their meetings, newest first. One statement."""
    rows = db.execute(
        select(Meeting, AgendaItem.minutes, AgendaItem.began_at, AgendaItem.ended_at)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(*_was_on(group_id, since), AgendaItem.kind == kind)
        .order_by(Meeting.starts_at.desc(), AgendaItem.position)
    )
    return [
        (meeting, Held(kind, minutes, (ended - began).total_seconds() / 60))
        for meeting, minutes, began, ended in rows
        if began is not None and ended is not None
    ]


def _was_on(group_id: GroupId, since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Meeting.group_id == group_id,
        Meeting.starts_at >= since,
        AgendaItem.began_at.is_not(None),
        AgendaItem.ended_at.is_not(None),
        AgendaItem.skipped.is_(False),
    )
