"""Changing seats by hand: what it would cost by name, the change itself, and taking it back.

Two people change seats, or one goes to another table, in rounds that have not begun.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.domain import names
from server.domain import pins as rules
from server.domain.errors import Conflict, RuleViolation
from server.domain.pins import PairWish
from server.domain.vocabulary import MeetingId, PersonId, RoundPhase, Uid
from server.persistence.models import Attendance, JournalEntry, Person, Round, Seat
from server.services import boards, pins, seat_changes, situations
from server.services.boards import Answer
from server.services.context import Context, Json, Op
from server.services.seat_changes import Change
from server.services.situations import Situation

MOVES_MOST = 20


@dataclass(frozen=True)
class Move:
    """In a round somebody changes with `other`, or goes to `table`."""

    number: int
    person: Uid
    other: Uid | None = None
    table: int | None = None


@dataclass(frozen=True)
class Weighed:
    """A change that somebody may make: its moves, and all that the planner says about it. No moves: nothing to do.

    `answer.said` is None when there is no way.
    """

    moves: tuple[Move, ...]
    answer: Answer
    version: int

    @property
    def possible(self) -> bool:
        """Whether somebody may do it all the same: nobody is put beside somebody they are kept apart from, or alone."""
        if self.answer.said is None:
            return False
        return not any(_impossible(told["key"], told["params"]) for told in self.answer.said["breaks"])


def _impossible(key: str, params: Json) -> bool:
    if key == "tables_uneven":
        return bool(min(params["size"], params["other_size"]) < 2)
    return key == "meet_though_forbidden"


@dataclass(frozen=True)
class LastChange:
    """The change that can be taken back: who was moved, in which round, and to which table."""

    number: int
    moved: tuple[tuple[str, int], ...]


def weigh(ctx: Context, *, meeting_id: MeetingId, move: Move) -> Weighed:
    """What one change would do to everybody, by name. Raises as `boards.ask`, and as `change`."""
    with ctx.reading() as db:
        version = situations.version(db, meeting_id)
        asked: Json = {"round": move.number - 1, "one": pins.attendance_of(db, meeting_id, move.person)}
        if move.other is not None:
            asked["other"] = pins.attendance_of(db, meeting_id, move.other)
        else:
            asked["table"] = _index(db, meeting_id, move.table or 0)
    return _weighed(boards.ask(ctx, meeting_id, "plans.weigh", **asked), version)


def way(ctx: Context, *, meeting_id: MeetingId, one: Uid, other: Uid, wish: PairWish) -> Weighed:
    """The cheapest way to keep two people apart, or to bring them to one table; nothing to say when there is none.

    Raises NotFound("attendance_unknown").
    """
    job = {PairWish.APART: "plans.forbid", PairWish.TOGETHER: "plans.together"}[wish]
    with ctx.reading() as db:
        version = situations.version(db, meeting_id)
        first, second = (pins.attendance_of(db, meeting_id, uid) for uid in (one, other))
    try:
        return _weighed(boards.ask(ctx, meeting_id, job, one=first, other=second), version)
    except RuleViolation:
        # One of them is away, or no round is left: what is wished of them waits until that changes.
        return Weighed((), Answer(None, {}), version)


def options(ctx: Context, *, meeting_id: MeetingId, number: int, person: Uid) -> Json:
    """Every seat somebody could have: `{people: {uid: [mark, again]}, tables: {number: [mark, again]}}`.

    A mark is -1 better, 0 as good, 1 worse, 2 not allowed; `again` says how many pairs more (or fewer) would meet
    again. Raises as `boards.ask`.
    """
    with ctx.reading() as db:
        one = pins.attendance_of(db, meeting_id, person)
    answer = boards.ask(ctx, meeting_id, "plans.options", round=number - 1, one=one)
    marks: Json = {"people": {}, "tables": {}}
    for each in answer.said["options"]:
        mark = [each["verdict"] if each["allowed"] else 2, each["change"].get("repeats", 0)]
        if each.get("other") is not None:
            marks["people"][answer.people[each["other"]].uid] = mark
        elif each["to"] is not None:
            marks["tables"][str(each["to"] + 1)] = mark
    return marks


def weighed(ctx: Context, meeting_id: MeetingId, answer: Answer) -> Weighed:
    """The way that the planner found to bring two people together (`seat_reasons.why_not`), as one to make."""
    with ctx.reading() as db:
        version = situations.version(db, meeting_id)
    return _weighed(Answer({"weighed": answer.said["way"]}, answer.people), version)


def _weighed(answer: Answer, version: int) -> Weighed:
    """The moves of an answer as the room would make them."""
    said = answer.said["weighed"]
    moves = []
    for each in said["moves"] if said else ():
        other = answer.people[each["other"]].uid if each.get("other") is not None else None
        table = None if other is not None or each["to"] is None else each["to"] + 1
        moves.append(Move(each["round"] + 1, answer.people[each["one"]].uid, other, table))
    return Weighed(tuple(moves), Answer(said, answer.people), version)


def _index(db: Session, meeting_id: MeetingId, table: int) -> int:
    """The planner's index of a table. Raises RuleViolation("table_out_of_range") or ("table_is_closed")."""
    rules.check_table(table)
    closed = situations.closed_tables(db, meeting_id)
    if table in closed:
        raise RuleViolation("table_is_closed", table=table)
    return rules.open_tables(closed, table).index(table)


