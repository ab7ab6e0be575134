"""The facilitator's console in a real browser against a real server: two consoles, one clock, the keyboard."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, Browser, Page, Route, WebSocketRoute, expect

from server import assets
from server.domain.vocabulary import Role
from server.services.context import Context
from tests import builders
from tests.mornings import Morning, make_morning
from tests.pages import until
from tests.rooms import everybody_in
from tests.serving import Served, serve

pytestmark = pytest.mark.browser
PATIENCE = 60_000
"""Milliseconds; the machine may be busy. Nothing here waits by the clock."""
OpenConsole = Callable[..., Page]
MAIN = '[data-key="main"]'
SAID = "[data-said]"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served[Morning]]:
    def prepare(ctx: Context) -> Morning:
        morning = make_morning(ctx)
        everybody_in(morning, but=("Vik",))
        here = {"group_id": morning.group_id, "meeting_id": morning.meeting_id}
        morning.tokens["second"] = builders.signed_in(ctx, None, role=Role.FACILITATOR, **here)
        return morning

    with serve(tmp_path, prepare) as running:
        yield running
    assert not [line for line in running.log if "Traceback" in line], running.log


@pytest.fixture
def console(served: Served[Morning], chromium: Browser) -> Iterator[OpenConsole]:
    """Opens consoles, each in a browser of its own, that must stay without errors and foreign requests."""
    contexts, wrong = [], list[str]()

    def open_one(who: str = "Fiona", *, width: int = 1280, height: int = 800, scheme: str = "light") -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            locale="en-GB",
        )
        contexts.append(context)
        context.add_cookies([{"name": "coltiva", "value": served.data.tokens[who], "url": served.url}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "console",
            # A refused press answers 409; Chromium notes that, and it is what the page expects.
            lambda line: wrong.append(line.text) if line.type == "error" and "409" not in line.text else None,
        )
        page.on("request", lambda asked: asked.url.startswith(served.url) or wrong.append(asked.url))
        page.goto(f"{served.url}/run/{served.data.meeting_uid}")
        expect(page.locator("[data-net]")).to_contain_text("Connected", timeout=PATIENCE)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not wrong


def _phase(page: Page, text: str) -> None:
    expect(page.locator(MAIN)).to_contain_text(text, timeout=PATIENCE)


def _plan(page: Page) -> None:
    page.locator(MAIN).click()
    _phase(page, "Start round 1")


def test_a_round_started_in_one_console_shows_the_same_second_in_the_other(console: OpenConsole) -> None:
    one, other = console("Fiona"), console("second")
    _plan(one)
    expect(other.locator("[data-title]")).to_have_text("Round 1 of 4", timeout=PATIENCE)
    watch = """() => { const seen = window.seen = {}, clock = document.querySelector("[data-clock]");
        new MutationObserver(() => { seen[clock.getAttribute("aria-label")] ??= Date.now(); })
            .observe(clock, {attributes: true, attributeFilter: ["aria-label"]}); }"""
    for page in (one, other):
        page.evaluate(watch)
    other.locator(MAIN).click()
    for page in (one, other):
        _phase(page, "Pause")

    def seconds_apart() -> list[int]:
        """For each second that both have shown; a busy computer leaves some out, in each console others."""
        first, second = (page.evaluate("window.seen") for page in (one, other))
        return [abs(first[shown] - second[shown]) for shown in first if shown in second]

    until(one, lambda: len(seconds_apart()) >= 5)
    apart = seconds_apart()
    # A busy computer draws late now and then; two clocks that differ do so at each second.
    assert min(apart) < 400, apart


def test_of_two_facilitators_pressing_at_once_the_second_is_told(console: OpenConsole) -> None:
    one, other = console("Fiona"), console("second")
    _plan(one)
    _phase(other, "Start round 1")
    held, freed = list[Route](), list[bool]()
    other.route("**/rounds/1/start", lambda route: route.continue_() if freed else held.append(route))
    other.locator(MAIN).click()
    until(other, lambda: bool(held))
    one.locator(MAIN).click()
    _phase(one, "Pause")
    freed.append(True)
    for late in held:  # after ten seconds without an answer the console asks again
        late.continue_()
    expect(other.locator(SAID)).to_contain_text("Somebody else was faster", timeout=PATIENCE)
    _phase(other, "Pause")


def test_a_whole_round_by_keyboard(console: OpenConsole) -> None:
    page = console()
    clock = page.locator("[data-clock]")
    page.keyboard.press("p")
    _phase(page, "Start round 1")
    page.keyboard.press("Space")
    _phase(page, "Pause")
    page.keyboard.press("Space")
    _phase(page, "Go on")
    expect(page.locator("[data-word]")).to_have_text("paused")
    before = clock.get_attribute("aria-label")
    page.keyboard.press("+")
    expect(clock).not_to_have_attribute("aria-label", before or "", timeout=PATIENCE)
    page.keyboard.press("-")
    expect(clock).to_have_attribute("aria-label", before or "", timeout=PATIENCE)
    page.keyboard.press("k")
    expect(clock).not_to_have_attribute("aria-label", before or "", timeout=PATIENCE)
    page.keyboard.press("j")
    expect(clock).to_have_attribute("aria-label", before or "", timeout=PATIENCE)
    page.keyboard.press("n")
    _phase(page, "Start round 2")
    expect(page.locator("[data-title]")).to_have_text("Round 2 of 4")
    # Ended by mistake: the round is as it was, to the second.
    page.keyboard.press("u")
    _phase(page, "Go on")
    expect(clock).to_have_attribute("aria-label", before or "", timeout=PATIENCE)
    page.keyboard.press("v")
    _phase(page, "Start round 2")
    expect(page.locator("[data-title]")).to_have_text("Round 2 of 4")
    expect(page.locator('[data-part="log"]')).to_contain_text("Round 1 does not count", timeout=PATIENCE)


class Withheld:
    """The news of a console, kept from a moment on until the test lets them through; answers go on coming."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[str | bytes] = []
        self._opened: list[WebSocketRoute] = []
        self._keeps = False
        page.route_web_socket(re.compile("socket.io"), self._carry)
        page.reload()
        expect(page.locator("[data-net]")).to_contain_text("Connected", timeout=PATIENCE)

    def keep(self) -> None:
        self._keeps = True

    def of_the_log(self, many: int) -> list[int]:
        """The places in `said` of the news of the log, once there are so many of them."""

        def found() -> list[int]:
            return [at for at, said in enumerate(self.said) if "action_noted" in str(said)]

        until(self.page, lambda: len(found()) >= many)
        return found()

    def let_through(self, some: Sequence[str | bytes]) -> None:
        for said in some:
            self._opened[-1].send(said)

    def keep_no_more(self) -> None:
        """Let everything through, and what is still to come."""
        self._keeps = False
        self.let_through(self.said)

    def _carry(self, line: WebSocketRoute) -> None:
        far = line.connect_to_server()
        line.on_message(far.send)
        far.on_message(lambda said: self.said.append(said) if self._keeps else line.send(said))
        self._opened.append(line)


