"""The seats of a plan that `coltiva plan` wrote, with the names of the problem it was made from."""

import json
from pathlib import Path
from typing import Any

from server.commands import Refused, read_file
from server.formats.person_names import split_full_name
from server.jobs import Json


def seats(plan: Path, problem: Path | None) -> tuple[list[Json], list[Json]]:
    """The people with their table in each round, and the rounds. Without a problem people are called by their ids.

    Raises Refused for a file that is no such plan or problem.
    """
    rounds = _json(plan).get("rounds")
    if not isinstance(rounds, list) or not rounds or not all(_is_round(tables) for tables in rounds):
        raise Refused(f"{plan.name} is no plan: it has no rounds with tables.")
    known = _named(problem) if problem else {}
    tables: dict[str, list[int | None]] = {key: [None] * len(rounds) for key in known}
    for place, seating in enumerate(rounds):
        for number, table in enumerate(seating, start=1):
            for person in table:
                tables.setdefault(str(person), [None] * len(rounds))[place] = number
    people = [
        {**known.get(key, _called(key, key)), "uid": key, "role": "member", "seats": own} for key, own in tables.items()
    ]
    return people, [{"number": number} for number in range(1, len(rounds) + 1)]


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(read_file(path))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        line = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise Refused(f"{path.name} is not JSON{line}.") from error
    if not isinstance(found, dict):
        raise Refused(f"{path.name} must hold one JSON object.")
    return found


def _is_round(tables: object) -> bool:
    return isinstance(tables, list) and all(
        isinstance(table, list) and all(isinstance(person, int | str) for person in table) for table in tables
    )


def _named(path: Path) -> dict[str, Json]:
    """Everybody in the problem by id, with what stands on paper."""
    people = _json(path).get("people")
    if not isinstance(people, list) or not all(isinstance(each, dict) and "id" in each for each in people):
        raise Refused(f"{path.name} is no problem: it has no people with ids.")
    return {
        str(each["id"]): _called(str(each.get("name") or each["id"]), str(each["id"]))
        | {"company": str(each.get("company") or ""), "trade": str(each.get("sector") or "")}
        for each in people
    }


def _called(name: str, key: str) -> Json:
    split = split_full_name(name)
    given, family = split.given_name, split.family_name
    return {"first_name": given or family or key, "last_name": family if given else ""}
