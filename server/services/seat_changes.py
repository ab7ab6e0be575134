"""Storing changed seats: checked, written, remembered so that they can be taken back, and summed up anew.

Whoever is moved by hand keeps the seat when the rounds are planned again. Only the hardest rules refuse a change: two
people who are to be kept apart, somebody left alone at a table.
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from server.domain import pins as rules
from server.domain.errors import RuleViolation
from server.domain.events import SeatsMoved
from server.domain.pins import PairWish
from server.domain.vocabulary import MeetingId, PersonId, Uid
from server.persistence.models import (
    Attendance,
    JournalEntry,
    Meeting,
    Round,
    Seat,
    SeatingPlan,
    SeatLock,
    SeatPair,
)
from server.services import journal, pins, seat_log, workbench
from server.services.context import Context, Json, Op, Tx
from server.services.situations import Situation

KIND = "seats"
"""The journal's word for these changes."""


@dataclass(frozen=True)
class Change:
    """Somebody's table in one round before and after (0: sits out; None: no seat at all)."""

    number: int
    attendance: int
    before: int | None
    after: int | None


def seats_in(situation: Situation, number: int) -> dict[int, int]:
    """Who sits at which table of a round: attendance → table."""
    tables = situation.seats.get(number, {})
    return {attendance: table for table, people in tables.items() for attendance in people}


def apply(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    version: int,
    situation: Situation,
    changes: Sequence[Change],
    takes_back: int | None = None,
    by: PersonId | None = None,
    op: Op | None = None,
) -> Json:
    """Change seats that somebody saw in `version`; `takes_back` is the journal's entry that is undone by it.

    Answers `{version}`. Raises Conflict("seats_moved_on"), WrongPhase("round_has_begun") and, for a change that
    takes nothing back, RuleViolation("kept_apart") or RuleViolation("nobody_sits_alone").
    """
    after = {number: _after(situation, number, changes) for number in sorted({each.number for each in changes})}
    digest = _digest(situation, after)

    def work(tx: Tx) -> Json:
        meeting = pins.locked(tx, meeting_id, version)
        for number in after:
            rules.check_round(number, pins.phases(tx.db, meeting_id))
        if takes_back is None:
            for number, seats in after.items():
                _check_company(tx.db, meeting_id, seats, [each for each in changes if each.number == number])
            plan = seat_log.plan_now(tx.db, meeting_id)
            entry = _remember(tx, meeting, changes)
            noted = [(each.number, each.attendance, each.before, each.after) for each in changes]
            seat_log.note_seats(tx, meeting_id, entry, noted, plan, by)
        else:
            undone = tx.db.get_one(JournalEntry, takes_back)
            seat_log.free(tx, undone)
            seat_log.taken_back_on_the_board(tx, meeting_id, Uid(undone.uid), by)
        _write(tx.db, meeting_id, changes, keep=takes_back is None)
        newest = select(SeatingPlan.id).where(SeatingPlan.meeting_id == meeting_id)
        newest = newest.order_by(SeatingPlan.id.desc()).limit(1)
        tx.db.execute(
            update(SeatingPlan)
            .where(SeatingPlan.id == newest.scalar_subquery())
            .values(digest=json.dumps(digest, separators=(",", ":")))
        )
        meeting.seating_version += 1
        tx.record(SeatsMoved(meeting_id, _company(tx.db, situation, after, changes)))
        return {"version": meeting.seating_version}

    return ctx.transaction(work, op=op)


def _after(situation: Situation, number: int, changes: Sequence[Change]) -> dict[int, int]:
    """Who sits at which table of a round once the changes are made."""
    seats: dict[int, int | None] = dict(seats_in(situation, number))
    seats |= {each.attendance: each.after for each in changes if each.number == number}
    return {attendance: table for attendance, table in seats.items() if table is not None}


def _digest(situation: Situation, after: Mapping[int, Mapping[int, int]]) -> Json:
    """What the seats are worth once they are changed."""
    rounds = list(situation.rounds)
    for number, seats in after.items():
        rounds[number - 1] = situation.with_seats(number, seats)
    asked = {"problem": situation.problem, "begun": situation.begun, "rounds": rounds}
    answer: Json = workbench.idle().do("seating.digest", asked)["digest"]
    return answer | {"by_hand": True}


def _check_company(db: Session, meeting_id: MeetingId, seats: Mapping[int, int], changes: Collection[Change]) -> None:
    """Nobody whom it is about sits with somebody they are kept apart from, and nobody is left alone."""
    moved = {each.attendance for each in changes}
    apart = db.execute(
        select(SeatPair.first_id, SeatPair.other_id).where(
            SeatPair.meeting_id == meeting_id, SeatPair.wish == PairWish.APART
        )
    )
    for one, other in apart:
        if {one, other} & moved and seats.get(one, 0) == seats.get(other, 0) > 0:
            raise RuleViolation("kept_apart")
    sizes = Counter(seats.values())
    touched = {table for each in changes for table in (each.before, each.after) if table}
    if any(sizes[table] == 1 for table in touched):
        raise RuleViolation("nobody_sits_alone")


def _remember(tx: Tx, meeting: Meeting, changes: Sequence[Change]) -> Uid:
    """Write the change down, and forget those whose term is over."""
    kept = {
        (attendance, number): table
        for attendance, number, table in tx.db.execute(
            select(SeatLock.attendance_id, SeatLock.number, SeatLock.table_number).where(
                SeatLock.meeting_id == meeting.id
            )
        )
    }
    body = {
        "seats": [[each.number, each.attendance, each.before, each.after] for each in changes],
        "kept": [[each.number, each.attendance, kept.get((each.attendance, each.number))] for each in changes],
    }
    return journal.write(tx, KIND, body, group_id=meeting.group_id, meeting_id=meeting.id)


def _write(db: Session, meeting_id: MeetingId, changes: Sequence[Change], *, keep: bool) -> None:
    """Put people at their tables; with `keep` they stay there when the rounds are planned again."""
    rounds = db.execute(select(Round.number, Round.id).where(Round.meeting_id == meeting_id))
    key = {row.number: row.id for row in rounds}
    for each in changes:
        here = (Seat.round_id == key[each.number]) & (Seat.attendance_id == each.attendance)
        if each.after is None:
            db.execute(delete(Seat).where(here))
        elif each.before is None:
            db.add(
                Seat(
                    round_id=key[each.number],
                    attendance_id=each.attendance,
                    table_number=each.after,
                    missed=False,
                )
            )
        else:
            db.execute(update(Seat).where(here).values(table_number=each.after))
        if keep and each.after:
            pins.put_lock(db, meeting_id, each.attendance, each.number, each.after)


def _company(
    db: Session, situation: Situation, after: Mapping[int, Mapping[int, int]], changes: Sequence[Change]
) -> tuple[PersonId, ...]:
    """Everybody at a table that somebody came to or left."""
    found: set[int] = set()
    for each in changes:
        for seats in (seats_in(situation, each.number), after[each.number]):
            found |= {who for who, table in seats.items() if table and table in (each.before, each.after)}
        found.add(each.attendance)
    people = db.scalars(select(Attendance.person_id).where(Attendance.id.in_(found)).order_by(Attendance.id))
    return tuple(PersonId(person) for person in people)
