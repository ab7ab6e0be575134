"""Table numbers that let people stay where they are: a plan is the same whichever number a table bears."""

import numpy as np

from .cost import Tables
from .model import Ints, Model


def renumbered(model: Model, tables: Tables) -> Tables:
    """The same plan with table numbers chosen, round after round, so that few people have to walk.

    Rounds with fixed seats, given sizes or announced numbers keep theirs.
    """
    result = tables.copy()
    for number in range(max(1, model.held), model.rounds):
        settled = model.layout.rounds[number].fixed or model.problem.shapes[number].sizes is not None
        if not settled and number >= len(model.previous):
            result[number] = _renumbered(result[number - 1], result[number])
    return result


def _renumbered(before: Ints, now: Ints) -> Ints:
    """Tables choose numbers greedily: the largest common company first."""
    tables = int(now.max()) + 1
    staying = np.zeros((tables, tables), np.int64)
    both = (before >= 0) & (now >= 0) & (before < tables)
    np.add.at(staying, (now[both], before[both]), 1)
    order = np.argsort(-staying, axis=None, kind="stable")
    number = np.full(tables, -1, np.int32)
    taken = np.zeros(tables, np.bool_)
    for entry in order[: int((staying > 0).sum())].tolist():
        table, wanted = divmod(entry, tables)
        if number[table] < 0 and not taken[wanted]:
            number[table] = wanted
            taken[wanted] = True
    number[number < 0] = np.flatnonzero(~taken)
    return np.where(now >= 0, number[now], now).astype(np.int32)
