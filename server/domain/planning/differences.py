"""Difference matrices: with them tables meet without repeats where there is no field of that many elements.

In a matrix over an abelian group of order g any two rows differ, column by column, by different elements. Read each
row as the vector of a round (see `construct`): as many rounds as rows, tables of as many people as columns, nobody
twice together, and row 0 of the points never moves. Turned on its side it is such a matrix again. `find_matrix`
made the table of `matrices`; it anneals from random elements, with a first row and a first column of zeros.
"""

import itertools
import math
import random

Rows = list[list[int]]


def addition(orders: tuple[int, ...]) -> Rows:
    """The addition table of a product of cyclic groups of these orders, over 0..g-1; 0 is neutral."""
    elements = list(itertools.product(*(range(order) for order in orders)))
    number = {element: place for place, element in enumerate(elements)}
    return [
        [number[tuple((x + y) % n for x, y, n in zip(a, b, orders, strict=True))] for b in elements] for a in elements
    ]


def subtraction(orders: tuple[int, ...]) -> Rows:
    """The table of a - b in the same numbers."""
    table = [[0] * math.prod(orders) for _ in range(math.prod(orders))]
    for b, row in enumerate(addition(orders)):
        for difference, a in enumerate(row):
            table[a][b] = difference
    return table


def find_matrix(orders: tuple[int, ...], rows: int, columns: int, *, seed: int, tries: int) -> Rows | None:
    """A difference matrix over the group of these orders, or None when `tries` anneals have found none."""
    rng = random.Random(seed)
    search = _Search(subtraction(orders), rows, columns)
    for attempt in range(tries):
        if search.anneal(rng, 100_000 << min(attempt, 4)):
            return search.matrix
    return None


class _Search:
    def __init__(self, minus: Rows, rows: int, columns: int) -> None:
        self.minus = minus
        self.g = len(minus)
        self.rows, self.columns = rows, columns
        self.matrix: Rows = []
        self.used: list[list[list[int]]] = []

    def _shuffle(self, rng: random.Random) -> int:
        """A random matrix; returns how many differences are too many."""
        self.matrix = [
            [rng.randrange(self.g) if row and column else 0 for column in range(self.columns)]
            for row in range(self.rows)
        ]
        self.used = [[[0] * self.g for _ in range(row)] for row in range(self.rows)]
        surplus = 0
        for row, entries in enumerate(self.matrix):
            for other in range(row):
                used = self.used[row][other]
                for a, b in zip(entries, self.matrix[other], strict=True):
                    surplus += used[self.minus[a][b]]
                    used[self.minus[a][b]] += 1
        return surplus

    def anneal(self, rng: random.Random, steps: int) -> bool:
        """One anneal from a random start; True when every difference is there once at most."""
        surplus = self._shuffle(rng)
        heat, fall = 0.6, (0.12 / 0.6) ** (1 / steps)
        for _ in range(steps):
            if surplus == 0:
                return True
            heat *= fall
            row, column = 1 + int(rng.random() * (self.rows - 1)), 1 + int(rng.random() * (self.columns - 1))
            before, after = self.matrix[row][column], int(rng.random() * self.g)
            change = self._put(row, column, after)
            if change <= 0 or rng.random() < math.exp(-change / heat):
                surplus += change
            else:
                self._put(row, column, before)
        return surplus == 0

    def _put(self, row: int, column: int, element: int) -> int:
        """Put an element into the matrix; returns by how many surplus differences it changes."""
        minus, change = self.minus, 0
        before = self.matrix[row][column]
        for other in range(self.rows):
            if other == row:
                continue
            entry = self.matrix[other][column]
            if other < row:
                used, lost, won = self.used[row][other], minus[before][entry], minus[element][entry]
            else:
                used, lost, won = self.used[other][row], minus[entry][before], minus[entry][element]
            used[lost] -= 1
            change += used[won] - used[lost]
            used[won] += 1
        self.matrix[row][column] = element
        return change
