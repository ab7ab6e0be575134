"""What no plan can beat, proven: by counting pairs, by pigeonholes, by one person's meetings.

Each level of the cost gets a bound of its own. Reaching all of them is optimal; a plan may be optimal
without.
"""

import numpy as np
import numpy.typing as npt

from .cost import Cost, count_meetings, evaluate, table_pairs, trio_counts
from .model import FRESH, Bools, Ints, Model
from .starts import empty_tables


def least_pairs(people: int, cells: int) -> int:
    """The fewest pairs that share a cell when `people` are spread over `cells` cells."""
    small, larger = divmod(people, cells)
    return larger * (small + 1) * small // 2 + (cells - larger) * small * (small - 1) // 2


def lower_bound(model: Model) -> Cost:
    """A cost no plan for this problem can fall below, level by level."""
    held = empty_tables(model)
    counts = count_meetings(model, held)
    reachable = _reachable(model, counts)
    again = _again(counts, model.times > 0)
    repeats = _repeats(model, counts, reachable, model.times > 0)
    fresh = _repeats(model, counts, reachable, model.load >= FRESH)
    out_of_reach = ~reachable
    return Cost(
        must_meet_missed=int((model.must & out_of_reach).sum()) // 2,
        fresh_repeats=fresh,
        same_sector=_same_sector(model, int(counts[model.same].sum()) // 2),
        repeat_load=max(FRESH * fresh, _lightest_repeat(model) * repeats),
        repeats=repeats,
        wishes_missed=int((model.wanted & out_of_reach).sum()) // 2,
        affinity_missed=int(model.affine[out_of_reach].sum()) // 2,
        visitors_missed=int((model.guest & out_of_reach).sum()) // 2,
        familiarity=evaluate(model, held).familiarity,
        most_repeats=max(int(again.sum(axis=1).max()), -(-2 * repeats // model.n)),
        extra_trios=_extra_trios(model),
    )


def without_repeats(model: Model, bound: Cost) -> Cost:
    """The bound for plans without fresh repeats: it counts what fixed seats then force.

    Where somebody keeps a seat at every table, whoever never meets them twice goes from table to table, and runs out
    of tables without somebody of their own sector.
    """
    return bound._replace(same_sector=max(bound.same_sector, _forced_by_hosts(model)))


def _forced_by_hosts(model: Model) -> int:
    layouts = [model.layout.rounds[number] for number in model.free_rounds]
    hosts = layouts[0].fixed if layouts else {}
    everywhere = all(here.fixed == hosts and set(hosts.values()) == set(range(len(here.sizes))) for here in layouts)
    if not hosts or not everywhere:
        return 0
    counts = count_meetings(model, empty_tables(model))
    hosting = list(hosts)
    known = (counts[hosting] > 0) | (model.load[hosting] >= FRESH)
    total = int(counts[model.same].sum()) // 2
    for person in range(model.n):
        if person not in hosts:
            alike = model.same[hosting, person]
            # A table is closed by anybody there who is known, and spoilt by anybody there of the sector.
            closed = {hosts[host] for host, met in zip(hosting, known[:, person], strict=True) if met}
            spoilt = {hosts[host] for host, same in zip(hosting, alike, strict=True) if same} - closed
            rounds = sum(person in here.present for here in layouts)
            free = len(set(hosts.values())) - len(closed) - len(spoilt)
            total += max(0, min(rounds - free, len(spoilt)))
    return total


def _again(counts: Ints, known: Bools) -> Ints:
    """Meetings of each pair beyond its first ever; `known` marks the pairs who had met before."""
    return np.maximum(counts - ~known, 0)


def _repeats(model: Model, counts: Ints, reachable: Bools, known: Bools) -> int:
    """The fewest meetings of people who have met before, when `known` marks those who had before today."""
    held = int(_again(counts, known).sum()) // 2
    fresh = (reachable & ~known).sum(axis=1)
    return max(held, _by_counting(model, fresh), _by_pigeonholes(model), _by_person(model, fresh))


def _lightest_repeat(model: Model) -> int:
    known = model.load[model.load > 0]
    return min(FRESH, int(known.min())) if len(known) else FRESH


def _reachable(model: Model, counts: Ints) -> Bools:
    """Pairs who can still meet, or have met in a held round."""
    reachable = counts > 0
    for present in {tuple(here.present) for here in model.layout.rounds.values()}:
        here = np.zeros(model.n, np.bool_)
        here[list(present)] = True
        reachable |= here[:, None] & here[None, :]
    np.fill_diagonal(reachable, False)
    return reachable


def _round_sizes(model: Model) -> list[list[int]]:
    held = [[int(size) for size in np.bincount(row[row >= 0], minlength=1)] for row in model.held_tables]
    return held + [model.layout.rounds[number].sizes for number in model.free_rounds]


def _by_counting(model: Model, fresh: npt.NDArray[np.int64]) -> int:
    """There are only so many pairs who have not met; every meeting beyond them is a repeat."""
    meetings = sum(size * (size - 1) // 2 for sizes in _round_sizes(model) for size in sizes)
    return max(0, meetings - int(fresh.sum()) // 2)


def _by_pigeonholes(model: Model) -> int:
    """When the same people sit in every round, a table larger than the number of tables repeats somebody."""
    rounds = _round_sizes(model)
    heads = [sum(sizes) for sizes in rounds]
    if len(set(heads)) > 1 or heads[0] != model.n:
        return 0
    first = len(rounds[0])
    return sum(least_pairs(size, first) for sizes in rounds[1:] for size in sizes)


def _by_person(model: Model, fresh: npt.NDArray[np.int64]) -> int:
    """Somebody at tables with more seats than there are people to meet repeats some; two share a repeat."""
    there = np.zeros(model.n, np.int64)
    for number in model.free_rounds:
        here = model.layout.rounds[number]
        smallest = min(here.sizes)
        seated = np.zeros(model.n, np.int64)
        seated[here.present] = 0 if here.has_bye else smallest - 1
        there += seated
    for row in model.held_tables:
        one, _ = table_pairs(row)
        there += np.bincount(one, minlength=model.n)
    return int(-(-np.maximum(there - fresh, 0).sum() // 2))


def _same_sector(model: Model, held: int) -> int:
    total = held
    for number in model.free_rounds:
        here = model.layout.rounds[number]
        sectors = model.sector[here.present]
        for people in np.bincount(sectors[sectors >= 0], minlength=1).tolist():
            total += least_pairs(max(0, people - here.has_bye), len(here.sizes))
    return total


def _extra_trios(model: Model) -> int:
    seats = int(trio_counts(model, empty_tables(model)).sum())
    for number in model.free_rounds:
        if model.problem.shapes[number].size == 2:
            seats += 3 * sum(size == 3 for size in model.layout.rounds[number].sizes)
    return least_pairs(seats, model.n)
