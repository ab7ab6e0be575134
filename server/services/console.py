"""The facilitator's picture of the room: the rounds, who sits where, who is missing, the agenda and the drift."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from server.domain import meetings as meeting_rules
from server.domain import rounds as rules
from server.domain.vocabulary import MeetingId, RoundPhase, Uid
from server.persistence.models import AgendaItem
from server.services import attendance, meetings, rounds, seating
from server.services.attendance import RoomPerson
from server.services.context import Context
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
class Slot:
    """One line of the agenda: when it begins by plan, what it is, where it stands by the clock."""

    at: datetime
    title: str
    minutes: int
    state: str
    over: int
    """Minutes that the rounds take longer than planned, on the line of the rounds."""


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
    seatless: tuple[RoomPerson, ...]
    """People in the room without a seat in the round that comes (or runs, when it is the last)."""
    agenda: tuple[Slot, ...]
    ends_at: datetime | None
    """When the rounds will be over as things stand; None before they are due."""
    drift: int | None
    """Whole minutes later (or, negative, earlier) than the agenda says; None without an agenda or before."""
    may_plan: bool
    """Whether a round is left to be planned."""


def board(ctx: Context, meeting_id: MeetingId) -> Board:
    """The picture of the room now. Five statements."""
    now = ctx.now()
    with ctx.reading() as db:
        meeting = meetings.view(db, meeting_id)
        every = rounds.all_rounds(db, meeting_id)
        seats = seating.shown(db, meeting_id, every)
        people = attendance.room(db, meeting_id)
        items = db.scalars(
            select(AgendaItem).where(AgendaItem.meeting_id == meeting_id).order_by(AgendaItem.position)
        ).all()
    lines = meeting_rules.Agenda(
        tuple(meeting_rules.AgendaItem(item.kind, item.title, item.minutes) for item in items)
    )
    by_uid = {person.uid: person for person in people}
    present = frozenset(person.uid for person in people if person.in_room)
    ends_at, drift = _drift(meeting, lines, every, now)
    begun = max((each.number for each in every if each.phase is not RoundPhase.PLANNED), default=0)
    return Board(
        now=now,
        meeting=meeting,
        rounds=every,
        current=rounds.current_of(every),
        seating=seats,
        here=len(present),
        present=present,
        gaps=_gaps(seats, by_uid, present),
        seatless=_seatless(seats, people),
        agenda=_slots(meeting, lines, now, drift),
        ends_at=ends_at,
        drift=drift,
        may_plan=begun < meeting.rounds_wanted,
    )


def _gaps(
    seats: tuple[RoundSeating, ...], by_uid: Mapping[Uid, RoomPerson], present: frozenset[Uid]
) -> tuple[Gap, ...]:
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


def _seatless(seats: tuple[RoundSeating, ...], people: tuple[RoomPerson, ...]) -> tuple[RoomPerson, ...]:
    coming = [each for each in seats if each.phase is RoundPhase.PLANNED]
    wanted = coming or [each for each in seats if each.phase in rules.GOING_ON]
    if not wanted:
        return ()
    seated = {seat.uid for table in wanted[0].tables.values() for seat in table}
    return tuple(person for person in people if person.in_room and person.uid not in seated)


def _slots(
    meeting: MeetingView, lines: meeting_rules.Agenda, now: datetime, drift: int | None
) -> tuple[Slot, ...]:
    at = lines.item_at(meeting.starts_at, now)
    over = now >= lines.ends_at(meeting.starts_at)
    starts = lines.planned_starts(meeting.starts_at)
    return tuple(
        Slot(
            at=start,
            title=item.title,
            minutes=item.minutes,
            state="now" if n == at else "done" if over or (at is not None and n < at) else "later",
            over=max(0, drift or 0) if item.kind == "rounds" else 0,
        )
        for n, (item, start) in enumerate(zip(lines.items, starts, strict=True))
    )


def _drift(
    meeting: MeetingView, lines: meeting_rules.Agenda, every: tuple[RoundView, ...], now: datetime
) -> tuple[datetime | None, int | None]:
    """When the rounds end as things stand, and how many minutes after the agenda; nothing before they are due."""
    slots = zip(lines.items, lines.planned_starts(meeting.starts_at), strict=True)
    slot = next(((item, start) for item, start in slots if item.kind == "rounds"), None)
    begun = any(each.phase is not RoundPhase.PLANNED for each in every)
    going = [each.clock for each in every if not (each.clock.is_over(now) and each.phase not in rules.GOING_ON)]
    if not going or not (begun or (slot is not None and now >= slot[1])):
        return None, None
    ends_at = rules.forecast_end(going, now)
    if slot is None:
        return ends_at, None
    item, start = slot
    late = ends_at - (start + timedelta(minutes=item.minutes))
    return ends_at, round(late / timedelta(minutes=1))
