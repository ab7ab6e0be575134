"""A door in a real browser: the served morning, scanners that type, pictures of badges, what the field says."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import qrcode
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, expect

from server.app import create_context
from server.config import Settings
from server.services.context import Context
from tests.conftest import launch
from tests.mornings import Morning
from tests.serving import Served

PATIENCE = 60_000
"""Milliseconds; the machine may be busy. Nothing here waits by the clock."""
OpenDesk = Callable[..., Page]


@dataclass
class Door:
    """A served morning with its own database at hand, as a command line beside the server has it."""

    served: Served[Morning]
    folder: Path
    steward: str

    @property
    def morning(self) -> Morning:
        """The cast's morning."""
        return self.served.data

    def beside(self, work: Callable[[Context], Any]) -> Any:
        """Write beside the running server, as another program may."""
        ctx = create_context(Settings(instance=self.folder))
        try:
            return work(ctx)
        finally:
            ctx.database.close()


def answered(page: Page, kind: str, text: str) -> None:
    """The answer field says so, in colour, shape and words."""
    field = page.locator("[data-result]")
    expect(field).to_have_class(re.compile(rf"result {kind}$"), timeout=PATIENCE)
    expect(field).to_contain_text(text, timeout=PATIENCE)
    expect(field).to_have_attribute("role", "alert" if kind == "no" else "status")


BURST = """([text, enter]) => {
  let at = performance.now();
  for (const key of [...text, ...(enter ? ['Enter'] : [])]) {
    const focus = document.activeElement ?? document.body;
    const event = new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true});
    Object.defineProperty(event, 'timeStamp', {value: at += 2});  // a page that stands still breaks no burst
    if (!focus.dispatchEvent(event)) continue;
    if (key === 'Enter') focus.matches('button') ? focus.click() : focus.form?.requestSubmit();
    else if (key === ' ' && focus.matches('button')) focus.click();
    else if (focus.matches('input')) {
      focus.value += key;
      focus.dispatchEvent(new Event('input', {bubbles: true}));
    }
  }
}"""


def usb(page: Page, code: str, *, enter: bool = True) -> None:
    """A scanner types, faster than anybody, wherever the focus is.

    The keys are made in the page, with what a browser does on each of them unless it is prevented: sent one by one
    from outside they come as slowly as the machine is busy.
    """
    text = code if ":" in code else f"https://MEET.EXAMPLE.ORG/B/{code}"
    page.evaluate(BURST, [text, enter])


def in_room(page: Page, number: int) -> None:
    """The number of people in the room, as the page has it."""
    expect(page.locator("[data-count]")).to_have_text(str(number), timeout=PATIENCE)


def picture_of(code: str, size: tuple[int, int], side: int) -> Image.Image:
    """A badge before a grey wall."""
    made = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    made.add_data(code if ":" in code else f"https://MEET.EXAMPLE.ORG/B/{code}")
    drawn = made.make_image().get_image().convert("RGB").resize((side, side))
    picture = Image.new("RGB", size, (92, 88, 80))
    picture.paste(drawn, ((size[0] - side) // 2, (size[1] - side) // 2))
    return picture


def jpeg(picture: Image.Image) -> bytes:
    """As a camera stores it."""
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=90)
    return written.getvalue()


def seeing(playwright: Playwright, clip: Path) -> Browser:
    """A browser whose camera is allowed and shows this clip over and over."""
    return launch(
        playwright,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={clip}",
    )
