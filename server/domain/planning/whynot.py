"""Why two people do not sit together, and what it would cost to change that: one exchange that brings them to
one table, or exchanges that keep them apart from now on. The figures are those of the board."""

from collections.abc import Iterator
from dataclasses import dataclass

from server.domain.errors import RuleViolation

from .alternatives import Weighed, cheapest, to_table, weighed
from .board import Board, Move
from .problem import PersonId
from .result import Said


@dataclass(frozen=True)
class WhyNot:
    """What there is to say of two people, and the cheapest way to one table (None when there is none, or when
    they sit together already)."""

    one: PersonId
    other: PersonId
    told: tuple[Said, ...]
    way: Weighed | None


def why_not(board: Board, one: PersonId, other: PersonId, number: int | None = None) -> WhyNot:
    """Why two people do not meet, in one round or (None) at all.

    Raises RuleViolation `plan_unknown_person`, `plan_pair_with_self` or `plan_round_missing`.
    """
    rounds = _rounds(board, one, other, number)
    a, b = board.index(one), board.index(other)
    together = [each for each in board.together(a, b) if each in rounds]
    told = list(_of_the_past(board, one, other))
    if together:
        told.insert(0, Said("together_in", {"one": one, "other": other, "rounds": together}))
        return WhyNot(one, other, tuple(told), None)
    if board.model.forbidden[a, b]:
        told.insert(0, Said("must_not_meet", {"one": one, "other": other}))
        return WhyNot(one, other, tuple(told), None)
    told += _hindrances(board, one, other, rounds)
    way = bring_together(board, one, other, number)
    if way is None and not any(said.key in ("away", "round_over", "pinned_apart") for said in told):
        told.append(Said("nobody_to_change_with", {"one": one, "other": other}))
    return WhyNot(one, other, tuple(told), way)


def bring_together(board: Board, one: PersonId, other: PersonId, number: int | None = None) -> Weighed | None:
    """The cheapest exchange that brings two people to one table in a round still to come (in `number`, if given).

    Without any moves when they sit together already; None when no single exchange can do it. Raises as `why_not`.
    """
    rounds = _rounds(board, one, other, number)
    a, b = board.index(one), board.index(other)
    offers = []
    for each in rounds:
        if each < board.model.held or not (board.there[each, a] and board.there[each, b]):
            continue
        mine, theirs = int(board.tables[each, a]), int(board.tables[each, b])
        if mine == theirs:
            return weighed(board, ())
        # Changing with each other would bring nobody together.
        offers += [(each, one, to_table(board, each, one, theirs, but=b))] if theirs >= 0 else []
        offers += [(each, other, to_table(board, each, other, mine, but=a))] if mine >= 0 else []
    return cheapest(board, offers)


def bring_to_table(board: Board, number: int, one: PersonId, table: int) -> Weighed | None:
    """The cheapest way to somebody's seat at a table in a round; without any moves when they sit there already.

    None when no single exchange can do it. Raises as `cost_of_transfer`.
    """
    index = board.seat(one, number)
    if not 0 <= table < len(board.rounds[number]):
        raise RuleViolation("plan_table_missing", field="table", person=one, table=table)
    if board.tables[number, index] == table:
        return weighed(board, ())
    return cheapest(board, [(number, one, to_table(board, number, one, table))])


def keep_apart(board: Board, one: PersonId, other: PersonId) -> Weighed | None:
    """The cheapest exchanges after which two people sit together in no round still to come.

    Without any moves when they do not meet; None when they cannot be parted. Raises as `why_not`.
    """
    _rounds(board, one, other, None)
    a, b = board.index(one), board.index(other)
    moves: tuple[Move, ...] = ()
    for number in board.together(a, b):
        if number < board.model.held:
            continue
        now = board.after(*moves) if moves else board
        parted = cheapest(now, [(number, who, now.moves(number, now.index(who))) for who in (one, other)])
        if parted is None:
            return None
        moves += parted.moves
    return weighed(board, moves)


def _rounds(board: Board, one: PersonId, other: PersonId, number: int | None) -> list[int]:
    if board.index(one) == board.index(other):
        raise RuleViolation("plan_pair_with_self", field="other", person=one)
    if number is None:
        return list(range(board.model.rounds))
    board.check_round(number)
    return [number]


def _of_the_past(board: Board, one: PersonId, other: PersonId) -> Iterator[Said]:
    if other in board.earlier[one]:
        times, days = board.earlier[one][other]
        yield Said("met_at_earlier_meetings", {"one": one, "other": other, "times": times, "days_ago": days})


def _hindrances(board: Board, one: PersonId, other: PersonId, rounds: list[int]) -> Iterator[Said]:
    """What stands between two people, round by round, each reason with the rounds it holds for."""
    a, b = board.index(one), board.index(other)
    over = [each for each in rounds if each < board.model.held]
    if over:
        yield Said("round_over", {"rounds": over})
    coming = [each for each in rounds if each >= board.model.held]
    for person, index in ((one, a), (other, b)):
        away = [each for each in coming if not board.there[each, index]]
        if away:
            yield Said("away", {"person": person, "rounds": away})
    for person, index in ((one, a), (other, b)):
        out = [each for each in coming if board.there[each, index] and board.tables[each, index] < 0]
        if out:
            yield Said("sits_out_in", {"person": person, "rounds": out})
    fixed = [(each, board.model.layout.rounds[each].fixed) for each in coming]
    pinned = [each for each, seats in fixed if seats.get(a, -1) != seats.get(b, -1) and a in seats and b in seats]
    if pinned:
        seats = board.model.layout.rounds[pinned[0]].fixed
        tables = {"table": seats[a], "other_table": seats[b]}
        yield Said("pinned_apart", {"one": one, "other": other, "rounds": pinned, **tables})
