"""The versions of a group's rules for referrals."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from server.domain.vocabulary import GroupId
from server.persistence.models import ReferralRules


def _of(group_id: GroupId) -> Select[ReferralRules]:
    return (
        select(ReferralRules)
        .where(ReferralRules.group_id == group_id)
        .order_by(ReferralRules.version.desc())
        .options(joinedload(ReferralRules.author))
    )


def newest(db: Session, group_id: GroupId) -> ReferralRules | None:
    """The version that holds; None: the group never decided on one."""
    return db.scalar(_of(group_id).limit(1))


def every(db: Session, group_id: GroupId) -> Sequence[ReferralRules]:
    """All versions, newest first."""
    return db.scalars(_of(group_id)).all()
