"""What a restarted server must know of the time: its anchors, what was lost of it, which deadlines were acted on."""

from datetime import datetime

from sqlalchemy import BigInteger, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from server.domain.server_clock import LossChoice, LossKind
from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, by_value, col, key, to, uid


class ClockAnchor(Base):
    """One run of a computer: what time it was when its boot clock stood where, and when a process last said "here"."""

    __tablename__ = "clock_anchors"

    id: Mapped[int] = key()
    boot_id: Mapped[str] = col(String(64), marks.SETTING, unique=True)
    boot_us: Mapped[int] = col(BigInteger, marks.SETTING)
    anchored_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)
    ahead_us: Mapped[int] = col(BigInteger, marks.SETTING, default=0)
    """How far the wall clock was ahead of the server's when last looked at."""
    beat_at: Mapped[datetime | None] = col(UtcDateTime, marks.SETTING, nullable=True)
    """Moves every two seconds while a round runs, by whichever process is awake."""


class TimeLoss(Base):
    """Time that nobody kept, told to the facilitators until one of them answers."""

    __tablename__ = "time_losses"
    __table_args__ = (UniqueConstraint("meeting_id", "kind", "noticed_at"),)

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    meeting_id: Mapped[int] = to("meetings.id", index=False)
    round_id: Mapped[int | None] = to("rounds.id", nullable=True)
    kind: Mapped[LossKind] = col(by_value(LossKind), marks.SETTING)
    gone_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)
    noticed_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)
    away_ms: Mapped[int | None] = col(BigInteger, marks.SETTING, nullable=True)
    """Null when the computer's clock cannot tell."""
    lost_ms: Mapped[int] = col(Integer, marks.SETTING, default=0)
    """How much of the round's time it was."""
    by_ms: Mapped[int] = col(BigInteger, marks.SETTING, default=0)
    """How far the computer's clock jumped."""
    choice: Mapped[LossChoice | None] = col(by_value(LossChoice), marks.SETTING, nullable=True)
    answered_at: Mapped[datetime | None] = col(UtcDateTime, marks.SETTING, nullable=True)


class RoundEffect(Base):
    """A deadline of a round that was acted on. One row a round and kind, so that two processes act once."""

    __tablename__ = "round_effects"
    __table_args__ = (UniqueConstraint("round_id", "kind"),)

    id: Mapped[int] = key()
    round_id: Mapped[int] = to("rounds.id", index=False)
    kind: Mapped[str] = col(String(24), marks.SETTING)
    due_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)
    done_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)
