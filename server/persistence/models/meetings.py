"""A meeting, its agenda, and the four counters of its news."""

from datetime import datetime

from sqlalchemy import Boolean, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from server.domain import agenda
from server.domain.vocabulary import MeetingStatus
from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, by_value, col, key, to, uid


class Meeting(Base):
    """One morning of a group. The `seq_` columns move last in every transaction that somebody hears of."""

    __tablename__ = "meetings"
    __table_args__ = (UniqueConstraint("group_id", "slug"), Index("ix_meetings_group_start", "group_id", "starts_at"))

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    group_id: Mapped[int] = to("groups.id", index=False)
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
    series: Mapped[str | None] = col(String(16), marks.SETTING, nullable=True, index=True)
    """The same for all meetings that were planned as one series."""
    display_code_hash: Mapped[bytes | None] = col(LargeBinary(32), marks.SECRET, nullable=True)
    is_demo: Mapped[bool] = col(Boolean, marks.SETTING, default=False)
    seating_version: Mapped[int] = col(Integer, marks.SETTING, default=0)
    """Moves with every plan and every change by hand; whoever changes seats says which ones they saw."""
    self_check_in: Mapped[bool] = col(Boolean, marks.SETTING, default=False)
    member_fee_cents: Mapped[int] = col(Integer, marks.SETTING, default=0)
    visitor_fee_cents: Mapped[int] = col(Integer, marks.SETTING, default=0)
    agenda_version: Mapped[int] = col(Integer, marks.SETTING, default=0)
    """Moves with every press on the agenda or the break; whoever presses says which one they saw."""
    cut_refused: Mapped[int] = col(Integer, marks.SETTING, default=0)
    """So many minutes late somebody did not want to cut anything."""
    pause_uid: Mapped[str | None] = col(String(16), marks.KEY, nullable=True)
    pause_began_at: Mapped[datetime | None] = col(UtcDateTime, marks.SETTING, nullable=True)
    pause_ends_at: Mapped[datetime | None] = col(UtcDateTime, marks.SETTING, nullable=True)
    pause_label: Mapped[str] = col(String(80), marks.SETTING, default="")
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
    script: Mapped[str] = col(String(agenda.SCRIPT_MOST), marks.SETTING, default="")
    cut_minutes: Mapped[int] = col(Integer, marks.SETTING, default=0)
    """Taken from it on the day; the next meeting of the series has them again."""
    began_at: Mapped[datetime | None] = col(UtcDateTime, marks.SETTING, nullable=True)
    ended_at: Mapped[datetime | None] = col(UtcDateTime, marks.SETTING, nullable=True)
    skipped: Mapped[bool] = col(Boolean, marks.SETTING, default=False)

    meeting: Mapped[Meeting] = relationship(back_populates="agenda")

    @property
    def line(self) -> agenda.Line:
        """The item as a value for the rules."""
        return agenda.Line(self.kind, self.minutes, self.cut_minutes, self.began_at, self.ended_at, self.skipped)

    @line.setter
    def line(self, value: agenda.Line) -> None:
        self.cut_minutes, self.skipped = value.cut, value.skipped
        self.began_at, self.ended_at = value.began_at, value.ended_at
