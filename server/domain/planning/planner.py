"""The planner: a first valid plan at once, then relabelling and polishing until the budget is spent.

The best plan is kept by its cost, level by level. Where a design seats everybody without repeats, labels and seats
are searched in turns, whichever gains more; everywhere else seats are annealed from a greedy start and reheated.
"""

import random
from collections.abc import Callable

import numpy as np

from server.domain.errors import RuleViolation

from .bounds import lower_bound
from .byes import choose_byes
from .checks import check
from .cost import Tables, evaluate, ranked
from .explain import explain
from .heats import Band, Heats
from .model import Model
from .pace import Budget, Pace
from .problem import Problem, Seating
from .relabel import Relabeller
from .replan import repaired
from .result import Plan, Progress
from .search import Polisher
from .starts import DesignStart, design_start, first_people, place, seat_greedily
from .walking import renumbered


def plan(
    problem: Problem,
    budget: Budget,
    seed: int,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Plan:
    """Plan the free rounds of a meeting.

    The same problem, seed and `budget.steps` give the same plan on every machine. `on_progress` hears of the best
    plan so far at most ten times a second; when `cancel` answers True the best so far is returned.
    Raises RuleViolation (codes `plan_*`) when the problem cannot be planned at all.
    """
    check(problem)
    return Run(Model(problem), budget, seed, on_progress, cancel).plan()


class Run:
    """One call of `plan`: the best plan so far, and how the budget is spent."""

    def __init__(
        self,
        model: Model,
        budget: Budget,
        seed: int,
        on_progress: Callable[[Progress], None] | None,
        cancel: Callable[[], bool] | None,
    ) -> None:
        self.model = model
        self.seed = seed
        self.rng = random.Random(seed)
        self.on_progress = on_progress
        self.pace = Pace(budget, cancel, self._report if on_progress is not None else None)
        self.heats = Heats(model)
        self.bound = lower_bound(model)
        self.byes = choose_byes(model, self.rng)
        self.start: DesignStart | None = None
        self.labels_lead = True
        self.tables = self._first()
        self.cost = evaluate(model, self.tables)

    def plan(self) -> Plan:
        """Search until the budget is spent, the bound is reached or somebody cancels."""
        self.pace.tell()
        for number, length in enumerate(self.pace.stretches()):
            if self._done():
                break
            self._search(number, length)
        self._refuse_forbidden()
        self.tables = renumbered(self.model, self.tables)
        rounds = seatings(self.model, self.tables)
        return Plan(
            rounds=rounds,
            cost=evaluate(self.model, self.tables),
            bound=self.bound,
            seed=self.seed,
            steps=self.pace.steps,
            explanations=explain(self.model.problem, rounds),
            cut_short=self.pace.cut_short,
        )

    def _first(self) -> Tables:
        if len(self.model.previous) > self.model.held:
            return repaired(self.model, self.byes, self.rng)
        self.start = design_start(self.model, self.byes)
        if self.start is None:
            return seat_greedily(self.model, self.byes, self.rng)
        return self._completed(place(self.model, self.start, first_people(self.start, self.rng)))

    def _completed(self, tables: Tables) -> Tables:
        """Fill the rounds a design lacks; in the others its own byes stand."""
        return seat_greedily(self.model, self.byes, self.rng, tables)

    def _search(self, number: int, length: int) -> None:
        """One stretch: from a new start, by relabelling, or on from the best plan."""
        start, heats = self.start, self.heats
        if number == 0:
            self._polish(self.tables, length, heats.fine)
        elif len(self.model.previous) > self.model.held:
            self._polish(self.tables, length, heats.repair)
        elif start is not None and start.complete:
            self._relabel_or_polish(start, number, length)
        elif number == 1:
            self._polish(seat_greedily(self.model, self.byes, self.rng), length, heats.whole)
        elif number == 2 and start is not None:
            self._relabel(start, length // 2)
            self._polish(self.tables, length - length // 2, heats.again)
        else:
            self._polish(self.tables, length, heats.again)

    def _relabel_or_polish(self, start: DesignStart, number: int, length: int) -> None:
        """Labels or seats, whichever has gained more; the first stretch tries both to find out."""
        rest = length
        if number == 1:
            trial = length // 8
            rest -= 2 * trial
            before = self._energy()
            self._relabel(start, trial)
            middle = self._energy()
            if not self._done():
                self._polish(self.tables, trial, self.heats.fine)
            self.labels_lead = (before - middle) > 4 * (middle - self._energy())
        if self._done():
            return
        if self.labels_lead:
            self._relabel(start, rest)
        else:
            self._polish(self.tables, rest, self.heats.fine)

    def _energy(self) -> int:
        return Polisher(self.model, self.tables, self.rng).energy

    def _relabel(self, start: DesignStart, length: int) -> None:
        """Search the labels of the design from several beginnings; the best is kept if it beats what there is."""
        best: Relabeller | None = None
        while length > 0 and not self.pace.over():
            labels = Relabeller(self.model, start, first_people(start, self.rng))
            if not labels.worthwhile:
                return
            steps = min(length, self.heats.label_steps)
            length -= steps
            labels.anneal(steps, self.heats.labels, self.rng, self.pace.tick)
            if best is None or labels.best_energy < best.best_energy:
                best = labels
        if best is not None:
            self._keep(self._completed(place(self.model, start, best.best.tolist())))

    def _polish(self, tables: Tables, length: int, bands: tuple[Band, ...]) -> None:
        polisher = Polisher(self.model, tables, self.rng)
        polisher.anneal(length, bands, self.pace.tick)
        self._keep(polisher.best)

    def _keep(self, tables: Tables) -> None:
        cost = evaluate(self.model, tables)
        if ranked(cost, self.model.problem) < ranked(self.cost, self.model.problem):
            self.tables, self.cost = tables, cost
            self.pace.tell()

    def _done(self) -> bool:
        """Nothing the search can lower is above its bound, or time is up."""
        bound = self.bound._replace(most_repeats=self.cost.most_repeats, walks=self.cost.walks)
        return self.pace.over() or all(a <= b for a, b in zip(self.cost, bound, strict=True))

    def _report(self, share: float) -> None:
        assert self.on_progress is not None
        self.on_progress(Progress(self.cost, share, seatings(self.model, self.tables)))

    def _refuse_forbidden(self) -> None:
        if not self.cost.forbidden:
            return
        for one, other in self.model.problem.forbidden:
            a, b = self.model.layout.index[one], self.model.layout.index[other]
            for number in self.model.free_rounds:
                if self.tables[number, a] == self.tables[number, b] >= 0:
                    raise RuleViolation(
                        "plan_forbidden_unavoidable",
                        field="forbidden", person=one, other=other, round=number,
                    )


def seatings(model: Model, tables: Tables) -> tuple[Seating, ...]:
    """The plan in ids: rounds of tables of people, each table in the order of ids; held rounds as they were."""
    result = list(model.problem.held)
    for number in model.free_rounds:
        row = tables[number]
        people: list[list[int]] = [[] for _ in range(int(row.max()) + 1)]
        for index in np.flatnonzero(row >= 0).tolist():
            people[int(row[index])].append(index)
        result.append(tuple(tuple(model.ids[i] for i in table) for table in people))
    return tuple(result)
