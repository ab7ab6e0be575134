"""Through a bad network nothing is done twice, nothing is lost, and every screen is right afterwards."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.callers import NO_ANSWER, Caller
from tests.fault_proxy import FaultProxy, Faults
from tests.killing import Room, a_room
from tests.serving import Served, serve

BAD = Faults(delay=(0.0, 0.05), lost_before=0.15, lost_after=0.2, twice=0.2)
"""Worse than any venue: a third of all writes is answered by nobody, every fifth is delivered twice."""
PEOPLE = 12
PATIENCE = 60.0


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served[Room]]:
    """A server with a room."""
    with serve(tmp_path, a_room(PEOPLE)) as running:
        yield running
        assert not [line for line in running.log if "Traceback" in line], "".join(running.log)


@pytest.fixture
def network(served: Served[Room]) -> Iterator[FaultProxy]:
    """The network between everybody and the server; good until a test makes it bad."""
    made = FaultProxy(served.port)
    yield made
    made.close()


def _insist(who: Caller, path: str, body: dict[str, object], op: str) -> Any:
    """As the product's scripts do: the same write with the same operation, until somebody answers."""
    for _ in range(50):
        try:
            status, answer = who.send(path, body, op=op)
        except (*NO_ANSWER, AssertionError):
            continue
        assert status == 200, answer
        return answer
    raise AssertionError("fifty tries, no answer")


def test_every_press_and_every_scan_counts_once(served: Served[Room], network: FaultProxy) -> None:
    _everything_counts_once(served, network)


@pytest.mark.postgres
def test_on_postgresql_too_every_press_and_every_scan_counts_once(
    tmp_path: Path, migrated_postgres: str, empty_postgres: Callable[[], None]
) -> None:
    empty_postgres()
    with serve(tmp_path, a_room(PEOPLE), "--database", migrated_postgres) as served:
        network = FaultProxy(served.port)
        _everything_counts_once(served, network)
        network.close()


def _everything_counts_once(served: Served[Room], network: FaultProxy) -> None:
    morning = served.data.morning
    fiona, dora = (Caller(network.port, morning.tokens[who]) for who in ("Fiona", "Dora"))
    fiona.page("/about")
    network.faults = BAD
    run = f"/run/{morning.meeting_uid}/rounds/1"
    version = _insist(fiona, f"{run}/start", {"version": 0}, "start")["clock"]["version"]
    length = 600
    for number in range(24):
        seconds = 30 if number % 2 else -30
        answer = _insist(fiona, f"{run}/adjust", {"version": version, "seconds": seconds}, f"press-{number}")
        version = answer["clock"]["version"]
        length += seconds
    for code in served.data.codes:
        answer = _insist(dora, f"/desk/{morning.meeting_uid}/check-ins", {"code": code}, f"scan-{code}")
        assert answer["answer"] == "welcome", "a scan that is sent again is no second one"
    counted = network.counted
    assert min(counted.lost_before, counted.lost_after, counted.twice) >= 2, counted
    state = Caller(served.port, morning.tokens["Fiona"]).get(f"/state/{morning.meeting_uid}")["snapshot"]
    assert state["clock"]["version"] == 25
    assert abs(state["clock"]["ends_at"] - state["clock"]["starts_at"] - length * 1000) <= 1
    assert state["counts"]["came"] == 6 + PEOPLE


