"""The child that plans and draws: it answers, it refuses, it can be stopped, and it never outlives its parent."""

import os
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator

import pytest

from server.domain.errors import RuleViolation
from server.services import workbench
from server.services.workbench import Bench

PROBLEM = {"people": [{"id": number} for number in range(12)], "rounds": 3, "table_size": 2}
HARD = {"people": [{"id": number, "looks_for": []} for number in range(60)], "rounds": 20, "table_size": 5}
BADGES = {
    "people": [
        {"first_name": "Mira", "last_name": "Łukasik", "role": "member", "code": "7K2QF0M9DXWYZ"},
        {"first_name": "Vik", "last_name": "", "role": "visitor"},
    ],
    "stock": "avery-l4785",
    "base_url": "https://meet.example.org",
    "words": {"title": "Badges"},
}


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench("test")
    yield made
    made.stop()


def _pid(bench: Bench) -> int:
    process = bench._process
    assert process is not None
    return process.pid


def test_a_plan_comes_back_with_progress_on_the_way(bench: Bench) -> None:
    heard: list[dict[str, object]] = []
    arguments = {"problem": PROBLEM, "seconds": 60, "seed": 1, "steps": 200}
    made = bench.do("plans.plan", arguments, on_progress=heard.append)["plan"]
    assert [len(seating) for seating in made["rounds"]] == [6, 6, 6]
    assert made["cost"]["repeats"] == 0
    assert heard
    assert all(0 <= float(str(news["share"])) <= 1 for news in heard)


def test_the_same_seed_and_steps_plan_the_same(bench: Bench) -> None:
    arguments = {"problem": PROBLEM, "seconds": 60, "seed": 7, "steps": 200}
    assert bench.do("plans.plan", arguments) == bench.do("plans.plan", arguments)


def test_a_refusal_comes_through_with_its_reason_and_the_child_goes_on(bench: Bench) -> None:
    with pytest.raises(RuleViolation) as refused:
        bench.do("plans.plan", {"problem": {**PROBLEM, "people": [{"id": 1}]}, "seconds": 60, "seed": 1})
    assert refused.value.code == "plan_needs_two_people"
    child = _pid(bench)
    bench.do("plans.plan", {"problem": PROBLEM, "seconds": 60, "seed": 1, "steps": 50})
    assert _pid(bench) == child


def test_badges_are_drawn_in_the_child(bench: Bench) -> None:
    made = bench.do("paper.badges", BADGES)
    assert workbench.as_bytes(made["pdf"]).startswith(b"%PDF-")
    assert made["pages"] == 1


def test_badges_that_cannot_be_printed_are_refused_with_the_reason(bench: Bench) -> None:
    with pytest.raises(RuleViolation) as refused:
        bench.do("paper.badges", {**BADGES, "stock": "no-such-stock"})
    assert refused.value.code.startswith("print_")


def test_enough_gives_the_best_so_far_at_once_and_the_child_goes_on(bench: Bench) -> None:
    enough = threading.Event()
    asked: list[float] = []

    def heard(news: dict[str, object]) -> None:
        if not asked:
            asked.append(time.monotonic())
            enough.set()

    made = bench.do("plans.plan", {"problem": HARD, "seconds": 60, "seed": 1}, on_progress=heard, enough=enough)
    assert time.monotonic() - asked[0] < 30, "a minute was allowed"
    assert [sum(map(len, tables)) for tables in made["plan"]["rounds"]] == [60] * 20
    child = _pid(bench)
    whole = bench.do("plans.plan", {"problem": HARD, "seconds": 60, "seed": 1, "steps": 150})["plan"]
    assert (whole["cut_short"], whole["steps"]) == (False, 150), "enough was said of the job before, not of this one"
    assert _pid(bench) == child


