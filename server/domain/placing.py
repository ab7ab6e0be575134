"""Where somebody sits who comes late, and what becomes of those whose partner went: as few people move as can be.

One round at a time. In a round that goes on nobody who talks is disturbed: only people who sit alone or sit out are
brought together. In a round to come a table may also grow by one, or give somebody away.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from itertools import count

SITS_OUT = 0
Moves = dict[int, int]
"""Person → table. Nobody else moves."""


class When(StrEnum):
    """When somebody who came late gets a seat."""

    NOW = "now"
    NEXT = "next"


def when(left: timedelta, length: timedelta, *, place: bool) -> When:
    """Now, while at least half of the round is left and there is a place; otherwise from the next round on."""
    return When.NOW if place and 2 * left >= length else When.NEXT


@dataclass(frozen=True)
class Room:
    """A round as it is sat in by those who are here.

    `tables`: table → people, 0 for those who sit out. `size`: how many should sit at a table. `met`: how often two
    people (a frozenset) meet at other times. `apart`: pairs who are kept apart. `fixed`: people who keep their table.
    `closed`: numbers of tables not to be laid. `going_on`: the round has begun.
    """

    tables: Mapping[int, tuple[int, ...]]
    size: int
    going_on: bool = False
    met: Mapping[frozenset[int], int] = field(default_factory=dict)
    apart: frozenset[frozenset[int]] = frozenset()
    fixed: frozenset[int] = frozenset()
    closed: frozenset[int] = frozenset()

    def laid(self) -> Iterable[tuple[int, tuple[int, ...]]]:
        """The tables with people, in their order; nobody is sent to one that is not to be laid."""
        return ((n, people) for n, people in sorted(self.tables.items()) if n and people and n not in self.closed)

    def free_table(self) -> int:
        """The first number at which nobody sits."""
        taken = {number for number, people in self.tables.items() if people} | self.closed
        return next(number for number in count(1) if number not in taken)

    def price(self, person: int, others: Iterable[int]) -> int | None:
        """How often somebody meets these people at other times; None when they are kept apart from one of them."""
        pairs = [frozenset((person, other)) for other in others]
        if any(pair in self.apart for pair in pairs):
            return None
        return sum(self.met.get(pair, 0) for pair in pairs)


@dataclass(frozen=True, order=True)
class _Way:
    """A way, the best one first: what it does to the room, how often those meet anyway, where."""

    kind: int
    price: int
    people: int
    table: int
    moves: tuple[tuple[int, int], ...]


_COMPANY, _ROOM, _SPLIT, _GROWS = range(4)


def seat(room: Room, person: int) -> Moves | None:
    """A seat for somebody without one. None: there is none in the round that goes on."""
    free = room.free_table()
    ways = [*_joining(room, person, home=None)]
    ways += _fetching(room, person, free)
    found = min((way for way in ways if way is not None), default=None)
    if found is not None:
        return dict(found.moves)
    return None if room.going_on else {person: SITS_OUT}


def after_leaving(room: Room, gone: int) -> Moves:
    """Who moves when somebody is gone: only people who would sit alone, or whoever joins them. `gone` is not named."""
    table = next((number for number, people in room.tables.items() if gone in people), SITS_OUT)
    stay = tuple(each for each in room.tables.get(table, ()) if each != gone)
    if table == SITS_OUT or len(stay) != 1:
        return {}
    (alone,) = stay
    left = Room(
        tables={**room.tables, table: stay},
        size=room.size,
        going_on=room.going_on,
        met=room.met,
        apart=room.apart,
        fixed=room.fixed,
        closed=room.closed,
    )
    ways = [] if alone in room.fixed else [*_joining(left, alone, home=table)]
    if table not in room.closed:
        ways += [_stays(way, alone) for way in _fetching(left, alone, table)]
    found = min((way for way in ways if way is not None), default=None)
    if found is not None:
        return dict(found.moves)
    return {} if room.going_on or alone in room.fixed else {alone: SITS_OUT}


def _joining(room: Room, person: int, home: int | None) -> Iterable[_Way | None]:
    """Going to a table where people sit: to somebody alone, where there is room, or making it larger by one."""
    for table, people in room.laid():
        if table == home:
            continue
        if len(people) == 1:
            kind = _COMPANY
        elif len(people) < room.size:
            kind = _ROOM
        elif not room.going_on and len(people) == room.size:
            kind = _GROWS
        else:
            continue
        yield _way(room, kind, person, people, table, {person: table})


def _fetching(room: Room, person: int, table: int) -> Iterable[_Way | None]:
    """Somebody comes to a table for the person: who sits out, or, before the round, one of too many at a table."""
    for other in room.tables.get(SITS_OUT, ()):
        yield _way(room, _COMPANY, person, (other,), table, {person: table, other: table})
    if room.going_on:
        return
    for number, people in room.laid():
        if number != table and len(people) > max(room.size, 2):
            for other in people:
                if other not in room.fixed:
                    yield _way(room, _SPLIT, person, (other,), table, {person: table, other: table})


def _way(room: Room, kind: int, person: int, others: tuple[int, ...], table: int, moves: Moves) -> _Way | None:
    price = room.price(person, others)
    return None if price is None else _Way(kind, price, len(others), table, tuple(sorted(moves.items())))


def _stays(way: _Way | None, person: int) -> _Way | None:
    """The same way for somebody who is at that table already."""
    if way is None:
        return None
    return _Way(way.kind, way.price, way.people, way.table, tuple(move for move in way.moves if move[0] != person))
