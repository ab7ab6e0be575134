"""The sound test from the console, with a wall that must first be allowed to sound."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.mornings import Morning, make_morning
from tests.rooms import everybody_in
from tests.serving import Served, serve
from tests.walls import PATIENCE, broken_rules

pytestmark = pytest.mark.browser


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served[Morning]]:
    def prepare(ctx: object) -> Morning:
        morning = make_morning(ctx)  # type: ignore[arg-type]  # the Context of the server to come
        everybody_in(morning)
        return morning

    with serve(tmp_path, prepare) as running:
        yield running
    assert not [line for line in running.log if "Traceback" in line], running.log


def _page(chromium: Browser, served: Served[Morning], who: str, path: str) -> tuple[BrowserContext, Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB", reduced_motion="reduce")
    context.add_cookies([{"name": "coltiva", "value": served.data.tokens[who], "url": served.url}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{served.url}/{path}/{served.data.meeting_uid}")
    expect(page.locator("[data-net]")).to_have_text(re.compile("Connected"), timeout=PATIENCE)
    return context, page


def test_the_facilitator_tries_the_bells_sets_them_and_hears_from_the_back(
    chromium: Browser, served: Served[Morning]
) -> None:
    there, wall = _page(chromium, served, "display", "display")
    here, console = _page(chromium, served, "Fiona", "run")
    panel = console.locator("[data-sound-panel]")
    expect(panel).to_contain_text("No display can be heard.", timeout=PATIENCE)
    wall.get_by_role("button", name="Tap for sound").click()
    expect(panel).to_contain_text("1 display can be heard", timeout=PATIENCE)
    expect(panel.locator("[data-sound-none]")).to_be_hidden()

    console.keyboard.press("b")
    expect(wall.locator("[data-message]")).to_contain_text("Can you hear the bell", timeout=PATIENCE)
    panel.get_by_role("button", name="Heard at the back").click()
    expect(panel).to_contain_text("Heard at the back at this loudness", timeout=PATIENCE)

    panel.locator("summary").click()
    level = panel.get_by_label("Loudness")
    expect(level).to_have_value("70")
    level.focus()
    for _ in range(4):
        console.keyboard.press("ArrowRight")
    expect(panel.locator("[data-sound-level]")).to_have_text("90")
    expect(panel.locator("[data-sound-heard]")).to_be_hidden(timeout=PATIENCE)
    panel.get_by_label("Bell at half-time").uncheck()
    panel.get_by_label("The last seconds").select_option("60")
    other, second = _page(chromium, served, "Olga", "run")
    second.locator("[data-sound-panel] summary").click()
    expect(second.get_by_label("Loudness")).to_have_value("90", timeout=PATIENCE)
    expect(second.get_by_label("The last seconds")).to_have_value("60", timeout=PATIENCE)
    expect(second.get_by_label("Bell at half-time")).not_to_be_checked()
    for width in (1280, 320):
        console.set_viewport_size({"width": width, "height": 800})
        assert broken_rules(console) == []
        assert console.evaluate("document.documentElement.scrollWidth") <= width
    for context in (there, here, other):
        context.close()
