"""The rounds on the wire: the clock for everybody, the room for facilitator and display, one's own table for a phone.

A missing key and null say the same thing (a merge patch cannot tell them apart). News replace a section whole, so
a patch also names, as null, every entry that an older state may have had and this one has not.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from server.domain import meetings as limits
from server.domain.vocabulary import MeetingId, PersonId, RoundPhase
from server.services import rounds, seating
from server.services.context import Context, Json
from server.services.rounds import RoundView
from server.services.seat_reading import Listed, Seated
from server.services.seating import Mine, Morning, OwnRound, Partner, RoundSeating
from server.wire.times import ms

_MILLISECOND = timedelta(milliseconds=1)
Entry = Callable[[Seated], Json]


def clock_of(this_round: RoundView | None) -> Json | None:
    """The clock as every screen counts it down; None without rounds. Times are epoch milliseconds."""
    if this_round is None:
        return None
    clock = this_round.clock
    return {
        "number": this_round.number,
        "of": this_round.of,
        "phase": clock.phase.value,
        "starts_at": ms(clock.starts_at),
        "ends_at": ms(clock.ends_at),
        "remaining_ms": None if clock.remaining is None else round(clock.remaining / _MILLISECOND),
        "length_ms": round(clock.length / _MILLISECOND),
        "version": clock.version,
    }


def clock(ctx: Context, meeting_id: MeetingId) -> Json | None:
    """The section `clock`: the round the room looks at."""
    return clock_of(rounds.current(ctx, meeting_id))


def named(seat: Seated) -> Json:
    """One seat for the facilitator: the whole name."""
    return {"uid": seat.uid, "name": seat.name, "short": seat.short, "standing": seat.standing.value}


def shortened(seat: Seated) -> Json:
    """One seat for a wall that anybody may read: first name, initial, and the table before this one."""
    entry: Json = {"short": seat.short, "standing": seat.standing.value}
    return entry if seat.came_from is None else entry | {"from": seat.came_from}


def _round(this_round: RoundSeating, entry: Entry) -> Json:
    return {
        "phase": this_round.phase.value,
        "tables": {
            str(table): [entry(seat) for seat in people] for table, people in sorted(this_round.tables.items()) if table
        },
        "closed": {str(table): state.value for table, state in sorted(this_round.closed.items())},
        "byes": [entry(seat) for seat in this_round.tables.get(0, ())],
    }


def room(ctx: Context, meeting_id: MeetingId, entry: Entry) -> Json:
    """The sections `seating` and `seats`: the current and the next round, by number."""
    return {str(each.number): _round(each, entry) for each in seating.room(ctx, meeting_id)}


def room_patch(read: Morning, entry: Entry) -> Json:
    """The same as a patch: rounds that are no longer shown and tables that are no longer laid go away."""
    # More tables than any plan of this meeting can have: two people need one.
    tables = range(1, len(read.people) // 2 + 2)
    shown = {str(each.number): _round(each, entry) for each in seating.room_of(read)}
    for each in shown.values():
        each["tables"] = _replacing(each["tables"], tables)
        each["closed"] = _replacing(each["closed"], tables)
    return _replacing(shown, range(1, limits.ROUNDS[1] + 1))


def phase_patch(ctx: Context, meeting_id: MeetingId) -> Json:
    """What of the room changes when only the clock moves: the phase of the current round."""
    now = rounds.current(ctx, meeting_id)
    return {str(now.number): {"phase": now.phase.value}} if now else {}


def me(ctx: Context, meeting_id: MeetingId, person_id: PersonId | None, *, private: bool) -> Json:
    """The section `me` of one person; empty for a screen that is nobody's. Promises only where `private`."""
    found = seating.mine(ctx, meeting_id, person_id) if person_id is not None else None
    return {} if found is None else _me(found, private)


def morning(ctx: Context, meeting_id: MeetingId, *, around: int | None = None) -> Morning:
    """What the room and everybody's own part are made from, or as much of it as the change of one round needs."""

    def read() -> Morning:
        with ctx.reading() as db:
            return seating.morning(db, meeting_id, around=around)

    return ctx.lull().once(("morning", meeting_id, around), read)


def own_me(ctx: Context, meeting_id: MeetingId, person_id: PersonId) -> Iterable[tuple[PersonId, Json, Json]]:
    """Person, patch of `me` for an open line, patch for a private one; nothing for somebody not on the list."""
    for found in seating.everybodys(ctx, meeting_id, only=person_id):
        yield found.listed.person_id, _me_patch(_me(found, False)), _me_patch(_me(found, True))


def _me_patch(value: Json) -> Json:
    return value | {"rounds": _replacing(value["rounds"], range(1, limits.ROUNDS[1] + 1))}


def _me(found: Mine, private: bool) -> Json:
    rounds = {str(number): None if own is None else _own(own, private) for number, own in found.rounds.items()}
    return me_head(found.listed, found.now) | {"rounds": rounds}


def me_head(listed: Listed, now: int | None) -> Json:
    """The section `me` without its rounds; `now` is the number of the round that the room looks at."""
    return {"attendance": listed.uid, "name": listed.name, "in_room": listed.in_room, "now": now}


def _own(own: OwnRound, private: bool) -> Json:
    return own_head(own) | {"with": [_partner(partner, private) for partner in own.partners]}


def own_head(own: OwnRound) -> Json:
    """One's own round without the company."""
    # A pause is a matter of the clock, which everybody hears of: a phone's own part does not change with it.
    phase = RoundPhase.RUNNING if own.phase is RoundPhase.PAUSED else own.phase
    return {
        "phase": phase.value,
        "table": own.table,
        "closed": None if own.closed is None else own.closed.value,
    }


def _partner(partner: Partner, private: bool) -> Json:
    return who(partner.who) | {"met_before": met_before(partner, private)}


def who(seat: Seated) -> Json:
    """Somebody at one's table, as everybody there sees them."""
    return {
        "person": seat.person_uid,
        "name": seat.name,
        "company": seat.company,
        "sector": seat.sector,
        "looks_for": seat.looks_for,
        "offers": seat.offers,
        "standing": seat.standing.value,
    }


def met_before(partner: Partner, private: bool) -> Json | None:
    """What one knows about them, and what one promised them where that may travel."""
    met, promise = partner.met, partner.promise if private else ""
    if met is None and not promise:
        return None
    return {
        "day": met.day.isoformat() if met else None,
        "round": met.number if met else None,
        "promise": promise,
    }


def _replacing(entries: Mapping[str, object], numbers: Iterable[int]) -> Json:
    """Entries as a patch that takes every other number away."""
    return {str(number): None for number in numbers} | dict(entries)
