"""The problem as arrays: people by index, seats fixed beforehand, and what every pair of people costs.

People are ordered by id before anything else happens, so the order they were given in never changes a plan.
Integers only: the same problem gives the same figures on every machine.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from .layout import Layout, lay_out
from .problem import Mode, Problem, Seating

Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

FRESH = 100
"""Weight of having met this morning (or at an undated earlier meeting), in hundredths of a repeat."""


@cache
def age_weight(days_ago: int | None) -> int:
    """How much an earlier meeting still counts, in hundredths: all of it undated, less the longer ago.

    A dated meeting always counts less than one of this morning, and in steps, so that a week more or less
    never outweighs two people of one sector at a table.
    """
    if days_ago is None:
        return FRESH
    for days, weight in ((182, 30), (365, 15), (730, 8)):
        if days_ago <= days:
            return weight
    return 4


@cache
def age_mass(days_ago: int | None) -> int:
    """The same without steps, in hundredths: it halves every half year and settles what steps leave open."""
    if days_ago is None:
        return FRESH
    halvings, rest = divmod(days_ago, 182)
    weight = FRESH >> min(halvings, 7)
    return max(1, weight - weight * rest // 364)


@dataclass(frozen=True)
class Weights:
    """What one unit of each level is worth inside the search. Plans are compared by their cost, not by
    this."""

    repeat: int = 1000
    spread: int = 80
    sector: int = 1000
    moved: int = 300
    wish: int = 40
    affinity: int = 2
    visitor: int = 8
    trio: int = 30
    must: int = 20_000
    forbidden: int = 500_000


@dataclass(frozen=True)
class Totals:
    """How many pairs there are of each kind (of affine ones: the sum of their weights)."""

    must: int
    wanted: int
    affine: int
    guest: int


class Model:
    """A checked problem, compiled. Arrays are indexed by person (ids in canonical order) and by round."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.layout: Layout = lay_out(problem)
        self.ids = self.layout.ids
        self.n = len(self.ids)
        self.rounds = problem.rounds
        self.held = len(problem.held)
        self._compile_people()
        self.weights = self._weights()
        self._compile_pairs()
        self.first, self.later = self.prices(self.weights)
        self.step = np.int32(self.weights.spread)

    def _weights(self) -> Weights:
        problem = self.problem
        if problem.mode is Mode.NEVER_THRICE:
            spread = 1000
        elif problem.affinity or any(person.looks_for for person in problem.people):
            spread = 20
        else:
            spread = 80
        # Where every sector can be spread over the tables it is, and at next to no price, if it weighs a
        # little more than a repeat; where it cannot, repeats must not pay for it.
        sector = 1600 if self._sectors_fit() else 700
        return Weights(spread=spread, sector=2500 if problem.sector_first else sector)

    def _sectors_fit(self) -> bool:
        """Whether no sector has more people than tables in any round."""
        for here in self.layout.rounds.values():
            sectors = self.sector[here.present]
            if np.bincount(sectors[sectors >= 0], minlength=1).max() > len(here.sizes):
                return False
        return True

    def _compile_people(self) -> None:
        people = [self.problem.by_id[person_id] for person_id in self.ids]
        names = sorted({p.sector for p in people if p.sector is not None})
        code = {name: index for index, name in enumerate(names)}
        self.sector_names = names
        self.sector = np.array([code[p.sector] if p.sector is not None else -1 for p in people], np.int32)
        self.visitor = np.array([p.visitor for p in people], np.bool_)
        looks = np.zeros((self.n, max(1, len(names))), np.bool_)
        for index, person in enumerate(people):
            looks[index, [code[sector] for sector in person.looks_for if sector in code]] = True
        self.looks_for = looks
        self.past_byes = np.array([p.byes for p in people], np.int32)
        self.rounds_with_bye = {
            number: np.array([person.is_there(number) for person in people], np.bool_)
            for number, shape in enumerate(self.problem.shapes)
            if shape.size == 2 and shape.has_bye(len(self.problem.present(number)))
        }
        self.held_tables = self.tables_of(self.problem.held)
        self.previous = self.tables_of(self.problem.previous)

    def tables_of(self, seatings: tuple[Seating, ...]) -> Ints:
        """Seatings as one row per round: the table of every person, -1 where they do not sit."""
        rows = np.full((len(seatings), self.n), -1, np.int32)
        for number, seating in enumerate(seatings):
            for table, people in enumerate(seating):
                for person_id in people:
                    rows[number, self.layout.index[person_id]] = table
        return rows

    def _compile_pairs(self) -> None:
        n = self.n
        self.times = np.zeros((n, n), np.int32)
        self.load = np.zeros((n, n), np.int32)
        self.mass = np.zeros((n, n), np.int32)
        self._compile_history()
        known = self.sector >= 0
        self.same = (self.sector[:, None] == self.sector[None, :]) & known[:, None]
        np.fill_diagonal(self.same, False)
        seeks = self.looks_for[:, np.maximum(self.sector, 0)] & known[None, :]
        self.wanted = seeks | seeks.T
        np.fill_diagonal(self.wanted, False)
        self.guest = self.visitor[:, None] ^ self.visitor[None, :]
        self.affine = self._affinities()
        self.forbidden = self._pairs(self.problem.forbidden)
        self.must = self._pairs(self.problem.must_meet)
        self.totals = Totals(*(int(m.sum()) // 2 for m in (self.must, self.wanted, self.affine, self.guest)))

    def _compile_history(self) -> None:
        history, index = self.problem.history, self.layout.index
        one = np.array([index[met.a] for met in history], np.intp)
        other = np.array([index[met.b] for met in history], np.intp)
        times = np.array([met.times for met in history], np.int32)
        load = np.array([age_weight(met.days_ago) for met in history], np.int32)
        mass = np.array([met.times * age_mass(met.days_ago) for met in history], np.int32)
        for couple in ((one, other), (other, one)):
            np.add.at(self.times, couple, times)
            np.maximum.at(self.load, couple, load)
            np.add.at(self.mass, couple, mass)

    def _affinities(self) -> Ints:
        count = len(self.sector_names)
        table = np.zeros((count + 1, count + 1), np.int32)
        code = {name: number for number, name in enumerate(self.sector_names)}
        for affine in self.problem.affinity:
            if affine.sector in code and affine.other in code:
                a, b = code[affine.sector], code[affine.other]
                table[a, b] = table[b, a] = max(affine.weight, int(table[a, b]))
        matrix: Ints = table[np.ix_(self.sector, self.sector)]
        np.fill_diagonal(matrix, 0)
        return matrix

    def _pairs(self, pairs: tuple[tuple[int | str, int | str], ...]) -> Bools:
        matrix = np.zeros((self.n, self.n), np.bool_)
        for one, other in pairs:
            a, b = self.layout.index[one], self.layout.index[other]
            matrix[a, b] = matrix[b, a] = True
        return matrix

    def prices(self, w: Weights) -> tuple[Ints, Ints]:
        """What a pair's first meeting of this morning costs, and its second; each further one `spread`
        more."""
        linear = self.same * np.int32(w.sector) + self.forbidden * np.int32(w.forbidden)
        known = self.mass * np.int32(w.spread) // FRESH
        bonus = (
            self.wanted * np.int32(w.wish)
            + self.affine * np.int32(w.affinity)
            + self.guest * np.int32(w.visitor)
            + self.must * np.int32(w.must)
        )
        first: Ints = (self.load * np.int32(w.repeat) // FRESH + known + linear - bonus).astype(np.int32)
        later: Ints = (w.repeat + w.spread + known + linear).astype(np.int32)
        np.fill_diagonal(first, 0)
        np.fill_diagonal(later, 0)
        return first, later

    @property
    def free_rounds(self) -> range:
        """The rounds still to be planned."""
        return range(self.held, self.rounds)
