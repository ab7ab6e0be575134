"""Seed packets from the organiser's page, from the phone, and back at the door."""

import io
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pypdf
import pytest
from sqlalchemy import select

from server.domain.vocabulary import ContactField, StayInTouch
from server.persistence.models import Contact, Group
from server.services import meetings, packets, rounds, workbench
from server.services.context import Tx
from tests.conftest import Browser, FakeClock, Statements
from tests.follow_ups import change, consent, exchange, promise
from tests.mornings import Morning
from tests.rooms import everybody_in, seat_rounds

Open = Callable[[str | None], Browser]


@pytest.fixture(scope="module", autouse=True)
def _no_child_left() -> Iterator[None]:
    yield
    workbench.stop_all()


@pytest.fixture
def over(morning: Morning, clock: FakeClock) -> Morning:
    """A round is over and the meeting closed; Mira promised Max something and got his e-mail."""
    everybody_in(morning, but=["Dora"])
    seat_rounds(morning, [[["Mira", "Max"], ["Olga", "Vik"], ["Fiona"]]])
    rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=1, version=0)
    clock.pass_by(minutes=6)
    rounds.end(morning.ctx, meeting_id=morning.meeting_id, number=1, version=1)
    change(morning, "Max", email="max@example.org", looks_for="a baker")
    consent(morning, "Max", ContactField.EMAIL)
    exchange(morning, morning.meeting_id, "Mira", "Max")
    promise(morning, morning.meeting_id, "Mira", "Max", "a list of florists")
    meetings.close(morning.ctx, meeting_id=morning.meeting_id)
    return morning


def paper(reply: Any) -> list[str]:
    assert (reply.status_code, reply.mimetype) == (200, "application/pdf")
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(reply.data)).pages]


def words(reply: Any, status: int = 200) -> str:
    assert reply.status_code == status, reply.get_data(as_text=True)[:600]
    page = str(reply.get_data(as_text=True)).split("<main")[1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def codes(morning: Morning, who: str) -> dict[str, str]:
    _, packet = packets.for_one(morning.ctx, morning.meeting_id, morning.people[who], private=True)
    return {line.name: line.code for line in packet.met} | {line.text: line.code for line in packet.promised}


def test_the_organiser_prints_a_sheet_for_everybody_who_came(over: Morning, browser: Open) -> None:
    olga = browser("Olga")
    here = f"/o/{over.meeting_uid}"
    assert "People: 5. Sheets: 5." in words(olga.get(f"{here}/packets"))
    sheets = paper(olga.get(f"{here}/packets.pdf"))
    assert len(sheets) == 5
    (miras,) = [sheet for sheet in sheets if "Mira Łukasik" in sheet and codes(over, "Mira")["Max D'Alò"][:3] in sheet]
    for said in ("Seed packet", "Breakfast no. 214", "Whom I met", "D'Alò Catering, Catering", "Round 1"):
        assert said in miras
    for private in ("max@example.org", "a baker", "florists"):
        assert all(private not in sheet for sheet in sheets)


def test_the_organisers_packets_speak_the_groups_language(over: Morning, browser: Open) -> None:
    def work(tx: Tx) -> None:
        tx.db.get_one(Group, over.group_id).language = "it"

    over.ctx.transaction(work)
    assert "Chi ho incontrato" in paper(browser("Olga").get(f"/o/{over.meeting_uid}/packets.pdf"))[0]


def test_ones_own_packet_is_on_the_phone_with_what_is_ones_own(over: Morning, browser: Open) -> None:
    mira = browser("Mira")
    address = f"/me/{over.meeting_uid}/packet.pdf"
    assert f'href="{address}"' in mira.get(f"/me/{over.meeting_uid}").get_data(as_text=True)
    (sheet,) = paper(mira.get(address))
    for said in ("max@example.org", "a list of florists", "Max D'Alò, by 26 November"):
        assert said in sheet
    assert "a baker" not in sheet, "Max has not opened it"
    mira.client.set_cookie("coltiva_language", "pl")
    assert "Z kim rozmowa" in paper(mira.get(address))[0]


def test_over_an_open_network_the_phones_packet_keeps_private_things_back(over: Morning, browser: Open) -> None:
    mira = browser("Mira")
    reply = mira.get(f"/me/{over.meeting_uid}/packet.pdf", environ_overrides={"REMOTE_ADDR": "192.168.1.7"})
    (sheet,) = paper(reply)
    assert "Max D'Alò" in sheet
    assert "max@example.org" not in sheet
    assert "florists" not in sheet


def test_the_door_types_what_was_ticked_and_learns_nothing_of_it(over: Morning, browser: Open) -> None:
    dora = browser("Dora")
    door = f"/desk/{over.meeting_uid}/packets"
    assert f'href="{door}"' in dora.get(f"/desk/{over.meeting_uid}").get_data(as_text=True)
    own = codes(over, "Mira")
    typed = f"{own['Max D' + chr(39) + 'Alò'].lower()}\n{own['a list of florists']}"
    reply = dora.submit(door, {"who": over.attendances["Mira"], "codes": typed, "op": "1"})
    assert reply.status_code == 303
    said = words(dora.get(reply.headers["Location"]))
    assert "Promises kept: 1. Staying in touch: 1." in said
    assert "florists" not in said
    with over.ctx.reading() as db:
        card = db.scalars(select(Contact).where(Contact.owner_id == over.people["Mira"])).one()
        assert card.stay_in_touch is StayInTouch.YES


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Type the codes of the ticked lines."),
        ("K7M", "A code has six letters and digits: “K7M” has not."),
        ("000 000", "The code 000 000 is on no packet of this person. Nothing was written down."),
    ],
)
def test_a_wrong_code_is_said_beside_what_was_typed(over: Morning, browser: Open, typed: str, sentence: str) -> None:
    dora = browser("Dora")
    reply = dora.submit(f"/desk/{over.meeting_uid}/packets", {"who": over.attendances["Mira"], "codes": typed})
    assert sentence in words(reply, 422)
    page = reply.get_data(as_text=True)
    assert typed in page
    assert re.search(rf'value="{over.attendances["Mira"]}" selected', page)


