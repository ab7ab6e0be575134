"""The look: colours that can be read, drawings that exist, light styles, a gallery that a browser accepts.

The gallery is rendered by plain Jinja with the globals that the program gives its templates; the browser gets
it from memory, so that no server has to run.
"""

import gzip
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import jinja2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from server import assets

STATIC = assets.path("static")
CSS = STATIC / "css"
TEMPLATES = assets.path("templates")
SPRITE = (STATIC / "img" / "icons.svg").read_text()
ICONS = re.findall(r'<symbol id="((?!bed-)[\w-]+)"', SPRITE)
SHEETS = sorted(CSS.rglob("*.css"))
ORIGIN = "http://gallery.test"

# Which colours meet on a screen: the ground, the words on it, then after a gap the shapes on it.
WORDS = 4.5
SHAPES = 3.0
MEETINGS = """
page: ink ink-2 act flower beet   edge leaf-fill flower-line beet-fill focus
surface: ink ink-2 act leaf flower beet   edge leaf-fill flower-line beet-fill focus plot-1 plot-2 plot-3
sunk: ink ink-2 act   leaf-fill
line:    leaf-fill
act: on-act
act-hover: on-act
act-soft: ink ink-2 act leaf flower
leaf-soft: ink leaf
flower-soft: ink flower
beet-soft: ink beet
hero: on-hero hero-2   hero-leaf hero-edge flower-fill
flower-fill: on-flower
flower-hover: on-flower
door-in: on-door
door-no: on-door
plot-1: surface
plot-2: surface
"""
PAIRS = [
    (front, ground, least)
    for ground, fronts in (line.split(":") for line in MEETINGS.strip().splitlines())
    for least, names in zip((WORDS, SHAPES), (fronts + "   ").split("   ")[:2], strict=True)
    for front in names.split()
]


def palette(css: str, opening: str) -> dict[str, str]:
    """The colours declared in the rule that opens with these words."""
    body = css[css.index(opening) + len(opening):]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", body[: body.index("}")]))


