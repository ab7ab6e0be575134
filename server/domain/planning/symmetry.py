"""Finds base rounds: repeat-free designs that a cyclic turn maps onto themselves. This made the table in
`designs`.

Points 0 .. g*p-1 lie in blocks of `order`; a turn adds 1 to every point within its block, points beyond the
last whole block stay. `count` base rounds turned `order` times are count*order rounds. Nobody meets anybody
twice in them exactly if no orbit of pairs is used twice, and an orbit shorter than `order` not at all, so
only orbits are counted. That makes the search a thousand times smaller than one for the whole schedule.
"""

import math
import random

BaseRounds = list[list[list[int]]]


def turned(point: int, times: int, order: int, moving: int) -> int:
    """The point after `times` turns; points from `moving` on stay where they are."""
    if point >= moving:
        return point
    block, place = divmod(point, order)
    return block * order + (place + times) % order


def orbits(points: int, order: int) -> tuple[list[list[int]], list[int]]:
    """The orbit number of every pair of points, and the size of every orbit."""
    moving = points // order * order
    number: dict[tuple[int, int], int] = {}
    sizes: list[int] = []
    for a in range(points):
        for b in range(a):
            if (b, a) not in number:
                images = [(turned(a, k, order, moving), turned(b, k, order, moving)) for k in range(order)]
                pairs = {(min(pair), max(pair)) for pair in images}
                number.update(dict.fromkeys(pairs, len(sizes)))
                sizes.append(len(pairs))
    table = [[number.get((min(a, b), max(a, b)), -1) for b in range(points)] for a in range(points)]
    return table, sizes


def find_base(g: int, p: int, order: int, count: int, *, seed: int, tries: int) -> BaseRounds | None:
    """Base rounds for g tables of p, or None when `tries` anneals of growing length have found none."""
    rng = random.Random(seed)
    search = _Search(g, p, order, count)
    for attempt in range(tries):
        if search.anneal(rng, int(40_000 * 1.15 ** min(attempt, 40))):
            return sorted(sorted(sorted(table) for table in part) for part in search.rounds)
    return None


class _Search:
    def __init__(self, g: int, p: int, order: int, count: int) -> None:
        self.g, self.p, self.order, self.count = g, p, order, count
        self.orbit, sizes = orbits(g * p, order)
        most = count * g * p * p
        self.price = [self._prices(order // size, most) for size in sizes]
        self.used = [0] * len(sizes)
        self.rounds: BaseRounds = []

    def _prices(self, times: int, most: int) -> list[int]:
        """What an orbit used 0, 1, 2, … times costs; each use lets its pairs meet `times` times."""
        short = self.order // times
        return [used * times * (used * times - 1) // 2 * short for used in range(most + 1)]

    def _shuffle(self, rng: random.Random) -> int:
        self.rounds = []
        self.used = [0] * len(self.used)
        for _ in range(self.count):
            points = list(range(self.g * self.p))
            rng.shuffle(points)
            part = [points[t * self.p : (t + 1) * self.p] for t in range(self.g)]
            self.rounds.append(part)
            for table in part:
                for k, x in enumerate(table):
                    for y in table[:k]:
                        self.used[self.orbit[x][y]] += 1
        return sum(price[used] for price, used in zip(self.price, self.used, strict=True))

    def anneal(self, rng: random.Random, steps: int) -> bool:
        """One anneal from a random start; True when nobody meets twice."""
        cost = self._shuffle(rng)
        heat, fall = 0.45 * self.order, (0.12 / 0.45) ** (1 / steps)
        for _ in range(steps):
            if cost == 0:
                return True
            heat *= fall
            part = self.rounds[rng.randrange(self.count)]
            one, other = part[rng.randrange(self.g)], part[rng.randrange(self.g)]
            if one is other:
                continue
            a, b = rng.randrange(self.p), rng.randrange(self.p)
            change = self._swap(one, a, other, b)
            if change <= 0 or rng.random() < math.exp(-change / heat):
                cost += change
            else:
                self._swap(one, a, other, b)
        return cost == 0

    def _swap(self, one: list[int], a: int, other: list[int], b: int) -> int:
        x, y = one[a], other[b]
        change = self._join(x, one, -1) + self._join(y, other, -1)
        one[a], other[b] = y, x
        return change + self._join(y, one, 1) + self._join(x, other, 1)

    def _join(self, point: int, table: list[int], by: int) -> int:
        change = 0
        for mate in table:
            if mate != point:
                orbit = self.orbit[point][mate]
                before = self.used[orbit]
                self.used[orbit] = before + by
                change += self.price[orbit][before + by] - self.price[orbit][before]
        return change
