"""Repeating a meeting from the organiser's pages, without a script: days, ticks, undo, who stays outside."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from server.persistence.models import Meeting
from tests.conftest import Browser, Statements
from tests.mornings import Morning

Open = Callable[[str | None], Browser]
TICKS = re.compile(r'name="day" value="([-0-9]+)"( checked)?')


@pytest.fixture
def olga(browser: Open) -> Browser:
    return browser("Olga")


@pytest.fixture
def address(morning: Morning) -> str:
    return f"/o/{morning.meeting_uid}/repeat"


def _text(reply: Any, status: int = 200) -> str:
    assert reply.status_code == status, reply.get_data(as_text=True)[:600]
    return str(reply.get_data(as_text=True))


def _count(morning: Morning) -> int:
    with morning.ctx.reading() as db:
        return int(db.scalar(select(func.count()).select_from(Meeting)) or 0)


def test_the_days_of_a_quarter_are_ticked_but_for_holidays(olga: Browser, address: str):
    page = _text(olga.get(address))
    ticks = dict(TICKS.findall(page))
    assert len(ticks) == 12
    assert all(ticks.values())
    page = _text(olga.get(f"{address}?rhythm=weekly&until=2027-06-01"))
    assert "Thursday, December 31, 2026" in page
    page = _text(olga.get(f"{address}?rhythm=monthly_last&until=2027-11-30"))
    ticks = dict(TICKS.findall(page))
    assert list(ticks)[:2] == ["2026-12-31", "2027-01-28"]


def test_rhythms_are_offered_as_the_day_allows(olga: Browser, address: str):
    page = _text(olga.get(address))
    assert "Every month, Thursday no. 4" in page
    assert "Every month, at its end: Thursday" in page


def test_ticked_days_become_meetings_and_one_press_takes_them_back(olga: Browser, morning: Morning, address: str):
    before = _count(morning)
    form = {"rhythm": "weekly", "until": "2026-12-31", "day": ["2026-12-03", "2026-12-17"]}
    there = olga.submit(address, form)
    assert there.status_code == 303
    page = _text(olga.get(there.headers["Location"]))
    assert "2 meetings planned" in page
    assert _count(morning) == before + 2
    change = re.search(r'name="change" value="(\w+)"', page)
    assert change is not None
    olga.submit("/o/meetings/take-back", {"change": change[1]})
    assert _count(morning) == before
    assert "meetings planned" not in _text(olga.get(there.headers["Location"]))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("rhythm=daily&until=2027-01-01", "does not fit this rhythm"),
        ("rhythm=weekly&until=2026-11-26", "Choose a later end."),
        ("rhythm=weekly&until=2036-11-26", "At most 60 meetings at once."),
        ("rhythm=weekly&until=someday", "date"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(olga: Browser, address: str, asked: str, said: str):
    page = _text(olga.get(f"{address}?{asked}"), 422)
    assert said in page
    assert "aria-invalid" in page
    assert TICKS.findall(page) == []


def test_a_refusal_leaves_the_ticks_as_they_were(olga: Browser, morning: Morning, address: str):
    form = {"rhythm": "weekly", "until": "2026-12-31", "day": ["2026-12-03"]}
    olga.submit(address, form)
    count = _count(morning)
    page = _text(olga.submit(address, form | {"day": ["2026-12-03", "2026-12-24"]}), 422)
    assert "On December 3, 2026 there is a meeting already." in page
    assert [day for day, ticked in TICKS.findall(page) if ticked] == ["2026-12-24"]
    assert "Tick at least one day." in _text(olga.submit(address, form | {"day": []}), 422)
    assert _count(morning) == count


def test_later_meetings_follow_only_when_that_is_ticked(olga: Browser, morning: Morning, address: str):
    olga.submit(address, {"rhythm": "weekly", "until": "2026-12-31", "day": ["2026-12-03", "2026-12-10"]})
    page = _text(olga.get(f"/o/{morning.meeting_uid}/edit"))
    assert "The 2 later meetings of the series follow" in page
    form = {
        "name": "Breakfast", "place": "Café Central", "date": "2026-11-26", "time": "07:30", "rounds": "3",
        "round_minutes": "5", "table_size": "2", "kind": ["rounds"], "title": ["Rounds"], "minutes": ["30"],
    }  # fmt: skip
    places = select(Meeting.place).where(Meeting.series.is_not(None)).order_by(Meeting.starts_at)
    olga.submit(f"/o/{morning.meeting_uid}/edit", form)
    with morning.ctx.reading() as db:
        assert list(db.scalars(places)).count("Café Central") == 1
    olga.submit(f"/o/{morning.meeting_uid}/edit", form | {"later": "1"})
    with morning.ctx.reading() as db:
        assert list(db.scalars(places)) == ["Café Central"] * 3


def test_the_page_asks_the_database_little(olga: Browser, address: str, statements: Statements):
    olga.get(address)
    with statements() as sent:
        _text(olga.get(address))
    assert len(sent) <= 12, "\n".join(sent)


def test_somebody_of_another_group_can_neither_repeat_nor_take_back(browser: Open, morning: Morning, address: str):
    form = {"rhythm": "weekly", "until": "2026-12-31", "day": ["2026-12-03"]}
    there = browser("Olga").submit(address, form)
    count = _count(morning)
    change = there.headers["Location"].split("planned=")[1]
    sam = browser("Sam")
    assert sam.submit(address, form).status_code == 404
    assert sam.submit("/o/meetings/take-back", {"change": change}).status_code == 404
    assert "meeting planned" not in _text(sam.get(there.headers["Location"]))
    assert _count(morning) == count
