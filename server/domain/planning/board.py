"""A plan laid open for changes by hand: what every exchange of two seats would cost, without planning anew.

A board is a problem and its seatings, compiled once. The change of every level of the cost is then a matter of
the people at two tables, so one exchange, or all that one person could make, takes milliseconds for a thousand
people. Whoever is not there in a round still to come is left out of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from server.domain.errors import RuleViolation

from .changes import NOWHERE, Changes, Longs
from .checks import check
from .cost import (
    LEVEL,
    Cost,
    MetPairs,
    bye_counts,
    count_meetings,
    evaluate,
    pair_levels,
    ranked,
    repeats_per_person,
    trio_counts,
)
from .earlier import Earlier, earlier_meetings
from .explain import explain
from .model import Bools, Ints, Model
from .problem import PersonId, Problem, Seating
from .result import Explanation


@dataclass(frozen=True)
class Exchange:
    """Two people of one round change seats; one of them may be sitting out."""

    number: int
    one: PersonId
    other: PersonId


@dataclass(frozen=True)
class Transfer:
    """One person of a round goes to another table, and nobody comes back for them."""

    number: int
    one: PersonId
    table: int


Move = Exchange | Transfer


@dataclass(frozen=True)
class Moves:
    """What one person could do in one round, move by move: with whom they would change (-1: with nobody), to
    which table (-1: sitting out), whether every hard rule still holds, and the change of every level."""

    others: Ints
    tables: Ints
    allowed: Bools
    change: Longs

    def order(self, problem: Problem) -> list[int]:
        """The moves by their change of cost, level by level, the allowed ones first; ties by table, then
        person."""
        levels = ranked(Cost(*range(len(Cost._fields))), problem)
        by_level = (self.change[:, level] for level in reversed(levels))
        keys: list[Ints | Longs | Bools] = [self.others, self.tables, *by_level, ~self.allowed]
        return [int(position) for position in np.lexsort(tuple(keys))]


class Board:
    """A problem with its seatings. Raises RuleViolation (codes `plan_*`) when they do not belong together."""

    def __init__(self, problem: Problem, rounds: Sequence[Seating], model: Model | None = None) -> None:
        """`model` spares compiling the same problem again."""
        if model is None:
            check(problem)
            model = Model(problem)
        self.problem = problem
        self.model = model
        self.rounds = _fitting(problem, rounds)
        self.tables = model.tables_of(self.rounds)
        self.there = np.array([[problem.by_id[i].is_there(n) for i in model.ids] for n in range(model.rounds)])
        self.counts = count_meetings(model, self.tables)
        self.cost = evaluate(model, self.tables)
        met = MetPairs(model, self.tables)
        again = pair_levels(model, met.one, met.other, met.times)[LEVEL["repeats"]]
        self.again = repeats_per_person(model, met, again)
        self.trios = trio_counts(model, self.tables)
        self.byes = bye_counts(model, self.tables)

    def seat(self, person: PersonId, number: int) -> int:
        """The index of a person who takes part in a round still to come.

        Raises RuleViolation `plan_unknown_person`, `plan_round_missing`, `plan_move_too_late` or
        `plan_move_absent`.
        """
        index = self.index(person)
        self.check_round(number)
        if number < self.model.held:
            raise RuleViolation("plan_move_too_late", person=person, round=number)
        if not self.problem.by_id[person].is_there(number):
            raise RuleViolation("plan_move_absent", person=person, round=number)
        return index

    def index(self, person: PersonId) -> int:
        """The index of a person. Raises RuleViolation `plan_unknown_person`."""
        if person not in self.model.layout.index:
            raise RuleViolation("plan_unknown_person", field="person", person=person)
        return self.model.layout.index[person]

    def check_round(self, number: int) -> None:
        """Raise RuleViolation `plan_round_missing` for a round that there is not."""
        if not 0 <= number < self.model.rounds:
            raise RuleViolation("plan_round_missing", field="round", round=number)

    def together(self, one: int, other: int) -> list[int]:
        """The rounds in which two people sit at one table."""
        rows = self.tables
        return [int(n) for n in np.flatnonzero((rows[:, one] == rows[:, other]) & (rows[:, one] >= 0))]

    @cached_property
    def earlier(self) -> Earlier:
        """How often, and how long ago at the least, people sat together at earlier meetings."""
        return earlier_meetings(self.problem)

    def explanations(self, person: PersonId) -> tuple[Explanation, ...]:
        """Why somebody sits where they sit, round by round. Raises RuleViolation `plan_unknown_person`."""
        self.index(person)
        return tuple(each for each in self._explanations if each.person == person)

    @cached_property
    def _explanations(self) -> tuple[Explanation, ...]:
        return explain(self.problem, self.rounds)

    def still_to_come(self, person: PersonId) -> list[int]:
        """The rounds somebody takes part in that are still to come."""
        return [number for number in self.model.free_rounds if self.there[number, self.index(person)]]

    def after(self, *moves: Move) -> "Board":
        """The board after the moves, one after the other; whether rules allow them is not asked."""
        rounds = list(self.rounds)
        for move in moves:
            rounds[move.number] = _moved(rounds[move.number], move)
        return Board(self.problem, rounds, self.model)

    def moves(self, number: int, index: int) -> Moves:
        """Everything the person could do in a round: change with anybody elsewhere, or go to another table."""
        row = self.tables[number]
        there = np.zeros(self.model.n, np.bool_)
        there[self.model.layout.rounds[number].present] = True
        others = np.flatnonzero(there & (row != row[index])).astype(np.int32)
        elsewhere = np.flatnonzero(np.arange(int(row.max()) + 1) != row[index]).astype(np.int32)
        nobody = np.full(len(elsewhere), NOWHERE, np.int32)
        return self.weigh(number, index, np.concatenate((others, nobody)), np.concatenate((row[others], elsewhere)))

    def weigh(self, number: int, index: int, others: Ints, tables: Ints) -> Moves:
        """The moves of one person to the given tables, changing with `others` there (-1: with nobody)."""
        changes = Changes(self, number, index, others, tables)
        return Moves(others, tables, changes.allowed(), changes.levels())


def _fitting(problem: Problem, rounds: Sequence[Seating]) -> tuple[Seating, ...]:
    if len(rounds) != problem.rounds:
        raise RuleViolation("plan_rounds_do_not_fit", field="rounds", rounds=len(rounds), wanted=problem.rounds)
    fitting = list(problem.held)
    for number in range(len(problem.held), problem.rounds):
        seated: set[PersonId] = set()
        for person_id in (person_id for table in rounds[number] for person_id in table):
            if person_id not in problem.by_id:
                raise RuleViolation("plan_unknown_person", field="rounds", person=person_id)
            if person_id in seated:
                raise RuleViolation("plan_seated_twice", field="rounds", person=person_id, round=number)
            seated.add(person_id)
        fitting.append(
            tuple(
                tuple(person_id for person_id in table if problem.by_id[person_id].is_there(number))
                for table in rounds[number]
            )
        )
    return tuple(fitting)


def _moved(seating: Seating, move: Move) -> Seating:
    if isinstance(move, Exchange):
        swap = {move.one: move.other, move.other: move.one}
        return tuple(tuple(swap.get(person_id, person_id) for person_id in table) for table in seating)
    without = [tuple(person_id for person_id in table if person_id != move.one) for table in seating]
    without[move.table] = (*without[move.table], move.one)
    return tuple(without)
