"""Somebody comes late, does not come, or leaves early: one press, and only those who lost a partner move.

Where people go is decided by `domain.placing`. In the round that goes on it moves people only while half of it is
left; two people who want to change places there may at any time.
"""

from collections.abc import Callable, Iterable

from sqlalchemy import select

from server.domain import pins as pin_rules
from server.domain import placing
from server.domain.errors import Conflict, RuleViolation, WrongPhase
from server.domain.events import AttendanceChanged, SeatsMoved
from server.domain.placing import When
from server.domain.vocabulary import CheckInKind, MeetingId, PersonId, Uid
from server.persistence.models import Attendance, CheckInEvent, Meeting
from server.services import action_log, door_book, pins, room_seats, situations
from server.services.context import Context, Json, Op, Tx
from server.services.door_book import Desk
from server.services.room_seats import RoomSeats

VERB = "placed"
Line = tuple[str, Json]


def seat_latecomer(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    person: Uid,
    when: When,
    version: int,
    by: PersonId | None = None,
    op: Op | None = None,
) -> Json:
    """Somebody who came late gets a seat in the round that goes on, and in all to come; with `When.NEXT` in the
    latter only. Answers `{number, table, version}`: the first seat (table 0: sits out).

    Raises Conflict("seats_moved_on"), Conflict("no_place_now"), WrongPhase("not_in_room"),
    WrongPhase("has_seat_already"), WrongPhase("no_round_to_come"), NotFound("attendance_unknown").
    """

    def place(seats: RoomSeats) -> tuple[RoomSeats, Line]:
        if not seats.in_room:
            raise WrongPhase("not_in_room")
        after, now = seats, seats.running
        if when is When.NOW:
            moves = None if now is None or seats.key in seats.seats[now] else placing.seat(seats.room(now), seats.key)
            if now is None or moves is None:
                raise Conflict("no_place_now")
            after = room_seats.moved(after, now, moves)
        for number in seats.planned:
            if seats.key not in seats.seats[number]:
                after = room_seats.moved(after, number, placing.seat(after.room(number), seats.key))
        first = next((n for n, *_ in room_seats.changes(seats, after)), None)
        if first is None:
            raise WrongPhase("has_seat_already" if seats.planned else "no_round_to_come")
        key = "seated_now" if when is When.NOW else "seated_next"
        return after, (key, {"person": person, "number": first, "table": after.seats[first][seats.key]})

    return _press(ctx, meeting_id, person, version, place, by, op)


def no_show(
    ctx: Context, *, meeting_id: MeetingId, person: Uid, version: int, by: PersonId | None = None, op: Op | None = None
) -> Json:
    """Somebody did not come, or left without a word: their seats are free, and whoever would wait for them sits
    elsewhere. If they come after all, they come late. Answers `{moved, version}`: how many others have another seat.

    Raises Conflict("seats_moved_on"), WrongPhase("came_already"), WrongPhase("has_no_seat"), NotFound.
    """

    def place(seats: RoomSeats) -> tuple[RoomSeats, Line]:
        if seats.in_room:
            raise WrongPhase("came_already")
        after = _without(ctx, seats, keeps_running_seat=False)
        if after == seats:
            raise WrongPhase("has_no_seat")
        return after, ("left_early" if seats.came else "no_show", {"person": person})

    return _press(ctx, meeting_id, person, version, place, by, op)


def leave_early(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    person: Uid,
    version: int,
    desk: Desk,
    by: PersonId | None = None,
    op: Op | None = None,
) -> Json:
    """Somebody goes before the end: the door's book says so, and only those who lost a partner sit elsewhere.

    Answers and raises as `no_show`, but WrongPhase("not_in_room") for somebody who is not here.
    """

    def place(seats: RoomSeats) -> tuple[RoomSeats, Line]:
        if not seats.in_room:
            raise WrongPhase("not_in_room")
        return _without(ctx, seats, keeps_running_seat=True), ("left_early", {"person": person})

    def go(tx: Tx) -> Json:
        row = door_book.locked(tx, meeting_id, person)
        entry = door_book.open_entry(tx, row)
        if entry is None:
            raise WrongPhase("not_in_room")
        door_book.close(tx, row, entry, CheckInKind.EXIT, desk)
        row.left_at = tx.now
        tx.record(AttendanceChanged(meeting_id, person))
        return {"entry": entry.id, "left_at": tx.now.isoformat()}

    return _press(ctx, meeting_id, person, version, place, by, op, also=go)


def swap(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    person: Uid,
    other: Uid,
    version: int,
    by: PersonId | None = None,
    op: Op | None = None,
) -> Json:
    """Two people change places in the round that goes on; the rounds to come stay as they are. Answers `{version}`.

    Raises Conflict("seats_moved_on"), WrongPhase("no_places_to_change") unless both have a seat at different tables of
    a round that goes on, RuleViolation("kept_apart"), NotFound("attendance_unknown").
    """
    with ctx.reading() as db:
        partner = pins.attendance_of(db, meeting_id, other)

    def place(seats: RoomSeats) -> tuple[RoomSeats, Line]:
        number = seats.running
        held = {} if number is None else seats.seats[number]
        here, there = held.get(seats.key), held.get(partner)
        if number is None or here is None or there is None or here == there:
            raise WrongPhase("no_places_to_change")
        after = seats.with_seats(number, {seats.key: there, partner: here})
        if any(_sit_together(after, number, pair) and not _sit_together(seats, number, pair) for pair in seats.apart):
            raise RuleViolation("kept_apart")
        return after, ("swapped", {"person": person, "other": other, "number": number})

    return _press(ctx, meeting_id, person, version, place, by, op)


