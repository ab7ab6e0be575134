"""The page that leads from one person to the next; and who may not write."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from server.persistence.models import Group
from server.services.context import Tx
from tests.conftest import Browser, Statements
from tests.mornings import Morning

Open = Callable[[str | None], Browser]


@pytest.fixture
def olga(browser: Open) -> Browser:
    return browser("Olga")


@pytest.fixture
def page(morning: Morning) -> str:
    return f"/o/{morning.meeting_uid}/messages/reminder"


def _text(reply: Any, status: int = 200) -> str:
    assert reply.status_code == status, reply.get_data(as_text=True)[:600]
    return str(reply.get_data(as_text=True))


def _chosen(text: str) -> str:
    found = re.search(r'<h2 id="chosen">To (.*?)</h2>', text)
    return found.group(1) if found else ""


def test_every_press_brings_the_next_person_until_all_are_written_to(olga: Browser, page: str) -> None:
    seen = []
    while name := _chosen(text := _text(olga.get(page))):
        seen.append(name)
        uid = re.search(rf"{page}/(\w+)/written", text)
        assert uid is not None
        assert olga.submit(f"{page}/{uid.group(1)}/written").location == page
    assert len(seen) == len(set(seen)) == 6
    assert "Everybody has been written to" in text
    assert "Written: 6 of 6" in text


def test_undo_brings_the_person_back_and_anybody_can_be_chosen(olga: Browser, morning: Morning, page: str) -> None:
    mira = morning.attendances["Mira"]
    assert _chosen(_text(olga.get(f"{page}?to={mira}"))) == "Mira Łukasik"
    olga.submit(f"{page}/{mira}/written")
    assert "Written: 1 of 6" in _text(olga.get(page))
    there = olga.submit(f"{page}/{mira}/undone").location
    assert _chosen(_text(olga.get(there))) == "Mira Łukasik"
    assert olga.submit(f"{page}/{'0' * 16}/written").status_code == 422


def test_the_text_is_in_the_groups_language_with_the_way_to_say_no(olga: Browser, morning: Morning, page: str) -> None:
    def work(tx: Tx) -> None:
        tx.db.get_one(Group, morning.group_id).language = "it"

    morning.ctx.transaction(work)
    text = _text(olga.get(f"{page}?to={morning.attendances['Mira']}"))
    letter = text.split('id="letter"')[1].split("</textarea>")[0]
    assert "Mira" in letter
    assert "novembre" in letter
    assert "https://meet.example.org/meetings" in letter
    assert "mailto:mira@example.org?subject=" in text


def test_without_a_mail_server_nothing_is_offered_and_nothing_sent(olga: Browser, page: str) -> None:
    assert "Send the letters" not in _text(olga.get(page))
    assert "No mail server is set" in _text(olga.submit(f"{page}/send"), 422)


def test_nobody_moved_up_is_said_so_and_other_kinds_do_not_exist(olga: Browser, morning: Morning) -> None:
    messages = f"/o/{morning.meeting_uid}/messages"
    assert "Nobody waited for a place" in _text(olga.get(f"{messages}/moved_up"))
    assert olga.get(f"{messages}/gossip").status_code == 404
    assert "0 of 6" in _text(olga.get(messages))


def test_strangers_write_to_nobody(olga: Browser, browser: Open, page: str, statements: Statements) -> None:
    assert browser("Sam").get(page).status_code == 404
    assert browser("Mira").get(page).status_code == 403
    assert browser("Sam").submit(f"{page}/send").status_code == 404
    with statements() as sent:
        olga.get(page)
    assert len(sent) <= 12
