"""Who hears what of the agenda, the break, presentations and the close: every screen keeps up by its news alone."""

import json
import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from server.domain.errors import RuleViolation
from server.domain.vocabulary import Uid
from server.persistence.models import AgendaItem
from server.services import (
    action_log,
    agenda_board,
    agenda_clock,
    check_ins,
    closing,
    meetings,
    preparing,
    rounds,
    speaking,
    undoing,
)
from server.services.context import Tx
from server.wire import speaking as talk_wire
from server.wire import stage as stage_wire
from tests import builders
from tests.conftest import FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import DOOR, everybody_in, seat_rounds
from tests.screens import Screen

ALL = ("Olga", "Dora", "Fiona", "display", "Mira", "Max", "Vik")
TABLES = [[("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")]] * 3
ITEMS = (("welcome", 5), ("rounds", 12), ("break", 5), ("introductions", 10), ("announcements", 3))
Step = Callable[[], object]


@pytest.fixture
def running(morning: Morning, clock: FakeClock) -> Morning:
    def write(tx: Tx) -> None:
        for position, (kind, minutes) in enumerate(ITEMS):
            script = "A secret of the facilitator."
            row = AgendaItem(position=position, kind=kind, title=kind, minutes=minutes, script=script)
            row.meeting_id = morning.meeting_id
            tx.db.add(row)

    morning.ctx.transaction(write)
    everybody_in(morning)
    seat_rounds(morning, TABLES)
    clock.now = builders.START
    return morning


@pytest.fixture
def screens(app: Flask, running: Morning) -> dict[str, Screen]:
    return {who: Screen(app, running, who) for who in ALL}


def _heard(screens: dict[str, Screen]) -> dict[str, list[tuple[str, str]]]:
    return {who: [(n["audience"], n["kind"]) for n in screen.hear()] for who, screen in screens.items()}


def _agenda(morning: Morning, verb: str, **more: object) -> None:
    version = agenda_clock.read(morning.ctx, morning.meeting_id).version
    getattr(agenda_clock, verb)(morning.ctx, meeting_id=morning.meeting_id, version=version, **more)


def _talk(morning: Morning, verb: str, **more: object) -> None:
    found = speaking.read(morning.ctx, morning.meeting_id)
    version = found.rota.version if found else 0
    getattr(speaking, verb)(morning.ctx, meeting_id=morning.meeting_id, version=version, **more)


def _round(morning: Morning, verb: str) -> None:
    now = rounds.current(morning.ctx, morning.meeting_id)
    assert now is not None
    getattr(rounds, verb)(morning.ctx, meeting_id=morning.meeting_id, number=now.number, version=now.clock.version)


def _take_back(morning: Morning) -> None:
    action = action_log.last(morning.ctx, morning.meeting_id).undoable or Uid("0" * 16)
    undoing.take_back(morning.ctx, meeting_id=morning.meeting_id, action=action)


def _cut(morning: Morning) -> None:
    offer = agenda_board.read(morning.ctx, morning.meeting_id).offer
    parts = [(giver.uid, giver.before, giver.after) for giver in offer.givers] if offer else []
    _agenda(morning, "cut", parts=parts)


def _steps(morning: Morning, chance: random.Random) -> dict[str, Step]:
    """Everything that can happen, by name."""
    who = chance.choice(sorted(morning.attendances))
    uid = Uid(morning.attendances[who])
    at_door = {"meeting_id": morning.meeting_id, "desk": DOOR}
    here = {"meeting_id": morning.meeting_id}

    def edit() -> None:
        plan = preparing.plan_of(morning.ctx, morning.meeting_id)
        meetings.change(morning.ctx, plan=plan, **here)

    return {
        **{verb: (lambda verb=verb: _agenda(morning, verb)) for verb in ("forward", "back", "skip", "end_pause")},
        "cut": lambda: _cut(morning),
        "refuse": lambda: _agenda(morning, "refuse_cut", late=4),
        "pause": lambda: _agenda(morning, "start_pause", minutes=5, label=chance.choice(("", "Coffee"))),
        "longer": lambda: _agenda(morning, "adjust_pause", minutes=1),
        "edit": edit,
        "round_start": lambda: _round(morning, "start"),
        "round_end": lambda: _round(morning, "end"),
        "talk_open": lambda: speaking.begin(morning.ctx, **here),
        **{
            f"talk_{verb}": (lambda verb=verb: _talk(morning, verb))
            for verb in ("start", "pause", "resume", "forward", "skip", "back", "put_away")
        },
        "talk_adjust": lambda: _talk(morning, "adjust", seconds=chance.choice((-10, 10))),
        "talk_pace": lambda: _talk(morning, "pace", seconds=30),
        "talk_move": lambda: _talk(morning, "move", who=uid, before=None),
        "talk_leave_out": lambda: _talk(morning, "leave_out", who=uid),
        "talk_put_back": lambda: _talk(morning, "put_back", who=uid),
        "take_back": lambda: _take_back(morning),
        "leave": lambda: check_ins.leave(morning.ctx, attendance_uid=uid, **at_door),
        "check_in": lambda: check_ins.check_in(morning.ctx, scanned=morning.codes[who], **at_door),
        "check_out": lambda: closing.check_everybody_out(morning.ctx, **at_door),
        "absent": lambda: closing.mark_absent(morning.ctx, **here),
        "close": lambda: closing.close(morning.ctx, **here),
        "reopen": lambda: closing.reopen(morning.ctx, **here),
    }


