"""The organiser's morning in a real browser: planned, listed, printed, opened, watched live, closed, taken back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from server import assets
from server.app import create_context
from server.config import Settings
from server.services import badges, meetings
from server.services.context import Context, Tx
from tests import builders
from tests.cast import DORA, FIONA, MAX, MIRA, OLGA
from tests.mornings import Morning, make_morning
from tests.serving import Served, serve

pytestmark = pytest.mark.browser
PATIENCE = 60_000
"""Milliseconds; the machine may be busy. Nothing here waits by the clock."""
BROKEN = """() => axe.run(document, {runOnly: {type: 'tag', values:
    ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})"""


@dataclass
class Group:
    """A group without a meeting: the folder it lives in, Olga's token."""

    folder: Path
    token: str


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served[Group]]:
    """A group whose organiser has planned nothing yet."""
    folder = tmp_path_factory.mktemp("fresh")

    def prepare(ctx: Context) -> Group:
        def work(tx: Tx) -> int:
            group = builders.a_group(tx)
            for who in (FIONA, DORA, MIRA, MAX):
                builders.a_member(tx, group, who)
            return builders.an_organiser(tx, group, OLGA).id

        return Group(folder, builders.signed_in(ctx, ctx.transaction(work)))

    with serve(folder, prepare) as running:
        yield running
    assert not [line for line in running.log if "Traceback" in line], running.log


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served[Morning]]:
    """The cast's open meeting, for looking at every page."""
    with serve(tmp_path_factory.mktemp("console"), make_morning) as running:
        yield running
    assert not [line for line in running.log if "Traceback" in line], running.log


def _context(chromium: Browser, url: str, token: str, **options: object) -> BrowserContext:
    settings: dict[str, object] = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"}
    context = chromium.new_context(reduced_motion="reduce", **(settings | options))  # type: ignore[arg-type]  # its options are many
    context.add_cookies([{"name": "coltiva", "value": token, "url": url}])
    context.set_default_timeout(PATIENCE)
    return context


@pytest.fixture
def olga(fresh: Served[Group], chromium: Browser) -> Iterator[Page]:
    """Olga's browser, which must stay without errors and foreign requests."""
    wrong: list[str] = []
    context = _context(chromium, fresh.url, fresh.data.token)
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console",
        # A refused form answers 422; Chromium notes that, and it is what the page expects.
        lambda line: wrong.append(line.text) if line.type == "error" and "422" not in line.text else None,
    )
    page.on("request", lambda asked: asked.url.startswith(fresh.url) or wrong.append(asked.url))
    yield page
    context.close()
    assert not wrong


def _soon(page: Page) -> None:
    """The meeting begins in a few minutes: the served program lives today."""
    begins = datetime.now(ZoneInfo("Europe/Rome")) + timedelta(minutes=20)  # noqa: TID251
    page.get_by_label("Day").fill(f"{begins:%Y-%m-%d}")
    page.get_by_label("Begins at").fill(f"{begins:%H:%M}")


def _plan(page: Page, url: str, name: str) -> str:
    """Plan a meeting for today by the form; gives its uid."""
    page.goto(f"{url}/o/meetings/new")
    page.get_by_label("Name", exact=True).fill(name)
    _soon(page)
    page.get_by_role("button", name="Plan the meeting").click()
    page.wait_for_url(re.compile(r"/o/\w{16}/people"))
    found = re.search(r"/o/(\w{16})/people", page.url)
    assert found is not None
    return found.group(1)


