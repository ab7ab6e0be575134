"""Relabelling: two people change places in the whole design at once. What the design promises (nobody meets
anybody twice) stays true; sectors, wishes and earlier meetings are what there is to gain."""

import random
from collections.abc import Callable

import numpy as np

from .cost import count_meetings, marginal
from .heats import Band
from .model import Ints, Model, Weights
from .search import NEVER, SCORED_AT_ONCE, Noise, cooling
from .starts import DesignStart, empty_tables


class Relabeller:
    """People on the points of a design. `people[point]` is the current answer, `best` the cheapest seen."""

    def __init__(self, model: Model, weights: Weights, start: DesignStart, people: list[int]) -> None:
        size = len(start.people)
        counts = count_meetings(model, empty_tables(model))
        price = marginal(model, counts, *model.prices(weights))
        self.people = np.array(people, np.int64)
        self.links = np.zeros((size, size), np.int32)
        for part in start.rounds.values():
            for table in part:
                self.links[np.ix_(table, table)] += 1
        np.fill_diagonal(self.links, 0)
        self.price: Ints = price[np.ix_(self.people, self.people)].copy()
        self.host = np.isin(self.people, list(start.hosts))
        self.front = np.arange(size) < start.tables
        self.pinned = self._pinned(start)
        self.everybody = np.arange(size)
        different = len(set(price[~np.eye(model.n, dtype=bool)].tolist())) > 1
        self.worthwhile = different and size > len(start.pinned) + 1
        self.rows = max(1, min(size, SCORED_AT_ONCE // size))
        self.placed = np.zeros_like(self.price)  # worked out when the search begins: it takes its time
        self.energy = int((self.links * self.price).sum()) // 2
        self.best, self.best_energy = self.people.copy(), self.energy
        self.floor = 0 if (price >= 0).all() else None

    def _pinned(self, start: DesignStart) -> Ints | None:
        """A price no swap can pay, wherever a pinned point would change its person."""
        if not start.pinned:
            return None
        size = len(start.people)
        price = np.zeros((size, size), np.int32)
        price[list(start.pinned)] = NEVER
        price[:, list(start.pinned)] = NEVER
        np.fill_diagonal(price, 0)
        return price

    def _placed(self) -> Ints:
        """placed[x, y]: what the person of y would cost on point x, everybody else staying."""
        placed = np.zeros_like(self.price)
        for x in range(len(self.people)):
            near = np.flatnonzero(self.links[x])
            placed[x] = self.links[x, near] @ self.price[near]
        return placed

    def anneal(self, steps: int, band: Band, rng: random.Random, tick: Callable[[int], bool]) -> None:
        """Take up to `steps` steps while the temperature falls through `band`; at no cost at all it is
        done."""
        self.placed = self._placed()
        for block, heat in cooling(steps, [band], 1):
            noise = Noise(heat)
            for _ in range(block):
                self._step(noise, rng)
                if self.energy < self.best_energy:
                    self.best, self.best_energy = self.people.copy(), self.energy
                if tick(1) or self.best_energy == self.floor:
                    return

    def _step(self, noise: Noise, rng: random.Random) -> None:
        first = int(rng.random() * (len(self.people) - self.rows + 1))
        rows = slice(first, first + self.rows)
        own = self.placed.diagonal()
        change = self.links[rows] * self.price[rows]
        change *= 2
        change += self.placed[rows]
        change += self.placed[:, rows].T
        change -= own
        change -= own[rows, None]
        if self.pinned is not None:
            change += self.pinned[rows]
        if self.host.any():
            leaves = self.front[rows, None] != self.front
            change[leaves & (self.host[rows, None] | self.host)] = NEVER
        change -= noise.like(change, rng)
        drawn = change.argmin(axis=1)
        (moving,) = (drawn != self.everybody[rows]).nonzero()
        if len(moving):
            x = int(moving[int(rng.random() * len(moving))])
            self._swap(x + first, int(drawn[x]))

    def _swap(self, x: int, y: int) -> None:
        placed, price = self.placed, self.price
        self.energy += (
            int(placed[x, y])
            + int(placed[y, x])
            - int(placed[x, x])
            - int(placed[y, y])
            + 2 * int(self.links[x, y]) * int(price[x, y])
        )
        couple, reverse = [x, y], [y, x]
        self.people[couple] = self.people[reverse]
        self.host[couple] = self.host[reverse]
        self.price[couple] = self.price[reverse]
        self.price[:, couple] = self.price[:, reverse]
        self.placed[:, couple] = self.placed[:, reverse]
        lean = self.links[:, x] - self.links[:, y]
        near = np.flatnonzero(lean)
        self.placed[near] += lean[near, None] * (self.price[x] - self.price[y])
