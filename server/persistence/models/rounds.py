"""Rounds are data: a row per round with its clock, a row per seat, and the plan they came from."""

from datetime import date, datetime, timedelta

from sqlalchemy import Boolean, Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from server.domain.plan_runs import RunState
from server.domain.round_clock import RoundClock
from server.domain.vocabulary import RoundPhase
from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, by_value, col, key, to, uid
from server.persistence.models.attendance import Attendance


class Round(Base):
    """One round with its clock. Nobody ticks: what the row says is what every screen shows."""

    __tablename__ = "rounds"
    __table_args__ = (UniqueConstraint("meeting_id", "number"),)

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    meeting_id: Mapped[int] = to("meetings.id", index=False)
    number: Mapped[int] = col(Integer, marks.SETTING)
    phase: Mapped[RoundPhase] = col(by_value(RoundPhase), marks.SETTING, default=RoundPhase.PLANNED)
    length_ms: Mapped[int] = col(Integer, marks.SETTING)
    starts_at: Mapped[datetime | None] = col(UtcDateTime, marks.SETTING, nullable=True)
    ends_at: Mapped[datetime | None] = col(UtcDateTime, marks.SETTING, nullable=True)
    remaining_ms: Mapped[int | None] = col(Integer, marks.SETTING, nullable=True)
    version: Mapped[int] = col(Integer, marks.SETTING, default=0)

    seats: Mapped[list["Seat"]] = relationship(cascade="all, delete-orphan", back_populates="this_round")

    @property
    def clock(self) -> RoundClock:
        """The clock as a value for the rules."""
        return RoundClock(
            phase=self.phase,
            length=timedelta(milliseconds=self.length_ms),
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            remaining=None if self.remaining_ms is None else timedelta(milliseconds=self.remaining_ms),
            version=self.version,
        )

    @clock.setter
    def clock(self, value: RoundClock) -> None:
        self.phase = value.phase
        self.length_ms = round(value.length / timedelta(milliseconds=1))
        self.starts_at = value.starts_at
        self.ends_at = value.ends_at
        self.remaining_ms = None if value.remaining is None else round(value.remaining / timedelta(milliseconds=1))
        self.version = value.version


class Seat(Base):
    """Who sits at which table in which round. Table 0 is a bye."""

    __tablename__ = "seats"
    __table_args__ = (
        UniqueConstraint("round_id", "attendance_id"),
        Index("ix_seats_round_table", "round_id", "table_number"),
    )

    id: Mapped[int] = key()
    round_id: Mapped[int] = to("rounds.id", index=False)
    attendance_id: Mapped[int] = to("attendances.id")
    table_number: Mapped[int] = col(Integer, marks.ACTIVITY)
    missed: Mapped[bool] = col(Boolean, marks.ACTIVITY, default=False)

    this_round: Mapped[Round] = relationship(back_populates="seats")
    attendance: Mapped[Attendance] = relationship()


class Encounter(Base):
    """Two people sat together in a round that ended. Written with the end, gone when the round is void.

    Kept beside the seats so that "you met before" is a look-up and not a search through years of seats.
    `first_id` is the smaller one; `met_on` is the day at the meeting's place.
    """

    __tablename__ = "encounters"
    __table_args__ = (
        UniqueConstraint("round_id", "first_id", "other_id"),
        Index("ix_encounters_pair", "group_id", "first_id", "other_id", "met_on"),
        # Who sat with whom in a span of days is read from this alone.
        Index("ix_encounters_group_day", "group_id", "met_on", "first_id", "other_id", "number", "meeting_id"),
        Index("ix_encounters_first_day", "first_id", "met_on"),
        Index("ix_encounters_other_day", "other_id", "met_on"),
    )

    id: Mapped[int] = key()
    group_id: Mapped[int] = to("groups.id", index=False)
    meeting_id: Mapped[int] = to("meetings.id")
    round_id: Mapped[int] = to("rounds.id", index=False)
    first_id: Mapped[int] = to("people.id", index=False)
    other_id: Mapped[int] = to("people.id", index=False)
    number: Mapped[int] = col(Integer, marks.ACTIVITY)
    met_on: Mapped[date] = col(Date, marks.ACTIVITY)


class SeatingPlan(Base):
    """A plan as the planner gave it, with its seed, so that any morning can be replayed."""

    __tablename__ = "seating_plans"

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    meeting_id: Mapped[int] = to("meetings.id")
    made_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
    seed: Mapped[int] = col(Integer, marks.SETTING)
    problem: Mapped[str] = col(Text, marks.ACTIVITY)
    plan: Mapped[str] = col(Text, marks.ACTIVITY)
    engine: Mapped[str] = col(String(24), marks.SETTING, default="")
    digest: Mapped[str] = col(Text, marks.ACTIVITY, default="")
    """What the plan is worth as the seats are now, in JSON; hand moves change it."""


class PlanRun(Base):
    """A planning run that every facilitator sees: how far it is, what it found, whether somebody has enough."""

    __tablename__ = "plan_runs"

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    meeting_id: Mapped[int] = to("meetings.id")
    state: Mapped[RunState] = col(by_value(RunState), marks.SETTING)
    began_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)
    told_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)
    share: Mapped[int] = col(Integer, marks.SETTING, default=0)
    """Whole percent of the present stage."""
    cost: Mapped[str] = col(Text, marks.SETTING, default="")
    """The best so far, in JSON; empty before there is one."""
    refusal: Mapped[str] = col(Text, marks.ACTIVITY, default="")
    """Code and parameters of what refused it, in JSON."""
    enough: Mapped[bool] = col(Boolean, marks.SETTING, default=False)
