"""Planning the rounds: who is here goes to the planner as a problem, its plan comes back as rounds and seats.

The planner works in a child process for a second or two while the meeting goes on. Its plan is stored in one
transaction, and only if nobody planned, started or ended a round meanwhile. What ended or runs is never touched.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from server.domain import meetings as meeting_rules
from server.domain import names
from server.domain.errors import Conflict, WrongPhase
from server.domain.events import SeatingPlanned
from server.domain.round_clock import RoundClock
from server.domain.vocabulary import (
    AttendanceStatus,
    GroupId,
    MeetingId,
    MeetingStatus,
    PersonId,
    RoundPhase,
    Standing,
)
from server.persistence.models import Attendance, Meeting, Person, Round, Seat, SeatingPlan
from server.persistence.queries import seating as queries
from server.services import workbench
from server.services.check_ins import AWAY
from server.services.context import Context, Json, Op, Tx

ENGINE = "coltiva-1"
SECONDS = 1.2
"""CPU seconds the planner may take: a facilitator waits for it with a full room."""
NOT_COMING = (*AWAY, AttendanceStatus.ABSENT)
State = tuple[Any, ...]


@dataclass(frozen=True)
class _Situation:
    """What the planner is told, and the state of the meeting it was told in."""

    problem: Json
    seed: int
    state: State


def plan(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    seconds: float = SECONDS,
    steps: int | None = None,
    on_progress: workbench.Progress | None = None,
    op: Op | None = None,
) -> Json:
    """Plan every round that has not begun, for the people in the room (before the doors open: all expected).

    An announced plan is changed as little as possible. With `steps` the same problem gives the same plan on every
    machine. Answers `{rounds, people, optimal, repeats}`. Raises what the planner refuses (`plan_…`),
    WrongPhase("no_round_left"), WrongPhase("meeting_is_closed"), Conflict("plan_overtaken") when the rounds changed
    meanwhile, and RuleViolation("job_failed" and the like) when the planner could not finish.
    """
    with ctx.reading() as db:
        situation = _situation(db, meeting_id, ctx.now())
    arguments: Json = {"problem": situation.problem, "seconds": seconds, "seed": situation.seed}
    if steps is not None:
        arguments["steps"] = steps
    made: Json = workbench.planner.do("plan", arguments, on_progress=on_progress)["plan"]

    def work(tx: Tx) -> Json:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        if _state(tx.db, meeting) != situation.state:
            raise Conflict("plan_overtaken")
        _store(tx, meeting, situation, made)
        tx.record(SeatingPlanned(meeting_id))
        return {
            "rounds": len(made["rounds"]) - len(situation.problem["held"]),
            "people": len(situation.problem["people"]),
            "optimal": made["optimal"],
            "repeats": made["cost"]["repeats"],
        }

    return ctx.transaction(work, op=op)


def _state(db: Session, meeting: Meeting) -> State:
    """What must not change while the planner thinks: the wishes of the organiser, the last plan, what has begun."""
    begun = db.scalars(
        select(Round.number)
        .where(Round.meeting_id == meeting.id, Round.phase != RoundPhase.PLANNED)
        .order_by(Round.number)
    ).all()
    last_plan = db.scalar(select(func.max(SeatingPlan.id)).where(SeatingPlan.meeting_id == meeting.id))
    voided = db.scalars(
        select(Round.number).where(Round.meeting_id == meeting.id, Round.phase == RoundPhase.VOID)
    ).all()
    return (
        meeting.status is MeetingStatus.CLOSED,
        meeting.rounds_wanted,
        meeting.table_size,
        meeting.round_seconds,
        tuple(begun),
        frozenset(voided),
        last_plan,
    )


def _situation(db: Session, meeting_id: MeetingId, now: datetime) -> _Situation:
    """The planner's problem: attendances are its people, rounds that began are held, planned ones announced."""
    meeting = db.get_one(Meeting, meeting_id)
    meeting_rules.check_changeable(meeting.status)
    rounds = db.scalars(select(Round).where(Round.meeting_id == meeting_id).order_by(Round.number)).all()
    begun = [each for each in rounds if each.phase is not RoundPhase.PLANNED]
    held_count = max((each.number for each in begun), default=0)
    if held_count >= meeting.rounds_wanted:
        raise WrongPhase("no_round_left", rounds=meeting.rounds_wanted)
    seats = _seats(db, meeting_id)
    people = _people(db, meeting, seats, held_count)
    known = {person["id"] for person in people}
    ids = {person.pop("person"): person["id"] for person in people}
    group_id = GroupId(meeting.group_id)
    byes = queries.byes_before(db, group_id, meeting_id)
    byes_of = {ids[person_id]: times for person_id, times in byes.items() if person_id in ids}
    people = [each | ({"byes": byes_of[each["id"]]} if each["id"] in byes_of else {}) for each in people]
    held = [_seating(seats.get(n, {}), known) for n in range(1, held_count + 1)]
    void = {each.number for each in begun if each.phase is RoundPhase.VOID}
    announced = [
        _seating(seats[n], known) for n in range(held_count + 1, meeting.rounds_wanted + 1) if seats.get(n)
    ]
    today = now.astimezone(ZoneInfo(meeting.time_zone)).date()
    problem: Json = {
        "people": people,
        "rounds": meeting.rounds_wanted,
        "table_size": meeting.table_size,
        "odd": "trio",
        # Nobody met in a round that does not count.
        "held": [[] if n in void else seating for n, seating in enumerate(held, start=1)],
        "history": [
            [ids[met.first], ids[met.other], met.times, max(0, (today - met.last).days)]
            for met in queries.encounters_before(db, group_id, meeting_id)
            if met.first in ids and met.other in ids
        ],
    }
    if announced and _same_tables(db, meeting):
        problem["previous"] = held + announced
    plans = db.scalar(select(func.count()).where(SeatingPlan.meeting_id == meeting_id)) or 0
    return _Situation(problem, seed=int(plans) + 1, state=_state(db, meeting))