def change(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    moves: Sequence[Move],
    version: int,
    by: PersonId | None = None,
    op: Op | None = None,
) -> Json:
    """Seats are changed by hand; those who moved keep their new ones. Answers `{version}`.

    Raises Conflict("seats_moved_on"), WrongPhase("round_has_begun") or WrongPhase("meeting_is_closed"),
    NotFound("attendance_unknown") or NotFound("round_unknown"), and RuleViolation: "moves_missing",
    "move_needs_a_seat", "table_is_closed", "table_not_laid", "kept_apart" or "nobody_sits_alone".
    """
    if (before := ctx.answered(op)) is not None:
        return before
    if not 1 <= len(moves) <= MOVES_MOST:
        raise RuleViolation("moves_missing", most=MOVES_MOST)
    with ctx.reading() as db:
        rules.check_version(version, situations.version(db, meeting_id))
        for move in moves:
            rules.check_round(move.number, pins.phases(db, meeting_id))
        situation = situations.read(db, meeting_id, ctx.now())
        changes = _changes(db, meeting_id, situation, moves)
    return seat_changes.apply(
        ctx, meeting_id=meeting_id, version=version, situation=situation, changes=changes, by=by, op=op
    )


def undo(
    ctx: Context, *, meeting_id: MeetingId, version: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """The last change by hand is taken back, and seats kept by it are free again. Answers `{version}`.

    Raises Conflict("seats_moved_on"), WrongPhase("meeting_is_closed"), and Conflict("seats_undo_too_late") when these
    seats have changed since or their round has begun.
    """
    if (before := ctx.answered(op)) is not None:
        return before
    with ctx.reading() as db:
        rules.check_version(version, situations.version(db, meeting_id))
        situation = situations.read(db, meeting_id, ctx.now())
        found = _undoable(db, meeting_id)
        if found is None:
            raise Conflict("seats_undo_too_late")
    entry = found[0]
    back = [Change(number, who, after, before) for number, who, before, after in _body(entry)]
    return seat_changes.apply(
        ctx,
        meeting_id=meeting_id,
        version=version,
        situation=situation,
        changes=back,
        takes_back=entry.id,
        by=by,
        op=op,
    )


def last_change(db: Session, meeting_id: MeetingId) -> LastChange | None:
    """The change by hand that can be taken back. At most two statements."""
    found = _undoable(db, meeting_id)
    return found and found[1]


def _undoable(db: Session, meeting_id: MeetingId) -> tuple[JournalEntry, LastChange] | None:
    """The newest entry, if the seats are still as it left them and their rounds have not begun."""
    entry = db.scalar(
        select(JournalEntry)
        .where(
            JournalEntry.meeting_id == meeting_id,
            JournalEntry.kind == seat_changes.KIND,
            JournalEntry.undone_at.is_(None),
        )
        .order_by(JournalEntry.id.desc())
        .limit(1)
    )
    if entry is None:
        return None
    changed = _body(entry)
    now = {
        (number, who): (table, names.full_name(given, family))
        for number, who, table, given, family in db.execute(
            select(Round.number, Attendance.id, Seat.table_number, Person.given_name, Person.family_name)
            .join(Seat, Seat.round_id == Round.id)
            .join(Attendance, Attendance.id == Seat.attendance_id)
            .join(Person, Person.id == Attendance.person_id)
            .where(
                Round.meeting_id == meeting_id,
                Round.phase == RoundPhase.PLANNED,
                Round.number.in_({number for number, *_ in changed}),
                Attendance.id.in_({who for _, who, *_ in changed}),
            )
        )
    }
    if any(now.get((number, who), (None, ""))[0] != after for number, who, _, after in changed):
        return None
    moved = tuple((now[number, who][1], after) for number, who, _, after in changed if after)
    return entry, LastChange(changed[0][0], moved)


def _body(entry: JournalEntry) -> list[tuple[int, int, int | None, int]]:
    """Round, attendance, table before, table after."""
    return [tuple(each) for each in json.loads(entry.body)["seats"]]


def _changes(db: Session, meeting_id: MeetingId, situation: Situation, moves: Iterable[Move]) -> list[Change]:
    """The seats that the moves change, one after the other."""
    before = {move.number: seat_changes.seats_in(situation, move.number) for move in moves}
    after = {number: dict(seats) for number, seats in before.items()}
    for move in moves:
        seats = after[move.number]
        one = pins.attendance_of(db, meeting_id, move.person)
        if move.other is not None:
            other = pins.attendance_of(db, meeting_id, move.other)
            if other not in seats:
                raise RuleViolation("move_needs_a_seat", number=move.number)
            seats[one], seats[other] = seats[other], seats.get(one, 0)
        else:
            seats[one] = _laid(situation, seats, move)
    return [
        Change(number, attendance, before[number].get(attendance), table)
        for number, seats in sorted(after.items())
        for attendance, table in seats.items()
        if before[number].get(attendance) != table
    ]


def _laid(situation: Situation, seats: Mapping[int, int], move: Move) -> int:
    """The table of a move, when people sit there."""
    table = move.table or 0
    rules.check_table(table)
    if table in situation.closed:
        raise RuleViolation("table_is_closed", table=table)
    if table not in seats.values():
        raise RuleViolation("table_not_laid", table=table, number=move.number)
    return table
