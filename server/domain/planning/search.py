"""Seat swaps: two people of one round change tables, again and again, while a temperature falls.

One step looks at every swap of many people in one round at once: each of them draws their best swap under
noise (the Gumbel trick, so they move as if by chance at that temperature) and those that touch different
tables are carried out together. Everything is integer arithmetic on one `random.Random`, so seed and steps
give the plan.
"""

import math
import random
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from .cost import Tables, count_meetings, energy, marginal, trio_counts
from .heats import Band
from .model import Ints, Model

NEVER = np.int32(500_000_000)
"""Above every real difference of energy: a swap that is not allowed."""

NOISE_SIZE = 1 << 15
SCORED_AT_ONCE = 24_000
HEAT_LEVELS = 200
STEPS_A_VISIT = 5
MOST_STEPS_A_VISIT = 24


def _gumbel_table() -> Ints:
    """Noise in 1/1024 of a temperature: the quantiles of the Gumbel law, shuffled once and for all."""
    values = [int(-1024 * math.log(-math.log((k + 0.5) / NOISE_SIZE)) + 0.5) for k in range(NOISE_SIZE)]
    random.Random(1).shuffle(values)
    return np.array(values * 2, np.int32)


GUMBEL = _gumbel_table()


class Noise:
    """Gumbel noise at one temperature; a slice of it from anywhere is as good as drawn afresh."""

    def __init__(self, heat: int) -> None:
        self.values: Ints = (GUMBEL * np.int32(heat)) >> 10

    def like(self, array: Ints, rng: random.Random) -> Ints:
        """Noise in the shape of `array`, which has at most `NOISE_SIZE` entries."""
        offset = int(rng.random() * NOISE_SIZE)
        return self.values[offset : offset + array.size].reshape(array.shape)


