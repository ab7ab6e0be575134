"""The agenda, the break, presentations and the close in real browsers: by keyboard, in two consoles, at every width."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from server import assets
from server.domain.vocabulary import Role
from server.persistence.models import AgendaItem
from server.services.context import Context, Tx
from tests import builders
from tests.mornings import Morning, make_morning
from tests.rooms import everybody_in
from tests.serving import Served, serve

pytestmark = pytest.mark.browser
PATIENCE = 60_000
"""Milliseconds; the machine may be busy. Nothing here waits by the clock."""
OpenConsole = Callable[..., Page]
AGENDA, TALKS = '[data-part="agenda"]', "[data-talks]"
SAID = "[data-said]"
ITEMS = (("welcome", "Welcome", 5), ("break", "Coffee", 10), ("introductions", "Introductions", 12))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served[Morning]]:
    def prepare(ctx: Context) -> Morning:
        morning = make_morning(ctx)
        everybody_in(morning, but=("Vik",))
        here = {"group_id": morning.group_id, "meeting_id": morning.meeting_id}
        morning.tokens["second"] = builders.signed_in(ctx, None, role=Role.FACILITATOR, **here)

        def write(tx: Tx) -> None:
            for position, (kind, title, minutes) in enumerate(ITEMS):
                row = AgendaItem(position=position, kind=kind, title=title, minutes=minutes)
                row.meeting_id = morning.meeting_id
                tx.db.add(row)

        ctx.transaction(write)
        return morning

    with serve(tmp_path, prepare) as running:
        yield running
    assert not [line for line in running.log if "Traceback" in line], running.log


@pytest.fixture
def console(served: Served[Morning], chromium: Browser) -> Iterator[OpenConsole]:
    """Opens consoles, each in a browser of its own, that must stay without errors and foreign requests."""
    contexts, wrong = [], list[str]()

    def open_one(who: str = "Fiona", *, width: int = 1280, scheme: str = "light", locale: str = "en-GB") -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce", locale=locale
        )
        contexts.append(context)
        context.add_cookies([{"name": "coltiva", "value": served.data.tokens[who], "url": served.url}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "console",
            lambda line: wrong.append(line.text) if line.type == "error" and "409" not in line.text else None,
        )
        page.on("request", lambda asked: asked.url.startswith(served.url) or wrong.append(asked.url))
        page.goto(f"{served.url}/run/{served.data.meeting_uid}")
        expect(page.locator("[data-net]")).not_to_have_class("net off", timeout=PATIENCE)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not wrong


def _shows(page: Page, where: str, text: str) -> None:
    expect(page.locator(where)).to_contain_text(text, timeout=PATIENCE)


def test_the_agenda_goes_by_keyboard_and_the_other_console_follows(console: OpenConsole) -> None:
    one, other = console("Fiona"), console("second")
    _shows(one, AGENDA, "Next: Welcome")
    one.keyboard.press("a")
    for page in (one, other):
        _shows(page, AGENDA, "On now: Welcome")
        expect(page.locator("[data-item-clock]")).to_contain_text("left", timeout=PATIENCE)
    other.keyboard.press("x")
    _shows(one, AGENDA, "Next: Introductions")
    one.keyboard.press("Shift+A")
    _shows(other, AGENDA, "Next: Welcome")
    expect(one.locator("#agenda-back")).to_have_attribute("aria-disabled", "true", timeout=PATIENCE)
    one.locator("#agenda-back").click(force=True)
    _shows(one, SAID, "Nothing of the agenda has begun yet")


def test_the_break_is_begun_made_longer_and_ended_by_keyboard(console: OpenConsole) -> None:
    page = console()
    clock = page.locator("[data-pause-clock]")
    expect(clock).to_be_hidden()
    page.keyboard.press("c")
    _shows(page, SAID, "The break has begun.")
    expect(clock).to_be_visible(timeout=PATIENCE)
    before = clock.get_attribute("aria-label") or ""
    assert before.startswith("Break 4:") or before == "Break 5:00"
    page.locator('[data-agenda="pause-longer"]').click()
    page.wait_for_function(
        """before => {
            const parts = (said) => said.split(" ").at(-1).split(":");
            const seconds = (said) => parts(said).reduce((all, part) => 60 * all + Number(part), 0);
            const now = document.querySelector("[data-pause-clock]").getAttribute("aria-label");
            return seconds(now) > seconds(before);
        }""",
        arg=before,
        timeout=PATIENCE,
    )
    page.keyboard.press("c")
    expect(clock).to_be_hidden(timeout=PATIENCE)
    page.locator("[data-pause] summary").click()
    page.locator("[name=pause_minutes]").fill("7")
    page.locator("[name=pause_label]").fill("Fire drill")
    page.locator("[name=pause_label]").press("Enter")
    expect(clock).to_be_visible(timeout=PATIENCE)


def test_everybody_speaks_in_turn_by_keyboard(console: OpenConsole, served: Served[Morning]) -> None:
    one, other = console("Fiona"), console("second")
    one.keyboard.press("t")
    _shows(one, TALKS, "Minutes for all")
    one.keyboard.press("t")
    for page in (one, other):
        _shows(page, f"{TALKS} .speaks", "Max D'Alò")
    one.keyboard.press("t")
    expect(one.locator("#talk-main")).to_contain_text("Next speaker", timeout=PATIENCE)
    one.keyboard.press("h")
    _shows(other, f"{TALKS} [data-word]", "paused")
    one.keyboard.press(".")
    _shows(one, "#talk-hold", "Go on")
    one.keyboard.press("h")
    expect(one.locator("#talk-hold")).to_contain_text("Pause", timeout=PATIENCE)
    one.keyboard.press("t")
    for page in (one, other):
        _shows(page, f"{TALKS} .speaks", "Fiona Kelly")
    other.keyboard.press("y")
    _shows(one, f"{TALKS} .speaks", "Mira Łukasik")
    one.keyboard.press("Shift+T")
    _shows(other, f"{TALKS} .speaks", "Max D'Alò")


def _order(page: Page) -> list[str]:
    return [name.strip().split("\n")[0] for name in page.locator(f"{TALKS} .order .grab").all_inner_texts()]


def _has_order(page: Page, names: list[str]) -> None:
    for _ in range(PATIENCE // 50):
        if _order(page) == names:
            return
        page.wait_for_timeout(50)
    raise AssertionError(_order(page))


def test_the_order_is_changed_with_arrows_with_a_button_and_by_dragging(console: OpenConsole) -> None:
    page = console()
    page.keyboard.press("t")
    _shows(page, TALKS, "Minutes for all")
    page.keyboard.press("t")
    page.locator('[data-keep="talk-order"] summary').click()
    fiona, mira, olga, dora = "Fiona Kelly", "Mira Łukasik", "Olga Marchetti", "Dora Wiśniewska"
    _has_order(page, [fiona, mira, olga, dora])
    page.locator(".grab", has_text=fiona).focus()
    page.keyboard.press("ArrowDown")
    _has_order(page, [mira, fiona, olga, dora])
    expect(page.locator(".grab", has_text=fiona)).to_be_focused(timeout=PATIENCE)
    page.get_by_label(f"One up: {dora}").click()
    _has_order(page, [mira, fiona, dora, olga])
    page.locator(".grab", has_text=olga).drag_to(page.locator(".grab", has_text=mira))
    _has_order(page, [olga, mira, fiona, dora])
    page.get_by_label(f"Leave out: {fiona}").click()
    _has_order(page, [olga, mira, dora])
    page.locator('[data-keep="talk-done"] summary').click()
    page.get_by_label(f"Put back: {fiona}").click()
    _has_order(page, [olga, mira, dora, fiona])


def test_a_latecomer_gets_a_turn_while_the_rota_goes_on(
    console: OpenConsole, served: Served[Morning], chromium: Browser
) -> None:
    page = console()
    page.keyboard.press("t")
    _shows(page, TALKS, "Minutes for all")
    page.keyboard.press("t")
    page.locator('[data-keep="talk-order"] summary').click()
    door = chromium.new_context()
    door.add_cookies([{"name": "coltiva", "value": served.data.tokens["Dora"], "url": served.url}])
    token = door.request.get(f"{served.url}/about").text().split('name="csrf" content="')[1].split('"')[0]
    answer = door.request.post(
        f"{served.url}/desk/{served.data.meeting_uid}/check-ins",
        data={"code": served.data.codes["Vik"]},
        headers={"X-CSRF-Token": token},
    )
    assert answer.ok
    door.close()
    _has_order(page, ["Fiona Kelly", "Mira Łukasik", "Vik", "Olga Marchetti", "Dora Wiśniewska"])


def test_the_meeting_is_closed_point_by_point_and_opened_again(console: OpenConsole) -> None:
    page = console()
    page.keyboard.press("c")
    _shows(page, SAID, "The break has begun.")
    page.locator("[data-close-open]").click()
    panel = page.locator("[data-close-inside]")
    for key in ("pause", "in_room", "never_came", "devices"):
        page.locator(f"#settle-{key}").click()
        expect(page.locator(f"#settle-{key}")).to_have_count(0, timeout=PATIENCE)
    expect(panel).to_contain_text("Nothing is open any more.")
    page.locator("#closing-close").click()
    expect(panel).to_contain_text("The meeting is closed", timeout=PATIENCE)
    page.locator("#closing-reopen").click()
    expect(page.locator("#closing-close")).to_be_visible(timeout=PATIENCE)
    page.locator("#closing-leave").click()
    expect(page.locator("[data-close-open]")).to_be_focused()


def _broken_rules(page: Page) -> list[str]:
    page.evaluate(assets.vendor("axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("""() => axe.run(document, {runOnly: {type: 'tag', values:
        ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})""")
    assert len(found["passes"]) > 10, "axe looked at the page"
    return [
        f"{rule['id']}: {node['html'][:100]} {node['failureSummary'][:160]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en-GB"), ("dark", "pl-PL"), ("light", "it-IT")])
def test_everybody_can_use_it_in_every_language_and_at_every_width(
    console: OpenConsole, scheme: str, locale: str
) -> None:
    page = console(scheme=scheme, locale=locale)
    page.keyboard.press("a")
    expect(page.locator(".say")).to_have_count(2, timeout=PATIENCE)
    page.keyboard.press("t")
    expect(page.locator("[name=talk_minutes]")).to_be_visible(timeout=PATIENCE)
    assert _broken_rules(page) == []
    page.keyboard.press("t")
    expect(page.locator(".speaks")).to_be_visible(timeout=PATIENCE)
    page.locator('[data-keep="talk-order"] summary').click()
    page.locator("[data-close-open]").click()
    expect(page.locator("#closing-close")).to_be_visible(timeout=PATIENCE)
    for width in (1280, 768, 390, 320):
        page.set_viewport_size({"width": width, "height": 720})
        assert _broken_rules(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        small = page.evaluate("""() => [...document.querySelectorAll("button, summary, input, a, select, textarea")]
            .filter((e) => e.offsetParent && !e.matches(".skip, .vh, .check input")
                && e.getBoundingClientRect().height < 43.5)
            .map((e) => e.outerHTML.slice(0, 80))""")
        assert small == []


def test_the_scripts_are_written_in_the_form(served: Served[Morning], chromium: Browser) -> None:
    context = chromium.new_context(locale="en-GB", viewport={"width": 390, "height": 800})
    context.add_cookies([{"name": "coltiva", "value": served.data.tokens["Olga"], "url": served.url}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{served.url}/o/{served.data.meeting_uid}/edit")
    page.locator("[data-line] summary").first.click()
    page.locator("[name=script]").first.fill("Hello, early birds.")
    page.get_by_role("button", name="Add a line").click()
    last = page.locator("[data-line]").last
    last.locator("[name=title]").fill("A song")
    last.locator("[name=minutes]").fill("4")
    last.locator("summary").click()
    assert last.locator("[name=script]").input_value() == ""
    last.locator("[name=kind]").select_option("announcements")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert _broken_rules(page) == []
    page.locator(".actions button", has_text="Save").click()
    page.wait_for_url(f"**/o/{served.data.meeting_uid}")
    page.goto(f"{served.url}/run/{served.data.meeting_uid}")
    _shows(page, AGENDA, "Hello, early birds.")
    _shows(page, AGENDA, "A song")
    context.close()
