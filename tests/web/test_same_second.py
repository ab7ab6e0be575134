"""Console, projector and three phones in browsers of their own: the same transition within a tenth of a second."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright

from server.services.context import Context
from tests.callers import Caller
from tests.conftest import launch
from tests.mornings import Morning, make_morning
from tests.rooms import everybody_in, seat_rounds
from tests.serving import Served, Wire, serve

pytestmark = pytest.mark.browser
APART = 100.0
"""Milliseconds between the first screen that shows a new second and the last."""
PATIENCE = 60.0
"""Seconds; the machine may be busy."""
WATCH = """() => {
  window.seen = [];
  // A screen changes its scene with the round, and with the scene the ring that is seen.
  const ring = () => [...document.querySelectorAll("[data-ring]")].find((each) => each.checkVisibility());
  const shown = () => [...(ring()?.querySelectorAll("[data-clock] span") ?? [])].map((d) => d.textContent).join("");
  let last = shown();
  new MutationObserver(() => {
    const label = shown();
    // One instant for all screens: they run on one computer, whatever their calendars say.
    if (label !== last) window.seen.push([label, performance.timeOrigin + performance.now()]);
    last = label;
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""
WRONG_BY_DAYS = "Date.now = ((real) => () => real() - 3 * 86400000)(Date.now);"


def _room(ctx: Context) -> Morning:
    morning = make_morning(ctx)
    everybody_in(morning)
    seat_rounds(morning, [[("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")]] * 2, seconds=300)
    return morning


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    running = launch(playwright)
    yield running
    running.close()


class Room:
    """Five screens of one meeting; the last phone reaches the server over a line that can be cut."""

    def __init__(self, served: Served[Morning], chromium: Browser, stack: ExitStack) -> None:
        self.morning = served.data
        self.wire = Wire(served.port)
        stack.callback(self.wire.close)
        meeting = self.morning.meeting_uid
        places = [
            ("Fiona", f"/run/{meeting}", served.url),
            ("display", f"/display/{meeting}", served.url),
            ("Mira", f"/me/{meeting}", served.url),
            ("Max", f"/me/{meeting}", served.url),
            ("Vik", f"/me/{meeting}", self.wire.url),
        ]
        self.pages: list[Page] = []
        for who, path, url in places:
            context = chromium.new_context(base_url=url)
            stack.callback(context.close)
            if who == "Max":
                context.add_init_script(WRONG_BY_DAYS)
            context.add_cookies([{"name": "coltiva", "value": self.morning.tokens[who], "url": url}])
            page = context.new_page()
            page.goto(path, wait_until="networkidle")
            self.pages.append(page)
        self.facilitator = Caller(served.port, self.morning.tokens["Fiona"])

    def press(self, verb: str, version: int, **more: int) -> None:
        """One press from another console."""
        path = f"/run/{self.morning.meeting_uid}/rounds/1/{verb}"
        status, answer = self.facilitator.send(path, {"version": version, **more}, op=f"{verb}-{version}")
        assert status == 200, answer

    def watch(self, seconds: float) -> list[dict[str, float]]:
        """Label → when it came up, for each screen, over some seconds."""
        for page in self.pages:
            page.evaluate(WATCH)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.pages[0].wait_for_timeout(100)
        return [dict(page.evaluate("() => window.seen")) for page in self.pages]

    def until(self, true: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < end, what
            self.pages[0].wait_for_timeout(100)


@pytest.fixture
def room(tmp_path: Path, chromium: Browser) -> Iterator[Room]:
    with serve(tmp_path, _room) as served, ExitStack() as stack:
        yield Room(served, chromium, stack)


def _apart(seen: list[dict[str, float]]) -> float:
    """How far the screens are apart, each by the second that it showed soonest.

    A busy computer draws late now and then, and never early: what is left is how far their clocks differ.
    """
    assert min(map(len, seen)) >= 3, [sorted(screen) for screen in seen]
    at_zero = [min(at + 1000 * _in_seconds(label) for label, at in screen.items()) for screen in seen]
    return max(at_zero) - min(at_zero)


def test_every_screen_shows_a_transition_within_a_tenth_of_a_second(room: Room) -> None:
    room.press("start", 0)
    room.until(lambda: all(_runs(page) for page in room.pages), "every clock runs")
    assert _apart(room.watch(6)) <= APART
    left = _seconds(room.pages[0])
    room.press("adjust", 1, seconds=30)
    room.until(lambda: all(_seconds(page) > left for page in room.pages), "every screen has more time")
    assert _apart(room.watch(5)) <= APART


def test_a_phone_that_was_without_network_for_half_a_minute_shows_the_same_second_again(room: Room) -> None:
    room.press("start", 0)
    phone = room.pages[-1]
    room.until(lambda: _runs(phone), "the clock runs")
    room.wire.cut()
    away = time.monotonic()
    room.press("adjust", 1, seconds=30)
    while time.monotonic() - away < 30:
        phone.wait_for_timeout(500)
    room.wire.mend()
    room.until(lambda: abs(_seconds(phone) - _seconds(room.pages[0])) <= 1, "the phone is back")
    assert _apart(room.watch(6)) <= APART


def _label(page: Page) -> str:
    return "".join(page.locator("[data-ring]:visible [data-clock] span").all_text_contents())


def _runs(page: Page) -> bool:
    return _label(page) not in {"", "5:00"}


def _seconds(page: Page) -> int:
    return _in_seconds(_label(page))


def _in_seconds(label: str) -> int:
    minutes, _, seconds = label.partition(":")
    return int(minutes) * 60 + int(seconds)
