"""Every event at every screen: whoever is in an audience hears it, and nobody else does."""

from collections.abc import Iterable

import pytest
from flask import Flask

from server.domain import events
from server.domain.events import Event
from server.domain.vocabulary import Audience, PersonId, Uid
from server.services.bus import Told
from server.sockets import broadcasts
from server.wire import sections
from tests.mornings import Morning
from tests.rooms import everybody_in, seat_rounds
from tests.screens import Screen

EVERYONE, DESK = Audience.EVERYONE, Audience.DESK
FACILITATORS, DISPLAYS = Audience.FACILITATORS, Audience.DISPLAYS
ROOM = {DESK, FACILITATORS, DISPLAYS}
PHONES = ("Mira", "Max", "Vik")
WHO = ("Olga", "Dora", "Fiona", "display", *PHONES)
ALL = {"Olga", "Fiona", *PHONES}
"""Whose own part a screen shows; the door's and the projector's are nobody's."""
Case = tuple[Event, set[Audience], set[str]]


def _cases(morning: Morning) -> Iterable[Case]:
    """One of every event, the audiences that hear it, and whose own screens do."""
    here, mira, vik = morning.meeting_id, morning.people["Mira"], morning.people["Vik"]
    its = Uid(morning.attendances["Mira"])
    both: tuple[PersonId, ...] = (mira, vik)
    pair = {"Mira", "Vik"}
    yield events.MeetingChanged(here), {EVERYONE} | ROOM, set()
    yield events.AttendanceChanged(here, its), ROOM, {"Mira"}
    yield events.ListChanged(here), ROOM, set()
    yield events.RoomEmptied(here), ROOM, ALL
    yield events.PhoneJoined(here, its), {DESK, FACILITATORS}, set()
    yield events.ConflictMoved(here), {DESK}, set()
    yield events.SeatingPlanned(here), {EVERYONE, FACILITATORS, DISPLAYS}, ALL
    yield events.SeatsMoved(here, both), {FACILITATORS, DISPLAYS}, pair
    yield events.PinsChanged(here), {FACILITATORS}, set()
    yield events.PlanRunMoved(here), {FACILITATORS}, set()
    yield events.RoundMoved(here, 1, seats_change=True), {EVERYONE, FACILITATORS, DISPLAYS}, ALL
    yield events.RoundMoved(here, 1, seats_change=False), {EVERYONE, FACILITATORS, DISPLAYS}, set()
    yield events.DeadlinePassed(here, 1), {EVERYONE}, set()
    yield events.TimeLost(here), {FACILITATORS}, set()
    yield events.ActionNoted(here), {FACILITATORS}, set()
    yield events.SoundChanged(here), {EVERYONE}, set()
    yield events.LoudspeakerMoved(here, ()), {FACILITATORS}, set()
    yield events.StageMoved(here), {EVERYONE}, set()
    yield events.TalkMoved(here), {EVERYONE}, set()
    yield events.ExchangeMoved(here, both), set(), pair
    yield events.PromiseChanged(here, mira), set(), {"Mira"}
    yield events.ReferralMoved(here, both, Uid("NOSLIP")), {DISPLAYS}, pair
    yield events.ThanksMoved(here, both, Uid("NOTHANKS")), {DISPLAYS}, pair
    yield events.ActivityMoved(here, (mira,)), set(), {"Mira"}


@pytest.fixture
def screens(app: Flask, morning: Morning) -> dict[str, Screen]:
    everybody_in(morning)
    seat_rounds(morning, [[("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")]] * 2)
    return {who: Screen(app, morning, who) for who in WHO}


def test_every_event_is_heard_by_those_it_is_for_and_by_nobody_else(
    morning: Morning, screens: dict[str, Screen]
) -> None:
    seqs = {Audience(name): seq for screen in screens.values() for name, seq in screen.seqs.items()}
    told = set()
    for event, audiences, people in _cases(morning):
        assert audiences == set(event.heard_by)
        told.add(type(event))
        seqs |= {audience: seqs[audience] + 1 for audience in audiences}
        morning.ctx.bus.publish(Told(event, {audience: seqs[audience] for audience in event.heard_by}))
        for who, screen in screens.items():
            heard = screen.hear()
            mine = {audience.value for audience in audiences if audience.value in screen.seqs}
            wanted = sorted(mine | ({"person"} if who in people else set()))
            assert sorted(news["audience"] for news in heard) == wanted, f"{who} of {event}"
            for news in heard:
                assert set(news["patch"]) <= set(sections.SECTIONS[Audience(news["audience"])])
    assert told == set(broadcasts.TABLE), "an event without a line here"


def test_each_screen_belongs_to_its_own_audiences_and_no_other(screens: dict[str, Screen]) -> None:
    assert {who: set(screen.seqs) for who, screen in screens.items()} == {
        "Olga": {"everyone", "desk", "facilitators"},
        "Dora": {"everyone", "desk"},
        "Fiona": {"everyone", "facilitators"},
        "display": {"everyone", "displays"},
    } | {who: {"everyone"} for who in PHONES}


@pytest.mark.parametrize("who", ["Sam", None])
def test_a_stranger_hears_none_of_it(app: Flask, morning: Morning, who: str | None) -> None:
    stranger = Screen(app, morning, who)
    assert stranger.answer["ok"] is False
    for event, _, _ in _cases(morning):
        morning.ctx.bus.publish(Told(event, dict.fromkeys(event.heard_by, 1)))
    assert stranger.hear() == []
