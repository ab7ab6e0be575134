"""The wall in a real browser against a real server with sixty people in the room, at both sizes a projector has."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from server import assets
from server.domain.vocabulary import MeetingStatus, Standing
from server.persistence.models import Group, Meeting
from server.services import attendance, check_ins
from server.services.check_ins import Desk
from server.services.context import Context, Tx
from server.views import wall
from tests import builders
from tests.cast import Character
from tests.mornings import Morning, make_morning
from tests.serving import Served, Wire, serve

pytestmark = pytest.mark.browser
PATIENCE = 20_000
"""Milliseconds; the machine may be busy."""
SIZES = {"large": (1920, 1080), "small": (1280, 720)}
GIVEN = ("Bartłomiej", "Francesca", "Małgorzata", "Alessandro", "Elisabetta", "Krzysztof", "Zuzanna", "Giulia", "Ed")
FAMILY = ("Wiśniewska", "Bianchi", "Szymańska", "D'Angelo", "Hughes", "Zielińska")
PEOPLE = 60


def _crowd(ctx: Context, *, table_size: int = 2) -> Morning:
    """The cast's morning with as many more members as make sixty; all but Vik are in."""
    morning = make_morning(ctx)

    def work(tx: Tx) -> None:
        group = tx.db.get_one(Group, morning.group_id)
        meeting = tx.db.get_one(Meeting, morning.meeting_id)
        meeting.table_size = table_size
        meeting.rounds_wanted = 3
        for number in range(PEOPLE - len(morning.attendances)):
            given, family = GIVEN[number % len(GIVEN)], FAMILY[number % len(FAMILY)]
            who = Character(given, family, "Somewhere Ltd", "Florist", f"p{number}@example.org")
            builders.an_attendance(tx, meeting, builders.a_member(tx, group, who), Standing.MEMBER)

    ctx.transaction(work)
    for person in attendance.everybody(ctx, morning.meeting_id):
        if person.given_name != "Vik":
            door = Desk(None, "Door 1")
            check_ins.admit_by_name(ctx, meeting_id=morning.meeting_id, attendance_uid=person.uid, desk=door)
    return morning


class Room:
    """A served crowd, a facilitator's and a door's hand in it, and walls that must stay without errors."""

    def __init__(self, served: Served[Morning], chromium: Browser) -> None:
        self.served = served
        self.chromium = chromium
        self.meeting = served.data.meeting_uid
        self.contexts: list[BrowserContext] = []
        self.wrong: list[str] = []
        self._version = 0
        self._presser: Page | None = None

    def wall(self, size: str = "large", *, url: str = "", who: str = "display", **options: Any) -> Page:
        """A projector of that size."""
        width, height = SIZES[size]
        base = url or self.served.url
        context = self._context(base, who, viewport={"width": width, "height": height}, **options)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        own = (base, base.replace("http", "ws"))
        page.on("request", lambda asked: asked.url.startswith(own) or self.wrong.append(asked.url))
        page.goto(f"{base}/display/{self.meeting}")
        return page

    def _context(self, base: str, who: str, **options: Any) -> BrowserContext:
        context = self.chromium.new_context(**({"locale": "en-GB", "reduced_motion": "reduce"} | options))
        self.contexts.append(context)
        context.add_cookies([{"name": "coltiva", "value": self.served.data.tokens[who], "url": base}])
        return context

    def send(self, path: str, **body: object) -> dict[str, Any]:
        """A write of Olga's at her console."""
        if self._presser is None:
            self._presser = self._context(self.served.url, "Olga").new_page()
            self._presser.goto(f"{self.served.url}/about")
        answer = self._presser.evaluate(
            """async ([path, body]) => {
                const token = document.querySelector("meta[name=csrf]").content;
                const headers = {"Content-Type": "application/json", "X-CSRF-Token": token};
                const answer = await fetch(path, {method: "POST", body: JSON.stringify(body), headers});
                return answer.headers.get("Content-Type").includes("json") ? answer.json() : {ok: answer.ok};
            }""",
            [path, body],
        )
        assert answer["ok"], answer
        return dict(answer)

    def plan(self) -> None:
        """The facilitator plans the rounds for who is here."""
        self.send(f"/run/{self.meeting}/plan")
        self._version = 0

    def press(self, verb: str, number: int = 1, **more: object) -> None:
        """The facilitator presses a button of a round."""
        if verb == "start":
            self._version = 0
        path = f"/run/{self.meeting}/rounds/{number}/{verb}"
        self.send(path, version=self._version, **more)
        self._version += 1

    def say(self, message: str) -> None:
        """The organiser's line."""
        self.send(f"/run/{self.meeting}/message", message=message)

    def close(self) -> None:
        """The test is over."""
        for context in self.contexts:
            context.close()
        assert not self.wrong
        assert not [line for line in self.served.log if "Traceback" in line], self.served.log


