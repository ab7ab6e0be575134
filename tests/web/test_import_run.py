"""A large file on its way in, in a real browser: the bar shows how far it is, the button stops it, nothing stays."""

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import func, select

from server.app import create_context
from server.config import Settings
from server.formats.tables import MAX_ROWS
from server.persistence.base import Base
from tests.mornings import Morning, make_morning
from tests.serving import Served, serve

pytestmark = pytest.mark.browser
PATIENCE = 60_000
"""Milliseconds; the machine may be busy. Nothing here waits by the clock."""
FILE = "First name,Last name,Company,Email\n" + "".join(
    f"Given{n},Family{n},Firm {n},p{n}@example.org\n" for n in range(MAX_ROWS)
)


@contextmanager
def _held(server: Served[Morning], state: Path) -> Iterator[int]:
    """The child stands still as soon as it has written some of the people; gives how far it was, in percent."""
    until = time.monotonic() + PATIENCE / 1000
    while not (runs := list(state.glob("*.run"))) or (told := json.loads(runs[0].read_text()))["share"] <= 40:
        assert time.monotonic() < until, "nothing was written"
        time.sleep(0.01)
    assert told["live"], "the whole file was in before anybody could look"
    pid = server.process.pid
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    for child in children:
        os.kill(child, signal.SIGSTOP)
    try:
        yield int(told["share"])
    finally:
        for child in children:
            # One that has been told to end, and could not hear it for too long, is gone by now.
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGCONT)


def _rows(folder: Path) -> dict[str, int]:
    """How many rows each table has, but for those of the sessions, which every look at a page moves."""
    ctx = create_context(Settings(instance=folder))
    try:
        with ctx.reading() as db:
            return {
                table.name: db.scalar(select(func.count()).select_from(table)) or 0
                for table in Base.metadata.sorted_tables
                if table.name != "sessions"
            }
    finally:
        ctx.database.close()


def test_a_large_import_shows_how_far_it_is_and_is_stopped_without_a_trace(chromium: Browser, tmp_path: Path) -> None:
    folder, file = tmp_path / "group", tmp_path / "many.csv"
    file.write_text(FILE, encoding="utf-8")
    with serve(folder, make_morning) as served:
        before = _rows(folder)
        context = chromium.new_context(locale="en-GB", reduced_motion="reduce")
        context.add_cookies([{"name": "coltiva", "value": served.data.tokens["Olga"], "url": served.url}])
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(f"{served.url}/o/people/import")
        page.get_by_label("Spreadsheet").set_input_files(file)
        page.get_by_role("button", name="Look at it").click()
        bring = page.get_by_role("button", name="Bring them in")
        expect(bring).to_be_visible(timeout=PATIENCE)
        bring.click(no_wait_after=True)
        with _held(served, folder / "uploads") as share:
            expect(page.get_by_role("heading", name="Bringing them in")).to_be_visible(timeout=PATIENCE)
            page.wait_for_function("share => document.querySelector('progress')?.value >= share", arg=share)
            expect(page.get_by_text("Stopped before the end, nothing is changed.")).to_be_visible()
            with page.expect_request(lambda asked: asked.method == "POST" and asked.url.endswith("/cancel")):
                page.get_by_role("button", name="Stop it").click(no_wait_after=True)
        expect(page.get_by_role("heading", name="They are not in")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_role("alert")).to_contain_text("The import was stopped. Nothing was changed.")
        assert _rows(folder) == before
        page.goto(f"{served.url}/o/people")
        expect(page.locator("[data-results] h2")).to_have_text(f"Everybody: {before['memberships'] - 1}")
        context.close()
    assert not [line for line in served.log if "Traceback" in line], served.log
