"""Takes the README's four pictures: `python web/pictures.py [FOLDER]`, with the tests' packages installed.

Starts the demo in a folder of its own, opens the doors, lets people in at the door, holds a first round and
looks at the organiser's page, the door, the display and a phone in a real Chromium (CHROMIUM names another
than the system's). Nothing of an existing group is read or touched. Exit code 1 when a page complains or asks
another host.
"""

import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from server.app import create_context  # noqa: E402  (the checkout has to be found first)
from server.config import Settings  # noqa: E402
from server.services import badges, demo_days  # noqa: E402
from server.services.context import Context  # noqa: E402
from tests.serving import serve  # noqa: E402

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
WAIT = 90_000
"""Milliseconds; a picture may wait, a busy computer may be slow."""
ARRIVE = 36
"""So many people come in before the round; an even number gives everybody a partner."""
LINK = re.compile(r"(Organiser|Facilitator|Door|Display)\s+http://\S+?(/link/\S+)")
SCAN = """(code) => {
  for (const key of [...code, "Enter"])
    for (const type of ["keydown", "keyup"])
      document.activeElement.dispatchEvent(new KeyboardEvent(type, { key, bubbles: true, cancelable: true }));
}"""
"""What a USB scanner types, faster than any hand."""


class Room:
    """The screens of one meeting, each a browser of its own, and what they complained about."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self.complaints: list[str] = []

    def screen(self, width: int, height: int, path: str, **options: Any) -> Page:
        """A new browser at a page; a one-time link or an offer to take a badge is accepted by its button."""
        context = self._browser.new_context(
            base_url=self._url, locale="en", viewport={"width": width, "height": height}, **options
        )
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda asked: self._heard(str(asked.url)))
        page.goto(path)
        page.locator("main form button").first.click()
        page.wait_for_url(lambda url: not urlsplit(url).path.startswith(path))
        page.wait_for_load_state("networkidle")
        return page

    def _heard(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != urlsplit(self._url).netloc:
            self.complaints.append(f"asked another host: {url}")


def main(arguments: list[str]) -> int:
    """Take the pictures into the folder named, or into web/pictures."""
    folder = Path(arguments[0]) if arguments else ROOT / "web" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as instance,
        _demo(Path(instance)) as (url, links),
        sync_playwright() as play,
    ):
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        room = Room(browser, url)
        hold(room, links, Path(instance), folder)
        browser.close()
    for complaint in room.complaints:
        print(complaint, file=sys.stderr)
    return 1 if room.complaints else 0


@contextmanager
def _demo(instance: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of a running demo and its one-time links by name."""

    def nothing(ctx: Context) -> None:
        """The demo makes its own group."""

    with serve(instance, nothing, verb="demo", wait=300) as running:
        # The links follow the line with the address; the last of all says how to stop.
        while not any("Ctrl-C" in line for line in running.log):
            assert running.process.poll() is None, "".join(running.log)
            time.sleep(0.1)
        port = urlsplit(running.url).port
        yield f"http://localhost:{port}", dict(LINK.findall("".join(running.log)))


def hold(room: Room, links: dict[str, str], instance: Path, folder: Path) -> None:
    """Today's meeting up to its first round, with a picture of each screen when it has most to show."""
    organiser = room.screen(1280, 800, links["Organiser"])
    meeting, codes = _meeting(instance)
    organiser.goto(f"/o/{meeting}")
    organiser.locator("form[action$='/open'] button").first.click()
    organiser.locator("[data-today][data-status=open]").wait_for()

    door = room.screen(1024, 768, links["Door"])
    display = room.screen(1280, 720, links["Display"])
    for code in codes[:ARRIVE]:
        _let_in(door, code)
    _take(door, folder / "door.png")
    # The first phone that opens a badge soon after its check-in becomes its owner's.
    phone = room.screen(
        390, 844, f"/B/{codes[ARRIVE - 1]}", has_touch=True, is_mobile=True, device_scale_factor=1.5
    )
    organiser.locator("[data-count]", has_text=re.compile(f"^{ARRIVE}$")).wait_for()
    _take(organiser, folder / "organiser.png")

    organiser.goto(f"/run/{meeting}")
    for press in ("plan", "start"):
        organiser.locator("[data-run]:not([data-busy])").wait_for()
        organiser.locator(f"[data-key=main][data-act={press}]:not([aria-disabled=true])").click()
    organiser.locator("[data-key=main][data-act=pause]").wait_for()
    phone.locator("[data-partner]:visible [data-slot=name]").first.wait_for()
    phone.locator("[data-table]:not([hidden]) [data-slot=table]").wait_for()
    _take(phone, folder / "phone.png")
    _take(display, folder / "display.png")


def _meeting(instance: Path) -> tuple[str, list[str]]:
    """Today's meeting and the codes on its badges, spread over the list as people arrive."""
    ctx = create_context(Settings(instance=instance))
    with closing(ctx.database):
        today = demo_days.newest(ctx)
        assert today is not None, "the demo prepared it"
        codes = [holder.code for holder in badges.holders(ctx, today.id) if holder.code]
        return str(today.uid), codes[::3] + codes[1::3] + codes[2::3]


def _let_in(door: Page, code: str) -> None:
    """A badge at the scanner, until the door has answered."""
    answer = door.locator(".answer .result").first
    before = answer.inner_html()
    door.evaluate(SCAN, code)
    door.wait_for_function("(was) => document.querySelector('.answer .result').innerHTML !== was", arg=before)
    kind = (answer.get_attribute("class") or "").split()
    assert "in" in kind, f"{code}: {answer.text_content()}"


def _take(page: Page, path: Path) -> None:
    """A picture once fonts are there and nothing moves any more."""
    page.evaluate("document.fonts.ready.then(() => true)")
    page.wait_for_timeout(1500)
    page.screenshot(path=path)
    print(f"{path.name}: {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
