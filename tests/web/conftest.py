"""What the tests in a real browser share."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.serving import serve
from tests.walls import OpenRoom, Room, crowd


@pytest.fixture
def open_room(tmp_path: Path, chromium: Browser) -> Iterator[OpenRoom]:
    running: list[tuple[Any, Room]] = []

    def open_one(**more: int) -> Room:
        server = serve(tmp_path, lambda ctx: crowd(ctx, **more), "--base-url", "http://meet.lan")
        running.append((server, Room(server.__enter__(), chromium)))
        return running[-1][1]

    yield open_one
    for server, room in running:
        try:
            room.close()
        finally:
            server.__exit__(None, None, None)
