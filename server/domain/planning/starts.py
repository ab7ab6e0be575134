"""First plans: valid at once, before any search. By design where everybody is there for every round, else
greedily."""

import random
from dataclasses import dataclass, field

import numpy as np

from .construct import Design, pairs_by_design, seat_by_design
from .cost import Tables, count_meetings, marginal, table_pairs
from .layout import RoundLayout, even_sizes
from .model import Ints, Model


@dataclass
class DesignStart:
    """Designed rounds, by their number, whose points still want people.

    `pinned` maps points to the people who must have them. People in `hosts` keep the table named there: they
    belong on the points below `tables`, of which every table of every round has exactly one.
    """

    people: list[int]
    rounds: dict[int, list[list[int]]]
    complete: bool
    pinned: dict[int, int] = field(default_factory=dict)
    hosts: dict[int, int] = field(default_factory=dict)
    tables: int = 0


def empty_tables(model: Model) -> Tables:
    """A plan that holds the held rounds and nothing else."""
    tables = np.full((model.rounds, model.n), -1, np.int32)
    tables[: model.held] = model.held_tables
    return tables


def seat_greedily(model: Model, byes: dict[int, int], rng: random.Random, tables: Tables | None = None) -> Tables:
    """Fill every free round that has nobody yet: each person where it costs least at that moment."""
    result = empty_tables(model) if tables is None else tables.copy()
    counts = count_meetings(model, result)
    for number in model.free_rounds:
        if (result[number] >= 0).any():
            continue
        here = model.layout.rounds[number]
        row = np.full(model.n, -1, np.int32)
        waiting = [i for i in here.present if i != byes.get(number) and i not in here.fixed]
        for index, table in here.fixed.items():
            if index != byes.get(number):
                row[index] = table
        rng.shuffle(waiting)
        seat_people(model, row, waiting, here.sizes, counts)
        result[number] = row
        counts[table_pairs(row)] += 1
    return result


def seat_people(model: Model, row: Ints, waiting: list[int], sizes: list[int], counts: Ints) -> None:
    """Seat the waiting people into `row`, each at the cheapest table with room; `counts` are the other
    rounds."""
    price = marginal(model, counts, model.first, model.later)
    at = np.zeros((len(sizes), model.n), np.int64)
    room = np.array(sizes, np.int64)
    for seated in np.flatnonzero(row >= 0):
        at[row[seated]] += price[seated]
        room[row[seated]] -= 1
    taken = np.array(sizes, np.int64) - room
    full = np.where(room > 0, 0, 1 << 40)
    for index in waiting:
        # Empty places first at equal cost, so that tables fill evenly and late comers still have a choice.
        table = int((at[:, index] * 64 + taken + full).argmin())
        row[index] = table
        at[table] += price[index]
        room[table] -= 1
        taken[table] += 1
        if room[table] == 0:
            full[table] = 1 << 40


def design_start(model: Model, byes: dict[int, int]) -> DesignStart | None:
    """Designed rounds for those free rounds that have the same tables; who comes late or leaves early is a ghost
    for the rest."""
    layouts = [model.layout.rounds[number] for number in model.free_rounds]
    if not layouts or model.problem.locked:
        return None
    first = layouts[0]
    if model.problem.shapes[first.number].size == 2 and max(first.sizes) <= 3:
        alike = all((each.present, each.sizes) == (first.present, first.sizes) for each in layouts)
        settled = any(each.fixed for each in layouts)
        return _paired(model, first.present, first.has_bye, byes) if alike and not settled else None
    return _seated(_alike(layouts), len(layouts))


def _alike(layouts: list[RoundLayout]) -> list[RoundLayout]:
    """The largest set of rounds with the same number of tables, of nearly one size, and the same settled seats."""

    def kind(here: RoundLayout) -> tuple[int, list[tuple[int, int]]]:
        return len(here.sizes), sorted(here.fixed.items())

    even = [
        here for here in layouts if sorted(here.sizes, reverse=True) == even_sizes(sum(here.sizes), len(here.sizes))
    ]
    kinds = [kind(here) for here in even]
    best = max(kinds, key=kinds.count, default=None)
    return [here for here in even if kind(here) == best]


