"""Problem and plan as JSON values: ids are kept as given, unknown fields are refused, errors name the
field."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, TypeVar

from server.domain.errors import RuleViolation

from .answers import explanation_to_json
from .problem import (
    MAX_ROUNDS,
    Affinity,
    Lock,
    Mode,
    Odd,
    Pair,
    PastMeeting,
    Person,
    PersonId,
    Problem,
    Seating,
    Shape,
    SizeRule,
)
from .result import Explanation, Plan

PROBLEM_FIELDS = frozenset(
    (
        "id",
        "people",
        "table_size",
        "tables",
        "rounds",
        "odd",
        "size_rule",
        "sizes",
        "history",
        "held",
        "forbidden",
        "must_meet",
        "affinity",
        "mode",
        "sector_first",
        "previous",
        "locked",
        "sectors",
    )
)
PERSON_FIELDS = frozenset(
    ("id", "name", "sector", "looks_for", "visitor", "host", "fixed_table", "present", "byes", "region")
)
Choice = TypeVar("Choice", bound=Enum)


def problem_from_json(value: object) -> Problem:
    """The problem in a decoded JSON object.

    `tables` holds for rounds in which everybody is there; with some away the number follows from
    `table_size`. Raises RuleViolation `plan_bad_field` (params `field`, sometimes `person` or `entry`) on a
    wrong type.
    """
    fields = _object(value, "problem")
    _only(fields, PROBLEM_FIELDS)
    people = tuple(_person(entry) for entry in _list(fields.get("people"), "people"))
    rounds = _integer(fields.get("rounds"), "rounds")
    if rounds > MAX_ROUNDS:
        raise RuleViolation("plan_too_many_rounds", field="rounds", rounds=rounds, limit=MAX_ROUNDS)
    return Problem(
        people=people,
        shapes=tuple(_shape(fields, people, number) for number in range(rounds)),
        history=tuple(_past(entry) for entry in _optional_list(fields, "history")),
        held=_seatings(fields, "held"),
        forbidden=tuple(_pair(entry, "forbidden") for entry in _optional_list(fields, "forbidden")),
        must_meet=tuple(_pair(entry, "must_meet") for entry in _optional_list(fields, "must_meet")),
        affinity=tuple(_affinity(entry) for entry in _optional_list(fields, "affinity")),
        mode=_choice(fields, "mode", Mode, Mode.DISTINCT),
        sector_first=_flag(fields, "sector_first"),
        previous=_seatings(fields, "previous"),
        locked=tuple(_lock(entry) for entry in _optional_list(fields, "locked")),
        sectors=tuple(_texts(fields, "sectors")) if fields.get("sectors") is not None else None,
    )


def plan_to_json(
    plan: Plan, say: Callable[[Explanation], str] | None = None, problem_id: object = None
) -> dict[str, Any]:
    """The plan as a JSON object; `say` turns an explanation into words for its `text`."""
    written: dict[str, Any] = {} if problem_id is None else {"id": problem_id}
    return written | {
        "rounds": [[list(table) for table in seating] for seating in plan.rounds],
        "cost": plan.cost._asdict(),
        "bound": plan.bound._asdict(),
        "optimal": plan.optimal,
        "repeats_optimal": plan.repeats_optimal,
        "seed": plan.seed,
        "steps": plan.steps,
        "cut_short": plan.cut_short,
        "explanations": [explanation_to_json(each, say(each) if say is not None else "") for each in plan.explanations],
    }


def _bad(field: str, **where: object) -> RuleViolation:
    return RuleViolation("plan_bad_field", field=field, **where)


def _object(value: object, field: str, **where: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise _bad(field, **where)
    return value


def _only(fields: Mapping[str, object], known: frozenset[str], **where: object) -> None:
    for name in fields:
        if name not in known:
            raise RuleViolation("plan_unknown_field", field=name, **where)


def _list(value: object, field: str, **where: object) -> list[object]:
    if not isinstance(value, list):
        raise _bad(field, **where)
    return value


def _optional_list(fields: Mapping[str, object], name: str, **where: object) -> list[object]:
    value = fields.get(name)
    return [] if value is None else _list(value, name, **where)


def _integer(value: object, field: str, **where: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _bad(field, **where)
    return value


def _flag(fields: Mapping[str, object], name: str, **where: object) -> bool:
    value = fields.get(name)
    if value is not None and not isinstance(value, bool):
        raise _bad(name, **where)
    return bool(value)


def _text(value: object, field: str, **where: object) -> str:
    if not isinstance(value, str):
        raise _bad(field, **where)
    return value


def _texts(fields: Mapping[str, object], name: str, **where: object) -> list[str]:
    return [_text(entry, name, **where) for entry in _optional_list(fields, name, **where)]


def _choice(fields: Mapping[str, object], name: str, kind: type[Choice], default: Choice) -> Choice:
    value = fields.get(name)
    if value is None:
        return default
    for choice in kind:
        if choice.value == value:
            return choice
    raise _bad(name, entry=value)


def _id(value: object, field: str) -> PersonId:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise _bad(field, entry=value)
    return value


def _person(value: object) -> Person:
    fields = _object(value, "people", entry=value)
    person_id = _id(fields.get("id"), "people")
    _only(fields, PERSON_FIELDS, person=person_id)
    sector, region = fields.get("sector"), fields.get("region")
    fixed, present = fields.get("fixed_table"), fields.get("present")
    return Person(
        id=person_id,
        sector=None if sector is None else _text(sector, "sector", person=person_id),
        looks_for=tuple(_texts(fields, "looks_for", person=person_id)),
        visitor=_flag(fields, "visitor", person=person_id),
        host=_flag(fields, "host", person=person_id),
        fixed_table=None if fixed is None else _integer(fixed, "fixed_table", person=person_id),
        present=None
        if present is None
        else frozenset(
            _integer(entry, "present", person=person_id) for entry in _list(present, "present", person=person_id)
        ),
        byes=_integer(fields.get("byes", 0), "byes", person=person_id),
        region=None if region is None else _text(region, "region", person=person_id),
    )


def _shape(fields: Mapping[str, object], people: tuple[Person, ...], number: int) -> Shape:
    tables = fields.get("tables")
    sizes = _optional_list(fields, "sizes")
    everybody = all(person.is_there(number) for person in people)
    wanted = None if tables is None else _integer(tables, "tables")
    return Shape(
        size=_integer(fields.get("table_size"), "table_size"),
        tables=wanted if everybody else None,
        odd=_choice(fields, "odd", Odd, Odd.TRIO),
        size_rule=_choice(fields, "size_rule", SizeRule, SizeRule.MAX),
        sizes=tuple(_integer(size, "sizes", round=number) for size in _list(sizes[number], "sizes"))
        if number < len(sizes)
        else None,
    )


def _past(value: object) -> PastMeeting:
    entry = _list(value, "history", entry=value)
    if len(entry) not in (2, 3, 4):
        raise _bad("history", entry=value)
    days = entry[3] if len(entry) == 4 else None
    return PastMeeting(
        _id(entry[0], "history"),
        _id(entry[1], "history"),
        _integer(entry[2], "history", entry=value) if len(entry) > 2 else 1,
        None if days is None else _integer(days, "history", entry=value),
    )


def _pair(value: object, field: str) -> Pair:
    entry = _list(value, field, entry=value)
    if len(entry) != 2:
        raise _bad(field, entry=value)
    return _id(entry[0], field), _id(entry[1], field)


def _affinity(value: object) -> Affinity:
    entry = _list(value, "affinity", entry=value)
    if len(entry) not in (2, 3):
        raise _bad("affinity", entry=value)
    return Affinity(
        _text(entry[0], "affinity", entry=value),
        _text(entry[1], "affinity", entry=value),
        _integer(entry[2], "affinity", entry=value) if len(entry) == 3 else 1,
    )


def _lock(value: object) -> Lock:
    entry = _list(value, "locked", entry=value)
    if len(entry) != 3:
        raise _bad("locked", entry=value)
    return Lock(
        _id(entry[0], "locked"),
        _integer(entry[1], "locked", entry=value),
        _integer(entry[2], "locked", entry=value),
    )


def seatings_from_json(value: object, field: str = "rounds") -> tuple[Seating, ...]:
    """Rounds of tables of ids, as a plan writes them. Raises RuleViolation `plan_bad_field`."""
    return tuple(
        tuple(tuple(_id(person, field) for person in _list(table, field)) for table in _list(seating, field))
        for seating in _list(value, field)
    )


def _seatings(fields: Mapping[str, object], name: str) -> tuple[Seating, ...]:
    return seatings_from_json(_optional_list(fields, name), name)
