"""Planning the rounds: who is here goes to the planner as a problem, its plan comes back as rounds and seats.

The planner works in a child process for a while and the meeting goes on. Its plan is stored only if nobody planned,
changed seats, or started a round meanwhile. What ended or runs is never touched.
"""

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from server.domain import pins
from server.domain.errors import Conflict
from server.domain.events import SeatingPlanned
from server.domain.round_clock import RoundClock
from server.domain.vocabulary import MeetingId, RoundPhase
from server.persistence.models import Meeting, Round, RoundTable, Seat, SeatingPlan, SeatLock
from server.services import plan_undo, situations, workbench
from server.services.context import Context, Json, Tx, breathe
from server.services.situations import Situation

ENGINE = "coltiva-2"
SECONDS = 1.2
"""CPU seconds for a plan of all rounds when nothing is improved behind it."""
AT_ONCE = 2500
"""More seats are stored round by round, each in a transaction of its own, so that nobody at the door waits."""
Check = Callable[[Tx], None]


def plan(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    seconds: float = SECONDS,
    steps: int | None = None,
    on_progress: workbench.Progress | None = None,
    enough: threading.Event | None = None,
    check: Check | None = None,
    noted: plan_undo.Stored | None = None,
) -> Json:
    """Plan every round that has not begun, for the people in the room (before the doors open: all expected).

    An announced plan is changed as little as possible. With `steps` the same problem gives the same plan on every
    machine. Once `enough` is set, the best so far is stored. `check` may refuse inside the
    storing transaction, `noted` hears there what the rounds were before.
    Answers `{rounds, people, optimal, repeats, announced, finished}`: `announced` are the rounds that had seats
    before; when `finished`, more time would not make the plan better.
    Raises what the planner refuses (`plan_…`), WrongPhase("no_round_left"), WrongPhase("meeting_is_closed"),
    Conflict("plan_overtaken") when the rounds changed meanwhile, and RuleViolation("job_failed" and the like).
    """
    with ctx.reading() as db:
        situation = situations.read(db, meeting_id, ctx.now())
    asked = _asked(situation, seconds, steps)
    made = workbench.planner.do("seating.plan", asked, on_progress=on_progress, enough=enough)
    _store(ctx, meeting_id, situation, made, check, noted)
    return {
        "rounds": made["digest"]["rounds"],
        "people": len(situation.problem["people"]),
        "optimal": made["plan"]["optimal"],
        "repeats": made["plan"]["cost"]["repeats"],
        "announced": sorted(situation.announced),
        "finished": made["finished"],
    }


def improve(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    seconds: float,
    announced: Iterable[int] | None = None,
    steps: int | None = None,
    on_progress: workbench.Progress | None = None,
    enough: threading.Event | None = None,
    check: Check | None = None,
    noted: plan_undo.Stored | None = None,
) -> Json:
    """Look for better later rounds, and leave the next one as it is, because people are on their way to it.

    `announced`: the rounds in which people have read their seats (None: all), which change only for something
    weightier. Nothing is stored unless it is better. The next round may begin meanwhile. Answers `{better}`, False
    also when somebody has no seat yet and the plan is to be made anew. Raises as `plan`.
    """
    with ctx.reading() as db:
        frozen = _next_round(db, meeting_id)
        if frozen is None:
            return {"better": False}
        situation = situations.read(db, meeting_id, ctx.now(), frozen=frozen)
    if not _complete(situation):
        return {"better": False}
    if announced is not None:
        known = max(situation.announced & frozenset(announced), default=0)
        situation.problem["previous"] = situation.problem.get("previous", [])[:known]
    asked = _asked(situation, seconds, steps) | {"rounds": situation.rounds}
    made = workbench.planner.do("seating.improve", asked, on_progress=on_progress, enough=enough)
    if made["better"]:
        _store(ctx, meeting_id, situation, made, check, noted)
    return {"better": made["better"]}


def _asked(situation: Situation, seconds: float, steps: int | None) -> Json:
    asked: Json = {
        "problem": situation.problem,
        "begun": situation.begun,
        "seconds": seconds,
        "seed": situation.seed,
    }
    return asked if steps is None else asked | {"steps": steps}


def _next_round(db: Session, meeting_id: MeetingId) -> int | None:
    """The first round to come that another one follows."""
    to_come = db.scalars(
        select(Round.number)
        .where(Round.meeting_id == meeting_id, Round.phase == RoundPhase.PLANNED)
        .order_by(Round.number)
        .limit(2)
    ).all()
    return to_come[0] if len(to_come) == 2 else None


def _complete(situation: Situation) -> bool:
    """Whether everybody who is here has a seat in every round that could be improved."""
    here = {person["id"] for person in situation.problem["people"] if "present" not in person}
    free = situation.rounds[situation.frozen :]
    return all(here <= {person for table in seating for person in table} for seating in free)


