"""A member's page of meetings to come: apology, substitute, undo, the link for visitors; and who may not look."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from server.views.ready_messages import Ready
from tests.conftest import Browser, Statements
from tests.mornings import Morning

Open = Callable[[str | None], Browser]


@pytest.fixture
def mira(browser: Open) -> Browser:
    return browser("Mira")


@pytest.fixture
def here(morning: Morning) -> str:
    return f"/meetings/{morning.meeting_uid}"


def _text(reply: Any, status: int = 200) -> str:
    assert reply.status_code == status, reply.get_data(as_text=True)[:600]
    return str(reply.get_data(as_text=True))


def test_an_apology_and_its_undo_are_one_press_each(mira: Browser, browser: Open, here: str) -> None:
    assert "you are expected" in _text(mira.get("/meetings"))
    assert mira.submit(f"{here}/apology", {"op": "1"}).location.startswith("/meetings#m-")
    assert "you cannot come" in _text(mira.get("/meetings"))
    assert mira.submit(f"{here}/coming").status_code == 303
    assert "you are expected" in _text(mira.get("/meetings"))


def test_a_substitute_is_named_and_the_organiser_reads_for_whom(
    mira: Browser, browser: Open, here: str, morning: Morning
) -> None:
    form = {"given_name": "Noa", "family_name": "Żak", "company": "Żak Florists", "email": ""}
    assert mira.submit(f"{here}/substitute", form | {"op": "2"}).status_code == 303
    assert "comes for you: Noa Żak" in _text(mira.get("/meetings"))
    listed = _text(browser("Olga").get(f"/o/{morning.meeting_uid}/people"))
    assert "comes for them: Noa Żak" in listed
    mira.submit(f"{here}/coming")
    assert "comes for you" not in _text(mira.get("/meetings"))


def test_a_refusal_stands_beside_its_field_with_what_was_typed(mira: Browser, here: str) -> None:
    page = _text(mira.submit(f"{here}/substitute", {"given_name": "Mira", "family_name": "Łukasik"}), 422)
    assert "Nobody comes for themselves." in page.split('class="error"')[1].split("</p>")[0]
    assert 'value="Łukasik"' in page
    assert "<details open>" in page


def test_the_own_link_opens_the_page_for_visitors(mira: Browser, browser: Open, morning: Morning) -> None:
    assert "Invite visitors" not in _text(mira.get("/meetings"))
    browser("Olga").submit(f"/o/{morning.meeting_uid}/registration", {"is_on": "1"})
    page = _text(mira.get("/meetings"))
    found = re.search(r'value="https://meet\.example\.org(/r/[-0-9A-Z]+)"', page)
    assert found is not None
    assert "https://wa.me/?text=" in page
    assert "guest of Mira Ł." in _text(browser(None).get(found.group(1)))


def test_only_ones_own_meetings_are_there(mira: Browser, browser: Open, here: str, statements: Statements) -> None:
    sam = browser("Sam")
    assert "No meeting to come" in _text(sam.get("/meetings")), "Sam's group put nobody on its list"
    assert sam.submit(f"{here}/apology").status_code == 404
    assert browser(None).get("/meetings").status_code == 401
    with statements() as sent:
        mira.get("/meetings")
    assert len(sent) <= 12


@pytest.mark.parametrize(
    ("phone", "to"),
    [
        ("+39 347 123 4567", "393471234567"),
        ("0048 600 700 800", "48600700800"),
        ("347 1234567", ""),
        ("", ""),
        ("+", ""),
    ],
)
def test_a_ready_message_goes_by_every_way(phone: str, to: str) -> None:
    ready = Ready("Come & see", "Ciao Żak,\nà bientôt? 100 % #1", "noa+x@example.org", phone)
    assert ready.whatsapp.startswith(f"https://wa.me/{to}?text=Ciao%20%C5%BBak%2C%0A")
    assert ready.mailto == (
        "mailto:noa%2Bx@example.org?subject=Come%20%26%20see"
        "&body=Ciao%20%C5%BBak%2C%0D%0A%C3%A0%20bient%C3%B4t%3F%20100%20%25%20%231"
    )
