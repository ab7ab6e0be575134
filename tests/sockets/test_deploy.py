"""The deployment that is handed out holds: any process serves any request, and whatever goes away is hardly noticed."""

import http.client
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from server.config import load
from server.rehearsal.lines import Json
from server.rehearsal.screens import Screen
from server.sockets import news_line
from tests.conftest import REQUIRED
from tests.deployment import DEPLOY, Deployment, deployed, missing
from tests.killing import Room, a_room

pytestmark = [pytest.mark.postgres, pytest.mark.redis]
PHONES = ("Mira", "Max", "Vik", "Olga")
PATIENCE = 60.0
"""Seconds; the computer may be busy."""


@pytest.fixture
def here(tmp_path: Path, migrated_postgres: str, empty_postgres: Callable[[], None]) -> Iterator[Deployment[Room]]:
    """Everything is up: a morning with two rounds to come and people at the door."""
    if lacking := missing():
        if REQUIRED:
            pytest.fail(f"needs {', '.join(lacking)}")
        pytest.skip(f"install {', '.join(lacking)} to try the deployment")
    empty_postgres()
    with deployed(tmp_path, a_room(20), migrated_postgres) as running:
        yield running


class People:
    """Fiona's console, Dora's door and some phones, all through nginx."""

    def __init__(self, here: Deployment[Room]) -> None:
        self.morning = here.data.morning
        self.meeting = self.morning.meeting_uid
        self.console = self._screen(here, "Fiona")
        self.door = self._screen(here, "Dora")
        # Each gets a line of its own from nginx; eight are not all with one process.
        self.phones = [self._screen(here, who) for who in PHONES * 2]

    def open(self) -> None:
        for screen in self.screens:
            screen.open()

    def _screen(self, here: Deployment[Room], who: str) -> Screen:
        browser = here.browser(self.morning.tokens[who])
        browser.page("/about")
        return Screen(who, browser, self.meeting)

    @property
    def screens(self) -> list[Screen]:
        return [self.console, self.door, *self.phones]

    def press(self, path: str, **body: object) -> Json:
        return self.console.browser.send(f"/run/{self.meeting}/{path}", body)

    def until(self, true: Callable[[], bool], what: str, patience: float = PATIENCE) -> float:
        began = time.monotonic()
        while not true():
            assert time.monotonic() - began < patience, what
            time.sleep(0.05)
        return time.monotonic() - began

    def all_show(self, clock: Json) -> float:
        def shown(screen: Screen) -> bool:
            return (screen.snapshot.get("clock") or {}).get("version", -1) >= clock["version"]

        return self.until(lambda: all(map(shown, self.screens)), "every screen shows the clock")

    def end(self) -> None:
        for screen in self.screens:
            screen.end()


@pytest.fixture
def room(here: Deployment[Room]) -> Iterator[People]:
    made = People(here)
    try:
        made.open()
        yield made
    finally:
        # Also when it went wrong: a screen that nobody ends comes back for ever.
        made.end()
    assert [wrong for screen in made.screens for wrong in screen.notes.failed] == []


def _lines(room: People) -> set[str]:
    return {screen.browser.cookies["coltiva_line"] for screen in room.screens}


def _news(here: Deployment[Room], worker: int) -> str:
    return str(here.direct(worker).get("/health")["news"])


def test_any_process_serves_any_request_and_everybody_hears_everything(here: Deployment[Room], room: People) -> None:
    assert len(_lines(room)) == len(room.screens), "a whole venue is not one line"
    health = [here.direct(worker).get("/health") for worker in (0, 1)]
    assert [(each["database"], each["news"]) for each in health] == [("postgresql", "redis")] * 2
    clock = room.press("rounds/1/start", version=0)["clock"]
    room.all_show(clock)
    for code in here.data.codes[:8]:
        # Nobody's cookie of nginx: every scan may go to another process.
        door = here.browser(room.morning.tokens["Dora"])
        assert door.send(f"/desk/{room.meeting}/check-ins", {"code": code})["answer"] == "welcome"
    room.until(lambda: room.door.snapshot["counts"]["came"] == 14, "the door counts every scan once")


def test_plain_http_leads_to_https_and_foreign_claims_about_the_address_are_not_believed(
    here: Deployment[Room],
) -> None:
    plain = http.client.HTTPConnection("127.0.0.1", here.plain_port, timeout=PATIENCE)
    plain.request("GET", "/display", headers={"Host": "meet.example.org"})
    answer = plain.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, "https://meet.example.org/display")
    answer.read()
    plain.close()
    browser = here.browser(here.data.morning.tokens["Olga"])
    page, _ = browser.page("/about")
    assert "__Host-" not in page
    assert browser.cookies["coltiva_line"]


def test_when_a_process_is_killed_everybody_is_back_with_the_other_and_right(
    here: Deployment[Room], room: People
) -> None:
    clock = room.press("rounds/1/start", version=0)["clock"]
    room.all_show(clock)
    gone = _busier(here, room)
    here.workers[gone].process.kill()
    time.sleep(0.1)
    room.until(lambda: all(screen.ready.is_set() for screen in room.screens), "everybody is back")
    back = [late for screen in room.screens for late in screen.notes.back]
    assert back, "somebody was with the process that was killed"
    clock = room.press("rounds/1/pause", version=clock["version"])["clock"]
    room.all_show(clock)
    assert room.console.truth()["snapshot"]["notices"] == [], "one of two processes going is no time lost"


