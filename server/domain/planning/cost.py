"""What a plan costs: a named tuple of integers, compared from left to right, and the one number the search
uses.

The tuple is the truth: it is what plans are compared by and what people are told. The search walks on a
weighted sum (`energy`), because a temperature needs one; `energy` is kept up step by step and equals its
recomputation.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .model import FRESH, Ints, Model
from .problem import Mode, Problem

Counts = npt.NDArray[np.signedinteger[Any]]
"""Whole numbers of any width: people by index, or how often."""
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


LEVEL = {name: position for position, name in enumerate(Cost._fields)}
"""Where each level stands in the tuple."""


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
    for number, there in model.rounds_with_bye.items():
        total += there & (tables[number] < 0)
    return total


class MetPairs:
    """The pairs that sit together at all, each once, with how often: all that sums over pairs need to see."""

    def __init__(self, model: Model, tables: Tables, rounds: range | None = None) -> None:
        codes = [np.empty(0, np.int64)]
        for number in rounds if rounds is not None else range(model.rounds):
            one, other = table_pairs(tables[number])
            ordered = one < other
            codes.append(one[ordered] * model.n + other[ordered])
        both, self.times = np.unique(np.concatenate(codes), return_counts=True)
        self.one, self.other = np.divmod(both, model.n)

    def of(self, matrix: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        """The entries of a matrix over people, for these pairs."""
        return matrix[self.one, self.other].astype(np.int64)


def pair_levels(model: Model, one: Counts, other: Counts, times: Counts) -> npt.NDArray[np.int64]:
    """What each pair adds to every level by sitting together `times` times this morning.

    The first axis has one entry per level of Cost; levels that are no sums over pairs stay 0. What is missed
    counts as -1 for a pair that meets, so that totals can be added once.
    """
    levels = np.zeros((len(Cost._fields), *times.shape), np.int64)
    met = times > 0
    known, load = model.times[one, other], model.load[one, other]
    levels[LEVEL["forbidden"]] = times * model.forbidden[one, other]
    levels[LEVEL["must_meet_missed"]] = -1 * (met & model.must[one, other])
    if model.problem.mode is Mode.NEVER_THRICE:
        levels[LEVEL["thirds"]] = np.maximum(times + np.minimum(known, 2) - 2, 0)
    levels[LEVEL["fresh_repeats"]] = met * (times - (load < FRESH))
    levels[LEVEL["same_sector"]] = times * model.same[one, other]
    levels[LEVEL["repeat_load"]] = met * (load + FRESH * (times - 1))
    levels[LEVEL["repeats"]] = met * (times - (known == 0))
    levels[LEVEL["wishes_missed"]] = -1 * (met & model.wanted[one, other])
    levels[LEVEL["affinity_missed"]] = -1 * met * model.affine[one, other]
    levels[LEVEL["visitors_missed"]] = -1 * (met & model.guest[one, other])
    levels[LEVEL["familiarity"]] = times * model.mass[one, other] + 50 * times * (times - 1)
    return levels


def evaluate(model: Model, tables: Tables) -> Cost:
    """The cost of a whole plan, computed from nothing but its seats."""
    met = MetPairs(model, tables)
    by_pair = pair_levels(model, met.one, met.other, met.times)
    levels = by_pair.sum(axis=1)
    totals = model.totals
    levels[LEVEL["forbidden"]] = _forbidden(model, tables)
    levels[LEVEL["must_meet_missed"]] += totals.must
    levels[LEVEL["wishes_missed"]] += totals.wanted
    levels[LEVEL["affinity_missed"]] += totals.affine
    levels[LEVEL["visitors_missed"]] += totals.guest
    levels[LEVEL["seats_changed"]] = seats_changed(model, tables)
    levels[LEVEL["most_repeats"]] = repeats_per_person(model, met, by_pair[LEVEL["repeats"]]).max()
    levels[LEVEL["extra_byes"]] = _choose_two(bye_counts(model, tables))
    levels[LEVEL["extra_trios"]] = _choose_two(trio_counts(model, tables))
    levels[LEVEL["walks"]] = walks(tables)
    return Cost(*levels.tolist())


def _forbidden(model: Model, tables: Tables) -> int:
    """Forbidden meetings in the rounds still to be planned; what was held cannot be helped."""
    if not model.problem.forbidden:
        return 0
    met = MetPairs(model, tables, model.free_rounds)
    return int((met.times * met.of(model.forbidden)).sum())


def repeats_per_person(model: Model, met: MetPairs, again: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """How often each person sits with somebody they have met before; `again` says it pair by pair."""
    per_person = np.zeros(model.n, np.int64)
    np.add.at(per_person, met.one, again)
    np.add.at(per_person, met.other, again)
    return per_person


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
    met = MetPairs(model, tables)
    more = met.times - 1
    pairs = met.of(model.first) + more * met.of(model.later) + int(model.step) * (more * (more - 1) // 2)
    trios = trio_counts(model, tables)
    w = model.weights
    return (
        int(pairs.sum()) + w.trio * int((trios * trios).sum()) + w.moved * seats_changed(model, tables)
    )
