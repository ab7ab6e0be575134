"""Meetings of two people on purpose: claimed by one, waiting for the other, counted once both have said so."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from server.domain import names
from server.domain.vocabulary import FollowUpKind, GroupId, PersonId
from server.persistence.models import (
    FollowUp,
    OneToOne,
    Person,
)


def held(
    db: Session, group_id: GroupId, people: Collection[PersonId], since: date
) -> frozenset[tuple[PersonId, PersonId]]:
    """Pairs of people who met on purpose since a day, each both ways round; a claim of one of them is enough."""
    rows = db.execute(
        select(OneToOne.first_id, OneToOne.second_id).where(
            OneToOne.group_id == group_id,
            OneToOne.held_on >= since,
            or_(OneToOne.first_id.in_(people), OneToOne.second_id.in_(people)),
        )
    ).all()
    return frozenset(
        pair for a, b in rows for pair in ((PersonId(a), PersonId(b)), (PersonId(b), PersonId(a)))
    )


def claims_on(db: Session, group_id: GroupId, person_id: PersonId) -> Sequence[tuple[OneToOne, Person]]:
    """One-to-ones that others say they had with somebody, and that wait for this person's word."""
    rows = db.execute(
        select(OneToOne, Person)
        .join(
            Person,
            or_(
                and_(OneToOne.first_id == person_id, Person.id == OneToOne.second_id),
                and_(OneToOne.second_id == person_id, Person.id == OneToOne.first_id),
            ),
        )
        .where(
            OneToOne.group_id == group_id,
            or_(
                and_(OneToOne.first_id == person_id, OneToOne.first_confirmed_at.is_(None)),
                and_(OneToOne.second_id == person_id, OneToOne.second_confirmed_at.is_(None)),
            ),
        )
        .order_by(OneToOne.held_on, OneToOne.id)
    )
    return [(row, person) for row, person in rows]


def own(db: Session, group_id: GroupId, person_id: PersonId, uid: str) -> OneToOne | None:
    """A one-to-one of this person, locked."""
    return db.scalar(
        select(OneToOne)
        .where(
            OneToOne.group_id == group_id,
            OneToOne.uid == uid,
            or_(OneToOne.first_id == person_id, OneToOne.second_id == person_id),
        )
        .with_for_update()
    )


def near(
    db: Session, group_id: GroupId, first: int, second: int, after: date, before: date
) -> Sequence[OneToOne]:
    """One-to-ones of two people between two days, locked, oldest first."""
    return db.scalars(
        select(OneToOne)
        .where(
            OneToOne.group_id == group_id,
            OneToOne.first_id == first,
            OneToOne.second_id == second,
            OneToOne.held_on.between(after, before),
        )
        .order_by(OneToOne.held_on)
        .with_for_update()
    ).all()


def told_of_one_place(db: Session, group_id: GroupId, teller: PersonId, held_on: date, place: str) -> int:
    """How many one-to-ones of one day and place somebody has told of. One statement."""
    told = or_(
        and_(OneToOne.first_id == teller, OneToOne.first_confirmed_at.is_not(None)),
        and_(OneToOne.second_id == teller, OneToOne.second_confirmed_at.is_not(None)),
    )
    rows = db.scalars(
        select(OneToOne.place).where(OneToOne.group_id == group_id, OneToOne.held_on == held_on, told)
    )
    return sum(1 for each in rows if names.folded(each) == names.folded(place))


def planned(db: Session, group_id: GroupId, owner: PersonId, about: PersonId) -> Sequence[FollowUp]:
    """The planned one-to-ones of one person with another, locked."""
    return db.scalars(
        select(FollowUp)
        .where(
            FollowUp.group_id == group_id,
            FollowUp.owner_id == owner,
            FollowUp.about_id == about,
            FollowUp.kind == FollowUpKind.ONE_TO_ONE,
            FollowUp.done_at.is_(None),
            FollowUp.dropped_at.is_(None),
        )
        .order_by(FollowUp.id)
        .with_for_update()
    ).all()


def ticked_off(
    db: Session, group_id: GroupId, owner: PersonId, about: PersonId, at: datetime | None
) -> Sequence[FollowUp]:
    """The one-to-ones with somebody that their owner ticked off at this very moment, locked."""
    return db.scalars(
        select(FollowUp)
        .where(
            FollowUp.group_id == group_id,
            FollowUp.owner_id == owner,
            FollowUp.about_id == about,
            FollowUp.kind == FollowUpKind.ONE_TO_ONE,
            FollowUp.done_at == at,
        )
        .with_for_update()
    ).all()
