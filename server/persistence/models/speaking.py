"""Presentations in turn: a rota of a meeting with the clock of whoever speaks, and a row for everybody's turn."""

from datetime import datetime, timedelta

from sqlalchemy import Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, relationship

from server.domain.round_clock import RoundClock
from server.domain.speaking import Rota, Turn, TurnState
from server.domain.vocabulary import RoundPhase
from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, by_value, col, key, to, uid

_MILLISECOND = timedelta(milliseconds=1)


def _ms(length: timedelta) -> int:
    return round(length / _MILLISECOND)


class TalkRota(Base):
    """One rota. At most one of a meeting goes on (`put_away_at` is empty); nobody ticks, the row says it all."""

    __tablename__ = "talk_rotas"
    __table_args__ = (
        Index(
            "uq_talk_rotas_open",
            "meeting_id",
            unique=True,
            sqlite_where=text("put_away_at IS NULL"),
            postgresql_where=text("put_away_at IS NULL"),
        ),
    )

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    meeting_id: Mapped[int] = to("meetings.id")
    began_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)
    due_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)
    """When everybody should have spoken."""
    put_away_at: Mapped[datetime | None] = col(UtcDateTime, marks.SETTING, nullable=True)
    each_ms: Mapped[int] = col(Integer, marks.SETTING)
    phase: Mapped[RoundPhase] = col(by_value(RoundPhase), marks.SETTING)
    length_ms: Mapped[int] = col(Integer, marks.SETTING)
    starts_at: Mapped[datetime | None] = col(UtcDateTime, marks.SETTING, nullable=True)
    ends_at: Mapped[datetime | None] = col(UtcDateTime, marks.SETTING, nullable=True)
    remaining_ms: Mapped[int | None] = col(Integer, marks.SETTING, nullable=True)
    granted_ms: Mapped[int] = col(Integer, marks.SETTING, default=0)
    version: Mapped[int] = col(Integer, marks.SETTING, default=0)

    turns: Mapped[list["TalkTurn"]] = relationship(
        cascade="all, delete-orphan", order_by="TalkTurn.position", back_populates="rota"
    )

    @property
    def value(self) -> Rota:
        """The rota as a value for the rules; people are the keys of their attendances."""
        return Rota(
            turns=tuple(
                Turn(turn.attendance_id, turn.state, turn.number, turn.over_ms * _MILLISECOND) for turn in self.turns
            ),
            each=self.each_ms * _MILLISECOND,
            clock=RoundClock(
                phase=self.phase,
                length=self.length_ms * _MILLISECOND,
                starts_at=self.starts_at,
                ends_at=self.ends_at,
                remaining=None if self.remaining_ms is None else self.remaining_ms * _MILLISECOND,
            ),
            granted=self.granted_ms * _MILLISECOND,
            version=self.version,
        )

    @value.setter
    def value(self, rota: Rota) -> None:
        self.each_ms, self.granted_ms, self.version = _ms(rota.each), _ms(rota.granted), rota.version
        clock = rota.clock
        self.phase, self.length_ms = clock.phase, _ms(clock.length)
        self.starts_at, self.ends_at = clock.starts_at, clock.ends_at
        self.remaining_ms = None if clock.remaining is None else _ms(clock.remaining)
        rows = {row.attendance_id: row for row in self.turns}
        for position, turn in enumerate(rota.turns):
            row = rows.get(turn.who)
            if row is None:
                row = TalkTurn(attendance_id=turn.who)
                self.turns.append(row)
            row.position, row.state, row.number, row.over_ms = position, turn.state, turn.number, _ms(turn.over)


class TalkTurn(Base):
    """Somebody's turn: its place in the order, what became of it, and by how much it was over (or under) its time."""

    __tablename__ = "talk_turns"
    __table_args__ = (UniqueConstraint("rota_id", "attendance_id"),)

    id: Mapped[int] = key()
    rota_id: Mapped[int] = to("talk_rotas.id", index=False)
    attendance_id: Mapped[int] = to("attendances.id")
    position: Mapped[int] = col(Integer, marks.ACTIVITY)
    state: Mapped[TurnState] = col(by_value(TurnState), marks.ACTIVITY)
    number: Mapped[int | None] = col(Integer, marks.ACTIVITY, nullable=True)
    over_ms: Mapped[int] = col(Integer, marks.ACTIVITY, default=0)

    rota: Mapped[TalkRota] = relationship(back_populates="turns")
