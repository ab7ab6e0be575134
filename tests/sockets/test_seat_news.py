"""Who hears of planning and of seats changed by hand: every screen keeps up by its news, and nobody hears too much."""

import random
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from server.domain.errors import RuleViolation
from server.domain.events import MeetingChanged
from server.domain.pins import PairWish
from server.domain.vocabulary import Uid
from server.persistence.models import Meeting
from server.services import check_ins, pins, plan_runs, rounds, seat_moves, seating
from server.services.context import Tx
from server.services.plan_runs import Pace
from server.services.seat_moves import Move
from tests.conftest import FakeClock
from tests.mornings import Morning
from tests.rooms import DOOR, everybody_in, seat_rounds
from tests.screens import Screen

PHONES = ("Mira", "Max", "Vik")
PAIRS = [[("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")]] * 2
QUICK = Pace(next_seconds=20, later_seconds=20, steps=60)
SCRIPT = [
    "plan",
    "swap",
    "keep",
    "start",
    "walk_in",
    "plan",
    "swap",
    "undo",
    "apart",
    "close",
    "plan",
    "leave",
    "end",
    "host",
    "plan",
    "start",
    "swap",
    "open",
    "let_go",
    "plan",
]
"""One of everything, before chance takes over."""


@pytest.fixture
def screens(app: Flask, morning: Morning) -> dict[str, Screen]:
    return {who: Screen(app, morning, who) for who in ("Olga", "Dora", "Fiona", "display", *PHONES)}


@pytest.fixture(autouse=True)
def no_run_outlives_its_test(morning: Morning) -> Iterator[None]:
    """Ends with the test, before the database of `morning` is closed."""
    yield
    plan_runs.wait()


def _heard(screens: dict[str, Screen]) -> dict[str, list[tuple[str, str]]]:
    return {who: [(n["audience"], n["kind"]) for n in screen.hear()] for who, screen in screens.items()}


def _steps(morning: Morning, chance: random.Random) -> dict[str, Callable[[], object]]:
    """What facilitators and the door do to the seats of a morning, by name."""
    ctx, here = morning.ctx, {"meeting_id": morning.meeting_id}
    listed = rounds.listed(ctx, morning.meeting_id)
    now = rounds.current_of(listed)
    number, version = (now.number, now.clock.version) if now else (1, 0)
    one, other = (Uid(morning.attendances[who]) for who in chance.sample(sorted(morning.attendances), 2))
    seen = {**here, "version": seating.version(ctx, morning.meeting_id)}
    table, later = chance.randint(1, 3), chance.randint(1, 5)

    def plan() -> None:
        plan_runs.begin(ctx, pace=QUICK, **here)
        plan_runs.wait()

    return {
        "plan": plan,
        "swap": lambda: seat_moves.change(ctx, moves=[Move(later, one, other=other)], **seen),
        "undo": lambda: seat_moves.undo(ctx, **seen),
        "keep": lambda: pins.keep(ctx, person=one, number=later, **seen),
        "let_go": lambda: pins.let_go(ctx, person=one, number=later, **seen),
        "host": lambda: pins.host(ctx, person=one, table=table, **seen),
        "apart": lambda: pins.pair(ctx, one=one, other=other, wish=PairWish.APART, **seen),
        "close": lambda: pins.close_table(ctx, table=table, **seen),
        "open": lambda: pins.open_table(ctx, table=table, **seen),
        "check_in": lambda: check_ins.check_in(ctx, scanned=morning.codes["Vik"], desk=DOOR, **here),
        "leave": lambda: check_ins.leave(ctx, attendance_uid=one, desk=DOOR, **here),
        "walk_in": lambda: check_ins.add_walk_in(ctx, given_name="Zoë", desk=DOOR, **here),
        "start": lambda: rounds.start(ctx, number=number, version=version, **here),
        "end": lambda: rounds.end(ctx, number=number, version=version, **here),
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_what_a_screen_hears_adds_up_to_what_a_fresh_look_shows(
    morning: Morning, screens: dict[str, Screen], clock: FakeClock, seed: int
) -> None:
    chance = random.Random(seed)

    def want(tx: Tx) -> None:
        tx.db.get_one(Meeting, morning.meeting_id).rounds_wanted = 5
        tx.record(MeetingChanged(morning.meeting_id))

    morning.ctx.transaction(want)
    everybody_in(morning, but=("Vik",))
    done: set[str] = set()
    for turn in range(28):
        clock.pass_by(seconds=chance.randint(1, 90))
        for _ in range(4):
            steps = _steps(morning, chance)
            name = SCRIPT[turn] if turn < len(SCRIPT) else chance.choice(sorted(steps))
            try:
                steps[name]()
            except RuleViolation:
                continue
            done.add(name)
            break
        for who, screen in screens.items():
            screen.hear()
            assert screen.behind() == [], f"{who} after {name} in turn {turn}"
    assert {"plan", "swap", "undo", "keep", "host", "apart", "close", "start", "end", "leave", "walk_in"} <= done


def test_a_change_by_hand_is_heard_at_the_two_tables_and_nowhere_else(
    morning: Morning, screens: dict[str, Screen]
) -> None:
    everybody_in(morning)
    seat_rounds(morning, PAIRS)
    _heard(screens)
    fiona, dora = (Uid(morning.attendances[who]) for who in ("Fiona", "Dora"))
    seat_moves.change(morning.ctx, meeting_id=morning.meeting_id, moves=[Move(1, fiona, other=dora)], version=0)
    heard = _heard(screens)
    assert heard["Mira"] == [("person", "seats_moved")]
    assert heard["Max"] == heard["Vik"] == heard["Dora"] == []
    noted, moved = ("facilitators", "action_noted"), ("facilitators", "seats_moved")
    assert heard["Fiona"] == [noted, moved, ("person", "seats_moved")]
    assert heard["display"] == [("displays", "seats_moved")]
    (partner,) = screens["Mira"].snapshot["me"]["rounds"]["1"]["with"]
    assert partner["name"] == "Fiona Kelly"
    assert "me" not in screens["Mira"].behind()


def test_how_far_the_planning_is_concerns_facilitators_alone(morning: Morning, screens: dict[str, Screen]) -> None:
    everybody_in(morning)
    _heard(screens)
    plan_runs.begin(morning.ctx, meeting_id=morning.meeting_id, pace=QUICK)
    plan_runs.wait()
    heard = _heard(screens)
    assert ("facilitators", "plan_run_moved") in heard["Fiona"]
    assert ("facilitators", "plan_run_moved") in heard["Olga"]
    for who in ("Dora", "display", *PHONES):
        assert "plan_run_moved" not in {kind for _, kind in heard[who]}
    assert screens["Fiona"].snapshot["plan"]["run"]["live"] is False
    assert all(screen.behind() == [] for screen in screens.values())


def test_what_is_settled_concerns_facilitators_alone(morning: Morning, screens: dict[str, Screen]) -> None:
    pins.close_table(morning.ctx, meeting_id=morning.meeting_id, table=2, version=0)
    heard = _heard(screens)
    assert heard["Fiona"] == heard["Olga"] == [("facilitators", "action_noted"), ("facilitators", "pins_changed")]
    assert all(heard[who] == [] for who in ("Dora", "display", *PHONES))
    assert screens["Olga"].snapshot["plan"]["version"] == 1
