"""How long somebody takes to give a referral from a phone: `python -m tests.benchmarks.slip`.

A real server and a real Chromium of a phone's size, and in it somebody who types three characters a second (people on
phones reach 36 words of five a minute: Palin and others, 2019, 37,000 of them) and takes 1.3 seconds to find and tap
what comes next (pointing and pressing of the keystroke-level model: Card, Moran, Newell, 1980). From the tap on *Write
a referral* until the page says that it is with the receiver, with all that makes it a referral. Prints seconds, taps
and characters; exit code 1 when it took longer than thirty seconds.
"""

import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

from server.services.context import Context
from tests.conftest import launch
from tests.mornings import Morning, make_morning
from tests.serving import serve

GOAL = 30.0
"""Seconds."""
A_KEY, A_TAP = 1 / 3.0, 1.3
PHONE = {"width": 390, "height": 844}
TEXTS = {"prospect_name": "Chiara D'Amico", "reach": "+39 031 555 123", "need": "Portraits for a website"}


class Thumb:
    """Somebody at a phone, as slow as people are; counts what they do."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps, self.typed = page, 0, 0

    def tap(self, what: Locator) -> None:
        """Find it and touch it."""
        time.sleep(A_TAP)
        what.tap()
        self.taps += 1

    def type(self, text: str) -> None:
        """Into the field that has the focus."""
        for letter in text:
            time.sleep(A_KEY)
            self.page.keyboard.type(letter)
        self.typed += len(text)


def main() -> int:
    """Whether it stayed below the goal."""
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        serve(Path(folder), _morning) as served,
    ):
        browser = launch(playwright)
        context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="en-GB")
        context.add_cookies([{"name": "coltiva", "value": served.data.tokens["Olga"], "url": served.url}])
        page = context.new_page()
        seconds, thumb = _given(page, served.url)
    print(f"a referral: {seconds:.1f} s of {GOAL:.0f}, {thumb.taps} taps, {thumb.typed} characters")
    return 0 if seconds <= GOAL else 1


def _given(page: Page, url: str) -> tuple[float, Thumb]:
    page.goto(url + "/referrals")
    thumb, begun = Thumb(page), time.perf_counter()
    thumb.tap(page.get_by_role("link", name="Write a referral").first)
    expect(page.get_by_label("To whom?")).to_be_focused()
    thumb.type("mira")
    for name, text in TEXTS.items():
        thumb.tap(page.locator(f"[name={name}]"))
        thumb.type(text)
    thumb.tap(page.get_by_label("I was a customer"))
    thumb.tap(page.get_by_label("They said yes to being called"))
    thumb.tap(page.get_by_role("button", name="Give the slip"))
    expect(page.get_by_text("It is with Mira now.")).to_be_visible()
    return time.perf_counter() - begun, thumb


def _morning(ctx: Context) -> Morning:
    return make_morning(ctx)


if __name__ == "__main__":
    sys.exit(main())
