"""The wall in a real browser against a real server with sixty people in the room, at both sizes a projector has."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from server.domain.vocabulary import MeetingStatus
from server.views import wall
from tests.serving import Wire
from tests.walls import PATIENCE, SIZES, OpenRoom, broken_rules, leave, overflow, scene, share

pytestmark = pytest.mark.browser
ROUND = '[data-scene="round"]'
ROUND_CLOCK, WORD = f"{ROUND} [data-clock]", f"{ROUND} [data-word]"


def _names(page: Page) -> list[str]:
    return list(page.locator("[data-seats] li > span:not(.table-no)").all_inner_texts())


def _names_on(page: Page, mark: str) -> list[str]:
    """The names while the marks say so, read in one breath: the page turns every eight seconds."""
    shown = page.wait_for_function(
        """mark => document.querySelector("[data-pages=seats]").getAttribute("aria-label") === mark
            && [...document.querySelectorAll("[data-seats] li > span:not(.table-no)")].map(each => each.innerText)""",
        arg=mark,
        timeout=PATIENCE * 2,
    )
    return list(shown.json_value())


def test_a_morning_on_the_wall(open_room: OpenRoom) -> None:
    """One server, two projectors, every scene: it fits, it can be read, it follows."""
    room = open_room()
    walls = [room.wall(size) for size in SIZES]
    large, small = walls

    def everywhere(name: str) -> None:
        for page in walls:
            scene(page, name)
            assert overflow(page) == []
        assert broken_rules(small) == []

    everywhere("join")
    expect(large.locator("[data-here]")).to_have_text("59")
    room.send(f"/desk/{room.meeting}/check-ins", code=room.served.data.codes["Vik"])
    expect(large.locator("[data-here]")).to_have_text("60", timeout=PATIENCE)
    expect(large.locator("[data-bed] .bloom")).to_have_count(1)

    room.plan()
    everywhere("break")
    expect(large.locator("[data-moves] li")).to_have_count(20)

    room.press("start")
    everywhere("round")
    for page in walls:
        assert share(page, ROUND_CLOCK) >= 0.3
        assert share(page, f"{ROUND} [data-ring]") >= 0.3
        expect(page.locator(WORD)).to_have_text("Round 1 of 3")
    shown = {mark: _names_on(large, mark) for mark in ("Page 1 of 3", "Page 2 of 3")}
    assert len(shown["Page 1 of 3"]) == 20
    assert shown["Page 1 of 3"] != shown["Page 2 of 3"], "the next page shows other tables"

    room.say("A grey Fiat with its lights on stands before the door of the hotel.")
    for page in walls:
        expect(page.locator("[data-message]")).to_contain_text("grey Fiat", timeout=PATIENCE)
        assert share(page, ROUND_CLOCK) >= 0.3
    everywhere("round")
    room.say("")
    expect(large.locator("[data-message]")).to_be_hidden()

    room.press("pause")
    expect(large.locator(WORD)).to_have_text("Paused", timeout=PATIENCE)
    everywhere("round")
    room.press("resume")

    dark = large.evaluate("getComputedStyle(document.body).backgroundColor")
    leave(room, large, 33)
    expect(large.locator("[data-last]")).to_be_visible(timeout=PATIENCE * 2)
    expect(large.locator("body")).to_have_css("background-color", "rgb(242, 168, 29)")
    assert dark != "rgb(242, 168, 29)"
    everywhere("round")
    room.press("adjust", seconds=-28)
    expect(large.locator(WORD)).to_have_text("Time is up", timeout=PATIENCE)
    everywhere("round")

    room.press("end")
    everywhere("break")
    expect(large.locator("[data-advice]")).to_contain_text("change tables")
    expect(large.locator("[data-map] circle")).to_have_count(30)
    expect(large.locator("body")).not_to_have_class(re.compile("ripe"))


def test_full_tables_fit_as_well(open_room: OpenRoom) -> None:
    room = open_room(table_size=8)
    page = room.wall("small")
    room.plan()
    room.press("start")
    scene(page, "round")
    expect(page.locator("[data-seats] li")).not_to_have_count(0, timeout=PATIENCE)
    assert overflow(page) == []
    assert len(_names(page)) >= 16


def test_every_scene_fits_in_italian_and_polish(open_room: OpenRoom) -> None:
    room = open_room()
    walls = [room.wall("small", locale=locale) for locale in ("it-IT", "pl-PL")]

    def everywhere(name: str) -> None:
        for page in walls:
            scene(page, name)
            assert overflow(page) == []

    everywhere("join")
    assert [page.locator("html").get_attribute("lang") for page in walls] == ["it", "pl"]
    assert "Welcome" not in "".join(page.locator("h1").first.inner_text() for page in walls)
    room.plan()
    everywhere("break")
    for number in (1, 2, 3):
        room.press("start", number)
        everywhere("round")
        if number == 1:
            leave(room, walls[0], 29)
            for page in walls:
                expect(page.locator("[data-last]")).to_be_visible(timeout=PATIENCE)
            everywhere("round")
        room.press("end", number)
    everywhere("done")
    room.send(f"/o/{room.meeting}/close")
    everywhere("closed")


def test_a_wall_that_loses_the_network_counts_on_and_says_so_quietly(open_room: OpenRoom) -> None:
    room = open_room()
    wire = Wire(room.served.port)
    page = room.wall(url=wire.url)
    room.plan()
    room.press("start")
    scene(page, "round")
    expect(page.locator("[data-net]")).to_have_text("Connected", timeout=PATIENCE)
    wire.cut()
    expect(page.locator("[data-net]")).to_have_text(re.compile("Connecting again|No network"), timeout=PATIENCE)
    before = page.locator(ROUND_CLOCK).get_attribute("aria-label")
    expect(page.locator(ROUND_CLOCK)).not_to_have_attribute("aria-label", before or "", timeout=PATIENCE)
    room.press("pause")
    wire.mend()
    expect(page.locator(WORD)).to_have_text("Paused", timeout=PATIENCE * 2)
    expect(page.locator("[data-net]")).to_have_text("Connected", timeout=PATIENCE)
    wire.close()


def test_the_pointer_and_the_buttons_go_away_when_nobody_needs_them(open_room: OpenRoom) -> None:
    room = open_room()
    page = room.wall()
    page.locator("[data-unlock]").click()
    expect(page.locator("body")).not_to_have_class(re.compile("awake"), timeout=PATIENCE)
    expect(page.locator("body")).to_have_css("cursor", "none")
    expect(page.locator("[data-tools]")).to_have_css("opacity", "0")
    # Looked at as the key is heard: four seconds later the pointer is gone again.
    page.evaluate("addEventListener('keydown', () => { window.seen = getComputedStyle(document.body).cursor; })")
    page.keyboard.press("x")
    assert page.evaluate("window.seen") == "auto"


def test_without_a_script_the_wall_is_complete_as_it_stands(open_room: OpenRoom) -> None:
    room = open_room()
    room.plan()
    room.press("start")
    page = room.wall("small", java_script_enabled=False)
    assert page.locator("[data-seats] li").count() == 10
    assert page.locator(WORD).inner_text() == "Round 1 of 3"


def test_motion_is_slow_once_and_none_where_none_is_wanted(open_room: OpenRoom) -> None:
    room = open_room()
    lasts = "getComputedStyle(document.body).transitionDuration"
    for wish, seconds in (("reduce", "0s, 0s"), ("no-preference", "2s, 2s")):
        page = room.wall(reduced_motion=wish)
        assert page.evaluate(lasts) == "0s", "back to the dark at once, or nobody could read it meanwhile"
        # In one breath: the wall draws itself every second, and this round is not ripe.
        assert page.evaluate(f"document.body.classList.add('ripe'), {lasts}") == seconds


CLOCK = {"number": 2, "of": 4, "starts_at": 1000, "ends_at": 301_000, "length_ms": 300_000, "remaining_ms": None}
SEATS = {
    "2": {
        "phase": "planned",
        "tables": {
            "10": [{"short": "Zofia Ł.", "from": 3}, {"short": "Łukasz Ż."}],
            "2": [{"short": "Ewa D.", "from": 2}, {"short": "Adam B.", "from": 10}, {"short": "Chiara D."}],
        },
        "byes": [{"short": "Marco P.", "from": 2}],
        "closed": {"10": "void"},
    }
}
COUNTS = [
    {"expected": 60, "came": 41, "in_room": 38, "visitors": 7},
    {"expected": 0, "came": 0, "in_room": 0, "visitors": 0},
    {"expected": 3, "came": 5, "in_room": 5, "visitors": 5},
    {"expected": 500, "came": 1, "in_room": 1, "visitors": 0},
]


ITEM = {"uid": "I", "kind": "welcome", "title": "Welcome", "minutes": 5, "began_at": 0, "due_at": 300_000}
PAUSE = {"uid": "P", "began_at": 0, "ends_at": 600_000, "label": ""}
STAGES: list[dict[str, Any] | None] = [
    None,
    {"item": None, "next": None, "pause": None},
    {"item": ITEM, "next": {"title": "Rounds", "minutes": 30}, "pause": None},
    {"item": {**ITEM, "due_at": None}, "next": None, "pause": None},
    {"item": {**ITEM, "kind": "rounds"}, "next": None, "pause": None},
    {"item": {**ITEM, "kind": "open_networking"}, "next": None, "pause": PAUSE},
]
TALKS = [
    None,
    *(
        {"number": 1, "of": 2, "phase": phase, "starts_at": 0, "ends_at": 50_000, "length_ms": 50_000, "who": who}
        for phase, who in (("ready", {"short": "Mira Ł."}), ("running", {"short": "Mira Ł."}), ("done", None))
    ),
]


def _moments() -> list[dict[str, Any]]:
    """Snapshots in every state a meeting can be in."""
    clocks = [None, *({**CLOCK, "phase": phase} for phase in ("planned", "running", "paused", "ended"))]
    clocks += [{**CLOCK, "number": 1, "phase": "planned"}]
    return [
        {
            "meeting": {"uid": "M", "status": status.value},
            "clock": clock,
            "seats": seats,
            "counts": COUNTS[0],
            "stage": stage,
            "talk": talk,
            "sound": sound,
        }
        for status in MeetingStatus
        for clock in clocks
        for seats in (SEATS, {"2": {"tables": {}, "byes": []}}, {})
        for stage in STAGES
        for talk in TALKS
        for sound in (None, {"level": 70, "half_time": False, "last_seconds": 60})
    ]


def test_the_servers_first_paint_and_the_script_know_the_same(open_room: OpenRoom) -> None:
    page = open_room().wall("small")
    script = page.locator("script[src*='display/screen.js']").get_attribute("src")
    assert script is not None
    address = script.replace("screen.js", "scene.js")

    def ask(body: str, *values: object) -> Any:
        return page.evaluate(
            f"async ([address, values]) => {{ const s = await import(address); {body} }}", [address, list(values)]
        )

    moments = json.loads(json.dumps(_moments()))
    assert ask("return values[0].map(s.sceneOf);", moments) == [wall.scene_of(each) for each in moments]
    timers = ask("return values[0].map((each) => s.timerOf(each));", moments)
    assert timers == [vars(wall.timer_of(each, wall.scene_of(each))) for each in moments]
    halves = [0, 150_999, 151_000, 170_999, 171_000]
    half = ask("return values[0].map((now) => s.isHalf(values[1], now, null));", halves, {**CLOCK, "phase": "running"})
    assert half == [wall.is_half({**CLOCK, "phase": "running"}, now, None) for now in halves]
    assert half == [False, False, True, True, False]
    times = [0, 1000, 270_999, 271_000, 301_000, 400_000]
    running = {**CLOCK, "phase": "running"}
    ripe = ask("return values[0].map((now) => s.isRipe(values[1], now));", times, running)
    assert ripe == [wall.is_ripe(running, now) for now in times] == [False, False, False, True, True, True]
    tables = [
        [each["table"], each["names"], each["closed"]] for each in ask("return s.tablesOf(values[0]);", SEATS["2"])
    ]
    assert tables == [list(each) for each in wall.tables_of(SEATS["2"])]
    moves = [[each["name"], each["from"], each["to"]] for each in ask("return s.movesOf(values[0], 'pl');", SEATS["2"])]
    assert moves == [list(each) for each in wall.moves_of(SEATS["2"])]
    assert ask("return values[0].map(s.placesOf);", COUNTS) == [wall.places_of(each) for each in COUNTS]
    full: list[wall.Tables] = [[(1, ["A."] * people, None)] for people in range(14)]
    plain = [[{"table": 1, "names": people, "closed": shut} for _, people, shut in each] for each in full]
    expected = [[wall.tables_a_page(each), wall.lines_of(each)] for each in full]
    assert ask("return values[0].map((each) => [s.tablesAPage(each), s.linesOf(each)]);", plain) == expected
