"""The seats of a meeting as `domain.placing` looks at them, and writing what it answers so that it can be taken back.

People are attendances. What is read here is read before the transaction; `write` refuses when it no longer holds.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from server.domain import rounds as round_rules
from server.domain.errors import Conflict, NotFound, RuleViolation, WrongPhase
from server.domain.events import PinsChanged
from server.domain.pins import EVERY_ROUND, PairWish
from server.domain.placing import Moves, Room
from server.domain.round_clock import RoundClock
from server.domain.vocabulary import GroupId, MeetingId, PersonId, RoundPhase, Uid
from server.persistence.models import (
    Attendance,
    Meeting,
    Round,
    RoundTable,
    Seat,
    SeatingPlan,
    SeatLock,
    SeatPair,
)
from server.persistence.queries import seating as queries
from server.services import situations, workbench
from server.services.context import Context, Json, Tx
from server.services.situations import Situation

Change = tuple[int, int, int | None, int | None]
"""Round, attendance, table before, table after (None: no seat)."""


@dataclass(frozen=True)
class RoomSeats:
    """Everybody's seats: `seats` round → attendance → table. `key` is the person it is about."""

    key: int
    person_id: PersonId
    in_room: bool
    came: bool
    """Whether they were in the room at any time."""
    clocks: Mapping[int, RoundClock]
    seats: Mapping[int, Mapping[int, int]]
    coming: frozenset[int]
    """Attendances who are here, or, before the first round, may still come."""
    size: int
    met: Mapping[frozenset[int], int]
    apart: frozenset[frozenset[int]]
    locks: frozenset[tuple[int, int]]
    """Round (0: every one) and attendance of those who keep their table."""
    closed: frozenset[int]
    skipped: frozenset[tuple[int, int]]

    @property
    def phases(self) -> list[tuple[int, RoundPhase]]:
        """Every round and where it stands."""
        return [(number, clock.phase) for number, clock in self.clocks.items()]

    @property
    def running(self) -> int | None:
        """The round that goes on."""
        return next((number for number, phase in self.phases if phase in round_rules.GOING_ON), None)

    @property
    def planned(self) -> list[int]:
        """The rounds to come."""
        return [number for number, phase in self.phases if phase is RoundPhase.PLANNED]

    def room(self, number: int) -> Room:
        """A round with those who are here, or come."""
        tables: dict[int, list[int]] = {}
        for person, table in self.seats.get(number, {}).items():
            if person in self.coming:
                tables.setdefault(table, []).append(person)
        fixed = {person for each, person in self.locks if each in (number, EVERY_ROUND)}
        out = {table for each, table in self.skipped if each == number}
        return Room(
            tables={table: tuple(sorted(people)) for table, people in tables.items()},
            size=self.size,
            going_on=self.clocks[number].phase is not RoundPhase.PLANNED,
            met=self._met(number),
            apart=self.apart,
            fixed=frozenset(fixed),
            closed=self.closed | out,
        )

    def _met(self, number: int) -> Counter[frozenset[int]]:
        """How often people sit together at other times than in this round."""
        found = Counter(self.met)
        for other, seats in self.seats.items():
            if other == number or self.clocks[other].phase is RoundPhase.VOID:
                continue
            tables: dict[int, list[int]] = {}
            for person, table in seats.items():
                if table and (other, table) not in self.skipped:
                    tables.setdefault(table, []).append(person)
            for people in tables.values():
                found.update(frozenset(pair) for pair in combinations(people, 2))
        return found

    def with_seats(self, number: int, moves: Mapping[int, int | None]) -> "RoomSeats":
        """The same after some have moved in a round; None: no seat any more."""
        after = {**self.seats.get(number, {}), **moves}
        seats = {person: table for person, table in after.items() if table is not None}
        return replace(self, seats={**self.seats, number: seats})


