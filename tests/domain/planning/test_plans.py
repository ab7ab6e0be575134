"""A plan seats everybody who is there, says truthfully what it costs, and is made again by seed and steps."""

import hashlib
import json
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.planning import (
    Lock,
    Odd,
    PastMeeting,
    Person,
    Plan,
    Problem,
    Progress,
    Shape,
    SizeRule,
    plan,
    plan_to_json,
    problem_from_json,
)
from tests.domain.planning import checker
from tests.domain.planning.problems import Steps, a_problem, people, problems


class Clock:
    """A budget of seconds that pass one by one with every look at it."""

    steps: int | None = None

    def __init__(self, seconds: float, a_look: float = 0.01) -> None:
        self.seconds = seconds
        self.a_look = a_look

    def left(self) -> float:
        self.seconds -= self.a_look
        return self.seconds


def a_mixed_group(count: int) -> tuple[Person, ...]:
    return tuple(
        Person(n, sector=f"s{n % 9}", looks_for=(f"s{(n + 3) % 9}",), visitor=n % 7 == 3) for n in range(count)
    )


def digest(made: Plan) -> str:
    told = plan_to_json(made)
    seats = {name: told[name] for name in ("rounds", "cost", "bound", "steps")}
    return hashlib.sha256(json.dumps(seats, sort_keys=True).encode()).hexdigest()[:16]


@settings(max_examples=60, deadline=None)
@given(problems(most=120), st.integers(0, 3))
def test_every_plan_is_valid_and_its_figures_are_true(problem: Problem, seed: int) -> None:
    made = plan(problem, Steps(30), seed)
    assert checker.faults(problem, made) == []
    assert made.cost.repeats == checker.repeats(problem, made)
    assert made.cost.same_sector == checker.same_sector(problem, made)
    assert made.cost.wishes_missed == checker.wishes_missed(problem, made)
    assert all(least <= have for least, have in zip(made.bound, made.cost, strict=True))


def test_the_same_seed_and_steps_give_the_same_plan() -> None:
    problem = a_problem(23, 4, 6)
    assert plan(problem, Steps(300), 7) == plan(problem, Steps(300), 7)
    assert plan(problem, Steps(300), 7).rounds != plan(problem, Steps(300), 8).rounds


def test_the_order_in_which_people_are_listed_does_not_matter() -> None:
    problem = Problem(a_mixed_group(23), (Shape(4),) * 5)
    backwards = replace(problem, people=problem.people[::-1])
    assert plan(problem, Steps(300), 7).rounds == plan(backwards, Steps(300), 7).rounds


GOLDEN = [
    (Problem(a_mixed_group(57), (Shape(5),) * 5), 300, "b81cd79976378aca"),
    (a_problem(30, 6, 6), 400, "0fe49561d061d7fa"),
    (Problem(a_mixed_group(23), (Shape(2, odd=Odd.BYE),) * 4, (PastMeeting(0, 1, 2, 30),)), 250, "3935f6364e442758"),
    (Problem(tuple(Person(f"p{n}", host=n < 4) for n in range(21)), (Shape(6),) * 3), 200, "d13cf31d8deb93cf"),
]


@pytest.mark.parametrize(("problem", "steps", "golden"), GOLDEN)
def test_a_plan_of_long_ago_is_planned_again_to_the_letter(problem: Problem, steps: int, golden: str) -> None:
    assert digest(plan(problem, Steps(steps), 11)) == golden


def test_a_plan_made_by_the_clock_is_made_again_by_its_steps() -> None:
    problem = Problem(a_mixed_group(24), (Shape(6),) * 4)
    by_clock = plan(problem, Clock(30), 3)
    assert by_clock.steps > 300
    assert not by_clock.cut_short
    by_steps = plan(problem, Steps(by_clock.steps), 3)
    assert by_steps.rounds == by_clock.rounds
    assert by_steps.steps == by_clock.steps


def test_no_budget_at_all_still_gives_a_valid_plan() -> None:
    problem = Problem(a_mixed_group(57), (Shape(5),) * 5)
    for budget in (Steps(0), Clock(0)):
        made = plan(problem, budget, 1)
        assert made.steps == 0
        assert checker.faults(problem, made) == []


