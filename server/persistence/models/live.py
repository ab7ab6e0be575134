"""What a facilitator did, tables that do not count, and how many screens each process holds."""

from datetime import datetime

from sqlalchemy import Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from server.domain.table_states import TableState
from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, by_value, col, key, to, uid


class Action(Base):
    """One line of a meeting's log: what somebody did, and how it can be taken back.

    `key` names the sentence; `params` (JSON) fill it in: people are attendance uids, never names. `undo` (JSON) is
    empty for what cannot be taken back.
    """

    __tablename__ = "actions"
    __table_args__ = (Index("ix_actions_meeting_newest", "meeting_id", "id"),)

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    meeting_id: Mapped[int] = to("meetings.id", index=False)
    at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
    by_id: Mapped[int | None] = to("people.id", ondelete="SET NULL", nullable=True)
    key: Mapped[str] = col(String(40), marks.ACTIVITY)
    params: Mapped[str] = col(Text, marks.ACTIVITY)
    undo: Mapped[str] = col(Text, marks.UNDO, default="")
    undo_until: Mapped[datetime | None] = col(UtcDateTime, marks.UNDO, nullable=True)
    undone_at: Mapped[datetime | None] = col(UtcDateTime, marks.ACTIVITY, nullable=True)


class RoundTable(Base):
    """A table that takes no part in one round: its seats are nobody's meeting. No row: an ordinary table."""

    __tablename__ = "round_tables"
    __table_args__ = (UniqueConstraint("round_id", "table_number"),)

    id: Mapped[int] = key()
    round_id: Mapped[int] = to("rounds.id", index=False)
    table_number: Mapped[int] = col(Integer, marks.SETTING)
    state: Mapped[TableState] = col(by_value(TableState), marks.SETTING)


class OnlineCount(Base):
    """How many screens of each kind one process holds for a meeting; counted, never named."""

    __tablename__ = "online_counts"
    __table_args__ = (UniqueConstraint("worker", "meeting_id"),)

    id: Mapped[int] = key()
    worker: Mapped[str] = col(String(16), marks.SETTING)
    meeting_id: Mapped[int] = to("meetings.id")
    told_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)
    phones: Mapped[int] = col(Integer, marks.SETTING, default=0)
    displays: Mapped[int] = col(Integer, marks.SETTING, default=0)
    desks: Mapped[int] = col(Integer, marks.SETTING, default=0)
    consoles: Mapped[int] = col(Integer, marks.SETTING, default=0)
