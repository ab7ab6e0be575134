"""A served morning with two doors, and a way to open their pages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from server.domain.vocabulary import Role
from server.services.context import Context
from tests import builders
from tests.conftest import launch
from tests.mornings import Morning, make_morning
from tests.serving import serve
from tests.web.door.doors import PATIENCE, Door, OpenDesk


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    tokens: list[str] = []

    def prepare(ctx: Context) -> Morning:
        morning = make_morning(ctx)
        here = {"group_id": morning.group_id, "meeting_id": morning.meeting_id}
        tokens.append(builders.signed_in(ctx, None, label="Door 2", role=Role.STEWARD, **here))
        return morning

    with serve(tmp_path, prepare, "--base-url", "http://meet.lan") as served:
        yield Door(served, tmp_path, tokens[0])


@pytest.fixture(scope="package")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """A browser whose owner has not allowed the camera."""
    running = launch(playwright, "--use-fake-device-for-media-stream")
    yield running
    running.close()


@pytest.fixture
def desk(door: Door, chromium: Browser) -> Iterator[OpenDesk]:
    """Opens a door's page: desk(), desk("steward"), desk(url=…, by=…); no page may stumble."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_one(who: str = "Dora", *, url: str = "", by: Browser = chromium, **options: Any) -> Page:
        base = url or door.served.url
        context = by.new_context(**({"locale": "en-GB", "viewport": {"width": 1024, "height": 768}} | options))
        contexts.append(context)
        token = door.steward if who == "steward" else door.morning.tokens[who]
        context.add_cookies([{"name": "coltiva", "value": token, "url": base}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        own = (base, base.replace("http", "ws"), "data:", "blob:")
        page.on("request", lambda asked: None if asked.url.startswith(own) else wrong.append(asked.url))
        page.goto(f"{base}/desk/{door.morning.meeting_uid}")
        expect(page.locator("[data-net]")).to_have_text("Connected", timeout=PATIENCE)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert wrong == []
