"""Projectors in a real browser against a real server with a full room, and the facilitator's hand in it."""

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from server import assets
from server.domain.vocabulary import Standing
from server.persistence.models import Group, Meeting
from server.services import attendance, check_ins
from server.services.check_ins import Desk
from server.services.context import Context, Tx
from tests import builders
from tests.cast import Character
from tests.mornings import Morning, make_morning
from tests.serving import Served

PATIENCE = 60_000
"""Milliseconds; the machine may be busy."""
SIZES = {"large": (1920, 1080), "small": (1280, 720)}
GIVEN = ("Bartłomiej", "Francesca", "Małgorzata", "Alessandro", "Elisabetta", "Krzysztof", "Zuzanna", "Giulia", "Ed")
FAMILY = ("Wiśniewska", "Bianchi", "Szymańska", "D'Angelo", "Hughes", "Zielińska")
PEOPLE = 60


def crowd(ctx: Context, *, table_size: int = 2) -> Morning:
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

    def state(self) -> dict[str, Any]:
        """The snapshot of the facilitator's screen."""
        self.send(f"/run/{self.meeting}/sound")  # changes nothing; the presser's page is open then
        assert self._presser is not None, "it has just pressed"
        path = f"/state/{self.meeting}"
        return dict(self._presser.evaluate("async path => (await fetch(path)).json()", path)["snapshot"])

    def plan(self) -> None:
        """The facilitator plans the rounds for who is here, and waits until the planner is done."""
        self.send(f"/run/{self.meeting}/plan")
        assert self._presser is not None, "it has just pressed"
        until = time.monotonic() + PATIENCE / 1000
        while not self._is_planned(self._presser):
            assert time.monotonic() < until, self.served.log
            time.sleep(0.2)
        self._version = 0

    def _is_planned(self, page: Page) -> bool:
        answer = page.evaluate("async path => (await fetch(path)).json()", f"/state/{self.meeting}")
        shown = answer["snapshot"]
        return bool(shown["clock"]) and bool(shown["plan"]["run"]) and not shown["plan"]["run"]["live"]

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


def scene(page: Page, name: str) -> None:
    """The wall shows this scene and no other."""
    expect(page.locator(f'[data-scene="{name}"]')).not_to_have_attribute("hidden", "", timeout=PATIENCE)
    expect(page.locator("[data-scene]:not([hidden])")).to_have_count(1)


def leave(room: Room, page: Page, seconds: int) -> None:
    """The facilitator leaves the round about so many seconds, by what the wall shows."""
    label = page.locator('[data-scene="round"] [data-clock]').get_attribute("aria-label") or ""
    minutes, rest = map(int, label.rsplit(" ", 1)[1].split(":"))
    room.press("adjust", seconds=seconds - (60 * minutes + rest))


def overflow(page: Page) -> list[str]:
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


def broken_rules(page: Page) -> list[str]:
    """What an accessibility checker finds wrong."""
    page.evaluate(assets.vendor("axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("""() => axe.run(document, {runOnly: {type: 'tag', values:
        ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})""")
    assert len(found["passes"]) > 10, "axe looked at the page"
    return [
        f"{rule['id']}: {node['html'][:120]} {node['failureSummary'][:160]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def share(page: Page, part: str) -> float:
    """How much of the wall's height a part takes."""
    box = page.locator(part).bounding_box()
    assert box is not None
    viewport = page.viewport_size
    assert viewport is not None
    return box["height"] / viewport["height"]
