"""What an organiser decided on suggestions about the planner's weights."""

from datetime import datetime

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, relationship

from server.domain.fruit import Verdict
from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, by_value, col, key, to, uid
from server.persistence.models.people import Person, Sector


class FruitDecision(Base):
    """One suggestion, adopted or declined, with the numbers it stood on. A weight of 0: nothing is said of the two."""

    __tablename__ = "fruit_decisions"

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    group_id: Mapped[int] = to("groups.id", marks.SETTING)
    first_id: Mapped[int] = to("sectors.id", marks.SETTING)
    other_id: Mapped[int] = to("sectors.id", marks.SETTING)
    verdict: Mapped[Verdict] = col(by_value(Verdict), marks.SETTING)
    before: Mapped[int] = col(Integer, marks.SETTING)
    after: Mapped[int] = col(Integer, marks.SETTING)
    sat: Mapped[int] = col(Integer, marks.SETTING)
    won: Mapped[int] = col(Integer, marks.SETTING)
    decided_by_id: Mapped[int | None] = to("people.id", ondelete="SET NULL", nullable=True)
    decided_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)
    taken_back_at: Mapped[datetime | None] = col(UtcDateTime, marks.SETTING, nullable=True)

    first: Mapped[Sector] = relationship(foreign_keys=[first_id])
    other: Mapped[Sector] = relationship(foreign_keys=[other_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