def read(db: Session, meeting_id: MeetingId, uid: Uid) -> RoomSeats:
    """The seats as they are, about one person. Nine statements. Raises NotFound("attendance_unknown")."""
    meeting = db.get_one(Meeting, meeting_id)
    people = db.execute(
        select(Attendance.id, Attendance.uid, Attendance.person_id, Attendance.entered_at, Attendance.left_at).where(
            Attendance.meeting_id == meeting_id
        )
    ).all()
    me = next((row for row in people if row.uid == uid), None)
    if me is None:
        raise NotFound("attendance_unknown")
    rows = db.scalars(select(Round).where(Round.meeting_id == meeting_id).order_by(Round.number)).all()
    begun = any(row.phase is not RoundPhase.PLANNED for row in rows)
    here = {row.id for row in people if row.entered_at is not None and row.left_at is None}
    coming = here if begun else {row.id for row in people if row.left_at is None}
    key_of = {row.person_id: row.id for row in people}
    seats = {
        number: {person: table for table, those in tables.items() for person in those}
        for number, tables in situations.seats_of(db, meeting_id).items()
    }
    locks = db.execute(select(SeatLock.number, SeatLock.attendance_id).where(SeatLock.meeting_id == meeting_id))
    apart = db.execute(
        select(SeatPair.first_id, SeatPair.other_id).where(
            SeatPair.meeting_id == meeting_id, SeatPair.wish == PairWish.APART
        )
    )
    skipped = db.execute(
        select(Round.number, RoundTable.table_number)
        .join(RoundTable, RoundTable.round_id == Round.id)
        .where(Round.meeting_id == meeting_id)
    )
    return RoomSeats(
        key=me.id,
        person_id=PersonId(me.person_id),
        in_room=me.id in here,
        came=me.entered_at is not None,
        clocks={row.number: row.clock for row in rows},
        seats={row.number: seats.get(row.number, {}) for row in rows},
        coming=frozenset(coming),
        size=meeting.table_size,
        met={
            frozenset((key_of[each.first], key_of[each.other])): each.times
            for each in queries.encounters_before(db, GroupId(meeting.group_id), meeting_id)
        },
        apart=frozenset(frozenset((one, other)) for one, other in apart),
        locks=frozenset((number, person) for number, person in locks),
        closed=situations.closed_tables(db, meeting_id),
        skipped=frozenset((number, table) for number, table in skipped),
    )


def changes(before: RoomSeats, after: RoomSeats) -> list[Change]:
    """What is another seat afterwards."""
    found = []
    for number, seats in after.seats.items():
        old = before.seats.get(number, {})
        people = sorted({*old, *seats})
        found += [(number, p, old.get(p), seats.get(p)) for p in people if old.get(p) != seats.get(p)]
    return found


def moved(seats: RoomSeats, number: int, moves: Moves | None) -> RoomSeats:
    """The same after the moves of `placing`."""
    return seats if not moves else seats.with_seats(number, dict(moves))


def check_unchanged(tx: Tx, meeting_id: MeetingId, seats: RoomSeats) -> None:
    """Raise Conflict("seats_moved_on") when a round has begun or ended since the seats were read."""
    rows = tx.db.execute(select(Round.number, Round.phase).where(Round.meeting_id == meeting_id).order_by(Round.number))
    if [(number, phase) for number, phase in rows] != seats.phases:
        raise Conflict("seats_moved_on")


def write(tx: Tx, meeting: Meeting, wanted: Sequence[Change]) -> Json:
    """Give everybody their seat. What comes back is what `put_back` needs."""
    keys = _keys(tx, meeting.id, {number for number, *_ in wanted})
    missed = [[number, who] for number, who, _, after in wanted if after is None and _missed(tx, keys, number, who)]
    _seat(tx, keys, wanted)
    meeting.seating_version += 1
    plan = _newest_plan(tx.db, MeetingId(meeting.id))
    return {
        "seats": [list(each) for each in wanted],
        "phases": {str(number): phase.value for number, (_, phase) in keys.items()},
        "missed": missed,
        "plan": plan and plan.id,
        "digest": plan and plan.digest,
    }


def put_back(tx: Tx, meeting: Meeting, kept: Json) -> None:
    """Seats as they were before. Raises Conflict("undo_in_the_way") when one has changed since, or its round has."""
    wanted: list[Change] = [tuple(each) for each in kept["seats"]]
    keys = _keys(tx, meeting.id, {number for number, *_ in wanted})
    same = {str(number): phase.value for number, (_, phase) in keys.items()} == kept["phases"]
    if not same or any(_now(tx, keys, number, who) != after for number, who, _, after in wanted):
        raise Conflict("undo_in_the_way")
    missed = {(number, who) for number, who in kept["missed"]}
    _seat(tx, keys, [(number, who, after, before) for number, who, before, after in wanted], missed)
    meeting.seating_version += 1
    plan = _newest_plan(tx.db, MeetingId(meeting.id))
    if plan is not None and plan.id == kept["plan"]:
        plan.digest = kept["digest"]