def luminance(colour: str) -> float:
    """Relative luminance of #rgb or #rrggbb, WCAG 2.2."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    shares = [int(digits[at:at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21, WCAG 2.2."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


TOKENS = (CSS / "tokens.css").read_text()
PALETTES = {
    "light": palette(TOKENS, ':root, [data-theme="light"] {'),
    "dark": palette(TOKENS, '\n  [data-theme="dark"] {'),
}


def test_the_contrast_formula_knows_its_two_ends():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS, ids=str)
def test_colours_that_meet_can_be_told_apart(scheme, front, ground, least):
    colours = PALETTES[scheme]
    assert contrast(colours[front], colours[ground]) >= least


@pytest.mark.parametrize("opening", [".proj {", ".proj.ripe {"])
def test_the_projector_can_be_read_from_the_last_row(opening):
    colours = palette((CSS / "screens" / "projector.css").read_text(), opening)
    assert contrast(colours["ink"], colours["page"]) >= 7
    assert contrast(colours["ink-2"], colours["page"]) >= 5
    assert contrast(colours["leaf-fill"], colours["page"]) >= 5
    assert contrast(colours["leaf-fill"], colours["line"]) >= SHAPES


def test_the_dark_of_the_device_is_the_dark_of_a_fixed_theme():
    assert palette(TOKENS, ':root:not([data-theme="light"]) {') == PALETTES["dark"]
    assert PALETTES["light"].keys() == PALETTES["dark"].keys()


def test_only_the_tokens_know_colours_and_only_the_projector_has_its_own():
    # beside the tokens: the projector and what it draws of referrals, its preview, the ground of the camera's picture
    own_ground = {"tokens.css", "projector.css", "passed.css", "facilitator.css", "door.css"}
    for sheet in SHEETS:
        if sheet.name not in own_ground:
            colours = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", sheet.read_text().replace("#hatch", "")))
            assert colours <= ({"#fff", "#000"} if sheet.name == "base.css" else set()), sheet.name  # paper


def test_every_variable_used_is_declared():
    text = "".join(sheet.read_text() for sheet in SHEETS) + SPRITE
    declared = set(re.findall(r"(--[\w-]+):", text))
    assert set(re.findall(r"var\((--[\w-]+)", text)) <= declared


def test_every_sheet_stands_in_its_layer():
    for sheet in SHEETS:
        layer = sheet.parent.name if sheet.parent != CSS else sheet.stem
        assert f"@layer {layer} {{" in sheet.read_text(), sheet.name


def zipped(*names: str) -> int:
    """Bytes of these sheets, each compressed as it travels."""
    return sum(len(gzip.compress((CSS / f"{name}.css").read_bytes(), 9, mtime=0)) for name in names)


def linked(name: str) -> set[str]:
    """The sheets that the page of a template links: its own, and those of its frames unless it replaces them."""
    text = (TEMPLATES / name).read_text()
    own = {sheet for names in re.findall(r"sheets\(\[(.*?)\]\)", text) for sheet in re.findall(r'"([\w/-]+)"', names)}
    frame = re.search(r'{%-? extends "([\w/.-]+)"', text)
    if frame is None:
        return own
    replaced = "block head_css" in text and "super()" not in text
    return own | linked("base.html" if replaced else frame[1])


# The gallery shows every part at once; nobody is sent it.
NAMES = sorted(str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*.html"))
SENT = [name for name in NAMES if not name.startswith("gallery/")]


@pytest.mark.parametrize("name", SENT)
def test_no_page_links_more_than_a_few_light_sheets(name):
    assert zipped(*linked(name)) <= 14_000


def test_the_round_page_of_a_phone_leaves_room_for_its_scripts():
    page = gallery().get_template("gallery/phone.html").render(**PAGE)
    assert zipped(*re.findall(r'href="/static/1/css/([\w/-]+)\.css"', page)) <= 25_000 - 10_000


def test_no_page_carries_style_or_script_of_its_own():
    for file in [*TEMPLATES.rglob("*.html"), *(STATIC / "img").glob("*.svg")]:
        text = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|<!--.*?-->", "", file.read_text(), flags=re.S)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text), file
        for script in re.findall(r"<script[^>]*>", text):
            assert "src=" in script or 'type="application/json"' in script, file


def test_every_drawing_named_in_a_template_is_in_the_sprite():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE))
    for file in TEMPLATES.rglob("*.html"):
        text = file.read_text()
        named = re.findall(r'(?:icon_name=|[ {(]icon\()"([\w-]+)"', text)
        shapes = re.findall(r"set _\w+(?:shape|mark|icon) = (\{[^}]*\})", text)
        named += [name for shape in shapes for name in re.findall(r': "([\w-]+)"', shape)]
        assert set(named) <= drawn, file


def test_the_sprite_has_no_drawing_twice_and_no_colour_of_its_own():
    names = re.findall(r'<symbol id="([\w-]+)"', SPRITE)
    assert len(names) == len(set(names))
    assert not re.findall(r'(?:fill|stroke)="#', SPRITE)


def gallery() -> jinja2.Environment:
    """Templates with the globals that the program gives them: `asset` and gettext."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"],
    )
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    env.globals["asset"] = lambda path: f"/static/1/{path}"
    return env


PAGE: dict[str, Any] = {
    "lang": "en", "languages": {"en": "English", "it": "Italiano", "pl": "Polski"}, "csrf_token": "t0ken",
    "viewer": {"name": "Fiona Fabbri", "roles": ["organiser"], "uid": "0123456789ABCDEF"},
    "group": {"name": "Colazione del giovedì"}, "icon_names": ICONS,
}
PAGES = ["parts", "phone", "door", "facilitator", "sign_in", "public"]
DISPLAYS = ["join", "round", "last", "break"]


def html_of(name: str) -> str:
    """A gallery page, or with `display-…` the projector in one of its moments."""
    if name.startswith("display-"):
        moment = name.removeprefix("display-")
        return gallery().get_template("gallery/display.html").render(**PAGE, mode=moment)
    return gallery().get_template(f"gallery/{name}.html").render(**PAGE)


def serve(route: Route) -> None:
    """Answers from the working tree; what is not there is a 404 and fails the page's test."""
    path = route.request.url.removeprefix(ORIGIN).split("?")[0]
    if path.startswith("/gallery/"):
        policy = {"content-security-policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"}
        route.fulfill(body=html_of(path.removeprefix("/gallery/")), content_type="text/html", headers=policy)
        return
    name = path.removeprefix("/static/1/")
    file = assets.vendor(name.removeprefix("vendor/")) if name.startswith("vendor/") else STATIC / name
    route.fulfill(path=file) if file.is_file() else route.fulfill(status=404)


@pytest.fixture(scope="module")
def browser(chromium: Browser) -> Browser:
    """The shared Chromium."""
    return chromium


