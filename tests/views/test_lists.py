"""Every list of the organiser as a table: found by words, sorted by a column, taken away; nobody else's."""

import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from openpyxl import load_workbook

from server.domain.vocabulary import MeetingStatus
from server.persistence.models import Meeting
from server.services import duties, registration_desk
from server.services.context import Tx
from tests.conftest import Browser, Statements
from tests.mornings import Morning
from tests.rooms import everybody_in

Browsers = Callable[[str | None], Browser]
LISTS = ("people", "registrations", "duties", "messages", "fees")


def _text(reply: Any, status: int = 200) -> str:
    assert reply.status_code == status, reply.get_data(as_text=True)[:600]
    return str(reply.get_data(as_text=True))


def _first_column(page: str) -> list[str]:
    return [unescape(cell) for cell in re.findall(r'<th role="rowheader" scope="row">(.*?)</th>', page)]


@pytest.fixture
def here(morning: Morning) -> str:
    """The address of the lists of a meeting where Mira and Max are, Vik is not, and duties are given."""
    registration_desk.change(morning.ctx, meeting_id=morning.meeting_id, is_on=True, limit=6, closes_local=None)
    duties.suggest(morning.ctx, meeting_id=morning.meeting_id)
    everybody_in(morning, only=["Mira", "Max"])
    return f"/o/{morning.meeting_uid}/lists"


def test_a_list_is_found_in_and_sorted_by_any_column(browser: Browsers, here: str) -> None:
    olga = browser("Olga")
    assert len(_first_column(_text(olga.get(f"{here}/people")))) == 6
    assert _first_column(_text(olga.get(f"{here}/people?find=LUKASIK"))) == ["Mira Łukasik", "Vik"], "and her guest"
    assert _first_column(_text(olga.get(f"{here}/people?find=foto+lukasik"))) == ["Mira Łukasik"]
    by_name = _first_column(_text(olga.get(f"{here}/people?by=0")))
    assert by_name[0].startswith("Dora")
    assert _first_column(_text(olga.get(f"{here}/people?by=0&down=1"))) == by_name[::-1]
    came = _first_column(_text(olga.get(f"{here}/people?by=7")))
    assert set(came[:2]) == {"Mira Łukasik", "Max D'Alò"}, "who came stands first, in the order of coming"
    page = _text(olga.get(f"{here}/people?find=nobody"))
    assert "Nothing has all of these words" in page
    assert _first_column(_text(olga.get(f"{here}/people?by=nonsense"))) == _first_column(
        _text(olga.get(f"{here}/people?by=99"))
    )


def test_a_file_holds_what_the_page_shows_in_its_order(browser: Browsers, here: str) -> None:
    olga = browser("Olga")
    page = _text(olga.get(f"{here}/people?find=visitor&by=1"))
    address = unescape(re.search(r'href="([^"]+\.xlsx[^"]*)"', page).group(1))  # type: ignore[union-attr]  # on every list
    rows = list(load_workbook(io.BytesIO(olga.get(address).data)).active.values)  # type: ignore[union-attr]  # one sheet
    assert [row[0] for row in rows[1:]] == _first_column(page) == ["Vik"]
    text = olga.get(f"{here}/people.csv").data.decode("utf-8-sig")
    assert text.splitlines()[0] == "Name,Company,Sector,Member or visitor,State,Guest of,Substitute,Came at"
    assert len(text.splitlines()) == 7


@pytest.mark.parametrize("which", LISTS)
def test_every_list_of_a_meeting_is_there_cheap_and_only_for_who_prepares_it(
    browser: Browsers, morning: Morning, here: str, which: str, statements: Statements
) -> None:
    olga = browser("Olga")
    with statements() as sent:
        _text(olga.get(f"{here}/{which}"))
    assert len(sent) <= 12
    assert olga.get(f"{here}/{which}.csv").headers["Content-Disposition"].startswith("attachment")
    assert olga.get(f"{here}/{which}.xlsx").status_code == 200
    for address in (f"{here}/{which}", f"{here}/{which}.csv"):
        assert browser("Sam").get(address).status_code == 404
        assert browser("Mira").get(address).status_code == 403
    assert f"/lists/{which}" in _text(olga.get(f"/o/{morning.meeting_uid}/{_page_of(which)}"))


def _page_of(which: str) -> str:
    return "registration" if which == "registrations" else which


def test_an_empty_list_says_the_next_step(browser: Browsers, here: str) -> None:
    page = _text(browser("Olga").get(f"{here}/registrations"))
    assert "Switch registration on and send the link" in page


def test_all_meetings_are_one_list_by_day_and_by_number(browser: Browsers, morning: Morning) -> None:
    def more(tx: Tx) -> None:
        first = tx.db.get_one(Meeting, morning.meeting_id)
        for number in range(70):
            tx.db.add(
                Meeting(
                    group_id=first.group_id, slug=f"m{number}", name=f"Lunch {number}", starts_at=first.starts_at,
                    time_zone=first.time_zone, status=MeetingStatus.DRAFT, rounds_wanted=1, round_seconds=300,
                    table_size=4,
                )
            )  # fmt: skip

    morning.ctx.transaction(more)
    olga = browser("Olga")
    assert len(_first_column(_text(olga.get("/o/meetings/list")))) == 71
    assert _first_column(_text(olga.get("/o/meetings/list?find=lunch+69"))) == ["Lunch 69"]
    assert _first_column(_text(olga.get("/o/meetings/list?by=4&down=1")))[0] == "Breakfast no. 214"
    assert len(olga.get("/o/meetings/list.csv").data.decode("utf-8-sig").splitlines()) == 72
    assert browser("Mira").get("/o/meetings/list").status_code == 404
    assert "Lunch" not in _text(browser("Sam").get("/o/meetings/list"))
    assert "/o/meetings/list" in _text(olga.get("/o/meetings"))


def test_who_paid_is_sorted_by_when(browser: Browsers, morning: Morning, here: str) -> None:
    olga = browser("Olga")
    olga.submit(f"/o/{morning.meeting_uid}/fees/{morning.attendances['Max']}/paid", {"op": "max-paid"})
    page = _text(olga.get(f"{here}/fees?by=4"))
    assert _first_column(page)[0] == "Max D'Alò"
    assert "€" not in page, "sums have a file of their own"
