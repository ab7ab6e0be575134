"""Who sits out when an odd number sits in pairs. Decided before the search, round by round, and then fixed.

The fewest byes so far come first, earlier meetings counted; nobody gets a second before everybody who is
there has had one; a visitor's first round is never a bye unless everybody there is in that position.
"""

import random

from .model import Model


def choose_byes(model: Model, rng: random.Random) -> dict[int, int]:
    """The index of the person who sits out, for every free round that has a bye."""
    counts = [int(value) for value in model.past_byes]
    begun: set[int] = set()
    for number in range(model.held):
        _count_held(model, number, counts, begun)
    chosen: dict[int, int] = {}
    for number in model.free_rounds:
        here = model.layout.rounds[number]
        if here.has_bye:
            person = _pick(model, number, counts, begun, rng)
            chosen[number] = person
            counts[person] += 1
        begun.update(here.present)
    return chosen


def _count_held(model: Model, number: int, counts: list[int], begun: set[int]) -> None:
    people = model.problem.present(number)
    sits_out = model.problem.shapes[number].has_bye(len(people))
    for person in people:
        index = model.layout.index[person.id]
        begun.add(index)
        if sits_out and model.held_tables[number, index] < 0:
            counts[index] += 1


def _pick(
    model: Model, number: int, counts: list[int], begun: set[int], rng: random.Random
) -> int:
    here = model.layout.rounds[number]
    locked = {model.layout.index[lock.person] for lock in model.problem.locked if lock.number == number}
    open_ = [i for i in here.present if i not in locked] or here.present
    able = [i for i in open_ if not model.visitor[i] or i in begun] or open_
    fewest = min(counts[i] for i in able)
    level = [i for i in able if counts[i] == fewest]
    return min(
        level,
        key=lambda i: (
            _announced_rank(model, number, i), i in here.fixed, bool(model.visitor[i]), rng.random()
        ),
    )


def _announced_rank(model: Model, number: int, index: int) -> int:
    """0 for whoever was announced to sit out, 1 for whoever has lost their partner, 2 for everybody else."""
    if number >= len(model.previous):
        return 2
    row = model.previous[number]
    if row[index] < 0:
        return 0
    here = set(model.layout.rounds[number].present)
    mates = [i for i in range(model.n) if row[i] == row[index] and i != index and i in here]
    return 2 if mates else 1
