"""What ties one member to the others, day by day, and meetings by their keys. Of slips: to whom, and the day."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, case, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.domain.vocabulary import GroupId, PersonId, ReferralKind, ReferralState
from server.persistence.models import Encounter, Meeting, OneToOne, Referral

_Side = InstrumentedAttribute[int]


def sat_with(db: Session, group_id: GroupId, who: PersonId, since: date) -> Sequence[tuple[int, date, int]]:
    """With whom somebody sat since a day: the other, the day, the number of the round. One statement."""
    rows = db.execute(
        select(_the_other(who, Encounter.first_id, Encounter.other_id), Encounter.met_on, Encounter.number).where(
            Encounter.group_id == group_id,
            Encounter.met_on >= since,
            or_(Encounter.first_id == who, Encounter.other_id == who),
        )
    )
    return [(other, on, number) for other, on, number in rows]


def met_with(db: Session, group_id: GroupId, who: PersonId, since: date) -> Sequence[tuple[int, date]]:
    """With whom somebody had a one-to-one since a day that both confirmed. One statement."""
    rows = db.execute(
        select(_the_other(who, OneToOne.first_id, OneToOne.second_id), OneToOne.held_on).where(
            OneToOne.group_id == group_id,
            OneToOne.held_on >= since,
            OneToOne.first_confirmed_at.is_not(None),
            OneToOne.second_confirmed_at.is_not(None),
            or_(OneToOne.first_id == who, OneToOne.second_id == who),
        )
    )
    return [(other, on) for other, on in rows]


def gave_to(db: Session, group_id: GroupId, who: PersonId, since: date) -> Sequence[tuple[int, date]]:
    """To whom somebody gave a referral with a day since then; no leads. One statement."""
    rows = db.execute(
        select(Referral.receiver_id, Referral.given_on).where(
            Referral.group_id == group_id,
            Referral.giver_id == who,
            Referral.given_on >= since,
            Referral.kind == ReferralKind.REFERRAL,
            Referral.state != ReferralState.DRAFT,
        )
    )
    return [(other, on) for other, on in rows if on is not None]


def held(db: Session, keys: Collection[int]) -> Sequence[Meeting]:
    """Meetings by their keys, newest first. One statement."""
    return db.scalars(select(Meeting).where(Meeting.id.in_(keys)).order_by(Meeting.starts_at.desc(), Meeting.id)).all()


def _the_other(who: PersonId, first: _Side, second: _Side) -> ColumnElement[int]:
    return case((first == who, second), else_=first)
