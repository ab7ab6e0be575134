"""Who hears what of the rounds: every screen keeps up by its news alone, and nobody hears what is not theirs."""

import json
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from server.domain.errors import RuleViolation
from server.domain.events import MeetingChanged, RoundMoved
from server.domain.placing import When
from server.domain.vocabulary import Audience, FollowUpKind, Uid
from server.persistence.models import Encounter, FollowUp, Group, Meeting
from server.services import (
    action_log,
    announcements,
    check_ins,
    displays,
    placements,
    planning,
    rounds,
    seating,
    table_states,
    undoing,
)
from server.services.bus import Told
from server.services.context import Tx
from server.wire import mornings
from server.wire import rounds as wire
from tests import builders
from tests.conftest import FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import DOOR, an_earlier_morning, everybody_in, seat_rounds
from tests.screens import Screen

PHONES = ("Mira", "Max", "Vik")
TABLES = [[("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")]] * 2
Step = Callable[[], object]
SCRIPT = [
    "plan",
    "start",
    "pause",
    "adjust",
    "resume",
    "leave",
    "end",
    "check_in",
    "plan",
    "start",
    "walk_in",
    "undo",
    "end",
    "plan",
    "say",
    "void",
    "take_back",
    "take_back",
    "plan",
    "take_out",
    "take_back",
    "start",
    "take_out",
    "leaver",
    "take_back",
    "no_show",
    "late",
    "end",
    "take_back",
]
"""One of everything, before chance takes over."""


@pytest.fixture
def screens(app: Flask, morning: Morning) -> dict[str, Screen]:
    return {who: Screen(app, morning, who) for who in ("Olga", "Dora", "Fiona", "display", *PHONES)}


def _heard(screens: dict[str, Screen]) -> dict[str, list[tuple[str, str]]]:
    """Who heard what: (audience, kind) in the order of hearing."""
    return {who: [(n["audience"], n["kind"]) for n in screen.hear()] for who, screen in screens.items()}


def _press(morning: Morning, verb: str, number: int, **more: object) -> None:
    version = next(
        each.clock.version for each in rounds.listed(morning.ctx, morning.meeting_id) if each.number == number
    )
    getattr(rounds, verb)(morning.ctx, meeting_id=morning.meeting_id, number=number, version=version, **more)


def _promise(morning: Morning, owner: str, about: str, text: str) -> None:
    def work(tx: Tx) -> None:
        tx.db.add(
            FollowUp(
                owner_id=morning.people[owner],
                about_id=morning.people[about],
                group_id=morning.group_id,
                kind=FollowUpKind.PROMISE,
                text=text,
                due_on=(builders.START + timedelta(days=7)).date(),
                created_at=tx.now,
            )
        )

    morning.ctx.transaction(work)


def _about(morning: Morning, uid: Uid) -> dict[str, Any]:
    version = seating.version(morning.ctx, morning.meeting_id)
    return {"meeting_id": morning.meeting_id, "person": uid, "version": version}


def _take_out(morning: Morning, number: int, table: int) -> None:
    version = next(
        each.clock.version for each in rounds.listed(morning.ctx, morning.meeting_id) if each.number == number
    )
    table_states.take_out(morning.ctx, meeting_id=morning.meeting_id, number=number, table=table, version=version)


def _take_back(morning: Morning) -> None:
    offered = action_log.last(morning.ctx, morning.meeting_id).undoable or Uid("")
    undoing.take_back(morning.ctx, meeting_id=morning.meeting_id, action=offered)