def _seated(layouts: list[RoundLayout], wanted: int) -> DesignStart | None:
    if not layouts:
        return None
    hosts = layouts[0].fixed
    everybody = sorted(set().union(*(here.present for here in layouts)))
    always = set(everybody).intersection(*(here.present for here in layouts))
    loose = [person for person in everybody if person not in always]
    if len(set(hosts.values())) < len(hosts) or not always.issuperset(hosts):
        return None
    tables = len(layouts[0].sizes)
    made = seat_by_design(len(everybody), tables, len(layouts), hosts=bool(hosts), loose=len(loose))
    settled = dict(enumerate(loose, start=len(always)))
    rounds: dict[int, list[list[int]]] = {}
    for here in layouts:
        absent = {point for point, person in settled.items() if person not in here.present}
        for part in made:
            trimmed = [[point for point in table if point not in absent] for table in part]
            if sorted(map(len, trimmed)) == sorted(here.sizes):
                rounds[here.number] = trimmed
                made.remove(part)
                break
    if not rounds:
        return None
    return DesignStart(everybody, rounds, len(rounds) == wanted, settled, dict(hosts), tables)


def _paired(model: Model, present: list[int], has_bye: bool, byes: dict[int, int]) -> DesignStart | None:
    wanted = len(model.free_rounds)
    made, over = pairs_by_design(len(present), wanted)
    complete = len(made) >= wanted
    pinned: dict[int, int] = {}
    if has_bye:
        fair = complete and not model.past_byes.any() and not model.held
        order = over if not fair else over[: int(model.visitor[present].any())]
        pinned = {point: byes[number] for point, number in zip(order, model.free_rounds, strict=False)}
        if len(set(pinned.values())) < len(pinned):
            return None
    elif over:
        made = _with_trios(made, over, len(present))
    return DesignStart(present, dict(zip(model.free_rounds, made, strict=False)), complete, pinned)


def _with_trios(made: Design, over: list[int], heads: int) -> Design:
    """Each round's odd one joins the pair they know least; trios are shared out evenly."""
    met = [[0] * heads for _ in range(heads)]
    for part in made:
        for a, b in part:
            met[a][b] = met[b][a] = 1
    trios = [0] * heads
    result = []
    for part, odd in zip(made, over, strict=True):
        pair = min(
            part,
            key=lambda couple: (
                sum(met[odd][point] for point in couple),
                sum(trios[point] for point in couple),
                couple,
            ),
        )
        for point in pair:
            met[odd][point] = met[point][odd] = 1
        for point in (*pair, odd):
            trios[point] += 1
        result.append([[*pair, odd], *(couple for couple in part if couple is not pair)])
    return result


def place(model: Model, start: DesignStart, people: list[int]) -> Tables:
    """The designed rounds with `people[point]` at every point; rounds the design lacks stay empty."""
    tables = empty_tables(model)
    rest = iter(sorted(set(range(start.tables)) - set(start.hosts.values())))
    bears = [start.hosts[one] if one in start.hosts else next(rest) for one in people[: start.tables]]
    for number, part in start.rounds.items():
        for table, points in enumerate(part):
            for point in points:
                tables[number, people[point]] = bears[min(points)] if start.hosts else table
    return tables


def first_people(start: DesignStart, rng: random.Random) -> list[int]:
    """Somebody for every point: the pinned ones and hosts where they belong, the others anywhere."""
    settled = start.pinned | {table: person for person, table in start.hosts.items()}
    others = sorted(set(start.people) - set(settled.values()))
    rng.shuffle(others)
    rest = iter(others)
    return [settled[p] if p in settled else next(rest) for p in range(len(start.people))]
