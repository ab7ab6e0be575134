"""The screens of a morning as people use them: each a browser context of its own, watched for complaints.

Elements are found by what they are for (data- attributes, names of fields), never by words: the same morning runs in
three languages.
"""

import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

_BURST = """(code) => {
  for (const key of [...code, "Enter"]) {
    for (const type of ["keydown", "keyup"]) {
      document.activeElement.dispatchEvent(new KeyboardEvent(type, { key, bubbles: true, cancelable: true }));
    }
  }
}"""
"""A USB scanner: keys faster than any hand, wherever the focus is."""
WAIT = 60_000
"""Milliseconds until a screen that should follow has not followed."""


class Screen:
    """One person's or device's browser."""

    def __init__(self, browser: Browser, url: str, language: str, **options: Any) -> None:
        self.url = url
        self.context = browser.new_context(base_url=url, locale=language, **options)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(WAIT)
        self.complaints: list[str] = []
        self.away = False
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("console", self._heard)
        self.page.on("request", self._asked)

    def _heard(self, message: Any) -> None:
        # While its line is cut a browser reports every failed request by itself.
        if message.type == "error" and not self.away:
            self.complaints.append(f"console: {message.text}")

    def _asked(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != urlsplit(self.url).netloc:
            self.complaints.append(f"asked another host: {request.url}")

    def open(self, path: str) -> None:
        """Go to a page of the program."""
        self.page.goto(path if path.startswith("/") else urlsplit(path).path, wait_until="networkidle")

    def use_link(self, link: str) -> None:
        """Open a one-time link and press its button."""
        self.open(link)
        self.page.locator("main form button[type=submit]").first.click()
        self.page.wait_for_url(lambda url: "/link/" not in url)
        self.page.wait_for_load_state("networkidle")

    def text(self, selector: str) -> str:
        """The text of an element, blanks folded."""
        return re.sub(r"\s+", " ", self.page.locator(selector).first.text_content() or "").strip()

    def until(self, question: Callable[[], bool], what: str) -> None:
        """Wait until a question is answered with yes."""
        deadline = time.monotonic() + WAIT / 1000
        while not question():
            assert time.monotonic() < deadline, f"waited in vain: {what}; the page says {self.says()}"
            self.page.wait_for_timeout(50)

    def says(self) -> list[str]:
        """What the page tells its reader right now, for a failed wait."""
        return self.page.locator("[role=status], [role=alert]").all_text_contents()

    def seconds_left(self) -> int:
        """The seconds on the clock that this screen shows now, -1 without one; others of its scenes wait hidden."""
        shown = self.page.locator("[data-ring]:visible [data-clock] span").all_text_contents()
        if not shown:
            return -1
        minutes, _, seconds = "".join(shown).partition(":")
        return int(minutes) * 60 + int(seconds)

    def close(self) -> None:
        """The browser is shut."""
        self.context.close()


class Door(Screen):
    """The door's tablet with a USB scanner."""

    def scan(self, code: str) -> str:
        """A badge in front of the scanner; the kind of answer: in, already or no."""
        field = self.page.locator(".answer .result").first
        shown = field.inner_html()
        self.page.evaluate(_BURST, code)
        # News, and a scan that is called saved while its answer is slow, change the field before the answer does.
        self.until(
            lambda: field.inner_html() != shown and self._kind() in {"in", "already", "no"}, f"an answer to {code}"
        )
        return self._kind()

    def _kind(self) -> str:
        field = self.page.locator(".answer .result").first
        return (field.get_attribute("class") or "").removeprefix("result ").strip()

    def name_shown(self) -> str:
        """The name in the answer field."""
        return self.text(".answer .result .name")

    def in_room(self) -> int:
        """The count on the page."""
        return int(self.text("[data-count]"))

    def walk_in(self, given: str) -> None:
        """Somebody whom nobody expected."""
        self.page.locator("button[data-walk-in]").first.click()
        self.page.fill("[data-walk-in-form] [name=given_name]", given)
        here = self.in_room()
        self.page.locator("[data-walk-in-form] [data-add]").click()
        self.until(lambda: self.in_room() == here + 1, "the walk-in is counted")

    def leaves(self, name: str) -> None:
        """Somebody is found by name and goes."""
        self.page.fill("[data-line] input", name)
        here = self.in_room()
        self.page.locator("[data-hits] li", has_text=name).locator("button[data-key^=leave]").first.click()
        self.until(lambda: self.in_room() == here - 1, f"{name} has left")


class Console(Screen):
    """The organiser's laptop, from set-up to the figures, and the facilitator's console."""

    meeting = ""

    def act(self, name: str) -> None:
        """Press the big button once it offers what is wanted and nothing waits for an answer."""
        self.page.locator("[data-run]:not([data-busy])").wait_for()
        self.page.locator(f"[data-key=main][data-act={name}]:not([aria-disabled=true])").click()

    def phase(self, wanted: str) -> None:
        """Wait for the next press that the console offers: it tells the phase."""
        button = self.page.locator("[data-key=main]")
        self.until(lambda: button.get_attribute("data-act") == wanted, f"{wanted} is next")

    def press(self, name: str) -> None:
        """Press one of the other buttons."""
        self.page.locator("[data-run]:not([data-busy])").wait_for()
        self.page.locator(f".controls [data-act={name}]:not([data-key=main]):not([aria-disabled=true])").click()

    def plan_again(self) -> None:
        """Plan for the people who are here now, and wait until the next round has its seats."""
        with self.page.expect_response(lambda answer: answer.url.endswith("/plan")) as begun:
            self.press("plan")
        run = begun.value.json()["run"]
        self.until(lambda: self._run() == (run, False), "the next round is planned")

    def _run(self) -> tuple[str, bool]:
        """The last planning run, and whether it still seats the next round."""
        path = self.page.locator("[data-run]").get_attribute("data-state") or ""
        run = self.page.request.get(path).json()["snapshot"]["plan"]["run"]
        return run["uid"], run["state"] == "seating"

    def end_early(self) -> None:
        """End the round while people still have time: one press, which can be taken back."""
        self.press("end")
        self.phase("start")


class Phone(Screen):
    """An attendee's phone, 390 px wide."""

    def __init__(self, browser: Browser, url: str, language: str) -> None:
        super().__init__(browser, url, language, viewport={"width": 390, "height": 844}, has_touch=True)

    def claim(self, code: str) -> None:
        """The phone's own camera opened the badge; it becomes this phone's."""
        self.open(f"/B/{code}")
        self.page.locator("main form button").first.click()
        self.page.wait_for_url(lambda url: "/me/" in url)

    def table(self) -> str:
        """The table shown, empty while there is none."""
        place = self.page.locator("[data-table]:not([hidden]) [data-slot=table]")
        return place.text_content() or "" if place.count() else ""

    def partners(self) -> list[str]:
        """The names of those at the table."""
        return self.page.locator("[data-partner]:visible [data-slot=name]").all_text_contents()

    def state(self, wanted: str) -> bool:
        """Whether an exchange on the page is in a state."""
        return self.page.locator(f".swap [data-state={wanted}]:visible").count() > 0
