"""The group's table for the traffic lights, each decision a version. Never changed."""

from datetime import datetime

from sqlalchemy import Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, col, key, to
from server.persistence.models.people import Person


class LightTable(Base):
    """One version: its window in weeks, its bands, and its steps as lines of `metric threshold:points …`."""

    __tablename__ = "light_tables"
    __table_args__ = (UniqueConstraint("group_id", "version"),)

    id: Mapped[int] = key()
    group_id: Mapped[int] = to("groups.id", index=False)
    version: Mapped[int] = col(Integer, marks.SETTING)
    name: Mapped[str] = col(String(60), marks.SETTING)
    window: Mapped[int] = col(Integer, marks.SETTING)
    green: Mapped[int] = col(Integer, marks.SETTING)
    amber: Mapped[int] = col(Integer, marks.SETTING)
    red: Mapped[int] = col(Integer, marks.SETTING)
    steps: Mapped[str] = col(String(1000), marks.SETTING)
    author_id: Mapped[int | None] = to("people.id", ondelete="SET NULL", nullable=True)
    decided_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)

    author: Mapped[Person | None] = relationship(foreign_keys=[author_id])