class Screens:
    """Fiona's console and Mira's phone, both on this network."""

    def __init__(self, served: Served[Room], network: FaultProxy, chromium: Browser, stack: ExitStack) -> None:
        morning = served.data.morning
        self.truth = Caller(served.port, morning.tokens["Fiona"])
        self.state = f"/state/{morning.meeting_uid}"
        self.run = f"/run/{morning.meeting_uid}"
        self.console = self._open("Fiona", self.run, morning, network, chromium, stack)
        self.phone = self._open("Mira", f"/me/{morning.meeting_uid}", morning, network, chromium, stack)

    def _open(
        self, who: str, path: str, morning: Any, network: FaultProxy, chromium: Browser, stack: ExitStack
    ) -> Page:
        context = chromium.new_context(base_url=network.url)
        stack.callback(context.close)
        context.add_cookies([{"name": "coltiva", "value": morning.tokens[who], "url": network.url}])
        page = context.new_page()
        page.goto(path, wait_until="load")
        return page

    def clock(self) -> Any:
        return self.truth.get(self.state)["snapshot"]["clock"]

    def until(self, true: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
        end = time.monotonic() + patience
        while not true():
            assert time.monotonic() < end, what
            self.console.wait_for_timeout(100)

    def seconds(self, page: Page) -> int:
        shown = page.locator("[data-ring]:visible [data-clock] span").all_text_contents()
        minutes, _, seconds = "".join(shown).partition(":")
        return int(minutes or 0) * 60 + int(seconds or 0)

    def agree(self, patience: float = PATIENCE) -> None:
        """Both show the second that the server would show."""

        def right() -> bool:
            told = self.truth.get(self.state)
            clock = told["snapshot"]["clock"]
            left = clock.get("remaining_ms") or clock["ends_at"] - max(told["server_now"], clock["starts_at"])
            return all(abs(self.seconds(page) - left / 1000) <= 1.5 for page in (self.console, self.phone))

        self.until(right, "both screens show the right second", patience)


@pytest.fixture
def screens(served: Served[Room], network: FaultProxy, chromium: Browser) -> Iterator[Screens]:
    with ExitStack() as stack:
        yield Screens(served, network, chromium, stack)


@pytest.mark.browser
def test_a_real_console_on_a_bad_network_presses_each_thing_once(screens: Screens, network: FaultProxy) -> None:
    screens.truth.send(f"{screens.run}/rounds/1/start", {"version": 0}, op="start")
    screens.until(lambda: screens.seconds(screens.console) > 550, "the console runs")
    network.faults = BAD
    plus = screens.console.locator(".controls [data-act=plus]")
    for number in range(6):
        plus.click()
        screens.until(lambda number=number: screens.clock()["version"] == 2 + number, f"press {number} is known")
        screens.until(
            lambda: screens.console.locator("[data-run][data-busy]").count() == 0, "the console has its answer"
        )
    assert screens.clock()["version"] == 7
    network.faults = Faults()
    screens.agree()


@pytest.mark.browser
@pytest.mark.parametrize("blocked", ["websocket", "sockets"])
def test_where_the_venue_blocks_sockets_screens_follow_by_asking(
    served: Served[Room], network: FaultProxy, chromium: Browser, blocked: str
) -> None:
    network.faults = Faults(blocks_websocket=True, blocks_sockets=blocked == "sockets")
    with ExitStack() as stack:
        screens = Screens(served, network, chromium, stack)
        screens.truth.send(f"{screens.run}/rounds/1/start", {"version": 0}, op="start")
        screens.agree()
        if blocked == "sockets":
            # From now on the state is asked for every two seconds.
            screens.console.wait_for_timeout(3000)
        screens.truth.send(f"{screens.run}/rounds/1/pause", {"version": 1}, op="pause")
        screens.agree(6)
        assert network.counted.blocked >= 2


@pytest.mark.browser
def test_after_an_outage_every_screen_is_right_by_itself(screens: Screens, network: FaultProxy) -> None:
    screens.truth.send(f"{screens.run}/rounds/1/start", {"version": 0}, op="start")
    screens.agree()
    network.out()
    screens.console.wait_for_timeout(5000)
    screens.truth.send(f"{screens.run}/rounds/1/adjust", {"version": 1, "seconds": -300}, op="less")
    screens.truth.send(f"{screens.run}/rounds/1/pause", {"version": 2}, op="pause")
    network.back()
    screens.agree()
