"""What one person owes another after a meeting, and the one-to-ones that grow from it."""

from datetime import date, datetime

from sqlalchemy import Date, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from server.domain.vocabulary import FollowUpKind
from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, by_value, col, key, to, uid
from server.persistence.models.people import Person


class FollowUp(Base):
    """Something to do about somebody by a date: a promise, a proposed one-to-one, a greeting."""

    __tablename__ = "follow_ups"
    __table_args__ = (Index("ix_follow_ups_group_done", "group_id", "done_at"),)

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    owner_id: Mapped[int] = to("people.id")
    about_id: Mapped[int] = to("people.id")
    group_id: Mapped[int] = to("groups.id", index=False)
    meeting_id: Mapped[int | None] = to("meetings.id", ondelete="SET NULL", nullable=True)
    kind: Mapped[FollowUpKind] = col(by_value(FollowUpKind), marks.NOTE)
    text: Mapped[str] = col(String(300), marks.NOTE, default="")
    reason: Mapped[str] = col(String(40), marks.NOTE, default="")
    due_on: Mapped[date] = col(Date, marks.NOTE)
    done_at: Mapped[datetime | None] = col(UtcDateTime, marks.NOTE, nullable=True)
    dropped_at: Mapped[datetime | None] = col(UtcDateTime, marks.NOTE, nullable=True)
    created_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)

    about: Mapped[Person] = relationship(foreign_keys=[about_id])


class OneToOne(Base):
    """Two people met on purpose. Counts once both have confirmed it."""

    __tablename__ = "one_to_ones"
    __table_args__ = (
        UniqueConstraint("group_id", "first_id", "second_id", "held_on"),
        Index("ix_one_to_ones_group_day", "group_id", "held_on"),
    )

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    group_id: Mapped[int] = to("groups.id", index=False)
    first_id: Mapped[int] = to("people.id")
    second_id: Mapped[int] = to("people.id")
    held_on: Mapped[date] = col(Date, marks.ACTIVITY)
    place: Mapped[str] = col(String(120), marks.ACTIVITY, default="")
    first_confirmed_at: Mapped[datetime | None] = col(UtcDateTime, marks.ACTIVITY, nullable=True)
    second_confirmed_at: Mapped[datetime | None] = col(UtcDateTime, marks.ACTIVITY, nullable=True)
