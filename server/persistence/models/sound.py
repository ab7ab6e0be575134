"""How a meeting sounds, and which of its displays can be heard."""

from datetime import datetime

from sqlalchemy import Boolean, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, col, key, to


class MeetingSound(Base):
    """The bells of a meeting, where the facilitator has changed them; the last test, and when it was heard."""

    __tablename__ = "meeting_sounds"
    __table_args__ = (UniqueConstraint("meeting_id"),)

    id: Mapped[int] = key()
    meeting_id: Mapped[int] = to("meetings.id", marks.SETTING, index=False)
    level: Mapped[int] = col(Integer, marks.SETTING)
    half_time: Mapped[bool] = col(Boolean, marks.SETTING)
    last_seconds: Mapped[int] = col(Integer, marks.SETTING)
    test_uid: Mapped[str | None] = col(String(16), marks.SETTING, nullable=True)
    test_at: Mapped[datetime | None] = col(UtcDateTime, marks.SETTING, nullable=True)
    heard_at: Mapped[datetime | None] = col(UtcDateTime, marks.SETTING, nullable=True)


class WallSound(Base):
    """What one open display said about its loudspeaker, last. `screen` is a word that the page made up."""

    __tablename__ = "wall_sounds"
    __table_args__ = (UniqueConstraint("meeting_id", "screen"),)

    id: Mapped[int] = key()
    meeting_id: Mapped[int] = to("meetings.id", marks.SETTING, index=False)
    screen: Mapped[str] = col(String(32), marks.SETTING)
    is_on: Mapped[bool] = col(Boolean, marks.SETTING)
    told_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)
