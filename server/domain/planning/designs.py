"""A small table of base rounds, found by `symmetry.find_base`; where theorems give fewer rounds it is used
instead.

Base rounds are separated by semicolons, their tables by bars, points by blanks. Turned `order` times (see
`symmetry`) each gives as many rounds; tests develop every entry and check that nobody meets anybody twice.
"""

from dataclasses import dataclass

from .symmetry import turned


@dataclass(frozen=True)
class Base:
    """Base rounds, each to be turned `order` times; blocks of `order` points turn, the rest stays."""

    order: int
    rounds: str


BASES: dict[tuple[int, int], Base] = {
    (5, 3): Base(
        7,
        "0 5 12 | 1 4 7 | 2 3 11 | 6 10 14 | 8 9 13",
    ),
    (6, 3): Base(
        4,
        "0 8 9 | 1 7 13 | 2 5 12 | 3 4 17 | 6 10 16 | 11 14 15 ; 0 15 16 | 1 2 8 | 3 7 12 | 4 5 10 | 6 "
        "9 14 | 11 13 17",
    ),
    (6, 4): Base(
        7,
        "0 16 18 19 | 1 13 15 22 | 2 10 17 21 | 3 5 6 9 | 4 11 14 23 | 7 8 12 20",
    ),
    (6, 5): Base(
        6,
        "0 9 11 26 27 | 1 5 19 20 24 | 2 3 10 15 17 | 4 8 14 21 28 | 6 7 16 18 22 | 12 13 23 25 29",
    ),
    (7, 3): Base(
        5,
        "0 4 10 | 1 8 13 | 2 5 7 | 3 15 17 | 6 12 14 | 9 16 20 | 11 18 19 ; 0 6 13 | 1 4 17 | 2 11 20 | "
        "3 7 18 | 5 9 19 | 8 12 16 | 10 14 15",
    ),
    (7, 4): Base(
        9,
        "0 3 5 12 | 1 2 15 19 | 4 23 25 26 | 6 17 20 27 | 7 13 18 22 | 8 9 16 24 | 10 11 14 21",
    ),
    (8, 3): Base(
        11,
        "0 10 16 | 1 4 6 | 2 13 22 | 3 11 15 | 5 9 19 | 7 14 23 | 8 12 17 | 18 20 21",
    ),
    (9, 4): Base(
        11,
        "0 13 32 35 | 1 6 8 23 | 2 16 25 31 | 3 27 28 30 | 4 19 24 33 | 5 11 17 21 | 7 14 26 34 | 9 10 "
        "18 20 | 12 15 22 29",
    ),
    (10, 3): Base(
        14,
        "0 26 28 | 1 13 17 | 2 10 11 | 3 6 25 | 4 8 18 | 5 20 29 | 7 24 27 | 9 16 22 | 12 21 23 | 14 15 "
        "19",
    ),
    (10, 4): Base(
        12,
        "0 3 11 30 | 1 20 24 38 | 2 14 31 39 | 4 9 12 22 | 5 7 21 33 | 6 17 27 36 | 8 13 28 37 | 10 32 "
        "34 35 | 15 18 19 26 | 16 23 25 29",
    ),
    (10, 5): Base(
        9,
        "0 11 29 39 49 | 1 5 8 26 27 | 2 19 32 37 47 | 3 17 22 30 45 | 4 12 24 36 46 | 6 9 13 15 44 | 7 "
        "21 38 40 41 | 10 18 33 42 48 | 14 20 23 25 34 | 16 28 31 35 43",
    ),
    (10, 6): Base(
        8,
        "0 1 6 22 35 54 | 2 21 25 41 42 51 | 3 14 23 28 47 56 | 4 11 19 36 45 58 | 5 9 27 33 40 48 | 7 "
        "12 17 32 44 57 | 8 13 20 29 43 49 | 10 30 39 52 53 55 | 15 18 24 26 34 37 | 16 31 38 46 50 59",
    ),
}
"""By number of tables and people at a table."""


def developed(g: int, p: int, rounds: int) -> list[list[list[int]]]:
    """Up to `rounds` repeat-free rounds of g tables of p from the table; none when it has no entry."""
    base = BASES.get((g, p))
    if base is None:
        return []
    moving = g * p // base.order * base.order
    parts = [[[int(point) for point in table.split()] for table in part.split("|")] for part in base.rounds.split(";")]
    made = [
        [[turned(point, k, base.order, moving) for point in table] for table in part]
        for part in parts
        for k in range(base.order)
    ]
    return made[:rounds]
