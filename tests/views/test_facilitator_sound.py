"""The sound test as the console and the displays send it."""

from collections.abc import Callable

import pytest

from server.domain.sound import Sound
from server.services import sound
from tests.conftest import Browser, Statements
from tests.mornings import Morning

Open = Callable[[str | None], Browser]


@pytest.fixture
def run(morning: Morning) -> str:
    return f"/run/{morning.meeting_uid}/sound"


def test_the_facilitator_sets_the_bells_tries_them_and_says_that_they_were_heard(
    browser: Open, morning: Morning, run: str
) -> None:
    def bells() -> sound.SoundView:
        return sound.of_meeting(morning.ctx, morning.meeting_id)

    fiona = browser("Fiona")
    assert fiona.send(run, {"level": 55}).get_json() == {"ok": True}
    fiona.send(run, {"half_time": 0, "last_seconds": 15})
    assert bells().sound == Sound(55, False, 15)
    tried = fiona.send(f"{run}/test", {}).get_json()["uid"]
    assert (bells().test_uid, bells().heard_at) == (tried, None)
    fiona.send(f"{run}/heard", {})
    assert bells().heard_at is not None


def test_a_press_sent_again_rings_once(browser: Open, run: str) -> None:
    fiona = browser("Fiona")
    one, again = (fiona.send(f"{run}/test", {}, op="0123456789abcdef").get_json() for _ in range(2))
    assert one["uid"] == again["uid"]


@pytest.mark.parametrize("body", [{"level": 101}, {"level": "loud"}, {"half_time": 2}, {"last_seconds": 31}])
def test_what_is_no_setting_of_the_bells_is_refused_in_words(browser: Open, run: str, body: dict[str, object]) -> None:
    answer = browser("Fiona").send(run, body)
    assert answer.status_code == 422
    assert answer.get_json()["text"]


def test_a_display_says_whether_it_can_be_heard(browser: Open, morning: Morning) -> None:
    at = f"/display/{morning.meeting_uid}/sound"
    assert browser("display").send(at, {"screen": "abc", "on": 1}).get_json() == {"ok": True}
    assert {screen: on for screen, (on, _) in sound.walls(morning.ctx, morning.meeting_id).items()} == {"abc": True}
    assert browser("display").send(at, {"screen": "a" * 33, "on": 1}).status_code == 422
    assert browser("display").send(at, {"screen": "abc", "on": "yes"}).status_code == 422


def test_nobody_else_rings_and_somebody_of_another_group_sees_nothing(
    browser: Open, morning: Morning, run: str
) -> None:
    for path in (run, f"{run}/test", f"{run}/heard"):
        assert browser("Mira").send(path, {"level": 1}).status_code == 403
        assert browser("display").send(path, {"level": 1}).status_code == 403
        assert browser("Sam").send(path, {"level": 1}).status_code == 404
    at = f"/display/{morning.meeting_uid}/sound"
    assert browser("Mira").send(at, {"screen": "a", "on": 1}).status_code == 403
    assert browser("Sam").send(at, {"screen": "a", "on": 1}).status_code == 404
    assert sound.walls(morning.ctx, morning.meeting_id) == {}


def test_a_press_costs_few_statements(browser: Open, run: str, statements: Statements) -> None:
    fiona = browser("Fiona")
    fiona.send(f"{run}/test", {})
    with statements() as sent:
        fiona.send(run, {"level": 10})
    assert len(sent) <= 10 + 3, "ten for the press and its log, three for the news that are told in the same thread"
    display = browser("display")
    with statements() as sent:
        display.send(run.replace("/run/", "/display/"), {"screen": "a", "on": 1})
    assert len(sent) <= 12, sent
