"""Why repeats cannot be avoided: the same arguments that prove the bound, each with its figures and its words.

By counting, by a pigeonhole, by one person's company, by seats that are fixed. Which argument gives most decides
what people are told; a bound that none of them explains is told as proven, without a reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from .cost import Cost, count_meetings, table_pairs
from .model import Bools, Ints, Model
from .problem import PersonId, Problem
from .result import Plan, Said
from .starts import empty_tables


@dataclass(frozen=True)
class ForcedPair:
    """Two people whose seats put them together: in these rounds (held ones included), `times` in all.

    `repeats` of these meetings are meetings of people who have met before. `table` is theirs when it is always
    the same one.
    """

    one: PersonId
    other: PersonId
    table: int | None
    rounds: tuple[int, ...]
    times: int
    repeats: int


def forced_pairs(model: Model) -> tuple[ForcedPair, ...]:
    """Pairs whose fixed seats bring them together again, the most repeats first."""
    rounds: dict[tuple[int, int], dict[int, int]] = {}
    for number in model.free_rounds:
        fixed = sorted(model.layout.rounds[number].fixed.items())
        for (one, table), (other, other_table) in combinations(fixed, 2):
            if table == other_table:
                rounds.setdefault((one, other), {})[number] = table
    found = []
    for (one, other), tables in sorted(rounds.items()):
        for number in range(model.held):
            row = model.held_tables[number]
            if row[one] == row[other] >= 0:
                tables[number] = int(row[one])
        repeats = len(tables) - int(model.times[one, other] == 0)
        if repeats:
            places, numbers = set(tables.values()), tuple(sorted(tables))
            always = places.pop() if len(places) == 1 else None
            found.append(ForcedPair(model.ids[one], model.ids[other], always, numbers, len(numbers), repeats))
    return tuple(sorted(found, key=lambda pair: -pair.repeats))


def because(model: Model, repeats: int) -> Said | None:
    """The argument that explains best why there are at least `repeats` repeats; None when there need be none."""
    if repeats <= 0:
        return None
    arguments = [*_by_pigeonhole(model), *_by_counting(model), *_by_person(model), *_by_fixed_seats(model)]
    best = max(arguments, key=lambda argument: argument[0], default=None)
    if best is None or best[0] <= 0:
        return Said("proven", {"n": repeats})
    return best[1]


def reason_for(problem: Problem, plan: Plan) -> Said | None:
    """Why the plan's bound has the repeats it has; None when it has none."""
    return because(Model(problem), plan.bound.repeats)


def in_words(plan: Plan) -> Said:
    """What is proven about a plan: optimal, the fewest repeats, or how many cannot be avoided."""
    repeats, bound = plan.cost.repeats, plan.bound.repeats
    if plan.optimal:
        return Said("plan_optimal", {"n": repeats})
    if repeats <= bound:
        return Said("plan_fewest_repeats", {"n": repeats})
    return Said("plan_repeats" if bound else "plan_repeats_unproven", {"n": repeats, "bound": bound})


def least_repeats(model: Model, bound: Cost) -> int:
    """Repeats that no plan can avoid: the bound, or more where fixed seats force more."""
    return max(bound.repeats, sum(pair.repeats for pair in forced_pairs(model)))


def round_sizes(model: Model) -> list[list[int]]:
    """How many sit at each table, round by round."""
    held = [np.bincount(row[row >= 0], minlength=1).tolist() for row in model.held_tables]
    return held + [model.layout.rounds[number].sizes for number in model.free_rounds]


def new_to_each_other(model: Model, counts: Ints) -> Bools:
    """Pairs who have never met before this morning and can meet, or have met, in one of its rounds."""
    can = counts > 0
    for number in model.free_rounds:
        here = np.zeros(model.n, np.bool_)
        here[model.layout.rounds[number].present] = True
        can |= here[:, None] & here[None, :]
    np.fill_diagonal(can, False)
    new: Bools = can & (model.times == 0)
    return new


def _by_counting(model: Model) -> Iterator[tuple[int, Said]]:
    meetings = sum(size * (size - 1) // 2 for sizes in round_sizes(model) for size in sizes)
    new = int(new_to_each_other(model, count_meetings(model, empty_tables(model))).sum()) // 2
    yield meetings - new, Said("because_of_count", {"meetings": meetings, "new": new})


def _by_pigeonhole(model: Model) -> Iterator[tuple[int, Said]]:
    rounds = round_sizes(model)
    if any(sum(sizes) != model.n for sizes in rounds):
        return
    tables = len(rounds[0])
    again = 0
    for size in (size for sizes in rounds[1:] for size in sizes):
        small, larger = divmod(size, tables)
        again += larger * (small + 1) * small // 2 + (tables - larger) * small * (small - 1) // 2
    largest = max(size for sizes in rounds[1:] or rounds for size in sizes)
    yield again, Said("because_of_tables", {"size": largest, "tables": tables})


def _by_person(model: Model) -> Iterator[tuple[int, Said]]:
    """Whoever has more seats beside them than there are new people; each repeat is one of two people's."""
    company = np.zeros(model.n, np.int64)
    for row in model.held_tables:
        company += np.bincount(table_pairs(row)[0], minlength=model.n)
    for number in model.free_rounds:
        here = model.layout.rounds[number]
        if not here.has_bye:
            company[here.present] += min(here.sizes) - 1
    new = new_to_each_other(model, count_meetings(model, empty_tables(model))).sum(axis=1)
    over = np.maximum(company - new, 0)
    worst = int(over.argmax())
    said = Said(
        "because_of_person",
        {"person": model.ids[worst], "seats": int(company[worst]), "new": int(new[worst]), "times": int(over[worst])},
    )
    yield -(-int(over.sum()) // 2), said


def _by_fixed_seats(model: Model) -> Iterator[tuple[int, Said]]:
    forced = forced_pairs(model)
    if forced:
        first = forced[0]
        couple = {"one": first.one, "other": first.other, "times": first.times, "pairs": len(forced)}
        yield sum(pair.repeats for pair in forced), Said("because_of_seats", couple)
