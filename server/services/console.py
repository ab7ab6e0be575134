"""The facilitator's picture of the room: the rounds, who sits where, who is missing, the agenda and the drift."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.domain import names, placing
from server.domain import rounds as rules
from server.domain.placing import When
from server.domain.vocabulary import MeetingId, MeetingStatus, RoundPhase, Standing, Uid
from server.persistence.models import Attendance, Meeting, Person
from server.services import agenda_board, meetings, pins, rounds, seat_reading, seating
from server.services.agenda_board import AgendaBoard
from server.services.context import Context, breathe
from server.services.meetings import MeetingView
from server.services.rounds import RoundView
from server.services.seating import RoundSeating, Seated


@dataclass(frozen=True)
class Gap:
    """Somebody with a seat who is not in the room, and who waits for them."""

    who: Seated
    number: int
    left: bool
    """True for somebody who was here and went."""
    alone: tuple[Seated, ...]
    """The people at the table, when fewer than two of them are in the room."""


@dataclass(frozen=True)
class Listed:
    """Somebody on the list, as far as the console needs to know them."""

    uid: Uid
    given_name: str
    family_name: str
    standing: Standing
    entered_at: datetime | None
    left_at: datetime | None

    @property
    def name(self) -> str:
        """The whole name as typed."""
        return names.full_name(self.given_name, self.family_name)

    @property
    def in_room(self) -> bool:
        """Whether the person is in the room now."""
        return self.entered_at is not None and self.left_at is None


@dataclass(frozen=True)
class Wanting:
    """What planning again would mend in the rounds to come, the next of which is `number`."""

    number: int
    seatless: int
    """People in the room without a seat."""
    missing: int
    """People with a seat who are not in the room."""
    alone: int
    """Tables at which one person would sit alone."""
    unfollowed: bool
    """Something settled by hand that the seats do not follow yet."""

    def __bool__(self) -> bool:
        return bool(self.seatless or self.missing or self.alone or self.unfollowed)


@dataclass(frozen=True)
class Board:
    """All that the console shows beside the clock."""

    now: datetime
    meeting: MeetingView
    rounds: tuple[RoundView, ...]
    current: RoundView | None
    seating: tuple[RoundSeating, ...]
    here: int
    """People in the room now."""
    present: frozenset[Uid]
    """Their attendances."""
    gaps: tuple[Gap, ...]
    seatless: tuple[Listed, ...]
    """People in the room without a seat in the round that comes (or runs, when it is the last)."""
    wanting: Wanting | None
    """None while no round is to come."""
    agenda: AgendaBoard
    late: Mapping[Uid, When]
    """When each of `seatless` would get a seat: now, or from the next round on."""
    may_plan: bool
    """Whether a round is left to be planned."""


def board(ctx: Context, meeting_id: MeetingId) -> Board:
    """The picture of the room now. Six statements."""
    now = ctx.now()
    with ctx.reading() as db:
        row = db.get_one(Meeting, meeting_id)  # held, so that the agenda need not ask for it again
        meeting = meetings.as_view(row)
        every = rounds.all_rounds(db, meeting_id)
        seats = seating.shown(db, meeting_id, every)
        people = _list(db, meeting_id)
        unfollowed = pins.unfollowed(db, meeting_id)
        in_room = frozenset(person.uid for person in people if person.in_room)
        agenda = agenda_board.of(db, meeting, every, now, here=len(in_room))
    by_uid = {person.uid: person for person in people}
    # Before the doors open nobody is missing yet: whoever is expected has their seat.
    present = frozenset(by_uid) if meeting.status is MeetingStatus.DRAFT else in_room
    begun = max((each.number for each in every if each.phase is not RoundPhase.PLANNED), default=0)
    return Board(
        now=now,
        meeting=meeting,
        rounds=every,
        current=rounds.current_of(every),
        seating=seats,
        here=len(in_room),
        present=present,
        gaps=_gaps(seats, by_uid, present),
        seatless=_seatless(seats, people),
        wanting=_wanting(meeting, every, seats, people, unfollowed),
        agenda=agenda,
        late=_late(meeting, every, seats, in_room, _seatless(seats, people), now),
        may_plan=begun < meeting.rounds_wanted,
    )


def _list(db: Session, meeting_id: MeetingId) -> tuple[Listed, ...]:
    """Everybody on the list, in the order of their names. One statement."""
    question = (
        select(
            Attendance.uid,
            Person.given_name,
            Person.family_name,
            Attendance.standing,
            Attendance.entered_at,
            Attendance.left_at,
            Person.sort_key,
            Attendance.id,
        )
        .join(Person, Person.id == Attendance.person_id)
        .where(Attendance.meeting_id == meeting_id)
    )
    rows: list[Any] = []
    # A thousand people in portions: the door and the phones have their turn in between.
    for portion in db.connection().execute(question).partitions(seat_reading.ROWS):
        rows += portion
        breathe()
    rows.sort(key=lambda row: (row.sort_key, row.id))
    return tuple(Listed(Uid(row.uid), *row[1:6]) for row in rows)


def _wanting(
    meeting: MeetingView,
    every: tuple[RoundView, ...],
    seats: tuple[RoundSeating, ...],
    people: tuple[Listed, ...],
    unfollowed: bool,
) -> Wanting | None:
    coming = next((each for each in seats if each.phase is RoundPhase.PLANNED), None)
    if coming is None or meeting.status is not MeetingStatus.OPEN:
        return None
    # Before the first round whoever has not come yet is still on the way.
    begun = any(each.phase is not RoundPhase.PLANNED for each in every)
    away = {person.uid for person in people if not person.in_room and (begun or person.left_at is not None)}
    seated = {seat.uid for table in coming.tables.values() for seat in table}
    company = [sum(seat.uid not in away for seat in table) for number, table in coming.tables.items() if number]
    present = {person.uid for person in people if person.in_room}
    return Wanting(
        number=coming.number,
        seatless=len(present - seated),
        missing=len(seated & away),
        alone=company.count(1),
        unfollowed=unfollowed,
    )


def _gaps(seats: tuple[RoundSeating, ...], by_uid: Mapping[Uid, Listed], present: frozenset[Uid]) -> tuple[Gap, ...]:
    """Every person once, in the first round shown in which they are missing. Rounds that ended are past."""
    found: dict[Uid, Gap] = {}
    for this_round in seats:
        if this_round.phase is RoundPhase.ENDED:
            continue
        for table, people in this_round.tables.items():
            here = [seat for seat in people if seat.uid in present]
            for seat in people:
                if seat.uid in present or seat.uid in found:
                    continue
                person = by_uid.get(seat.uid)
                left = person is not None and person.left_at is not None
                alone = tuple(here) if table and len(here) < 2 else ()
                found[seat.uid] = Gap(seat, this_round.number, left, alone)
    return tuple(found.values())


def _late(
    meeting: MeetingView,
    every: tuple[RoundView, ...],
    seats: tuple[RoundSeating, ...],
    in_room: frozenset[Uid],
    seatless: tuple[Listed, ...],
    now: datetime,
) -> dict[Uid, When]:
    """What the console offers whoever has no seat, by the time that is left and the places there are."""
    if meeting.status is not MeetingStatus.OPEN:
        return {}
    running = next((each for each in every if each.phase in rules.GOING_ON), None)
    place, seated = False, frozenset[Uid]()
    if running is not None:
        tables = next(each for each in seats if each.number == running.number).tables
        keys = {uid: key for key, uid in enumerate(sorted(in_room))}
        sitting = {n: tuple(keys[each.uid] for each in people if each.uid in keys) for n, people in tables.items()}
        room = placing.Room(sitting, size=meeting.table_size, going_on=True)
        place = placing.seat(room, len(keys)) is not None
        seated = frozenset(each.uid for people in tables.values() for each in people)
    to_come = any(each.phase is RoundPhase.PLANNED for each in every)
    found = {}
    for person in seatless:
        when = When.NEXT
        if running is not None and person.uid not in seated:
            when = placing.when(running.clock.left(now), running.clock.length, place=place)
        if when is When.NOW or to_come:
            found[person.uid] = when
    return found


def _seatless(seats: tuple[RoundSeating, ...], people: tuple[Listed, ...]) -> tuple[Listed, ...]:
    coming = [each for each in seats if each.phase is RoundPhase.PLANNED]
    wanted = coming or [each for each in seats if each.phase in rules.GOING_ON]
    if not wanted:
        return ()
    seated = {seat.uid for table in wanted[0].tables.values() for seat in table}
    return tuple(person for person in people if person.in_room and person.uid not in seated)