def test_a_job_that_does_not_listen_costs_its_child(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbench, "GRACE_SECONDS", 0.0)
    enough = threading.Event()
    enough.set()
    with pytest.raises(RuleViolation) as refused:
        bench.do("plans.plan", {"problem": HARD, "seconds": 60, "seed": 1}, enough=enough)
    assert refused.value.code == "job_cancelled"
    assert bench._process is None
    assert bench.do("plans.plan", {"problem": PROBLEM, "seconds": 60, "seed": 1, "steps": 50})["plan"]["rounds"]


def test_a_child_that_is_ended_while_it_starts_costs_its_job_and_nothing_else(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = subprocess.Popen

    class EndedAtOnce(start):  # type: ignore[misc, valid-type]  # the class that the bench would use
        def __init__(self, *arguments: object, **options: object) -> None:
            super().__init__(*arguments, **options)
            self.kill()
            self.wait()
            bench._process = None
            self.stdin.close()

    monkeypatch.setattr(subprocess, "Popen", EndedAtOnce)
    with pytest.raises(RuleViolation) as refused:
        bench.do("plans.plan", {"problem": PROBLEM, "seconds": 60, "seed": 1, "steps": 50})
    assert refused.value.code == "job_failed"
    monkeypatch.undo()
    assert bench.do("plans.plan", {"problem": PROBLEM, "seconds": 60, "seed": 1, "steps": 50})["plan"]["rounds"]


def test_a_short_question_goes_to_the_desk_while_the_planner_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    planner, desk = Bench("planner"), Bench("desk")
    monkeypatch.setattr(workbench, "planner", planner)
    monkeypatch.setattr(workbench, "desk", desk)
    assert workbench.idle() is planner
    with planner._turn:
        assert workbench.idle() is desk


def test_a_plan_that_takes_too_long_is_ended(bench: Bench) -> None:
    with pytest.raises(RuleViolation) as refused:
        bench.do("plans.plan", {"problem": HARD, "seconds": 60, "seed": 1}, limit=0.5)
    assert refused.value.code == "job_too_long"
    assert bench._process is None


def test_a_killed_child_costs_its_job_and_no_other(bench: Bench) -> None:
    bench.do("plans.plan", {"problem": PROBLEM, "seconds": 60, "seed": 1, "steps": 50})
    process = bench._process
    assert process is not None
    with pytest.raises(RuleViolation) as refused:
        # Killed in the middle of it: it has just said how far it is.
        bench.do("plans.plan", {"problem": HARD, "seconds": 60, "seed": 1}, on_progress=lambda news: process.kill())
    assert refused.value.code == "job_failed"
    assert bench.do("plans.plan", {"problem": PROBLEM, "seconds": 60, "seed": 1, "steps": 50})["plan"]["rounds"]


def test_a_fault_in_the_child_is_told_and_the_next_job_gets_a_new_one(bench: Bench) -> None:
    with pytest.raises(RuleViolation) as refused:
        bench.do("no such job", {})
    assert refused.value.code == "job_failed"
    assert bench.do("plans.plan", {"problem": PROBLEM, "seconds": 60, "seed": 1, "steps": 50})["plan"]["rounds"]


def test_the_child_ends_when_its_parent_is_gone() -> None:
    script = textwrap.dedent("""
        import os, threading, time
        from server.services.workbench import Bench
        bench = Bench("orphan")
        problem = {"people": [{"id": n} for n in range(60)], "rounds": 20, "table_size": 5}
        arguments = {"problem": problem, "seconds": 60, "seed": 1}
        threading.Thread(target=lambda: bench.do("plans.plan", arguments), daemon=True).start()
        while bench._process is None:
            time.sleep(0.01)
        print(bench._process.pid, flush=True)
        time.sleep(1)
        os._exit(0)
    """)
    answer = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={**os.environ, "PYTHONPATH": workbench._import_root()},
    )
    child = int(answer.stdout)
    deadline = time.monotonic() + 60
    while _alive(child):
        assert time.monotonic() < deadline, "the child goes on without its parent"
        time.sleep(0.05)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # An orphan that ended may wait a moment for whoever adopted it.
    status = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(status.stdout.strip()) and not status.stdout.strip().startswith("Z")
