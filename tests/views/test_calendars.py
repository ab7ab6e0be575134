"""Calendars as a browser and a calendar program see them: made, read without signing in, ended."""

import re
from collections.abc import Callable

import pytest

from tests.conftest import Browser, Statements
from tests.mornings import Morning

Open = Callable[[str | None], Browser]
LINK = re.compile(r'value="https://meet\.example\.org(/calendar/[-0-9A-Z]+\.ics)"')


@pytest.mark.parametrize(
    ("who", "page", "action"),
    [("Mira", "/meetings", "/meetings/calendar"), ("Olga", "/o/meetings", "/o/meetings/calendar")],
)
def test_a_calendar_is_made_read_and_stopped(browser: Open, who: str, page: str, action: str) -> None:
    person, program = browser(who), browser(None)
    assert LINK.search(person.get(page).text) is None
    assert person.submit(action, {"make": "1"}).location == f"{page}#calendar"
    found = LINK.search(person.get(page).text)
    assert found is not None
    reply = program.get(found.group(1))
    assert reply.content_type == "text/calendar; charset=utf-8"
    assert b"SUMMARY:Breakfast no. 214" in reply.data
    assert "webcal://meet.example.org/calendar/" in person.get(page).text
    person.submit(action, {"stop": "1"})
    assert program.get(found.group(1)).status_code == 404
    assert LINK.search(person.get(page).text) is None


def test_only_members_and_organisers_make_calendars_and_all_of_it_stays_cheap(
    browser: Open, morning: Morning, statements: Statements
) -> None:
    assert browser(None).submit("/meetings/calendar").status_code == 401
    assert browser("Vik").submit("/meetings/calendar").status_code in (403, 404)
    assert browser("Mira").submit("/o/meetings/calendar").status_code in (403, 404)
    assert browser(None).get("/calendar/abc.ics").status_code == 404
    mira = browser("Mira")
    mira.submit("/meetings/calendar", {"make": "1"})
    found = LINK.search(mira.get("/meetings").text)
    assert found is not None
    for path in ("/meetings", found.group(1)):
        with statements() as sent:
            mira.get(path)
        assert len(sent) <= 12