def opened(context: BrowserContext, name: str) -> Page:
    """The page, drawn, with every file it asked for and no complaint in the console."""
    complaints: list[str] = []
    context.route("**/*", serve)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("response", lambda answer: complaints.append(answer.url) if answer.status >= 400 else None)
    page.goto(f"{ORIGIN}/gallery/{name}", wait_until="load")
    page.evaluate("document.fonts.ready")
    assert complaints == []
    return page


@pytest.fixture
def at(browser: Browser) -> Iterator[Any]:
    """Opens a gallery page: at("parts", 390, scheme="dark")."""
    contexts: list[BrowserContext] = []

    def open_page(name: str, width: int, height: int = 844, scheme: Any = "light", **more: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True, **more)
        contexts.append(context)
        return opened(context, name)

    yield open_page
    for context in contexts:
        context.close()


TOO_WIDE = """() => [...document.querySelectorAll('body *')].filter(e => {
  const r = e.getBoundingClientRect();
  return r.width > 1 && r.right > document.documentElement.clientWidth + 1 && !e.closest('svg, .vh');
}).map(e => e.outerHTML.slice(0, 120))"""

# Links inside running text are exempt (WCAG 2.5.8); a ticked or picked row is pressed by its label.
TOO_SMALL = """() => [...document.querySelectorAll(
    'a, button, input, select, textarea, summary')].filter(e => {
  if (e.type === 'hidden' || e.classList.contains('skip')) return false;
  const r = (e.closest('label.check, label.pick') || e).getBoundingClientRect();
  return r.width > 0 && (r.height < 43.9 || r.width < 43.9);
}).map(e => e.outerHTML.slice(0, 120))"""


# Words that do not fit into their button, chip or pill.
CUT = """() => [...document.querySelectorAll('.btn, .chip, .pick span, .nav a')].filter(e =>
  e.scrollWidth > e.clientWidth + 1).map(e => e.outerHTML.slice(0, 120))"""

OUTSIDE = """() => [...document.querySelectorAll('main *:not(.vh), footer *')].filter(e => {
  const r = e.getBoundingClientRect();
  return r.width && (r.bottom > innerHeight + 1 || r.right > innerWidth + 1 || r.top < -1);
}).map(e => e.outerHTML.slice(0, 100))"""


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_nothing_scrolls_sideways_nor_is_cut_at_320_pixels_or_with_text_twice_as_large(at, name):
    page = at(name, 320, 640)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate(CUT) == []
    page.set_viewport_size({"width": 640, "height": 800})
    page.add_style_tag(content="html { font-size: 200%; }")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate(CUT) == []


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_everything_that_can_be_pressed_is_large_enough_for_a_thumb(at, name):
    page = at(name, 390)
    assert page.locator("a, button").count() > 0
    assert page.evaluate(TOO_SMALL) == []
    page.set_viewport_size({"width": 1280, "height": 800})
    assert page.evaluate(TOO_SMALL) == []


def broken_rules(page: Page) -> list[tuple[str, str, str]]:
    """What axe finds: rule, element, what to do."""
    found = page.evaluate("""() => axe.run(document, {runOnly: {type: 'tag', values:
        ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})""")
    assert len(found["passes"]) > 10, "axe looked at the page"
    return [(rule["id"], node["html"][:120], node["failureSummary"][:200])
            for rule in found["violations"] for node in rule["nodes"]]


@pytest.mark.browser
@pytest.mark.parametrize("name", [*PAGES, *(f"display-{moment}" for moment in DISPLAYS)])
def test_no_rule_of_accessibility_is_broken(at, name):
    # Colour hangs on the scheme and order on the width, so two of the four pairings see everything.
    page = at(name, 1280, 800, scheme="light", reduced_motion="reduce")  # no colour half-way between two
    page.add_script_tag(path=assets.vendor("axe.min.js"))
    assert broken_rules(page) == []
    if name in PAGES:
        page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    assert broken_rules(page) == []


@pytest.mark.browser
@pytest.mark.parametrize("moment", DISPLAYS)
def test_the_projector_shows_everything_without_scrolling(at, moment):
    page = at(f"display-{moment}", 1920, 1080)
    for width, height in [(1920, 1080), (1280, 720), (1024, 768)]:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollHeight") <= height
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(OUTSIDE) == []


@pytest.mark.browser
def test_the_projectors_clock_is_a_third_of_the_height_and_its_names_are_large(at):
    page = at("display-round", 1920, 1080)
    digit = page.locator(".clock").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    name = page.locator(".seats li").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert digit >= 0.3 * 1080
    assert name >= 0.033 * 1080


