"""Approved weeks: their figures by person as they were approved, and every correction since."""

from datetime import date, datetime

from sqlalchemy import Date, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from server.domain import weeks
from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, by_value, col, key, to
from server.persistence.models.people import Person


class Week(Base):
    """A week that was approved; `monday` is its first day. `version` moves with every correction."""

    __tablename__ = "weeks"
    __table_args__ = (UniqueConstraint("group_id", "monday"),)

    id: Mapped[int] = key()
    group_id: Mapped[int] = to("groups.id", index=False)
    monday: Mapped[date] = col(Date, marks.SETTING)
    version: Mapped[int] = col(Integer, marks.SETTING, default=1)
    approved_by_id: Mapped[int | None] = to("people.id", ondelete="SET NULL", nullable=True)
    approved_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)

    approved_by: Mapped[Person | None] = relationship(foreign_keys=[approved_by_id])


class WeekFigure(Base):
    """One figure of one person in an approved week; nothing stands for 0."""

    __tablename__ = "week_figures"
    __table_args__ = (UniqueConstraint("week_id", "person_id", "column"),)

    id: Mapped[int] = key()
    week_id: Mapped[int] = to("weeks.id", index=False)
    person_id: Mapped[int] = to("people.id")
    column: Mapped[weeks.Column] = col(by_value(weeks.Column), marks.ACTIVITY)
    number: Mapped[int] = col(Integer, marks.ACTIVITY)


class WeekCorrection(Base):
    """Who put which figure of an approved week right, and why. Never changed."""

    __tablename__ = "week_corrections"

    id: Mapped[int] = key()
    week_id: Mapped[int] = to("weeks.id")
    person_id: Mapped[int | None] = to("people.id", ondelete="SET NULL", nullable=True)
    """Whom it was about; nobody once they are no longer here: that something was put right stays."""
    column: Mapped[weeks.Column] = col(by_value(weeks.Column), marks.AUDIT)
    before: Mapped[int] = col(Integer, marks.AUDIT)
    after: Mapped[int] = col(Integer, marks.AUDIT)
    reason: Mapped[str] = col(String(weeks.REASON_MOST), marks.NOTE)
    actor_id: Mapped[int | None] = to("people.id", ondelete="SET NULL", nullable=True)
    corrected_at: Mapped[datetime] = col(UtcDateTime, marks.AUDIT)

    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    actor: Mapped[Person | None] = relationship(foreign_keys=[actor_id])


class WeekRules(Base):
    """Which letters count as a week, from a moment on. Never changed; the newest holds."""

    __tablename__ = "week_rules"

    id: Mapped[int] = key()
    group_id: Mapped[int] = to("groups.id")
    countable: Mapped[str] = col(String(4), marks.SETTING)
    author_id: Mapped[int | None] = to("people.id", ondelete="SET NULL", nullable=True)
    decided_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)
