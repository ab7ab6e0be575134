"""What is known of each slip of a group, as its quality asks for it. Neither names nor texts come along."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from server.domain.scoring import Scored
from server.domain.vocabulary import GroupId, PersonId, ReferralState
from server.persistence.models import Referral


@dataclass(frozen=True)
class Known:
    """One slip, by whom it was given, when, and when it was answered for the first time."""

    giver: PersonId
    receiver: PersonId
    scored: Scored
    given_at: datetime
    answered_at: datetime | None


def scored(db: Session, group_id: GroupId, *, since: date) -> Sequence[Known]:
    """The slips given since a day, in no order. One statement."""
    there = [
        case((column != "", 1), else_=0)
        for column in (Referral.prospect_name, Referral.prospect_reach, Referral.need, Referral.vouch, Referral.ways)
    ]
    given_at = func.coalesce(Referral.given_at, Referral.created_at)
    rows = db.execute(
        select(Referral.giver_id, Referral.receiver_id, Referral.kind, Referral.state, Referral.level,
               sum(there[1:], there[0]), Referral.reason, Referral.served, given_at, Referral.answered_at)
        .where(
            Referral.group_id == group_id, Referral.state != ReferralState.DRAFT, Referral.given_on >= since
        )
    )  # fmt: skip
    return [
        Known(
            PersonId(giver),
            PersonId(receiver),
            Scored(kind, state, level, int(filled), why, served),
            given,
            answered,
        )
        for giver, receiver, kind, state, level, filled, why, served, given, answered in rows
    ]
