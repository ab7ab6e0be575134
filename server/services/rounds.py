"""Running the rounds: start, pause, resume, change the length, end, void. The clock is a row; nobody ticks.

Every verb is a compare-and-set on the round's version: whoever pressed on an older screen is told that the round
has moved on, and nothing changes. The meeting's row is locked first, because only one round runs at a time. Every
verb leaves a line in the log, with the clock as it was: `round_undo` takes it back.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from server.domain import meetings as meeting_rules
from server.domain import rounds as rules
from server.domain import undo as undo_rules
from server.domain.agenda import ROUNDS
from server.domain.errors import RuleViolation
from server.domain.events import RoundMoved
from server.domain.round_clock import RoundClock
from server.domain.vocabulary import MeetingId, PersonId, RoundPhase
from server.persistence.models import Attendance, Meeting, Round, RoundTable, Seat
from server.services import action_log, agenda_clock, encounters, room_seats, round_undo
from server.services.context import Context, Json, Op, Tx

ADJUST_MOST_SECONDS = rules.ADJUST_MOST_SECONDS
"""Most that one press may add or take."""
Move = Callable[[RoundClock, datetime], RoundClock]
_MARKED = (
    select(Seat.id, Seat.table_number, Seat.missed, Attendance.entered_at, Attendance.left_at)
    .join(Attendance, Attendance.id == Seat.attendance_id)
    .where(Seat.round_id == bindparam("round_id"))
)
Phases = list[tuple[int, RoundPhase]]


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


def start(
    ctx: Context, *, meeting_id: MeetingId, number: int, version: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """Everybody talks from a second after now. One round at a time, in their order, while the doors are open.

    Answers `{number, version}`. Raises Conflict("round_moved_on"), WrongPhase or NotFound("round_unknown").
    """

    def work(tx: Tx) -> Json:
        meeting, this_round, every = _locked(tx, meeting_id, number, version)
        meeting_rules.check_open(meeting.status)
        rules.check_may_start(number, every)
        before = this_round.clock
        this_round.clock = before.start(tx.now)
        moved = _moved(tx, this_round, seats_change=True)
        flipped = mark_missed(tx, this_round, over_at=tx.now)
        agenda = agenda_clock.kind_began(tx, meeting, ROUNDS)
        _note(tx, this_round, before, "round_started", by=by, flipped=flipped, agenda=agenda)
        return moved

    return ctx.transaction(work, op=op)


def pause(
    ctx: Context, *, meeting_id: MeetingId, number: int, version: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """The time left is set aside. Answers and raises as `start`."""
    return _tick(ctx, meeting_id, number, version, lambda clock, now: clock.pause(now), ("round_paused", {}), by, op)


def resume(
    ctx: Context, *, meeting_id: MeetingId, number: int, version: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """The time set aside runs again. Answers and raises as `start`."""
    return _tick(ctx, meeting_id, number, version, lambda clock, now: clock.resume(now), ("round_resumed", {}), by, op)


def adjust(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    number: int,
    version: int,
    seconds: int,
    by: PersonId | None = None,
    op: Op | None = None,
) -> Json:
    """More time, or less (negative seconds), at most ten minutes at once. Answers and raises as `start`."""
    if not 0 < abs(seconds) <= rules.ADJUST_MOST_SECONDS:
        raise RuleViolation("adjust_out_of_range", most=rules.ADJUST_MOST_SECONDS)
    span = timedelta(seconds=seconds)
    line = "time_added" if seconds > 0 else "time_taken", {"seconds": abs(seconds)}
    return _tick(ctx, meeting_id, number, version, lambda clock, now: clock.adjust(span, now), line, by, op)


def end(
    ctx: Context, *, meeting_id: MeetingId, number: int, version: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """The round is over, and the next one is announced. Answers and raises as `start`."""

    def work(tx: Tx) -> Json:
        meeting, this_round, every = _locked(tx, meeting_id, number, version)
        before = this_round.clock
        this_round.clock = before.end(tx.now)
        moved = _moved(tx, this_round, seats_change=True)
        flipped = mark_missed(tx, this_round, over_at=this_round.ends_at or tx.now, closed=True)
        encounters.keep(tx, meeting, this_round)
        agenda = _if_last(tx, meeting, number, every)
        _note(
            tx, this_round, before, "round_ended", by=by, flipped=flipped, undo_for=undo_rules.OVER_FOR, agenda=agenda
        )
        return moved

    return ctx.transaction(work, op=op)


def void(
    ctx: Context, *, meeting_id: MeetingId, number: int, version: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """The round does not count: nobody met in it, and who meets again is worked out anew. Answers and raises as
    `start`.
    """

    def work(tx: Tx) -> Json:
        meeting, this_round, every = _locked(tx, meeting_id, number, version)
        before = this_round.clock
        this_round.clock = before.void(tx.now)
        moved = _moved(tx, this_round, seats_change=True)
        encounters.forget(tx, this_round)
        agenda = _if_last(tx, meeting, number, every)
        _note(tx, this_round, before, "round_void", by=by, undo_for=undo_rules.OVER_FOR, agenda=agenda)
        return moved

    answer = ctx.transaction(work, op=op)
    room_seats.sum_up(ctx, meeting_id, by_hand=False)
    return answer


def _tick(
    ctx: Context,
    meeting_id: MeetingId,
    number: int,
    version: int,
    move: Move,
    line: tuple[str, Json],
    by: PersonId | None,
    op: Op | None,
) -> Json:
    """A move of the clock alone: nobody changes the table."""

    def work(tx: Tx) -> Json:
        _, this_round, _ = _locked(tx, meeting_id, number, version)
        before = this_round.clock
        this_round.clock = move(before, tx.now)
        moved = _moved(tx, this_round, seats_change=False)
        key, params = line
        _note(tx, this_round, before, key, by=by, **params)
        return moved

    return ctx.transaction(work, op=op)


def _note(
    tx: Tx,
    this_round: Round,
    before: RoundClock,
    key: str,
    *,
    by: PersonId | None,
    flipped: Collection[int] = (),
    undo_for: timedelta = undo_rules.CLOCK_FOR,
    agenda: Json | None = None,
    **params: object,
) -> None:
    """The line of the log, with the clock as it was, and the agenda where that moved too."""
    action_log.note(
        tx,
        meeting_id=MeetingId(this_round.meeting_id),
        key=key,
        params={"number": this_round.number, **params},
        by=by,
        undo=round_undo.of(this_round, before, flipped) | ({} if agenda is None else {"agenda": agenda}),
        undo_for=undo_for,
    )


def _if_last(tx: Tx, meeting: Meeting, number: int, every: Phases) -> Json | None:
    """When no other round is left, the rounds' item of the agenda is done."""
    left = [other for other, phase in every if other != number and phase not in (RoundPhase.ENDED, RoundPhase.VOID)]
    return None if left else agenda_clock.kind_ended(tx, meeting, ROUNDS)


