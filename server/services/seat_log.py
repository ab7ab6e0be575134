"""The log's lines about seats and what is settled by hand, and how each of them is taken back.

A change of seats has an entry in the journal too, from which the seating board takes it back: whichever way it goes,
the other one knows.
"""

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, aliased

from server.domain.errors import Conflict
from server.domain.events import PinsChanged, SeatsMoved
from server.domain.pins import PairWish
from server.domain.vocabulary import MeetingId, PersonId, RoundPhase, Uid
from server.persistence.models import (
    Action,
    Attendance,
    ClosedTable,
    JournalEntry,
    Meeting,
    SeatingPlan,
    SeatLock,
    SeatPair,
)
from server.services import action_log, room_seats
from server.services.context import Context, Json, Tx
from server.services.room_seats import Change

SEATS = "seats"
PINS = "pins"
Pins = dict[str, list[list[object]]]


def plan_now(db: Session, meeting_id: MeetingId) -> Json:
    """The newest plan and what it is worth, to be noted before seats change."""
    question = select(SeatingPlan.id, SeatingPlan.digest).where(SeatingPlan.meeting_id == meeting_id)
    row = db.execute(question.order_by(SeatingPlan.id.desc()).limit(1)).first()
    return {"plan": row and row.id, "digest": row and row.digest}


def note_seats(
    tx: Tx, meeting_id: MeetingId, entry: Uid, changes: Sequence[Change], plan: Json, by: PersonId | None
) -> None:
    """Seats were changed by hand; nothing to say when nobody has another one."""
    if not changes:
        return
    people = tx.db.scalars(
        select(Attendance.uid).where(Attendance.id.in_({who for _, who, *_ in changes})).order_by(Attendance.id)
    ).all()
    numbers = sorted({number for number, *_ in changes})
    undo = {
        "verb": SEATS,
        "entry": entry,
        "seats": [list(each) for each in changes],
        "phases": {str(number): RoundPhase.PLANNED.value for number in numbers},
        "missed": [],
        **plan,
    }
    params = {"number": numbers[0], "people": list(people)}
    action_log.note(tx, meeting_id=meeting_id, key="seats_changed", params=params, by=by, undo=undo)


def taken_back_on_the_board(tx: Tx, meeting_id: MeetingId, entry: Uid, by: PersonId | None) -> None:
    """The seating board took a change back by its entry of the journal: so did the log."""
    rows = tx.db.scalars(
        select(Action).where(
            Action.meeting_id == meeting_id, Action.undone_at.is_(None), Action.undo.contains(entry, autoescape=True)
        )
    )
    for row in rows:
        row.undone_at = tx.now
        what = {"key": row.key, "params": json.loads(row.params)}
        action_log.note(tx, meeting_id=meeting_id, key=action_log.TAKEN_BACK, params=what, by=by)


def put_seats_back(tx: Tx, asked: Json) -> None:
    """Seats as they were before a change by hand, and kept ones with them. Raises Conflict("undo_in_the_way")."""
    meeting_id = asked["meeting_id"]
    room_seats.put_back(tx, tx.db.get_one(Meeting, meeting_id), asked)
    entry = tx.db.scalar(select(JournalEntry).where(JournalEntry.uid == asked["entry"]))
    if entry is None or entry.undone_at is not None:
        raise Conflict("undo_in_the_way")
    free(tx, entry)
    tx.db.flush()
    tx.record(SeatsMoved(meeting_id, room_seats.company(tx, meeting_id, [tuple(each) for each in asked["seats"]])))


def free(tx: Tx, entry: JournalEntry) -> None:
    """The entry is undone: seats kept by it are kept as they were before."""
    entry.undone_at = tx.now
    for number, attendance, before in json.loads(entry.body)["kept"]:
        tx.db.execute(delete(SeatLock).where(SeatLock.attendance_id == attendance, SeatLock.number == number))
        if before is not None:
            seat = {"attendance_id": attendance, "number": number, "table_number": before}
            tx.db.add(SeatLock(meeting_id=entry.meeting_id, **seat))