def _steps(morning: Morning, chance: random.Random) -> dict[str, Step]:
    """Everything that can happen to the rounds of a morning, by name."""
    listed = rounds.listed(morning.ctx, morning.meeting_id)
    now = rounds.current_of(listed)
    number = now.number if now else 1
    who = chance.choice(sorted(morning.attendances))
    at_door = {"meeting_id": morning.meeting_id, "desk": DOOR}
    uid = Uid(morning.attendances[who])

    def want(**fields: object) -> None:
        def work(tx: Tx) -> None:
            meeting = tx.db.get_one(Meeting, morning.meeting_id)
            for name, value in fields.items():
                setattr(meeting, name, value)
            tx.record(MeetingChanged(morning.meeting_id))

        morning.ctx.transaction(work)

    def plan() -> None:
        want(rounds_wanted=chance.randint(1, 4), table_size=chance.choice((2, 3)))
        planning.plan(morning.ctx, meeting_id=morning.meeting_id, seconds=20, steps=60)

    return {
        "check_in": lambda: check_ins.check_in(morning.ctx, scanned=morning.codes[who], **at_door),
        "leave": lambda: check_ins.leave(morning.ctx, attendance_uid=uid, **at_door),
        "undo": lambda: check_ins.undo(morning.ctx, attendance_uid=uid, **at_door),
        "walk_in": lambda: check_ins.add_walk_in(morning.ctx, given_name="Zoë", **at_door),
        "plan": plan,
        "start": lambda: _press(morning, "start", number),
        "pause": lambda: _press(morning, "pause", number),
        "resume": lambda: _press(morning, "resume", number),
        "adjust": lambda: _press(morning, "adjust", number, seconds=chance.choice((-30, 30))),
        "end": lambda: _press(morning, "end", number),
        "void": lambda: _press(morning, "void", chance.randint(1, max(1, len(listed)))),
        "take_out": lambda: _take_out(morning, number, chance.randint(1, 3)),
        "late": lambda: placements.seat_latecomer(morning.ctx, when=chance.choice(list(When)), **_about(morning, uid)),
        "no_show": lambda: placements.no_show(morning.ctx, **_about(morning, uid)),
        "leaver": lambda: placements.leave_early(morning.ctx, desk=DOOR, **_about(morning, uid)),
        "take_back": lambda: _take_back(morning),
        "say": lambda: announcements.say(morning.ctx, meeting_id=morning.meeting_id, message="Coffee"),
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_what_a_screen_hears_adds_up_to_what_a_fresh_look_shows(
    morning: Morning, screens: dict[str, Screen], clock: FakeClock, seed: int
) -> None:
    chance = random.Random(seed)
    an_earlier_morning(morning, [[("Olga", "Mira"), ("Max", "Vik"), ("Dora", "Fiona")]])
    _promise(morning, "Mira", "Max", "a phone number")
    everybody_in(morning)
    done: set[str] = set()
    for number in range(len(SCRIPT) + 10):
        clock.pass_by(seconds=chance.randint(1, 90))
        steps = _steps(morning, chance)
        name = SCRIPT[number] if number < len(SCRIPT) else chance.choice(sorted(steps))
        try:
            steps[name]()
        except (RuleViolation, StopIteration):
            continue
        done.add(name)
        for who, screen in screens.items():
            screen.hear()
            assert screen.behind() == [], f"{who} after {name}"
    assert {"plan", "start", "pause", "adjust", "resume", "end", "leave", "walk_in", "say"} <= done
    assert {"take_back", "take_out"} <= done


def test_only_facilitators_hear_that_something_stands_in_the_log(morning: Morning, screens: dict[str, Screen]) -> None:
    everybody_in(morning)
    seat_rounds(morning, TABLES)
    _heard(screens)
    _press(morning, "start", 1)
    heard = _heard(screens)
    for who in ("Olga", "Fiona"):
        assert ("facilitators", "action_noted") in heard[who]
        assert screens[who].snapshot["log"]["undoable"]
    for who in ("Dora", "display", *PHONES):
        assert "action_noted" not in [kind for _, kind in heard[who]]
        assert {"log", "devices"}.isdisjoint(screens[who].snapshot)


def test_a_table_that_is_taken_out_is_news_of_its_own_people_alone(
    morning: Morning, screens: dict[str, Screen]
) -> None:
    everybody_in(morning)
    seat_rounds(morning, TABLES)
    _press(morning, "start", 1)
    _heard(screens)
    _take_out(morning, 1, 3)
    heard = _heard(screens)
    assert heard["Mira"] == heard["Dora"] == []
    assert heard["Max"] == heard["Vik"] == [("person", "seats_moved")]
    assert heard["display"] == [("displays", "seats_moved")]
    assert screens["Max"].snapshot["me"]["rounds"]["1"]["closed"] == "skipped"
    assert screens["display"].snapshot["seats"]["1"]["closed"] == {"3": "skipped"}


def test_a_check_in_makes_no_news_on_the_phones_of_others(morning: Morning, screens: dict[str, Screen]) -> None:
    seat_rounds(morning, TABLES)
    everybody_in(morning, only=("Mira",))
    heard = _heard(screens)
    assert heard["Max"] == heard["Vik"] == []
    assert heard["Mira"] == [("person", "attendance_changed")]
    assert heard["display"] == [("displays", "attendance_changed")]
    assert heard["Dora"] == [("desk", "attendance_changed")]


def test_a_start_tells_each_phone_its_own_table_and_nobody_elses(morning: Morning, screens: dict[str, Screen]) -> None:
    everybody_in(morning)
    seat_rounds(morning, TABLES)
    _heard(screens)
    _press(morning, "start", 1)
    news = screens["Mira"].hear()
    assert [(each["audience"], each["kind"]) for each in news] == [
        ("everyone", "round_moved"),
        ("person", "round_moved"),
    ]
    assert "seq" not in news[1]
    assert news[1]["sent_at"]
    mine = screens["Mira"].snapshot["me"]["rounds"]["1"]
    assert (mine["table"], [each["name"] for each in mine["with"]]) == (2, ["Dora Wiśniewska"])
    assert mine["with"][0]["company"] == "Kwiaciarnia Dora"
    told = json.dumps(screens["Mira"].snapshot)
    assert "D'Alò" not in told
    assert "Olga" not in told


def test_a_pause_and_half_a_minute_more_are_news_of_the_clock_alone(
    morning: Morning, screens: dict[str, Screen]
) -> None:
    everybody_in(morning)
    seat_rounds(morning, TABLES)
    _press(morning, "start", 1)
    _heard(screens)
    _press(morning, "pause", 1)
    _press(morning, "adjust", 1, seconds=30)
    heard = _heard(screens)
    assert heard["Mira"] == [("everyone", "round_moved")] * 2
    assert heard["Dora"] == [("everyone", "round_moved")] * 2
    assert heard["display"] == [("everyone", "round_moved"), ("displays", "round_moved")] * 2
    assert screens["display"].snapshot["clock"]["phase"] == "paused"
    assert screens["display"].snapshot["seats"]["1"]["phase"] == "paused"


def test_a_display_hears_first_names_and_initials_only(
    app: Flask, morning: Morning, screens: dict[str, Screen]
) -> None:
    everybody_in(morning)
    code = displays.code_for(morning.ctx, meeting_id=morning.meeting_id)
    with_code = Screen(app, morning, None, code)
    seat_rounds(morning, TABLES)
    _press(morning, "start", 1)
    for screen in (screens["display"], with_code):
        screen.hear()
        assert screen.snapshot["seats"]["1"]["tables"]["2"] == [
            {"short": "Mira Ł.", "standing": "member"},
            {"short": "Dora W.", "standing": "member"},
        ]
        told = json.dumps(screen.snapshot, ensure_ascii=False)
        for secret in (
            "Łukasik",
            "Wiśniewska",
            "Kwiaciarnia",
            "Florist",
            "example.org",
            *morning.attendances.values(),
        ):
            assert secret not in told
        assert {"seating", "me", "room"}.isdisjoint(screen.snapshot)


def test_sam_of_another_group_hears_nothing(app: Flask, morning: Morning) -> None:
    sam = Screen(app, morning, "Sam")
    assert sam.answer["ok"] is False
    everybody_in(morning)
    seat_rounds(morning, TABLES)
    _press(morning, "start", 1)
    assert sam.hear() == []


def test_a_phone_learns_when_the_two_met_and_what_its_owner_promised(
    app: Flask, morning: Morning, screens: dict[str, Screen]
) -> None:
    an_earlier_morning(morning, [[("Olga", "Vik")], [("Dora", "Mira")]], days_ago=14)
    an_earlier_morning(morning, [[("Mira", "Max"), ("Dora", "Vik")]], days_ago=7)
    _promise(morning, "Mira", "Dora", "a phone number")
    _promise(morning, "Dora", "Mira", "a secret of Dora's")
    everybody_in(morning)
    seat_rounds(morning, TABLES)
    _press(morning, "start", 1)
    screens["Mira"].hear()
    (partner,) = screens["Mira"].snapshot["me"]["rounds"]["1"]["with"]
    assert partner["met_before"] == {"day": "2026-11-12", "round": 2, "promise": "a phone number"}
    assert "secret" not in json.dumps(screens["Mira"].snapshot)


def test_promises_do_not_travel_over_an_open_network(morning: Morning) -> None:
    _promise(morning, "Mira", "Dora", "a phone number")
    seat_rounds(morning, TABLES)
    mira = morning.people["Mira"]
    open_line = wire.me(morning.ctx, morning.meeting_id, mira, private=False)
    private = wire.me(morning.ctx, morning.meeting_id, mira, private=True)
    assert open_line["rounds"]["1"]["with"][0]["met_before"] is None
    assert private["rounds"]["1"]["with"][0]["met_before"]["promise"] == "a phone number"


def test_a_phone_on_an_open_network_and_one_at_home_hear_each_their_own(
    app: Flask, morning: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    _promise(morning, "Mira", "Dora", "a phone number")
    at_home = Screen(app, morning, "Mira")
    monkeypatch.setattr("server.views.guards.from_this_computer", lambda: False)
    abroad = Screen(app, morning, "Mira")
    seat_rounds(morning, TABLES)
    everybody_in(morning)
    _press(morning, "start", 1)
    for screen in (at_home, abroad):
        screen.hear()
    promises = [screen.snapshot["me"]["rounds"]["1"]["with"][0].get("met_before") for screen in (at_home, abroad)]
    assert promises[0]["promise"] == "a phone number"
    assert promises[1] is None
    assert abroad.behind() == []


def test_the_start_of_a_round_asks_the_database_ten_times_at_most_for_all_phones(
    morning: Morning, statements: Statements
) -> None:
    everybody_in(morning)
    seat_rounds(morning, TABLES)
    with statements() as sent:
        built = list(mornings.of_meeting(morning.ctx, morning.meeting_id).news())
    assert len(built) == 6
    assert len(sent) <= 10


def test_telling_a_round_asks_the_database_ten_times_at_most_for_every_screen_and_phone(
    morning: Morning, screens: dict[str, Screen], statements: Statements
) -> None:
    everybody_in(morning)
    seat_rounds(morning, TABLES)
    _heard(screens)
    seqs = {Audience.EVERYONE: 1, Audience.FACILITATORS: 1, Audience.DISPLAYS: 1}
    with statements() as sent:
        morning.ctx.bus.publish(Told(RoundMoved(morning.meeting_id, 1, seats_change=True), seqs))
    assert len(sent) <= 10
    assert ("person", "round_moved") in [
        (news["args"][0]["audience"], news["args"][0]["kind"])
        for news in screens["Mira"]._socket.get_received()
        if news["name"] == "news"
    ]


def test_encounters_of_another_group_are_nobodys_business_here(morning: Morning) -> None:
    earlier = an_earlier_morning(morning, [[("Dora", "Mira")]])

    def give_away(tx: Tx) -> None:
        foreign = tx.db.scalars(select(Group).where(Group.id == morning.other_group_id)).one()
        tx.db.get_one(Meeting, earlier).group_id = foreign.id
        tx.db.execute(update(Encounter).values(group_id=foreign.id))

    morning.ctx.transaction(give_away)
    seat_rounds(morning, TABLES)
    found = wire.me(morning.ctx, morning.meeting_id, morning.people["Mira"], private=True)
    assert found["rounds"]["1"]["with"][0]["met_before"] is None