def test_a_morning_from_the_first_plan_to_the_figures(
    fresh: Served[Group], olga: Page, chromium: Browser
) -> None:
    olga.goto(f"{fresh.url}/o/")
    expect(olga.locator(".hero h2")).to_have_text("Plan the first meeting")
    olga.get_by_role("link", name="Plan a meeting").click()
    olga.get_by_label("Name", exact=True).fill("Breakfast no. 1")
    olga.get_by_label("Place").fill("Hotel Corona, Sala Limonaia")
    _soon(olga)
    olga.get_by_role("button", name="Plan the meeting").click()
    expect(olga.get_by_role("heading", name="Breakfast no. 1")).to_be_visible()

    olga.get_by_label("Given name").fill("Ada")
    olga.get_by_label("Family name").fill("Rossi")
    olga.get_by_label("Guest of").select_option("Mira Łukasik")
    olga.get_by_role("button", name="Add the visitor").click()
    expect(olga.get_by_text("guest of Mira Łukasik")).to_be_visible()
    olga.get_by_role("button", name="Apologised: Max D'Alò").click()
    expect(olga.get_by_role("button", name="Coming after all: Max D'Alò")).to_be_visible()

    olga.get_by_role("link", name="Badges and paper").click()
    olga.get_by_role("link", name="Badges first: 5").click()
    olga.get_by_role("button", name="Look at the sheet").click()
    expect(olga.locator(".hero h2")).to_have_text("Badges: 5, pages: 1")
    with olga.context.expect_event("response", lambda answer: answer.url.endswith("/badges/file")) as sheet:
        olga.get_by_role("button", name="Open the PDF").click()
    assert (sheet.value.status, sheet.value.headers["content-type"]) == (200, "application/pdf")
    olga.bring_to_front()
    olga.get_by_role("button", name="Mark as printed: 5").click()
    expect(olga.get_by_text("not printed: 0")).to_be_visible()

    olga.get_by_role("link", name="Meeting", exact=True).click()
    olga.get_by_role("button", name="Open the doors").click()
    expect(olga.locator(".hero").get_by_role("link", name="Run the rounds")).to_be_visible()
    _people_come(fresh, olga)
    _closed_in_both_windows(fresh, olga, chromium)
    olga.get_by_role("link", name="See the figures").click()
    expect(olga.get_by_role("img", name="When people came")).to_be_visible()
    olga.get_by_text("Show as table").first.click()
    expect(olga.get_by_role("table", name="When people came")).to_be_visible()
    with olga.expect_download() as coming:
        olga.get_by_role("link", name="Attendance as a spreadsheet").click()
    assert coming.value.suggested_filename.startswith("breakfast-no-1-")


def _people_come(fresh: Served[Group], olga: Page) -> None:
    """The page follows the door by itself: the number, the bed, the names still expected."""
    uid = olga.url.rsplit("/", 1)[1]
    expect(olga.locator("[data-net]")).to_contain_text("Connected")
    expect(olga.locator("[data-count]")).to_have_text("0")
    ctx = create_context(Settings(instance=fresh.data.folder))
    meeting = meetings.find(ctx, uid).id
    codes = {holder.given_name: holder.code for holder in badges.holders(ctx, meeting)}
    ctx.database.close()
    door = olga.context.new_page()
    door.goto(f"{fresh.url}/desk/{uid}")
    for name in ("Mira", "Ada"):
        door.get_by_label("Scan a badge, type its code or a name").fill(codes[name])
        door.keyboard.press("Enter")
        expect(door.locator("[data-result] .name")).to_contain_text(name)
    expect(olga.locator("[data-count]")).to_have_text("2")
    expect(olga.locator("use.sprout[data-key]")).to_have_count(1)
    expect(olga.locator("use.bloom[data-key]")).to_have_count(1)
    expect(olga.locator("[data-awaited] li", has_text="Foto Łukasik")).to_be_hidden()
    expect(olga.locator("[data-awaited] li", has_text="Fiona Kelly")).to_be_visible()
    door.get_by_role("button", name="Walk-in").click()
    door.get_by_label("First name").fill("Zoë")
    door.get_by_role("button", name="Add and let in").click()
    expect(olga.locator("use.bloom[data-key]")).to_have_count(2)
    expect(olga.locator(".hero")).to_contain_text("In the room: 3 of 6.")
    door.close()


def _closed_in_both_windows(fresh: Served[Group], olga: Page, chromium: Browser) -> None:
    """What one window does the other one shows; a mistake is taken back."""
    context = _context(chromium, fresh.url, fresh.data.token)
    other = context.new_page()
    other.goto(olga.url)
    expect(other.locator("[data-net]")).to_contain_text("Connected")
    olga.get_by_role("button", name="Close the meeting").click()
    expect(olga.locator(".hero h2")).to_have_text("The meeting is over")
    expect(other.locator(".hero h2")).to_have_text("The meeting is over")
    other.get_by_role("button", name="Undo: open it again").click()
    expect(other.locator(".hero").get_by_role("link", name="Run the rounds")).to_be_visible()
    expect(olga.locator(".hero").get_by_role("link", name="Run the rounds")).to_be_visible()
    other.get_by_role("button", name="Close the meeting").click()
    expect(olga.locator(".hero h2")).to_have_text("The meeting is over")
    context.close()


