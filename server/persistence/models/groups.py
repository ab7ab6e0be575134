"""The group: the wall around everything it owns."""

from datetime import datetime

from sqlalchemy import Boolean, Integer, String
from sqlalchemy.orm import Mapped

from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, col, key, uid


class Group(Base):
    """A business-networking group with its own people, meetings and settings."""

    __tablename__ = "groups"

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    name: Mapped[str] = col(String(120), marks.SETTING)
    language: Mapped[str] = col(String(5), marks.SETTING, default="en")
    time_zone: Mapped[str] = col(String(64), marks.SETTING, default="Europe/Rome")
    currency: Mapped[str] = col(String(3), marks.SETTING, default="EUR")
    base_url: Mapped[str] = col(String(200), marks.SETTING, default="")
    own_network: Mapped[bool] = col(Boolean, marks.SETTING, default=False)
    visits_allowed: Mapped[int] = col(Integer, marks.SETTING, default=2)
    """How often somebody may come as a visitor; 0: as often as they like."""
    created_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)