def _paused(page: Page) -> str:
    """A round that stands; what its clock shows."""
    _plan(page)
    for key, phase in (("Space", "Pause"), ("Space", "Go on")):
        page.keyboard.press(key)
        _phase(page, phase)
    return page.locator("[data-clock]").get_attribute("aria-label") or ""


def test_what_is_taken_back_is_what_was_pressed_last_though_news_of_earlier_presses_come_after_its_answer(
    console: OpenConsole,
) -> None:
    page = console()
    news = Withheld(page)
    before = _paused(page)
    news.keep()
    page.keyboard.press("+")
    expect(page.locator("[data-clock]")).not_to_have_attribute("aria-label", before, timeout=PATIENCE)
    page.keyboard.press("n")
    _phase(page, "Start round 2")
    news.let_through(news.said[: news.of_the_log(2)[-1]])
    page.keyboard.press("u")
    _phase(page, "Go on")
    expect(page.locator("[data-title]")).to_have_text("Round 1 of 4")


def test_what_is_taken_back_is_what_was_pressed_last_though_earlier_news_knew_of_it(console: OpenConsole) -> None:
    """The server reads the log when it tells of a press, and by then the next one may stand in it."""
    page = console()
    news = Withheld(page)
    before = _paused(page)
    answers: list[tuple[Route, APIResponse]] = []
    page.route("**/rounds/1/end", lambda asked: answers.append((asked, asked.fetch())))
    news.keep()
    page.keyboard.press("+")
    expect(page.locator("[data-clock]")).not_to_have_attribute("aria-label", before, timeout=PATIENCE)
    page.keyboard.press("n")
    first, last = news.of_the_log(2)
    read = [re.search(r'"log":({[^}]*})', str(news.said[at])) for at in (first, last)]
    assert read[0]
    assert read[1]
    news.said[first] = str(news.said[first]).replace(read[0][1], read[1][1])
    news.keep_no_more()
    _phase(page, "Start round 2")
    for asked, answer in answers:
        asked.fulfill(response=answer)
    page.keyboard.press("u")  # waits its turn
    _phase(page, "Go on")
    expect(page.locator("[data-title]")).to_have_text("Round 1 of 4")


