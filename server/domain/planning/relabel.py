"""Relabelling: two people change places in the whole design at once. What the design promises (nobody meets
anybody twice) stays true; sectors, wishes and earlier meetings are what there is to gain."""

import math
import random
from collections.abc import Callable

import numpy as np

from .cost import count_meetings, marginal
from .model import Ints, Model
from .search import NEVER, NOISE, NOISE_BITS, NOISE_SIZE, SCORED_AT_ONCE
from .starts import DesignStart, empty_tables


class Relabeller:
    """People on the points of a design. `people[point]` is the current answer, `best` the cheapest seen."""

    def __init__(self, model: Model, start: DesignStart, people: list[int]) -> None:
        size = len(start.points)
        counts = count_meetings(model, empty_tables(model))
        price = marginal(model, counts, model.first, model.later)
        self.people = np.array(people, np.int64)
        self.links = np.zeros((size, size), np.int32)
        for part in start.rounds:
            for table in part:
                self.links[np.ix_(table, table)] += 1
        np.fill_diagonal(self.links, 0)
        self.price: Ints = price[np.ix_(self.people, self.people)].copy()
        self.loose = np.array([p for p in range(size) if p not in start.pinned], np.int64)
        self.held_back = np.full(size, NEVER, np.int32)
        self.held_back[self.loose] = 0
        self.worthwhile = len(self.loose) > 1 and len(set(price[~np.eye(model.n, dtype=bool)].tolist())) > 1
        self.rows = max(1, min(len(self.loose), SCORED_AT_ONCE // size))
        self.placed = self._placed()
        self.energy = int((self.links * self.price).sum()) // 2
        self.best, self.best_energy = self.people.copy(), self.energy

    def _placed(self) -> Ints:
        """placed[x, y]: what the person of y would cost on point x, everybody else staying."""
        placed = np.zeros_like(self.price)
        for x in range(len(self.people)):
            near = np.flatnonzero(self.links[x])
            placed[x] = self.links[x, near] @ self.price[near]
        return placed

    def anneal(
        self, steps: int, hot: int, cold: int, rng: random.Random, tick: Callable[[int], bool]
    ) -> int:
        """Run up to `steps` steps while the temperature falls from `hot` to `cold`; returns the steps
        taken."""
        cooling = math.log(hot / cold)
        taken = 0
        while taken < steps:
            self._step(max(1, int(hot * math.exp(-cooling * taken / steps))), rng)
            taken += 1
            if self.energy < self.best_energy:
                self.best, self.best_energy = self.people.copy(), self.energy
            if tick(1):
                break
        return taken

    def _step(self, heat: int, rng: random.Random) -> None:
        rows = self.loose
        if self.rows < len(rows):
            start = rng.randrange(len(rows))
            rows = np.take(rows, range(start, start + self.rows), mode="wrap")
        own = self.placed.diagonal()
        change = self.placed[rows] + self.placed[:, rows].T
        change += 2 * self.links[rows] * self.price[rows]
        change -= own - self.held_back
        change -= own[rows][:, None]
        change[np.arange(len(rows)), rows] = 0
        offset = rng.randrange(NOISE_SIZE - 1)
        noise = NOISE[offset : offset + change.size].reshape(change.shape)
        drawn = (change - ((noise * np.int32(heat)) >> NOISE_BITS)).argmin(axis=1)
        moving = np.flatnonzero(drawn != rows)
        if len(moving):
            pick = int(moving[rng.randrange(len(moving))])
            self.energy += int(change[pick, drawn[pick]])
            self._swap(int(rows[pick]), int(drawn[pick]))

    def _swap(self, x: int, y: int) -> None:
        couple, reverse = [x, y], [y, x]
        self.people[couple] = self.people[reverse]
        self.price[couple] = self.price[reverse]
        self.price[:, couple] = self.price[:, reverse]
        self.placed[:, couple] = self.placed[:, reverse]
        lean = self.links[:, x] - self.links[:, y]
        near = np.flatnonzero(lean)
        self.placed[near] += lean[near, None] * (self.price[x] - self.price[y])
