"""Attendees' phones in a real browser against a real server: join, sit, exchange, lose the network, look back."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from server import assets
from server.domain.vocabulary import ContactField
from server.persistence.models import Person
from server.services import consents
from server.services.context import Context, Tx
from server.wire import phone as wire
from tests.mornings import Morning, make_morning
from tests.pages import until
from tests.rooms import an_earlier_morning, everybody_in, seat_rounds
from tests.serving import Served, Wire, serve

pytestmark = pytest.mark.browser
PATIENCE = 60_000
"""Milliseconds; the machine may be busy. Nothing here waits by the clock."""
TABLES = [[["Mira", "Max"], ["Vik", "Dora"]], [["Mira", "Vik"], ["Max", "Dora"]], [["Vik", "Max"], ["Dora", "Mira"]]]
BUDGET = 40_000
"""Bytes of scripts and styles of the round's page, as they travel."""
TITLE, SUB, TABLE, CLOCK = "[data-title]", "[data-sub]", "[data-table] .table-no", "[data-clock]"


class Room:
    """A served morning with everybody in the room, the phones that look at it and the facilitator's hand."""

    def __init__(self, served: Served[Morning], chromium: Browser) -> None:
        self.served, self.morning, self._chromium = served, served.data, chromium
        self._contexts: list[BrowserContext] = []
        self.wrong: list[str] = []
        self._fiona = self._context(served.url, "Fiona")
        page = self._fiona.request.get(f"{served.url}/about").text()
        self._csrf = page.split('name="csrf" content="')[1].split('"')[0]

    def _context(self, url: str, who: str | None, **options: Any) -> BrowserContext:
        size = {"width": 390, "height": 844}
        context = self._chromium.new_context(**({"locale": "en-GB", "viewport": size} | options))
        self._contexts.append(context)
        if who:
            context.add_cookies([{"name": "coltiva", "value": self.morning.tokens[who], "url": url}])
        return context

    def phone(self, who: str | None, path: str = "", *, url: str = "", live: bool = True, **options: Any) -> Page:
        """Somebody's phone on a page; without a path on the meeting's own."""
        base = url or self.served.url
        page = self._context(base, who, **options).new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        own = (base, base.replace("http", "ws"), "data:", "blob:")
        page.on("request", lambda asked: None if asked.url.startswith(own) else self.wrong.append(asked.url))
        page.goto(base + (path or f"/me/{self.morning.meeting_uid}"))
        if live:
            connected(page)
        return page

    def press(self, verb: str, number: int = 1, **more: object) -> None:
        """The facilitator presses a button of the round."""
        state = self._fiona.request.get(f"{self.served.url}/state/{self.morning.meeting_uid}").json()
        body = {"version": state["snapshot"]["clock"]["version"], **more}
        at = f"{self.served.url}/run/{self.morning.meeting_uid}/rounds/{number}/{verb}"
        reply = self._fiona.request.post(at, data=body, headers={"X-CSRF-Token": self._csrf})
        assert reply.ok, reply.text()

    def held(self, *numbers: int) -> None:
        """Rounds that begin and end."""
        for number in numbers:
            self.press("start", number)
            self.press("end", number)

    def close(self) -> None:
        """The test is over."""
        for context in self._contexts:
            context.close()


def prepare(ctx: Context) -> Morning:
    """Everybody in the room but Vik's phone; Max shows e-mail and phone; Mira met Max a week ago."""
    morning = make_morning(ctx)
    an_earlier_morning(morning, [[["Mira", "Vik"]], [["Mira", "Max"]]])
    everybody_in(morning)
    seat_rounds(morning, TABLES)

    def fill(tx: Tx) -> None:
        for key in morning.people.values():
            person = tx.db.get_one(Person, key)
            person.looks_for, person.offers, person.phone = "hotels by the lake", "a tasting", "+39 02 555 01"

    ctx.transaction(fill)
    for field in (ContactField.EMAIL, ContactField.PHONE):
        consents.say(
            ctx, person_id=morning.people["Max"], field=field, given=True, language="en", channel="phone"
        )
    return morning