SCRIPT = [
    "forward",
    "pause",
    "longer",
    "end_pause",
    "forward",
    "back",
    "skip",
    "round_start",
    "round_end",
    "refuse",
    "take_back",
    "edit",
    "talk_open",
    "talk_start",
    "talk_adjust",
    "talk_pause",
    "talk_resume",
    "talk_forward",
    "leave",
    "talk_move",
    "talk_leave_out",
    "talk_put_back",
    "talk_pace",
    "talk_skip",
    "check_in",
    "talk_back",
    "take_back",
    "talk_put_away",
    "take_back",
    "talk_put_away",
    "cut",
    "absent",
    "check_out",
    "check_in",
    "close",
    "reopen",
    "forward",
]
"""One of everything, before chance takes over."""


@pytest.mark.parametrize("seed", [1, 2])
def test_what_a_screen_hears_adds_up_to_what_a_fresh_look_shows(
    running: Morning, screens: dict[str, Screen], clock: FakeClock, seed: int
) -> None:
    chance = random.Random(seed)
    done: set[str] = set()
    for number in range(len(SCRIPT) + 14):
        clock.pass_by(seconds=chance.randint(1, 240))
        steps = _steps(running, chance)
        name = SCRIPT[number] if number < len(SCRIPT) else chance.choice(sorted(set(steps) - {"close"}))
        try:
            steps[name]()
        except RuleViolation:
            continue
        done.add(name)
        for who, screen in screens.items():
            screen.hear()
            assert screen.behind() == [], f"{who} after {name}"
    assert done >= set(SCRIPT) - {"talk_move", "talk_leave_out", "talk_put_back", "leave", "check_in", "absent", "cut"}


def test_everybody_hears_which_item_is_on_and_nobody_what_is_said(running: Morning, screens: dict[str, Screen]) -> None:
    _agenda(running, "forward")
    heard = _heard(screens)
    assert heard["Mira"] == heard["display"] == heard["Dora"] == [("everyone", "stage_moved")]
    assert heard["Fiona"] == [("everyone", "stage_moved"), ("facilitators", "action_noted")]
    start = round(builders.START.timestamp() * 1000)
    for who in ALL:
        stage = screens[who].snapshot["stage"]
        assert stage["item"] | {"uid": ""} == {
            "uid": "",
            "position": 1,
            "of": 5,
            "kind": "welcome",
            "title": "welcome",
            "minutes": 5,
            "began_at": start,
            "due_at": start + 300_000,
        }
        assert (stage["next"], stage["behind_ms"]) == ({"title": "rounds", "minutes": 12}, 0)
        assert "secret of the facilitator" not in json.dumps(screens[who].snapshot)


def test_a_break_is_one_piece_of_news_and_screens_count_it_down(running: Morning, screens: dict[str, Screen]) -> None:
    _agenda(running, "start_pause", minutes=5, label="Coffee")
    heard = _heard(screens)
    assert heard["Mira"] == heard["display"] == [("everyone", "stage_moved")]
    pause = screens["display"].snapshot["stage"]["pause"]
    assert (pause["label"], pause["ends_at"] - pause["began_at"]) == ("Coffee", 300_000)
    assert len(pause["uid"]) == 16
    _agenda(running, "end_pause")
    _heard(screens)
    assert "pause" not in screens["display"].snapshot["stage"]


