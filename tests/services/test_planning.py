"""Planning for the people who are here, on both databases and with the real planner in its child."""

import json
import threading
from itertools import combinations

import pytest
from sqlalchemy import select

from server.domain.errors import Conflict, RuleViolation, WrongPhase
from server.domain.vocabulary import MeetingStatus, RoundPhase, Uid
from server.persistence.models import Attendance, Meeting, Person, Round, Seat, SeatingPlan
from server.services import check_ins, plan_summaries, planning, rounds, workbench
from server.services.context import Json, Tx
from tests.conftest import FakeClock
from tests.mornings import Morning
from tests.rooms import DOOR, an_earlier_morning, everybody_in

CAST = frozenset({"Olga", "Fiona", "Dora", "Mira", "Max", "Vik"})
Room = dict[int, list[frozenset[str]]]


def _plan(morning: Morning) -> Json:
    return planning.plan(morning.ctx, meeting_id=morning.meeting_id, seconds=20, steps=400)


def _room(morning: Morning) -> Room:
    """Round → tables of given names."""
    names = {uid: name for name, uid in morning.attendances.items()}
    found: dict[int, dict[int, set[str]]] = {}
    with morning.ctx.reading() as db:
        question = (
            select(Round.number, Seat.table_number, Attendance.uid, Person.given_name)
            .join(Seat, Seat.round_id == Round.id)
            .join(Attendance, Attendance.id == Seat.attendance_id)
            .join(Person, Person.id == Attendance.person_id)
            .where(Round.meeting_id == morning.meeting_id)
        )
        for number, table, uid, given in db.execute(question):
            found.setdefault(number, {}).setdefault(table, set()).add(names.get(uid, given))
    return {n: [frozenset(people) for _, people in sorted(tables.items())] for n, tables in found.items()}


def _pairs(tables: list[frozenset[str]]) -> set[frozenset[str]]:
    return {frozenset(pair) for table in tables for pair in combinations(sorted(table), 2)}


def _wish(morning: Morning, **fields: object) -> None:
    def work(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, morning.meeting_id)
        for name, value in fields.items():
            setattr(meeting, name, value)

    morning.ctx.transaction(work)


def _problem(morning: Morning) -> Json:
    with morning.ctx.reading() as db:
        text = db.scalar(select(SeatingPlan.problem).order_by(SeatingPlan.id.desc()).limit(1))
    assert text is not None
    return dict(json.loads(text))


def test_everybody_in_the_room_sits_once_a_round_and_nobody_meets_twice(morning: Morning) -> None:
    everybody_in(morning)
    answer = _plan(morning)
    assert (answer["rounds"], answer["people"], answer["repeats"]) == (4, 6, 0)
    room = _room(morning)
    assert sorted(room) == [1, 2, 3, 4]
    met: set[frozenset[str]] = set()
    for tables in room.values():
        assert frozenset.union(*tables) == CAST
        assert [len(table) for table in tables] == [2, 2, 2]
        assert not met & _pairs(tables)
        met |= _pairs(tables)


def test_an_odd_number_makes_one_table_of_three(morning: Morning) -> None:
    everybody_in(morning, but=("Vik",))
    _plan(morning)
    for tables in _room(morning).values():
        assert sorted(map(len, tables)) == [2, 3]


def test_before_the_doors_open_everybody_expected_is_planned(morning: Morning) -> None:
    _wish(morning, status=MeetingStatus.DRAFT)
    assert _plan(morning)["people"] == 6


def test_once_the_doors_are_open_only_those_in_the_room_are_planned(morning: Morning) -> None:
    everybody_in(morning, only=("Olga", "Mira", "Max", "Dora"))
    _plan(morning)
    assert all(
        frozenset.union(*tables) == {"Olga", "Mira", "Max", "Dora"} for tables in _room(morning).values()
    )


def test_an_empty_room_is_refused_in_the_planners_words(morning: Morning) -> None:
    with pytest.raises(RuleViolation) as refused:
        _plan(morning)
    assert refused.value.code == "plan_needs_two_people"


def test_those_who_met_last_week_do_not_meet_again(morning: Morning) -> None:
    _wish(morning, rounds_wanted=2)
    an_earlier_morning(
        morning,
        [
            [("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")],
            [("Olga", "Dora"), ("Fiona", "Max"), ("Mira", "Vik")],
        ],
    )
    everybody_in(morning)
    assert _plan(morning)["repeats"] == 0
    earlier = {
        frozenset(pair)
        for pair in (("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik"), ("Olga", "Dora"), ("Fiona", "Max"))
    } | {frozenset(("Mira", "Vik"))}
    for tables in _room(morning).values():
        assert not earlier & _pairs(tables)
    assert {days for _, _, _, days in _problem(morning)["history"]} == {7}


def test_a_repeat_that_cannot_be_avoided_is_named(morning: Morning) -> None:
    _wish(morning, rounds_wanted=2)
    everybody_in(morning, only=("Olga", "Mira"))
    assert _plan(morning)["repeats"] == 1
    told = plan_summaries.summary(morning.ctx, morning.meeting_id)
    assert told is not None
    assert told.again_count == 1
    assert [(again.number, {again.name, again.other}) for again in told.again] == [
        (2, {"Olga Marchetti", "Mira Łukasik"})
    ]
    assert told.repeats_unavoidable