def pins_now(db: Session, meeting_id: MeetingId) -> Pins:
    """All that is settled by hand, as it is stored."""
    locks = select(SeatLock.attendance_id, SeatLock.number, SeatLock.table_number)
    pairs = select(SeatPair.uid, SeatPair.first_id, SeatPair.other_id, SeatPair.wish)
    closed = select(ClosedTable.table_number).where(ClosedTable.meeting_id == meeting_id)
    return {
        "locks": [list(row) for row in db.execute(locks.where(SeatLock.meeting_id == meeting_id))],
        "pairs": [[*row[:3], row.wish.value] for row in db.execute(pairs.where(SeatPair.meeting_id == meeting_id))],
        "closed": [list(row) for row in db.execute(closed)],
    }


def note_pins(tx: Tx, meeting_id: MeetingId, before: Pins, line: tuple[str, Json], by: PersonId | None) -> None:
    """Something was settled by hand, or let go."""
    tx.db.flush()
    after = pins_now(tx.db, meeting_id)
    key, params = line
    undo = {
        "verb": PINS,
        "gone": {name: _less(before[name], after[name]) for name in before},
        "new": {name: _less(after[name], before[name]) for name in before},
    }
    action_log.note(tx, meeting_id=meeting_id, key=key, params=params, by=by, undo=undo)


def put_pins_back(tx: Tx, asked: Json) -> None:
    """What was settled before. Raises Conflict("undo_in_the_way") when it has been settled otherwise since."""
    meeting_id = asked["meeting_id"]
    now, gone, new = pins_now(tx.db, meeting_id), asked["gone"], asked["new"]
    if any(_less(new[name], now[name]) for name in new):
        raise Conflict("undo_in_the_way")
    for attendance, number, _ in new["locks"]:
        tx.db.execute(delete(SeatLock).where(SeatLock.attendance_id == attendance, SeatLock.number == number))
    for uid, *_ in new["pairs"]:
        tx.db.execute(delete(SeatPair).where(SeatPair.uid == uid))
    for (table,) in new["closed"]:
        here = (ClosedTable.meeting_id == meeting_id) & (ClosedTable.table_number == table)
        tx.db.execute(delete(ClosedTable).where(here))
    tx.db.add_all(_rows(meeting_id, gone))
    tx.db.execute(update(Meeting).where(Meeting.id == meeting_id).values(seating_version=Meeting.seating_version + 1))
    tx.record(PinsChanged(meeting_id))


def two_of(ctx: Context, meeting_id: MeetingId, pair: Uid) -> Json:
    """Who the two are, for the log."""
    one, other = aliased(Attendance), aliased(Attendance)
    question = (
        select(one.uid, other.uid)
        .select_from(SeatPair)
        .join(one, one.id == SeatPair.first_id)
        .join(other, other.id == SeatPair.other_id)
        .where(SeatPair.meeting_id == meeting_id, SeatPair.uid == pair)
    )
    with ctx.reading() as db:
        found = db.execute(question).first()
    return {"person": found[0], "other": found[1]} if found else {"person": "", "other": ""}


def _rows(meeting_id: MeetingId, gone: Pins) -> Iterable[SeatLock | SeatPair | ClosedTable]:
    for attendance, number, table in gone["locks"]:
        yield SeatLock(meeting_id=meeting_id, attendance_id=attendance, number=number, table_number=table)
    for uid, first, other, wish in gone["pairs"]:
        yield SeatPair(meeting_id=meeting_id, uid=uid, first_id=first, other_id=other, wish=PairWish(str(wish)))
    for (table,) in gone["closed"]:
        yield ClosedTable(meeting_id=meeting_id, table_number=table)


def _less(these: list[list[object]], those: list[list[object]]) -> list[list[object]]:
    return [each for each in these if each not in those]
