"""The seating board: one round with everybody at their tables, and what somebody has settled by hand."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from server.domain import names
from server.domain.errors import NotFound
from server.domain.pins import EVERY_ROUND
from server.domain.vocabulary import MeetingId, MeetingStatus, RoundPhase, Standing, Uid
from server.persistence.models import Attendance, Meeting, Person, Round, Seat, SeatingPlan, SeatLock
from server.services import meetings, pins, rounds, seat_moves
from server.services.context import Context, breathe
from server.services.meetings import MeetingView
from server.services.pins import Settled
from server.services.rounds import RoundView
from server.services.seat_moves import LastChange

ROWS = 400


@dataclass(frozen=True)
class Sitting:
    """Somebody on the board. `table` 0 sits out, None has no seat."""

    uid: Uid
    name: str
    company: str
    standing: Standing
    here: bool
    table: int | None
    kept: bool
    host: bool
    met: tuple[str, ...]
    """Who at the table they have met before."""


@dataclass(frozen=True)
class Chosen:
    """Somebody chosen in a round. `table` as in `Sitting`; `planned`: the round's seats may still be changed."""

    uid: Uid
    name: str
    number: int
    table: int | None
    kept: bool
    host: bool
    planned: bool


@dataclass(frozen=True)
class SeatBoard:
    """A round to look at and, while it has not begun, to change."""

    meeting: MeetingView
    rounds: tuple[RoundView, ...]
    number: int
    """The round shown; 0 without rounds."""
    planned: bool
    """Whether its seats may still be changed."""
    tables: Mapping[int, tuple[Sitting, ...]]
    sits_out: tuple[Sitting, ...]
    seatless: tuple[Sitting, ...]
    """In the room, without a seat in this round."""
    settled: Settled
    last: LastChange | None
    version: int


def board(ctx: Context, meeting_id: MeetingId, number: int | None = None) -> SeatBoard:
    """A round of a meeting; without a number the next one to come. At most nine statements."""
    with ctx.reading() as db:
        row = db.get_one(Meeting, meeting_id)
        meeting, version = meetings.view(db, meeting_id), row.seating_version
        every = rounds.all_rounds(db, meeting_id)
        shown = _shown(every, number)
        settled = pins.settled(db, meeting_id)
        people = _people(db, meeting_id, shown.number if shown else 0, settled)
        if meeting.status is MeetingStatus.DRAFT:
            # Before the doors open nobody is missing yet.
            people = [replace(each, here=True) for each in people]
        last = seat_moves.last_change(db, meeting_id)
    tables: dict[int, list[Sitting]] = {}
    for each in people:
        if each.table:
            tables.setdefault(each.table, []).append(each)
    return SeatBoard(
        meeting=meeting,
        rounds=every,
        number=shown.number if shown else 0,
        planned=shown is not None and shown.phase is RoundPhase.PLANNED,
        tables={table: tuple(tables[table]) for table in sorted(tables)},
        sits_out=tuple(each for each in people if each.table == 0),
        seatless=tuple(each for each in people if each.table is None and each.here),
        settled=settled,
        last=last,
        version=version,
    )


def chosen(ctx: Context, meeting_id: MeetingId, number: int, uid: Uid) -> Chosen:
    """Somebody on the list, in one round. One statement. Raises NotFound("attendance_unknown") or ("round_unknown")."""
    kept, host = aliased(SeatLock), aliased(SeatLock)
    question = (
        select(
            Person.given_name,
            Person.family_name,
            Round.phase,
            Seat.table_number,
            kept.id.label("kept"),
            host.id.label("host"),
        )
        .select_from(Attendance)
        .join(Person, Person.id == Attendance.person_id)
        .outerjoin(Round, (Round.meeting_id == meeting_id) & (Round.number == number))
        .outerjoin(Seat, (Seat.attendance_id == Attendance.id) & (Seat.round_id == Round.id))
        .outerjoin(kept, (kept.attendance_id == Attendance.id) & (kept.number == number))
        .outerjoin(host, (host.attendance_id == Attendance.id) & (host.number == EVERY_ROUND))
        .where(Attendance.meeting_id == meeting_id, Attendance.uid == uid)
    )
    with ctx.reading() as db:
        row = db.execute(question).first()
    if row is None:
        raise NotFound("attendance_unknown")
    if row.phase is None:
        raise NotFound("round_unknown", number=number)
    return Chosen(
        uid=uid,
        name=names.full_name(row.given_name, row.family_name),
        number=number,
        table=row.table_number,
        kept=row.kept is not None,
        host=row.host is not None,
        planned=row.phase is RoundPhase.PLANNED,
    )


def _shown(every: tuple[RoundView, ...], number: int | None) -> RoundView | None:
    """The round asked for, else the next to come, else the last."""
    asked = next((each for each in every if each.number == number), None)
    coming = next((each for each in every if each.phase is RoundPhase.PLANNED), None)
    return asked or coming or (every[-1] if every else None)


def _people(db: Session, meeting_id: MeetingId, number: int, settled: Settled) -> list[Sitting]:
    """Everybody with a seat in the round or in the room, by table and name. Two statements."""
    kept = {each.uid for each in settled.kept if each.number == number}
    hosts = {each.uid for each in settled.hosts}
    question = (
        select(
            Attendance.id,
            Attendance.uid,
            Attendance.standing,
            Attendance.entered_at,
            Attendance.left_at,
            Person.given_name,
            Person.family_name,
            Person.company,
            Person.sort_key,
            Seat.table_number,
        )
        .join(Person, Person.id == Attendance.person_id)
        .outerjoin(Round, (Round.meeting_id == meeting_id) & (Round.number == number))
        .outerjoin(Seat, (Seat.attendance_id == Attendance.id) & (Seat.round_id == Round.id))
        .where(Attendance.meeting_id == meeting_id)
    )
    rows: list[Any] = []
    for portion in db.connection().execute(question).partitions(ROWS):
        rows += portion
        breathe()
    names_of = {row.id: names.full_name(row.given_name, row.family_name) for row in rows}
    met = _met(db, meeting_id, number)
    rows.sort(key=lambda row: (row.table_number is None, row.table_number, row.sort_key, row.id))
    return [
        Sitting(
            uid=Uid(row.uid),
            name=names_of[row.id],
            company=row.company,
            standing=row.standing,
            here=row.entered_at is not None and row.left_at is None,
            table=row.table_number,
            kept=row.uid in kept,
            host=row.uid in hosts,
            met=tuple(names_of.get(other, "") for other in met.get(row.id, ())),
        )
        for row in rows
        if row.table_number is not None or (row.entered_at is not None and row.left_at is None)
    ]


def _met(db: Session, meeting_id: MeetingId, number: int) -> dict[int, list[int]]:
    """Who sits in the round with somebody they met before, as it was when the seats were last summed up."""
    digest = db.scalar(
        select(SeatingPlan.digest).where(SeatingPlan.meeting_id == meeting_id).order_by(SeatingPlan.id.desc()).limit(1)
    )
    found: dict[int, list[int]] = {}
    for index, one, other in json.loads(digest)["again"] if digest else ():
        if index + 1 == number:
            found.setdefault(one, []).append(other)
            found.setdefault(other, []).append(one)
    return found