def test_a_clock_that_runs_out_cuts_the_search_short() -> None:
    problem = Problem(a_mixed_group(40), (Shape(5),) * 6)
    made = plan(problem, Clock(0.4), 1)
    assert made.cut_short
    assert checker.faults(problem, made) == []


def test_a_clock_that_stands_still_ends_after_a_short_search() -> None:
    made = plan(Problem(a_mixed_group(12), (Shape(4),) * 4), Clock(5, a_look=0), 1)
    assert 200 <= made.steps < 400


def test_cancelling_returns_the_best_plan_so_far() -> None:
    problem = Problem(a_mixed_group(40), (Shape(5),) * 6)
    asked: list[int] = []

    def cancel() -> bool:
        asked.append(1)
        return len(asked) > 60

    heard: list[Progress] = []
    made = plan(problem, Steps(1_000_000), 1, heard.append, cancel)
    assert made.cut_short
    assert made.steps < 2_000
    assert made.explanations == ()
    assert heard[-1].cost[:-1] == made.cost[:-1]


def test_progress_begins_with_a_valid_plan_and_only_gets_better() -> None:
    problem = Problem(a_mixed_group(40), (Shape(5),) * 6)
    for budget in (Steps(600), Clock(12)):
        heard: list[Progress] = []
        made = plan(problem, budget, 1, heard.append)
        assert checker.faults(problem, replace(made, rounds=heard[0].best)) == []
        assert [each.cost for each in heard] == sorted((each.cost for each in heard), reverse=True)
        assert all(0 <= each.share <= 1 for each in heard)
        assert heard[-1].share > heard[0].share


def test_a_problem_and_its_plan_survive_the_journey_through_json() -> None:
    written = {
        "id": "breakfast",
        "people": [
            {"id": 1, "name": "Anna", "sector": "law", "looks_for": ["tax"], "visitor": True, "present": [0, 1]},
            {"id": "b", "sector": "tax", "host": True, "fixed_table": 0, "byes": 1},
            *({"id": n} for n in range(2, 8)),
        ],
        "table_size": 4,
        "tables": 2,
        "rounds": 2,
        "odd": "bye",
        "size_rule": "round",
        "sizes": [[4, 4]],
        "history": [[1, "b"], [2, 3, 2], [4, 5, 1, 30]],
        "held": [[[1, "b", 2, 3], [4, 5, 6, 7]]],
        "forbidden": [[2, 4]],
        "must_meet": [[3, 5]],
        "affinity": [["law", "tax"], ["law", "law", 3]],
        "mode": "never_thrice",
        "sector_first": True,
        "previous": [[[1, "b", 2, 3], [4, 5, 6, 7]]],
        "locked": [[7, 1, 0]],
        "sectors": ["law", "tax"],
    }
    problem = problem_from_json(written)
    assert problem.people[0] == Person(1, "law", ("tax",), visitor=True, present=frozenset({0, 1}))
    assert problem.shapes[0].sizes == (4, 4)
    assert problem.shapes[1] == Shape(4, 2, Odd.BYE, SizeRule.ROUND)
    assert problem.history[2] == PastMeeting(4, 5, 1, 30)
    assert problem.locked == (Lock(7, 1, 0),)
    made = plan(problem, Steps(50), 1)
    told = plan_to_json(made, say=lambda each: each.key.upper(), problem_id="breakfast")
    assert json.loads(json.dumps(told)) == told
    assert told["id"] == "breakfast"
    assert told["rounds"][0] == written["held"][0]
    assert told["cost"]["repeats"] == made.cost.repeats
    assert told["explanations"][0].keys() == {"person", "round", "key", "params", "text"}
    assert told["explanations"][0]["text"] == told["explanations"][0]["key"].upper()


def test_with_some_people_away_the_number_of_tables_follows_from_their_size() -> None:
    coming = [{"id": n} for n in range(9)] + [{"id": 9, "present": [0]}]
    problem = problem_from_json({"people": coming, "table_size": 4, "tables": 2, "rounds": 2})
    assert [len(seating) for seating in plan(problem, Steps(10), 1).rounds] == [2, 3]


