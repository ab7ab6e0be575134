"""The arithmetic of changes by hand: one person of one round, many places they could go to, all at once.

Every move is a target table and somebody who comes back from there, or nobody. What a move changes follows from
the company at two tables; everything else about the plan stays as it is. Integers only.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .cost import LEVEL, pair_levels
from .model import Bools, Ints
from .turns import bye_in_turn

if TYPE_CHECKING:
    from .board import Board

Longs = npt.NDArray[np.int64]
NOWHERE = -1


def members(row: Ints) -> Ints:
    """Who sits where in one round: one row a table, filled up with -1, and a last row of nobody for -1."""
    there = np.flatnonzero(row >= 0)
    order = there[np.argsort(row[there], kind="stable")]
    sizes = np.bincount(row[order], minlength=1)
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    seats = np.full((len(sizes) + 1, max(1, int(sizes.max()))), NOWHERE, np.int32)
    seats[row[order], np.arange(len(order)) - starts[row[order]]] = order
    return seats


def more_pairs(counts: Longs, by: Longs) -> Longs:
    """How many more pairs there are among `counts` things when there are `by` more of them."""
    after = counts + by
    more: Longs = (after * (after - 1) - counts * (counts - 1)) // 2
    return more


class Changes:
    """The moves of one person in one round, all at once. Axes: level, move, company at a table."""

    def __init__(self, board: "Board", number: int, index: int, others: Ints, tables: Ints) -> None:
        self.board, self.number, self.index = board, number, index
        self.others, self.targets = others, tables
        self.row = board.tables[number]
        self.home = int(self.row[index])
        seats = members(self.row)
        self.sizes = (seats >= 0).sum(axis=1)
        self.old = np.where(seats[self.home] == index, NOWHERE, seats[self.home])[None, :]
        new = seats[tables]
        self.new = np.where(new == others[:, None], NOWHERE, new)
        one, other = np.full((1, 1), index), others[:, None]
        self.leaves = self._prices(one, self.old)
        self.meets = self._prices(one, self.new)
        self.other_leaves = self._prices(other, self.new)
        self.other_meets = self._prices(other, self.old)

    def _prices(self, one: Ints, others: Ints) -> Longs:
        """What each couple adds to every level by sitting together in this round, the other rounds given."""
        one, others = np.broadcast_arrays(one, others)
        nobody = (one < 0) | (others < 0)
        together = (self.row[one] == self.row[others]) & (self.row[one] >= 0)
        elsewhere = np.where(nobody, 0, self.board.counts[one, others] - together)
        model = self.board.model
        prices = pair_levels(model, one, others, elsewhere + 1) - pair_levels(model, one, others, elsewhere)
        prices[:, nobody] = 0
        return prices

    def levels(self) -> Longs:
        """The change of every level, one row a move."""
        total = (
            self.meets.sum(axis=2) - self.leaves.sum(axis=2)
            + self.other_meets.sum(axis=2) - self.other_leaves.sum(axis=2)
        )  # fmt: skip
        total[LEVEL["most_repeats"]] = self._most_repeats() - self.board.cost.most_repeats
        total[LEVEL["seats_changed"]] = self._seats_changed()
        total[LEVEL["extra_byes"]] = self._byes()
        total[LEVEL["extra_trios"]] = self._trios()
        total[LEVEL["walks"]] = self._walks()
        total[:, self.targets == self.home] = 0
        change: Longs = total.T
        return change

    def _most_repeats(self) -> Longs:
        again, level = self.board.again, LEVEL["repeats"]
        leaves, meets = self.leaves[level], self.meets[level]
        other_leaves, other_meets = self.other_leaves[level], self.other_meets[level]
        parts = [
            again[self.index] - leaves.sum(axis=1) + meets.sum(axis=1),
            np.where(self.others < 0, 0, again[self.others] - other_leaves.sum(axis=1) + other_meets.sum(axis=1)),
            np.where(self.old < 0, 0, again[self.old] - leaves + other_meets).max(axis=1),
            np.where(self.new < 0, 0, again[self.new] - other_leaves + meets).max(axis=1),
        ]
        most: Longs = np.maximum.reduce([*parts, self._most_elsewhere()])
        return most

    def _most_elsewhere(self) -> Longs:
        """The most repeats of anybody whose company stays the same: one of the first few who have most."""
        again = self.board.again
        few = np.argsort(-again, kind="stable")[: 2 * int(self.sizes.max()) + 2]
        row = self.row[few]
        touched = (row == self.home) | (row[None, :] == self.targets[:, None])
        touched &= row >= 0
        touched |= (few == self.index) | (few[None, :] == self.others[:, None])
        most: Longs = np.where(touched, 0, again[few]).max(axis=1)
        return most

    def _seats_changed(self) -> Longs:
        previous = self.board.model.previous
        if self.number >= len(previous):
            return np.zeros(len(self.others), np.int64)
        announced = previous[self.number]

        def moved(people: Ints, tables: Ints) -> Ints:
            before = announced[people]
            counts: Ints = (people >= 0) & (before >= 0) & (tables >= 0) & (before != tables)
            return counts.astype(np.int32)

        return self._of_both(moved)

    def _walks(self) -> Longs:
        neighbours = [n for n in (self.number - 1, self.number + 1) if 0 <= n < self.board.model.rounds]

        def walked(people: Ints, tables: Ints) -> Ints:
            total = np.zeros(len(people), np.int32)
            for neighbour in neighbours:
                there = self.board.tables[neighbour, people]
                total += (people >= 0) & (there >= 0) & (tables >= 0) & (there != tables)
            return total

        return self._of_both(walked)

    def _of_both(self, count: Callable[[Ints, Ints], Ints]) -> Longs:
        """The change of something that depends on the seats of the two alone."""
        one = np.full(len(self.others), self.index, np.int32)
        home = np.full(len(self.others), self.home, np.int32)
        change = count(one, self.targets) - count(one, home)
        change += count(self.others, home) - count(self.others, self.targets)
        return change.astype(np.int64)

    def _byes(self) -> Longs:
        counts = self.board.byes
        if self.number not in self.board.model.rounds_with_bye:
            return np.zeros(len(self.others), np.int64)
        gains = (self.targets < 0).astype(np.int64) - (self.home < 0)
        change = more_pairs(counts[self.index], gains)
        return change + np.where(self.others < 0, 0, more_pairs(counts[self.others], -gains))

    def _trios(self) -> Longs:
        trios, moves = self.board.trios, len(self.others)
        if self.board.problem.shapes[self.number].size != 2:
            return np.zeros(moves, np.int64)
        alone = self.others < 0
        home, target = self._size(self.home), self._size(self.targets)
        home_after, target_after = home - alone, target + alone
        at_home, at_target = (home == 3), (target == 3)
        home_later = (home_after == 3) & (self.home >= 0)
        target_later = (target_after == 3) & (self.targets >= 0)
        change = more_pairs(trios[self.index], target_later * 1 - at_home)
        change = change + np.where(alone, 0, more_pairs(trios[self.others], home_later * 1 - at_target))
        stay = more_pairs(trios[self.old], (home_later * 1 - at_home)[:, None])
        change += np.where(self.old < 0, 0, stay).sum(axis=1)
        stay = more_pairs(trios[self.new], (target_later * 1 - at_target)[:, None])
        change += np.where(self.new < 0, 0, stay).sum(axis=1)
        return change

    def _size(self, tables: Ints | int) -> Longs:
        """How many sit at the tables; nobody sits at -1."""
        sizes: Longs = self.sizes[tables]
        return sizes

    def allowed(self) -> Bools:
        """Whether every hard rule holds after the move: seats, sizes, pairs kept apart, byes in turn."""
        fine = self._pins_hold() & self._kept_apart() & self._sizes_fit() & self._byes_in_turn()
        stays: Bools = self.targets == self.home
        return fine | stays

    def _pins_hold(self) -> Bools:
        pinned = np.full(self.board.model.n + 1, NOWHERE, np.int32)
        for index, table in self.board.model.layout.rounds[self.number].fixed.items():
            pinned[index] = table
        mine, theirs = int(pinned[self.index]), pinned[self.others]
        holds: Bools = ((mine < 0) | (self.targets == mine)) & ((theirs < 0) | (theirs == self.home))
        return holds

    def _kept_apart(self) -> Bools:
        level = LEVEL["forbidden"]
        together = (self.meets[level] > 0).any(axis=1) | (self.other_meets[level] > 0).any(axis=1)
        apart: Bools = ~together
        return apart

    def _sizes_fit(self) -> Bools:
        """An exchange keeps sizes; whoever just leaves must leave tables that differ by one at most."""
        alone = self.others < 0
        if self.board.problem.shapes[self.number].sizes is not None or self.home < 0:
            exchanged: Bools = ~alone
            return exchanged
        tables = self.sizes[:-1]
        after = np.repeat(tables[None, :], len(alone), axis=0)
        after[:, self.home] -= 1
        after[np.arange(len(alone)), self.targets] += 1
        fits: Bools = (after.min(axis=1) >= 2) & (after.max(axis=1) - after.min(axis=1) <= 1)
        fits |= ~alone
        return fits

    def _byes_in_turn(self) -> Bools:
        fine = np.ones(len(self.others), np.bool_)
        for move in np.flatnonzero((self.targets < 0) | (self.home < 0)).tolist():
            sits_out = self.index if self.targets[move] < 0 else int(self.others[move])
            fine[move] = bye_in_turn(self.board, self.number, sits_out)
        return fine
