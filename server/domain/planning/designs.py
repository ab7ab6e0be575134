"""A small table of base rounds, made by `symmetry.find_base` and `spaces.packing`; where theorems give fewer
rounds it is used instead.

Base rounds are separated by semicolons, their tables by bars, points by blanks. Turned `order` times (see
`symmetry`) each gives as many rounds, or one when it is turned into itself. Tests develop every entry and check
that nobody meets anybody twice.
"""

from dataclasses import dataclass

from .symmetry import turned


@dataclass(frozen=True)
class Base:
    """Base rounds of `tables` tables of `size`, each to be turned; blocks of `order` points turn, the rest stays."""

    tables: int
    size: int
    order: int
    rounds: str

    def developed(self) -> list[list[list[int]]]:
        """All the rounds: each base round and its turns, until it comes round to itself."""
        moving = self.tables * self.size // self.order * self.order
        made = []
        for text in self.rounds.split(";"):
            part = [[int(point) for point in table.split()] for table in text.split("|")]
            for k in range(self.order):
                following = [sorted(turned(point, k, self.order, moving) for point in table) for table in part]
                if k and sorted(following) == sorted(part):
                    break
                made.append(following)
        return made


BASES: tuple[Base, ...] = (
    Base(
        5,
        3,
        7,
        "0 5 12 | 1 4 7 | 2 3 11 | 6 10 14 | 8 9 13",
    ),
    Base(
        6,
        3,
        4,
        "0 8 9 | 1 7 13 | 2 5 12 | 3 4 17 | 6 10 16 | 11 14 15 ; 0 15 16 | 1 2 8 | 3 7 12 | 4 5 10 | 6 9 14 | 11 13 17",
    ),
    Base(
        6,
        4,
        7,
        "0 16 18 19 | 1 13 15 22 | 2 10 17 21 | 3 5 6 9 | 4 11 14 23 | 7 8 12 20",
    ),
    Base(
        6,
        5,
        6,
        "0 9 11 26 27 | 1 5 19 20 24 | 2 3 10 15 17 | 4 8 14 21 28 | 6 7 16 18 22 | 12 13 23 25 29",
    ),
    Base(
        7,
        3,
        5,
        "0 4 10 | 1 8 13 | 2 5 7 | 3 15 17 | 6 12 14 | 9 16 20 | 11 18 19 ; 0 6 13 | 1 4 17 | 2 11 20 | 3 "
        "7 18 | 5 9 19 | 8 12 16 | 10 14 15",
    ),
    Base(
        7,
        4,
        9,
        "0 3 5 12 | 1 2 15 19 | 4 23 25 26 | 6 17 20 27 | 7 13 18 22 | 8 9 16 24 | 10 11 14 21",
    ),
    Base(
        8,
        3,
        11,
        "0 10 16 | 1 4 6 | 2 13 22 | 3 11 15 | 5 9 19 | 7 14 23 | 8 12 17 | 18 20 21",
    ),
    # Found and published by A. Aguado in 2004; people renumbered by the tables of the first round.
    Base(
        8,
        4,
        1,
        "0 1 2 3 | 4 5 6 7 | 8 9 10 11 | 12 13 14 15 | 16 17 18 19 | 20 21 22 23 | 24 25 26 27 | 28 29 30 "
        "31 ; 0 4 8 28 | 1 7 18 22 | 2 6 17 23 | 3 5 10 31 | 9 15 27 29 | 11 13 25 30 | 12 16 20 24 | 14 "
        "19 21 26 ; 0 21 27 30 | 1 23 26 28 | 2 9 14 20 | 3 6 13 24 | 4 18 25 31 | 5 11 15 16 | 7 10 12 "
        "17 | 8 19 22 29 ; 0 11 18 24 | 1 10 19 25 | 2 8 16 27 | 3 9 17 26 | 4 12 23 29 | 5 14 22 30 | 6 "
        "15 21 31 | 7 13 20 28 ; 0 10 13 22 | 1 4 14 27 | 2 21 25 28 | 3 7 8 30 | 5 9 12 18 | 6 16 26 29 "
        "| 11 17 20 31 | 15 19 23 24 ; 0 9 23 31 | 1 5 24 29 | 2 12 19 30 | 3 15 18 28 | 4 11 22 26 | 6 "
        "10 20 27 | 7 14 16 25 | 8 13 17 21 ; 0 5 19 20 | 1 6 9 30 | 2 7 11 29 | 3 4 16 21 | 8 12 26 31 | "
        "10 14 24 28 | 13 18 23 27 | 15 17 22 25 ; 0 14 17 29 | 1 13 16 31 | 2 4 10 15 | 3 12 22 27 | 5 8 "
        "23 25 | 6 11 19 28 | 7 9 21 24 | 18 20 26 30 ; 0 6 12 25 | 1 8 15 20 | 2 5 13 26 | 3 11 14 23 | "
        "4 17 24 30 | 7 19 27 31 | 9 16 22 28 | 10 18 21 29 ; 0 7 15 26 | 1 11 12 21 | 2 22 24 31 | 3 20 "
        "25 29 | 4 9 13 19 | 5 17 27 28 | 6 8 14 18 | 10 16 23 30",
    ),
    Base(
        9,
        4,
        11,
        "0 13 32 35 | 1 6 8 23 | 2 16 25 31 | 3 27 28 30 | 4 19 24 33 | 5 11 17 21 | 7 14 26 34 | 9 10 18 "
        "20 | 12 15 22 29",
    ),
    Base(
        10,
        3,
        14,
        "0 26 28 | 1 13 17 | 2 10 11 | 3 6 25 | 4 8 18 | 5 20 29 | 7 24 27 | 9 16 22 | 12 21 23 | 14 15 19",
    ),
    Base(
        10,
        4,
        12,
        "0 3 11 30 | 1 20 24 38 | 2 14 31 39 | 4 9 12 22 | 5 7 21 33 | 6 17 27 36 | 8 13 28 37 | 10 32 34 "
        "35 | 15 18 19 26 | 16 23 25 29",
    ),
    # The packing of the projective space of order 3 that `spaces.packing` finds.
    Base(
        10,
        4,
        5,
        "0 1 14 28 | 2 4 31 39 | 3 8 21 27 | 5 9 18 32 | 6 20 36 37 | 7 10 17 19 | 11 16 34 35 | 12 15 22 "
        "24 | 13 25 29 38 | 23 26 30 33 ; 0 6 21 26 | 1 7 22 27 | 2 8 23 28 | 3 9 24 29 | 4 5 20 25 | 10 "
        "16 31 36 | 11 17 32 37 | 12 18 33 38 | 13 19 34 39 | 14 15 30 35 ; 0 7 9 36 | 1 16 21 39 | 2 5 "
        "12 14 | 3 15 19 28 | 4 18 30 34 | 6 22 23 31 | 8 13 26 32 | 10 11 24 38 | 17 20 27 29 | 25 33 35 "
        "37 ; 0 11 22 33 | 1 12 23 34 | 2 13 24 30 | 3 14 20 31 | 4 10 21 32 | 5 16 27 38 | 6 17 28 39 | "
        "7 18 29 35 | 8 19 25 36 | 9 15 26 37 ; 0 18 24 39 | 1 19 20 35 | 2 15 21 36 | 3 16 22 37 | 4 17 "
        "23 38 | 5 11 26 31 | 6 12 27 32 | 7 13 28 33 | 8 14 29 34 | 9 10 25 30",
    ),
)
"""By number of tables and people at a table; of two entries for the same tables the richer one comes last."""


def developed(g: int, p: int) -> list[list[list[list[int]]]]:
    """The designs of g tables of p in the table, all rounds of each."""
    return [base.developed() for base in BASES if (base.tables, base.size) == (g, p)]
