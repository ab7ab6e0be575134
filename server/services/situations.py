"""What the planner is told of a meeting: who is here, what was held, what is announced, what somebody has settled.

Inside the problem people are attendances, rounds and tables count from 0; `Situation` knows the way back. All of it
is read at one moment, and `state` says later whether that moment has passed.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.domain import meetings as meeting_rules
from server.domain import names, pins
from server.domain.errors import WrongPhase
from server.domain.vocabulary import (
    AttendanceStatus,
    GroupId,
    MeetingId,
    MeetingStatus,
    PersonId,
    RoundPhase,
    Standing,
)
from server.persistence.models import (
    Attendance,
    ClosedTable,
    Meeting,
    Person,
    Round,
    RoundTable,
    Seat,
    SeatingPlan,
    SeatLock,
    SeatPair,
)
from server.persistence.queries import seating as queries
from server.services import sectors
from server.services.check_ins import AWAY
from server.services.context import Json, breathe

NOT_COMING = (*AWAY, AttendanceStatus.ABSENT)
PAIRS = 2
Tables = Mapping[int, list[int]]
"""Table → attendances; table 0 sits out."""
RoomSeats = Mapping[int, Tables]
"""Round → its tables."""


@dataclass(frozen=True)
class State:
    """What must not change while the planner thinks. Rounds up to `frozen` may go on meanwhile."""

    closed: bool
    wishes: tuple[int, int, int]
    """Rounds, people at a table, seconds of a round, as the organiser wants them."""
    begun: tuple[int, ...]
    void: tuple[int, ...]
    seating_version: int


@dataclass(frozen=True)
class Situation:
    """The planner's problem, how its tables and rounds are called in the room, and the state it was made in."""

    problem: Json
    seed: int
    state: State
    begun: int
    """How many rounds have begun."""
    frozen: int
    """Rounds up to this number are told to the planner as held: those that have begun, or one more."""
    closed: frozenset[int]
    announced: frozenset[int]
    """The numbers of the free rounds that have seats already."""
    rounds: list[list[list[int]]]
    """All rounds as they are now, as the planner writes them, with those who take part; without seats: empty."""
    seats: dict[int, dict[int, list[int]]]
    """The same as it stands in the room: round → table → everybody with a seat."""
    out: frozenset[tuple[int, int]]
    """Round and attendance of seats that are nobody's meeting: not in the room, or at a table that was taken out."""

    def with_seats(self, number: int, seats: Mapping[int, int]) -> list[list[int]]:
        """A round as the planner writes it, if people sat at these tables (attendance → table, 0: sits out)."""
        tables: dict[int, list[int]] = {}
        for attendance, table in seats.items():
            tables.setdefault(table, []).append(attendance)
        known = {person["id"] for person in self.problem["people"]}
        numbers = [n for n in range(1, max(tables, default=0) + 1) if n not in self.closed]
        return _by_index(tables, known, numbers)


def state(db: Session, meeting: Meeting, frozen: int = 0) -> State:
    """The state now. What begins among the first `frozen` rounds is no change. One statement."""
    return _state(meeting, _begun(db, meeting), frozen)


def _begun(db: Session, meeting: Meeting) -> list[tuple[int, RoundPhase]]:
    rows = db.execute(
        select(Round.number, Round.phase)
        .where(Round.meeting_id == meeting.id, Round.phase != RoundPhase.PLANNED)
        .order_by(Round.number)
    )
    return [(number, phase) for number, phase in rows]


def _state(meeting: Meeting, begun: list[tuple[int, RoundPhase]], frozen: int) -> State:
    return State(
        closed=meeting.status is MeetingStatus.CLOSED,
        wishes=(meeting.rounds_wanted, meeting.table_size, meeting.round_seconds),
        begun=tuple(number for number, _ in begun if number > frozen),
        void=tuple(number for number, phase in begun if phase is RoundPhase.VOID),
        seating_version=meeting.seating_version,
    )