@pytest.fixture
def room(tmp_path: Path, chromium: Browser) -> Iterator[Room]:
    with serve(tmp_path, prepare) as served:
        made = Room(served, chromium)
        yield made
        made.close()
        assert made.wrong == []
        assert not [line for line in served.log if "Traceback" in line], served.log


def connected(page: Page) -> None:
    expect(page.locator("[data-net]")).to_have_text(re.compile("Connected"), timeout=PATIENCE)


def says(page: Page, selector: str, words: str | re.Pattern[str]) -> None:
    expect(page.locator(selector)).to_have_text(words, timeout=PATIENCE, use_inner_text=True)


def shows(page: Page, time: str) -> None:
    """The clock has this time left."""
    expect(page.locator(CLOCK)).to_have_attribute("aria-label", re.compile(f"Time left {time}"), timeout=PATIENCE)


def swap(page: Page | Locator, state: str) -> Any:
    """The visible part of the exchange controls in one state."""
    return page.locator(f"[data-with] [data-state={state}]:visible")


def test_a_phone_joins_with_one_tap_and_follows_the_room(room: Room) -> None:
    code = room.morning.codes["Vik"]
    vik = room.phone(None, f"/B/{code}", live=False)
    expect(vik.locator("main")).not_to_contain_text("Vik")
    vik.get_by_role("button", name="Make this your phone").click()
    connected(vik)
    says(vik, TITLE, "Breakfast no. 214")
    says(vik, SUB, "Your first table")
    room.press("start")
    says(vik, TITLE, "Round 1 of 3")
    says(vik, TABLE, re.compile("2$"))
    expect(vik.locator("[data-partner]:visible .name")).to_have_text("Dora Wiśniewska")
    shows(vik, "4:")
    room.press("pause")
    says(vik, "[data-word]", "paused")
    minutes, seconds = map(int, (vik.locator(CLOCK).get_attribute("aria-label") or "").rsplit(" ", 1)[1].split(":"))
    room.press("adjust", seconds=-30)
    minutes, seconds = divmod(60 * minutes + seconds - 30, 60)
    shows(vik, f"{minutes}:{seconds:02}$")
    room.press("end")
    says(vik, TITLE, "Next: round 2 of 3")
    says(vik, TABLE, re.compile("1$"))
    expect(vik.locator("[data-just]")).to_be_visible()
    room.press("start", 2)
    says(vik, TITLE, "Round 2 of 3")
    expect(vik.locator("[data-partner] .name")).to_have_text("Mira Łukasik")
    expect(vik.locator("[data-before]")).to_contain_text(re.compile("You met on .*, round 1."))


def test_two_phones_exchange_contacts_with_one_tap_and_both_see_it(room: Room) -> None:
    room.press("start")
    mira, max_ = room.phone("Mira"), room.phone("Max")
    swap(mira, "ask").click()
    for page in (mira, max_):
        expect(swap(page, "accepted")).to_contain_text("Contacts exchanged", timeout=PATIENCE)
    expect(mira.get_by_role("link", name="max@example.org")).to_have_attribute("href", "mailto:max@example.org")
    expect(mira.get_by_role("link", name="+39 02 555 01")).to_have_attribute("href", "tel:+390255501")
    # Mira has opened nothing: her name is all that Max got.
    expect(swap(max_, "accepted")).to_contain_text("Name and company so far.")
    card = room.phone("Mira", "/me/card", live=False)
    switch = card.get_by_role("switch", name=re.compile("E-mail"))
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true", timeout=PATIENCE)
    expect(max_.get_by_role("link", name="mira@example.org")).to_be_visible(timeout=PATIENCE)
    swap(mira, "accepted").get_by_role("button", name="Take back").click()
    for page in (mira, max_):
        expect(swap(page, "ask")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text("@example.org")).to_have_count(0)


def test_a_request_waits_for_its_answer_wherever_the_other_one_sits(room: Room) -> None:
    room.press("start")
    max_, mira = room.phone("Max"), room.phone("Mira")
    vik = room.phone("Vik", f"/B/{room.morning.codes['Mira']}")
    expect(vik.locator("main")).to_contain_text("Exchange contacts with Mira Łukasik?")
    vik.get_by_role("button", name="Exchange contacts").click()
    expect(swap(vik, "asked")).to_be_visible(timeout=PATIENCE)
    asked = mira.locator("[data-asks] li")
    expect(asked).to_contain_text("Vik", timeout=PATIENCE)
    asked.get_by_role("button", name="Accept").click()
    expect(swap(vik, "accepted")).to_be_visible(timeout=PATIENCE)
    expect(mira.locator("[data-others] li")).to_contain_text("Contacts exchanged", timeout=PATIENCE)
    expect(mira.locator("[data-asks]")).to_be_hidden()
    expect(max_.locator("[data-others]")).to_be_hidden()


