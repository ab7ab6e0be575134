"""Contact cards as telephones and mail programs really write them, every version, become people."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.errors import RuleViolation
from server.formats.layouts import Layout, guess_mapping
from server.formats.people_columns import PersonRow, rows_to_people
from server.formats.tables import read_table
from server.formats.vcard import Card, write_cards


def people(data: bytes | str) -> list[PersonRow]:
    table = read_table(data.encode() if isinstance(data, str) else data, name="contacts.vcf")
    mapping = guess_mapping(table.headers)
    assert (table.kind, mapping.layout) == ("vcard", Layout.VCARD)
    return list(rows_to_people(table, mapping).people)


def card(*lines: str, version: str = "3.0") -> str:
    return "\r\n".join(("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""))


def test_an_older_telephone_writes_bare_parameters_and_soft_breaks() -> None:
    (person,) = people(
        card(
            "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C5=BB=C3=B3=C5=82kiewski;Micha=\r\n=C5=82;;;",
            "TEL;CELL;PREF:+48 600 100 200", "TEL;WORK:+48 22 1", "EMAIL;INTERNET:m@example.org",
            "ORG:Kawiarnia;Sala", "BDAY:19800322", version="2.1",
        )
    )  # fmt: skip
    assert (person.given_name, person.family_name) == ("Michał", "Żółkiewski")
    assert (person.phone, person.email, person.company) == ("+48 600 100 200", "m@example.org", "Kawiarnia")
    assert person.birthday == "1980-03-22"


@pytest.mark.parametrize(("code_page", "name"), [("cp1250", "Żółć"), ("cp1252", "Niccolò")])
def test_letters_of_a_machines_code_page_are_guessed(code_page: str, name: str) -> None:
    quoted = "".join(f"={byte:02X}" for byte in name.encode(code_page))
    (person,) = people(card(f"N;ENCODING=QUOTED-PRINTABLE:{quoted};Anna;;;", version="2.1"))
    assert person.family_name == name


def test_a_photo_on_many_lines_is_passed_over() -> None:
    photo = base64.b64encode(bytes(40_000)).decode()
    lines = "\r\n".join(f" {photo[at : at + 72]}" for at in range(0, len(photo), 72))
    for head in ("PHOTO;TYPE=JPEG;ENCODING=BASE64:", "PHOTO;BASE64:", "item2.PHOTO;ENCODING=b:"):
        (person,) = people(card("N:Nowak;Anna;;;", f"{head}\r\n{lines}\r\n", "EMAIL:a@example.org"))
        assert (person.name, person.email) == ("Anna Nowak", "a@example.org")


def test_groups_escapes_and_folded_lines_of_a_telephone_of_today() -> None:
    (person,) = people(
        card(
            "PRODID:-//Example//Phone//EN", "N:De Luca;Maria Gio\r\n vanna;Pia;;", "FN:Maria Giovanna Pia De Luca",
            "ORG:Studio De Luca\\, Figli;", "item1.EMAIL;type=INTERNET;type=pref:m@example.org",
            "item1.X-ABLabel:_$!<Work>!$_", "TEL;type=CELL;type=VOICE;type=pref:+39 333 1", "URL:http\\://example.org",
            "ADR;type=WORK:;;Via Roma 1;Como;CO;22100;Italia",
        )
    )  # fmt: skip
    assert (person.given_name, person.family_name) == ("Maria Giovanna Pia", "De Luca")
    assert (person.company, person.email) == ("Studio De Luca, Figli", "m@example.org")
    assert (person.country, person.region) == ("Italia", "CO")


def test_version_four_with_addresses_as_links() -> None:
    (person,) = people(
        card(
            "FN:Jan Kowal", "N:Kowal;Jan;;;", 'TEL;VALUE=uri;TYPE="cell,voice":tel:+48-600-1', "LANG:pl", "LANG:it",
            "EMAIL;PREF=1:jan@example.org", "EMAIL:other@example.org", "PHOTO:data:image/jpeg;base64,AAAA",
            "BDAY;VALUE=text:circa 1800", "KIND:individual", version="4.0",
        )
    )  # fmt: skip
    assert (person.phone, person.email, person.languages) == ("+48-600-1", "jan@example.org", ("pl", "it"))
    assert person.birthday == ""


def test_companies_and_groups_are_nobody_and_said() -> None:
    text = card("KIND:group", "FN:Choir") + card("N:Nowak;Anna;;;")
    table = read_table(text.encode(), name="c.vcf")
    assert [note.code for note in table.notes] == ["card_of_nobody"]
    assert len(table.rows) == 1


def test_a_card_without_a_name_takes_the_shown_one_and_without_any_is_told() -> None:
    assert people(card("FN:Anna Nowak", "EMAIL:a@example.org"))[0].name == "Anna Nowak"
    table = read_table(card("EMAIL:a@example.org").encode(), name="c.vcf")
    sheet = rows_to_people(table, guess_mapping(table.headers))
    assert [error.code for error in sheet.refused] == ["name_missing"]


def test_a_file_cut_off_keeps_what_there_is_of_the_last_card() -> None:
    text = card("N:Nowak;Anna;;;") + "BEGIN:VCARD\r\nN:Kowal;Jan;;;\r\nEMAIL:jan@exa"
    table = read_table(text.encode(), name="c.vcf")
    assert [note.code for note in table.notes] == ["card_cut_off"]
    assert [row.line for row in table.rows] == [1, 5]
    lost = "BEGIN:VCARD\nN:Nowak;Anna\nBEGIN:VCARD\nN:Kowal;Jan\nEND:VCARD\n"
    assert [person.name for person in people(lost)] == ["Anna Nowak", "Jan Kowal"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1250"])
def test_cards_in_every_encoding(encoding: str) -> None:
    (person,) = people(card("N:Żółć;Łucja;;;", "ORG:Źródło").encode(encoding))
    assert (person.name, person.company) == ("Łucja Żółć", "Źródło")


def test_a_line_without_an_end_is_refused() -> None:
    with pytest.raises(RuleViolation, match="card_line_too_long"):
        people("BEGIN:VCARD\r\nN:" + "x" * 300_000 + ";y\r\nEND:VCARD\r\n")
    with pytest.raises(RuleViolation, match="no_rows"):
        read_table(b"BEGIN:VCARD\r\nKIND:org\r\nEND:VCARD\r\n", name="c.vcf")


LETTERS = st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cn", "Co", "Cf"))
TEXT = st.text(LETTERS, min_size=1, max_size=20)


@given(given_name=TEXT, family=TEXT, company=TEXT)
def test_what_we_write_comes_back_unchanged(given_name: str, family: str, company: str) -> None:
    written = Card(
        uid="X", revised_at=datetime(2026, 11, 22, tzinfo=UTC), given_name=given_name, family_name=family,
        company=company, emails=("a@example.org",), phones=("+39 031 1",), region="Como", country="Italy",
    )  # fmt: skip
    table = read_table(write_cards([written, written]), name="c.vcf")
    assert len(table.rows) == 2
    assert table.rows[0].cells[:7] == (
        given_name, family, company, "a@example.org", "+39 031 1", "Italy", "Como",
    )  # fmt: skip


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    try:
        read_table(b"BEGIN:VCARD\r\nN:Nowak;Anna\r\n" + data, name="c.vcf")
    except RuleViolation:
        pass


def test_thirty_thousand_cards_are_refused_at_once() -> None:
    with pytest.raises(RuleViolation, match="too_many_rows"):
        people(card("N:Nowak;Anna;;;") * 30_000)