def read(db: Session, meeting_id: MeetingId, now: datetime, *, frozen: int = 0) -> Situation:
    """The situation for a plan of all rounds after those that have begun, and after `frozen`.

    Raises WrongPhase("no_round_left") or WrongPhase("meeting_is_closed"). Fourteen statements at most.
    """
    meeting = db.get_one(Meeting, meeting_id)
    meeting_rules.check_changeable(meeting.status)
    phases = _begun(db, meeting)
    begun = max((number for number, _ in phases), default=0)
    held_count = max(begun, frozen)
    now_state = _state(meeting, phases, held_count)
    if held_count >= meeting.rounds_wanted:
        raise WrongPhase("no_round_left", rounds=meeting.rounds_wanted)
    seats = seats_of(db, meeting_id)
    people = _people(db, meeting, seats, held_count)
    out = _met_nobody(db, meeting_id)
    met = _without(seats, out)
    breathe()
    keys = {person.pop("person"): person["id"] for person in people}
    known = set(keys.values())
    closed = closed_tables(db, meeting_id)
    problem: Json = {
        "people": _with_byes(db, meeting, people, keys),
        "rounds": meeting.rounds_wanted,
        "table_size": meeting.table_size,
        "odd": "trio",
        # Nobody met in a round that does not count.
        "held": [
            [] if number in now_state.void else _as_held(met.get(number, {}), known)
            for number in range(1, held_count + 1)
        ],
        "history": _history(db, meeting, keys, now),
        "affinity": _affinity(db, meeting, people),
    }
    free = range(held_count + 1, meeting.rounds_wanted + 1)
    announced = frozenset(number for number in free if seats.get(number))
    laid = max((max(tables) for tables in seats.values()), default=0)
    numbers = [number for number in range(1, laid + 1) if number not in closed]
    rounds = problem["held"] + [_by_index(seats.get(number, {}), known, numbers) for number in free]
    if announced and _same_tables(db, meeting):
        problem["previous"] = rounds[: max(announced)]
    _settle(db, meeting, problem, free, closed, laid)
    plans = db.scalar(select(func.count()).where(SeatingPlan.meeting_id == meeting_id)) or 0
    return Situation(
        problem=problem,
        seed=int(plans) + 1,
        state=now_state,
        begun=begun,
        frozen=held_count,
        closed=closed,
        announced=announced,
        rounds=rounds,
        seats=seats,
        out=out,
    )


def version(db: Session, meeting_id: MeetingId) -> int:
    """Which seats these are: whoever changes seats by hand says what they saw. One statement."""
    return db.scalars(select(Meeting.seating_version).where(Meeting.id == meeting_id)).one()


def closed_tables(db: Session, meeting_id: MeetingId) -> frozenset[int]:
    """The tables out of use. One statement."""
    question = select(ClosedTable.table_number).where(ClosedTable.meeting_id == meeting_id)
    return frozenset(db.scalars(question))


def seats_of(db: Session, meeting_id: MeetingId) -> dict[int, dict[int, list[int]]]:
    """Round → table → attendances, for every round of the meeting. One statement."""
    question = (
        select(Round.number, Seat.table_number, Seat.attendance_id)
        .join(Seat, Seat.round_id == Round.id)
        .where(Round.meeting_id == meeting_id)
        .order_by(Round.number, Seat.table_number, Seat.attendance_id)
    )
    found: dict[int, dict[int, list[int]]] = {}
    for rows in db.connection().execute(question).partitions(queries.ROWS):
        for number, table, attendance in rows:
            found.setdefault(number, {}).setdefault(table, []).append(attendance)
        breathe()
    return found


def _met_nobody(db: Session, meeting_id: MeetingId) -> frozenset[tuple[int, int]]:
    """As `Situation.out`. One statement."""
    question = (
        select(Round.number, Seat.attendance_id)
        .join(Seat, Seat.round_id == Round.id)
        .outerjoin(RoundTable, (RoundTable.round_id == Round.id) & (RoundTable.table_number == Seat.table_number))
        .where(
            Round.meeting_id == meeting_id,
            RoundTable.id.is_not(None) | (Seat.missed.is_(True) & (Round.phase == RoundPhase.ENDED)),
        )
    )
    return frozenset((number, attendance) for number, attendance in db.execute(question))


def _without(seats: RoomSeats, out: Collection[tuple[int, int]]) -> RoomSeats:
    """The same seats without some of them."""
    if not out:
        return seats
    return {
        number: {table: [each for each in people if (number, each) not in out] for table, people in tables.items()}
        for number, tables in seats.items()
    }


def _as_held(tables: Tables, known: Collection[int]) -> list[list[int]]:
    """A round that has begun: its tables in the order of their numbers, from the first one."""
    return _by_index(tables, known, range(1, max(tables, default=0) + 1))


def _by_index(tables: Tables, known: Collection[int], numbers: Collection[int]) -> list[list[int]]:
    """A round as the planner writes it: the tables of these numbers, in this order."""
    return [[each for each in tables.get(number, ()) if each in known] for number in numbers]


def _same_tables(db: Session, meeting: Meeting) -> bool:
    """Whether the announced plan was made for tables of the size that is wanted now."""
    last = db.scalar(
        select(SeatingPlan.problem).where(SeatingPlan.meeting_id == meeting.id).order_by(SeatingPlan.id.desc()).limit(1)
    )
    return last is not None and bool(json.loads(last).get("table_size") == meeting.table_size)


def _people(db: Session, meeting: Meeting, seats: Mapping[int, Tables], held_count: int) -> list[Json]:
    """Who takes part: those here for all rounds, those who left for the rounds they sat in."""
    sat: dict[int, list[int]] = {}
    for number in range(1, held_count + 1):
        for attendance in (each for table in seats.get(number, {}).values() for each in table):
            sat.setdefault(attendance, []).append(number - 1)
    question = (
        select(
            Attendance.id,
            Attendance.person_id,
            Attendance.status,
            Attendance.entered_at,
            Attendance.left_at,
            Attendance.standing,
            Person.sector,
            Person.wants_sector,
        )
        .join(Person, Person.id == Attendance.person_id)
        .where(Attendance.meeting_id == meeting.id)
        .order_by(Attendance.id)
    )
    found = []
    for key, person_id, status, entered_at, left_at, standing, sector, wants in db.execute(question):
        if meeting.status is MeetingStatus.DRAFT:
            here = status not in NOT_COMING
        else:
            here = entered_at is not None and left_at is None
        if not here and key not in sat:
            continue
        entry: Json = {"id": key, "person": PersonId(person_id)}
        if sector.strip():
            entry["sector"] = _trade(sector)
        if wants.strip():
            entry["looks_for"] = [_trade(wants)]
        if standing is Standing.VISITOR:
            entry["visitor"] = True
        if not here:
            entry["present"] = sat[key]
        found.append(entry)
    return found


