"""The planner: a first valid plan at once, then relabelling and polishing until the budget is spent.

The best plan is kept by its cost, level by level. Where a design seats everybody without repeats, labels and
seats are searched in turns, whichever gains more; everywhere else seats are annealed from a greedy start and
reheated.
"""

import random
from collections.abc import Callable
from enum import Enum

import numpy as np

from server.domain.errors import RuleViolation

from .bounds import lower_bound, without_repeats
from .byes import choose_byes
from .checks import check
from .cost import Cost, Tables, evaluate, ranked
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
    *,
    explained: bool = True,
) -> Plan:
    """Plan the free rounds of a meeting.

    The same problem, seed and `budget.steps` give the same plan on every machine. `on_progress` hears of the
    best plan so far at most ten times a second; when `cancel` answers True the best so far is returned at once,
    without explanations. Whoever waits for seats alone leaves them out too (not `explained`): for a thousand people
    they take longer than the seats.
    Raises RuleViolation (codes `plan_*`) when the problem cannot be planned at all.
    """
    check(problem)
    return Run(Model(problem), budget, seed, on_progress, cancel).plan(explained)


class Way(Enum):
    """What the longer stretches do: relabel the design, polish seats gently, or anneal from a start of its
    own."""

    LABELS = "labels"
    SEATS = "seats"
    ANEW = "anew"


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
        self.bound = lower_bound(model)
        self.bound_without_repeats = without_repeats(model, self.bound)
        self.heats = Heats(model, crowded=self.bound.repeats > 0)
        self.byes = choose_byes(model, self.rng)
        self.announced = len(model.previous)
        self.start: DesignStart | None = None
        self.way = Way.ANEW
        self.labels_help = False
        # Measured: with sectors before repeats, to leave a way early and to mend labels by seats gains nothing.
        self.restless = not model.problem.sector_first
        self.longest_anew = 0
        self.mended = False
        self.tables = self._first()
        self.cost = evaluate(model, self.tables)

    def plan(self, explained: bool = True) -> Plan:
        """Search until the budget is spent, the bound is reached or somebody cancels."""
        self.pace.tell()
        for number, length in enumerate(self.pace.stretches()):
            if self._done():
                break
            self._search(number, length)
        self._refuse_forbidden()
        self.tables = renumbered(self.model, self.tables)
        rounds = seatings(self.model, self.tables)
        cost = evaluate(self.model, self.tables)
        return Plan(
            rounds=rounds,
            cost=cost,
            bound=self._least(cost),
            seed=self.seed,
            steps=self.pace.number,
            # Whoever cancels wants their seats now; every seat can be explained afterwards.
            explanations=explain(self.model.problem, rounds) if explained and not self.pace.cancelled else (),
            cut_short=self.pace.cut_short,
        )

    def _first(self) -> Tables:
        if self.announced > self.model.held:
            return repaired(self.model, self.byes, self.rng)
        self.start = design_start(self.model, self.byes)
        if self.start is None:
            return seat_greedily(self.model, self.byes, self.rng)
        return self._completed(place(self.model, self.start, first_people(self.start, self.rng)))

    def _completed(self, tables: Tables) -> Tables:
        """Fill the rounds a design lacks; in the others its own byes stand."""
        return seat_greedily(self.model, self.byes, self.rng, tables)

    def _search(self, number: int, length: int) -> None:
        """One stretch: the warm-up, then a trial of every way to begin, then whichever has done best."""
        if number < 2:
            self._polish(self.tables, length, self.heats.fine)
        elif self.announced > self.model.held:
            self._mend(length)
        elif number == 2 and self.start is not None:
            self._try_ways(self.start, length)
        elif number == 2:
            self._from_scratch(length)
        else:
            self._go_on(length)

    def _mend(self, length: int) -> None:
        """Rounds nobody has heard of yet are searched freely; announced ones are only mended."""
        unheard = range(self.announced, self.model.rounds)
        if unheard and not self.mended:
            self._polish(self.tables, length // 2, self.heats.whole, unheard)
            length -= length // 2
        self.mended = True
        self._polish(self.tables, length, self.heats.repair)

    def _try_ways(self, start: DesignStart, length: int) -> None:
        """Labels, then seats, then (where the design leaves something weighty) a start without design."""
        trial = length // 16
        before = self._energy()
        self._relabel(start, trial)
        middle = self._energy()
        if not self._done():
            self._polish(self.tables, trial, self.heats.fine)
        gained, more = before - middle, middle - self._energy()
        rest = length - 2 * trial
        # Labels of many people, searched for less than half their time, are behind seats that gain already.
        in_time = not self.restless or more <= 0 or rest >= self.heats.label_steps // 2
        self.way = Way.LABELS if gained > 4 * more and in_time else Way.SEATS
        self.labels_help = False
        if self._weighty() and not self._done():
            by_design, tables, hopeless = self.cost, self.tables, self._repeats_left()
            # A design with repeats left over is of little use; without, it only wants its sectors put right.
            anew = rest if hopeless else 4 * trial
            self._from_scratch(anew)
            rest -= anew
            if self.cost != by_design:
                self.way = Way.ANEW
                if not hopeless and self.restless:
                    self._second_trial(start, tables, rest // 2)
                    rest -= rest // 2
        if rest and not self._done():
            self._go_on(rest)

    def _second_trial(self, start: DesignStart, tables: Tables, length: int) -> None:
        """A trial is too short to put all sectors of a great design right: seats and labels get their length anew."""
        for way, take in ((Way.SEATS, length // 2), (Way.LABELS, length - length // 2)):
            before = self.cost
            if way is Way.SEATS:
                self._polish(tables, take, self.heats.again)
            else:
                self._relabel(start, take)
            if self.cost != before:
                self.way = way

    def _go_on(self, length: int) -> None:
        before = self.cost
        if self.way is Way.ANEW and length >= self.longest_anew:
            self._from_scratch(length)
        elif self.way is Way.ANEW:
            self._polish(self.tables, length, self.heats.again)
        elif self.way is Way.LABELS and self.start is not None:
            self._relabel(self.start, length)
            if self.restless and not self.labels_help:
                self.way = Way.SEATS  # what the trial gained was all that labels can give
        else:
            self._polish(self.tables, length, self.heats.fine)
            if self.restless and self.cost == before and self.start is not None:
                self.way = Way.LABELS

    def _from_scratch(self, length: int) -> None:
        self.longest_anew = length
        self._polish(seat_greedily(self.model, self.byes, self.rng), length, self.heats.whole)

    def _repeats_left(self) -> bool:
        return (self.cost.fresh_repeats, self.cost.repeat_load) > (self.bound.fresh_repeats, self.bound.repeat_load)

    def _weighty(self) -> bool:
        """Whether anything of the weightiest levels is above its bound."""
        return any(have > least for have, least in zip(self.cost[:7], self.bound[:7], strict=True))

    def _energy(self) -> int:
        return Polisher(self.model, self.tables, self.rng).energy

    def _relabel(self, start: DesignStart, length: int) -> None:
        """Search the labels of the design from several beginnings, each time for a while."""
        while length > 0 and not self._done():
            people = first_people(start, self.rng)
            labels = Relabeller(self.model, self.heats.label_weights, start, people)
            if not labels.worthwhile or self.pace.over():
                return
            steps = min(length, self.heats.label_steps)
            length -= steps
            # The weighty levels are softened for labels; what that leaves is put right seat by seat.
            by_seats = steps // 8 if self.restless else 0
            labels.anneal(steps - by_seats, self.heats.labels, self.rng, self.pace.tick)
            tables, before = self._completed(place(self.model, start, labels.best.tolist())), self.cost
            self._keep(tables)
            self.labels_help = self.labels_help or self.cost != before
            if by_seats and not self._done():
                self._polish(tables, by_seats, self.heats.fine)

    def _polish(self, tables: Tables, length: int, bands: tuple[Band, ...], rounds: range | None = None) -> None:
        polisher = Polisher(self.model, tables, self.rng, rounds)
        polisher.anneal(length, bands, self.pace.tick)
        self._keep(polisher.best)

    def _keep(self, tables: Tables) -> None:
        cost = evaluate(self.model, tables)
        if ranked(cost, self.model.problem) < ranked(self.cost, self.model.problem):
            self.tables, self.cost = tables, cost
            self.pace.tell()

    def _done(self) -> bool:
        """Nothing the search can lower is above its bound, or time is up."""
        bound = self._least(self.cost)._replace(most_repeats=self.cost.most_repeats, walks=self.cost.walks)
        return self.pace.over() or all(a <= b for a, b in zip(self.cost, bound, strict=True))

    def _least(self, cost: Cost) -> Cost:
        """What no plan can beat that has repeats as few as this one."""
        return self.bound if cost.fresh_repeats else self.bound_without_repeats

    def _report(self, share: float) -> None:
        assert self.on_progress is not None
        tables = self.tables
        self.on_progress(Progress(self.cost, share, lambda: seatings(self.model, tables)))

    def _refuse_forbidden(self) -> None:
        index = self.model.layout.index
        together = [
            (one, other, number)
            for one, other in self.model.problem.forbidden
            for number in self.model.free_rounds
            if self.tables[number, index[one]] == self.tables[number, index[other]] >= 0
        ]
        for one, other, number in together[:1]:
            raise RuleViolation("plan_forbidden_unavoidable", field="forbidden", person=one, other=other, round=number)


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
