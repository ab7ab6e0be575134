"""Repairing a running meeting: what was held stays, what was announced changes as little as possible.

Somebody comes late, leaves early or never comes: the caller changes `present` of that person, hands in the
rounds held or running and the announced plan, and gets a plan in which nobody moves without need.
"""

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .cost import Tables, count_meetings, marginal, table_pairs
from .layout import RoundLayout
from .model import Ints, Model
from .problem import Problem, Seating
from .starts import empty_tables, seat_greedily, seat_people


def resume(problem: Problem, announced: Sequence[Seating], held: Sequence[Seating]) -> Problem:
    """The same meeting under way: `held` are the rounds held or running, `announced` all rounds as
    announced."""
    return replace(problem, held=tuple(held), previous=tuple(announced))


def repaired(model: Model, byes: dict[int, int], rng: random.Random) -> Tables:
    """The announced plan with leavers gone and newcomers seated; rounds never announced are filled
    greedily."""
    tables = empty_tables(model)
    announced = range(model.held, min(len(model.previous), model.rounds))
    for number in announced:
        tables[number] = model.previous[number]
    counts = count_meetings(model, tables)
    for number in announced:
        counts[table_pairs(tables[number])] -= 1
        tables[number] = _repair(model, model.layout.rounds[number], byes.get(number), tables[number], counts)
        counts[table_pairs(tables[number])] += 1
    return seat_greedily(model, byes, rng, tables)


def _repair(model: Model, here: RoundLayout, bye: int | None, announced: Ints, counts: Ints) -> Ints:
    """One round: whoever can keep their seat keeps it, the others sit where they cost least."""
    row = np.full(model.n, -1, np.int32)
    staying = [i for i in here.present if i != bye]
    for index in staying:
        if index in here.fixed:
            row[index] = here.fixed[index]
    price = marginal(model, counts, model.first, model.later)
    for table, size in enumerate(here.sizes):
        keep = [i for i in staying if announced[i] == table and i not in here.fixed]
        room = size - int((row == table).sum())
        while len(keep) > room:
            mates = [*keep, *np.flatnonzero(row == table).tolist()]
            keep.remove(max(keep, key=lambda i: (int(price[i, mates].sum()), -i)))
        row[keep] = table
    seat_people(model, row, [i for i in staying if row[i] < 0], here.sizes, counts)
    return row
