"""A referral slip and the append-only history of its moves, thanks for business, and the group's rules for both."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, Date, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from server.domain.referrals import Served
from server.domain.vocabulary import ReferralKind, ReferralState
from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, by_value, col, key, to, uid
from server.persistence.models.people import Person


class Referral(Base):
    """Giver, receiver, a prospect who agreed, and a reason. Without the consent it is a lead."""

    __tablename__ = "referrals"
    __table_args__ = (
        # Counting a span of days reads this and no slip.
        Index("ix_referrals_group_day", "group_id", "given_on", "giver_id", "receiver_id", "kind", "state", "inside"),
        # Open ones whatever their age, outcomes by theirs: nobody reads ten years to show a board.
        Index("ix_referrals_group_state", "group_id", "state", "changed_at"),
        Index("ix_referrals_giver_state", "giver_id", "state", "changed_at"),
        # The newest that somebody won are told by the index alone.
        Index("ix_referrals_receiver_state", "receiver_id", "state", "changed_at", "id", "group_id", "kind"),
        Index("ix_referrals_giver_day", "giver_id", "given_on"),
        Index("ix_referrals_receiver_day", "receiver_id", "given_on"),
    )

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    group_id: Mapped[int] = to("groups.id", index=False)
    meeting_id: Mapped[int | None] = to("meetings.id", ondelete="SET NULL", nullable=True)
    giver_id: Mapped[int] = to("people.id", index=False)
    receiver_id: Mapped[int] = to("people.id", index=False)
    kind: Mapped[ReferralKind] = col(by_value(ReferralKind), marks.ACTIVITY)
    state: Mapped[ReferralState] = col(by_value(ReferralState), marks.ACTIVITY)
    given_on: Mapped[date | None] = col(Date, marks.ACTIVITY, nullable=True)
    """The day on the slip, as the group's calendar has it; earlier than the writing when it comes from paper."""
    inside: Mapped[bool] = col(Boolean, marks.ACTIVITY, default=False)
    """Whether the giver is the one who buys."""
    ways: Mapped[str] = col(String(80), marks.ACTIVITY, default="")
    """How the giver introduced: codes of `domain.referrals.WAYS`, with spaces between."""
    prospect_name: Mapped[str] = col(String(160), marks.PROSPECT, default="")
    prospect_reach: Mapped[str] = col(String(200), marks.PROSPECT, default="")
    prospect_consent: Mapped[bool] = col(Boolean, marks.PROSPECT, default=False)
    need: Mapped[str] = col(String(300), marks.PROSPECT, default="")
    level: Mapped[int] = col(Integer, marks.ACTIVITY, default=1)
    vouch: Mapped[str] = col(String(24), marks.ACTIVITY, default="")
    comments: Mapped[str] = col(String(1000), marks.NOTE, default="")
    served: Mapped[Served | None] = col(by_value(Served), marks.NOTE, nullable=True)
    """What the prospect said to the giver, once: were you well served?"""
    served_at: Mapped[datetime | None] = col(UtcDateTime, marks.NOTE, nullable=True)
    given_at: Mapped[datetime | None] = col(UtcDateTime, marks.ACTIVITY, nullable=True)
    """When it was given, answered for the first time, and with which reason a verdict came: what its moves say, kept
    beside it in the same transaction, so that nobody reads the history to count."""
    answered_at: Mapped[datetime | None] = col(UtcDateTime, marks.ACTIVITY, nullable=True)
    reason: Mapped[str] = col(String(24), marks.NOTE, default="", server_default="")
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


class ReferralRules(Base):
    """One version of a group's rules: what quality weighs, and after how long silence is pointed out. Never changed.

    `points` is a text of `scoring.points_written`; empty: the points are ours.
    """

    __tablename__ = "referral_rules"
    __table_args__ = (UniqueConstraint("group_id", "version"),)

    id: Mapped[int] = key()
    group_id: Mapped[int] = to("groups.id", index=False)
    version: Mapped[int] = col(Integer, marks.SETTING)
    introduction: Mapped[int] = col(Integer, marks.SETTING)
    completeness: Mapped[int] = col(Integer, marks.SETTING)
    verdict: Mapped[int] = col(Integer, marks.SETTING)
    outcome: Mapped[int] = col(Integer, marks.SETTING)
    service: Mapped[int] = col(Integer, marks.SETTING)
    answer_hours: Mapped[int] = col(Integer, marks.SETTING)
    word_days: Mapped[int] = col(Integer, marks.SETTING)
    points: Mapped[str] = col(String(1000), marks.SETTING, default="")
    author_id: Mapped[int | None] = to("people.id", ondelete="SET NULL", nullable=True)
    decided_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)

    author: Mapped[Person | None] = relationship(foreign_keys=[author_id])


class Thanks(Base):
    """Business that somebody got, with thanks to whom it came from, who confirms it without seeing the sum."""

    __tablename__ = "thanks"
    __table_args__ = (
        Index("ix_thanks_group_day", "group_id", "thanked_on"),
        # The newest of one person are told by the index alone, however many there were.
        Index("ix_thanks_thanker_day", "thanker_id", "thanked_on", "id", "group_id"),
        Index("ix_thanks_thanked_day", "thanked_id", "thanked_on", "id", "group_id"),
    )

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    group_id: Mapped[int] = to("groups.id", index=False)
    meeting_id: Mapped[int | None] = to("meetings.id", ondelete="SET NULL", nullable=True)
    referral_id: Mapped[int | None] = to("referrals.id", ondelete="SET NULL", nullable=True)
    thanker_id: Mapped[int] = to("people.id", index=False)
    thanked_id: Mapped[int] = to("people.id", index=False)
    cents: Mapped[int] = col(BigInteger, marks.MONEY)
    currency: Mapped[str] = col(String(3), marks.MONEY)
    is_repeat: Mapped[bool] = col(Boolean, marks.ACTIVITY, default=False)
    tier: Mapped[int] = col(Integer, marks.ACTIVITY, default=1)
    thanked_on: Mapped[date] = col(Date, marks.ACTIVITY)
    comments: Mapped[str] = col(String(300), marks.NOTE, default="")
    created_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
    confirmed_at: Mapped[datetime | None] = col(UtcDateTime, marks.ACTIVITY, nullable=True)
    denied_at: Mapped[datetime | None] = col(UtcDateTime, marks.ACTIVITY, nullable=True)

    thanker: Mapped[Person] = relationship(foreign_keys=[thanker_id])
    thanked: Mapped[Person] = relationship(foreign_keys=[thanked_id])