@lru_cache(maxsize=1024)
def _trade(sector: str) -> str:
    """A sector as people mean it, however they typed it."""
    return names.tidy(sector).casefold()


def _affinity(db: Session, meeting: Meeting, people: list[Json]) -> list[list[object]]:
    """Which sectors of those here do each other good, as the group's tree says."""
    here: dict[str, set[str]] = {}
    for person in people:
        if "sector" in person:
            here.setdefault(names.folded(person["sector"]), set()).add(person["sector"])
    return [
        [one, other, weight]
        for (first, second), weight in sorted(sectors.affinity(db, GroupId(meeting.group_id)).items())
        for one in sorted(here.get(first, ()))
        for other in sorted(here.get(second, ()))
    ]


def _with_byes(db: Session, meeting: Meeting, people: list[Json], keys: Mapping[PersonId, int]) -> list[Json]:
    """The same people with the byes they had at other meetings."""
    before = queries.byes_before(db, GroupId(meeting.group_id), MeetingId(meeting.id))
    byes = {keys[person_id]: times for person_id, times in before.items() if person_id in keys}
    return [each | ({"byes": byes[each["id"]]} if each["id"] in byes else {}) for each in people]


def _history(db: Session, meeting: Meeting, keys: Mapping[PersonId, int], now: datetime) -> list[list[int]]:
    """Who met whom at other meetings, how often, and how many days ago the last time."""
    today = now.astimezone(ZoneInfo(meeting.time_zone)).date()
    found = []
    for count, met in enumerate(
        queries.encounters_before(db, GroupId(meeting.group_id), MeetingId(meeting.id)), start=1
    ):
        if met.first in keys and met.other in keys:
            found.append([keys[met.first], keys[met.other], met.times, max(0, (today - met.last).days)])
        if count % queries.ROWS == 0:
            breathe()
    return found


def _settle(db: Session, meeting: Meeting, problem: Json, free: range, closed: frozenset[int], laid: int) -> None:
    """Tell the planner what somebody has settled by hand for the free rounds."""
    here = {person["id"]: person for person in problem["people"] if "present" not in person}
    if closed and meeting.table_size > PAIRS:
        _limit_tables(meeting, problem, free, closed, laid, len(here))
    locks = [
        (person, number, table)
        for person, number, table in db.execute(
            select(SeatLock.attendance_id, SeatLock.number, SeatLock.table_number)
            .where(SeatLock.meeting_id == meeting.id)
            .order_by(SeatLock.number, SeatLock.id)
        )
        if person in here and table not in closed
    ]
    index = _indexes(closed, max((table for _, _, table in locks), default=0))
    hosts = {person: table for person, number, table in locks if number == pins.EVERY_ROUND}
    seats = {(person, number): table for person, number, table in locks if number in free}
    moving = {person for person, number in seats}
    for person, table in hosts.items():
        if person not in moving:
            here[person] |= {"host": True, "fixed_table": index[table]}
        else:
            # A host who sits elsewhere for one round is at home in the others.
            seats = {(person, number): table for number in free} | seats
    problem["locked"] = [[person, n - 1, index[table]] for (person, n), table in sorted(seats.items())]
    pairs = db.execute(
        select(SeatPair.first_id, SeatPair.other_id, SeatPair.wish)
        .where(SeatPair.meeting_id == meeting.id)
        .order_by(SeatPair.first_id, SeatPair.other_id)
    ).all()
    for wish, field in ((pins.PairWish.APART, "forbidden"), (pins.PairWish.TOGETHER, "must_meet")):
        problem[field] = [[a, b] for a, b, kind in pairs if kind is wish and a in here and b in here]


def _indexes(closed: frozenset[int], highest: int) -> dict[int, int]:
    """Number in the room → the planner's index, for tables up to `highest`."""
    return {number: index for index, number in enumerate(pins.open_tables(closed, highest))}


def _limit_tables(meeting: Meeting, problem: Json, free: range, closed: frozenset[int], laid: int, heads: int) -> None:
    """With tables out of use people move together at those that are left."""
    wanted = max(1, min(heads // PAIRS, -(-heads // meeting.table_size)))
    left = pins.tables_left(wanted, laid, closed)
    if left < wanted:
        held = [[len(table) for table in seating] for seating in problem["held"]]
        problem["sizes"] = held + [list(pins.even_sizes(heads, left)) for _ in free]