def test_a_question_mark_shows_every_key_and_no_key_presses_anything_behind_it(console: OpenConsole) -> None:
    page = console()
    page.keyboard.press("?")
    sheet = page.locator("[data-keys-sheet]")
    expect(sheet).to_be_visible()
    for key, what in (("Space", "Plan rounds"), ("U", "Take back"), ("J", "−1 min"), ("V", "Round does not count")):
        expect(sheet.locator("li").filter(has=page.locator("kbd", has_text=key)).first).to_contain_text(what)
    page.keyboard.press("m")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_keys_that_somebody_types_are_not_presses(console: OpenConsole) -> None:
    one, other = console("Fiona"), console("second")
    _plan(one)
    one.keyboard.press("m")
    one.keyboard.type("no panic + 1 please")
    expect(one.locator("[name=message]")).to_have_value("no panic + 1 please")
    one.keyboard.press("Enter")
    expect(one.locator(SAID)).to_have_text("All screens show it.", timeout=PATIENCE)
    expect(other.locator("[name=message]")).to_have_value("no panic + 1 please", timeout=PATIENCE)
    _phase(one, "Start round 1")


def test_a_button_that_cannot_be_pressed_says_why(console: OpenConsole) -> None:
    page = console()
    page.locator('[data-act="plus"]').click(force=True)
    expect(page.locator(SAID)).to_have_text("Only while a round runs")


def test_a_latecomer_appears_and_gets_a_seat_with_one_press(
    console: OpenConsole, served: Served[Morning], chromium: Browser
) -> None:
    page = console()
    _plan(page)
    expect(page.locator('[data-part="people"]')).to_contain_text("Everybody is where they belong", timeout=PATIENCE)
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
    expect(page.locator('[data-part="people"]')).to_contain_text("1 person to look after", timeout=PATIENCE)
    expect(page.locator('[data-part="people"]')).to_contain_text("1 person has no seat in round 1")
    page.locator('[data-part="people"] [data-act="plan"]').click()
    expect(page.locator('[data-part="people"]')).to_contain_text("Everybody is where they belong", timeout=PATIENCE)
    expect(page.locator('[data-part="seating"]')).to_contain_text("Vik")


