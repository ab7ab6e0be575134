"""Who sits where, read for the screens: the whole room for facilitator and display, one's own table for a phone.

What somebody has met before, and promised, is told to that person only, from their own records.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from server.domain.table_states import TableState
from server.domain.vocabulary import (
    FollowUpKind,
    GroupId,
    MeetingId,
    PersonId,
    RoundPhase,
)
from server.persistence.models import FollowUp, Meeting
from server.persistence.queries import seating as queries
from server.services import rounds, seat_reading, situations
from server.services.context import Context, breathe
from server.services.seat_reading import Listed as Listed
from server.services.seat_reading import Seated as Seated

_PROMISES = (
    select(FollowUp.owner_id, FollowUp.about_id, FollowUp.text)
    .where(
        FollowUp.group_id == bindparam("group_id"),
        FollowUp.kind == FollowUpKind.PROMISE,
        FollowUp.done_at.is_(None),
        FollowUp.dropped_at.is_(None),
    )
    .order_by(FollowUp.due_on.desc(), FollowUp.id.desc())
)


@dataclass(frozen=True)
class RoundSeating:
    """One round and everybody with a seat in it, by table (0: sits out)."""

    number: int
    phase: RoundPhase
    tables: Mapping[int, tuple[Seated, ...]]

    @property
    def closed(self) -> dict[int, TableState]:
        """The tables that take no part in the round."""
        return {table: people[0].closed for table, people in self.tables.items() if people[0].closed is not None}


class MetBefore(NamedTuple):
    """When two people last sat together, and what the viewer promised (only the viewer learns it)."""

    day: date
    number: int


class Partner(NamedTuple):
    """Somebody at one's table, with what one knows about them."""

    who: Seated
    met: MetBefore | None
    promise: str


class OwnRound(NamedTuple):
    """One's own round: the table (None: sits out), the partners."""

    phase: RoundPhase
    table: int | None
    partners: tuple[Partner, ...]
    closed: TableState | None = None
    """Set when one's table takes no part in the round."""


@dataclass(frozen=True)
class Mine:
    """One person's morning: who they are, and where they sit in each round (None: no seat)."""

    listed: Listed
    rounds: Mapping[int, OwnRound | None]
    now: int | None


def room(ctx: Context, meeting_id: MeetingId) -> tuple[RoundSeating, ...]:
    """The seating of the current and the next round. Two statements."""
    with ctx.reading() as db:
        return shown(db, meeting_id, rounds.all_rounds(db, meeting_id))


def shown(db: Session, meeting_id: MeetingId, every: tuple[rounds.RoundView, ...]) -> tuple[RoundSeating, ...]:
    """The seating of the current and the next of these rounds. One statement."""
    both = [each for each in (rounds.current_of(every), rounds.following_of(every)) if each is not None]
    seats = seat_reading.of_rounds(db, meeting_id, [each.number for each in both], came_from=_befores(every))
    return tuple(RoundSeating(each.number, each.phase, seat_reading.by_table(seats[each.number])) for each in both)


def room_of(read: "Morning") -> tuple[RoundSeating, ...]:
    """The seating of the current and the next round, of what was read already."""
    both = [each for each in (rounds.current_of(read.every), rounds.following_of(read.every)) if each is not None]
    return tuple(RoundSeating(each.number, each.phase, read.tables[each.number]) for each in both)


def version(ctx: Context, meeting_id: MeetingId) -> int:
    """Which seats these are: whoever changes seats by hand says what they saw. One statement."""
    with ctx.reading() as db:
        return situations.version(db, meeting_id)


def mine(ctx: Context, meeting_id: MeetingId, person_id: PersonId) -> Mine | None:
    """The morning of one person; None for somebody who is not on the list."""
    return next(everybodys(ctx, meeting_id, only=person_id), None)


@dataclass(frozen=True)
class Morning:
    """What everybody's part of a meeting is made from, read once for all; see `morning`."""

    every: tuple[rounds.RoundView, ...]
    people: tuple[Listed, ...]
    """Everybody on the list."""
    tables: Mapping[int, Mapping[int, tuple[Seated, ...]]]
    """Who sits where in the rounds that were read, by number and table."""
    places: Mapping[int, Mapping[PersonId, Seated]]
    promises: Mapping[tuple[PersonId, PersonId], str]
    known: Mapping[tuple[PersonId, PersonId], MetBefore]


def everybodys(ctx: Context, meeting_id: MeetingId, *, only: PersonId | None = None) -> Iterator[Mine]:
    """The morning of everybody on the list, or of one of them. At most six statements."""
    with ctx.reading() as db:
        read = morning(db, meeting_id, only=only)
    yield from _mornings(read)


