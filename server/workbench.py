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


PATIENCE = 1.5
"""On a busy computer the facilitator still waits no longer than this many times the CPU seconds."""


class WaitBudget:
    """A budget in CPU seconds of this process, for the planner, that ends by the clock on the wall all the same."""

    def __init__(self, seconds: float, steps: int | None = None) -> None:
        self._until = time.process_time() + seconds
        self._at_last = time.monotonic() + seconds * PATIENCE
        self.steps = steps

    def left(self) -> float:
        """Seconds left, never below zero."""
        return max(0.0, min(self._until - time.process_time(), self._at_last - time.monotonic()))


def plan(arguments: Json, tell: Tell) -> Json:
    """`{problem, seconds, seed, steps?}` → `{plan}`, with progress: the share done and the cost so far."""
    from server.domain import planning

    problem = planning.problem_from_json(arguments["problem"])
    budget = WaitBudget(arguments["seconds"], arguments.get("steps"))
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


def _printed(draw: Callable[[], Any]) -> Json:
    """A drawn paper as `{pdf, pages, warnings}`. What cannot be printed is refused with the code `print_…`."""
    from printables.errors import PrintRefused

    try:
        made = draw()
    except PrintRefused as refused:
        raise RuleViolation(f"print_{refused.code}", **refused.params) from refused
    return {
        "pdf": base64.b64encode(made.pdf).decode(),
        "pages": made.pages,
        "warnings": [{"key": w.key, "params": w.params} for w in made.warnings],
    }


def _people(arguments: Json) -> list[Any]:
    from printables.model import Person, Role

    return [Person(**{**fields, "role": Role(fields["role"])}) for fields in arguments["people"]]


def badges(arguments: Json, tell: Tell) -> Json:
    """`{people, stock, base_url, words, start_at?, force_address?}` → `{pdf, pages, warnings}`."""
    from printables import badges as paper
    from printables.model import BadgeOptions, Words

    options = BadgeOptions(
        stock=arguments["stock"],
        base_url=arguments["base_url"],
        words=Words(**arguments["words"]),
        start_at=arguments.get("start_at", 1),
        force_address=arguments.get("force_address", False),
    )
    return _printed(lambda: paper.render(_people(arguments), options, _fonts()))


def sign_in(arguments: Json, tell: Tell) -> Json:
    """`{people, sheet, words}`, where `sheet` holds the texts of `lists.SignIn` → `{pdf, pages, warnings}`."""
    from printables import lists
    from printables.model import Words

    sheet = lists.SignIn(**arguments["sheet"], words=Words(**arguments["words"]))
    return _printed(lambda: lists.sign_in(_people(arguments), sheet, _fonts()))


def poster(arguments: Json, tell: Tell) -> Json:
    """`{kind: join | door, poster}`, where `poster` holds the texts of `posters.Poster` → `{pdf, pages, warnings}`."""
    from printables import posters

    draw = {"join": posters.join_poster, "door": posters.door_poster}[arguments["kind"]]
    texts = {**arguments["poster"], "steps": tuple(arguments["poster"]["steps"])}
    return _printed(lambda: draw(posters.Poster(**texts), _fonts()))


def stocks(arguments: Json, tell: Tell) -> Json:
    """The label stocks that can be printed on → `{stocks: [{id, name, use, region, page, label, labels}]}`, in mm."""
    from printables.stocks import all_stocks

    return {
        "stocks": [
            {
                "id": stock.id,
                "name": f"{stock.brand} {stock.part}".strip(),
                "use": stock.use,
                "region": stock.region,
                "page": [stock.page_w, stock.page_h],
                "label": [stock.label_w, stock.label_h],
                "labels": stock.per_sheet,
            }
            for stock in (each.cut_to(100.0) for each in all_stocks())
            if not stock.problem()
        ]
    }


JOBS: dict[str, Callable[[Json, Tell], Json]] = {
    "plan": plan,
    "badges": badges,
    "sign_in": sign_in,
    "poster": poster,
    "stocks": stocks,
}


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