def test_two_people_change_seats_with_two_presses_and_the_other_console_is_told(console: OpenConsole) -> None:
    one, other = console("Fiona"), console("second")
    _plan(one)
    names = one.locator('[data-part="seating"] [data-number="1"]')
    first, last = names.first.get_attribute("data-name") or "", names.last.get_attribute("data-name") or ""
    for page in (one, other):
        page.locator(f'[data-seat][data-number="1"][data-name="{first}"]').click()
        page.locator(f'[data-seat][data-number="1"][data-name="{last}"]').click()
        expect(page.locator("[data-cost] [data-act=confirm]")).to_be_visible(timeout=PATIENCE)
    one.locator("[data-cost] [data-act=confirm]").click()
    expect(one.locator(SAID)).to_contain_text("Changed.", timeout=PATIENCE)
    other.locator("[data-cost] [data-act=confirm]").click()
    expect(other.locator(SAID)).to_contain_text("Somebody else changed the seats", timeout=PATIENCE)
    expect(one.locator('[data-part="log"]')).to_contain_text("seats changed by hand", timeout=PATIENCE)
    one.keyboard.press("Escape")
    one.keyboard.press("u")
    expect(one.locator(SAID)).to_contain_text("Taken back", timeout=PATIENCE)


def test_two_people_change_places_while_the_round_goes_on(console: OpenConsole) -> None:
    one, other = console("Fiona"), console("second")
    _plan(one)
    one.locator(MAIN).click()
    _phase(one, "Pause")
    tables = one.locator('[data-seat][data-phase="running"]')
    mira = tables.filter(has_text="Mira")
    until(one, lambda: mira.count() == 1)
    where = mira.get_attribute("data-table")
    stranger = one.locator(f'[data-seat][data-phase="running"]:not([data-table="{where}"])').first
    there = stranger.get_attribute("data-table")
    mira.click()
    stranger.click()
    expect(one.get_by_role("button", name="Change places: Mira")).to_be_visible()
    one.keyboard.press("w")
    for page in (one, other):
        expect(page.locator(f'[data-seat][data-phase="running"][data-table="{there}"]', has_text="Mira")).to_be_visible(
            timeout=PATIENCE
        )
    one.keyboard.press("u")
    expect(other.locator(f'[data-seat][data-phase="running"][data-table="{where}"]', has_text="Mira")).to_be_visible(
        timeout=PATIENCE
    )


def test_whoever_leaves_is_let_go_with_two_keys_and_only_a_partner_moves(console: OpenConsole) -> None:
    page = console()
    _plan(page)
    seat = page.locator('[data-part="seating"] [data-number="1"][data-name="Dora Wiśniewska"]')
    seat.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("?")
    for key, what in (("E", "Leaves early"), ("S", "Skip table 1"), ("D", "Close the meeting")):
        row = page.locator("[data-keys] li").filter(has=page.locator("kbd", has_text=re.compile(f"^{key}$")))
        expect(row).to_contain_text(what)
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.locator(SAID)).to_contain_text("Dora Wiśniewska has left", timeout=PATIENCE)
    expect(seat).to_have_count(0, timeout=PATIENCE)
    expect(page.locator("[data-devices]")).to_contain_text("1 console", timeout=PATIENCE)


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it_in_both_schemes_and_at_every_width(console: OpenConsole, scheme: str) -> None:
    page = console(scheme=scheme)
    assert _broken_rules(page) == []
    _plan(page)
    page.locator(MAIN).click()
    _phase(page, "Pause")
    expect(page.locator("[data-part=seating] .tables li").first).to_be_visible(timeout=PATIENCE)
    for width in (1280, 768, 390, 320):
        page.set_viewport_size({"width": width, "height": 720})
        assert _broken_rules(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        # Of a box to tick the whole row with its words is the target.
        small = page.evaluate("""() => [...document.querySelectorAll("button, summary, input, a")]
            .filter((e) => e.offsetParent && !e.classList.contains("skip"))
            .map((e) => (e.type === "checkbox" ? e.closest("label") : e))
            .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 43.5)
            .map((e) => e.outerHTML.slice(0, 80))""")
        assert small == []