def _sit_together(seats: RoomSeats, number: int, pair: Iterable[int]) -> bool:
    one, other = (seats.seats[number].get(each) for each in pair)
    return bool(one) and one == other


def _without(ctx: Context, seats: RoomSeats, *, keeps_running_seat: bool) -> RoomSeats:
    """The seats when somebody is gone. Whoever sat in the round that goes on keeps having sat there."""
    after, now = seats, seats.running
    if now is not None and seats.key in seats.seats[now]:
        clock = seats.clocks[now]
        room = seats.room(now)
        moves = placing.after_leaving(_with(room, seats, now), seats.key)
        if placing.when(clock.left(ctx.now()), clock.length, place=bool(moves)) is When.NOW:
            after = after.with_seats(now, dict(moves) | ({} if keeps_running_seat else {seats.key: None}))
    for number in seats.planned:
        if seats.key in seats.seats[number]:
            moves = placing.after_leaving(_with(after.room(number), after, number), seats.key)
            after = after.with_seats(number, {**moves, seats.key: None})
    return after


def _with(room: placing.Room, seats: RoomSeats, number: int) -> placing.Room:
    """The room with the one who is gone still in their seat, whether they ever were here or not."""
    table = seats.seats[number][seats.key]
    if seats.key in room.tables.get(table, ()):
        return room
    return placing.Room(**vars(room) | {"tables": {**room.tables, table: (*room.tables.get(table, ()), seats.key)}})


def _press(
    ctx: Context,
    meeting_id: MeetingId,
    person: Uid,
    version: int,
    place: Callable[[RoomSeats], tuple[RoomSeats, Line]],
    by: PersonId | None,
    op: Op | None,
    *,
    also: Callable[[Tx], Json] | None = None,
) -> Json:
    """Read, decide, write; and sum up what the seats are worth."""
    if (before := ctx.answered(op)) is not None:
        return before
    with ctx.reading() as db:
        pin_rules.check_version(version, situations.version(db, meeting_id))
        seats = room_seats.read(db, meeting_id, person)
    after, (key, params) = place(seats)
    wanted = room_seats.changes(seats, after)

    def work(tx: Tx) -> Json:
        meeting = pins.locked(tx, meeting_id, version)
        room_seats.check_unchanged(tx, meeting_id, seats)
        gone = also(tx) if also is not None else None
        kept = room_seats.write(tx, meeting, wanted)
        undo = {"verb": VERB, "person": person, "gone": gone, **kept}
        action_log.note(tx, meeting_id=meeting_id, key=key, params=params, by=by, undo=undo)
        tx.db.flush()
        tx.record(SeatsMoved(meeting_id, room_seats.company(tx, meeting_id, wanted) or (seats.person_id,)))
        others = {who for _, who, *_ in wanted} - {seats.key}
        answer: Json = {"moved": len(others), "version": meeting.seating_version}
        return answer | {name: params[name] for name in ("number", "table") if name in params}

    answer = ctx.transaction(work, op=op)
    room_seats.sum_up(ctx, meeting_id)
    return answer


def put_back(tx: Tx, asked: Json) -> None:
    """Everybody has their seat of before, and whoever left is in the room. Raises Conflict("undo_in_the_way")."""
    meeting_id = asked["meeting_id"]
    meeting = tx.db.get_one(Meeting, meeting_id)
    room_seats.put_back(tx, meeting, asked)
    if asked["gone"] is not None:
        _here_again(tx, meeting_id, Uid(asked["person"]), asked["gone"])
    tx.db.flush()
    wanted = [tuple(each) for each in asked["seats"]]
    own = tx.db.scalar(
        select(Attendance.person_id).where(Attendance.meeting_id == meeting_id, Attendance.uid == asked["person"])
    )
    people = room_seats.company(tx, meeting_id, wanted) or (() if own is None else (PersonId(own),))
    tx.record(SeatsMoved(meeting_id, people))


def _here_again(tx: Tx, meeting_id: MeetingId, person: Uid, gone: Json) -> None:
    """The exit was a mistake: in the book the entry is written anew, as of its own time."""
    row = door_book.locked(tx, meeting_id, person)
    if row.left_at is None or row.left_at.isoformat() != gone["left_at"]:
        raise Conflict("undo_in_the_way")
    entry = tx.db.get_one(CheckInEvent, gone["entry"])
    again = {"attendance_id": row.id, "arrived_at": tx.now, "desk": entry.desk, "session_id": entry.session_id}
    void = CheckInEvent(kind=CheckInKind.VOID, happened_at=tx.now, closes_id=entry.id, reason="exit_undone", **again)
    tx.db.add(void)
    tx.db.add(CheckInEvent(kind=CheckInKind.ENTRY, happened_at=entry.happened_at, is_open=True, **again))
    row.left_at = None
    tx.record(AttendanceChanged(meeting_id, person))
