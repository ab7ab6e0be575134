"""The agenda on the day, as a facilitator notices it, on both databases."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from server.domain.agenda import Course, ItemState
from server.domain.errors import Conflict, RuleViolation, WrongPhase
from server.domain.round_clock import LEAD
from server.domain.vocabulary import MeetingStatus, Uid
from server.persistence.models import Action, AgendaItem, Meeting
from server.services import action_log, agenda_board, agenda_clock, meetings, rounds, today, undoing
from server.services.agenda_clock import Stage
from server.services.context import Op, Tx
from server.services.meetings import AgendaLine, MeetingPlan
from tests import builders
from tests.conftest import FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import everybody_in, seat_rounds

BREAKFAST = (
    ("open_networking", "Coffee", 10),
    ("welcome", "Welcome", 5),
    ("rounds", "Rounds", 10),
    ("break", "Second coffee", 10),
    ("introductions", "Introductions", 15),
)
PAIRS = [("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")]


@pytest.fixture
def agenda(morning: Morning, clock: FakeClock) -> Morning:
    """An open meeting with an agenda of fifty minutes, at the moment it should begin."""

    def write(tx: Tx) -> None:
        for position, (kind, title, minutes) in enumerate(BREAKFAST):
            row = AgendaItem(position=position, kind=kind, title=title, minutes=minutes, script=f"Say {title}.")
            row.meeting_id = morning.meeting_id
            tx.db.add(row)

    morning.ctx.transaction(write)
    clock.now = builders.START
    return morning


def _now(morning: Morning) -> Stage:
    return agenda_clock.read(morning.ctx, morning.meeting_id)


def _press(morning: Morning, verb: str, **more: Any) -> None:
    version = more.pop("version", _now(morning).version)
    getattr(agenda_clock, verb)(morning.ctx, meeting_id=morning.meeting_id, version=version, **more)


def _states(course: Course) -> list[str]:
    return [line.state.value for line in course.lines]


def _take_back(morning: Morning) -> str:
    action = action_log.last(morning.ctx, morning.meeting_id).undoable
    assert action is not None
    return str(undoing.take_back(morning.ctx, meeting_id=morning.meeting_id, action=action)["key"])


def test_from_item_to_item_and_back(agenda: Morning, clock: FakeClock) -> None:
    _press(agenda, "forward")
    clock.pass_by(minutes=12)
    _press(agenda, "forward")
    now = _now(agenda)
    assert now.on is not None
    assert now.next is not None
    assert (now.on.title, now.on.script, now.next.title) == ("Welcome", "Say Welcome.", "Rounds")
    assert now.course.late(clock.now) == timedelta(minutes=2)
    _press(agenda, "back")
    assert _states(_now(agenda).course)[:2] == ["on", "waiting"]
    _press(agenda, "skip")
    assert _states(_now(agenda).course)[:3] == ["on", "skipped", "waiting"]


def test_what_is_on_is_still_on_in_another_process_and_hours_later(agenda: Morning, clock: FakeClock) -> None:
    _press(agenda, "forward")
    clock.pass_by(hours=5)
    now = _now(agenda)
    assert now.course.on == 0
    assert now.course.lines[0].began_at == builders.START


def test_a_press_on_an_old_screen_changes_nothing(agenda: Morning) -> None:
    _press(agenda, "forward")
    before = _now(agenda)
    for verb, more in (("forward", {}), ("back", {}), ("skip", {}), ("start_pause", {"minutes": 5})):
        with pytest.raises(Conflict) as refused:
            _press(agenda, verb, version=0, **more)
        assert refused.value.code == "agenda_moved_on"
    assert _now(agenda) == before


def test_ten_facilitators_pressing_at_once_begin_one_item(agenda: Morning) -> None:
    answers: list[str] = []
    together = threading.Barrier(10)

    def press() -> None:
        together.wait()
        try:
            _press(agenda, "forward", version=0)
            answers.append("began")
        except RuleViolation as refused:
            answers.append(refused.code)

    threads = [threading.Thread(target=press) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["agenda_moved_on"] * 9 + ["began"]
    assert _now(agenda).course.on == 0


def test_a_press_sent_again_gets_its_first_answer(agenda: Morning) -> None:
    for _ in range(2):
        answer = agenda_clock.forward(agenda.ctx, meeting_id=agenda.meeting_id, version=0, op=Op("x", "f", {}))
        assert answer == {"version": 1}


def test_nothing_moves_before_the_doors_are_open(agenda: Morning) -> None:
    def shut(tx: Tx) -> None:
        tx.db.get_one(Meeting, agenda.meeting_id).status = MeetingStatus.DRAFT

    agenda.ctx.transaction(shut)
    with pytest.raises(WrongPhase) as refused:
        _press(agenda, "forward")
    assert refused.value.code == "meeting_not_open"


@pytest.mark.parametrize("presses", range(1, 7))
def test_every_press_can_be_taken_back_exactly(agenda: Morning, clock: FakeClock, presses: int) -> None:
    script: list[tuple[str, dict[str, Any]]] = [
        ("forward", {}),
        ("start_pause", {"minutes": 5, "label": "Fire alarm"}),
        ("adjust_pause", {"minutes": -1}),
        ("forward", {}),
        ("skip", {}),
        ("refuse_cut", {"late": 3}),
    ]
    for verb, more in script[: presses - 1]:
        _press(agenda, verb, **more)
        clock.pass_by(seconds=50)
    before = _now(agenda)
    verb, more = script[presses - 1]
    _press(agenda, verb, **more)
    after = _now(agenda)
    assert after != before
    clock.pass_by(seconds=9)
    _take_back(agenda)
    again = _now(agenda)
    assert again.version == after.version + 1
    assert (again.items, again.course, again.pause, again.pause_uid, again.cut_refused) == (
        before.items,
        before.course,
        before.pause,
        before.pause_uid,
        before.cut_refused,
    )


def test_what_moved_since_is_not_put_back_by_an_older_line(agenda: Morning) -> None:
    _press(agenda, "forward")
    with agenda.ctx.reading() as db:
        row = db.scalars(select(Action)).one()
    with pytest.raises(Conflict) as refused:
        agenda.ctx.transaction(
            lambda tx: agenda_clock.restore(
                tx, {"verb": "agenda", "items": [], "version": 99, "meeting_id": agenda.meeting_id}
            )
        )
    assert refused.value.code == "undo_in_the_way"
    assert row.key == "item_began"


def test_a_break_on_the_agenda_begins_the_break_and_the_next_item_ends_it(agenda: Morning, clock: FakeClock) -> None:
    for _ in range(4):
        _press(agenda, "forward")
    now = _now(agenda)
    assert now.pause is not None
    assert (now.pause.label, now.pause.ends_at) == ("Second coffee", clock.now + LEAD + timedelta(minutes=10))
    _press(agenda, "forward")
    assert _now(agenda).pause is None


def test_a_break_stays_until_somebody_ends_it(agenda: Morning, clock: FakeClock) -> None:
    _press(agenda, "start_pause", minutes=5, label="  Fresh   air ")
    clock.pass_by(minutes=30)
    now = _now(agenda)
    assert now.pause is not None
    assert now.pause.label == "Fresh air"
    _press(agenda, "adjust_pause", minutes=2)
    changed = _now(agenda).pause
    assert changed is not None
    assert changed.left(clock.now) == timedelta(minutes=2)
    _press(agenda, "end_pause")
    assert _now(agenda).pause is None
    for verb, more in (("end_pause", {}), ("adjust_pause", {"minutes": 1})):
        with pytest.raises(WrongPhase) as refused:
            _press(agenda, verb, **more)
        assert refused.value.code == "no_pause"


def _cut(morning: Morning) -> list[tuple[str, int, int]]:
    offer = agenda_board.read(morning.ctx, morning.meeting_id).offer
    assert offer is not None
    return [(giver.uid, giver.before, giver.after) for giver in offer.givers]


def test_an_offered_cut_is_made_in_one_press_and_logged(agenda: Morning, clock: FakeClock) -> None:
    everybody_in(agenda)
    _press(agenda, "forward")
    clock.pass_by(minutes=14)
    _press(agenda, "forward")
    board = agenda_board.read(agenda.ctx, agenda.meeting_id)
    assert board.drift == 4
    parts = _cut(agenda)
    assert [(before, after) for _, before, after in parts] == [(10, 6)]
    _press(agenda, "cut", parts=parts)
    after = agenda_board.read(agenda.ctx, agenda.meeting_id)
    assert (after.drift, after.offer, after.minutes) == (0, None, 46)
    with pytest.raises(Conflict) as refused:
        _press(agenda, "cut", parts=parts)
    assert refused.value.code == "cut_moved_on"
    line = action_log.recent(agenda.ctx, agenda.meeting_id)[0]
    assert (line.key, line.params) == ("agenda_cut", {"titles": "Second coffee 10 → 6"})
    _take_back(agenda)
    assert agenda_board.read(agenda.ctx, agenda.meeting_id).drift == 4


@pytest.mark.parametrize("parts", [[], [("x", 5, 5)], [("x", 5, 0)], [("x", 5, 6)]])
def test_a_cut_of_nothing_is_refused(agenda: Morning, parts: list[tuple[str, int, int]]) -> None:
    with pytest.raises(RuleViolation) as refused:
        _press(agenda, "cut", parts=parts)
    assert refused.value.code == "cut_is_none"


def test_a_cut_of_an_item_that_is_gone_is_refused(agenda: Morning) -> None:
    with pytest.raises(Conflict):
        _press(agenda, "cut", parts=[("0" * 16, 5, 4)])


def test_a_refused_cut_comes_back_only_when_it_is_later_still(agenda: Morning, clock: FakeClock) -> None:
    _press(agenda, "forward")
    clock.pass_by(minutes=14)
    _press(agenda, "refuse_cut", late=4)
    assert agenda_board.read(agenda.ctx, agenda.meeting_id).offer is None
    clock.pass_by(minutes=1)
    offer = agenda_board.read(agenda.ctx, agenda.meeting_id).offer
    assert offer is not None
    assert offer.late == 5


def _round(morning: Morning, verb: str, number: int, version: int) -> None:
    getattr(rounds, verb)(morning.ctx, meeting_id=morning.meeting_id, number=number, version=version)


def test_the_first_round_begins_its_item_and_the_last_one_ends_it(agenda: Morning, clock: FakeClock) -> None:
    everybody_in(agenda)
    seat_rounds(agenda, [PAIRS] * 2)
    _press(agenda, "forward")
    _press(agenda, "start_pause", minutes=5)
    _round(agenda, "start", 1, 0)
    now = _now(agenda)
    assert now.pause is None
    assert _states(now.course) == ["done", "passed", "on", "waiting", "waiting"]
    _round(agenda, "end", 1, 1)
    assert _now(agenda).course.on == 2
    _round(agenda, "start", 2, 0)
    _round(agenda, "end", 2, 1)
    assert _states(_now(agenda).course)[2] == "done"
    _take_back(agenda)
    assert _states(_now(agenda).course)[2] == "on"
    _round(agenda, "void", 2, 3)
    assert _states(_now(agenda).course)[2] == "done"


def test_taking_the_start_of_a_round_back_takes_its_item_back(agenda: Morning) -> None:
    everybody_in(agenda)
    seat_rounds(agenda, [PAIRS])
    before = _now(agenda)
    _round(agenda, "start", 1, 0)
    _take_back(agenda)
    assert _now(agenda).course == before.course


def test_an_agenda_that_went_on_stays_when_a_round_is_taken_back(agenda: Morning) -> None:
    everybody_in(agenda)
    seat_rounds(agenda, [PAIRS])
    _round(agenda, "start", 1, 0)
    asked = {"verb": "agenda", "version": 99, "items": [], "meeting_id": agenda.meeting_id}
    agenda.ctx.transaction(lambda tx: agenda_clock.restore_unmoved(tx, asked))
    assert _now(agenda).course.on == 2


def test_rounds_that_take_longer_make_the_morning_late(agenda: Morning, clock: FakeClock) -> None:
    everybody_in(agenda)
    seat_rounds(agenda, [PAIRS] * 2, seconds=540)
    clock.pass_by(minutes=15)
    _round(agenda, "start", 1, 0)
    board = agenda_board.read(agenda.ctx, agenda.meeting_id)
    assert board.drift == 8
    assert [row.over for row in board.rows] == [0, 0, 8, 0, 0]
    assert board.ends_at == builders.START + timedelta(minutes=58)


def test_without_a_press_the_agenda_goes_by_plan(agenda: Morning, clock: FakeClock) -> None:
    clock.pass_by(minutes=12)
    board = agenda_board.read(agenda.ctx, agenda.meeting_id)
    assert [row.state for row in board.rows] == ["done", "now", "later", "later", "later"]
    assert (board.drift, board.ends_at, board.offer, board.may_go_back) == (None, None, None, False)
    everybody_in(agenda)
    seat_rounds(agenda, [PAIRS])
    clock.pass_by(minutes=15)
    late = agenda_board.read(agenda.ctx, agenda.meeting_id)
    assert late.drift == 7
    assert [row.over for row in late.rows] == [0, 0, 7, 0, 0]


def test_rounds_without_an_item_have_an_end_and_no_drift(morning: Morning, clock: FakeClock) -> None:
    everybody_in(morning)
    seat_rounds(morning, [PAIRS])
    _round(morning, "start", 1, 0)
    board = agenda_board.read(morning.ctx, morning.meeting_id)
    assert (board.rows, board.drift, board.ends_at) == ((), None, clock.now + timedelta(minutes=5))


def test_real_minutes_stand_beside_the_planned_ones(agenda: Morning, clock: FakeClock) -> None:
    _press(agenda, "forward")
    clock.pass_by(minutes=13)
    _press(agenda, "forward")
    clock.pass_by(minutes=6, seconds=30)
    rows = agenda_board.read(agenda.ctx, agenda.meeting_id).rows
    assert [(row.planned, row.real, row.over) for row in rows[:3]] == [(10, 13, 3), (5, 6, 1), (10, None, 0)]


def _plan(morning: Morning, lines: tuple[AgendaLine, ...]) -> MeetingPlan:
    view, _ = meetings.show(morning.ctx, morning.meeting_id)
    start = view.local_start.replace(tzinfo=None)
    return MeetingPlan(view.name, view.place, start, view.rounds_wanted, view.round_seconds, view.table_size, lines)


def test_the_organiser_may_change_the_agenda_while_it_goes(agenda: Morning, clock: FakeClock) -> None:
    _press(agenda, "forward")
    clock.pass_by(minutes=14)
    _press(agenda, "forward")
    _press(agenda, "cut", parts=_cut(agenda))
    _, lines = meetings.show(agenda.ctx, agenda.meeting_id)
    changed = (*lines[:2], AgendaLine("other", "A song", 4, "Sing."), *lines[2:])
    meetings.change(agenda.ctx, meeting_id=agenda.meeting_id, plan=_plan(agenda, changed))
    now = _now(agenda)
    assert _states(now.course) == ["done", "on", "waiting", "waiting", "waiting", "waiting"]
    assert (now.items[2].title, now.items[2].script, now.course.lines[4].cut) == ("A song", "Sing.", 4)
    typed = tuple(AgendaLine(i.kind, i.title, 12 if i.kind == "break" else i.minutes, i.script, i.uid) for i in lines)
    meetings.change(agenda.ctx, meeting_id=agenda.meeting_id, plan=_plan(agenda, typed))
    assert (_now(agenda).course.lines[3].minutes, _now(agenda).course.lines[3].cut) == (12, 0)


def test_a_script_that_is_a_speech_is_refused_with_its_line(agenda: Morning) -> None:
    lines = (AgendaLine("welcome", "Welcome", 5), AgendaLine("other", "Speech", 5, "x" * 601))
    with pytest.raises(RuleViolation) as refused:
        meetings.change(agenda.ctx, meeting_id=agenda.meeting_id, plan=_plan(agenda, lines))
    assert (refused.value.code, refused.value.params["position"]) == ("script_too_long", 2)


def test_closing_the_meeting_ends_what_is_on_and_the_break(agenda: Morning) -> None:
    _press(agenda, "forward")
    _press(agenda, "start_pause", minutes=5)
    meetings.close(agenda.ctx, meeting_id=agenda.meeting_id)
    now = _now(agenda)
    assert (now.pause, now.course.on) == (None, None)
    assert now.course.lines[0].state is ItemState.DONE


def test_the_agenda_is_read_with_four_statements(agenda: Morning, statements: Statements) -> None:
    with statements() as sent:
        agenda_board.read(agenda.ctx, agenda.meeting_id)
    assert len(sent) <= 4


def test_a_press_names_who_pressed(agenda: Morning) -> None:
    _press(agenda, "forward", by=agenda.people["Fiona"])
    line = action_log.recent(agenda.ctx, agenda.meeting_id)[0]
    assert (line.key, line.params, line.by) == ("item_began", {"title": "Coffee"}, "Fiona K.")
    assert isinstance(line.uid, str)
    assert Uid(line.uid)


def test_the_organisers_page_shows_the_agenda_as_it_goes(agenda: Morning, clock: FakeClock) -> None:
    def shown() -> list[tuple[str, int | None, int]]:
        return [(item.state, item.passed, item.over) for item in today.of(agenda.ctx, agenda.meeting_id).agenda[:3]]

    clock.pass_by(minutes=2)
    assert shown() == [("now", 2, 0), ("later", None, 0), ("later", None, 0)]
    _press(agenda, "forward")
    clock.pass_by(minutes=13)
    _press(agenda, "forward")
    assert shown() == [("done", 13, 3), ("now", 0, 0), ("later", None, 0)]
    meetings.close(agenda.ctx, meeting_id=agenda.meeting_id)
    assert [state for state, *_ in shown()] == ["done", "done", "done"]