def _locked(tx: Tx, meeting_id: MeetingId, number: int, version: int) -> tuple[Meeting, Round, Phases]:
    """The meeting and its rounds, locked in this order; one of them with its version checked, and where all stand."""
    meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
    rows = tx.db.scalars(
        select(Round).where(Round.meeting_id == meeting_id).order_by(Round.number).with_for_update()
    ).all()
    phases = [(row.number, row.phase) for row in rows]
    rules.check_known(number, phases)
    this_round = next(row for row in rows if row.number == number)
    this_round.clock.check_version(version)
    return meeting, this_round, phases


def mark_missed(tx: Tx, this_round: Round, *, over_at: datetime, closed: bool = False) -> list[int]:
    """A seat counts only for somebody who was in the room during the round; looked at on start and end.

    With `closed` a seat at a table that was taken out of the round counts for nobody. Gives the keys of the seats
    whose mark changed. At most three statements: the seats of a great crowd are rows here, not records.
    """
    began_at = this_round.starts_at or over_at
    out = closed_tables(tx.db, this_round.id) if closed else frozenset()
    tx.db.flush()
    seats = tx.db.connection().execute(_MARKED, {"round_id": this_round.id})
    flipped = [
        seat_id
        for seat_id, table, was_missed, entered_at, left_at in seats
        if was_missed != (table in out or rules.missed(entered_at, left_at, began_at=began_at, over_at=over_at))
    ]
    round_undo.flip(tx, flipped)
    return flipped


def closed_tables(db: Session, round_id: int) -> frozenset[int]:
    """The tables that take no part in a round. One statement."""
    return frozenset(db.scalars(select(RoundTable.table_number).where(RoundTable.round_id == round_id)))


def _moved(tx: Tx, this_round: Round, *, seats_change: bool) -> Json:
    """Everybody hears it, before anything else that the press causes: screens hear in the order of what is recorded."""
    tx.record(RoundMoved(MeetingId(this_round.meeting_id), this_round.number, seats_change))
    return {"number": this_round.number, "version": this_round.version}
