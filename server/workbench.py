"""The child that does what would hold the room up: plans and papers. JSON lines in, JSON lines out.

It serves nobody but its parent: when the parent's pipe closes, it ends at once. Ctrl-C is the parent's business.
"""

import base64
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import IO, Any

from server import assets
from server.domain.errors import RuleViolation

Json = dict[str, Any]
Tell = Callable[[Json], None]


class CpuBudget:
    """A budget in CPU seconds of this process, for the planner."""

    def __init__(self, seconds: float, steps: int | None = None) -> None:
        self._until = time.process_time() + seconds
        self.steps = steps

    def left(self) -> float:
        """CPU seconds left, never below zero."""
        return max(0.0, self._until - time.process_time())


def plan(arguments: Json, tell: Tell) -> Json:
    """`{problem, seconds, seed, steps?}` → `{plan}`, with progress: the share done and the cost so far."""
    from server.domain import planning

    problem = planning.problem_from_json(arguments["problem"])
    budget = CpuBudget(arguments["seconds"], arguments.get("steps"))
    seed = int(arguments["seed"])

    def on_progress(progress: planning.Progress) -> None:
        tell({"share": progress.share, "cost": progress.cost._asdict()})

    made = planning.plan(problem, budget, seed, on_progress, None)
    return {"plan": planning.plan_to_json(made)}


@cache
def _fonts() -> Any:
    from printables.text import FontSet

    fonts = assets.fonts()
    return FontSet(fonts["NotoSans-Regular"], fonts["NotoSans-Bold"])


def badges(arguments: Json, tell: Tell) -> Json:
    """`{people, stock, base_url, words, start_at, force_address}` → `{pdf, pages, warnings}`."""
    from printables import badges as paper
    from printables.errors import PrintRefused
    from printables.model import BadgeOptions, Person, Role, Words

    people = [Person(**{**fields, "role": Role(fields["role"])}) for fields in arguments["people"]]
    options = BadgeOptions(
        stock=arguments["stock"],
        base_url=arguments["base_url"],
        words=Words(**arguments["words"]),
        start_at=arguments.get("start_at", 1),
        force_address=arguments.get("force_address", False),
    )
    try:
        made = paper.render(people, options, _fonts())
    except PrintRefused as refused:
        raise RuleViolation(refused.code, **refused.params) from refused
    return {
        "pdf": base64.b64encode(made.pdf).decode(),
        "pages": made.pages,
        "warnings": [{"key": w.key, "params": w.params} for w in made.warnings],
    }


JOBS: dict[str, Callable[[Json, Tell], Json]] = {"plan": plan, "badges": badges}


def serve(lines: IO[str], out: IO[str]) -> None:
    """Do one job after another until the parent closes the pipe."""

    def say(message: Json) -> None:
        out.write(json.dumps(message) + "\n")
        out.flush()

    for line in lines:
        asked = json.loads(line)
        try:
            say({"result": JOBS[asked["job"]](asked["arguments"], lambda news: say({"progress": news}))})
        except RuleViolation as refused:
            say({"refused": refused.code, "params": {k: str(v) for k, v in refused.params.items()}})


def _end_with_parent(lines: IO[str], into: Any) -> None:
    """Read the pipe in a thread of its own: its end means the parent is gone, also in the middle of a job."""
    for line in lines:
        into.write(line)
        into.flush()
    os._exit(0)


def main() -> None:
    """Entry of the child process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(5)
    read_end, write_end = os.pipe()
    into = os.fdopen(write_end, "w", encoding="utf-8")
    threading.Thread(target=_end_with_parent, args=(sys.stdin, into), daemon=True).start()
    serve(os.fdopen(read_end, encoding="utf-8"), sys.stdout)


if __name__ == "__main__":
    main()