def _same_tables(db: Session, meeting: Meeting) -> bool:
    """Whether the announced plan was made for tables of the size that is wanted now."""
    last = db.scalar(
        select(SeatingPlan.problem)
        .where(SeatingPlan.meeting_id == meeting.id)
        .order_by(SeatingPlan.id.desc())
        .limit(1)
    )
    return last is not None and bool(json.loads(last).get("table_size") == meeting.table_size)


def _seats(db: Session, meeting_id: MeetingId) -> dict[int, dict[int, list[int]]]:
    """Round → table → attendances, for every round of the meeting."""
    question = (
        select(Round.number, Seat.table_number, Seat.attendance_id)
        .join(Seat, Seat.round_id == Round.id)
        .where(Round.meeting_id == meeting_id)
        .order_by(Round.number, Seat.table_number, Seat.attendance_id)
    )
    found: dict[int, dict[int, list[int]]] = {}
    for number, table, attendance in db.execute(question):
        found.setdefault(int(number), {}).setdefault(int(table), []).append(int(attendance))
    return found


def _seating(tables: Mapping[int, list[int]], known: set[int]) -> list[list[int]]:
    """A round as the planner writes it: tables in the order of their numbers, from the first one."""
    return [
        [each for each in tables.get(number, []) if each in known]
        for number in range(1, max(tables, default=0) + 1)
    ]


def _people(
    db: Session, meeting: Meeting, seats: Mapping[int, Mapping[int, list[int]]], held_count: int
) -> list[Json]:
    """Who takes part: those here for all rounds, those who left for the rounds they sat in."""
    sat: dict[int, list[int]] = {}
    for number in range(1, held_count + 1):
        for attendance in (each for table in seats.get(number, {}).values() for each in table):
            sat.setdefault(attendance, []).append(number - 1)
    question = (
        select(Attendance, Person)
        .join(Person, Person.id == Attendance.person_id)
        .where(Attendance.meeting_id == meeting.id)
        .order_by(Attendance.id)
    )
    found = []
    for row, person in db.execute(question):
        here = (
            row.status not in NOT_COMING
            if meeting.status is MeetingStatus.DRAFT
            else row.entered_at is not None and row.left_at is None
        )
        if not here and row.id not in sat:
            continue
        entry: Json = {"id": row.id, "person": PersonId(row.person_id)}
        if person.sector.strip():
            entry["sector"] = names.tidy(person.sector).casefold()
        if person.wants_sector.strip():
            entry["looks_for"] = [names.tidy(person.wants_sector).casefold()]
        if row.standing is Standing.VISITOR:
            entry["visitor"] = True
        if not here:
            entry["present"] = sat[row.id]
        found.append(entry)
    return found


