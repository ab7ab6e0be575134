"""Taking a plan back: the seats, the rounds and what was settled by hand as they were before somebody pressed "plan".

The press stands in the log at once; what it takes to take it back is added when the plan is stored, and again when
the planner has improved it behind the next round.
"""

import json
from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from server.domain.errors import Conflict
from server.domain.events import ActionNoted, SeatingPlanned
from server.domain.table_states import TableState
from server.domain.undo import UNDO_FOR
from server.domain.vocabulary import MeetingId, RoundPhase, Uid
from server.persistence.models import Action, Meeting, Round, RoundTable, Seat, SeatingPlan, SeatLock
from server.services import action_log
from server.services.context import Json, Tx

VERB = "plan"
MOST = 1000
"""The seats of a greater crowd are not put back by one press: everybody at the door would wait."""
Stored = Callable[[Tx, Json], None]


def look(db: Session, meeting_id: MeetingId) -> Json:
    """The rounds to come as they are, to be compared with what they become."""
    rows = db.scalars(select(Round).where(Round.meeting_id == meeting_id, Round.phase == RoundPhase.PLANNED)).all()
    numbers = {row.id: row.number for row in rows}
    seats = db.execute(select(Seat.round_id, Seat.attendance_id, Seat.table_number).where(Seat.round_id.in_(numbers)))
    out = db.execute(
        select(RoundTable.round_id, RoundTable.table_number, RoundTable.state).where(RoundTable.round_id.in_(numbers))
    )
    locks = db.execute(
        select(SeatLock.attendance_id, SeatLock.number, SeatLock.table_number).where(SeatLock.meeting_id == meeting_id)
    )
    plan = select(SeatingPlan.id).where(SeatingPlan.meeting_id == meeting_id).order_by(SeatingPlan.id.desc()).limit(1)
    return {
        "rounds": {str(row.number): row.length_ms for row in rows},
        "seats": sorted([numbers[round_id], who, table] for round_id, who, table in seats),
        "out": sorted([numbers[round_id], table, state.value] for round_id, table, state in out),
        "locks": sorted(list(row) for row in locks),
        "plan": db.scalar(plan),
    }


def stored(action: Uid) -> Stored:
    """For the press with this uid in the log: what to do inside the transaction that stores its plan.

    `before` is what `look` saw at its beginning.
    """

    def note(tx: Tx, before: Json) -> None:
        tx.db.flush()
        row = tx.db.scalars(select(Action).where(Action.uid == action)).one()
        if row.undo:
            # Improved since: what was before the press stays before.
            before = json.loads(row.undo)["before"]
        meeting_id = MeetingId(row.meeting_id)
        row.undo = action_log.stored({"verb": VERB, "before": before, "after": look(tx.db, meeting_id)})
        row.undo_until = tx.now + UNDO_FOR
        tx.record(ActionNoted(meeting_id))

    return note


def put_back(tx: Tx, asked: Json) -> None:
    """The rounds to come as they were. Raises Conflict("undo_in_the_way") when they are not as the plan left them."""
    meeting_id, before, after = asked["meeting_id"], asked["before"], asked["after"]
    if look(tx.db, meeting_id) != after:
        raise Conflict("undo_in_the_way")
    rows = {
        str(row.number): row
        for row in tx.db.scalars(select(Round).where(Round.meeting_id == meeting_id, Round.phase == RoundPhase.PLANNED))
    }
    if not before["rounds"].keys() <= rows.keys():
        raise Conflict("undo_in_the_way")
    keys = [row.id for row in rows.values()]
    tx.db.execute(delete(Seat).where(Seat.round_id.in_(keys)))
    tx.db.execute(delete(RoundTable).where(RoundTable.round_id.in_(keys)))
    for number, row in rows.items():
        if number in before["rounds"]:
            row.length_ms = before["rounds"][number]
        else:
            tx.db.execute(delete(Round).where(Round.id == row.id))
    released = [each for each in before["locks"] if each not in after["locks"]]
    tx.db.add_all(_rows(meeting_id, before, released, {int(number): row.id for number, row in rows.items()}))
    tx.db.execute(
        delete(SeatingPlan).where(SeatingPlan.meeting_id == meeting_id, SeatingPlan.id > (before["plan"] or 0))
    )
    tx.db.get_one(Meeting, meeting_id).seating_version += 1
    tx.record(SeatingPlanned(meeting_id))


def _rows(
    meeting_id: MeetingId, before: Json, released: Iterable[list[int]], key: Mapping[int, int]
) -> Iterable[Seat | RoundTable | SeatLock]:
    for number, who, table in before["seats"]:
        yield Seat(round_id=key[number], attendance_id=who, table_number=table, missed=False)
    for number, table, state in before["out"]:
        yield RoundTable(round_id=key[number], table_number=table, state=TableState(state))
    for who, number, table in released:
        yield SeatLock(meeting_id=meeting_id, attendance_id=who, number=number, table_number=table)
