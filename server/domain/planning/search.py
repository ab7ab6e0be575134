"""Seat swaps: two people of one round change tables, again and again, while a temperature falls.

One step looks at every swap of many people in one round at once: each of them draws their best swap under
noise (the Gumbel trick, so they move as if by chance at that temperature) and those that touch different
tables are carried out together. Everything is integer arithmetic on one `random.Random`, so seed and steps
give the plan.
"""

import math
import random
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from .cost import Tables, count_meetings, energy, marginal, table_pairs, trio_counts
from .model import Ints, Model

NEVER = np.int32(500_000_000)
"""Above every real difference of energy: a swap that is not allowed."""

NOISE_BITS = 10
NOISE_SIZE = 1 << 15
SCORED_AT_ONCE = 24_000
STEPS_A_VISIT = 4


def _gumbel_table() -> Ints:
    """Noise in 1/1024 of a temperature: the quantiles of the Gumbel law, shuffled once and for all."""
    values = [
        int(-1024 * math.log(-math.log((k + 0.5) / NOISE_SIZE)) + 0.5) for k in range(NOISE_SIZE)
    ]
    random.Random(1).shuffle(values)
    return np.array(values * 2, np.int32)


NOISE = _gumbel_table()


class Polisher:
    """A plan being improved. `tables` is the current plan, `best` the best seen, both with their energy."""

    def __init__(self, model: Model, tables: Tables, rng: random.Random) -> None:
        self.model = model
        self.rng = rng
        self.tables = tables.copy()
        self.counts = count_meetings(model, self.tables)
        self.marginal = marginal(model, self.counts, model.first, model.later)
        self.trios = trio_counts(model, self.tables).astype(np.int32)
        self.energy = energy(model, self.tables)
        self.best, self.best_energy = self.tables.copy(), self.energy
        self.movable = {number: self._movable(number) for number in model.free_rounds}
        self.workable = [number for number in model.free_rounds if self._can_change(number)]

    def _movable(self, number: int) -> npt.NDArray[np.bool_]:
        movable: npt.NDArray[np.bool_] = self.tables[number] >= 0
        movable[list(self.model.layout.rounds[number].fixed)] = False
        return movable

    def _can_change(self, number: int) -> bool:
        return len(set(self.tables[number][self.movable[number]].tolist())) > 1

    def anneal(
        self, steps: int, hot: int, cold: int, tick: Callable[[int], bool], floor: int | None = None
    ) -> int:
        """Run `steps` steps while the temperature falls from `hot` to `cold`; returns the steps taken.

        `tick(steps)` is told after every visit to a round and says whether to stop. At the energy `floor`,
        which is known to be unbeatable, there is nothing left to do.
        """
        taken = 0
        cooling = math.log(max(hot, 1) / max(cold, 1))
        while taken < steps and self.workable and (floor is None or self.best_energy > floor):
            heat = max(1, int(max(hot, 1) * math.exp(-cooling * taken / steps)))
            number = self.workable[self.rng.randrange(len(self.workable))]
            here = min(STEPS_A_VISIT, steps - taken)
            self.visit(number, here, heat)
            taken += here
            if tick(here):
                break
        return taken

    def visit(self, number: int, steps: int, heat: int) -> None:
        """Work on one round for some steps while all other rounds stay as they are."""
        desk = Desk(self, number)
        for _ in range(steps):
            change = desk.step(heat, self.rng)
            if change is None:
                continue
            self.energy += change
            if self.energy < self.best_energy:
                self.tables[number, desk.people] = desk.seats
                self.best, self.best_energy = self.tables.copy(), self.energy
        self._leave(number, desk)

    def _leave(self, number: int, desk: "Desk") -> None:
        before = table_pairs(self._row(desk, desk.seats_before))
        after = table_pairs(self._row(desk, desk.seats))
        self.tables[number, desk.people] = desk.seats
        self.counts[before] -= 1
        self.counts[after] += 1
        model = self.model
        for one, other in (before, after):
            self.marginal[one, other] = marginal(
                model, self.counts[one, other], model.first[one, other], model.later[one, other]
            )
        if desk.trio_table is not None:
            self.trios[desk.people] += (desk.seats == desk.trio_table).astype(np.int32)
            self.trios[desk.people] -= (desk.seats_before == desk.trio_table).astype(np.int32)

    def _row(self, desk: "Desk", seats: Ints) -> Ints:
        row = np.full(self.model.n, -1, np.int32)
        row[desk.people] = seats
        return row


