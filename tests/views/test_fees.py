"""The fee list without a script, at the desk and at the door; the head-count for the venue; and who may look."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from server.persistence.models import Group, Meeting
from server.services.context import Tx
from tests.conftest import Browser, Statements
from tests.mornings import Morning
from tests.rooms import everybody_in

Open = Callable[[str | None], Browser]


@pytest.fixture
def olga(browser: Open) -> Browser:
    return browser("Olga")


@pytest.fixture
def asked(morning: Morning) -> Morning:
    """Members pay 12.50, visitors 20; Mira and Vik are here."""

    def work(tx: Tx) -> None:
        tx.db.execute(
            update(Meeting)
            .where(Meeting.id == morning.meeting_id)
            .values(member_fee_cents=1250, visitor_fee_cents=2000)
        )

    morning.ctx.transaction(work)
    everybody_in(morning, only=["Mira", "Vik"])
    return morning


def _text(reply: Any, status: int = 200) -> str:
    assert reply.status_code == status, reply.get_data(as_text=True)[:600]
    return str(reply.get_data(as_text=True))


def _sums(page: str) -> list[str]:
    return re.findall(r'<b class="key num">(?:<a [^>]*>)?([^<]*?)(?:</a>)?</b>', page)


def test_a_press_takes_the_fee_and_another_gives_it_back(asked: Morning, olga: Browser) -> None:
    fees = f"/o/{asked.meeting_uid}/fees"
    assert _sums(_text(olga.get(fees))) == ["€0.00", "€32.50", "0"]
    mira = asked.attendances["Mira"]
    assert olga.submit(f"{fees}/{mira}/paid", {"op": "1"}).location == f"{fees}#f-{mira}"
    olga.submit(f"{fees}/{asked.attendances['Vik']}/free")
    assert _sums(_text(olga.get(fees))) == ["€12.50", "€0.00", "1"]
    assert "Mira" not in _text(olga.get(f"{fees}?show=owes")).split('id="who"')[1]
    olga.submit(f"{fees}/{mira}/owes")
    assert _sums(_text(olga.get(fees))) == ["€0.00", "€12.50", "1"]
    assert olga.submit(f"{fees}/{mira}/stolen").status_code == 422


def test_the_door_sees_first_who_is_here_and_owes(asked: Morning, browser: Open) -> None:
    dora = browser("Dora")
    at_door = f"/desk/{asked.meeting_uid}/fees"
    page = _text(dora.get(at_door))
    people = re.findall(r'class="who">([^<]+)<', page)
    assert set(people[:2]) == {"Mira Łukasik", "Vik"}
    assert "/free" not in page
    dora.submit(f"{at_door}/{asked.attendances['Vik']}/paid")
    assert _sums(_text(dora.get(at_door)))[0] == "€20.00"
    assert dora.submit(f"{at_door}/{asked.attendances['Vik']}/free").status_code == 404
    assert "Fees and cash" in _text(dora.get(f"/desk/{asked.meeting_uid}"))


def test_over_an_open_line_no_sum_is_shown_and_no_file_given(asked: Morning, olga: Browser, browser: Open) -> None:
    def work(tx: Tx) -> None:
        tx.db.execute(update(Group).where(Group.id == asked.group_id).values(own_network=True))

    asked.ctx.transaction(work)
    lan = {"REMOTE_ADDR": "192.168.1.7"}
    page = _text(olga.get(f"/o/{asked.meeting_uid}/fees", environ_base=lan))
    assert "€" not in page
    assert "12.50" not in page
    assert "€" not in _text(browser("Dora").get(f"/desk/{asked.meeting_uid}/fees", environ_base=lan))
    assert olga.get(f"/o/{asked.meeting_uid}/fees.csv", environ_base=lan).status_code == 403


def test_the_file_opens_in_a_spreadsheet(asked: Morning, olga: Browser) -> None:
    fees = f"/o/{asked.meeting_uid}/fees"
    reply = olga.get(f"{fees}.csv")
    assert reply.headers["Content-Disposition"] == 'attachment; filename="fees-breakfast-2026-11-26.csv"'
    assert "Mira Łukasik" in _text(reply)
    assert olga.get(f"{fees}.xlsx").data[:2] == b"PK"


def test_the_message_for_the_venue_counts_chairs_and_names_nobody(asked: Morning, olga: Browser) -> None:
    page = _text(olga.get(f"/o/{asked.meeting_uid}/messages"))
    text = page.split('id="venue-text"')[1].split("</textarea>")[0]
    assert "People: 6 (members: 5, visitors: 1)" in text
    assert "Hotel Corona" in text
    assert "Mira" not in text
    assert "mailto:?subject=Number%20of%20people" in page
    assert "https://wa.me/?text=" in page


def test_strangers_and_members_see_no_fees(
    asked: Morning, olga: Browser, browser: Open, statements: Statements
) -> None:
    for page in ("fees", "fees.csv", "messages"):
        assert browser("Sam").get(f"/o/{asked.meeting_uid}/{page}").status_code == 404
        assert browser("Mira").get(f"/o/{asked.meeting_uid}/{page}").status_code == 403
    assert browser("Sam").get(f"/desk/{asked.meeting_uid}/fees").status_code == 404
    for page in ("fees", "messages"):
        with statements() as sent:
            olga.get(f"/o/{asked.meeting_uid}/{page}")
        assert len(sent) <= 12
