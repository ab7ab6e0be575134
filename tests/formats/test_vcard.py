"""Contact cards, read back by a reader that is not ours."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from server.formats.vcard import Card, write_cards

NOW = datetime(2026, 10, 1, 7, 30, tzinfo=UTC)
# Letters without control characters and without the line breaks that only some readers know.
printable = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"))
words = st.text(printable, max_size=60).map(str.strip)
notes = st.lists(words, max_size=4).map("\n".join).map(str.strip)
uids = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=16, max_size=16)
cards = st.builds(
    Card,
    uid=uids,
    revised_at=st.just(NOW),
    given_name=words.filter(bool),
    family_name=words,
    company=words,
    title=words,
    emails=st.lists(st.emails(), max_size=2).map(tuple),
    phones=st.lists(st.from_regex(r"\+[0-9 ]{5,12}[0-9]", fullmatch=True), max_size=2).map(tuple),
    region=words,
    country=words,
    note=notes,
)


def lines_of(*written: Card) -> list[str]:
    return write_cards(written).decode().replace("\r\n ", "").split("\r\n")


def test_a_card_is_written_as_phones_read_it():
    card = Card(
        uid="0123456789ABCDEF",
        revised_at=datetime(2026, 10, 1, 9, 30, tzinfo=timezone(timedelta(hours=2))),
        given_name="Łucja",
        family_name="D'Amico; De Luca",
        company="Rossi, Bianchi & C.",
        emails=("lucja@example.pl",),
        phones=("+39 333 000",),
        region="Piemonte",
        country="IT",
        categories=("grafica", "stampa, carta"),
        birthday="1988-06-15",
        note="Round 2: table 4\nhttps://example.it\\path",
    )
    assert lines_of(card) == [
        "BEGIN:VCARD",
        "VERSION:3.0",
        "UID:0123456789ABCDEF",
        "REV:20261001T073000Z",
        "N:D'Amico\\; De Luca;Łucja;;;",
        "FN:Łucja D'Amico\\; De Luca",
        "ORG:Rossi\\, Bianchi & C.",
        "EMAIL;TYPE=INTERNET:lucja@example.pl",
        "TEL;TYPE=CELL:+39 333 000",
        "ADR;TYPE=WORK:;;;;Piemonte;;IT",
        "CATEGORIES:grafica,stampa\\, carta",
        "BDAY:1988-06-15",
        "NOTE:Round 2: table 4\\nhttps://example.it\\\\path",
        "END:VCARD",
        "",
    ]


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"given_name": "Sukarno"}, "Sukarno"),
        ({"family_name": "Rossi"}, "Rossi"),
        ({"company": "Acme", "emails": ("a@example.it",)}, "Acme"),
        ({"emails": ("a@example.it",)}, "a@example.it"),
        ({"phones": ("+39 1",)}, "+39 1"),
        ({}, "0123456789ABCDEF"),
    ],
)
def test_a_card_always_has_both_kinds_of_name(fields, shown):
    lines = lines_of(Card(uid="0123456789ABCDEF", revised_at=NOW, **fields))
    assert f"FN:{shown}" in lines
    assert sum(line.startswith("N:") for line in lines) == 1


def test_a_birthday_without_a_year_is_told_as_phones_tell_it():
    lines = lines_of(Card(uid="A" * 16, revised_at=NOW, given_name="Ngozi", birthday="--06-15"))
    assert "BDAY;X-APPLE-OMIT-YEAR=1604:1604-06-15" in lines


def test_a_time_without_a_zone_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="zone"):
        Card(uid="A" * 16, revised_at=NOW.replace(tzinfo=None), given_name="Anna")


def test_no_cards_make_an_empty_file():
    assert write_cards([]) == b""


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\r", "\u2028", "\u0085", "\x0b"])
def test_nobody_can_add_a_line_to_the_card_of_another(break_):
    card = Card(uid="A" * 16, revised_at=NOW, given_name=f"Anna{break_}TEL:1", note=f"x{break_}END:VCARD\0")
    text = write_cards([card]).decode()
    assert text.count("TEL:1") == 2, "in N and in FN, and there only"
    assert not any(line.startswith(("TEL", "\0")) for line in text.splitlines())
    assert text.count("\r\nEND:VCARD") == 1


@given(st.lists(cards, min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_lines_are_folded_at_75_octets_without_cutting_a_letter(written):
    data = write_cards(written)
    assert data.endswith(b"\r\n")
    for line in data.split(b"\r\n"):
        assert len(line) <= 75
        line.decode("utf-8")
        assert b"\n" not in line
        assert b"\r" not in line


@given(st.lists(cards, min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_another_reader_finds_in_every_card_what_was_written(written):
    found = list(vobject.readComponents(write_cards(written).decode()))
    assert len(found) == len(written)
    for card, read in zip(written, found, strict=True):
        assert read.uid.value == card.uid
        assert (read.n.value.given, read.n.value.family) == (card.given_name, card.family_name)
        assert read.fn.value == card.shown_name
        assert [mail.value for mail in read.contents.get("email", [])] == list(card.emails)
        assert [phone.value for phone in read.contents.get("tel", [])] == list(card.phones)
        assert (read.note.value if card.note else "") == card.note
        assert (read.org.value if card.company else [""]) == [card.company]
        assert (read.title.value if card.title else "") == card.title
        if card.region or card.country:
            assert (read.adr.value.region, read.adr.value.country) == (card.region, card.country)
