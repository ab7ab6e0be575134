"""Planning that everybody can watch: announced at once, improved behind it, ended by whoever has enough."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from server.domain import plan_runs as rules
from server.domain.errors import Conflict, RuleViolation
from server.domain.pins import PairWish
from server.domain.plan_runs import RunState
from server.domain.vocabulary import MeetingStatus, RoundPhase, Uid
from server.persistence.models import Meeting, PlanRun, Round, Seat, SeatingPlan
from server.services import pins, plan_runs, planning, rounds, workbench
from server.services.context import Json, Op, Tx
from server.services.plan_runs import Pace
from tests.conftest import FakeClock
from tests.mornings import Morning
from tests.rooms import everybody_in, seat_rounds

QUICK = Pace(next_seconds=20, later_seconds=20, steps=200)
ENDLESS = Pace(next_seconds=0.3, later_seconds=60)
"""The second stage goes on until somebody has enough, or a minute is over."""


@pytest.fixture(autouse=True)
def no_run_outlives_its_test(morning: Morning) -> Iterator[None]:
    """Ends with the test, before the database of `morning` is closed."""
    yield
    for worker in list(plan_runs._workers.values()):
        worker.enough.set()
    plan_runs.wait()


def _wish(morning: Morning, **fields: object) -> None:
    def work(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, morning.meeting_id)
        for name, value in fields.items():
            setattr(meeting, name, value)

    morning.ctx.transaction(work)


def _seats(morning: Morning) -> dict[int, dict[int, int]]:
    """Round → attendance → table."""
    found: dict[int, dict[int, int]] = {}
    with morning.ctx.reading() as db:
        question = (
            select(Round.number, Seat.attendance_id, Seat.table_number)
            .join(Seat, Seat.round_id == Round.id)
            .where(Round.meeting_id == morning.meeting_id)
        )
        for number, attendance, table in db.execute(question):
            found.setdefault(number, {})[attendance] = table
    return found


def _run(morning: Morning) -> plan_runs.RunView:
    run = plan_runs.latest(morning.ctx, morning.meeting_id)
    assert run is not None
    return run


def _crowded(morning: Morning) -> None:
    """Six people in six rounds of pairs: some must meet again, so that there is always something left to try."""
    _wish(morning, rounds_wanted=7)
    everybody_in(morning)


def _until(happened: object) -> None:
    deadline = time.monotonic() + 60
    while not happened():  # type: ignore[operator]  # a function without arguments
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _begin(morning: Morning, pace: Pace, **more: bool) -> None:
    plan_runs.begin(morning.ctx, meeting_id=morning.meeting_id, pace=pace, **more)


def _improving(morning: Morning) -> bool:
    return _run(morning).state is RunState.IMPROVING and bool(_run(morning).cost)


def _pairs(seats: dict[int, int]) -> set[frozenset[int]]:
    """Who sits with whom in one round."""
    return {frozenset((a, b)) for a in seats for b in seats if a != b and seats[a] == seats[b]}


def test_a_run_seats_everybody_and_says_that_it_is_done(morning: Morning) -> None:
    everybody_in(morning)
    _begin(morning, QUICK)
    plan_runs.wait()
    assert (_run(morning).state, _run(morning).live, _run(morning).refusal) == (RunState.DONE, False, None)
    assert {number: len(seats) for number, seats in _seats(morning).items()} == dict.fromkeys((1, 2, 3, 4), 6)


def test_a_press_sent_twice_plans_once(morning: Morning) -> None:
    everybody_in(morning)
    op = Op(id="one-press", kind="plan", body={})
    answers = [plan_runs.begin(morning.ctx, meeting_id=morning.meeting_id, pace=QUICK, op=op) for _ in range(2)]
    plan_runs.wait()
    assert answers[0] == answers[1]
    with morning.ctx.reading() as db:
        assert len(db.scalars(select(PlanRun)).all()) == 1


def test_the_seats_are_announced_while_later_rounds_are_still_looked_at(morning: Morning) -> None:
    _crowded(morning)
    _begin(morning, ENDLESS)
    _until(lambda: _improving(morning))
    first = _seats(morning)[1]
    assert sorted(_seats(morning)) == [1, 2, 3, 4, 5, 6, 7]
    assert _run(morning).cost["repeats"] >= 6
    plan_runs.stop(morning.ctx, meeting_id=morning.meeting_id)
    plan_runs.wait()
    assert _run(morning).state is RunState.STOPPED
    assert _seats(morning)[1] == first


def test_enough_is_answered_at_once_with_the_best_so_far(morning: Morning) -> None:
    _crowded(morning)
    _begin(morning, Pace(next_seconds=60, later_seconds=60))
    _until(lambda: bool(_run(morning).cost))
    asked = time.monotonic()
    plan_runs.stop(morning.ctx, meeting_id=morning.meeting_id)
    plan_runs.wait()
    assert time.monotonic() - asked < 30, "a minute was allowed"
    assert _run(morning).state is RunState.STOPPED
    assert sorted(_seats(morning)) == [1, 2, 3, 4, 5, 6, 7]


def test_somebody_else_may_have_enough_in_another_process(morning: Morning, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_runs, "_have_enough", lambda uid: None)
    _crowded(morning)
    _begin(morning, Pace(next_seconds=60, later_seconds=60))
    _until(lambda: bool(_run(morning).cost))
    plan_runs.stop(morning.ctx, meeting_id=morning.meeting_id)
    plan_runs.wait()
    assert _run(morning).state is RunState.STOPPED


def test_of_two_facilitators_who_plan_at_once_the_second_is_told(morning: Morning) -> None:
    _crowded(morning)
    _begin(morning, Pace(next_seconds=60))
    with pytest.raises(Conflict) as refused:
        _begin(morning, QUICK)
    assert refused.value.code == "plan_under_way"
    plan_runs.stop(morning.ctx, meeting_id=morning.meeting_id)


def test_a_latecomer_is_seated_at_once_though_later_rounds_are_still_looked_at(morning: Morning) -> None:
    _wish(morning, rounds_wanted=7)
    everybody_in(morning, but=("Vik",))
    _begin(morning, ENDLESS)
    _until(lambda: _improving(morning))
    everybody_in(morning, only=("Vik",))
    _begin(morning, QUICK)
    plan_runs.wait()
    with morning.ctx.reading() as db:
        states = db.scalars(select(PlanRun.state).order_by(PlanRun.id)).all()
    assert list(states) == [RunState.OVERTAKEN, RunState.DONE]
    assert all(len(seats) == 6 for seats in _seats(morning).values())


def test_the_next_round_may_begin_while_later_ones_are_improved(morning: Morning) -> None:
    _crowded(morning)
    _begin(morning, ENDLESS)
    _until(lambda: _improving(morning))
    before = _seats(morning)
    rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=1, version=0)
    plan_runs.stop(morning.ctx, meeting_id=morning.meeting_id)
    plan_runs.wait()
    assert _run(morning).state is RunState.STOPPED
    assert _seats(morning)[1] == before[1]
    assert rounds.listed(morning.ctx, morning.meeting_id)[0].phase is RoundPhase.RUNNING


def test_what_begins_two_rounds_on_is_never_touched_and_nobody_is_alarmed(morning: Morning) -> None:
    _crowded(morning)
    _begin(morning, ENDLESS)
    _until(lambda: _improving(morning))
    for number in (1, 2):
        rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=number, version=0)
        if number == 1:
            rounds.end(morning.ctx, meeting_id=morning.meeting_id, number=1, version=1)
    before = _seats(morning)
    plan_runs.stop(morning.ctx, meeting_id=morning.meeting_id)
    plan_runs.wait()
    assert _run(morning).state in {RunState.STOPPED, RunState.OVERTAKEN}
    assert _run(morning).refusal is None
    assert _seats(morning) == before


def test_a_round_that_starts_before_anything_is_announced_wins(
    morning: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody_in(morning)
    planning.plan(morning.ctx, meeting_id=morning.meeting_id, seconds=20, steps=100)
    before = _seats(morning)
    think = workbench.planner.do

    def and_somebody_starts(*arguments: object, **options: object) -> Json:
        made = think(*arguments, **options)  # type: ignore[arg-type]  # passed through
        rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=1, version=0)
        return made

    monkeypatch.setattr(workbench.planner, "do", and_somebody_starts)
    _begin(morning, QUICK)
    plan_runs.wait()
    run = _run(morning)
    assert (run.state, run.refusal and run.refusal.code) == (RunState.OVERTAKEN, "plan_overtaken")
    assert _seats(morning) == before


def test_later_rounds_change_only_for_something_better(morning: Morning) -> None:
    everybody_in(morning)
    planning.plan(morning.ctx, meeting_id=morning.meeting_id, seconds=20, steps=200)
    before = _seats(morning)
    answer = planning.improve(morning.ctx, meeting_id=morning.meeting_id, seconds=20, steps=200)
    assert answer == {"better": False}
    assert _seats(morning) == before
    with morning.ctx.reading() as db:
        assert len(db.scalars(select(SeatingPlan)).all()) == 1


def test_a_bad_later_round_gets_better_and_the_next_one_stays(morning: Morning) -> None:
    everybody_in(morning)
    _wish(morning, rounds_wanted=3)
    tables = [("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")]
    seat_rounds(morning, [tables, tables, tables])
    before = _seats(morning)
    assert planning.improve(morning.ctx, meeting_id=morning.meeting_id, seconds=20, steps=300) == {"better": True}
    after = _seats(morning)
    assert after[1] == before[1]
    met = [frozenset(_pairs(after[number])) for number in (1, 2, 3)]
    assert not met[0] & met[1]
    assert not met[1] & met[2]
    assert not met[0] & met[2]


def test_an_empty_room_is_refused_where_everybody_sees_it(morning: Morning) -> None:
    _begin(morning, QUICK)
    plan_runs.wait()
    run = _run(morning)
    assert (run.state, run.refusal and run.refusal.code) == (RunState.REFUSED, "plan_needs_two_people")


def test_two_people_who_cannot_be_kept_apart_are_named(morning: Morning) -> None:
    everybody_in(morning, only=("Olga", "Mira"))
    pins.pair(
        morning.ctx,
        meeting_id=morning.meeting_id,
        one=Uid(morning.attendances["Olga"]),
        other=Uid(morning.attendances["Mira"]),
        wish=PairWish.APART,
        version=0,
    )
    _begin(morning, QUICK)
    plan_runs.wait()
    refusal = _run(morning).refusal
    assert refusal is not None
    assert {refusal.params["person"], refusal.params["other"]} == {"Olga Marchetti", "Mira Łukasik"}


def test_a_closed_meeting_is_not_planned(morning: Morning) -> None:
    _wish(morning, status=MeetingStatus.CLOSED)
    with pytest.raises(RuleViolation) as refused:
        _begin(morning, QUICK)
    assert refused.value.code == "meeting_is_closed"


def test_a_run_whose_process_died_is_shown_as_lost_and_can_be_put_away(morning: Morning, clock: FakeClock) -> None:
    def leave_behind(tx: Tx) -> None:
        tx.db.add(
            PlanRun(meeting_id=morning.meeting_id, state=RunState.SEATING, began_at=tx.now, told_at=tx.now, share=40)
        )

    morning.ctx.transaction(leave_behind)
    assert _run(morning).live
    clock.now += rules.LOST_AFTER
    assert _run(morning).state is RunState.LOST
    plan_runs.stop(morning.ctx, meeting_id=morning.meeting_id)
    clock.now -= timedelta(minutes=1)
    assert _run(morning).state is RunState.LOST


def test_a_run_that_is_over_is_not_stopped_again(morning: Morning) -> None:
    everybody_in(morning)
    _begin(morning, QUICK)
    plan_runs.wait()
    plan_runs.stop(morning.ctx, meeting_id=morning.meeting_id)
    assert _run(morning).state is RunState.DONE


def test_a_killed_planner_is_told_and_the_next_press_works(morning: Morning) -> None:
    _crowded(morning)
    _begin(morning, Pace(next_seconds=60))
    _until(lambda: bool(_run(morning).cost))
    threading.Thread(target=workbench.planner.stop).start()
    plan_runs.wait()
    run = _run(morning)
    assert (run.state, run.refusal and run.refusal.code) == (RunState.REFUSED, "job_failed")
    _begin(morning, QUICK)
    plan_runs.wait()
    assert _run(morning).state is RunState.DONE