OpenRoom = Callable[..., Room]


@pytest.fixture
def open_room(tmp_path: Path, chromium: Browser) -> Iterator[OpenRoom]:
    running: list[tuple[Any, Room]] = []

    def open_one(**more: int) -> Room:
        server = serve(tmp_path, lambda ctx: _crowd(ctx, **more), "--base-url", "http://meet.lan")
        running.append((server, Room(server.__enter__(), chromium)))
        return running[-1][1]

    yield open_one
    for server, room in running:
        try:
            room.close()
        finally:
            server.__exit__(None, None, None)


def _scene(page: Page, name: str) -> None:
    expect(page.locator(f'[data-scene="{name}"]')).not_to_have_attribute("hidden", "", timeout=PATIENCE)
    expect(page.locator("[data-scene]:not([hidden])")).to_have_count(1)


def _overflow(page: Page) -> list[str]:
    """What scrolls, or stands outside its part of the wall."""
    return list(
        page.evaluate("""() => {
            const {scrollWidth, scrollHeight} = document.documentElement;
            const wrong = scrollWidth > innerWidth || scrollHeight > innerHeight ? ["the page scrolls"] : [];
            const main = document.querySelector("main").getBoundingClientRect();
            for (const each of document.querySelectorAll("main :is(h1, h2, li, p, .ring, .clock, .qrbox, .map)")) {
                const {height, top, bottom, right} = each.getBoundingClientRect();
                if (height && (top < main.top - 1 || bottom > main.bottom + 1 || right > innerWidth + 1))
                    wrong.push(`${each.tagName} ${each.getAttribute("class")} ${each.textContent.slice(0, 30)}`);
            }
            return wrong;
        }""")
    )