@pytest.mark.browser
def test_table_time_person_and_exchange_stand_on_the_first_screen_of_a_phone(at):
    page = at("phone", 390, 844)
    for part in [".roundtop .table-no", "[role=timer]", ".person .name", ".dock .first"]:
        assert page.locator(part).evaluate("e => e.getBoundingClientRect().bottom") <= 844, part


@pytest.mark.browser
def test_the_clock_does_not_jump_when_its_digits_change(at):
    page = at("phone", 390)
    widths = page.evaluate("""() => ['111', '408', '359'].map(text => {
      document.querySelectorAll('.clock .d').forEach((box, at) => { box.textContent = text[at]; });
      return document.querySelector('.clock').getBoundingClientRect().width;
    })""")
    assert len(set(widths)) == 1


@pytest.mark.browser
def test_the_ring_shows_by_its_length_what_the_digits_say(at):
    ring = at("phone", 390).locator(".ring")
    left = ring.locator(".left")
    assert left.get_attribute("stroke-dasharray") == "192 300"
    assert left.get_attribute("pathLength") == "300"
    # 192 of 300 seconds left: the sun has gone 36 % of the way round, so it stands at the lower right.
    right, low = ring.evaluate("""ring => {
      const face = ring.getBoundingClientRect(), sun = ring.querySelector('.sun').getBoundingClientRect();
      return [(sun.left - face.left) / face.width, (sun.top - face.top) / face.height];
    }""")
    assert 0.5 < right < 1
    assert 0.5 < low < 1


@pytest.mark.browser
def test_the_rings_moods_differ_in_more_than_words(at):
    page = at("parts", 1280)
    looks = page.locator(".ring").evaluate_all("""rings => rings.slice(0, 4).map(ring => {
      const left = getComputedStyle(ring.querySelector('.left'));
      return left.stroke + ' ' + getComputedStyle(ring.querySelector('.gaps')).strokeDasharray;
    })""")
    assert len(set(looks)) == 4


@pytest.mark.browser
def test_every_icon_of_the_sprite_is_drawn(at):
    page = at("parts", 1280)
    sizes = page.evaluate("""() => [...document.querySelectorAll('[aria-labelledby=icons] use')].map(use => {
      const box = use.getBBox();
      return [use.getAttribute('href').split('#')[1], box.width, box.height];
    })""")
    assert [name for name, _, _ in sizes] == ICONS
    assert [name for name, width, height in sizes if width + height == 0] == []


@pytest.mark.browser
def test_a_device_that_wants_no_movement_gets_none(at):
    page = at("parts", 1280, reduced_motion="reduce")
    moving = page.evaluate("""() => [...document.querySelectorAll('*')].filter(e => {
      const s = getComputedStyle(e);
      return `${s.transitionDuration}, ${s.animationDuration}`.split(', ').some(x => parseFloat(x) > 0);
    }).length""")
    assert moving == 0


@pytest.mark.browser
def test_a_table_turns_into_cards_on_a_phone_and_keeps_its_roles(at):
    page = at("parts", 390)
    cells = page.locator("table.cards").first.locator("tbody tr").first.locator("th, td")
    tops = cells.evaluate_all("cells => cells.map(cell => cell.getBoundingClientRect().top)")
    assert len(tops) == 4
    assert all(one < below for one, below in pairwise(tops))
    assert page.get_by_role("columnheader", name="Sector").count() == 1
    assert page.get_by_role("cell", name="Flowers, events").count() == 1


@pytest.mark.browser
def test_the_theme_of_a_page_wins_over_the_theme_of_the_device(at):
    ground = "() => getComputedStyle(document.body).backgroundColor"
    page = at("parts", 1280, scheme="dark")
    dark = page.evaluate(ground)
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    light = page.evaluate(ground)
    assert (dark, light) == ("rgb(26, 18, 30)", "rgb(239, 241, 230)")


@pytest.mark.browser
def test_focus_is_seen_and_the_first_stop_leads_to_the_content(at):
    page = at("parts", 1280)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"


@pytest.mark.browser
def test_paper_gets_neither_navigation_nor_buttons(at):
    page = at("parts", 1280)
    page.emulate_media(media="print")
    assert page.locator("nav:visible, .btn:visible, .net:visible").count() == 0
    assert page.locator(".panel:visible").count() > 5
