"""Planning as jobs: a problem in, a plan out, with progress on the way; and what there is to say about a plan.

Jobs about a plan as it stands are quick: the last boards stay laid open, so that while somebody drags a name over
the tables each answer takes milliseconds. A board is named by the caller (`board`) and sent whole once.
"""

import gc
import time
from collections import OrderedDict

from server.domain import planning
from server.domain.errors import RuleViolation
from server.jobs import Job, Json, Tell

PATIENCE = 1.5
"""On a busy computer the facilitator still waits no longer than this many times the CPU seconds."""
BOARDS_KEPT = 2
"""A board of a thousand people takes some 50 MB; two are enough for one who looks and one who plans."""
_boards: "OrderedDict[str, planning.Board]" = OrderedDict()


class CpuBudget:
    """A budget in CPU seconds of this process; with `steps` the plan does not depend on the computer's speed.

    With `patience` it ends by the clock on the wall as well, after that many times the seconds.
    """

    def __init__(self, seconds: float, steps: int | None = None, patience: float | None = None) -> None:
        self._until = time.process_time() + seconds
        self._at_last = None if patience is None else time.monotonic() + seconds * patience
        self.steps = steps

    def left(self) -> float:
        """Seconds left, never below zero."""
        left = self._until - time.process_time()
        if self._at_last is not None:
            left = min(left, self._at_last - time.monotonic())
        return max(0.0, left)


def plan(arguments: Json, tell: Tell) -> Json:
    """`{problem, seconds, seed, steps?}` → `{plan}`, with progress: the share done and the cost so far."""
    problem = planning.problem_from_json(arguments["problem"])
    budget = CpuBudget(arguments["seconds"], arguments.get("steps"), PATIENCE)
    seed = int(arguments["seed"])

    def on_progress(progress: planning.Progress) -> None:
        tell({"share": progress.share, "cost": progress.cost._asdict()})

    made = planning.plan(problem, budget, seed, on_progress, tell.enough)
    return {"plan": planning.plan_to_json(made)}


def outlook(arguments: Json, tell: Tell) -> Json:
    """`{problem, rounds?}` → `{outlook}`: what is known before anybody plans."""
    problem = planning.problem_from_json(arguments["problem"])
    rounds = arguments.get("rounds")
    known = planning.outlook(problem, None if rounds is None else planning.seatings_from_json(rounds))
    return {"outlook": planning.outlook_to_json(known)}


def empty_chairs(arguments: Json, tell: Tell) -> Json:
    """`{problem, rounds?, top?, steps?, seed?}` → `{chairs}`: whom to invite, with progress: the share done."""
    problem = planning.problem_from_json(arguments["problem"])
    rounds = arguments.get("rounds")
    chosen = {name: int(arguments[name]) for name in ("top", "steps", "seed") if arguments.get(name) is not None}
    chairs = planning.empty_chairs(
        problem,
        None if rounds is None else planning.seatings_from_json(rounds),
        on_progress=lambda share: tell({"share": share}),
        cancel=tell.enough,
        **chosen,
    )
    return {"chairs": [planning.chair_to_json(chair) for chair in chairs]}


def explain(arguments: Json, tell: Tell) -> Json:
    """`{board…, person, round?, alternatives?}` → `{explanations, alternatives: [{round, weighed}]}`."""
    board = _board(arguments)
    person, only = arguments["person"], arguments.get("round")
    told = [each for each in board.explanations(person) if only in (None, each.number)]
    alternatives = []
    if arguments.get("alternatives"):
        numbers = [number for number in board.still_to_come(person) if only in (None, number)]
        found = [planning.alternative(board, number, person) for number in numbers]
        alternatives = [
            {"round": number, **_weighed(board, each, arguments)} for number, each in zip(numbers, found, strict=True)
        ]
    return {"explanations": [planning.explanation_to_json(each) for each in told], "alternatives": alternatives}


def why_not(arguments: Json, tell: Tell) -> Json:
    """`{board…, one, other, round?}` → `{why_not}`: why two people do not meet, and what it would cost."""
    board = _board(arguments)
    answer = planning.why_not(board, arguments["one"], arguments["other"], arguments.get("round"))
    return {"why_not": planning.why_not_to_json(answer)}


def weigh(arguments: Json, tell: Tell) -> Json:
    """`{board…, round, one, other or table, with_rounds?}` → `{weighed}`: what a change by hand would do."""
    board, number, one = _board(arguments), arguments["round"], arguments["one"]
    if arguments.get("other") is not None:
        found = planning.cost_of_exchange(board, number, one, arguments["other"])
    else:
        found = planning.cost_of_transfer(board, number, one, arguments["table"])
    return _weighed(board, found, arguments)


def options(arguments: Json, tell: Tell) -> Json:
    """`{board…, round, one}` → `{options}`: every seat somebody could have, the cheapest first."""
    found = planning.options(_board(arguments), arguments["round"], arguments["one"])
    return {"options": [planning.option_to_json(option) for option in found]}


def together(arguments: Json, tell: Tell) -> Json:
    """`{board…, one, other, round?, with_rounds?}` → `{weighed}`: the cheapest way of two people to one table."""
    board = _board(arguments)
    found = planning.bring_together(board, arguments["one"], arguments["other"], arguments.get("round"))
    return _weighed(board, found, arguments)


def forbid(arguments: Json, tell: Tell) -> Json:
    """`{board…, one, other, with_rounds?}` → `{weighed}`: the cheapest way to keep two people apart from now on."""
    board = _board(arguments)
    return _weighed(board, planning.keep_apart(board, arguments["one"], arguments["other"]), arguments)


def lock(arguments: Json, tell: Tell) -> Json:
    """`{board…, round, one, table, with_rounds?}` → `{weighed}`: the cheapest way to a seat at that table."""
    board = _board(arguments)
    found = planning.bring_to_table(board, arguments["round"], arguments["one"], arguments["table"])
    return _weighed(board, found, arguments)


def _weighed(board: planning.Board, found: planning.Weighed | None, arguments: Json) -> Json:
    if found is None:
        return {"weighed": None}
    answer: Json = {"weighed": planning.weighed_to_json(found)}
    if arguments.get("with_rounds"):
        answer["weighed"]["rounds"] = board.after(*found.moves).rounds
    return answer


def _board(arguments: Json) -> planning.Board:
    """The board the caller names, or a new one from what was sent along.

    Raises RuleViolation `plan_not_at_hand` when only a name came and it says nothing any more: send it whole.
    """
    name = str(arguments.get("board") or "")
    if name in _boards:
        _boards.move_to_end(name)
        return _boards[name]
    if "problem" not in arguments:
        raise RuleViolation("plan_not_at_hand")
    problem = planning.problem_from_json(arguments["problem"])
    board = planning.Board(problem, planning.seatings_from_json(arguments.get("rounds")))
    if name:
        _boards[name] = board
        # A collection in the middle of a drag would walk through everything a large board holds, and find nothing.
        gc.freeze()
        while len(_boards) > BOARDS_KEPT:
            _boards.popitem(last=False)
    return board


JOBS: dict[str, Job] = {
    "plan": plan,
    "outlook": outlook,
    "empty_chairs": empty_chairs,
    "explain": explain,
    "why_not": why_not,
    "weigh": weigh,
    "options": options,
    "together": together,
    "forbid": forbid,
    "lock": lock,
}