def test_a_phone_without_a_network_counts_on_and_catches_up(room: Room) -> None:
    wire_ = Wire(room.served.port)
    room.press("start")
    mira, max_ = room.phone("Mira", url=wire_.url), room.phone("Max")
    wire_.cut()
    says(mira, "[data-net]", re.compile("Reconnecting|No network"))
    before = mira.locator(CLOCK).get_attribute("aria-label") or ""
    expect(mira.locator(CLOCK)).not_to_have_attribute("aria-label", before, timeout=PATIENCE)
    expect(mira.locator("[data-partner] .name")).to_have_text("Max D'Alò")
    # A press meanwhile is kept; the facilitator goes on without this phone.
    swap(mira, "ask").click()
    expect(mira.locator("[data-announce]")).to_contain_text("Saved here", timeout=PATIENCE)
    room.press("end")
    says(max_, TITLE, "Next: round 2 of 3")
    says(mira, TITLE, "Round 1 of 3")
    wire_.mend()
    connected(mira)
    says(mira, TITLE, "Next: round 2 of 3")
    for page in (mira, max_):
        expect(swap(page, "accepted")).to_be_visible(timeout=PATIENCE)
    wire_.close()


def test_what_is_typed_afterwards_is_kept_by_itself_and_survives_a_lost_network(room: Room) -> None:
    wire_ = Wire(room.served.port)
    room.press("start")
    mira = room.phone("Mira", url=wire_.url)
    room.press("end")
    says(mira, TITLE, "Next: round 2 of 3")
    room.held(2, 3)
    expect(mira.get_by_role("heading", name="A good meeting.")).to_be_visible(timeout=PATIENCE)
    connected(mira)
    card = mira.locator(".todo > li").filter(has_text="Max D'Alò")
    card.get_by_label("Yes").check()
    expect(card.locator("[data-saved]")).to_have_text("Saved", timeout=PATIENCE)
    expect(swap(card, "accepted")).to_be_visible(timeout=PATIENCE)
    card.get_by_text("Note and promise").click()
    wire_.cut()
    card.get_by_label("Note, for you only").fill("Knows the printer")
    card.get_by_label("You promised").fill("The number")
    expect(card.locator("[data-saved]")).to_contain_text("Saved here", timeout=PATIENCE)
    wire_.mend()
    expect(card.locator("[data-saved]")).to_have_text("Saved", timeout=PATIENCE)
    mira.reload()
    expect(card.get_by_label("Note, for you only")).to_have_value("Knows the printer")
    expect(card.get_by_label("You promised")).to_have_value("The number")
    expect(card.get_by_label("Yes")).to_be_checked()
    expect(mira.locator("main")).to_contain_text("3 people met, 1 promise")
    wire_.close()


def test_saved_is_said_when_the_last_of_what_was_typed_is(room: Room) -> None:
    room.press("start")
    mira = room.phone("Mira")
    room.press("end")
    says(mira, TITLE, "Next: round 2 of 3")
    room.held(2, 3)
    card = mira.locator(".todo > li").filter(has_text="Max D'Alò")
    card.get_by_text("Note and promise").click()
    held, freed = list[Route](), list[bool]()
    mira.route("**/people/*", lambda asked: asked.continue_() if freed else held.append(asked))
    said = card.locator("[data-saved]")

    def typed(label: str, words: str) -> None:
        card.get_by_label(label).fill(words)
        mira.keyboard.press("Tab")
        expect(said).to_have_text("Saving", timeout=PATIENCE)

    def waits(for_it: str) -> None:
        until(mira, lambda: any(for_it in (asked.request.post_data or "") for asked in held))

    typed("Note, for you only", "Knows the printer")
    waits("Knows the printer")
    typed("You promised", "The number")
    held.pop(0).continue_()
    waits("The number")
    expect(said).to_have_text("Saving")
    freed.append(True)  # without its route Playwright would let go of those held by itself, and refuse to do it twice
    for late in held:
        late.continue_()
    expect(said).to_have_text("Saved", timeout=PATIENCE)


