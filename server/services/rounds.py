"""Running the rounds: start, pause, resume, change the length, end, void. The clock is a row; nobody ticks.

Every verb is a compare-and-set on the round's version: whoever pressed on an older screen is told that the round
has moved on, and nothing changes. The meeting's row is locked first, because only one round runs at a time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from server.domain import meetings as meeting_rules
from server.domain import rounds as rules
from server.domain.errors import RuleViolation
from server.domain.events import RoundMoved
from server.domain.round_clock import RoundClock
from server.domain.vocabulary import MeetingId, RoundPhase
from server.persistence.models import Meeting, Round, Seat
from server.services import encounters
from server.services.context import Context, Json, Op, Tx

ADJUST_MOST_SECONDS = rules.ADJUST_MOST_SECONDS
"""Most that one press may add or take."""
Move = Callable[[RoundClock, datetime], RoundClock]


@dataclass(frozen=True)
class RoundView:
    """One round of a meeting: its number, how many there are, its clock."""

    number: int
    of: int
    clock: RoundClock

    @property
    def phase(self) -> RoundPhase:
        """Where the round stands."""
        return self.clock.phase


def all_rounds(db: Session, meeting_id: MeetingId) -> tuple[RoundView, ...]:
    """The rounds of a meeting in their order. One statement."""
    rows = db.scalars(select(Round).where(Round.meeting_id == meeting_id).order_by(Round.number)).all()
    return tuple(RoundView(row.number, len(rows), row.clock) for row in rows)


def current_of(rounds: tuple[RoundView, ...]) -> RoundView | None:
    """The round the room looks at: running or paused, else the next planned, else the last ended."""
    number = rules.current([(each.number, each.phase) for each in rounds])
    return next((each for each in rounds if each.number == number), None)


def following_of(rounds: tuple[RoundView, ...]) -> RoundView | None:
    """The planned round after the current one."""
    number = rules.following([(each.number, each.phase) for each in rounds])
    return next((each for each in rounds if each.number == number), None)


def current(ctx: Context, meeting_id: MeetingId) -> RoundView | None:
    """The round the room looks at now. One statement."""
    with ctx.reading() as db:
        return current_of(all_rounds(db, meeting_id))


def listed(ctx: Context, meeting_id: MeetingId) -> tuple[RoundView, ...]:
    """The rounds of a meeting in their order."""
    with ctx.reading() as db:
        return all_rounds(db, meeting_id)


def start(ctx: Context, *, meeting_id: MeetingId, number: int, version: int, op: Op | None = None) -> Json:
    """Everybody talks from a second after now. One round at a time, in their order, while the doors are open.

    Answers `{number, version}`. Raises Conflict("round_moved_on"), WrongPhase or NotFound("round_unknown").
    """

    def work(tx: Tx) -> Json:
        meeting, this_round = _locked(tx, meeting_id, number, version)
        meeting_rules.check_open(meeting.status)
        rules.check_may_start(number, _phases(tx.db, meeting_id))
        this_round.clock = this_round.clock.start(tx.now)
        _mark_missed(tx.db, this_round, over_at=tx.now)
        return _moved(tx, this_round, seats_change=True)

    return ctx.transaction(work, op=op)


def pause(ctx: Context, *, meeting_id: MeetingId, number: int, version: int, op: Op | None = None) -> Json:
    """The time left is set aside. Answers and raises as `start`."""
    return _tick(ctx, meeting_id, number, version, lambda clock, now: clock.pause(now), op)


def resume(ctx: Context, *, meeting_id: MeetingId, number: int, version: int, op: Op | None = None) -> Json:
    """The time set aside runs again. Answers and raises as `start`."""
    return _tick(ctx, meeting_id, number, version, lambda clock, now: clock.resume(now), op)


def adjust(
    ctx: Context, *, meeting_id: MeetingId, number: int, version: int, seconds: int, op: Op | None = None
) -> Json:
    """More time, or less (negative seconds), at most ten minutes at once. Answers and raises as `start`."""
    if not 0 < abs(seconds) <= rules.ADJUST_MOST_SECONDS:
        raise RuleViolation("adjust_out_of_range", most=rules.ADJUST_MOST_SECONDS)
    by = timedelta(seconds=seconds)
    return _tick(ctx, meeting_id, number, version, lambda clock, now: clock.adjust(by, now), op)


def end(ctx: Context, *, meeting_id: MeetingId, number: int, version: int, op: Op | None = None) -> Json:
    """The round is over, and the next one is announced. Answers and raises as `start`."""

    def work(tx: Tx) -> Json:
        meeting, this_round = _locked(tx, meeting_id, number, version)
        this_round.clock = this_round.clock.end(tx.now)
        seats = _mark_missed(tx.db, this_round, over_at=this_round.ends_at or tx.now)
        encounters.keep(tx, meeting, this_round, seats)
        return _moved(tx, this_round, seats_change=True)

    return ctx.transaction(work, op=op)


def void(ctx: Context, *, meeting_id: MeetingId, number: int, version: int, op: Op | None = None) -> Json:
    """The round does not count: nobody met in it. Answers and raises as `start`."""

    def work(tx: Tx) -> Json:
        _, this_round = _locked(tx, meeting_id, number, version)
        this_round.clock = this_round.clock.void(tx.now)
        encounters.forget(tx, this_round)
        return _moved(tx, this_round, seats_change=True)

    return ctx.transaction(work, op=op)


def _tick(ctx: Context, meeting_id: MeetingId, number: int, version: int, move: Move, op: Op | None) -> Json:
    """A move of the clock alone: nobody changes the table."""

    def work(tx: Tx) -> Json:
        _, this_round = _locked(tx, meeting_id, number, version)
        this_round.clock = move(this_round.clock, tx.now)
        return _moved(tx, this_round, seats_change=False)

    return ctx.transaction(work, op=op)


def _locked(tx: Tx, meeting_id: MeetingId, number: int, version: int) -> tuple[Meeting, Round]:
    """The meeting and one of its rounds, locked in this order, with the version checked."""
    meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
    this_round = tx.db.scalar(
        select(Round).where(Round.meeting_id == meeting_id, Round.number == number).with_for_update()
    )
    if this_round is None:
        rules.check_known(number, _phases(tx.db, meeting_id))
        raise AssertionError("a round that is not there is unknown")
    this_round.clock.check_version(version)
    return meeting, this_round


def _phases(db: Session, meeting_id: MeetingId) -> list[tuple[int, RoundPhase]]:
    question = select(Round.number, Round.phase).where(Round.meeting_id == meeting_id).order_by(Round.number)
    return [(int(number), phase) for number, phase in db.execute(question)]


def _mark_missed(db: Session, this_round: Round, *, over_at: datetime) -> Sequence[Seat]:
    """A seat counts only for somebody who was in the room during the round; looked at on start and end."""
    began_at = this_round.starts_at or over_at
    seats = db.scalars(
        select(Seat).where(Seat.round_id == this_round.id).options(joinedload(Seat.attendance))
    ).all()
    for seat in seats:
        row = seat.attendance
        seat.missed = rules.missed(row.entered_at, row.left_at, began_at=began_at, over_at=over_at)
    return seats


def _moved(tx: Tx, this_round: Round, *, seats_change: bool) -> Json:
    tx.record(RoundMoved(MeetingId(this_round.meeting_id), this_round.number, seats_change))
    return {"number": this_round.number, "version": this_round.version}
