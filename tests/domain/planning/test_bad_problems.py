"""A problem that cannot be planned is refused with a code, and with the person, round or field to put right."""

import math
from dataclasses import replace
from typing import Any

import pytest

from server.domain.errors import RuleViolation
from server.domain.planning import (
    Affinity,
    Lock,
    Odd,
    PastMeeting,
    Person,
    Problem,
    Shape,
    plan,
    problem_from_json,
)
from tests.domain.planning.problems import Steps, a_problem, people


def refusal(problem: Problem) -> RuleViolation:
    with pytest.raises(RuleViolation) as caught:
        plan(problem, Steps(5), 1)
    return caught.value


def with_person(count: int = 8, size: int = 4, rounds: int = 2, **first: Any) -> Problem:
    problem = a_problem(count, size, rounds)
    return replace(problem, people=(replace(problem.people[0], **first), *problem.people[1:]))


@pytest.mark.parametrize(
    ("problem", "code", "names"),
    [
        (a_problem(1, 4, 2), "plan_needs_two_people", {"field": "people", "people": 1}),
        (a_problem(10_000, 4, 2), "plan_too_many_people", {"field": "people", "people": 10_000}),
        (a_problem(8, 4, 0), "plan_needs_a_round", {"field": "rounds"}),
        (a_problem(8, 4, 61), "plan_too_many_rounds", {"field": "rounds", "rounds": 61}),
        (a_problem(8, 1, 2), "plan_table_size", {"field": "table_size", "size": 1}),
        (Problem(people(8), (Shape(4, tables=0),)), "plan_table_count", {"field": "tables"}),
        (Problem((*people(8), Person(3)), (Shape(4),)), "plan_person_twice", {"person": 3}),
        (with_person(fixed_table=-1), "plan_table_missing", {"person": 0, "table": -1}),
        (with_person(fixed_table=9), "plan_table_missing", {"person": 0, "table": 9}),
        (with_person(byes=-1), "plan_negative", {"person": 0, "field": "byes"}),
        (with_person(present=frozenset({5})), "plan_round_missing", {"person": 0, "round": 5}),
        (
            replace(with_person(looks_for=("alchemist",)), sectors=("law",)),
            "plan_unknown_sector",
            {"person": 0, "sector": "alchemist"},
        ),
        (a_problem(8, 4, 2, history=(PastMeeting(0, "who"),)), "plan_unknown_person", {"person": "who"}),
        (a_problem(8, 4, 2, history=(PastMeeting(0, 1, 0),)), "plan_negative", {"field": "history"}),
        (a_problem(8, 4, 2, history=(PastMeeting(0, 1, 1, -3),)), "plan_negative", {"field": "history"}),
        (a_problem(8, 4, 2, forbidden=((2, 2),)), "plan_pair_with_self", {"person": 2, "field": "forbidden"}),
        (
            a_problem(8, 4, 2, forbidden=((2, 3),), must_meet=((3, 2),)),
            "plan_pair_contradiction",
            {"person": 3, "other": 2},
        ),
        (a_problem(8, 4, 2, affinity=(Affinity("a", "b", 10),)), "plan_affinity_weight", {"sector": "a"}),
        (a_problem(4, 2, 1, held=(((0, 1),), ((2, 3),))), "plan_round_missing", {"field": "held"}),
        (a_problem(4, 2, 2, held=(((0, 9),),)), "plan_unknown_person", {"field": "held", "person": 9}),
        (a_problem(4, 2, 2, previous=(((0, 1), (1, 2)),)), "plan_seated_twice", {"person": 1, "round": 0}),
        (a_problem(8, 4, 2, locked=(Lock(0, 2, 0),)), "plan_round_missing", {"field": "locked", "person": 0}),
        (a_problem(8, 4, 2, locked=(Lock(0, 0, -1),)), "plan_table_missing", {"field": "locked"}),
        (a_problem(8, 4, 2, locked=(Lock(7, 0, 5),)), "plan_table_missing", {"person": 7, "table": 5}),
        (
            a_problem(8, 4, 2, locked=(Lock(7, 0, 0), Lock(7, 0, 1))),
            "plan_lock_contradiction",
            {"person": 7, "round": 0},
        ),
        (
            Problem(tuple(Person(n, present=frozenset({n % 2})) for n in range(3)), (Shape(4), Shape(4))),
            "plan_too_few_present",
            {"round": 1, "present": 1},
        ),
        (Problem(people(8), (Shape(4, sizes=(4, 3)),)), "plan_sizes_do_not_fit", {"field": "sizes", "seats": 7}),
        (Problem(people(8), (Shape(4, sizes=(7, 1)),)), "plan_table_of_one", {"field": "sizes"}),
        (
            Problem((*(Person(n, fixed_table=0) for n in range(3)), Person(3)), (Shape(2),)),
            "plan_table_overfull",
            {"person": 2, "table": 0},
        ),
        (
            Problem((Person(0, fixed_table=0), Person(1, fixed_table=0), Person(2)), (Shape(3, sizes=(1, 2)),)),
            "plan_table_of_one",
            {"field": "sizes"},
        ),
        (
            Problem(tuple(Person(n, host=n < 3) for n in range(8)), (Shape(4),)),
            "plan_more_hosts_than_tables",
            {"person": 2, "hosts": 3, "tables": 2},
        ),
        (
            Problem(tuple(Person(n, fixed_table=0 if n < 2 else None) for n in range(8)), (Shape(4),),
                    forbidden=((0, 1),)),
            "plan_forbidden_unavoidable",
            {"person": 0, "other": 1},
        ),
        (a_problem(4, 4, 1, forbidden=((0, 1),)), "plan_forbidden_unavoidable", {"person": 0, "other": 1}),
        (
            a_problem(4, 2, 1, forbidden=((0, 1), (0, 2), (0, 3))),
            "plan_forbidden_unavoidable",
            {"person": 0, "round": 0},
        ),
    ],
)
def test_what_cannot_be_planned_is_refused_by_name(
    problem: Problem, code: str, names: dict[str, object]
) -> None:
    refused = refusal(problem)
    assert refused.code == code
    assert names.items() <= refused.params.items()