def test_without_a_script_everything_can_be_seen_and_pressed(room: Room) -> None:
    room.press("start")
    mira = room.phone("Mira", live=False, java_script_enabled=False)
    assert "Round 1 of 3" in mira.locator("h1").inner_text()
    assert mira.locator(TABLE).inner_text().endswith("1")
    assert mira.locator("[data-partner] .name").inner_text() == "Max D'Alò"
    mira.get_by_role("button", name="Exchange contacts").click()
    expect(mira.get_by_role("link", name="max@example.org")).to_be_visible()
    mira.get_by_role("link", name="Note").click()
    mira.get_by_label("You promised").or_(mira.get_by_text("Note and promise")).first.click()
    mira.get_by_label("You promised").fill("A number")
    mira.get_by_role("button", name="Save").click()
    expect(mira.get_by_label("You promised")).to_have_value("A number")


WORDS = """() => [...document.querySelectorAll('main, [data-ring]')].map(part => [...part.querySelectorAll(
  'h1, h2, h3, p, dd, dt, li b, .firm, .btn, .chip, .table-no, [data-word]')].filter(e => e.checkVisibility()
  && !e.closest('[data-senses], noscript')).map(e => e.textContent.trim().replace(/\\s+/g, ' ')))"""


def test_the_script_shows_what_the_server_painted(room: Room) -> None:
    def same(scene: str) -> None:
        painted = room.phone("Mira", live=False, java_script_enabled=False)
        alive = room.phone("Mira")
        expect(alive.locator("h1")).to_have_text(painted.locator("h1").inner_text())
        words = painted.evaluate(WORDS)
        for _ in range(PATIENCE // 50):
            if alive.evaluate(WORDS) == words:
                break
            alive.wait_for_timeout(50)
        assert alive.evaluate(WORDS) == words, scene
        alive.context.close()
        painted.context.close()

    same("before")
    room.press("start")
    room.press("pause")
    same("round")
    vik = room.phone("Vik", f"/B/{room.morning.codes['Mira']}")
    swap(vik, "ask").click()
    expect(swap(vik, "asked")).to_be_visible(timeout=PATIENCE)
    same("asked")
    mira = room.phone("Mira")
    swap(mira, "ask").click()
    expect(swap(mira, "accepted")).to_be_visible(timeout=PATIENCE)
    same("exchanged")
    room.press("end")
    same("break")


def snapshots() -> list[dict[str, Any]]:
    """Every phase of the clock, with and without a seat, before and after."""
    seats: list[Any] = [None, {"phase": "planned", "table": None, "with": []}]
    seats += [{"phase": phase, "table": 4, "with": [{"person": "P"}]} for phase in ("planned", "running", "ended")]
    found = []
    for status in ("draft", "open", "closed"):
        found.append({"meeting": {"status": status}, "clock": None, "exchanges": {}})
        for phase in ("planned", "running", "paused", "ended", "void"):
            for number in (1, 2):
                for seat in seats:
                    own = {"1": seats[-1], "2": seat, "3": seats[1]} if number == 2 else {"1": seat, "2": seats[2]}
                    clock = {"number": number, "of": 3, "phase": phase}
                    found.append(
                        {"meeting": {"status": status}, "clock": clock, "me": {"rounds": own}, "exchanges": {}}
                    )
    return found


def test_browser_and_server_agree_on_every_scene(room: Room) -> None:
    page = room.phone("Mira")
    script = page.locator("script[type=module]").get_attribute("src") or ""
    entries: list[Any] = [None]
    entries += [
        {"state": state, "mine": mine}
        for state in ("waiting", "accepted", "declined", "withdrawn")
        for mine in (True, False)
    ]
    cases = snapshots()
    scenes, swaps = page.evaluate(
        """async ([address, cases, entries]) => {
             const {scene, swap} = await import(address);
             return [cases.map(scene), [true, false].map(open => entries.map(entry => swap(entry, open)))];
           }""",
        [script.replace("phone.js", "scene.js"), cases, entries],
    )
    for case, seen in zip(cases, scenes, strict=True):
        mine = wire.scene(case)
        seen.setdefault("next", None)
        if mine["kind"] == "after":
            assert seen["kind"] == "after"
            continue
        for key, value in mine.items():
            found = seen.get(key)
            if key == "next" and found:
                found.setdefault("table", None)
            assert found == value, (key, case, seen, mine)
    assert swaps == [[wire.swap(entry, open_=open_) for entry in entries] for open_ in (True, False)]


def test_the_switches_say_what_this_phone_can_and_does(room: Room) -> None:
    room.press("start")
    phone = room.phone("Mira", url=room.served.url.replace("127.0.0.1", "localhost"))
    sound = phone.get_by_role("switch", name=re.compile("^Ring"))
    shake = phone.get_by_role("switch", name=re.compile("Vibrate"))
    for switch in (sound, shake):
        expect(switch).to_have_attribute("aria-checked", "false")
        switch.click()
        expect(switch).to_have_attribute("aria-checked", "true", timeout=PATIENCE)
        switch.click()
        expect(switch).to_have_attribute("aria-checked", "false", timeout=PATIENCE)
    poor = room.phone("Mira", live=False)
    gone = ("Navigator.prototype.vibrate", "Navigator.prototype.wakeLock", "globalThis.AudioContext")
    poor.add_init_script(";".join(f"delete {name}" for name in gone))
    poor.reload()
    for switch in poor.get_by_role("switch").all():
        expect(switch).to_have_attribute("aria-disabled", "true")
        expect(switch).to_contain_text("Not possible")
        switch.click(force=True)
        expect(switch).to_have_attribute("aria-checked", "false")
    says(poor, TITLE, "Round 1 of 3")


def test_what_was_wished_is_kept_on_this_phone_and_never_claimed_before_it_is_granted(room: Room) -> None:
    room.press("start")
    phone = room.phone("Mira", url=room.served.url.replace("127.0.0.1", "localhost"))
    switches = {name: phone.locator(f"[data-sense={name}]") for name in ("wake", "vibration", "sound")}
    for switch in switches.values():
        switch.click()
        expect(switch).to_have_attribute("aria-checked", "true", timeout=PATIENCE)
    phone.reload()
    connected(phone)
    expect(switches["wake"]).to_have_attribute("aria-checked", "true", timeout=PATIENCE)
    for name in ("vibration", "sound"):
        expect(switches[name]).to_contain_text("Tap anywhere to turn it on", timeout=PATIENCE)
        expect(switches[name]).to_have_attribute("aria-checked", "false")
    phone.locator("h1").click()
    for switch in switches.values():
        expect(switch).to_have_attribute("aria-checked", "true", timeout=PATIENCE)
        expect(switch).not_to_contain_text("Tap anywhere")
    switches["sound"].click()
    expect(switches["sound"]).to_have_attribute("aria-checked", "false", timeout=PATIENCE)
    expect(switches["sound"]).not_to_contain_text("Tap anywhere")
    phone.reload()
    expect(switches["wake"]).to_have_attribute("aria-checked", "true", timeout=PATIENCE)
    phone.locator("h1").click()
    expect(switches["vibration"]).to_have_attribute("aria-checked", "true", timeout=PATIENCE)
    expect(switches["sound"]).to_have_attribute("aria-checked", "false")


def test_a_phone_whose_screen_lock_is_taken_away_says_so(room: Room) -> None:
    room.press("start")
    phone = room.phone("Mira", url=room.served.url.replace("127.0.0.1", "localhost"), live=False)
    phone.add_init_script("""(() => {
        const {request} = WakeLock.prototype;
        WakeLock.prototype.request = async function (kind) {
            if (window.refused) throw new DOMException("battery", "NotAllowedError");
            return window.lock = await request.call(this, kind);
        };
        const {vibrate} = Navigator.prototype;
        Navigator.prototype.vibrate = function (pattern) { return !window.refused && vibrate.call(this, pattern); };
    })();""")
    phone.reload()
    connected(phone)
    wake, shake = (phone.locator(f"[data-sense={name}]") for name in ("wake", "vibration"))
    wake.click()
    expect(wake).to_have_attribute("aria-checked", "true", timeout=PATIENCE)
    phone.evaluate("async () => { window.refused = true; await lock.release(); }")
    expect(wake).to_have_attribute("aria-checked", "false", timeout=PATIENCE)
    shake.click()
    expect(shake).to_contain_text("Tap anywhere", timeout=PATIENCE)
    expect(shake).to_have_attribute("aria-checked", "false")


def test_the_page_of_a_round_is_light(room: Room) -> None:
    room.press("start")
    page = room.phone("Mira", "/health", live=False)  # a page without any style
    sizes: dict[str, int] = {}
    page.on(
        "requestfinished",
        lambda done: sizes.update({done.url: done.sizes()["responseBodySize"]})
        if re.search(r"\.(js|css)$", done.url)
        else None,
    )
    page.goto(f"{room.served.url}/me/{room.morning.meeting_uid}", wait_until="networkidle")
    connected(page)
    assert min(sizes.values()) > 0, "nothing came from a cache"
    assert len(sizes) > 10
    assert sum(sizes.values()) <= BUDGET, json.dumps(sizes, indent=1)
    page.locator("[data-sense=sound]").click()  # what few phones wish is loaded when they do, and is light as well
    expect(page.locator("[data-sense=sound]")).to_have_attribute("aria-checked", "true", timeout=PATIENCE)
    assert sum(sizes.values()) <= BUDGET + 4500, json.dumps(sizes, indent=1)


BROKEN = """() => axe.run(document, {runOnly: {type: 'tag', values:
  ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})"""
WIDE = """() => document.documentElement.scrollWidth > innerWidth ? [...document.querySelectorAll('body *')].filter(e =>
  e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('svg, .vh')).map(e => e.outerHTML.slice(0, 90)) : []"""
SMALL = """() => [...document.querySelectorAll(
  'main :is(button, a.btn, input, textarea, summary), footer a')].filter(e => {
  const r = (e.closest('label.pick') ?? e).getBoundingClientRect();
  return e.type !== 'hidden' && r.width > 0 && (r.height < 43.9 || r.width < 43.9);
}).map(e => e.outerHTML.slice(0, 90))"""


def usable(page: Page) -> None:
    """No rule of accessibility is broken, nothing scrolls sideways or is too small, in both schemes."""
    page.evaluate(assets.vendor("axe.min.js").read_text(encoding="utf-8"))
    for scheme, width in (("light", 390), ("dark", 320)):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of two words
        found = page.evaluate(BROKEN)
        assert len(found["passes"]) > 10, "axe looked at the page"
        wrong = [(rule["id"], node["html"][:120]) for rule in found["violations"] for node in rule["nodes"]]
        assert (page.url, wrong) == (page.url, [])
        assert (page.url, page.evaluate(WIDE), page.evaluate(SMALL)) == (page.url, [], [])


def test_everybody_can_use_every_page(room: Room) -> None:
    mira = room.phone("Mira", bypass_csp=True)
    usable(mira)
    for page in ("/me/card", f"/B/{room.morning.codes['Max']}"):
        mira.goto(room.served.url + page)
        usable(mira)
    usable(room.phone(None, f"/B/{room.morning.codes['Vik']}", live=False, bypass_csp=True))
    usable(room.phone(None, "/B/0000000000000", live=False, bypass_csp=True))
    room.press("start")
    vik = room.phone("Vik", f"/B/{room.morning.codes['Mira']}")
    swap(vik, "ask").click()
    mira.goto(f"{room.served.url}/me/{room.morning.meeting_uid}")
    expect(mira.locator("[data-asks] li")).to_contain_text("Vik", timeout=PATIENCE)
    swap(mira, "ask").click()
    expect(swap(mira, "accepted")).to_be_visible(timeout=PATIENCE)
    usable(mira)
    room.press("end")
    says(mira, TITLE, "Next: round 2 of 3")
    usable(mira)
    room.held(2, 3)
    expect(mira.get_by_role("heading", name="A good meeting.")).to_be_visible(timeout=PATIENCE)
    mira.get_by_text("Note and promise").first.click()
    usable(mira)
