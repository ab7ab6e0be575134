"""What a plan costs: a named tuple of integers, compared from left to right, and the one number the search
uses.

The tuple is the truth: it is what plans are compared by and what people are told. The search walks on a
weighted sum (`energy`), because a temperature needs one; `energy` is kept up step by step and equals its
recomputation.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .model import FRESH, Bools, Ints, Model
from .problem import Problem

Tables = Ints
"""A plan inside the planner: one row per round, the table of every person, -1 for absent or bye."""


class Cost(NamedTuple):
    """Smaller is better, level by level. Hard rules (seats, sizes, presence, fixed tables) are never in here.

    `fresh_repeats` counts meetings of two people who have met this morning or at an undated earlier meeting;
    `repeat_load` counts all repeats in hundredths, dated ones weighing less the longer ago they were;
    `repeats` counts every meeting of two people who have ever met before.
    """

    forbidden: int = 0
    must_meet_missed: int = 0
    thirds: int = 0
    fresh_repeats: int = 0
    same_sector: int = 0
    repeat_load: int = 0
    repeats: int = 0
    seats_changed: int = 0
    wishes_missed: int = 0
    affinity_missed: int = 0
    visitors_missed: int = 0
    familiarity: int = 0
    most_repeats: int = 0
    extra_byes: int = 0
    extra_trios: int = 0
    walks: int = 0


def ranked(cost: Cost, problem: Problem) -> tuple[int, ...]:
    """The key plans are compared by: the cost, with sectors before repeats if the organiser wants it so."""
    if not problem.sector_first:
        return tuple(cost)
    return (*cost[:2], cost.same_sector, cost.thirds, cost.fresh_repeats, *cost[5:])


def table_pairs(row: Ints) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Everybody who sits with somebody in one round, as two index arrays; each pair comes in both orders."""
    there = np.flatnonzero(row >= 0)
    order = there[np.argsort(row[there], kind="stable")]
    tables = row[order]
    sizes = np.bincount(tables) if len(order) else np.zeros(1, np.intp)
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    members = np.full((len(sizes), max(1, int(sizes.max()))), -1, np.intp)
    members[tables, np.arange(len(order)) - starts[tables]] = order
    one = np.repeat(members[:, :, None], members.shape[1], axis=2)
    other = one.transpose(0, 2, 1)
    mask = (one >= 0) & (other >= 0) & (one != other)
    return one[mask], other[mask]


def count_meetings(model: Model, tables: Tables, rounds: range | None = None) -> Ints:
    """How often each pair sits together in the given rounds (all when None)."""
    counts = np.zeros((model.n, model.n), np.int32)
    for number in rounds if rounds is not None else range(model.rounds):
        counts[table_pairs(tables[number])] += 1
    return counts


def trio_counts(model: Model, tables: Tables) -> npt.NDArray[np.int64]:
    """How many rounds of pairs each person spends in a table of three."""
    total = np.zeros(model.n, np.int64)
    for number in range(model.rounds):
        if model.problem.shapes[number].size == 2:
            row = tables[number]
            there = row >= 0
            sizes = np.bincount(row[there], minlength=1)
            total[there] += sizes[row[there]] == 3
    return total


def bye_counts(model: Model, tables: Tables) -> npt.NDArray[np.int64]:
    """Byes of each person: those of earlier meetings, and the rounds they are there for but sit nowhere."""
    total = model.past_byes.astype(np.int64)
    for index, person_id in enumerate(model.ids):
        person = model.problem.by_id[person_id]
        total[index] += sum(
            1
            for number in range(model.rounds)
            if tables[number, index] < 0 and person.is_there(number) and _sits_out(model, number)
        )
    return total


def _sits_out(model: Model, number: int) -> bool:
    shape = model.problem.shapes[number]
    return shape.has_bye(len(model.problem.present(number)))


def evaluate(model: Model, tables: Tables) -> Cost:
    """The cost of a whole plan, computed from nothing but its seats."""
    counts = count_meetings(model, tables)
    met = counts > 0
    again = again_and_again(counts, model.times > 0)
    free = count_meetings(model, tables, model.free_rounds) if model.problem.forbidden else counts
    earlier = np.minimum(model.times, 2)
    return Cost(
        forbidden=_half(free[model.forbidden]),
        must_meet_missed=_half(model.must & ~met),
        thirds=_thirds(model, counts, earlier),
        fresh_repeats=_half(again_and_again(counts, model.load >= FRESH)),
        same_sector=_half(counts[model.same]),
        repeat_load=_half(met * model.load + FRESH * np.maximum(counts - 1, 0)),
        repeats=_half(again),
        seats_changed=seats_changed(model, tables),
        wishes_missed=_half(model.wanted & ~met),
        affinity_missed=_half(model.affine[~met]),
        visitors_missed=_half(model.guest & ~met),
        familiarity=_half(counts * model.mass + 50 * counts * (counts - 1)),
        most_repeats=int(again.sum(axis=1).max()),
        extra_byes=_choose_two(bye_counts(model, tables)),
        extra_trios=_choose_two(trio_counts(model, tables)),
        walks=walks(tables),
    )


def _thirds(model: Model, counts: Ints, earlier: Ints) -> int:
    if model.problem.mode.value == "distinct":
        return 0
    return _half(np.maximum(counts - (2 - earlier), 0))


def again_and_again(counts: Ints, known: Bools) -> Ints:
    """Meetings of each pair beyond its first ever; `known` marks the pairs who had met before."""
    return np.maximum(counts - ~known, 0)


def _half(array: npt.NDArray[np.generic]) -> int:
    return int(array.sum(dtype=np.int64)) // 2


def _choose_two(counts: npt.NDArray[np.int64]) -> int:
    return int((counts * (counts - 1) // 2).sum())


def seats_changed(model: Model, tables: Tables) -> int:
    """Announced seats that are others now, counted for those who sit in both plans."""
    changed = 0
    for number in range(model.held, len(model.previous)):
        before, now = model.previous[number], tables[number]
        changed += int(((before >= 0) & (now >= 0) & (before != now)).sum())
    return changed


def walks(tables: Tables) -> int:
    """How often anybody has to walk to another table from one round to the next."""
    before, after = tables[:-1], tables[1:]
    return int(((before >= 0) & (after >= 0) & (before != after)).sum())


def marginal(model: Model, counts: Ints, first: Ints, later: Ints) -> Ints:
    """What one more meeting costs pairs that have sat together `counts` times this morning."""
    return np.where(counts == 0, first, later + model.step * (counts - 1)).astype(np.int32)


def energy(model: Model, tables: Tables) -> int:
    """The number the search lowers: the weighted sum over pairs and seats."""
    counts = count_meetings(model, tables).astype(np.int64)
    met = counts > 0
    more = np.maximum(counts - 1, 0)
    pairs = met * model.first + more * model.later + int(model.step) * (more * (more - 1) // 2)
    trios = trio_counts(model, tables)
    w = model.weights
    return (
        int(pairs.sum()) // 2
        + w.trio * int((trios * trios).sum())
        + w.moved * seats_changed(model, tables)
    )
