"""Questions about a plan, as the child answers them: JSON in, JSON out, a board laid open once."""

import json
from typing import Any

import pytest

from server.domain.errors import RuleViolation
from server.jobs import Json, Tell
from server.jobs.plans import JOBS

PROBLEM: Json = {
    "people": [{"id": n, "sector": f"s{n % 4}", "looks_for": ["notary"], "region": "Veneto"} for n in range(12)],
    "table_size": 4,
    "rounds": 3,
}
ROUNDS = [
    [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]],
    [[0, 4, 8, 11], [1, 5, 9, 2], [3, 6, 7, 10]],
    [[0, 5, 10, 11], [1, 6, 8, 3], [2, 4, 7, 9]],
]


class Heard(Tell):
    """Whoever waits: keeps the news, and has enough when told so."""

    def __init__(self, *, enough: bool = False) -> None:
        self.news: list[Json] = []
        self._enough = enough

    def __call__(self, news: Json) -> None:
        self.news.append(news)

    def enough(self) -> bool:
        return self._enough


def ask(job: str, **arguments: Any) -> Json:
    answer = JOBS[job](arguments, Heard())
    assert json.loads(json.dumps(answer)) == json.loads(json.dumps(answer, default=str)), "nothing but JSON"
    return answer


def here(**arguments: Any) -> Json:
    return {"problem": PROBLEM, "rounds": ROUNDS, **arguments}


def test_a_board_is_sent_once_and_then_named() -> None:
    first = ask("weigh", **here(board="monday 1", round=1, one=0, other=5))
    assert ask("weigh", board="monday 1", round=1, one=0, other=5) == first
    for number in range(2, 4):
        ask("options", **here(board=f"monday {number}", round=1, one=0))
    with pytest.raises(RuleViolation, match="plan_not_at_hand"):
        ask("weigh", board="monday 1", round=1, one=0, other=5)
    with pytest.raises(RuleViolation, match="plan_not_at_hand"):
        ask("weigh", round=1, one=0, other=5)


def test_a_change_by_hand_is_weighed_and_can_be_had_as_seats() -> None:
    answer = ask("weigh", **here(round=1, one=0, other=5, with_rounds=True))["weighed"]
    assert answer["moves"] == [{"round": 1, "one": 0, "other": 5, "to": 1}]
    assert answer["allowed"]
    assert answer["cost"]["repeats"] == ask("weigh", **here(round=1, one=0, other=0))["weighed"]["cost"]["repeats"] + (
        answer["change"].get("repeats", 0)
    )
    assert sorted(map(sorted, answer["rounds"][1])) == [[0, 1, 2, 9], [3, 6, 7, 10], [4, 5, 8, 11]]
    gone = ask("weigh", **here(round=1, one=0, table=2))["weighed"]
    assert gone["moves"] == [{"round": 1, "one": 0, "to": 2}]
    assert (gone["allowed"], gone["breaks"][0]["key"]) == (False, "tables_uneven")


def test_every_seat_somebody_could_have_comes_at_once_the_cheapest_first() -> None:
    found = ask("options", **here(round=1, one=0))["options"]
    assert {each["other"] for each in found if "other" in each} == set(range(12)) - {0, 4, 8, 11}
    verdicts = [each["verdict"] for each in found if each["allowed"]]
    assert verdicts == sorted(verdicts)


def test_somebody_is_told_why_they_sit_there_and_what_else_there_is() -> None:
    whole = ask("explain", **here(person=3))
    assert {each["round"] for each in whole["explanations"]} == {0, 1, 2}
    assert whole["alternatives"] == []
    one = ask("explain", **here(person=3, round=2, alternatives=True))
    assert {each["round"] for each in one["explanations"]} == {2}
    assert [each["round"] for each in one["alternatives"]] == [2]
    assert one["alternatives"][0]["weighed"]["allowed"]


def test_pairs_are_asked_about_brought_together_and_kept_apart() -> None:
    assert ask("why_not", **here(one=0, other=1))["why_not"]["told"][0]["key"] == "together_in"
    apart = ask("why_not", **here(one=0, other=9, round=1))["why_not"]
    assert (apart["told"], apart["way"]["allowed"]) == ([], True)
    assert ask("together", **here(one=0, other=9, round=1))["weighed"] == apart["way"]
    parted = ask("forbid", **here(one=0, other=11, with_rounds=True))["weighed"]
    assert all(not {0, 11} <= set(table) for seating in parted["rounds"] for table in seating)
    locked = ask("lock", **here(round=0, one=0, table=2))["weighed"]
    assert locked["moves"][0]["to"] == 2


def test_where_there_is_no_way_the_answer_is_null() -> None:
    alone: Json = {"people": [{"id": 1}, {"id": 2}, {"id": 3}], "table_size": 3, "rounds": 1}
    assert ask("forbid", problem=alone, rounds=[[[1, 2, 3]]], one=1, other=2) == {"weighed": None}


def test_what_lies_ahead_is_known_without_a_plan_and_better_with_one() -> None:
    known = ask("outlook", problem=PROBLEM)["outlook"]
    assert known["repeat_free"] == {"at_least": 1, "at_most": 1}
    assert known["told"][0]["key"] == "repeat_free_exactly"
    assert ask("outlook", **here())["outlook"]["people"] == 12


def test_the_empty_chair_tells_how_far_it_is_and_stops_when_there_is_enough() -> None:
    waiting = Heard()
    (chair,) = JOBS["empty_chairs"](here(steps=10, top=1, seed=3), waiting)["chairs"]
    assert (chair["sector"], chair["region"], chair["planned"]) == ("notary", "Veneto", True)
    assert waiting.news[-1] == {"share": 1.0}
    (hurried,) = JOBS["empty_chairs"]({"problem": PROBLEM}, Heard(enough=True))["chairs"]
    assert not hurried["planned"]


def test_a_plan_tells_its_progress() -> None:
    waiting = Heard()
    made = JOBS["plan"]({"problem": PROBLEM, "seconds": 5, "seed": 1, "steps": 50}, waiting)["plan"]
    assert len(made["rounds"]) == 3
    assert {"share", "cost"} <= waiting.news[0].keys()
