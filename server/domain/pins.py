"""What somebody has settled by hand for the rounds to come: kept seats, table hosts, pairs, tables out of use.

The planner works around all of it. Rounds and tables count from 1; a round that has begun is past changing.
"""

from collections.abc import Collection, Iterable
from enum import StrEnum
from itertools import count, islice

from server.domain.errors import Conflict, NotFound, RuleViolation, WrongPhase
from server.domain.vocabulary import RoundPhase

TABLES_MOST = 1000
EVERY_ROUND = 0
"""In place of a round's number: the seat of a table host, kept in all rounds to come."""


class PairWish(StrEnum):
    """What is to happen with two people in the rounds to come."""

    APART = "apart"
    """They never share a table."""
    TOGETHER = "together"
    """They share a table at least once."""


def read_wish(text: str) -> PairWish:
    """A wish as it was sent. Raises `RuleViolation("pair_wish_unknown")`."""
    if text not in {wish.value for wish in PairWish}:
        raise RuleViolation("pair_wish_unknown")
    return PairWish(text)


def check_version(seen: int, now: int) -> None:
    """Raise `Conflict("seats_moved_on")` when the changer's screen shows older seats."""
    if seen != now:
        raise Conflict("seats_moved_on", seen=seen, version=now)


def check_round(number: int, phases: Iterable[tuple[int, RoundPhase]]) -> None:
    """Whether the seats of a round may still be changed.

    Raises `NotFound("round_unknown")`, or `WrongPhase("round_has_begun")`, both with its `number`.
    """
    phase = dict(phases).get(number)
    if phase is None:
        raise NotFound("round_unknown", number=number)
    if phase is not RoundPhase.PLANNED:
        raise WrongPhase("round_has_begun", number=number)


def planned(phases: Iterable[tuple[int, RoundPhase]]) -> frozenset[int]:
    """The rounds whose seats may still be changed."""
    return frozenset(number for number, phase in phases if phase is RoundPhase.PLANNED)


def check_table(table: int) -> None:
    """Raise `RuleViolation("table_out_of_range")` for a number that no table has."""
    if not 1 <= table <= TABLES_MOST:
        raise RuleViolation("table_out_of_range", least=1, most=TABLES_MOST)


def pair(one: int, other: int) -> tuple[int, int]:
    """Two people as they are kept, the smaller key first. Raises `RuleViolation("pair_with_self")`."""
    if one == other:
        raise RuleViolation("pair_with_self")
    return min(one, other), max(one, other)


def open_tables(closed: Collection[int], wanted: int) -> tuple[int, ...]:
    """The first `wanted` table numbers that are not out of use."""
    return tuple(islice((number for number in count(1) if number not in closed), wanted))


def tables_left(wanted: int, laid: int, closed: Collection[int]) -> int:
    """How many tables there are for a round that wants `wanted`, where `laid` stand in the room; at least one.

    Nobody carries another table in: people move together at those that are left.
    """
    standing = max(wanted, laid)
    usable = sum(1 for number in range(1, standing + 1) if number not in closed)
    return max(1, min(wanted, usable))


def even_sizes(heads: int, tables: int) -> tuple[int, ...]:
    """`heads` people at `tables` tables, sizes differing by at most one, the larger ones first; nobody sits alone."""
    tables = max(1, min(tables, heads // 2))
    small, larger = divmod(heads, tables)
    return (small + 1,) * larger + (small,) * (tables - larger)
