"""What people take home reads back as it was, computes nowhere, and holds nothing that may not travel."""

from datetime import date, timedelta
from typing import Any

import pytest
import vobject
from icalendar import Calendar

from server.domain.follow_ups import FollowUpCommand, FollowUpState
from server.domain.vocabulary import ContactField, StayInTouch
from server.formats.tables import read_table
from server.persistence.models import Meeting
from server.services import exports, follow_ups, referrals, slips
from server.services.exports import SlipWording, Wording
from server.services.referrals import SlipFields
from tests import follow_ups as said
from tests.conftest import FakeClock
from tests.mornings import Morning
from tests.rooms import an_earlier_morning

SECRETS = ("kitchen", "Grand Hotel", "max@example.org", "031 555")
FORMULA = '=HYPERLINK("http://evil.example/","x")'
EVERY_HEADING = {name: name for name in (*exports.FOLLOW_UP_COLUMNS, *exports.SLIP_COLUMNS)}
WORDING = Wording(
    language="it",
    headings=EVERY_HEADING,
    what=lambda owed: owed.kind.value,
    states={state: state.value for state in FollowUpState},
    answers={answer: answer.value for answer in StayInTouch},
)
SLIPS = SlipWording("pl", EVERY_HEADING, lambda slip: {"kind": slip.kind.value, "state": slip.state.value})


@pytest.fixture
def earlier(morning: Morning) -> int:
    """Last week's meeting with answers, notes, a promise, contacts exchanged and proposals made."""
    meeting_id = an_earlier_morning(morning, said.ROUNDS)
    said.answer(morning, "Mira", "Max", StayInTouch.YES, note='Opens a second kitchen; "soon"\nin May')
    said.promise(morning, meeting_id, "Mira", "Max", "the number of the Grand Hotel", date(2026, 11, 26))
    said.exchange(morning, meeting_id, "Mira", "Max")
    said.consent(morning, "Max", ContactField.EMAIL)
    said.change(morning, "Max", phone="+39 031 555 123")
    said.change(morning, "Olga", company=FORMULA)
    with_meeting(morning, meeting_id)
    return meeting_id


def with_meeting(morning: Morning, meeting_id: int) -> None:
    """Make the proposals of a meeting."""
    morning.ctx.transaction(lambda tx: follow_ups.propose(tx, tx.db.get_one(Meeting, meeting_id)))


def _whose(morning: Morning, who: str = "Mira") -> tuple[Any, Any, Any]:
    return morning.ctx, morning.group_id, morning.people[who]


def _slips(morning: Morning, who: str, *, private: bool = True) -> bytes:
    ctx, group, person = _whose(morning, who)
    return exports.slips_csv(ctx, group, slips.all_of(ctx, person, group), private=private, wording=SLIPS)


def _rows(written: bytes) -> list[dict[str, str]]:
    table = read_table(written, name="export.csv")
    return [dict(zip(table.headers, row.cells, strict=True)) for row in table.rows]


def test_the_spreadsheet_reads_back_with_every_follow_up_and_everybody_met(
    morning: Morning, earlier: int
) -> None:
    written = exports.follow_ups_csv(*_whose(morning), private=True, wording=WORDING)
    assert written.decode("utf-8-sig").startswith("given_name;family_name;")
    rows = _rows(written)
    assert [(row["given_name"], row["what"], row["due_on"]) for row in rows] == [
        ("Max", "promise", "2026-11-26"),
        ("Max", "one_to_one", "2026-12-03"),
        ("Olga", "", ""),
    ]
    assert rows[0] | {"state": ""} == {
        "given_name": "Max", "family_name": "D'Alò", "company": "D'Alò Catering", "sector": "Catering",
        "email": "max@example.org", "phone": "", "meeting": "Breakfast no. 214", "met_on": "2026-11-19", "rounds": "1",
        "stay": "yes", "note": "Opens a second kitchen; \"soon\"\nin May", "what": "promise",
        "text": "the number of the Grand Hotel", "due_on": "2026-11-26", "state": "",
    }  # fmt: skip


def test_no_cell_computes_in_anybodys_spreadsheet_and_the_text_reads_back(
    morning: Morning, earlier: int
) -> None:
    written = exports.follow_ups_csv(*_whose(morning), private=True, wording=WORDING)
    assert "'=HYPERLINK" in written.decode("utf-8-sig")
    assert next(row for row in _rows(written) if row["given_name"] == "Olga")["company"] == FORMULA


def test_over_an_open_line_no_file_holds_anything_private(morning: Morning, earlier: int) -> None:
    table = exports.follow_ups_csv(*_whose(morning), private=False, wording=WORDING)
    cards = exports.cards(*_whose(morning), private=False)
    days = exports.due_dates(
        *_whose(morning), private=False, name="Follow-ups", what=lambda owed: owed.kind.value
    )
    for written in (table, cards, days):
        text = written.decode()
        assert not [secret for secret in SECRETS if secret in text]
    assert [row["given_name"] for row in _rows(table)] == ["Max", "Olga"]
    assert "email" not in _rows(table)[0]
    assert b"Max" in cards
    assert days.count(b"BEGIN:VEVENT") == 1