def _store(
    ctx: Context,
    meeting_id: MeetingId,
    situation: Situation,
    made: Json,
    check: Check | None,
    noted: plan_undo.Stored | None,
) -> None:
    """Store a plan: the next round first, and with a great crowd each later one by itself."""
    numbers = list(range(situation.frozen + 1, len(made["plan"]["rounds"]) + 1))
    count = sum(len(table) for number in numbers for table in made["plan"]["rounds"][number - 1])
    few = count <= AT_ONCE
    portions = [numbers] if few else [[number] for number in numbers]

    def first(tx: Tx) -> int:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        if situations.state(tx.db, meeting, situation.frozen) != situation.state:
            raise Conflict("plan_overtaken")
        if check is not None:
            check(tx)
        meeting.seating_version += 1
        before = plan_undo.look(tx.db, meeting_id) if count <= plan_undo.MOST and noted is not None else None
        _keep_plan(tx, meeting, situation, made)
        _seat(tx, meeting, situation, made, portions[0])
        if few:
            tx.record(SeatingPlanned(meeting_id))
        if noted is not None and before is not None:
            noted(tx, before)
        return meeting.seating_version

    version = ctx.transaction(first)
    for portion in portions[1:]:

        def later(tx: Tx, portion: list[int] = portion) -> None:
            meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
            if meeting.seating_version != version:
                raise Conflict("plan_overtaken")
            _seat(tx, meeting, situation, made, portion)
            if portion is portions[-1]:
                tx.record(SeatingPlanned(meeting_id))

        breathe()
        ctx.transaction(later)


def _keep_plan(tx: Tx, meeting: Meeting, situation: Situation, made: Json) -> None:
    """The plan as it was made, what it is worth, and the end of kept seats that could not be kept."""
    tx.db.add(
        SeatingPlan(
            meeting_id=meeting.id,
            made_at=tx.now,
            seed=situation.seed,
            problem=json.dumps(situation.problem, separators=(",", ":")),
            plan=json.dumps(made["plan"], separators=(",", ":")),
            digest=json.dumps(made["digest"], separators=(",", ":")),
            engine=ENGINE,
        )
    )
    for person, index in made["digest"]["released"]:
        if index is not None:
            tx.db.execute(delete(SeatLock).where(SeatLock.attendance_id == person, SeatLock.number == index + 1))
    surplus = select(Round).where(
        Round.meeting_id == meeting.id,
        Round.number > meeting.rounds_wanted,
        Round.phase == RoundPhase.PLANNED,
    )
    for each in tx.db.scalars(surplus):
        tx.db.delete(each)


def _seat(tx: Tx, meeting: Meeting, situation: Situation, made: Json, numbers: list[int]) -> None:
    """Lay the seats of some rounds anew. Raises Conflict("plan_overtaken") when one of them has begun."""
    there = {
        each.number: each
        for each in tx.db.scalars(
            select(Round).where(Round.meeting_id == meeting.id, Round.number.in_(numbers)).with_for_update()
        )
    }
    if any(each.phase is not RoundPhase.PLANNED for each in there.values()):
        raise Conflict("plan_overtaken")
    # Tables that were taken out of these rounds had other people.
    tx.db.execute(delete(RoundTable).where(RoundTable.round_id.in_([each.id for each in there.values()])))
    length = timedelta(seconds=meeting.round_seconds)
    for number in numbers:
        this_round = there.get(number)
        if this_round is None:
            this_round = Round(meeting_id=meeting.id, number=number)
            this_round.clock = RoundClock.planned(length)
            tx.db.add(this_round)
        else:
            this_round.length_ms = meeting.round_seconds * 1000
        tx.db.flush()
        seating = made["plan"]["rounds"][number - 1]
        _write(tx.db.connection(), this_round.id, _tables(situation, number, seating))


def _write(line: Connection, round_id: int, tables: Mapping[int, int]) -> None:
    """The seats of a round, attendance → table: only what differs is written.

    Past the records of the session, which would double the time for a thousand people.
    """
    question = select(Seat.id, Seat.attendance_id, Seat.table_number).where(Seat.round_id == round_id)
    before = {attendance: (key, table) for key, attendance, table in line.execute(question)}
    gone = [key for attendance, (key, _) in before.items() if attendance not in tables]
    moved = [
        {"seat": before[attendance][0], "to": table}
        for attendance, table in tables.items()
        if attendance in before and before[attendance][1] != table
    ]
    new = [
        {"round_id": round_id, "attendance_id": attendance, "table_number": table, "missed": False}
        for attendance, table in tables.items()
        if attendance not in before
    ]
    if gone:
        line.execute(delete(Seat).where(Seat.id.in_(gone)))
    if moved:
        to = update(Seat).where(Seat.id == bindparam("seat")).values(table_number=bindparam("to"))
        line.execute(to, moved)
    if new:
        line.execute(insert(Seat), new)


def _tables(situation: Situation, number: int, seating: list[list[int]]) -> dict[int, int]:
    """Who sits where in a round; whoever is there and sits nowhere has a bye, table 0."""
    numbered = zip(pins.open_tables(situation.closed, len(seating)), seating, strict=True)
    tables = {attendance: table for table, people in numbered for attendance in people}
    there = (p["id"] for p in situation.problem["people"] if "present" not in p or number - 1 in p["present"])
    return {attendance: 0 for attendance in there if attendance not in tables} | tables
