"""What kinds of seating bore fruit, and what that suggests to the planner: more or less weight for two trades.

Every referral that became business is traced to the last table at which the two sat before it. The rule has a name,
"from table to business": trades whose tables brought more business than tables usually do get more weight, trades with
a weight that brought less get less. Few deals pull towards the usual, and what fewer than five people took part in is
neither told nor suggested. Nobody is named.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

from server.domain import reports
from server.domain.reports import Pair
from server.domain.vocabulary import PersonId

WINDOW = timedelta(weeks=52)
QUIET = timedelta(weeks=26)
"""So long what was declined is not suggested again."""
LEAST_DEALS = 3
"""Fewer than these suggest nothing."""
FEW_DEALS = 10
"""With fewer than these the page says that chance may be part of it."""
USUAL_DEALS = 2
"""So many usual deals are added to what was found and to what was to be expected, against chance."""
STEPS = ((3.0, 9), (2.0, 6), (1.5, 3))
"""So many times the usual, and the weight that it suggests."""
TOO_LITTLE = 2 / 3
"""At so much of the usual, or less, a weight goes down by a step."""
SIZES = ((2, 2), (3, 4), (5, 6), (7, 50))
"""Tables by how many sat at them: from, to."""


class Kind(StrEnum):
    """A kind of seating that the planner weighs, or that its organiser chooses."""

    FIRST = "first"
    """They had never sat together before."""
    AGAIN = "again"
    WISHED = "wished"
    """One of them looks for the other's trade."""
    FITTING = "fitting"
    """The group says that their trades do each other good."""
    GUEST = "guest"
    """One of them was no member."""
    SAME = "same"
    """Both are of one trade."""


class Verdict(StrEnum):
    """What an organiser said to a suggestion."""

    ADOPTED = "adopted"
    DECLINED = "declined"


class Table(NamedTuple):
    """Two people at one table: on which day, in which round of it, how many sat there, what kinds of seating it was."""

    pair: Pair
    on: date
    number: int
    size: int
    kinds: frozenset[Kind] = frozenset()
    meeting: int = 0


_WHEN, _DAY = attrgetter("on", "number"), attrgetter("on")
_Sort = tuple[frozenset[Kind], int]
"""What tables are told apart by: kinds of seating, and how many sat there."""


class Deal(NamedTuple):
    """A referral that became business, on the day on which it was given."""

    pair: Pair
    on: date


@dataclass(frozen=True)
class Yield:
    """How often people sat so, and how many of these times business came of it. `told` False: too few took part."""

    sat: int
    won: int = 0
    told: bool = True

    @property
    def of_thousand(self) -> float:
        """Business for each thousand times."""
        return 1000 * self.won / self.sat if self.sat else 0.0


@dataclass(frozen=True)
class Fruit:
    """What the tables of a span bore: all of them, by kind, by size. `told` False: fewer than five took part."""

    told: bool
    whole: Yield
    kinds: Mapping[Kind, Yield]
    sizes: Mapping[tuple[int, int], Yield]


class Trades(NamedTuple):
    """Two trades of the tree by their keys, in alphabetical order."""

    one: str
    other: str


@dataclass(frozen=True)
class Suggestion:
    """Another weight for two trades, and why. `usual`: what tables so often shared bring on the average.

    A weight of 0 says that nothing is said of the two.
    """

    trades: Trades
    before: int
    after: int
    sat: int
    won: int
    usual: float
    people: int

    @property
    def few(self) -> bool:
        """Whether chance may well be part of it."""
        return self.won < FEW_DEALS


def roots(tables: Iterable[Table], deals: Iterable[Deal]) -> list[tuple[Table, Deal]]:
    """Each deal with the last table its two shared on or before its day; deals without one are left out."""
    every = list(deals)
    # Few pairs of many have a deal, and only theirs are put in order.
    shared: dict[Pair, list[Table]] = {deal.pair: [] for deal in every}
    for table in tables:
        if table.pair in shared:
            shared[table.pair].append(table)
    for at_one in shared.values():
        at_one.sort(key=_WHEN)
    found = []
    for deal in every:
        at_one = shared[deal.pair]
        before = bisect_right(at_one, deal.on, key=_DAY)
        if before:
            found.append((at_one[before - 1], deal))
    return found