def test_cards_hold_what_each_person_shows_and_name_and_company_otherwise(
    morning: Morning, earlier: int
) -> None:
    cards = {
        card.fn.value: card
        for card in vobject.readComponents(exports.cards(*_whose(morning), private=True).decode())
    }
    assert set(cards) == {"Max D'Alò", "Olga Marchetti"}
    assert cards["Max D'Alò"].email.value == "max@example.org"
    assert cards["Max D'Alò"].org.value == ["D'Alò Catering"]
    assert "tel" not in cards["Max D'Alò"].contents
    assert not {"email", "tel", "note"} & set(cards["Olga Marchetti"].contents)


def test_a_consent_taken_back_leaves_the_next_file(morning: Morning, earlier: int) -> None:
    said.consent(morning, "Max", ContactField.EMAIL, given=False)
    assert b"max@example.org" not in exports.cards(*_whose(morning), private=True)
    assert b"max@example.org" not in exports.follow_ups_csv(*_whose(morning), private=True, wording=WORDING)


def _events(morning: Morning) -> dict[str, Any]:
    written = exports.due_dates(
        *_whose(morning),
        private=True,
        name="Follow-ups",
        what=lambda owed: f"{owed.kind.value}: {owed.about.name}",
    )
    return {str(event["summary"]): event for event in Calendar.from_ical(written).walk("VEVENT")}


def test_the_calendar_has_each_thing_on_its_day_and_moves_it_later(
    morning: Morning, earlier: int, clock: FakeClock
) -> None:
    clock.pass_by(minutes=3)
    before = _events(morning)
    promise = before["promise: Max D'Alò"]
    assert (promise.decoded("dtstart"), str(promise["description"])) == (
        date(2026, 11, 26),
        "the number of the Grand Hotel",
    )
    assert before["one_to_one: Max D'Alò"].decoded("dtstart") == date(2026, 12, 3)
    uid = str(promise["uid"]).partition("@")[0]
    follow_ups.postpone(
        morning.ctx,
        group_id=morning.group_id,
        owner=morning.people["Mira"],
        uid=uid,
        due_on=date(2026, 12, 1),
    )
    clock.pass_by(minutes=2)
    after = _events(morning)["promise: Max D'Alò"]
    assert (after["uid"], after.decoded("dtstart")) == (promise["uid"], date(2026, 12, 1))
    assert int(after["sequence"]) > int(promise["sequence"])


def test_what_is_done_leaves_the_calendar_and_what_is_dropped_is_cancelled(
    morning: Morning, earlier: int
) -> None:
    uids = {name: str(event["uid"]).partition("@")[0] for name, event in _events(morning).items()}
    for name, command in [
        ("promise: Max D'Alò", FollowUpCommand.DO),
        ("one_to_one: Max D'Alò", FollowUpCommand.DROP),
    ]:
        follow_ups.tick(
            morning.ctx,
            group_id=morning.group_id,
            owner=morning.people["Mira"],
            uid=uids[name],
            command=command,
        )
    assert {name: str(event["status"]) for name, event in _events(morning).items()} == {
        "one_to_one: Max D'Alò": "CANCELLED"
    }


def test_files_of_one_meeting_hold_that_meeting_only(morning: Morning, earlier: int) -> None:
    an_earlier_morning(morning, [[("Mira", "Fiona")]], days_ago=14)
    everybody = exports.cards(*_whose(morning), private=True).decode()
    here = exports.cards(*_whose(morning), meeting_id=earlier, private=True).decode()  # type: ignore[arg-type]
    assert "Fiona" in everybody
    assert "Fiona" not in here
    table = exports.follow_ups_csv(*_whose(morning), meeting_id=earlier, private=True, wording=WORDING)  # type: ignore[arg-type]
    assert {row["given_name"] for row in _rows(table)} == {"Max", "Olga"}


def test_nobody_takes_home_what_is_anothers(morning: Morning, earlier: int) -> None:
    for who in ("Max", "Olga", "Sam"):
        text = exports.follow_ups_csv(*_whose(morning, who), private=True, wording=WORDING).decode()
        assert "kitchen" not in text
        assert "Grand Hotel" not in text


def test_slips_read_back_and_only_ones_own(morning: Morning) -> None:
    referrals.write(
        morning.ctx,
        group_id=morning.group_id,
        giver=morning.people["Mira"],
        to="Max",
        fields=SlipFields(
            need=FORMULA,
            level=1,
            vouch="",
            consent=False,
            prospect_name="Chiara",
            reach="+39 031 555 123",
            comments="",
        ),
        give=True,
    )
    (row,) = _rows(_slips(morning, "Max"))
    assert (row["giver"], row["receiver"], row["need"], row["reach"], row["state"]) == (
        "Mira Łukasik",
        "Max D'Alò",
        FORMULA,
        "+39 031 555 123",
        "given",
    )
    assert row["written_on"] == (said.DAY + timedelta(days=7)).isoformat()
    assert "Chiara" not in _slips(morning, "Max", private=False).decode()
    assert _slips(morning, "Olga").count(b"\r\n") == 1
