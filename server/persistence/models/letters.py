"""Mail that goes by itself, monthly letters and reminders of slips: whether a group sends it, who does not want it, and
who has had what. Never its words.
"""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from server.domain.messages import MessageState
from server.domain.slip_reminders import Awaited
from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, by_value, col, key, to, uid


class LetterSetting(Base):
    """Whether letters of a group go by themselves; without a row they do not."""

    __tablename__ = "letter_settings"
    __table_args__ = (UniqueConstraint("group_id"),)

    id: Mapped[int] = key()
    group_id: Mapped[int] = to("groups.id", marks.SETTING, index=False)
    automatic: Mapped[bool] = col(Boolean, marks.SETTING)
    changed_by_id: Mapped[int | None] = to("people.id", ondelete="SET NULL", nullable=True)
    changed_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)


class LetterDeclined(Base):
    """Somebody wants no mail of a group that goes by itself: neither letters nor reminders of slips."""

    __tablename__ = "letters_declined"
    __table_args__ = (UniqueConstraint("group_id", "person_id"),)

    id: Mapped[int] = key()
    group_id: Mapped[int] = to("groups.id", index=False)
    person_id: Mapped[int] = to("people.id")
    declined_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)


class MonthlyLetter(Base):
    """One letter about one month; the unique key is the rule "each member once a month" in the database itself.

    The uid is part of the mail's Message-ID.
    """

    __tablename__ = "monthly_letters"
    __table_args__ = (UniqueConstraint("group_id", "person_id", "month"),)

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    group_id: Mapped[int] = to("groups.id", index=False)
    person_id: Mapped[int] = to("people.id")
    month: Mapped[date] = col(Date, marks.ACTIVITY)
    """Its first day."""
    state: Mapped[MessageState] = col(by_value(MessageState), marks.ACTIVITY)
    problem: Mapped[str] = col(String(40), marks.ACTIVITY, default="")
    changed_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)


class SlipReminderSetting(Base):
    """Whether receivers of slips are reminded by mail; without a row they are not."""

    __tablename__ = "slip_reminder_settings"
    __table_args__ = (UniqueConstraint("group_id"),)

    id: Mapped[int] = key()
    group_id: Mapped[int] = to("groups.id", marks.SETTING, index=False)
    automatic: Mapped[bool] = col(Boolean, marks.SETTING)
    changed_by_id: Mapped[int | None] = to("people.id", ondelete="SET NULL", nullable=True)
    changed_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)


class SlipReminder(Base):
    """One slip in a mail to its receiver; the unique key is the rule "once for each wait" in the database itself.

    Several of one person and look go in one mail; the uid of the first is part of its Message-ID.
    """

    __tablename__ = "slip_reminders"
    __table_args__ = (
        UniqueConstraint("referral_id", "awaited", "since"),
        # Who was reminded today and in the last days.
        Index("ix_slip_reminders_group_changed", "group_id", "changed_at"),
    )

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    group_id: Mapped[int] = to("groups.id", index=False)
    referral_id: Mapped[int] = to("referrals.id", index=False)
    person_id: Mapped[int] = to("people.id")
    awaited: Mapped[Awaited] = col(by_value(Awaited), marks.ACTIVITY)
    since: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
    """When the slip last moved."""
    state: Mapped[MessageState] = col(by_value(MessageState), marks.ACTIVITY)
    problem: Mapped[str] = col(String(40), marks.ACTIVITY, default="")
    changed_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