GOOD: dict[str, Any] = {"people": [{"id": n} for n in range(6)], "table_size": 3, "rounds": 2}


@pytest.mark.parametrize(
    ("change", "code", "names"),
    [
        ({"people": None}, "plan_bad_field", {"field": "people"}),
        ({"people": [7]}, "plan_bad_field", {"field": "people", "entry": 7}),
        ({"people": [{"id": 1.5}]}, "plan_bad_field", {"field": "people", "entry": 1.5}),
        ({"people": [{"id": True}]}, "plan_bad_field", {"field": "people"}),
        ({"people": [{"id": 1, "secter": "law"}]}, "plan_unknown_field", {"field": "secter", "person": 1}),
        ({"people": [{"id": 1, "sector": 3}]}, "plan_bad_field", {"field": "sector", "person": 1}),
        ({"people": [{"id": 1, "looks_for": "law"}]}, "plan_bad_field", {"field": "looks_for", "person": 1}),
        ({"people": [{"id": 1, "visitor": "yes"}]}, "plan_bad_field", {"field": "visitor", "person": 1}),
        ({"people": [{"id": 1, "present": ["x"]}]}, "plan_bad_field", {"field": "present", "person": 1}),
        ({"rounds": "six"}, "plan_bad_field", {"field": "rounds"}),
        ({"rounds": True}, "plan_bad_field", {"field": "rounds"}),
        ({"rounds": 1_000_000_000}, "plan_too_many_rounds", {"field": "rounds"}),
        ({"table_size": None}, "plan_bad_field", {"field": "table_size"}),
        ({"odd": "dance"}, "plan_bad_field", {"field": "odd", "entry": "dance"}),
        ({"mode": 3}, "plan_bad_field", {"field": "mode", "entry": 3}),
        ({"history": [[0]]}, "plan_bad_field", {"field": "history"}),
        ({"history": [[0, 1, "often"]]}, "plan_bad_field", {"field": "history"}),
        ({"forbidden": [[0, 1, 2]]}, "plan_bad_field", {"field": "forbidden"}),
        ({"must_meet": {"a": 1}}, "plan_bad_field", {"field": "must_meet"}),
        ({"affinity": [["law"]]}, "plan_bad_field", {"field": "affinity"}),
        ({"affinity": [["law", 3]]}, "plan_bad_field", {"field": "affinity"}),
        ({"locked": [[0, 1]]}, "plan_bad_field", {"field": "locked"}),
        ({"held": [[[0, None]]]}, "plan_bad_field", {"field": "held"}),
        ({"sizes": [4]}, "plan_bad_field", {"field": "sizes"}),
        ({"tablesize": 4}, "plan_unknown_field", {"field": "tablesize"}),
    ],
)
def test_a_malformed_file_is_refused_by_field(
    change: dict[str, Any], code: str, names: dict[str, object]
) -> None:
    with pytest.raises(RuleViolation) as caught:
        problem_from_json(GOOD | change)
    assert caught.value.code == code
    assert names.items() <= caught.value.params.items()


def test_something_that_is_no_object_at_all_is_refused() -> None:
    with pytest.raises(RuleViolation) as caught:
        problem_from_json([1, 2])
    assert caught.value.params == {"field": "problem"}


def test_the_budget_of_the_tests_has_no_clock() -> None:
    assert Steps().left() == math.inf
    assert Odd("bye") is Odd.BYE