def test_wishes_and_sectors_reach_the_planner(morning: Morning) -> None:
    def work(tx: Tx) -> None:
        tx.db.get_one(Person, morning.people["Mira"]).wants_sector = " Plumber "

    morning.ctx.transaction(work)
    everybody_in(morning)
    _plan(morning)
    people = {each["sector"]: each for each in _problem(morning)["people"]}
    assert people["photographer"]["looks_for"] == ["plumber"]
    assert [sector for sector, each in people.items() if each.get("visitor")] == ["plumber"]


def test_a_plan_gives_the_rounds_the_length_the_organiser_wants(morning: Morning) -> None:
    everybody_in(morning)
    _plan(morning)
    _wish(morning, round_seconds=180, rounds_wanted=2)
    _plan(morning)
    listed = rounds.listed(morning.ctx, morning.meeting_id)
    assert [(each.number, each.clock.length.total_seconds()) for each in listed] == [(1, 180), (2, 180)]


def test_tables_of_four_are_laid_when_the_organiser_wants_them(morning: Morning) -> None:
    everybody_in(morning)
    _wish(morning, table_size=4, rounds_wanted=1)
    _plan(morning)
    assert [len(table) for table in _room(morning)[1]] == [3, 3]


def test_a_latecomer_and_a_leaver_leave_what_was_held_and_what_runs_untouched(
    morning: Morning, clock: FakeClock
) -> None:
    everybody_in(morning, but=("Vik",))
    _plan(morning)
    for verb, version in ((rounds.start, 0), (rounds.end, 1)):
        verb(morning.ctx, meeting_id=morning.meeting_id, number=1, version=version)
        clock.pass_by(minutes=5)
    rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=2, version=0)
    before = _room(morning)
    everybody_in(morning, only=("Vik",))
    check_ins.leave(
        morning.ctx,
        meeting_id=morning.meeting_id,
        attendance_uid=Uid(morning.attendances["Max"]),
        desk=DOOR,
    )
    assert _plan(morning)["rounds"] == 2
    after = _room(morning)
    assert (after[1], after[2]) == (before[1], before[2])
    for number in (3, 4):
        assert frozenset.union(*after[number]) == CAST - {"Max"}
    assert _problem(morning)["previous"]
    assert rounds.listed(morning.ctx, morning.meeting_id)[1].clock.version == 1


def test_planning_again_without_a_change_moves_nobody(morning: Morning) -> None:
    everybody_in(morning)
    _plan(morning)
    before = _room(morning)
    _plan(morning)
    assert _room(morning) == before


def test_people_of_a_void_round_count_as_not_having_met(morning: Morning) -> None:
    _wish(morning, rounds_wanted=2)
    everybody_in(morning, only=("Olga", "Mira"))
    _plan(morning)
    rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=1, version=0)
    rounds.void(morning.ctx, meeting_id=morning.meeting_id, number=1, version=1)
    assert _plan(morning)["repeats"] == 0


def test_after_the_last_round_there_is_nothing_to_plan(morning: Morning) -> None:
    _wish(morning, rounds_wanted=1)
    everybody_in(morning)
    _plan(morning)
    rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=1, version=0)
    with pytest.raises(WrongPhase) as refused:
        _plan(morning)
    assert refused.value.code == "no_round_left"


def test_a_closed_meeting_is_not_planned(morning: Morning) -> None:
    _wish(morning, status=MeetingStatus.CLOSED)
    with pytest.raises(WrongPhase) as refused:
        _plan(morning)
    assert refused.value.code == "meeting_is_closed"


def test_a_round_that_starts_while_the_planner_thinks_wins(
    morning: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody_in(morning)
    _plan(morning)
    before = _room(morning)
    think = workbench.planner.do

    def and_somebody_starts(*arguments: object, **options: object) -> Json:
        made = think(*arguments, **options)  # type: ignore[arg-type]  # passed through
        rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=1, version=0)
        return made

    monkeypatch.setattr(workbench.planner, "do", and_somebody_starts)
    with pytest.raises(Conflict) as refused:
        _plan(morning)
    assert refused.value.code == "plan_overtaken"
    assert _room(morning) == before
    assert rounds.listed(morning.ctx, morning.meeting_id)[0].phase is RoundPhase.RUNNING


def test_two_facilitators_planning_at_once_make_one_plan_and_the_other_is_told(morning: Morning) -> None:
    everybody_in(morning)
    answers: list[str] = []
    together = threading.Barrier(2)

    def press() -> None:
        together.wait()
        try:
            _plan(morning)
            answers.append("planned")
        except RuleViolation as refused:
            answers.append(refused.code)

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["plan_overtaken", "planned"]
    assert sorted(_room(morning)) == [1, 2, 3, 4]


def test_the_plan_is_kept_as_a_plan_file_with_its_seed(morning: Morning) -> None:
    everybody_in(morning)
    _plan(morning)
    with morning.ctx.reading() as db:
        kept = db.scalars(select(SeatingPlan)).one()
    plan = json.loads(kept.plan)
    assert {"rounds", "cost", "bound", "seed", "steps"} <= set(plan)
    assert kept.seed == plan["seed"]


def test_the_summary_names_the_tables_of_three(morning: Morning) -> None:
    assert plan_summaries.summary(morning.ctx, morning.meeting_id) is None
    everybody_in(morning, but=("Vik",))
    _plan(morning)
    told = plan_summaries.summary(morning.ctx, morning.meeting_id)
    assert told is not None
    assert (told.people, told.rounds) == (5, 4)
    assert [number for number, _ in told.trios] == [1, 2, 3, 4]
    assert all(len(names) == 3 for _, names in told.trios)
    assert told.byes == ()