def test_lines_of_the_agenda_move_and_add_up_while_they_are_typed(fresh: Served[Group], olga: Page) -> None:
    olga.goto(f"{fresh.url}/o/meetings/new")
    lines, total = olga.locator("[data-line]"), olga.locator("[data-sum]")
    olga.get_by_label("Begins at").fill("08:00")
    before = lines.count()
    olga.get_by_role("button", name="Add a line").click()
    expect(lines).to_have_count(before + 1)
    expect(olga.get_by_label(f"Line {before + 1}", exact=True)).to_be_focused()
    olga.keyboard.type("Goodbye")
    olga.keyboard.press("Tab")
    olga.keyboard.type("5")
    expect(total).to_have_text("Together 95 min, until 09:35")
    olga.get_by_role("button", name="Take out line 1").click()
    expect(total).to_have_text("Together 80 min, until 09:20")
    olga.get_by_role("button", name=f"Line {before}: one up").click()
    expect(olga.get_by_label(f"Line {before - 1}", exact=True)).to_have_value("Goodbye")
    expect(olga.get_by_role("button", name=f"Line {before - 1}: one up")).to_be_focused()
    assert olga.url.endswith("/o/meetings/new")


def test_enter_in_a_line_saves_and_takes_nothing_out(fresh: Served[Group], olga: Page) -> None:
    uid = _plan(olga, fresh.url, "Keyboard breakfast")
    olga.goto(f"{fresh.url}/o/{uid}/edit")
    before = olga.locator("[data-line]").count()
    olga.get_by_label("Line 2", exact=True).fill("Good morning")
    olga.keyboard.press("Enter")
    olga.wait_for_url(f"{fresh.url}/o/{uid}")
    expect(olga.locator(".agenda li")).to_have_count(before)
    expect(olga.locator(".agenda")).to_contain_text("Good morning")


def test_by_keyboard_alone_from_the_first_tab_to_open_doors(fresh: Served[Group], olga: Page) -> None:
    uid = _plan(olga, fresh.url, "Breakfast by keyboard")
    olga.goto(f"{fresh.url}/o/{uid}")
    olga.keyboard.press("Tab")
    olga.keyboard.press("Enter")
    for _ in range(20):
        olga.keyboard.press("Tab")
        if olga.evaluate("document.activeElement.textContent.trim()") == "Open the doors":
            break
    olga.keyboard.press("Enter")
    expect(olga.locator(".hero").get_by_role("link", name="Run the rounds")).to_be_visible()
    olga.get_by_role("button", name="Undo: the doors were opened by mistake").focus()
    olga.keyboard.press("Enter")
    expect(olga.get_by_role("button", name="Open the doors")).to_be_visible()


def test_without_a_script_a_meeting_is_planned_and_a_line_is_added(
    fresh: Served[Group], chromium: Browser
) -> None:
    context = _context(chromium, fresh.url, fresh.data.token, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{fresh.url}/o/meetings/new")
    before = page.locator("[data-line]").count()
    page.get_by_label("Name", exact=True).fill("Breakfast on paper")
    page.get_by_role("button", name="Add a line").click()
    expect(page.locator("[data-line]")).to_have_count(before + 1)
    expect(page.get_by_label("Name", exact=True)).to_have_value("Breakfast on paper")
    page.get_by_role("button", name="Take out line 1").click()
    expect(page.locator("[data-line]")).to_have_count(before)
    page.get_by_label("Day").fill("2031-05-08")
    page.get_by_role("button", name="Plan the meeting").click()
    expect(page.get_by_role("heading", name="Breakfast on paper")).to_be_visible()
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_every_page_fits_and_is_accessible(
    morning: Served[Morning], chromium: Browser, width: int, scheme: str
) -> None:
    data = morning.data
    context = _context(
        chromium, morning.url, data.tokens["Olga"], color_scheme=scheme, viewport={"width": width, "height": 800}
    )
    page = context.new_page()
    here = f"/o/{data.meeting_uid}"
    for path in ("/o/", f"{here}/people?q=o", f"{here}/badges", f"{here}/edit", f"{here}/figures", "/o/meetings",
                 "/o/numbers", "sheet"):  # fmt: skip
        if path == "sheet":
            page.goto(f"{morning.url}{here}/badges")
            page.get_by_role("button", name="Look at the sheet").click()
            expect(page.locator(".hero h2")).to_have_text("Badges: 6, pages: 1")
        else:
            page.goto(morning.url + path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"
        small = page.evaluate("""() => [...document.querySelectorAll('main a, main button, main input, main select')]
            .filter(e => e.checkVisibility() && !e.matches('.vh, [type=hidden], [type=radio], [type=checkbox]'))
            .filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 90))""")
        assert not small, path
        page.evaluate(assets.vendor("axe.min.js").read_text(encoding="utf-8"))
        found = page.evaluate(BROKEN)
        assert len(found["passes"]) > 10, "axe looked at the page"
        assert not [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]], path
    context.close()
