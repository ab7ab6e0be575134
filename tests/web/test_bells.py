"""The bells of the room in a real browser: each once, as loud as the facilitator wants, and never an old one."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.walls import PATIENCE, OpenRoom, Room, leave, scene

pytestmark = pytest.mark.browser
EAR = """(() => {
  window.rung = [];
  window.volume = null;
  const {connect} = AudioNode.prototype;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode) window.volume = this;
    return connect.call(this, to, ...rest);
  };
  const {start} = AudioScheduledSourceNode.prototype;
  AudioScheduledSourceNode.prototype.start = function (at) {
    rung.push(Math.round(this.frequency.value));
    return start.call(this, at);
  };
})();"""
"""Notes every tone that is started, by its pitch; a bell is three tones."""
TONES = {880: "stroke", 1175: "last"}


def _wall(room: Room) -> Page:
    """A wall with an ear, after somebody has pressed its one button."""
    page = room.wall("small")
    page.add_init_script(EAR)
    _again(page)
    return page


def _again(page: Page) -> None:
    """The page is loaded anew, and allowed to sound."""
    page.reload()
    page.locator("[data-unlock]").click()
    expect(page.locator("[data-sound]")).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
    expect(page.locator("[data-net]")).to_have_text("Connected", timeout=PATIENCE)


def _heard(page: Page) -> str:
    """The bells since the last time: "half", "last" and "over", of which the last has two strokes."""
    strokes = [TONES[pitch] for pitch in page.evaluate("rung.splice(0)") if pitch in TONES]
    words = {"": "", "stroke": "half", "last": "last", "stroke stroke": "over"}
    return words[" ".join(strokes)]


def _until(happened: Callable[[], Any]) -> Any:
    until = time.monotonic() + PATIENCE / 1000
    while not (found := happened()):
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)
    return found


def test_each_bell_of_a_round_rings_once_though_the_wall_is_loaded_anew(open_room: OpenRoom) -> None:
    room = open_room()
    page = _wall(room)
    # A minute, so that a busy computer has opened the other wall before the time is up.
    room.send(f"/run/{room.meeting}/sound", half_time=1, last_seconds=60, level=70)
    room.plan()
    room.press("start")
    scene(page, "round")
    for left, bell in ((155, "half"), (65, "last"), (5, "over")):
        leave(room, page, left)
        assert _until(lambda: _heard(page)) == bell
        late = _wall(room)
        _again(page)
        page.wait_for_timeout(1500)
        assert _heard(page) == "", f"{bell} has rung before"
        assert _heard(late) == "", f"{bell} is over for who comes later"
        late.context.close()
    room.press("end")
    scene(page, "break")
    assert _heard(page) == "", "everybody knows that the time is up"


def test_a_round_ended_early_rings_and_one_without_half_time_does_not(open_room: OpenRoom) -> None:
    room = open_room()
    page = _wall(room)
    room.send(f"/run/{room.meeting}/sound", half_time=0, last_seconds=0, level=20)
    room.plan()
    room.press("start")
    scene(page, "round")
    for left in (152, 31):
        leave(room, page, left)
        page.wait_for_timeout(3500)
        assert _heard(page) == ""
    assert "ripe" not in (page.locator("body").get_attribute("class") or "")
    room.press("end")
    assert _until(lambda: _heard(page)) == "over"
    assert abs(page.evaluate("volume.gain.value") - 0.2) < 0.001


def test_a_sound_test_rings_on_every_wall_once_and_on_none_that_comes_later(open_room: OpenRoom) -> None:
    room = open_room()
    walls = [_wall(room), _wall(room)]
    room.send(f"/run/{room.meeting}/sound", level=90)
    room.send(f"/run/{room.meeting}/sound/test")
    for page in walls:
        expect(page.locator("[data-message]")).to_contain_text("Can you hear the bell at the back?", timeout=PATIENCE)
        assert _until(lambda page=page: _heard(page)) == "over"
        assert abs(page.evaluate("volume.gain.value") - 0.9) < 0.001
    _again(walls[0])
    expect(walls[1].locator("[data-message]")).to_be_hidden(timeout=PATIENCE)
    walls[1].wait_for_timeout(3000)  # ten seconds after the test it is over
    later = _wall(room)
    later.wait_for_timeout(500)
    assert [_heard(page) for page in (*walls, later)] == ["", "", ""]
    room.send(f"/run/{room.meeting}/sound/test")
    for page in (*walls, later):
        assert _until(lambda page=page: _heard(page)) == "over"


def test_a_wall_that_may_not_sound_asks_for_one_tap_and_says_so_to_the_facilitator(open_room: OpenRoom) -> None:
    room = open_room()
    page = room.wall()

    def heard_of() -> list[bool]:
        return [wall["on"] for wall in room.state()["walls"].values()]

    expect(page.get_by_role("button", name="Tap for sound")).to_be_visible(timeout=PATIENCE)
    _until(lambda: heard_of() == [False])
    page.mouse.click(5, 5)
    expect(page.get_by_role("button", name="Tap for sound")).to_be_hidden(timeout=PATIENCE)
    _until(lambda: heard_of() == [True])
    page.keyboard.press("b")
    expect(page.locator("[data-sound]")).to_contain_text("Bells off", timeout=PATIENCE)
    _until(lambda: heard_of() == [False])
    page.reload()
    expect(page.locator("[data-net]")).to_have_text("Connected", timeout=PATIENCE)
    expect(page.get_by_role("button", name="Tap for sound")).to_be_hidden()
    assert heard_of() == [False], "a wall that was silenced stays silent, and is one wall"
    page.keyboard.press("b")
    _until(lambda: heard_of() == [True])
