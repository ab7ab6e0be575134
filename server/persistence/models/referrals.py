"""A referral slip and the append-only history of its moves."""

from datetime import datetime

from sqlalchemy import Boolean, Integer, String
from sqlalchemy.orm import Mapped, relationship

from server.domain.vocabulary import ReferralKind, ReferralState
from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, by_value, col, key, to, uid
from server.persistence.models.people import Person


class Referral(Base):
    """Giver, receiver, a prospect who agreed, and a reason. Without the consent it is a lead."""

    __tablename__ = "referrals"

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    group_id: Mapped[int] = to("groups.id")
    meeting_id: Mapped[int | None] = to("meetings.id", ondelete="SET NULL", nullable=True)
    giver_id: Mapped[int] = to("people.id")
    receiver_id: Mapped[int] = to("people.id")
    kind: Mapped[ReferralKind] = col(by_value(ReferralKind), marks.ACTIVITY)
    state: Mapped[ReferralState] = col(by_value(ReferralState), marks.ACTIVITY)
    prospect_name: Mapped[str] = col(String(160), marks.PROSPECT, default="")
    prospect_reach: Mapped[str] = col(String(200), marks.PROSPECT, default="")
    prospect_consent: Mapped[bool] = col(Boolean, marks.PROSPECT, default=False)
    need: Mapped[str] = col(String(300), marks.PROSPECT, default="")
    level: Mapped[int] = col(Integer, marks.ACTIVITY, default=1)
    vouch: Mapped[str] = col(String(24), marks.ACTIVITY, default="")
    comments: Mapped[str] = col(String(1000), marks.NOTE, default="")
    version: Mapped[int] = col(Integer, marks.ACTIVITY, default=0)
    created_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
    changed_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)

    giver: Mapped[Person] = relationship(foreign_keys=[giver_id])
    receiver: Mapped[Person] = relationship(foreign_keys=[receiver_id])


class ReferralMove(Base):
    """Who moved a slip, from where to where, when and why. Never changed."""

    __tablename__ = "referral_moves"

    id: Mapped[int] = key()
    referral_id: Mapped[int] = to("referrals.id")
    actor_id: Mapped[int | None] = to("people.id", ondelete="SET NULL", nullable=True)
    from_state: Mapped[ReferralState] = col(by_value(ReferralState), marks.ACTIVITY)
    to_state: Mapped[ReferralState] = col(by_value(ReferralState), marks.ACTIVITY)
    reason: Mapped[str] = col(String(24), marks.NOTE, default="")
    note: Mapped[str] = col(String(300), marks.NOTE, default="")
    moved_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
