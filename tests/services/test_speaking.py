"""Presentations in turn, as a facilitator notices them, on both databases."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from server.domain.errors import Conflict, NotFound, RuleViolation, WrongPhase
from server.domain.speaking import TalkPhase
from server.domain.vocabulary import MeetingId, MeetingStatus, Uid
from server.persistence.models import AgendaItem, Group, Meeting, Person
from server.services import action_log, agenda_clock, check_ins, meetings, speaking, undoing
from server.services.context import Tx
from server.services.speaking import TalkView
from tests import builders
from tests.conftest import FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import DOOR, everybody_in

# By family name: D'Alò, Kelly, Łukasik with her visitor Vik, Marchetti, Wiśniewska.
CIRCLE = ["Max", "Fiona", "Mira", "Vik", "Olga", "Dora"]


@pytest.fixture
def room(morning: Morning) -> Morning:
    """Everybody is in the room; the agenda has twelve minutes for presentations after a welcome."""

    def write(tx: Tx) -> None:
        for position, (kind, minutes) in enumerate([("welcome", 5), ("introductions", 12), ("announcements", 3)]):
            tx.db.add(
                AgendaItem(meeting_id=morning.meeting_id, position=position, kind=kind, title=kind, minutes=minutes)
            )

    morning.ctx.transaction(write)
    everybody_in(morning)
    return morning


def _now(morning: Morning) -> TalkView:
    found = speaking.read(morning.ctx, morning.meeting_id)
    assert found is not None
    return found


def _open(morning: Morning, **more: Any) -> None:
    speaking.begin(morning.ctx, meeting_id=morning.meeting_id, **more)


def _press(morning: Morning, verb: str, **more: Any) -> None:
    version = more.pop("version", None)
    version = _now(morning).rota.version if version is None else version
    getattr(speaking, verb)(morning.ctx, meeting_id=morning.meeting_id, version=version, **more)


def _take_back(morning: Morning) -> None:
    action = action_log.last(morning.ctx, morning.meeting_id).undoable
    assert action is not None
    undoing.take_back(morning.ctx, meeting_id=morning.meeting_id, action=action)


def _names(found: TalkView, turns: Any) -> list[str]:
    return [found.voices[turn.who].given_name for turn in turns]


def _order(morning: Morning) -> list[str]:
    """Whose turn it is, then who waits."""
    found = _now(morning)
    at = [found.rota.at] if found.rota.at else []
    return _names(found, [*at, *found.rota.waiting])


def test_everybody_in_the_room_has_a_turn_and_visitors_follow_their_host(room: Morning) -> None:
    assert speaking.prospect(room.ctx, room.meeting_id) == speaking.Prospect(people=6, minutes=12, seconds=115)
    _open(room)
    assert _order(room) == CIRCLE
    found = _now(room)
    assert (found.rota.phase, found.rota.each) == (TalkPhase.READY, timedelta(seconds=115))
    hosts = {voice.given_name: voice.introduced_by for voice in found.voices.values()}
    assert hosts == dict.fromkeys(CIRCLE) | {"Vik": "Mira Ł."}


def test_a_rota_begins_its_item_of_the_agenda_and_its_end_ends_it(room: Morning, clock: FakeClock) -> None:
    _open(room)
    stage = agenda_clock.read(room.ctx, room.meeting_id)
    assert stage.on is not None
    assert stage.on.kind == "introductions"
    _press(room, "start")
    for _ in CIRCLE:
        clock.pass_by(seconds=30)
        _press(room, "forward")
    assert _now(room).rota.phase is TalkPhase.DONE
    assert agenda_clock.read(room.ctx, room.meeting_id).on is None
    _take_back(room)
    assert agenda_clock.read(room.ctx, room.meeting_id).on is not None
    assert _order(room) == ["Dora"]


def test_what_is_left_of_the_item_is_shared_out(room: Morning, clock: FakeClock) -> None:
    for _ in range(2):
        version = agenda_clock.read(room.ctx, room.meeting_id).version
        agenda_clock.forward(room.ctx, meeting_id=room.meeting_id, version=version)
    clock.pass_by(minutes=7)
    assert speaking.prospect(room.ctx, room.meeting_id).minutes == 5
    _open(room)
    assert _now(room).rota.each == timedelta(seconds=45)
    assert _now(room).due_at == clock.now + timedelta(minutes=5)


def test_minutes_can_be_said_and_without_an_agenda_there_are_fifteen(morning: Morning) -> None:
    everybody_in(morning)
    assert speaking.prospect(morning.ctx, morning.meeting_id).minutes == 15
    _open(morning, minutes=3)
    assert _now(morning).rota.each == timedelta(seconds=25)
    with pytest.raises(Conflict) as refused:
        _open(morning)
    assert refused.value.code == "talk_goes_on"


@pytest.mark.parametrize("minutes", [0, 241])
def test_minutes_beyond_reason_are_refused(room: Morning, minutes: int) -> None:
    with pytest.raises(RuleViolation) as refused:
        _open(room, minutes=minutes)
    assert refused.value.code == "talk_minutes_out_of_bounds"


def test_nobody_speaks_in_an_empty_room_or_behind_shut_doors(morning: Morning) -> None:
    with pytest.raises(RuleViolation) as refused:
        _open(morning)
    assert refused.value.code == "talk_nobody_here"

    def shut(tx: Tx) -> None:
        tx.db.get_one(Meeting, morning.meeting_id).status = MeetingStatus.DRAFT

    morning.ctx.transaction(shut)
    with pytest.raises(WrongPhase):
        _open(morning)


def test_without_a_rota_nothing_can_be_pressed(room: Morning) -> None:
    assert speaking.read(room.ctx, room.meeting_id) is None
    with pytest.raises(NotFound) as refused:
        _press(room, "start", version=0)
    assert refused.value.code == "talk_none"


def test_time_over_and_in_hand_add_up(room: Morning, clock: FakeClock) -> None:
    _open(room, minutes=4)
    assert _now(room).rota.each == timedelta(seconds=35)
    _press(room, "start")
    clock.pass_by(seconds=1 + 40)
    _press(room, "forward")
    assert _now(room).rota.over == timedelta(seconds=5)
    clock.pass_by(seconds=5 + 20)
    _press(room, "forward")
    assert _now(room).rota.over == timedelta(seconds=-10)
    _press(room, "adjust", seconds=10)
    clock.pass_by(seconds=5 + 20)
    _press(room, "pause")
    clock.pass_by(minutes=9)
    _press(room, "resume")
    clock.pass_by(seconds=1 + 25)
    _press(room, "forward")
    assert _now(room).rota.over == timedelta(seconds=0)


def test_a_latecomer_speaks_last_and_whoever_leaves_is_passed_over(room: Morning, clock: FakeClock) -> None:
    uid = Uid(room.attendances["Fiona"])
    check_ins.leave(room.ctx, meeting_id=room.meeting_id, attendance_uid=uid, desk=DOOR)
    _open(room)
    assert _order(room) == ["Max", "Mira", "Vik", "Olga", "Dora"]
    version = _now(room).rota.version
    everybody_in(room, only=("Fiona",))
    assert _order(room) == ["Max", "Mira", "Vik", "Olga", "Dora", "Fiona"]
    check_ins.leave(room.ctx, meeting_id=room.meeting_id, attendance_uid=Uid(room.attendances["Mira"]), desk=DOOR)
    assert _order(room) == ["Max", "Vik", "Olga", "Dora", "Fiona"]
    assert _now(room).rota.version == version
    everybody_in(room, only=("Mira",))
    assert _order(room) == ["Max", "Mira", "Vik", "Olga", "Dora", "Fiona"]


def test_a_visitor_who_comes_late_follows_the_host_who_still_waits(morning: Morning) -> None:
    everybody_in(morning, but=("Vik",))
    _open(morning)
    everybody_in(morning, only=("Vik",))
    assert _order(morning) == CIRCLE


def test_a_walk_in_has_a_turn(room: Morning) -> None:
    _open(room)
    check_ins.add_walk_in(room.ctx, meeting_id=room.meeting_id, given_name="Zoë", desk=DOOR)
    assert _order(room) == [*CIRCLE, "Zoë"]


def test_who_leaves_or_comes_back_when_no_rota_goes_on_changes_nothing(room: Morning) -> None:
    uid = Uid(room.attendances["Fiona"])
    check_ins.leave(room.ctx, meeting_id=room.meeting_id, attendance_uid=uid, desk=DOOR)
    assert speaking.read(room.ctx, room.meeting_id) is None


def test_the_order_can_be_changed(room: Morning) -> None:
    _open(room)
    _press(room, "move", who=room.attendances["Dora"], before=room.attendances["Fiona"])
    assert _order(room) == ["Max", "Dora", "Fiona", "Mira", "Vik", "Olga"]
    _press(room, "move", who=room.attendances["Dora"], before=None)
    assert _order(room) == CIRCLE
    _press(room, "leave_out", who=room.attendances["Mira"])
    assert _order(room) == ["Max", "Fiona", "Vik", "Olga", "Dora"]
    _press(room, "put_back", who=room.attendances["Mira"])
    assert _order(room) == ["Max", "Fiona", "Vik", "Olga", "Dora", "Mira"]
    _press(room, "skip")
    assert _order(room) == ["Fiona", "Vik", "Olga", "Dora", "Mira"]
    _press(room, "pace", seconds=40)
    assert _now(room).rota.clock.length == timedelta(seconds=40)
    with pytest.raises(NotFound) as refused:
        _press(room, "move", who="0" * 16, before=None)
    assert refused.value.code == "talk_turn_unknown"


PRESSES: list[tuple[str, dict[str, Any]]] = [
    ("start", {}),
    ("adjust", {"seconds": 10}),
    ("adjust", {"seconds": -10}),
    ("forward", {}),
    ("pause", {}),
    ("resume", {}),
    ("skip", {}),
    ("back", {}),
    ("pace", {"seconds": 20}),
    ("put_away", {}),
]


@pytest.mark.parametrize("at", range(len(PRESSES)), ids=[verb for verb, _ in PRESSES])
def test_every_press_can_be_taken_back_exactly(room: Morning, clock: FakeClock, at: int) -> None:
    _open(room)
    for verb, more in PRESSES[:at]:
        clock.pass_by(seconds=7)
        _press(room, verb, **more)
    before, stage = _now(room), agenda_clock.read(room.ctx, room.meeting_id)
    clock.pass_by(seconds=7)
    verb, more = PRESSES[at]
    _press(room, verb, **more)
    clock.pass_by(seconds=2)
    _take_back(room)
    again = _now(room)
    assert again.rota.version > before.rota.version
    assert (again.rota.turns, again.rota.clock, again.rota.each, again.rota.granted) == (
        before.rota.turns,
        before.rota.clock,
        before.rota.each,
        before.rota.granted,
    )
    assert agenda_clock.read(room.ctx, room.meeting_id).course == stage.course


def test_taking_back_keeps_track_of_who_came_and_left_meanwhile(room: Morning) -> None:
    check_ins.leave(room.ctx, meeting_id=room.meeting_id, attendance_uid=Uid(room.attendances["Dora"]), desk=DOOR)
    _open(room)
    _press(room, "skip")
    check_ins.leave(room.ctx, meeting_id=room.meeting_id, attendance_uid=Uid(room.attendances["Olga"]), desk=DOOR)
    everybody_in(room, only=("Dora",))
    _take_back(room)
    assert _order(room) == ["Max", "Fiona", "Mira", "Vik", "Dora"]


def test_taking_back_the_beginning_takes_the_rota_away(room: Morning) -> None:
    before = agenda_clock.read(room.ctx, room.meeting_id)
    _open(room)
    _take_back(room)
    assert speaking.read(room.ctx, room.meeting_id) is None
    assert agenda_clock.read(room.ctx, room.meeting_id).course == before.course


def test_the_next_meeting_begins_with_whoever_follows_the_first_of_the_last_one(
    room: Morning, clock: FakeClock
) -> None:
    _open(room)
    _press(room, "start")
    _press(room, "forward")
    _press(room, "put_away")

    def another(tx: Tx) -> MeetingId:
        group = tx.db.get_one(Group, room.group_id)
        meeting = builders.a_meeting(tx, group, builders.START + timedelta(days=7))
        for name in ("Max", "Fiona", "Dora"):
            person = tx.db.get_one(Person, room.people[name])
            builders.an_attendance(tx, meeting, person, entered_at=tx.now)
        return MeetingId(meeting.id)

    meeting_id = room.ctx.transaction(another)
    clock.pass_by(days=7)
    speaking.begin(room.ctx, meeting_id=meeting_id)
    found = speaking.read(room.ctx, meeting_id)
    assert found is not None
    assert [found.voices[turn.who].given_name for turn in found.rota.turns] == ["Fiona", "Dora", "Max"]


def test_ten_facilitators_pressing_next_at_once_call_one_person(room: Morning) -> None:
    _open(room)
    _press(room, "start")
    answers: list[str] = []
    together = threading.Barrier(10)

    def press() -> None:
        together.wait()
        try:
            _press(room, "forward", version=1)
            answers.append("next")
        except RuleViolation as refused:
            answers.append(refused.code)

    threads = [threading.Thread(target=press) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["next"] + ["talk_moved_on"] * 9
    assert _now(room).rota.number == 2


def test_two_who_come_at_the_same_moment_both_have_a_turn(morning: Morning) -> None:
    everybody_in(morning, only=("Max", "Fiona"))
    _open(morning)
    together = threading.Barrier(4)

    def come(name: str) -> None:
        together.wait()
        everybody_in(morning, only=(name,))

    threads = [threading.Thread(target=come, args=(name,)) for name in ("Mira", "Vik", "Olga", "Dora")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(_order(morning)) == sorted(CIRCLE)


def test_what_was_said_is_in_the_log_with_names(room: Morning, clock: FakeClock) -> None:
    _open(room, by=room.people["Fiona"])
    _press(room, "start", by=room.people["Fiona"])
    _press(room, "skip")
    lines = [(line.key, line.params.get("person")) for line in action_log.recent(room.ctx, room.meeting_id)]
    assert lines == [("talk_skipped", "Max D'Alò"), ("talk_next", "Max D'Alò"), ("talk_ready", None)]


def test_closing_the_meeting_puts_the_rota_away(room: Morning) -> None:
    _open(room)
    meetings.close(room.ctx, meeting_id=room.meeting_id)
    assert speaking.read(room.ctx, room.meeting_id) is None


def test_a_rota_is_read_with_three_statements_and_its_absence_with_one(room: Morning, statements: Statements) -> None:
    with statements() as sent:
        assert speaking.read(room.ctx, room.meeting_id) is None
    assert len(sent) == 1
    _open(room)
    with statements() as sent:
        _now(room)
    assert len(sent) <= 3