def _store(tx: Tx, meeting: Meeting, situation: _Situation, made: Json) -> None:
    tx.db.add(
        SeatingPlan(
            meeting_id=meeting.id,
            made_at=tx.now,
            seed=situation.seed,
            problem=json.dumps(situation.problem, separators=(",", ":")),
            plan=json.dumps(made, separators=(",", ":")),
            engine=ENGINE,
        )
    )
    held_count = len(situation.problem["held"])
    there = {
        each.number: each
        for each in tx.db.scalars(
            select(Round).where(Round.meeting_id == meeting.id, Round.number > held_count).with_for_update()
        )
    }
    tx.db.execute(delete(Seat).where(Seat.round_id.in_([each.id for each in there.values()])))
    for number, surplus in there.items():
        if number > meeting.rounds_wanted:
            tx.db.delete(surplus)
    length = RoundClock.planned(timedelta(seconds=meeting.round_seconds))
    for number in range(held_count + 1, meeting.rounds_wanted + 1):
        this_round = there.get(number)
        if this_round is None:
            this_round = Round(meeting_id=meeting.id, number=number)
            this_round.clock = length
            tx.db.add(this_round)
        else:
            this_round.length_ms = meeting.round_seconds * 1000
        tx.db.flush()
        tx.db.execute(insert(Seat), _rows(this_round.id, situation.problem, number, made["rounds"][number - 1]))


def _rows(round_id: int, problem: Json, number: int, seating: list[list[int]]) -> list[Json]:
    """The seats of a round; whoever is there and sits nowhere has a bye, table 0."""
    rows = [
        {"round_id": round_id, "attendance_id": attendance, "table_number": table, "missed": False}
        for table, people in enumerate(seating, start=1)
        for attendance in people
    ]
    seated = {row["attendance_id"] for row in rows}
    there = [p["id"] for p in problem["people"] if "present" not in p or number - 1 in p["present"]]
    return rows + [
        {"round_id": round_id, "attendance_id": attendance, "table_number": 0, "missed": False}
        for attendance in there
        if attendance not in seated
    ]


@dataclass(frozen=True)
class Again:
    """Two people who sit together although they met before: in which round, and who."""

    number: int
    name: str
    other: str


@dataclass(frozen=True)
class Summary:
    """What a facilitator wants to know of the last plan before pressing start."""

    made_at: datetime
    people: int
    rounds: int
    repeats: tuple[Again, ...]
    repeats_unavoidable: bool
    """Proven: no plan has fewer repeats."""
    trios: tuple[tuple[int, tuple[str, ...]], ...]
    """In rounds of pairs: the round and the names of a table of three."""
    byes: tuple[tuple[int, str], ...]
    optimal: bool
    """Proven: nothing about the plan could be better."""
    cost: Mapping[str, int]
    bound: Mapping[str, int]


def summary(ctx: Context, meeting_id: MeetingId) -> Summary | None:
    """The last plan of a meeting in what it means, for the rounds that were planned; None without a plan.

    Two statements.
    """
    with ctx.reading() as db:
        kept = db.scalar(
            select(SeatingPlan)
            .where(SeatingPlan.meeting_id == meeting_id)
            .order_by(SeatingPlan.id.desc())
            .limit(1)
        )
        if kept is None:
            return None
        question = (
            select(Attendance.id, Person.given_name, Person.family_name)
            .join(Person, Person.id == Attendance.person_id)
            .where(Attendance.meeting_id == meeting_id)
        )
        name = {key: names.full_name(given, family) for key, given, family in db.execute(question)}
    return _summed_up(kept.made_at, json.loads(kept.problem), json.loads(kept.plan), name)


def _summed_up(made_at: datetime, problem: Json, made: Json, name: Mapping[int, str]) -> Summary:
    """A plan file in what it means; `name` gives the name behind an attendance."""
    held = len(problem["held"])
    free = list(enumerate(made["rounds"], start=1))[held:]
    again = sorted(
        {
            (told["round"] + 1, *sorted((told["person"], other)))
            for told in made["explanations"]
            if told["key"] == "met_before" and told["round"] >= held
            for other in told["params"]["people"]
        }
    )
    return Summary(
        made_at=made_at,
        people=len(problem["people"]),
        rounds=len(free),
        repeats=tuple(Again(n, name.get(a, ""), name.get(b, "")) for n, a, b in again),
        repeats_unavoidable=made["repeats_optimal"],
        trios=tuple(
            (number, tuple(name.get(each, "") for each in table))
            for number, seating in free
            for table in seating
            if problem["table_size"] == 2 and len(table) == 3
        ),
        byes=tuple(
            (told["round"] + 1, name.get(told["person"], ""))
            for told in made["explanations"]
            if told["key"] == "bye" and told["round"] >= held
        ),
        optimal=made["optimal"],
        cost=made["cost"],
        bound=made["bound"],
    )