def test_people_known_to_come_late_or_leave_early_cost_no_repeats() -> None:
    coming = tuple(
        Person(n, present=frozenset(range(1, 6)) if n < 3 else frozenset(range(5)) if n < 5 else None)
        for n in range(56)
    )
    problem = Problem(coming, (Shape(7, tables=8),) * 6)
    made = plan(problem, Steps(0), 1)
    assert checker.faults(problem, made) == []
    assert made.cost.repeats == 0


def test_a_round_with_fewer_tables_is_filled_in_beside_the_designed_ones() -> None:
    coming = tuple(Person(n, present=frozenset(range(4)) if n < 6 else None) for n in range(40))
    problem = Problem(coming, (Shape(5),) * 5)
    made = plan(problem, Steps(0), 1)
    assert checker.faults(problem, made) == []
    assert [len(seating) for seating in made.rounds] == [8, 8, 8, 8, 7]
    assert checker.repeats(problem, replace(made, rounds=(*made.rounds[:4], ()))) == 0


@pytest.mark.parametrize(
    ("shape", "heads", "sizes"),
    [
        (Shape(5, size_rule=SizeRule.ROUND), 22, [6, 6, 5, 5]),
        (Shape(5), 22, [5, 5, 4, 4, 4]),
        (Shape(3, tables=9), 10, [2, 2, 2, 2, 2]),
        (Shape(4, sizes=(2, 5, 3)), 10, [2, 5, 3]),
        (Shape(2), 3, [3]),
        (Shape(50), 7, [7]),
    ],
)
def test_tables_have_the_sizes_the_shape_asks_for(shape: Shape, heads: int, sizes: list[int]) -> None:
    made = plan(Problem(people(heads), (shape,) * 2), Steps(10), 1)
    found = [len(table) for table in made.rounds[1]]
    assert found == sizes if shape.sizes else sorted(found) == sorted(sizes)


def test_hosts_keep_their_tables_and_everybody_comes_round() -> None:
    coming = (
        *(Person(n, host=True, fixed_table=n if n == 2 else None) for n in range(4)),
        *people(24)[4:],
    )
    made = plan(Problem(coming, (Shape(6, tables=4),) * 4), Steps(200), 1)
    tables = [[next(t for t, table in enumerate(seating) if n in table) for n in range(4)] for seating in made.rounds]
    assert tables == [[0, 1, 2, 3]] * 4


def test_sectors_move_around_hosts_who_stay() -> None:
    coming = tuple(Person(n, sector=f"s{n % 12}", fixed_table=n if n < 6 else None) for n in range(24))
    made = plan(Problem(coming, (Shape(4),) * 4), Steps(600), 1)
    assert checker.faults(Problem(coming, (Shape(4),) * 4), made) == []
    assert made.cost.repeats == made.cost.same_sector == 0


def test_hosts_of_a_few_large_tables_are_seated_without_a_design() -> None:
    problem = Problem(tuple(Person(n, host=n < 2) for n in range(6)), (Shape(3),) * 2)
    assert checker.faults(problem, plan(problem, Steps(50), 1)) == []


def test_somebody_with_a_table_of_their_own_takes_their_turn_at_sitting_out() -> None:
    problem = Problem((Person(0, fixed_table=0), Person(1), Person(2)), (Shape(2, odd=Odd.BYE),) * 3)
    made = plan(problem, Steps(50), 1)
    assert checker.faults(problem, made) == []
    assert [made.byes(number, [0]) for number in range(3)].count([0]) == 1


def test_whoever_has_had_fewer_byes_may_have_several_in_a_row() -> None:
    problem = Problem((Person(0), *people(5, byes=3)[1:]), (Shape(2, odd=Odd.BYE),) * 4)
    made = plan(problem, Steps(50), 1)
    assert checker.faults(problem, made) == []
    assert [made.byes(number, [0]) for number in range(3)] == [[0], [0], [0]]