def test_walls_and_phones_hear_first_names_and_initials_of_who_speaks(
    running: Morning, screens: dict[str, Screen]
) -> None:
    speaking.begin(running.ctx, meeting_id=running.meeting_id)
    for _ in range(3):
        _talk(running, "skip")
    heard = _heard(screens)
    assert ("everyone", "talk_moved") in heard["Mira"]
    assert {kind for _, kind in heard["Dora"]} == {"talk_moved", "stage_moved"}
    for who in ("display", "Max"):
        talk = screens[who].snapshot["talk"]
        assert talk["who"] == {
            "short": "Vik",
            "company": "Vik & Sons",
            "standing": "visitor",
            "introduced_by": "Mira Ł.",
        }
        assert (talk["next"], talk["phase"]) == ({"short": "Olga M.", "company": "Studio Marchetti"}, "ready")
        assert (talk["number"], talk["of"], talk["over_ms"]) == (1, 3, 0)
        told = json.dumps(talk, ensure_ascii=False)
        for secret in ("Marchetti Studio", "Łukasik", "example.org", *running.attendances.values()):
            assert secret not in told


def test_a_rota_that_is_done_has_nobody_and_one_put_away_is_no_more(
    running: Morning, screens: dict[str, Screen], clock: FakeClock
) -> None:
    speaking.begin(running.ctx, meeting_id=running.meeting_id, minutes=6)
    _talk(running, "start")
    for _ in running.attendances:
        clock.pass_by(seconds=70)
        _talk(running, "forward")
    _heard(screens)
    talk = screens["display"].snapshot["talk"]
    assert (talk["phase"], talk["number"], talk["of"]) == ("done", 6, 6)
    assert {"who", "next", "starts_at", "ends_at"}.isdisjoint(talk)
    assert talk["over_ms"] == (70 - 1 - 55) * 1000 + 5 * (70 - 5 - 55) * 1000
    _talk(running, "put_away")
    _heard(screens)
    assert "talk" not in screens["display"].snapshot


def test_a_check_in_is_no_news_to_phones_unless_a_rota_goes_on(running: Morning, screens: dict[str, Screen]) -> None:
    uid = Uid(running.attendances["Vik"])
    check_ins.leave(running.ctx, meeting_id=running.meeting_id, attendance_uid=uid, desk=DOOR)
    assert _heard(screens)["Max"] == []
    speaking.begin(running.ctx, meeting_id=running.meeting_id)
    _heard(screens)
    everybody_in(running, only=("Vik",))
    heard = _heard(screens)
    assert heard["Max"] == [("everyone", "talk_moved")]
    assert screens["Max"].snapshot["talk"]["of"] == 6


def test_when_all_are_checked_out_each_phone_hears_of_its_own_person_alone(
    running: Morning, screens: dict[str, Screen]
) -> None:
    closing.check_everybody_out(running.ctx, meeting_id=running.meeting_id, desk=DOOR)
    heard = _heard(screens)
    assert heard["Mira"] == [("person", "room_emptied")]
    assert heard["display"] == [("displays", "room_emptied")]
    assert screens["Mira"].snapshot["me"]["in_room"] is False


def test_sam_of_another_group_hears_nothing(app: Flask, running: Morning) -> None:
    sam = Screen(app, running, "Sam")
    assert sam.answer["ok"] is False
    _agenda(running, "forward")
    speaking.begin(running.ctx, meeting_id=running.meeting_id)
    assert sam.hear() == []


def test_the_sections_cost_five_statements_at_most(running: Morning, statements: Statements) -> None:
    speaking.begin(running.ctx, meeting_id=running.meeting_id)
    with statements() as sent:
        stage_wire.stage(running.ctx, running.meeting_id)
        talk_wire.talk(running.ctx, running.meeting_id)
    assert len(sent) <= 5


def test_time_that_passes_is_no_news(running: Morning, screens: dict[str, Screen], clock: FakeClock) -> None:
    _agenda(running, "forward")
    speaking.begin(running.ctx, meeting_id=running.meeting_id)
    _talk(running, "start")
    _agenda(running, "start_pause", minutes=2)
    _heard(screens)
    clock.now += timedelta(hours=3)
    for who, screen in screens.items():
        assert screen.hear() == []
        assert screen.behind() == [], who