def _broken_rules(page: Page) -> list[str]:
    page.evaluate(assets.vendor("axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("""() => axe.run(document, {runOnly: {type: 'tag', values:
        ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})""")
    assert len(found["passes"]) > 10, "axe looked at the page"
    return [
        f"{rule['id']}: {node['html'][:120]} {node['failureSummary'][:160]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def _share(page: Page, part: str) -> float:
    """How much of the wall's height a part takes."""
    box = page.locator(part).bounding_box()
    assert box is not None
    viewport = page.viewport_size
    assert viewport is not None
    return box["height"] / viewport["height"]


def _names(page: Page) -> list[str]:
    return list(page.locator("[data-seats] li > span:not(.table-no)").all_inner_texts())


def test_a_morning_on_the_wall(open_room: OpenRoom) -> None:
    """One server, two projectors, every scene: it fits, it can be read, it follows."""
    room = open_room()
    walls = [room.wall(size) for size in SIZES]
    large, small = walls

    def everywhere(scene: str) -> None:
        for page in walls:
            _scene(page, scene)
            assert _overflow(page) == []
        assert _broken_rules(small) == []

    everywhere("join")
    expect(large.locator("[data-here]")).to_have_text("59")
    room.send(f"/desk/{room.meeting}/check-ins", code=room.served.data.codes["Vik"])
    expect(large.locator("[data-here]")).to_have_text("60", timeout=PATIENCE)
    expect(large.locator("[data-bed] .bloom")).to_have_count(1)

    room.plan()
    everywhere("break")
    assert large.locator("[data-moves] li").count() == 20

    room.press("start")
    everywhere("round")
    for page in walls:
        assert _share(page, "[data-clock]") >= 0.3
        assert _share(page, "[data-ring]") >= 0.3
        expect(page.locator("[data-word]")).to_have_text("Round 1 of 3")
    first = _names(large)
    assert len(first) == 20
    expect(large.locator("[data-pages=seats]")).to_have_attribute("aria-label", "Page 2 of 3", timeout=PATIENCE)
    assert _names(large) != first, "the next page shows other tables"

    room.say("A grey Fiat with its lights on stands before the door of the hotel.")
    for page in walls:
        expect(page.locator("[data-message]")).to_contain_text("grey Fiat", timeout=PATIENCE)
        assert _share(page, "[data-clock]") >= 0.3
    everywhere("round")
    room.say("")
    expect(large.locator("[data-message]")).to_be_hidden()

    room.press("pause")
    expect(large.locator("[data-word]")).to_have_text("Paused", timeout=PATIENCE)
    everywhere("round")
    room.press("resume")

    dark = large.evaluate("getComputedStyle(document.body).backgroundColor")
    room.press("adjust", seconds=-250)
    expect(large.locator("[data-last]")).to_be_visible(timeout=PATIENCE * 2)
    assert large.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(242, 168, 29)" != dark
    everywhere("round")
    room.press("adjust", seconds=-28)
    expect(large.locator("[data-word]")).to_have_text("Time is up", timeout=PATIENCE)
    everywhere("round")

    room.press("end")
    everywhere("break")
    expect(large.locator("[data-advice]")).to_contain_text("change tables")
    assert large.locator("[data-map] circle").count() == 30
    assert "proj ripe" not in (large.locator("body").get_attribute("class") or "")


def test_full_tables_fit_as_well(open_room: OpenRoom) -> None:
    room = open_room(table_size=8)
    page = room.wall("small")
    room.plan()
    room.press("start")
    _scene(page, "round")
    expect(page.locator("[data-seats] li")).not_to_have_count(0, timeout=PATIENCE)
    assert _overflow(page) == []
    assert len(_names(page)) >= 16


def test_every_scene_fits_in_italian_and_polish(open_room: OpenRoom) -> None:
    room = open_room()
    walls = [room.wall("small", locale=locale) for locale in ("it-IT", "pl-PL")]

    def everywhere(scene: str) -> None:
        for page in walls:
            _scene(page, scene)
            assert _overflow(page) == []

    everywhere("join")
    assert [page.locator("html").get_attribute("lang") for page in walls] == ["it", "pl"]
    assert "Welcome" not in "".join(page.locator("h1").first.inner_text() for page in walls)
    room.plan()
    everywhere("break")
    for number in (1, 2, 3):
        room.press("start", number)
        everywhere("round")
        if number == 1:
            room.press("adjust", seconds=-280)
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
    _scene(page, "round")
    expect(page.locator("[data-net]")).to_be_hidden()
    wire.cut()
    expect(page.locator("[data-net]")).to_be_visible(timeout=PATIENCE)
    before = page.locator("[data-clock]").get_attribute("aria-label")
    expect(page.locator("[data-clock]")).not_to_have_attribute("aria-label", before or "", timeout=PATIENCE)
    room.press("pause")
    wire.mend()
    expect(page.locator("[data-word]")).to_have_text("Paused", timeout=PATIENCE * 2)
    expect(page.locator("[data-net]")).to_be_hidden()
    wire.close()


def test_the_pointer_and_the_buttons_go_away_and_the_bells_say_whether_they_are_on(open_room: OpenRoom) -> None:
    room = open_room()
    page = room.wall()
    bells = page.locator("[data-sound]")
    expect(bells).to_have_attribute("aria-pressed", "false")
    expect(page.locator("body")).not_to_have_class("proj awake", timeout=PATIENCE)
    assert page.evaluate("getComputedStyle(document.body).cursor") == "none"
    assert page.evaluate("getComputedStyle(document.querySelector('[data-tools]')).opacity") == "0"
    page.keyboard.press("b")
    expect(bells).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
    expect(bells).to_contain_text("Bells on")
    assert page.evaluate("getComputedStyle(document.body).cursor") == "auto"
    page.keyboard.press("b")
    expect(bells).to_have_attribute("aria-pressed", "false", timeout=PATIENCE)


def test_without_a_script_the_wall_is_complete_as_it_stands(open_room: OpenRoom) -> None:
    room = open_room()
    room.plan()
    room.press("start")
    page = room.wall("small", java_script_enabled=False)
    assert page.locator("[data-seats] li").count() == 10
    assert page.locator("[data-word]").inner_text() == "Round 1 of 3"


def test_motion_is_slow_once_and_none_where_none_is_wanted(open_room: OpenRoom) -> None:
    room = open_room()
    lasts = "getComputedStyle(document.body).transitionDuration"
    for wish, seconds in (("reduce", "0s, 0s"), ("no-preference", "2s, 2s")):
        page = room.wall(reduced_motion=wish)
        assert page.evaluate(lasts) == "0s", "back to the dark at once, or nobody could read it meanwhile"
        page.evaluate("document.body.classList.add('ripe')")
        assert page.evaluate(lasts) == seconds


CLOCK = {"number": 2, "of": 4, "starts_at": 1000, "ends_at": 301_000, "length_ms": 300_000, "remaining_ms": None}
SEATS = {
    "2": {
        "phase": "planned",
        "tables": {
            "10": [{"short": "Zofia Ł.", "from": 3}, {"short": "Łukasz Ż."}],
            "2": [{"short": "Ewa D.", "from": 2}, {"short": "Adam B.", "from": 10}, {"short": "Chiara D."}],
        },
        "byes": [{"short": "Marco P.", "from": 2}],
    }
}
COUNTS = [
    {"expected": 60, "came": 41, "in_room": 38, "visitors": 7},
    {"expected": 0, "came": 0, "in_room": 0, "visitors": 0},
    {"expected": 3, "came": 5, "in_room": 5, "visitors": 5},
    {"expected": 500, "came": 1, "in_room": 1, "visitors": 0},
]


def _moments() -> list[dict[str, Any]]:
    """Snapshots in every state a meeting can be in."""
    clocks = [None, *({**CLOCK, "phase": phase} for phase in ("planned", "running", "paused", "ended"))]
    return [
        {"meeting": {"status": status.value}, "clock": clock, "seats": seats, "counts": COUNTS[0]}
        for status in MeetingStatus
        for clock in clocks
        for seats in (SEATS, {"2": {"tables": {}, "byes": []}}, {})
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
    times = [0, 1000, 270_999, 271_000, 301_000, 400_000]
    running = {**CLOCK, "phase": "running"}
    ripe = ask("return values[0].map((now) => s.isRipe(values[1], now));", times, running)
    assert ripe == [wall.is_ripe(running, now) for now in times] == [False, False, False, True, True, True]
    tables = [[each["table"], each["names"]] for each in ask("return s.tablesOf(values[0]);", SEATS["2"])]
    assert tables == [list(each) for each in wall.tables_of(SEATS["2"])]
    moves = [[each["name"], each["from"], each["to"]] for each in ask("return s.movesOf(values[0], 'pl');", SEATS["2"])]
    assert moves == [list(each) for each in wall.moves_of(SEATS["2"])]
    assert ask("return values[0].map(s.placesOf);", COUNTS) == [wall.places_of(each) for each in COUNTS]
    full: list[wall.Tables] = [[(1, ["A."] * people)] for people in range(14)]
    plain = [[{"table": 1, "names": people} for _, people in each] for each in full]
    expected = [[wall.tables_a_page(each), wall.lines_of(each)] for each in full]
    assert ask("return values[0].map((each) => [s.tablesAPage(each), s.linesOf(each)]);", plain) == expected