def test_two_people_who_cannot_move_share_a_table_all_morning() -> None:
    coming = (Person(0, fixed_table=1), Person(1, fixed_table=1), *people(12)[2:])
    made = plan(Problem(coming, (Shape(4),) * 3), Steps(200), 1)
    assert all({0, 1} <= set(seating[1]) for seating in made.rounds)
    assert made.cost.repeats >= 2


def test_a_round_in_which_every_seat_is_fixed_is_left_alone() -> None:
    problem = Problem(tuple(Person(n, fixed_table=n // 4) for n in range(8)), (Shape(4),) * 2)
    assert plan(problem, Steps(300), 1).rounds == (((0, 1, 2, 3), (4, 5, 6, 7)),) * 2
    held = (((0, 1, 2, 3), (4, 5, 6, 7)),)
    assert plan(replace(problem, shapes=(Shape(4),), held=held), Clock(5), 1).rounds == held


def test_a_locked_seat_is_kept_and_a_locked_person_does_not_sit_out() -> None:
    problem = Problem(people(5), (Shape(2, odd=Odd.BYE),) * 2, locked=tuple(Lock(n, 0, n // 2) for n in range(4)))
    made = plan(problem, Steps(50), 1)
    assert made.rounds[0] == ((0, 1), (2, 3))
    assert checker.faults(problem, made) == []


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 8).map(lambda half: 2 * half + 1), st.integers(1, 12), st.data())
def test_byes_go_round_fairly(count: int, rounds: int, data: st.DataObject) -> None:
    dice = data.draw(st.randoms(use_true_random=False))
    coming = tuple(
        Person(
            n,
            visitor=dice.random() < 0.3,
            byes=dice.randrange(3) if dice.random() < 0.2 else 0,
            fixed_table=0 if n == 0 and dice.random() < 0.3 else None,
        )
        for n in range(count)
    )
    problem = Problem(coming, (Shape(2, odd=Odd.BYE),) * rounds)
    assert checker.faults(problem, plan(problem, Steps(30), 1)) == []


def test_when_all_are_new_visitors_somebody_has_to_begin_with_a_bye() -> None:
    problem = Problem(tuple(Person(n, visitor=True) for n in range(3)), (Shape(2, odd=Odd.BYE),))
    assert checker.faults(problem, plan(problem, Steps(5), 1)) == []
    locked = (Lock(0, 0, 0), Lock(1, 0, 0))
    assert plan(replace(problem, locked=locked), Steps(5), 1).rounds == (((0, 1),),)


def test_where_sectors_come_first_a_design_without_repeats_gives_way() -> None:
    dice = random.Random(1)
    crowd = tuple(Person(n, f"s{dice.randrange(6)}") for n in range(25))
    made = plan(Problem(crowd, (Shape(5),) * 5, sector_first=True), Steps(1500), 1)
    assert made.cost.same_sector == made.bound.same_sector == 20
    assert 0 < made.cost.repeats < 20


@pytest.mark.parametrize(
    ("count", "size", "rounds", "trades", "dice", "steps", "seed", "most"),
    [
        (53, 6, 5, 14, 13, 10_000, 1, 125),
        (160, 8, 6, 28, 2, 3000, 1, 750),
        (120, 8, 6, 24, 3, 2500, 1, 560),
        (120, 8, 6, 24, 3, 2500, 3, 660),  # here neither seats nor labels of the design do better in their time
    ],
)
def test_wishes_are_not_given_up_because_a_short_trial_promised_more(
    count: int, size: int, rounds: int, trades: int, dice: int, steps: int, seed: int, most: int
) -> None:
    """Whoever stays with the way that did best in its trial misses 165, 862 and 630 wishes."""
    chance = random.Random(dice)
    of = [n % trades for n in range(count)]
    chance.shuffle(of)
    others = [[trade for trade in range(trades) if trade != own] for own in of]
    wanted = [tuple(f"s{trade:02}" for trade in sorted(chance.sample(some, 2))) for some in others]
    crowd = tuple(Person(n, f"s{own:02}", wanted[n]) for n, own in enumerate(of))
    made = plan(Problem(crowd, (Shape(size),) * rounds), Steps(steps), seed, explained=False)
    assert (made.cost.repeats, made.cost.same_sector) == (0, 0)
    assert made.cost.wishes_missed <= most
