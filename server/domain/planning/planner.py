"""The planner: construct, relabel, polish, and keep the best until the budget is spent.

A search of K steps is a fixed warm-up followed by stretches of falling length, the binary digits of K. The
clock only decides which stretches there is time for, so a plan made by the clock is made again by its number
of steps.
"""

import math
import random
from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np

from server.domain.errors import RuleViolation

from .bounds import lower_bound
from .byes import choose_byes
from .checks import check
from .cost import Tables, evaluate, ranked
from .explain import explain
from .model import Model
from .problem import Problem, Seating
from .relabel import Relabeller
from .replan import repaired
from .result import Plan, Progress
from .search import Polisher
from .starts import DesignStart, design_start, first_people, place, seat_greedily

WARM_UP = 16
UNIT = 16
LONGEST = 1 << 40


class Budget(Protocol):
    """How long to search. The planner has no clock: the budget brings its own."""

    @property
    def steps(self) -> int | None:
        """The number of steps to take, or None to go by the clock alone."""

    def left(self) -> float:
        """Seconds left, of whatever clock the caller trusts; infinite when only steps count."""


def plan(
    problem: Problem,
    budget: Budget,
    seed: int,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Plan:
    """Plan the free rounds of a meeting.

    The same problem, seed and `budget.steps` give the same plan on every machine. `on_progress` hears of the
    best plan so far at most ten times a second; when `cancel` answers True the best so far is returned.
    Raises RuleViolation (codes `plan_*`) when the problem cannot be planned at all.
    """
    check(problem)
    model = Model(problem)
    return Run(model, budget, seed, on_progress, cancel).plan()


class Run:
    """One call of `plan`: the best plan so far, and how much of the budget is spent."""

    def __init__(
        self,
        model: Model,
        budget: Budget,
        seed: int,
        on_progress: Callable[[Progress], None] | None,
        cancel: Callable[[], bool] | None,
    ) -> None:
        self.model = model
        self.budget = budget
        self.seed = seed
        self.on_progress = on_progress
        self.cancel = cancel
        self.rng = random.Random(seed)
        self.steps = 0
        self.stopped = False
        self.began = budget.left()
        self.reported = self.began
        self.warm_at = self.began
        self.bound = lower_bound(model)
        self.byes = choose_byes(model, self.rng)
        self.start: DesignStart | None = None
        self.tables = self._first()
        self.cost = evaluate(model, self.tables)

    def _first(self) -> Tables:
        if self.model.previous.shape[0] > self.model.held:
            return repaired(self.model, self.byes, self.rng)
        self.start = design_start(self.model, self.byes)
        if self.start is None:
            return seat_greedily(self.model, self.byes, self.rng)
        people = first_people(self.start, self.rng)
        return self._completed(place(self.model, self.start, people))

    def _completed(self, tables: Tables) -> Tables:
        byes = dict(self.byes)
        for number in self.model.free_rounds:
            here = self.model.layout.rounds[number]
            if here.has_bye and (tables[number] >= 0).any():
                byes[number] = next(i for i in here.present if tables[number, i] < 0)
        return seat_greedily(self.model, byes, self.rng, tables)

    def plan(self) -> Plan:
        """Search until the budget is spent, the bound is reached or somebody cancels."""
        self._report()
        for stretch, length in enumerate(self._stretches()):
            if self._done():
                break
            self._search(stretch, length)
        self._refuse_forbidden()
        rounds = seatings(self.model, self.tables)
        return Plan(
            rounds, self.cost, self.bound, self.seed, self.steps,
            explain(self.model.problem, rounds), self.stopped,
        )

    def _stretches(self) -> Iterator[int]:
        """Lengths of the stretches: the warm-up, then the binary digits of what is left, the largest
        first."""
        limit = self.budget.steps
        warm = WARM_UP if limit is None else min(WARM_UP, limit)
        yield warm
        digit = LONGEST
        while limit is None or self.steps < limit:
            room = self._predicted(warm) if limit is None else limit - self.steps
            if room < UNIT:
                if limit is not None:
                    yield room
                return
            digit = min(digit // 2, UNIT << ((room // UNIT).bit_length() - 1))
            if digit < UNIT:
                return
            yield digit

    def _predicted(self, warm: int) -> int:
        """Steps there is time for, at the speed seen so far, with a little kept back."""
        spent, left = self.warm_at - self.budget.left(), self.budget.left()
        taken = self.steps
        if not 0 < spent < math.inf:
            return 64 * UNIT
        return int(0.92 * left * taken / spent)

    def _search(self, stretch: int, length: int) -> None:
        """One stretch: from a new start, by relabelling, or on from the best plan."""
        model, heats = self.model, Heats(self.model)
        if stretch == 0:
            self.warm_at = self.budget.left()
            self._polish(self.tables, length, heats.low, heats.cold)
        elif len(model.previous) > model.held:
            self._polish(self.tables, length, heats.low, heats.cold)
        elif self.start is not None and stretch % 2 == 1 and self._relabel(length, heats):
            pass
        elif stretch == 1 or (stretch == 2 and self.start is not None and not self.start.complete):
            self._polish(seat_greedily(model, self.byes, self.rng), length, heats.high, heats.cold)
        else:
            self._polish(self.tables, length, heats.low, heats.cold)

    def _relabel(self, length: int, heats: "Heats") -> bool:
        """Search the labels of the design, then the seats; False when no label is better than another."""
        start = self.start
        assert start is not None
        labels = Relabeller(self.model, start, first_people(start, self.rng))
        if not labels.worthwhile:
            return False
        share = length * 2 // 5
        labels.anneal(share, heats.high, heats.cold, self.rng, self._tick)
        tables = self._completed(place(self.model, start, labels.best.tolist()))
        self._keep(tables)
        if not self._done():
            self._polish(tables, length - share, heats.low, heats.cold)
        return True

    def _polish(self, tables: Tables, length: int, hot: int, cold: int) -> None:
        polisher = Polisher(self.model, tables, self.rng)
        polisher.anneal(length, hot, cold, self._tick)
        self._keep(polisher.best)

    def _keep(self, tables: Tables) -> None:
        cost = evaluate(self.model, tables)
        if ranked(cost, self.model.problem) < ranked(self.cost, self.model.problem):
            self.tables, self.cost = tables, cost
            self._report()

    def _tick(self, steps: int) -> bool:
        """Count steps; True when the clock or somebody says stop in the middle of a stretch."""
        self.steps += steps
        left = self.budget.left()
        if left <= 0 or (self.cancel is not None and self.cancel()):
            self.stopped = True
        elif self.reported - left >= 0.1:
            self._report()
        return self.stopped

    def _done(self) -> bool:
        if self.budget.left() <= 0 or (self.cancel is not None and self.cancel()):
            return True
        key = ranked(self.cost, self.model.problem)[:-5]
        return self.stopped or key <= ranked(self.bound, self.model.problem)[:-5]

    def _report(self) -> None:
        if self.on_progress is None:
            return
        left = self.budget.left()
        self.reported = left
        if self.budget.steps:
            share = self.steps / self.budget.steps
        else:
            share = 1 - left / self.began if 0 < self.began < math.inf else 0.0
        self.on_progress(Progress(self.cost, min(1.0, share), seatings(self.model, self.tables)))

    def _refuse_forbidden(self) -> None:
        if not self.cost.forbidden:
            return
        for one, other in self.model.problem.forbidden:
            a, b = self.model.layout.index[one], self.model.layout.index[other]
            for number in self.model.free_rounds:
                if self.tables[number, a] == self.tables[number, b] >= 0:
                    raise RuleViolation(
                        "plan_forbidden_unavoidable", field="forbidden", person=one, other=other, round=number
                    )


class Heats:
    """Where temperatures begin and end: by the weights of the levels this problem has."""

    def __init__(self, model: Model) -> None:
        w = model.weights
        present = [w.repeat // 2]
        present += [w.wish] * bool(model.wanted.any()) + [w.visitor] * bool(model.guest.any())
        self.high = w.repeat * 7 // 10
        self.low = w.repeat * 3 // 10
        self.cold = max(4, min(present) // 4)


def seatings(model: Model, tables: Tables) -> tuple[Seating, ...]:
    """The plan in ids: rounds of tables of people, each table in the order of ids; held rounds as they
    were."""
    result = list(model.problem.held)
    for number in model.free_rounds:
        row = tables[number]
        people: list[list[int]] = [[] for _ in range(int(row.max()) + 1)]
        for index in np.flatnonzero(row >= 0).tolist():
            people[int(row[index])].append(index)
        result.append(tuple(tuple(model.ids[i] for i in table) for table in people))
    return tuple(result)
