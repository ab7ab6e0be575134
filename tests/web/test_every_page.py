"""Every page of a running morning, in three languages and two schemes: nothing for axe to report, nothing sideways.

The full walk takes minutes and runs with the slow jobs; a plain run walks every page once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from server import assets
from server.services import planning, rounds
from server.services.context import Context
from tests.mornings import Morning, make_morning
from tests.rooms import everybody_in
from tests.serving import Served, serve

pytestmark = pytest.mark.browser
AXE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LANGUAGES = ("en", "it", "pl")
SCHEMES = ("light", "dark")
NOBODY = ("/", "/sign-in", "/about", "/nowhere", "/B/0000000000000", "/display")
OLGA = (
    "/o/", "/o/{m}", "/o/{m}/edit", "/o/{m}/people", "/o/{m}/badges", "/o/{m}/figures", "/o/figures", "/o/meetings",
    "/o/meetings/new", "/o/people", "/o/people/new", "/o/people/import", "/o/group", "/o/group/devices", "/run/{m}",
    "/desk/{m}",
)  # fmt: skip
MIRA = ("/me/{m}", "/me/card", "/B/{max}", "/referrals", "/referrals/new", "/follow-ups", "/follow-ups/{m}")
DISPLAY = ("/display/{m}",)


@dataclass(frozen=True)
class Walk:
    """Whose pages, in which language and scheme, on how wide a screen."""

    language: str
    scheme: str
    width: int

    def __str__(self) -> str:
        return f"{self.language}-{self.scheme}-{self.width}"


FULL = [Walk(language, scheme, width) for language in LANGUAGES for scheme in SCHEMES for width in (320, 1280)]
PLAIN = [Walk("pl", "dark", 320), Walk("it", "light", 1280)]
WALKS = [
    pytest.param(walk, id=str(walk), marks=[] if walk in PLAIN else [pytest.mark.slow]) for walk in FULL
]


def _running(ctx: Context) -> Morning:
    """A morning in its first round, with a request for contacts on the way."""
    morning = make_morning(ctx)
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
    heard: list[str] = []
    for who, paths in ((None, NOBODY), ("Olga", OLGA), ("Mira", MIRA), ("display", DISPLAY)):
        context = _context(chromium, served, walk, who)
        page = context.new_page()
        for path in paths:
            address = path.format(m=morning.meeting_uid, max=morning.codes["Max"])
            # The projector is never held in a hand.
            heard += _complaints(page, address, walk.width, wide=who == "display" and walk.width < 1000)
        assert page.locator("html").get_attribute("lang") == walk.language
        context.close()
    assert heard == []
