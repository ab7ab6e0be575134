"""Who hears of the bells: every screen what rings, the facilitator which displays can be heard, and nobody else."""

from collections.abc import Callable

import pytest
from flask import Flask

from server.services import action_log, sound, undoing
from server.services.context import Context
from tests.conftest import FakeClock
from tests.mornings import Morning
from tests.screens import Screen

WHO = ("Olga", "Dora", "Fiona", "display", "Mira", "Vik")


@pytest.fixture
def screens(app: Flask, morning: Morning) -> dict[str, Screen]:
    return {who: Screen(app, morning, who) for who in WHO}


def _heard(screens: dict[str, Screen], kind: str) -> set[str]:
    return {who for who, screen in screens.items() if kind in [news["kind"] for news in screen.hear()]}


def _steps(morning: Morning, clock: FakeClock) -> list[Callable[[Context], object]]:
    here = {"meeting_id": morning.meeting_id}

    def undo(ctx: Context) -> None:
        action = action_log.last(ctx, morning.meeting_id).undoable
        assert action is not None
        undoing.take_back(ctx, action=action, **here)

    return [
        lambda ctx: sound.tell(ctx, screen="a", is_on=False, **here),
        lambda ctx: sound.change(ctx, level=40, **here),
        lambda ctx: sound.change(ctx, half_time=False, last_seconds=0, **here),
        undo,
        lambda ctx: sound.try_out(ctx, **here),
        lambda ctx: sound.heard(ctx, **here),
        lambda ctx: sound.change(ctx, level=41, **here),
        lambda ctx: sound.tell(ctx, screen="b", is_on=True, **here),
        lambda ctx: clock.pass_by(seconds=3700),
        lambda ctx: sound.tell(ctx, screen="b", is_on=True, **here),
    ]


def test_what_a_screen_hears_of_the_bells_adds_up_to_a_fresh_look(
    morning: Morning, screens: dict[str, Screen], clock: FakeClock
) -> None:
    for number, step in enumerate(_steps(morning, clock)):
        step(morning.ctx)
        for who, screen in screens.items():
            screen.hear()
            assert screen.behind() == [], f"{who} after step {number}"
    assert screens["Vik"].snapshot["sound"]["level"] == 41
    assert list(screens["Fiona"].snapshot["walls"]) == ["b"], "the other one has been silent for an hour"


def test_everybody_hears_what_rings_and_the_facilitator_alone_which_display_can_be_heard(
    morning: Morning, screens: dict[str, Screen]
) -> None:
    sound.try_out(morning.ctx, meeting_id=morning.meeting_id)
    assert _heard(screens, "sound_changed") == set(WHO)
    sound.tell(morning.ctx, meeting_id=morning.meeting_id, screen="a", is_on=True)
    assert _heard(screens, "loudspeaker_moved") == {"Olga", "Fiona"}
    assert [who for who, screen in screens.items() if "walls" in screen.snapshot] == ["Olga", "Fiona"]


def test_somebody_of_another_group_hears_no_bell(app: Flask, morning: Morning) -> None:
    sam = Screen(app, morning, "Sam")
    assert sam.answer["ok"] is False
    sound.try_out(morning.ctx, meeting_id=morning.meeting_id)
    assert sam.hear() == []