def morning(db: Session, meeting_id: MeetingId, *, only: PersonId | None = None, around: int | None = None) -> Morning:
    """What everybody's morning is made from, or one person's; with `around` of that round and of those that the room
    looks at. At most six statements.

    A great crowd is read in portions, and everything else that waits has its turn in between.
    """
    group_id = GroupId(db.get_one(Meeting, meeting_id).group_id)  # a page may have it already
    every = rounds.all_rounds(db, meeting_id)
    numbers = [each.number for each in every] if around is None else _looked_at(every, around)
    if only is None:
        people, tables = seat_reading.everybody(db, meeting_id, numbers, came_from=_befores(every))
    else:
        people = seat_reading.one_of_list(db, meeting_id, only)
        seats = seat_reading.of_rounds(db, meeting_id, numbers, company_of=only) if numbers else {}
        tables = {number: seat_reading.by_table(found) for number, found in seats.items()}
    # While nobody sits anywhere, as at the door, nobody has partners to know anything about.
    seated = any(tables.values())
    return Morning(
        every=every,
        people=people,
        tables=tables,
        places={
            number: {seat.person_id: seat for company in found.values() for seat in company}
            for number, found in tables.items()
        },
        promises=_promises(db, group_id, only) if seated else {},
        known=_known(db, group_id, meeting_id, only) if seated else {},
    )


def _looked_at(every: tuple[rounds.RoundView, ...], around: int) -> list[int]:
    both = [each for each in (rounds.current_of(every), rounds.following_of(every)) if each is not None]
    befores = _befores(every)
    shown = {each.number for each in both} | {befores[each.number] for each in both} | {around}
    return [each.number for each in every if each.number in shown]


def _befores(every: Iterable[rounds.RoundView]) -> dict[int, int]:
    """For each round the number of the one from which everybody comes, 0 for none."""
    found, last = {}, 0
    for each in sorted(every, key=lambda each: each.number):
        found[each.number] = last
        last = last if each.phase is RoundPhase.VOID else each.number
    return found


def _known(
    db: Session, group_id: GroupId, meeting_id: MeetingId, only: PersonId | None
) -> dict[tuple[PersonId, PersonId], MetBefore]:
    found = {}
    for row, (pair, last) in enumerate(queries.last_met(db, group_id, meeting_id, only), start=1):
        found[pair] = MetBefore(last.day, last.number)
        if row % seat_reading.ROWS == 0:
            breathe()
    return found


def now_of(read: Morning) -> int | None:
    """The number of the round that the room looks at."""
    current = rounds.current_of(read.every)
    return current.number if current else None


def _mornings(read: Morning) -> Iterator[Mine]:
    """The morning of everybody who was read. No statement."""
    now = now_of(read)
    for listed in read.people:
        seats = {each.number: read.places[each.number].get(listed.person_id) for each in read.every}
        yield Mine(
            listed=listed,
            rounds={each.number: _own(each, seats[each.number], read) for each in read.every},
            now=now,
        )


def _own(this_round: rounds.RoundView, seat: Seated | None, read: Morning) -> OwnRound | None:
    return None if seat is None else own(this_round, seat, read)


def own(this_round: rounds.RoundView, seat: Seated, read: Morning) -> OwnRound:
    """One's own part of a round."""
    if seat.table == 0:
        return OwnRound(this_round.phase, None, ())
    others = company(this_round, seat, read.tables[this_round.number])
    return OwnRound(
        this_round.phase, seat.table, tuple(partner(seat.person_id, each, read) for each in others), seat.closed
    )


def company(this_round: rounds.RoundView, seat: Seated, tables: Mapping[int, tuple[Seated, ...]]) -> list[Seated]:
    """Those whom somebody sits with. Whoever did not come was nobody's partner; before the end they may still come."""
    if seat.table == 0:
        return []
    me, over = seat.person_id, this_round.phase is RoundPhase.ENDED
    return [each for each in tables[seat.table] if each.person_id != me and not (over and each.missed)]


def partner(me: PersonId, seat: Seated, read: Morning) -> Partner:
    """Somebody at one's table, with what one knows about them."""
    they = seat.person_id
    met = read.known.get((me, they) if me < they else (they, me))
    return Partner(seat, met, read.promises.get((me, they), ""))


def _promises(db: Session, group_id: GroupId, only: PersonId | None) -> dict[tuple[PersonId, PersonId], str]:
    """What each owner still owes whom; of several promises the one that is due first. One statement."""
    question = _PROMISES
    if only is not None:
        question = question.where(FollowUp.owner_id == only)
    rows = db.connection().execute(question, {"group_id": group_id})
    return {(PersonId(owner), PersonId(about)): text for owner, about, text in rows}