def company(tx: Tx, meeting_id: MeetingId, wanted: Iterable[Change]) -> tuple[PersonId, ...]:
    """Everybody at a table that somebody came to or left, with those who did. Asked after the seats are written."""
    tables: dict[int, set[int]] = {}
    people: set[int] = set()
    for number, who, before, after in wanted:
        people.add(who)
        tables.setdefault(number, set()).update(table for table in (before, after) if table)
    for number, those in tables.items():
        people.update(
            tx.db.scalars(
                select(Seat.attendance_id)
                .join(Round, Round.id == Seat.round_id)
                .where(Round.meeting_id == meeting_id, Round.number == number, Seat.table_number.in_(those))
            )
        )
    found = tx.db.scalars(select(Attendance.person_id).where(Attendance.id.in_(people)).order_by(Attendance.id))
    return tuple(PersonId(each) for each in found)


def sum_up(ctx: Context, meeting_id: MeetingId, *, by_hand: bool = True) -> None:
    """What the seats to come are worth now, worked out anew by the child; consoles look again. `by_hand`: seats were
    changed, not only who has met. Where there is nothing to tell (no plan, nobody left to be planned for), what was
    known stays.
    """
    try:
        with ctx.reading() as db:
            if _newest_plan(db, meeting_id) is None:
                return
            situation = situations.read(db, meeting_id, ctx.now())
            version = situations.version(db, meeting_id)
        asked = {"problem": situation.problem, "begun": situation.begun, "rounds": _without_those_out(situation)}
        asked["partly"] = asked["rounds"] != situation.rounds
        digest: Json = workbench.idle().do("seating.digest", asked)["digest"]
    except (RuleViolation, WrongPhase):
        return

    def work(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        plan = _newest_plan(tx.db, meeting_id)
        if plan is not None and meeting.seating_version == version:
            changed = by_hand or json.loads(plan.digest or "{}").get("by_hand", False)
            plan.digest = json.dumps(digest | {"by_hand": changed}, separators=(",", ":"))
            tx.record(PinsChanged(meeting_id))

    ctx.transaction(work)


def _without_those_out(situation: Situation) -> list[list[list[int]]]:
    """All rounds, without those who sit at a table that takes no part: they meet nobody there."""
    return [
        [[who for who in table if (number, who) not in situation.out] for table in seating]
        for number, seating in enumerate(situation.rounds, start=1)
    ]


def _newest_plan(db: Session, meeting_id: MeetingId) -> SeatingPlan | None:
    question = select(SeatingPlan).where(SeatingPlan.meeting_id == meeting_id)
    return db.scalar(question.order_by(SeatingPlan.id.desc()).limit(1))


def _keys(tx: Tx, meeting_id: int, numbers: Iterable[int]) -> dict[int, tuple[int, RoundPhase]]:
    rows = tx.db.execute(
        select(Round.number, Round.id, Round.phase).where(
            Round.meeting_id == meeting_id, Round.number.in_(list(numbers))
        )
    )
    # A pause is no other stage of a round.
    return {n: (key, RoundPhase.RUNNING if phase in round_rules.GOING_ON else phase) for n, key, phase in rows}


def _now(tx: Tx, keys: Mapping[int, tuple[int, RoundPhase]], number: int, who: int) -> int | None:
    return tx.db.scalar(select(Seat.table_number).where(Seat.round_id == keys[number][0], Seat.attendance_id == who))


def _missed(tx: Tx, keys: Mapping[int, tuple[int, RoundPhase]], number: int, who: int) -> bool:
    question = select(Seat.missed).where(Seat.round_id == keys[number][0], Seat.attendance_id == who)
    return bool(tx.db.scalar(question))


def _seat(
    tx: Tx,
    keys: Mapping[int, tuple[int, RoundPhase]],
    wanted: Sequence[Change],
    missed: Collection[tuple[int, int]] = (),
) -> None:
    for number, who, before, after in wanted:
        here = (Seat.round_id == keys[number][0]) & (Seat.attendance_id == who)
        if after is None:
            tx.db.execute(delete(Seat).where(here))
        elif before is None:
            seat = Seat(round_id=keys[number][0], attendance_id=who, table_number=after)
            seat.missed = (number, who) in missed
            tx.db.add(seat)
        else:
            tx.db.execute(update(Seat).where(here).values(table_number=after))
