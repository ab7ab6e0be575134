"""What the facilitator has settled by hand: kept seats, pairs, tables out of use."""

from sqlalchemy import Integer, UniqueConstraint
from sqlalchemy.orm import Mapped

from server.domain.pins import PairWish
from server.persistence import marks
from server.persistence.base import Base, by_value, col, key, to, uid


class SeatLock(Base):
    """Somebody keeps a seat: in one round, or (number 0) as the host of a table in all that are to come."""

    __tablename__ = "seat_locks"
    __table_args__ = (UniqueConstraint("attendance_id", "number"),)

    id: Mapped[int] = key()
    meeting_id: Mapped[int] = to("meetings.id")
    attendance_id: Mapped[int] = to("attendances.id", index=False)
    number: Mapped[int] = col(Integer, marks.ACTIVITY)
    table_number: Mapped[int] = col(Integer, marks.ACTIVITY)


class SeatPair(Base):
    """Two people who are to be kept apart, or to meet. `first_id` is the smaller one."""

    __tablename__ = "seat_pairs"
    __table_args__ = (UniqueConstraint("first_id", "other_id"),)

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    meeting_id: Mapped[int] = to("meetings.id")
    first_id: Mapped[int] = to("attendances.id", index=False)
    other_id: Mapped[int] = to("attendances.id")
    wish: Mapped[PairWish] = col(by_value(PairWish), marks.ACTIVITY)


class ClosedTable(Base):
    """A table that is not laid in the rounds to come."""

    __tablename__ = "closed_tables"
    __table_args__ = (UniqueConstraint("meeting_id", "table_number"),)

    id: Mapped[int] = key()
    meeting_id: Mapped[int] = to("meetings.id", index=False)
    table_number: Mapped[int] = col(Integer, marks.SETTING)