def borne(tables: Collection[Table], rooted: Sequence[tuple[Table, Deal]]) -> Fruit:
    """What the tables bore, by kind and by size.

    A part is told when it, and what is left without it, brought nothing or was brought by five people or more: what is
    hidden must not come out by subtraction.
    """
    if not reports.may_tell(_people(deal for _, deal in rooted)):
        return Fruit(False, Yield(len(tables), told=False), {}, {})
    # Many tables are alike in everything that is asked about here.
    alike = Counter([(table.kinds, table.size) for table in tables])
    kinds = {kind: _part(alike, rooted, {each for each in alike if kind in each[0]}) for kind in Kind}
    sizes = {
        (least, most): _part(alike, rooted, {each for each in alike if least <= each[1] <= most})
        for least, most in SIZES
    }
    if not all(part.told for part in sizes.values()):
        sizes = {span: Yield(part.sat, told=False) for span, part in sizes.items()}
    return Fruit(
        True,
        Yield(len(tables), len(rooted)),
        {kind: part for kind, part in kinds.items() if part.sat},
        {span: part for span, part in sizes.items() if part.sat},
    )


def _part(alike: Mapping[_Sort, int], rooted: Sequence[tuple[Table, Deal]], sorts: Collection[_Sort]) -> Yield:
    sat = sum(alike[each] for each in sorts)
    inside = [deal for table, deal in rooted if (table.kinds, table.size) in sorts]
    outside = [deal for table, deal in rooted if (table.kinds, table.size) not in sorts]
    told = all(not deals or reports.may_tell(_people(deals)) for deals in (inside, outside))
    return Yield(sat, len(inside), True) if told else Yield(sat, told=False)


def suggest(
    tables: Iterable[Table],
    rooted: Iterable[tuple[Table, Deal]],
    chains: Mapping[PersonId, Sequence[str]],
    weights: Mapping[Trades, int],
    said: Mapping[Trades, int],
) -> tuple[Suggestion, ...]:
    """What "from table to business" suggests, the most business first.

    `chains`: the trade of each person, and what stands above it in the tree. `weights`: what holds, whether it was said
    of the two or of what stands above them; `said`: what was said of the two themselves, which alone can go down.
    Narrow trades come before wide ones, and what they brought is not counted again for those above them.
    """
    sat = Counter([table.pair for table in tables])
    deals = Counter([deal.pair for _, deal in rooted])
    whole = sum(sat.values())
    rate = sum(deals.values()) / whole if whole else 0.0
    found: list[Suggestion] = []
    spent: set[Pair] = set()
    between = _between(sat, chains)
    for trades, depth in sorted(between, key=lambda each: (-each[1], each[0].one, each[0].other)):
        pairs = [pair for pair in between[trades, depth] if pair not in spent]
        now = weights.get(trades, 0), said.get(trades, 0)
        made = _judged(trades, pairs, sat, deals, rate, now)
        if made is not None:
            found.append(made)
            spent.update(pairs)
    return tuple(sorted(found, key=lambda each: (-each.won, each.trades.one, each.trades.other)))


def _between(sat: Mapping[Pair, int], chains: Mapping[PersonId, Sequence[str]]) -> dict[tuple[Trades, int], list[Pair]]:
    """The pairs of people of every two trades that do not stand above each other, with the depth of the two."""
    found: dict[tuple[Trades, int], list[Pair]] = defaultdict(list)
    for pair in sorted(sat):
        one, other = chains.get(pair[0], ()), chains.get(pair[1], ())
        for at, first in enumerate(one):
            for place, second in enumerate(other):
                if first in other or second in one:
                    continue
                depth = len(one) - at + len(other) - place
                found[Trades(min(first, second), max(first, second)), depth].append(pair)
    return found


def _judged(
    trades: Trades,
    pairs: Collection[Pair],
    sat: Mapping[Pair, int],
    deals: Mapping[Pair, int],
    rate: float,
    now: tuple[int, int],
) -> Suggestion | None:
    holds, said = now
    together, won = sum(sat[pair] for pair in pairs), sum(deals[pair] for pair in pairs if pair in deals)
    usual = rate * together
    lift = (won + USUAL_DEALS) / (usual + USUAL_DEALS)
    up = next((weight for least, weight in STEPS if lift >= least), 0)
    if up > holds and won >= LEAST_DEALS:
        people = {person for pair in pairs if pair in deals for person in pair}
        after = up
    elif said and lift <= TOO_LITTLE:
        people = {person for pair in pairs for person in pair}
        after = max((weight for _, weight in STEPS if weight < said), default=0)
    else:
        return None
    if not reports.may_tell(people):
        return None
    return Suggestion(trades, said, after, together, won, usual, len(people))


def _people(deals: Iterable[Deal]) -> set[PersonId]:
    return {person for deal in deals for person in deal.pair}
