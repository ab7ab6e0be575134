"""A meeting, its agenda, and the four counters of its news."""

from datetime import datetime

from sqlalchemy import Boolean, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from server.domain.vocabulary import MeetingStatus
from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, by_value, col, key, to, uid


class Meeting(Base):
    """One morning of a group. The `seq_` columns move last in every transaction that somebody hears of."""

    __tablename__ = "meetings"
    __table_args__ = (UniqueConstraint("group_id", "slug"),)

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    group_id: Mapped[int] = to("groups.id")
    slug: Mapped[str] = col(String(60), marks.SETTING)
    name: Mapped[str] = col(String(120), marks.SETTING)
    place: Mapped[str] = col(String(160), marks.SETTING, default="")
    starts_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING, index=True)
    time_zone: Mapped[str] = col(String(64), marks.SETTING)
    status: Mapped[MeetingStatus] = col(by_value(MeetingStatus), marks.SETTING, default=MeetingStatus.DRAFT)
    opened_at: Mapped[datetime | None] = col(UtcDateTime, marks.SETTING, nullable=True)
    closed_at: Mapped[datetime | None] = col(UtcDateTime, marks.SETTING, nullable=True)
    rounds_wanted: Mapped[int] = col(Integer, marks.SETTING, default=4)
    round_seconds: Mapped[int] = col(Integer, marks.SETTING, default=300)
    table_size: Mapped[int] = col(Integer, marks.SETTING, default=2)
    message: Mapped[str] = col(String(200), marks.SETTING, default="")
    display_code_hash: Mapped[bytes | None] = col(LargeBinary(32), marks.SECRET, nullable=True)
    is_demo: Mapped[bool] = col(Boolean, marks.SETTING, default=False)
    seq_everyone: Mapped[int] = col(Integer, marks.SETTING, default=0)
    seq_desk: Mapped[int] = col(Integer, marks.SETTING, default=0)
    seq_facilitators: Mapped[int] = col(Integer, marks.SETTING, default=0)
    seq_displays: Mapped[int] = col(Integer, marks.SETTING, default=0)

    agenda: Mapped[list["AgendaItem"]] = relationship(
        back_populates="meeting", order_by="AgendaItem.position", cascade="all, delete-orphan"
    )


class AgendaItem(Base):
    """One line of the agenda with its minutes."""

    __tablename__ = "agenda_items"

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    meeting_id: Mapped[int] = to("meetings.id")
    position: Mapped[int] = col(Integer, marks.SETTING)
    kind: Mapped[str] = col(String(24), marks.SETTING, default="other")
    title: Mapped[str] = col(String(120), marks.SETTING)
    minutes: Mapped[int] = col(Integer, marks.SETTING)

    meeting: Mapped[Meeting] = relationship(back_populates="agenda")
