"""The tree of trades: what stands below what, whose seats are empty, and which trades do each other good.

Everything is compared by folded names. A tree is as deep as `DEEPEST`, so that it can be seen as one list.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from server.domain.errors import RuleViolation

DEEPEST = 3
WEIGHTS = range(1, 10)


@dataclass(frozen=True)
class Node:
    """A trade: its key, the key of the one above it, its name, and whether one member of it is wanted."""

    key: str
    above: str | None
    name: str
    has_seat: bool


@dataclass(frozen=True)
class Seat:
    """A seat of the tree at its depth (0 is the top), and the members who hold it."""

    node: Node
    depth: int
    members: tuple[str, ...]

    @property
    def is_gap(self) -> bool:
        """Wanted, and nobody is there."""
        return self.node.has_seat and not self.members

    @property
    def is_shared(self) -> bool:
        """More than one member of a trade that has one seat."""
        return self.node.has_seat and len(self.members) > 1


def in_order(nodes: Sequence[Node]) -> tuple[tuple[Node, int], ...]:
    """The tree as a list with depths, each trade followed by what stands below it, by name."""
    below: dict[str | None, list[Node]] = defaultdict(list)
    for node in sorted(nodes, key=lambda each: each.key):
        below[node.above].append(node)
    found: list[tuple[Node, int]] = []

    def walk(above: str | None, depth: int) -> None:
        for node in below[above]:
            found.append((node, depth))
            walk(node.key, depth + 1)

    walk(None, 0)
    return tuple(found)


def under(nodes: Iterable[Node], key: str) -> frozenset[str]:
    """A trade and everything below it; a trade outside the tree stands for itself."""
    found = {key}
    for node, _ in in_order(tuple(nodes)):
        if node.above in found:
            found.add(node.key)
    return frozenset(found)


def check_place(nodes: Sequence[Node], key: str, above: str | None) -> None:
    """Whether a trade may stand below another. Raises sector_below_itself, sector_unknown or sector_too_deep."""
    known = {node.key: node for node in nodes}
    if above is not None and above not in known:
        raise RuleViolation("sector_unknown", field="above")
    if above is not None and above in under(nodes, key):
        raise RuleViolation("sector_below_itself", field="above")
    depths = {node.key: depth for node, depth in in_order(nodes)}
    own = depths.get(key, 0)
    tall = max(depths[each] - own for each in under(nodes, key) if each in depths) if key in depths else 0
    if (0 if above is None else depths[above] + 1) + tall >= DEEPEST:
        raise RuleViolation("sector_too_deep", field="above", most=DEEPEST)


def seats(nodes: Sequence[Node], members: Mapping[str, Sequence[str]]) -> tuple[Seat, ...]:
    """Every trade of the tree with its members, by the key of their trade."""
    return tuple(Seat(node, depth, tuple(members.get(node.key, ()))) for node, depth in in_order(nodes))


def affinities(nodes: Sequence[Node], pairs: Iterable[tuple[str, str, int]]) -> dict[tuple[str, str], int]:
    """Pairs of trades that do each other good, with everything below each; the stronger word counts.

    A pair is in alphabetical order and never of one trade with itself.
    """
    found: dict[tuple[str, str], int] = {}
    for one, other, weight in pairs:
        for first in under(nodes, one):
            for second in under(nodes, other):
                if first != second:
                    pair = (min(first, second), max(first, second))
                    found[pair] = max(weight, found.get(pair, 0))
    return found
