"""Every page of a running morning, in three languages and two schemes: nothing for axe to report, nothing sideways.

The full walk takes minutes and runs with the slow jobs; a plain run walks every page once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from server import assets
from server.domain.vocabulary import Role
from server.persistence.models import Person
from server.services import planning, rounds
from server.services.context import Context
from tests import builders
from tests.conftest import Browser as Client
from tests.mornings import Morning, make_morning
from tests.rooms import everybody_in
from tests.serving import Served, serve

pytestmark = pytest.mark.browser
AXE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NOBODY = ("/", "/sign-in", "/about", "/nowhere", "/B/0000000000000", "/display")
OLGA = (
    "/o/", "/o/{m}", "/o/{m}/edit", "/o/{m}/repeat", "/o/{m}/people", "/o/{m}/registration", "/o/{m}/badges",
    "/o/{m}/papers", "/o/{m}/papers/wifi", "/o/{m}/printing", "/o/{m}/printing/calibration", "/o/{m}/figures",
    "/o/figures", "/o/meetings", "/o/meetings/new", "/o/people", "/o/people/new", "/o/people/import",
    "/o/people/changes", "/o/people/duplicates", "/o/people/sectors", "/o/group", "/o/group/devices",
    "/o/people/{mira}/erase",
    "/o/{m}/door", "/o/{m}/door/paper", "/o/{m}/door/poster", "/desk/{m}", "/desk/{m}/packets", "/kiosk/{m}",
    "/run/{m}", "/run/{m}/seats", "/run/{m}/log", "/o/{m}/packets", "/o/{m}/report", "/o/{m}/slips", "/o/{m}/growth",
    "/o/numbers", "/o/report", "/o/referral-rules",
    "/o/{m}/messages", "/o/{m}/messages/reminder", "/o/{m}/empty-chair", "/o/{m}/duties",
    "/o/{m}/fees", "/desk/{m}/fees", "/o/{m}/lists/people", "/o/meetings/list",
    "/o/leaders", "/o/fruit", "/o/letters",
    "/o/lights", "/o/lights/table", "/o/lights/{mira}", "/o/matrix", "/o/weeks", "/o/weeks/sum", "/o/weeks/2026-11-16",
    "/o/{m}/counted/expected", "/o/counted/given?weeks=26",
)  # fmt: skip
MIRA = (
    "/me/{m}", "/me/card", "/B/{max}", "/referrals", "/referrals/new", "/referrals/group", "/referrals/list",
    "/referrals/quality", "/referrals/quality/given", "/thanks", "/activity", "/follow-ups", "/follow-ups/{m}",
    "/meetings", "/referrals/mine", "/referrals/mine/meetings", "/referrals/mine/contacts", "/referrals/lights",
    "/referrals/letter",
)  # fmt: skip
CARE = ("/o/care", "/o/care/{mira}")
DISPLAY = ("/display/{m}",)


@dataclass(frozen=True)
class Walk:
    """Whose pages, in which language and scheme, on how wide a screen."""

    language: str
    scheme: str
    width: int

    def __str__(self) -> str:
        return f"{self.language}-{self.scheme}-{self.width}"


# Every pair of language, scheme and width once: words decide what fits, schemes what can be read.
FULL = [
    Walk("en", "light", 320), Walk("en", "dark", 1280), Walk("it", "light", 1280),
    Walk("it", "dark", 320), Walk("pl", "dark", 320), Walk("pl", "light", 1280),
]  # fmt: skip
PLAIN = [Walk("pl", "dark", 320), Walk("it", "light", 1280)]
WALKS = [pytest.param(walk, id=str(walk), marks=[] if walk in PLAIN else [pytest.mark.slow]) for walk in FULL]


def _running(ctx: Context) -> Morning:
    """A morning in its first round, with a request for contacts on the way."""
    morning = make_morning(ctx)
    morning.tokens["care"] = builders.signed_in(
        ctx, morning.people["Fiona"], role=Role.CARE, group_id=morning.group_id
    )
    everybody_in(morning)
    planning.plan(ctx, meeting_id=morning.meeting_id, seconds=0.2)
    rounds.start(ctx, meeting_id=morning.meeting_id, number=1, version=0)
    return morning


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served[Morning]]:
    """One server for every walk."""
    with serve(tmp_path_factory.mktemp("pages"), _running) as running:
        yield running


def _complaints(page: Page, path: str, width: int, wide: bool) -> list[str]:
    """What axe, the width and the console have to say of a page."""
    heard: list[str] = []
    page.on("pageerror", lambda error: heard.append(f"{path}: {error}"))
    page.goto(path, wait_until="load")
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(150)
    page.evaluate(assets.vendor("axe.min.js").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(
        "async (tags) => (await axe.run(document, { runOnly: { type: 'tag', values: tags } })).violations", AXE
    )
    heard += [f"{path}: {each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]
    over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if over > 0 and not wide:
        heard.append(f"{path}: {over} px too wide at {width} px")
    return heard


def _context(browser: Browser, served: Served[Morning], walk: Walk, who: str | None) -> BrowserContext:
    context = browser.new_context(
        base_url=served.url,
        locale=walk.language,
        color_scheme=walk.scheme,  # type: ignore[arg-type]  # "light" or "dark"
        viewport={"width": walk.width, "height": 800},
        reduced_motion="reduce",
    )
    if who is not None:
        context.add_cookies([{"name": "coltiva", "value": served.data.tokens[who], "url": served.url}])
    return context


@pytest.mark.parametrize("walk", WALKS)
def test_every_page_is_clean(walk: Walk, served: Served[Morning], chromium: Browser) -> None:
    morning = served.data
    with morning.ctx.reading() as db:
        mira = db.get_one(Person, morning.people["Mira"]).uid
    heard: list[str] = []
    for who, paths in ((None, NOBODY), ("Olga", OLGA), ("Mira", MIRA), ("care", CARE), ("display", DISPLAY)):
        context = _context(chromium, served, walk, who)
        page = context.new_page()
        for path in paths:
            address = path.format(m=morning.meeting_uid, max=morning.codes["Max"], mira=mira)
            # The projector is never held in a hand.
            heard += _complaints(page, address, walk.width, wide=who == "display" and walk.width < 1000)
        assert page.locator("html").get_attribute("lang") == walk.language
        context.close()
    assert heard == []


def test_every_page_is_on_the_walk(app: Flask, morning: Morning, browser: Callable[[str | None], Client]) -> None:
    """Whatever page a person reaches by an address of the meeting or of none is looked at, new ones too."""
    walked = {path.split("?")[0] for path in (*NOBODY, *OLGA, *MIRA, *CARE, *DISPLAY)}
    forgotten = set()
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or not rule.arguments <= {"meeting"} or rule.rule in walked:
            continue
        named = rule.rule.replace("<meeting>", "{m}").replace("<uid:meeting>", "{m}")
        if named in walked:
            continue
        for who in ("Olga", "Mira"):
            reply = browser(who).client.get(named.format(m=morning.meeting_uid), headers={"Accept": "text/html"})
            if reply.status_code == 200 and reply.mimetype == "text/html" and b"<html" in reply.data:
                forgotten.add(named)
    assert not forgotten, ", ".join(sorted(forgotten))