def test_a_packet_without_a_name_is_nobodys(over: Morning, browser: Open) -> None:
    reply = browser("Dora").submit(f"/desk/{over.meeting_uid}/packets", {"who": "", "codes": "000000"})
    assert "This person is not on the list of this meeting." in words(reply, 422)


def test_before_anybody_came_there_is_nothing_to_print(morning: Morning, browser: Open) -> None:
    olga = browser("Olga")
    assert "Nobody has come yet" in words(olga.get(f"/o/{morning.meeting_uid}/packets"))
    assert olga.get(f"/o/{morning.meeting_uid}/packets.pdf").status_code == 422


def test_packets_are_for_whom_they_are_for(over: Morning, browser: Open) -> None:
    uid = over.meeting_uid
    for who in ("Mira", "Vik", "Dora", "Fiona", "display"):
        for page in ("packets", "packets.pdf"):
            assert browser(who).get(f"/o/{uid}/{page}").status_code == 403
    for who in ("Mira", "Vik", "display"):
        assert browser(who).get(f"/desk/{uid}/packets").status_code == 403
        assert browser(who).submit(f"/desk/{uid}/packets", {"who": "x", "codes": "000000"}).status_code == 403
    sam = browser("Sam")
    for path in (f"/o/{uid}/packets", f"/o/{uid}/packets.pdf", f"/me/{uid}/packet.pdf", f"/desk/{uid}/packets"):
        assert sam.get(path).status_code == 404
    assert sam.submit(f"/desk/{uid}/packets", {"who": "x", "codes": "000000"}).status_code == 404


def test_packets_ask_at_most_twelve_questions(over: Morning, browser: Open, statements: Statements) -> None:
    uid, asked = over.meeting_uid, {}
    for who, path in (
        ("Olga", f"/o/{uid}/packets"), ("Olga", f"/o/{uid}/packets.pdf"), ("Mira", f"/me/{uid}/packet.pdf"),
        ("Dora", f"/desk/{uid}/packets"),
    ):  # fmt: skip
        with statements() as sent:
            assert browser(who).get(path).status_code == 200
        asked[path] = len(sent)
    assert {path: number for path, number in asked.items() if number > 12} == {}
