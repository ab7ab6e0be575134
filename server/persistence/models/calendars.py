"""Calendars that other programs subscribe to."""

from datetime import datetime

from sqlalchemy import Index, Integer, text
from sqlalchemy.orm import Mapped

from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, col, key, to, uid


class CalendarFeed(Base):
    """A calendar of a group, or of one person's meetings in it. Its link carries uid and generation under a seal;
    the next generation ends it. `stopped_at`: nobody may read it until a new link is made.
    """

    __tablename__ = "calendar_feeds"
    __table_args__ = (
        Index(
            "uq_calendar_feeds_of_person",
            "group_id",
            "person_id",
            unique=True,
            sqlite_where=text("person_id IS NOT NULL"),
            postgresql_where=text("person_id IS NOT NULL"),
        ),
        Index(
            "uq_calendar_feeds_of_group",
            "group_id",
            unique=True,
            sqlite_where=text("person_id IS NULL"),
            postgresql_where=text("person_id IS NULL"),
        ),
    )

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    group_id: Mapped[int] = to("groups.id", marks.SETTING, index=False)
    person_id: Mapped[int | None] = to("people.id", nullable=True)
    generation: Mapped[int] = col(Integer, marks.SETTING, default=1)
    stopped_at: Mapped[datetime | None] = col(UtcDateTime, marks.ACTIVITY, nullable=True)
    created_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
