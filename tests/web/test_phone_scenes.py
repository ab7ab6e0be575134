"""What else phones and walls show of a morning: the break, whose turn it is, a table that pauses, half-time."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.mornings import Morning
from tests.serving import Served, Wire, serve
from tests.walls import PATIENCE, broken_rules, overflow, scene
from tests.web.test_phone import prepare

pytestmark = pytest.mark.browser
FEELS = """(() => {
  window.buzzed = [];
  Navigator.prototype.vibrate = function (pattern) { buzzed.push(JSON.stringify(pattern)); return true; };
})();"""


class Hall:
    """A served morning with rounds planned for everybody, phones and a wall in it, and the facilitator's hand."""

    def __init__(self, served: Served[Morning], chromium: Browser) -> None:
        self.served, self._chromium = served, chromium
        self.meeting = served.data.meeting_uid
        self._contexts: list[BrowserContext] = []
        self.wrong: list[str] = []
        self._fiona = self._context("Fiona", {})
        page = self._fiona.request.get(f"{served.url}/about").text()
        self._csrf = page.split('name="csrf" content="')[1].split('"')[0]

    def _context(self, who: str, options: dict[str, Any], url: str = "") -> BrowserContext:
        context = self._chromium.new_context(**({"locale": "en-GB", "reduced_motion": "reduce"} | options))
        self._contexts.append(context)
        cookie = {"name": "coltiva", "value": self.served.data.tokens[who], "url": url or self.served.url}
        context.add_cookies([cookie])  # type: ignore[list-item]  # the names that Playwright wants
        return context

    def open(self, who: str, *, url: str = "", script: str = "", **options: Any) -> Page:
        """Somebody's phone, or the wall of "display"."""
        is_wall = who == "display"
        size = {"width": 1280, "height": 720} if is_wall else {"width": 390, "height": 844}
        page = self._context(who, {"viewport": size} | options, url).new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        if script:
            page.add_init_script(script)
        page.goto(f"{url or self.served.url}/{'display' if is_wall else 'me'}/{self.meeting}")
        expect(page.locator("[data-net]")).to_have_text(re.compile("Connected|Collegato|Połączono"), timeout=PATIENCE)
        return page

    def snapshot(self) -> dict[str, Any]:
        """What the facilitator's screen knows."""
        return dict(self._fiona.request.get(f"{self.served.url}/state/{self.meeting}").json()["snapshot"])

    def press(self, path: str, **body: object) -> None:
        """A press of the facilitator."""
        shown = self.snapshot()
        version = {"rounds": "clock", "talks": "talk", "pause": "stage", "agenda": "stage"}[path.split("/")[0]]
        body = {"version": (shown.get(version) or {}).get("version", 0)} | body
        at = f"{self.served.url}/run/{self.meeting}/{path}"
        reply = self._fiona.request.post(at, data=body, headers={"X-CSRF-Token": self._csrf})
        assert reply.ok, reply.text()

    def close(self) -> None:
        """The test is over."""
        for context in self._contexts:
            context.close()
        assert self.wrong == []


@pytest.fixture
def hall(tmp_path: Path, chromium: Browser) -> Iterator[Hall]:
    with serve(tmp_path, prepare) as served:
        made = Hall(served, chromium)
        yield made
        made.close()
        assert not [line for line in served.log if "Traceback" in line], served.log


def _clock(page: Page, time: str) -> None:
    shown = page.locator("[data-clock]:visible")
    expect(shown).to_have_attribute("aria-label", re.compile(f"(Time left|Zostało|Tempo) {time}"), timeout=PATIENCE)


def test_a_break_counts_down_on_every_screen_and_a_screen_that_was_away_catches_up(hall: Hall) -> None:
    wire = Wire(hall.served.port)
    mira, wall = hall.open("Mira", url=wire.url), hall.open("display")
    hall.press("pause/start", minutes=10, label="Coffee in the garden")
    expect(mira.locator("[data-title]")).to_have_text("Coffee in the garden", timeout=PATIENCE)
    scene(wall, "break")
    for page in (mira, wall):
        _clock(page, "(9|10):")
    assert overflow(wall) == []
    assert broken_rules(wall) == []
    expect(mira.locator("[data-table] .table-no")).to_have_class(re.compile(r"\bt1\b"))
    wire.cut()
    expect(mira.locator("[data-net]")).to_have_text(re.compile("Reconnecting|No network"), timeout=PATIENCE)
    hall.press("pause/end")
    scene(wall, "break")
    expect(wall.locator("[data-break-clock]")).to_be_hidden(timeout=PATIENCE)
    wire.mend()
    expect(mira.locator("[data-title]")).to_have_text("Breakfast no. 214", timeout=PATIENCE)
    expect(mira.locator("[data-clockbox]")).to_be_hidden()
    wire.close()


