"""A group that has only just begun: no page is an error or bare heads, and each says what can be done next."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from flask import Flask

from server.domain.vocabulary import MeetingStatus, Role
from server.persistence.models import Group, Meeting, Person
from server.services.context import Context, Tx
from tests import builders
from tests.cast import OLGA as ORGANISER
from tests.conftest import Browser
from tests.web.test_every_page import CARE, MIRA, OLGA

NOT_TO_PRESS = ("/door/poster",)
"""What hangs on a wall."""
QUIET = ("brand", "skip", "back")


@dataclass
class _Page(HTMLParser):
    """What a page says, its tables as numbers of cells, and what can be pressed on it beside the way around."""

    words: list[str] = field(default_factory=list)
    tables: list[int] = field(default_factory=list)
    presses: list[str] = field(default_factory=list)
    _inside: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in ("nav", "main", "script", "style"):
            self._inside.append(tag)
        if tag == "table":
            self.tables.append(0)
        if tag == "td" and self.tables:
            self.tables[-1] += 1
        quiet = any(word in (told.get("class") or "").split() for word in QUIET)
        if tag in ("a", "button", "input") and not quiet and "nav" not in self._inside:
            self.presses.append(told.get("href") or tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and "main" in self._inside and "script" not in self._inside:
            self.words.append(data.strip())


def _complaints(path: str, status: int, html: str) -> list[str]:
    page = _Page()
    page.feed(html)
    found = [] if status == 200 else [f"{path}: answers {status}"]
    found += [f"{path}: a table of heads alone"] if 0 in page.tables else []
    found += [] if sum(map(len, page.words)) > 20 else [f"{path}: says nothing"]
    found += [] if page.presses or path.endswith(NOT_TO_PRESS) else [f"{path}: offers nothing to do"]
    return found


@dataclass(frozen=True)
class _New:
    """A group of one."""

    group: int
    olga: int
    uid: str


@pytest.fixture
def new(ctx: Context) -> Callable[[str], _New]:
    def begin(language: str) -> _New:
        def work(tx: Tx) -> _New:
            group = builders.a_group(tx, f"New {language}", language=language)
            olga = builders.an_organiser(tx, group, ORGANISER)
            return _New(group.id, olga.id, olga.uid)

        return ctx.transaction(work)

    return begin


def _walk(app: Flask, token: str, language: str, paths: list[str]) -> list[str]:
    browser, found = Browser(app.test_client(), token), []
    for path in paths:
        reply = browser.get(path, headers={"Accept-Language": language})
        found += _complaints(path, reply.status_code, reply.get_data(as_text=True))
    return found


@pytest.mark.parametrize("language", ["en", "it", "pl"])
def test_every_page_of_a_group_of_one_without_a_meeting_says_what_to_do(
    app: Flask, ctx: Context, new: Callable[[str], _New], language: str
) -> None:
    group = new(language)
    # The figures are those of a meeting.
    pages = [path for path in (*OLGA, *MIRA) if "{" not in path and path != "/o/figures"]
    assert _walk(app, builders.signed_in(ctx, group.olga), language, pages) == []
    care = builders.signed_in(ctx, group.olga, role=Role.CARE, group_id=group.group)
    assert _walk(app, care, language, [path.format(mira=group.uid) for path in CARE]) == []


@pytest.mark.parametrize(
    ("language", "status", "listed"),
    [
        ("en", MeetingStatus.DRAFT, False),
        ("it", MeetingStatus.OPEN, False),
        ("pl", MeetingStatus.DRAFT, True),
        ("en", MeetingStatus.OPEN, True),
    ],
)
def test_every_page_of_a_meeting_with_nobody_or_one_says_what_to_do(
    app: Flask, ctx: Context, new: Callable[[str], _New], language: str, status: MeetingStatus, listed: bool
) -> None:
    group = new(language)

    def prepare(tx: Tx) -> str:
        meeting: Meeting = builders.a_meeting(tx, tx.db.get_one(Group, group.group), status=status)
        if listed:
            builders.an_attendance(tx, meeting, tx.db.get_one(Person, group.olga))
        return meeting.uid

    meeting = ctx.transaction(prepare)
    pages = [path.format(m=meeting) for path in (*OLGA, *MIRA) if "{m}" in path]
    # Who is not on the list has no page of the morning.
    pages = [path for path in pages if listed or not path.startswith("/me/")]
    assert _walk(app, builders.signed_in(ctx, group.olga), language, pages) == []