def cooling(steps: int, bands: Sequence[Band], stride: int) -> list[tuple[int, int]]:
    """(steps, heat) blocks that fall through each band in equal ratios, at most `HEAT_LEVELS` in a band."""
    blocks: list[tuple[int, int]] = []
    for position, band in enumerate(bands):
        share = steps - sum(block for block, _ in blocks)
        if position < len(bands) - 1:
            share = min(share, steps * band.share // 100)
        levels = max(1, min(HEAT_LEVELS, share // stride))
        small, larger = divmod(share, levels)
        ratio = math.log(band.hot / band.cold) / max(1, levels - 1)
        blocks += [
            (small + (k < larger), max(1, int(band.hot * math.exp(-ratio * k) + 0.5))) for k in range(levels)
        ]
    return blocks


class Polisher:
    """A plan being improved. `tables` is the current plan, `best` the best seen, both with their energy."""

    def __init__(
        self, model: Model, tables: Tables, rng: random.Random, rounds: Sequence[int] | None = None
    ) -> None:
        """Work on the given rounds only, on all free ones when None."""
        self.model = model
        self.rng = rng
        self.tables = tables.copy()
        self.counts = count_meetings(model, self.tables)
        self.more = marginal(model, self.counts, model.first, model.later)
        self.fewer = marginal(model, self.counts - 1, model.first, model.later)
        np.fill_diagonal(self.fewer, 0)
        self.trios = trio_counts(model, self.tables).astype(np.int32)
        self.energy = energy(model, self.tables)
        self.best, self.best_energy = self.tables.copy(), self.energy
        self.floor = self._floor()
        self.movable = {number: self._movable(number) for number in model.free_rounds}
        chosen = model.free_rounds if rounds is None else rounds
        self.workable = [number for number in chosen if self._can_change(number)]

    def _floor(self) -> int | None:
        """An energy nothing can fall below: trios shared out evenly and nothing else to pay."""
        if (self.model.first < 0).any():
            return None
        each, more = divmod(int(self.trios.sum()), self.model.n)
        return self.model.weights.trio * (self.model.n * each * each + more * (2 * each + 1))

    def _movable(self, number: int) -> npt.NDArray[np.bool_]:
        movable: npt.NDArray[np.bool_] = self.tables[number] >= 0
        movable[list(self.model.layout.rounds[number].fixed)] = False
        return movable

    def _can_change(self, number: int) -> bool:
        return len(set(self.tables[number][self.movable[number]].tolist())) > 1

    def anneal(self, steps: int, bands: Sequence[Band], tick: Callable[[int], bool]) -> None:
        """Take `steps` steps while the temperature falls through the bands.

        `tick(steps)` is told after every visit to a round and says whether to stop. When no pair and no seat
        costs anything there is nothing left to do.
        """
        for block, heat in cooling(steps, bands, STEPS_A_VISIT) if self.workable else ():
            noise, left = Noise(heat), block
            while left > 0:
                if self.best_energy == self.floor:
                    return
                number = self.workable[int(self.rng.random() * len(self.workable))]
                taken = self.visit(number, left, noise)
                left -= taken
                if tick(taken):
                    return

    def visit(self, number: int, at_most: int, noise: Noise) -> int:
        """Work on one round while all other rounds stay as they are; returns the steps taken."""
        desk = Desk(self, number)
        steps = min(at_most, MOST_STEPS_A_VISIT, max(STEPS_A_VISIT, 2 * desk.size // desk.rows))
        for _ in range(steps):
            change = desk.step(noise, self.rng)
            if change is None:
                continue
            self.energy += change
            if self.energy < self.best_energy:
                self.tables[number, desk.people] = desk.seats
                self.best, self.best_energy = self.tables.copy(), self.energy
        self._leave(number, desk)
        return steps

    def _leave(self, number: int, desk: "Desk") -> None:
        """Carry the changes of one round over into the counts and prices all rounds share."""
        self.tables[number, desk.people] = desk.seats
        together = desk.seats[:, None] == desk.seats[None, :]
        one, other = np.nonzero(together != desk.together)
        a, b = desk.people[one], desk.people[other]
        model = self.model
        self.counts[a, b] += np.where(together[one, other], np.int32(1), np.int32(-1))
        counts, first, later = self.counts[a, b], model.first[a, b], model.later[a, b]
        self.more[a, b] = marginal(model, counts, first, later)
        self.fewer[a, b] = marginal(model, counts - 1, first, later)
        if desk.trio_table is not None:
            self.trios[desk.people] += (desk.seats == desk.trio_table).astype(np.int32)
            self.trios[desk.people] -= (desk.seats_before == desk.trio_table).astype(np.int32)


class Desk:
    """One round laid open: what every person there would cost at every table, the other rounds given."""

    def __init__(self, plan: Polisher, number: int) -> None:
        row = plan.tables[number]
        self.people = np.flatnonzero(row >= 0)
        self.seats: Ints = row[self.people].copy()
        self.seats_before = self.seats.copy()
        self.size = len(self.people)
        self.rows = max(1, min(self.size, SCORED_AT_ONCE // self.size))
        self.everybody = np.arange(self.size)
        self.together = self.seats[:, None] == self.seats[None, :]
        self.pair_cost = self._pair_cost(plan)
        self.frozen = ~plan.movable[number][self.people]
        self.barred = self._barred()
        self.trio_table: int | None = None
        self.at = self._seat_costs(plan, number)

    def _pair_cost(self, plan: Polisher) -> Ints:
        """What each pair costs if it sits together in this round, this round's own meetings not counted."""
        if self.size == plan.model.n:
            return np.where(self.together, plan.fewer, plan.more)
        there = np.ix_(self.people, self.people)
        return np.where(self.together, plan.fewer[there], plan.more[there])

    def _barred(self) -> Ints:
        """Twice the pair cost, what a swap saves too much, with swaps that mean nothing made unattractive."""
        barred: Ints = self.pair_cost * np.int32(2)
        barred[self.together] = -NEVER
        if self.frozen.any():
            barred[self.frozen] = -NEVER
            barred[:, self.frozen] = -NEVER
        barred[self.everybody, self.everybody] = 0
        return barred

    def _seat_costs(self, plan: Polisher, number: int) -> Ints:
        """at[table, person]: the pairs they would form there, and what the seat itself costs."""
        model = plan.model
        tables = int(self.seats.max()) + 1
        order = np.argsort(self.seats, kind="stable")
        starts = np.searchsorted(self.seats[order], np.arange(tables))
        at: Ints = np.add.reduceat(self.pair_cost[order], starts, axis=0, dtype=np.int32)
        if number < len(model.previous):
            before = model.previous[number][self.people]
            announced = before >= 0
            at[:, announced] += np.int32(model.weights.moved)
            stays = announced & (before < tables)
            at[before[stays], np.flatnonzero(stays)] -= np.int32(model.weights.moved)
        if model.problem.shapes[number].size == 2:
            sizes = np.bincount(self.seats)
            if sizes.max() == 3:
                self.trio_table = int(sizes.argmax())
                others = plan.trios[self.people] - (self.seats == self.trio_table)
                at[self.trio_table] += np.int32(model.weights.trio) * (2 * others + 1)
        return at

    def step(self, noise: Noise, rng: random.Random) -> int | None:
        """Let people draw their best swap under noise; returns the change of energy, None when all stay."""
        first = int(rng.random() * (self.size - self.rows + 1))
        rows = slice(first, first + self.rows)
        own = self.at[self.seats, self.everybody]
        change = self.at.take(self.seats[rows], axis=0)
        change += self.at[:, rows].take(self.seats, axis=0).T
        change -= own
        change -= own[rows, None]
        change -= self.barred[rows]
        change -= noise.like(change, rng)
        drawn = change.argmin(axis=1)
        (moving,) = (drawn != self.everybody[rows]).nonzero()
        if not len(moving):
            return None
        return self._carry_out((moving + first).tolist(), drawn[moving].tolist(), rng)

    def _carry_out(self, ones: list[int], others: list[int], rng: random.Random) -> int:
        """Swap as many of the drawn couples as touch different tables, beginning anywhere."""
        total = 0
        touched: set[int] = set()
        start = int(rng.random() * len(ones))
        for k in range(len(ones)):
            i, j = ones[start - k], others[start - k]
            a, b = int(self.seats[i]), int(self.seats[j])
            if a in touched or b in touched:
                continue
            touched.update((a, b))
            total += self.swap(i, j)
        return total

    def swap(self, i: int, j: int) -> int:
        """Swap two people of different tables; returns the change of energy."""
        a, b = int(self.seats[i]), int(self.seats[j])
        at = self.at
        change = (
            int(at[b, i]) + int(at[a, j]) - int(at[a, i]) - int(at[b, j]) - 2 * int(self.pair_cost[i, j])
        )
        difference = self.pair_cost[j] - self.pair_cost[i]
        at[a] += difference
        at[b] -= difference
        self.seats[i], self.seats[j] = b, a
        self._bar_again(i, j)
        return change

    def _bar_again(self, i: int, j: int) -> None:
        """After a swap each of the two is barred from their new table mates, no longer from the old ones."""
        for one in (i, j):
            row = np.where(
                self.frozen | (self.seats == self.seats[one]), -NEVER, self.pair_cost[one] * np.int32(2)
            )
            row[one] = 0
            self.barred[one] = row
            self.barred[:, one] = row
