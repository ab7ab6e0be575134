"""`coltiva plan`: who sits with whom, from a file into a file, without any database and without the web."""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from server.commands import Refused, read_file, refusal, say, sentence, tell, words, write_file
from server.domain import planning
from server.domain.errors import RuleViolation
from server.views.sentences.planning import EXPLANATIONS


class CpuBudget:
    """A budget in CPU seconds of this process; with `steps` the plan does not depend on the computer's speed."""

    def __init__(self, seconds: float, steps: int | None = None) -> None:
        self._until = time.process_time() + seconds
        self.steps = steps

    def left(self) -> float:
        """CPU seconds left, never below zero."""
        return max(0.0, self._until - time.process_time())


def make_plan(
    path: Path, *, seconds: float, seed: int, steps: int | None, language: str, out: Path | None
) -> int:
    """Plan the problem of a file; without `out` the plan is said as a table. Raises Refused and writes nothing then."""
    problem_json = _json(path)
    names = _names(problem_json)
    try:
        problem = planning.problem_from_json(problem_json)
        made = planning.plan(problem, CpuBudget(seconds, steps), seed, _Progress().hear, None)
    except RuleViolation as refused:
        raise refusal(refused) from refused

    def text(explanation: planning.Explanation) -> str:
        return _text(explanation, names, language)

    if out is None:
        for line in _table(problem, made, names, language):
            say(line)
    else:
        written = planning.plan_to_json(made, text, problem_json.get("id"))
        write_file(out, (json.dumps(written, ensure_ascii=False, indent=1) + "\n").encode())
    tell(
        f"{len(problem.people)} people, {problem.rounds} rounds. Meetings of people who met before: "
        f"{made.cost.repeats}, at best {made.bound.repeats}."
    )
    return 0


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(read_file(path))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        line = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise Refused(f"{path} is not JSON{line}.") from error
    except RecursionError as error:
        raise Refused(f"{path} is not a problem to plan: it is nested too deeply.") from error
    if not isinstance(found, dict):
        raise Refused(f"{path} must hold one JSON object.")
    return found


def _names(problem: dict[str, Any]) -> dict[planning.PersonId, str]:
    """What people are called; their id where they have no name."""
    people = problem.get("people")
    entries = [entry for entry in people if isinstance(entry, dict)] if isinstance(people, list) else []
    return {
        entry["id"]: str(entry.get("name") or entry["id"])
        for entry in entries
        if isinstance(entry.get("id"), int | str)
    }


class _Progress:
    """What the console hears while the planner thinks: one line that changes, or nothing where it is a file."""

    def __init__(self) -> None:
        self._shown = -1

    def hear(self, progress: planning.Progress) -> None:
        """Say the share in whole percent, when it has moved."""
        share = round(progress.share * 100)
        if share == self._shown or not sys.stderr.isatty():
            return
        self._shown = share
        end = "\n" if share == 100 else ""
        sys.stderr.write(f"\r{share:3} %  met before: {progress.cost.repeats} {end}")
        sys.stderr.flush()


def _text(explanation: planning.Explanation, names: dict[planning.PersonId, str], language: str) -> str:
    """An explanation in words, with names for ids and tables counted from one."""
    params: dict[str, object] = dict(explanation.params)
    if "people" in params:
        params["people"] = ", ".join(names[person] for person in explanation.params["people"])
    if "other" in params:
        params["other"] = names[explanation.params["other"]]
    if "table" in params:
        params["table"] = explanation.params["table"] + 1
    return words(EXPLANATIONS[explanation.key], params, language)


def _table(
    problem: planning.Problem, made: planning.Plan, names: dict[planning.PersonId, str], language: str
) -> Iterator[str]:
    """The plan as lines to read out: rounds, tables, who sits there, who sits out."""
    for number, seating in enumerate(made.rounds):
        yield sentence("plan_round_title", {"number": number + 1}, language)
        for table, people in enumerate(seating, start=1):
            yield f"  {table:>3}  {', '.join(names[person] for person in people)}"
        out = made.byes(number, [person.id for person in problem.present(number)])
        if out:
            yield "       " + words(EXPLANATIONS["bye"], {}, language) + " " + ", ".join(names[p] for p in out)
