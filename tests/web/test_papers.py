"""Paper in a real browser: the page that follows the form, everything in one press, one badge at the door."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from server import assets
from server.services.context import Context
from tests.mornings import Morning, make_morning
from tests.rooms import seat_rounds
from tests.serving import Served, serve

pytestmark = pytest.mark.browser
PATIENCE = 60_000
"""Milliseconds; the machine may be busy. Nothing here waits by the clock."""
BROKEN = """() => axe.run(document, {runOnly: {type: 'tag', values:
    ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})"""
SHEET = "[data-look-sheet] svg"


def _prepared(ctx: Context) -> Morning:
    morning = make_morning(ctx)
    seat_rounds(morning, [[["Mira", "Max"], ["Olga", "Vik"], ["Fiona", "Dora"]]])
    return morning


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served[Morning]]:
    with serve(tmp_path_factory.mktemp("papers"), _prepared) as running:
        yield running
    assert not [line for line in running.log if "Traceback" in line], running.log


def _context(chromium: Browser, served: Served[Morning], who: str, **options: Any) -> BrowserContext:
    context = chromium.new_context(base_url=served.url, locale="en-GB", reduced_motion="reduce", **options)
    context.add_cookies([{"name": "coltiva", "value": served.data.tokens[who], "url": served.url}])
    context.set_default_timeout(PATIENCE)
    return context


@pytest.fixture
def olga(chromium: Browser, served: Served[Morning]) -> Iterator[Page]:
    """Olga's laptop, which must stay without errors and foreign requests."""
    wrong: list[str] = []
    context = _context(chromium, served, "Olga", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console",
        # A refused look answers 422, and one line is cut on purpose; Chromium notes both, and the page expects them.
        lambda line: wrong.append(line.text) if line.type == "error" and "Failed to load" not in line.text else None,
    )
    page.on("request", lambda asked: asked.url.startswith((served.url, "blob:")) or wrong.append(asked.url))
    yield page
    context.close()
    assert not wrong


@pytest.fixture
def here(served: Served[Morning]) -> str:
    return f"/o/{served.data.meeting_uid}"


def test_the_page_follows_the_form_and_says_what_is_wrong_in_place(olga: Page, here: str) -> None:
    olga.goto(f"{here}/badges")
    expect(olga.locator(SHEET)).to_be_visible()
    pages = olga.locator("[data-look-pages]")
    expect(pages).to_have_text("Page 1 of 1")
    olga.get_by_label("First free label").fill("8")
    expect(pages).to_have_text("Page 1 of 2")
    olga.get_by_role("button", name="Later page").click()
    expect(pages).to_have_text("Page 2 of 2")
    olga.get_by_label("First free label").fill("99")
    wrong = olga.locator("[data-look-error]")
    expect(wrong).to_contain_text("between 1 and 10")
    expect(olga.locator(SHEET)).to_have_count(0)
    olga.get_by_label("First free label").fill("1")
    expect(wrong).to_be_hidden()
    expect(pages).to_have_text("Page 1 of 1")
    expect(olga.locator("[data-new-stock]")).to_be_visible()


def test_only_the_newest_wish_is_drawn_however_slowly_the_first_one_comes(olga: Page, here: str) -> None:
    held: list[Route] = []
    sent: list[str] = []

    def hold(route: Route) -> None:
        found = re.search(r'name="start_at"\r\n\r\n(\d+)', route.request.post_data or "")
        sent.append(found[1] if found else "")
        if len(sent) == 1:
            held.append(route)  # the first drawing takes for ever
        else:
            route.continue_()

    olga.clock.install()
    olga.route("**/badges/look", hold)
    olga.goto(f"{here}/badges")
    sheet = olga.locator("[data-look-sheet]")
    expect(sheet).to_have_attribute("aria-busy", "true")
    expect(olga.locator("[data-look-state]")).to_have_text("Drawing the page")
    for number in ("2", "3", "9"):
        olga.get_by_label("First free label").fill(number)
        olga.clock.run_for(500)  # longer than the form's own pause
    assert sent == ["1"], "one drawing at a time"
    held[0].continue_()
    expect(olga.locator("[data-look-pages]")).to_have_text("Page 1 of 2")
    expect(sheet).not_to_have_attribute("aria-busy", "true")
    assert sent == ["1", "9"], "what was wished for in between is left out"


def test_without_an_answer_the_page_says_so_and_draws_again_with_the_next_change(olga: Page, here: str) -> None:
    olga.route("**/papers/slips/look", lambda route: route.abort(), times=1)
    olga.goto(f"{here}/papers/slips")
    expect(olga.locator("[data-look-error]")).to_contain_text("No answer.")
    olga.get_by_label("Pages").fill("2")
    expect(olga.locator("[data-look-pages]")).to_have_text("Page 1 of 2")


def test_everything_for_the_meeting_is_one_press(olga: Page, here: str) -> None:
    olga.goto(f"{here}/papers")
    expect(olga.locator("[data-look-pages]")).to_have_text(re.compile(r"Page 1 of \d+"))
    expect(olga.locator("[data-look-contents] li").first).to_have_text("Badges: 1")
    olga.get_by_role("checkbox", name="Poster for the door").uncheck()
    expect(olga.locator("[data-look-contents]")).not_to_contain_text("Poster for the door")
    said = re.search(r"of (\d+)", olga.locator("[data-look-pages]").inner_text())
    assert said is not None
    with olga.context.expect_event("response", lambda answer: answer.url.endswith("/papers/kit")) as kit:
        olga.get_by_role("button", name="Print everything").click()
    assert (kit.value.status, kit.value.headers["content-type"]) == (200, "application/pdf")
    olga.bring_to_front()
    form = {"kind": "sign-in", "csrf_token": olga.locator("[name=csrf_token]").first.input_value()}
    assert olga.request.post(f"{here}/papers/kit", form=form).body()[:5] == b"%PDF-"


def test_choices_that_need_others_appear_with_them(olga: Page, here: str) -> None:
    olga.goto(f"{here}/badges")
    expect(olga.get_by_label("Length in mm")).to_be_hidden()
    olga.get_by_label("Labels").select_option("dk-22205")
    expect(olga.get_by_label("Length in mm")).to_be_visible()
    olga.get_by_text("What stands on them").click()
    expect(olga.get_by_label("The printer turns the page over")).to_be_hidden()
    olga.get_by_label("On the back").select_option("rounds")
    expect(olga.get_by_label("The printer turns the page over")).to_be_visible()
    expect(olga.locator("[data-look-error]")).to_contain_text("has no back")


@pytest.mark.parametrize(
    "path", ["papers", "badges", "papers/routes", "papers/wifi", "printing", "printing/calibration"]
)
def test_the_pages_of_paper_are_clean_while_they_are_alive(olga: Page, here: str, path: str) -> None:
    olga.goto(f"{here}/{path}")
    if olga.locator("[data-look-panel]").count():
        expect(olga.locator(f"{SHEET}, [data-look-error]:not([hidden])").first).to_be_visible()
    olga.evaluate(assets.vendor("axe.min.js").read_text(encoding="utf-8"))
    found = olga.evaluate(BROKEN)["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:120]) for each in found] == []
    olga.set_viewport_size({"width": 320, "height": 800})
    assert olga.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_a_walk_ins_badge_is_printed_at_the_door_and_taken_back(chromium: Browser, served: Served[Morning]) -> None:
    context = _context(chromium, served, "Dora", viewport={"width": 1024, "height": 768})
    page = context.new_page()
    page.goto(f"/desk/{served.data.meeting_uid}")
    page.get_by_role("button", name="Walk-in").click()
    page.get_by_label("First name").fill("Zoë")
    page.get_by_role("button", name="Add and let in").click()
    field = page.locator("[data-result]")
    expect(field).to_contain_text("Zoë")
    with context.expect_event("response", lambda answer: answer.url.endswith(".pdf")) as badge:
        field.get_by_role("button", name="Print the badge: Zoë").click()
    assert badge.value.headers["content-type"] == "application/pdf"
    page.bring_to_front()
    expect(field).to_contain_text("Print it from the new tab")
    field.get_by_role("button", name="It did not come out: Zoë").click()
    expect(field).to_contain_text("This badge counts as not printed.")
    context.close()


def test_a_forgotten_badge_is_printed_again_only_when_asked(chromium: Browser, served: Served[Morning]) -> None:
    context = _context(chromium, served, "Dora", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"/desk/{served.data.meeting_uid}")
    line = page.get_by_label("Scan a badge, type its code or a name")
    line.press_sequentially("mira")
    page.get_by_role("button", name="Let in: Mira Łukasik").click()
    field = page.locator("[data-result]")
    expect(field).to_contain_text("Welcome")
    line.press_sequentially("mira")
    page.get_by_role("button", name="Print the badge: Mira Łukasik").click()
    expect(field).to_contain_text("Print it from the new tab")
    page.bring_to_front()
    page.get_by_role("button", name="Print the badge: Mira Łukasik").click()
    expect(field).to_contain_text("Printed before, at")
    field.get_by_role("button", name="Lost: new code: Mira Łukasik").click()
    expect(field).to_contain_text("Print it from the new tab")
    context.close()
