"""Thanks for business: one person's, and those that count in a group's totals."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_, select, union_all
from sqlalchemy.orm import Session, joinedload

from server.domain import thanks as rules
from server.domain.folded import FOR_EVER
from server.domain.thanks import Deal, Total
from server.domain.vocabulary import GroupId, PersonId, ReferralKind, ReferralState, Standing
from server.persistence import turns
from server.persistence.models import Membership, Referral, Thanks
from server.persistence.queries import folded

SHOWN = 100
WON = 30
"""Referrals to choose from for who thanks."""


class Said(NamedTuple):
    """Thanks as a page lists them. `need`: of the slip it came from, None without one."""

    uid: str
    thanker_id: int
    thanked_id: int
    cents: int
    currency: str
    is_repeat: bool
    tier: int
    thanked_on: date
    comments: str
    confirmed_at: datetime | None
    denied_at: datetime | None
    need: str | None


def of_person(db: Session, group_id: GroupId, person: PersonId, *, shown: int | None = SHOWN) -> Sequence[Said]:
    """What somebody thanked for and is thanked for, the last ones or all (None), newest first. One statement."""
    newest = (Thanks.thanked_on.desc(), Thanks.id.desc())
    # Each side by itself: a database that sees an "or" reads everything there ever was.
    sides = [
        select(Thanks.id).where(Thanks.group_id == group_id, side == person).order_by(*newest).limit(shown).subquery()
        for side in (Thanks.thanker_id, Thanks.thanked_id)
    ]
    rows = db.execute(
        select(
            Thanks.uid,
            Thanks.thanker_id,
            Thanks.thanked_id,
            Thanks.cents,
            Thanks.currency,
            Thanks.is_repeat,
            Thanks.tier,
            Thanks.thanked_on,
            Thanks.comments,
            Thanks.confirmed_at,
            Thanks.denied_at,
            Referral.need,
        )
        .outerjoin(Referral, Referral.id == Thanks.referral_id)
        .where(Thanks.id.in_(union_all(*(select(side.c.id) for side in sides))))
        .order_by(*newest)
        .limit(shown)
    )
    return [Said._make(row) for row in rows]


def own(db: Session, group_id: GroupId, person: PersonId, uid: str) -> Thanks | None:
    """Thanks of one of their two people, locked."""
    return db.scalar(
        select(Thanks)
        .where(
            Thanks.group_id == group_id,
            Thanks.uid == uid,
            or_(Thanks.thanker_id == person, Thanks.thanked_id == person),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


_DEAL = (Thanks.thanker_id, Thanks.cents, Thanks.currency, Thanks.is_repeat, Thanks.tier)


def deals(db: Session, group_id: GroupId, *, since: date, until: date = FOR_EVER) -> list[Deal]:
    """Confirmed thanks of a group between two days, both included. One statement."""
    rows = db.execute(
        select(*_DEAL).where(*_counts(group_id), Thanks.thanked_on.between(since, until)).order_by(Thanks.id)
    )
    return [
        Deal(PersonId(thanker), cents, currency, is_repeat, tier) for thanker, cents, currency, is_repeat, tier in rows
    ]


def totals(db: Session, group_id: GroupId, *, since: date, until: date = FOR_EVER) -> tuple[Total, ...]:
    """What thanks add up to between two days, by currency, those of people who are no longer here included: the one
    question behind every total. `since` is a Monday or the first of a month. Two statements.
    """
    gone = folded.thanks(db, group_id, since=since, until=until)
    return rules.totals(deals(db, group_id, since=since, until=until), gone)


def traces(db: Session, group_id: GroupId, person: PersonId) -> list[tuple[date, Deal]]:
    """The confirmed thanks that name somebody on either side, with their days. One statement."""
    rows = turns.rows(
        db,
        select(Thanks.thanked_on, *_DEAL).where(
            *_counts(group_id), or_(Thanks.thanker_id == person, Thanks.thanked_id == person)
        ),
    )
    return [
        (day, Deal(PersonId(thanker), cents, currency, is_repeat, tier))
        for day, thanker, cents, currency, is_repeat, tier in rows
    ]


def _counts(group_id: GroupId) -> tuple[ColumnElement[bool], ...]:
    """Which thanks stand in totals: those that are confirmed."""
    return Thanks.group_id == group_id, Thanks.confirmed_at.is_not(None)


def won_by(db: Session, group_id: GroupId, receiver: PersonId) -> Sequence[Referral]:
    """The referrals somebody received that became business, the last ones, newest first. One statement."""
    newest = (Referral.changed_at.desc(), Referral.id.desc())
    # An index tells which they are; only these are read, however many years there were.
    last = (
        select(Referral.id)
        .where(
            Referral.group_id == group_id,
            Referral.receiver_id == receiver,
            Referral.kind == ReferralKind.REFERRAL,
            Referral.state == ReferralState.WON,
        )
        .order_by(*newest)
        .limit(WON)
        .subquery()
    )
    return db.scalars(
        select(Referral)
        .where(Referral.id.in_(select(last.c.id)))
        .order_by(*newest)
        .options(joinedload(Referral.giver, innerjoin=True))
    ).all()


def slip_won(db: Session, group_id: GroupId, receiver: PersonId, uid: str) -> Referral | None:
    """One of these by its uid."""
    return db.scalar(
        select(Referral)
        .where(
            Referral.group_id == group_id,
            Referral.receiver_id == receiver,
            Referral.uid == uid,
            Referral.state == ReferralState.WON,
        )
        .options(joinedload(Referral.giver, innerjoin=True))
    )


def standing(db: Session, group_id: GroupId, person_id: int) -> Standing | None:
    """What somebody is to the group."""
    return db.scalar(
        select(Membership.standing).where(Membership.group_id == group_id, Membership.person_id == person_id)
    )
