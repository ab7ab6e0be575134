"""What tests of pages in a real browser share."""

from collections.abc import Callable

from playwright.sync_api import Page

PATIENCE = 60_000
"""Milliseconds; the machine may be busy."""


def until(page: Page, happened: Callable[[], bool]) -> None:
    """Let the page go on until something has happened. Raises AssertionError when it does not."""
    for _ in range(PATIENCE // 50):
        if happened():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not happen")
