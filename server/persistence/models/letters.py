"""The monthly letters: whether a group sends them, who does not want them, and who has had which. Never their words."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from server.domain.messages import MessageState
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
    """Somebody wants no letters of a group."""

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