def _busier(here: Deployment[Room], room: People) -> int:
    """A process that has screens: the one whose end cuts somebody off."""
    counts = [_connections(served.process.pid) for served in here.workers]
    return counts.index(max(counts))


def _connections(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def test_a_deadline_is_acted_on_once(here: Deployment[Room], room: People) -> None:
    heard: list[tuple[str, Json]] = []
    for screen in room.screens:
        _overhear(screen, heard)
    clock = room.press("rounds/1/start", version=0)["clock"]
    for _ in range(3):
        left = clock["ends_at"] - clock["starts_at"]
        clock = room.press("rounds/1/adjust", version=clock["version"], seconds=-min(600, left // 1000 - 2))["clock"]
        if clock["ends_at"] - clock["starts_at"] <= 4000:
            break
    room.until(
        lambda: len([1 for _, news in heard if news["kind"] == "deadline_passed"]) >= len(room.screens),
        "every screen hears that the time is up",
    )
    time.sleep(3)  # what is told twice comes with the next look, two seconds later
    told = [(name, news["seq"]) for name, news in heard if news["kind"] == "deadline_passed"]
    assert len(told) == len(room.screens), "nobody hears it twice"
    assert len({seq for _, seq in told}) == 1, "it was counted once"


def _overhear(screen: Screen, heard: list[tuple[str, Json]]) -> None:
    inner = screen._hear

    def hear(news: Json) -> None:
        heard.append((screen.name, news))
        inner(news)

    screen._hear = hear  # type: ignore[method-assign]  # for this test only
    assert screen._socket is not None
    screen._socket._onnews = hear


def _asked_to_fetch(heard: list[tuple[str, Json]]) -> int:
    """How often a screen was asked to fetch its state."""
    return len([1 for _, news in heard if news["kind"] == "fetch"])


def _until_nobody_is_asked(heard: list[tuple[str, Json]]) -> None:
    """The last question is over: nobody was asked for longer than lies between two."""
    asked = -1
    while asked != (asked := _asked_to_fetch(heard)):
        time.sleep(3 * news_line.EVERY)


def test_when_redis_is_lost_screens_ask_every_two_seconds_and_it_comes_back_by_itself(
    here: Deployment[Room], room: People
) -> None:
    clock = room.press("rounds/1/start", version=0)["clock"]
    room.all_show(clock)
    heard: list[tuple[str, Json]] = []
    for screen in room.screens:
        _overhear(screen, heard)
    here.redis.stop()
    room.until(lambda: {_news(here, 0), _news(here, 1)} == {"down"}, "both processes say that the news are down")
    clock = room.press("rounds/1/pause", version=clock["version"])["clock"]
    asked = _asked_to_fetch(heard)
    room.all_show(clock)
    # Asked once or twice they show it, long before the counters would tell them, which come every ten seconds.
    assert 0 < _asked_to_fetch(heard) - asked <= 4 * len(room.screens)
    for code in here.data.codes[:3]:
        assert room.door.browser.send(f"/desk/{room.meeting}/check-ins", {"code": code})["answer"] == "welcome"
    room.until(lambda: room.console.snapshot["counts"]["came"] == 9, "nothing is lost")
    here.redis.start()
    room.until(lambda: {_news(here, 0), _news(here, 1)} == {"redis"}, "the news are back by themselves")
    _until_nobody_is_asked(heard)
    fetched = [screen.notes.fetched for screen in room.screens]
    clock = room.press("rounds/1/resume", version=clock["version"])["clock"]
    room.all_show(clock)
    assert [screen.notes.fetched for screen in room.screens] == fetched, "the news come by themselves again"


def test_a_listener_that_died_is_noticed_and_replaced(here: Deployment[Room], room: People) -> None:
    for _ in range(3):
        here.redis.deafen()
        time.sleep(0.5)
    room.until(lambda: {_news(here, 0), _news(here, 1)} == {"redis"}, "both hear again")
    clock = room.press("rounds/1/start", version=0)["clock"]
    room.all_show(clock)


def test_the_units_are_such_as_systemd_takes(tmp_path: Path) -> None:
    unit = (DEPLOY / "coltiva@.service").read_text(encoding="utf-8")
    for line in ("Restart=always", "EnvironmentFile=/etc/coltiva/coltiva.env", "--port %i"):
        assert line in unit
    if shutil.which("systemd-analyze") is None:
        return
    for name in ("coltiva@.service", "coltiva.target"):
        # The program and the user are not on this computer; what is looked for are unknown words and wrong values.
        text = (DEPLOY / name).read_text(encoding="utf-8").replace("/opt/coltiva/.venv/bin/coltiva", "/bin/true")
        (tmp_path / name).write_text(text, encoding="utf-8")
    told: Any = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / "coltiva@.service"), str(tmp_path / "coltiva.target")],
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in told.stderr.splitlines() if str(tmp_path) in line]
    assert not complaints, told.stderr


def test_every_setting_that_is_handed_out_is_one_that_the_program_knows(tmp_path: Path) -> None:
    lines = (DEPLOY / "coltiva.env").read_text(encoding="utf-8").splitlines()
    pairs = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    pairs["COLTIVA_INSTANCE"] = str(tmp_path)
    settings = load({}, pairs)
    assert (settings.transport, settings.base_url) == ("own", "https://meet.example.org")