class Desk:
    """One round laid open: what every person there would cost at every table, the other rounds given."""

    def __init__(self, plan: Polisher, number: int) -> None:
        row = plan.tables[number]
        self.people = np.flatnonzero(row >= 0)
        self.seats: Ints = row[self.people].copy()
        self.seats_before = self.seats.copy()
        self.size = len(self.people)
        self.table_count = int(self.seats.max()) + 1
        self.pair_cost = self._pair_cost(plan)
        self.twice = self.pair_cost * np.int32(2)
        self.trio_table: int | None = None
        self.at = self._seat_costs(plan, number)
        self.frozen = np.where(plan.movable[number][self.people], np.int32(0), NEVER)
        self.movers = np.flatnonzero(self.frozen == 0)
        self.rows = max(1, min(len(self.movers), SCORED_AT_ONCE // self.size))
        self.everybody = np.arange(self.size)

    def _pair_cost(self, plan: Polisher) -> Ints:
        """What each pair costs if it sits together in this round, this round's own meetings not counted."""
        cost: Ints = plan.marginal[np.ix_(self.people, self.people)]
        one, other = table_pairs(self.seats)
        a, b = self.people[one], self.people[other]
        model = plan.model
        cost[one, other] = marginal(model, plan.counts[a, b] - 1, model.first[a, b], model.later[a, b])
        return cost

    def _seat_costs(self, plan: Polisher, number: int) -> Ints:
        """at[table, person]: the pairs they would form there, and what the seat itself costs."""
        model = plan.model
        order = np.argsort(self.seats, kind="stable")
        starts = np.searchsorted(self.seats[order], np.arange(self.table_count))
        at: Ints = np.add.reduceat(self.pair_cost[order], starts, axis=0, dtype=np.int32)
        if number < len(model.previous):
            before = model.previous[number][self.people]
            announced = before >= 0
            at[:, announced] += np.int32(model.weights.moved)
            stays = announced & (before < self.table_count)
            at[before[stays], np.flatnonzero(stays)] -= np.int32(model.weights.moved)
        sizes = np.bincount(self.seats)
        if model.problem.shapes[number].size == 2 and sizes.max() == 3:
            self.trio_table = int(sizes.argmax())
            others = plan.trios[self.people] - (self.seats == self.trio_table)
            at[self.trio_table] += np.int32(model.weights.trio) * (2 * others + 1)
        return at

    def step(self, heat: int, rng: random.Random) -> int | None:
        """Let some people draw their swap; returns the change of energy, None when everybody stays."""
        rows = self.movers
        if self.rows < len(rows):
            start = rng.randrange(len(rows))
            rows = np.take(rows, range(start, start + self.rows), mode="wrap")
        seats = self.seats
        own = self.at[seats, self.everybody]
        mine = seats[rows]
        change = self.at.T[rows][:, seats]
        change += self.at[mine]
        change -= own + (-self.frozen)
        change -= own[rows][:, None]
        change -= self.twice[rows]
        change[mine[:, None] == seats[None, :]] = NEVER
        change[np.arange(len(rows)), rows] = 0
        offset = rng.randrange(NOISE_SIZE - 1)
        noise = NOISE[offset : offset + change.size].reshape(change.shape)
        drawn = (change - ((noise * np.int32(heat)) >> NOISE_BITS)).argmin(axis=1)
        moving = np.flatnonzero(drawn != rows)
        if not len(moving):
            return None
        return self._carry_out(rows[moving].tolist(), drawn[moving].tolist(), rng)

    def _carry_out(self, ones: list[int], others: list[int], rng: random.Random) -> int:
        """Swap as many of the drawn couples as touch different tables, beginning anywhere."""
        total = 0
        touched: set[int] = set()
        start = rng.randrange(len(ones))
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
        return change
