"""What a change by hand would do, by name: its cost before anybody makes it, whom it would bring together again,
which wish it would lose, which rule it would break; and the cheapest change there is.

Everything is read off a board, so the cost of an exchange is known within milliseconds.
"""

from dataclasses import dataclass

import numpy as np

from server.domain.errors import RuleViolation

from .board import Board, Exchange, Move, Moves, Transfer
from .changes import NOWHERE
from .cost import Cost, ranked
from .effects import effects
from .problem import PersonId
from .result import Said


@dataclass(frozen=True)
class Weighed:
    """Moves, weighed: the cost after them, its change, and what they break and gain by name.

    `to` is the table the first person of each move goes to (-1: sits out). `allowed` says that every hard rule
    holds after them; `verdict` is -1 when the plan gets better, 0 when it is as good as before, 1 when it gets
    worse, by the order of levels the organiser chose.
    """

    moves: tuple[Move, ...]
    to: tuple[int, ...]
    allowed: bool
    verdict: int
    cost: Cost
    change: Cost
    breaks: tuple[Said, ...]
    gains: tuple[Said, ...]


@dataclass(frozen=True)
class Option:
    """One move somebody could make, without names: enough to colour a screen while something is dragged."""

    move: Move
    to: int
    allowed: bool
    verdict: int
    change: Cost


def cost_of_exchange(board: Board, number: int, one: PersonId, other: PersonId) -> Weighed:
    """What it would do if two people changed seats in a round; one of them may be sitting out.

    Raises RuleViolation for a round that is over and people who are not there (see `Board.seat`).
    """
    board.seat(one, number)
    board.seat(other, number)
    return weighed(board, (Exchange(number, one, other),))


def cost_of_transfer(board: Board, number: int, one: PersonId, table: int) -> Weighed:
    """What it would do if somebody went to another table and nobody came back for them.

    Raises RuleViolation `plan_table_missing` beside those of `Board.seat`.
    """
    board.seat(one, number)
    if not 0 <= table < len(board.rounds[number]):
        raise RuleViolation("plan_table_missing", field="table", person=one, table=table)
    return weighed(board, (Transfer(number, one, table),))


def options(board: Board, number: int, one: PersonId) -> tuple[Option, ...]:
    """Every move of somebody in a round, the allowed ones first, then the cheapest first."""
    moves = board.moves(number, board.seat(one, number))
    allowed, to, changes = moves.allowed.tolist(), moves.tables.tolist(), moves.change.tolist()
    found = []
    for position in moves.order(board.problem):
        change = Cost._make(changes[position])
        move = as_move(board, number, one, moves, position)
        found.append(Option(move, to[position], allowed[position], verdict(board, change), change))
    return tuple(found)


def alternative(board: Board, number: int, one: PersonId) -> Weighed | None:
    """The cheapest other seat somebody could have in a round without breaking a rule; None when there is none."""
    return cheapest(board, [(number, one, board.moves(number, board.seat(one, number)))])


def cheapest(board: Board, offers: list[tuple[int, PersonId, Moves]]) -> Weighed | None:
    """The cheapest allowed move among those offered (round, person, their moves); the earliest of equals."""
    best: tuple[tuple[int, ...], Move] | None = None
    for number, one, moves in offers:
        for position in moves.order(board.problem)[:1]:
            key = ranked(Cost(*moves.change[position].tolist()), board.problem)
            if moves.allowed[position] and (best is None or key < best[0]):
                best = key, as_move(board, number, one, moves, position)
    return None if best is None else weighed(board, (best[1],))


def to_table(board: Board, number: int, one: PersonId, table: int, but: int = NOWHERE) -> Moves:
    """All ways of somebody to one table: changing with everybody who sits there (save `but`), or with nobody."""
    index = board.seat(one, number)
    others = [other for other in np.flatnonzero(board.tables[number] == table).tolist() if other != but]
    others.append(NOWHERE)
    return board.weigh(number, index, np.array(others, np.int32), np.full(len(others), table, np.int32))


def as_move(board: Board, number: int, one: PersonId, moves: Moves, position: int) -> Move:
    """One of the moves as a value."""
    other = int(moves.others[position])
    if other == NOWHERE:
        return Transfer(number, one, int(moves.tables[position]))
    return Exchange(number, one, board.model.ids[other])


def verdict(board: Board, change: Cost) -> int:
    """-1 when a change of cost makes the plan better, 0 when it is as good, 1 when it makes it worse."""
    first = next((by for by in ranked(change, board.problem) if by), 0)
    return (first > 0) - (first < 0)


def weighed(board: Board, moves: tuple[Move, ...]) -> Weighed:
    """The moves made one after the other, weighed together. No moves at all change nothing."""
    allowed, total = True, np.zeros(len(Cost._fields), np.int64)
    to: list[int] = []
    breaks: list[Said] = []
    gains: list[Said] = []
    for position, move in enumerate(moves):
        before = board if position == 0 else board.after(*moves[:position])
        index = before.index(move.one)
        if isinstance(move, Exchange):
            other = before.index(move.other)
            table = int(before.tables[move.number, other])
        else:
            other, table = NOWHERE, move.table
        found = before.weigh(move.number, index, np.array([other], np.int32), np.array([table], np.int32))
        to.append(table)
        allowed = allowed and bool(found.allowed[0])
        total += found.change[0]
        for said, is_gain in effects(before, move.number, index, other, table, found.change[0]):
            (gains if is_gain else breaks).append(said)
    change = Cost(*total.tolist())
    cost = Cost(*(np.array(board.cost) + total).tolist())
    return Weighed(moves, tuple(to), allowed, verdict(board, change), cost, change, tuple(breaks), tuple(gains))