def test_whose_turn_it_is_stands_on_the_wall_and_is_told_to_whom_it_concerns(hall: Hall) -> None:
    phones = {name: hall.open(name) for name in ("Mira", "Max", "Vik")}
    wall = hall.open("display")
    hall.press("talks/open", minutes=6)
    scene(wall, "talk")
    people = {"Mira Ł.": "Mira", "Max D.": "Max", "Vik": "Vik"}
    told: set[str] = set()
    for number in range(6):
        hall.press(f"talks/{'next' if number else 'start'}")
        talk = hall.snapshot()["talk"]
        expect(wall.locator("[data-who]")).to_have_text(talk["who"]["short"], timeout=PATIENCE)
        for who, words in ((talk["who"], "You speak now."), (talk["next"] or {}, "You are next.")):
            if name := people.get(who.get("short", "")):
                expect(phones[name].locator("[data-turn]")).to_contain_text(words, timeout=PATIENCE)
                told.add(words)
        if talk["who"]["short"] == "Vik":
            expect(phones["Mira"].locator("[data-turn]")).to_contain_text("Introduce Vik now.", timeout=PATIENCE)
            told.add("introduce")
    assert told == {"You speak now.", "You are next.", "introduce"}
    assert overflow(wall) == []
    assert broken_rules(wall) == []
    assert broken_rules(phones["Mira"]) == []


def test_a_table_that_pauses_and_half_time_are_seen_and_felt(hall: Hall) -> None:
    hall.press("rounds/1/start")
    mira, vik = hall.open("Mira", script=FEELS), hall.open("Vik", locale="pl-PL", color_scheme="dark")
    wall = hall.open("display")
    mira.locator("[data-sense=vibration]").click()
    expect(mira.locator("[data-sense=vibration]")).to_have_attribute("aria-checked", "true", timeout=PATIENCE)
    hall.press("rounds/1/tables/2/out")
    expect(vik.locator("[data-sub]")).to_have_text(re.compile("pauzuje"), timeout=PATIENCE)
    expect(wall.locator("[data-seats] .shut em")).to_have_text(re.compile("pauses|does not count"), timeout=PATIENCE)
    expect(mira.locator("[data-sub]")).to_have_text("Your table")
    vik.set_viewport_size({"width": 320, "height": 844})
    assert vik.evaluate("document.documentElement.scrollWidth") <= 320
    left = int(hall.snapshot()["clock"]["ends_at"]) - int(mira.evaluate("Date.now()"))
    hall.press("rounds/1/adjust", seconds=155 - left // 1000)
    expect(mira.locator("[data-word]")).to_have_text("Swap speakers", timeout=PATIENCE)
    expect(mira.locator("[data-prompt]")).to_contain_text("Half-time.")
    expect(wall.locator("[data-prompt]")).to_contain_text("Half-time.", timeout=PATIENCE)
    mira.wait_for_function("buzzed.length >= 2")
    assert mira.evaluate("buzzed") == ["100", "100"], "the tap, and half-time"
    hall.press("rounds/1/end")
    expect(mira.locator("[data-title]")).to_have_text("Next: round 2 of 3", timeout=PATIENCE)
    mira.wait_for_function("buzzed.length >= 3")
    assert mira.evaluate("buzzed.at(-1)") == "[300,150,300]", "the end is felt at once"


def test_a_phone_that_may_only_ask_shows_the_same(hall: Hall) -> None:
    poor = hall.open("Mira")
    poor.context.route(re.compile("/socket.io/"), lambda route: route.abort())
    poor.context.route_web_socket(re.compile("socket.io"), lambda socket: socket.close())
    poor.reload()
    expect(poor.locator("[data-net]")).to_have_text("Connected, slowly", timeout=PATIENCE)
    hall.press("pause/start", minutes=5, label="")
    expect(poor.locator("[data-title]")).to_have_text("A short break", timeout=PATIENCE)
    hall.press("pause/end")
    hall.press("rounds/1/start")
    expect(poor.locator("[data-title]")).to_have_text("Round 1 of 3", timeout=PATIENCE)
