"""Whose turn it is to sit out: the rule of fair byes, asked of a plan that somebody changes by hand.

Nobody gets a second bye before everybody there has had one; a visitor's first round is never a bye unless
everybody there is in that position. Whoever is locked to a seat is out of the count.
"""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .model import Bools

if TYPE_CHECKING:
    from .board import Board


def bye_in_turn(board: "Board", number: int, index: int) -> bool:
    """Whether byes stay fair, from round `number` on, when this person sits it out; -1 stands for nobody."""
    model = board.model
    counts = model.past_byes.astype(np.int64)
    begun = np.zeros(model.n, np.bool_)
    for here in range(model.rounds):
        if here in model.rounds_with_bye:
            out = index if here == number else _sits_out(board, here)
            if here >= number and not (out >= 0 and _in_turn(board, here, out, counts, begun)):
                return False
            counts[out] += out >= 0
        begun |= board.there[here]
    return True


def able_to_sit_out(board: "Board", number: int, begun: Bools) -> Bools:
    """Who may sit a round out: those there, but not visitors whose first round it is, nor anybody locked."""
    there: Bools = board.there[number]
    unlocked = there.copy()
    for lock in board.problem.locked:
        if lock.number == number:
            unlocked[board.model.layout.index[lock.person]] = False
    able: Bools = unlocked & (~board.model.visitor | begun)
    return next((some for some in (able, unlocked) if some.any()), there)


def _sits_out(board: "Board", number: int) -> int:
    nowhere = np.flatnonzero(board.there[number] & (board.tables[number] < 0))
    return int(nowhere[0]) if len(nowhere) else -1


def _in_turn(board: "Board", number: int, out: int, counts: npt.NDArray[np.int64], begun: Bools) -> bool:
    able = able_to_sit_out(board, number, begun)
    return bool(able[out]) and bool(counts[out] <= counts[able].min())
