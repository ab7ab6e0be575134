"""What members do for each other beside referrals: testimonials, advice, purchases, trainings, duties."""

from datetime import date, datetime

from sqlalchemy import Date, Index, Integer, String
from sqlalchemy.orm import Mapped, relationship

from server.domain.activities import ActivityKind
from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, by_value, col, key, to, uid
from server.persistence.models.people import Person


class Activity(Base):
    """One thing somebody did, on a day; `other_id` is whom it was for, who confirms it."""

    __tablename__ = "activities"
    __table_args__ = (Index("ix_activities_group_day", "group_id", "held_on"),)

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    group_id: Mapped[int] = to("groups.id", index=False)
    person_id: Mapped[int] = to("people.id")
    other_id: Mapped[int | None] = to("people.id", nullable=True)
    kind: Mapped[ActivityKind] = col(by_value(ActivityKind), marks.ACTIVITY)
    held_on: Mapped[date] = col(Date, marks.ACTIVITY)
    minutes: Mapped[int] = col(Integer, marks.ACTIVITY, default=0)
    text: Mapped[str] = col(String(300), marks.NOTE, default="")
    created_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
    confirmed_at: Mapped[datetime | None] = col(UtcDateTime, marks.ACTIVITY, nullable=True)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    other: Mapped[Person | None] = relationship(foreign_keys=[other_id])
