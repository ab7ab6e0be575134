"""Workbooks: read by their bytes, values only, and never larger than a breakfast."""

import io
import tracemalloc
import zipfile
import zlib
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from server.domain.errors import RuleViolation
from server.formats.people_columns import guess_mapping, rows_to_people
from server.formats.tables import Table, read_table
from server.formats.xlsx_out import write_xlsx

SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
HEADER_ROW = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c><c r="B1" t="inlineStr"><is><t>Phone</t></is></c></row>'
)


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    return saved(book)


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The workbook with one part replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return out.getvalue()


def with_rows(xml: str) -> bytes:
    sheet = SHEET.format(HEADER_ROW + xml)
    return with_part(workbook(("Name", "Phone")), "xl/worksheets/sheet1.xml", sheet.encode())


def read(data: bytes) -> Table:
    return read_table(data, name="people.xlsx")


def table_or_refusal(data: bytes) -> Table | RuleViolation:
    try:
        return read(data)
    except RuleViolation as refusal:
        return refusal


def refusal_of(data: bytes) -> RuleViolation:
    with pytest.raises(RuleViolation) as refusal:
        read(data)
    assert refusal.value.params["name"] == "people.xlsx"
    return refusal.value


def test_a_workbook_is_known_by_its_bytes_and_read_as_text():
    data = workbook(
        ("Nome", "Cognome", "Telefono", "Data di nascita", "Quota", "Socio"),
        ("Łucja", "Però", 393330000001, date(1980, 4, 15), 12.5, True),
        ("Ugo", "Bo", "+39 011", datetime(1980, 4, 15, 7, 30), 3.0, None),  # noqa: DTZ001 cells have no zone
    )
    table = read_table(data, name="soci.csv")
    assert (table.kind, table.encoding, table.delimiter, table.header_line) == ("xlsx", "", "", 1)
    assert [row.cells for row in table.rows] == [
        ("Łucja", "Però", "393330000001", "1980-04-15", "12.5", "TRUE"),
        ("Ugo", "Bo", "+39 011", "1980-04-15T07:30:00", "3", ""),
    ]


def test_titles_above_the_header_and_empty_rows_keep_the_row_numbers_of_the_sheet():
    table = read(workbook(("Elenco soci",), (), ("Nome", "Cognome"), ("Anna", "Bo"), (), (), ("Ugo", "Ca")))
    assert (table.header_line, [row.line for row in table.rows]) == (3, [4, 7])
    assert [note.code for note in table.notes] == ["lines_above_header_left"]


def test_rows_shorter_than_the_header_are_no_error_in_a_workbook():
    table = read(workbook(("Nome", "Cognome", "Email"), ("Anna",)))
    assert (table.rows[0].cells, table.errors) == (("Anna", "", ""), ())


def test_only_the_first_visible_sheet_is_read_and_the_others_are_named():
    book = Workbook()
    book.worksheets[0].append(("Secret", "Secret"))
    book.worksheets[0].sheet_state = "hidden"
    for title in ("Soci", "Ospiti"):
        book.create_sheet(title).append(("Nome", title))
        book[title].append(("Anna", "x"))
    table = read(saved(book))
    assert table.headers == ("Nome", "Soci")
    assert [(note.code, note.params) for note in table.notes] == [("other_sheets_left", {"sheets": "Ospiti"})]


def test_a_formula_gives_its_saved_value_and_without_one_hands_the_row_back():
    data = with_rows(
        '<row r="2"><c r="A2" t="str"><f>"An"&amp;"na"</f><v>Anna</v></c><c r="B2"><v>12345</v></c></row>'
        '<row r="3"><c r="A3"><f>1+1</f></c><c r="B3"><v>12345</v></c></row>'
        '<row r="4"><c r="A4" t="inlineStr"><is><t>Ugo</t></is></c><c r="B4" t="e"><v>#DIV/0!</v></c></row>'
    )
    table = read(data)
    assert [(row.cells, row.unreadable) for row in table.rows] == [
        (("Anna", "12345"), ()), (("", "12345"), (0,)), (("Ugo", "#DIV/0!"), (1,)),
    ]  # fmt: skip
    sheet = rows_to_people(table, guess_mapping(table.headers))
    assert [person.name for person in sheet.people] == ["Anna"]
    assert [(error.line, error.code, error.params) for error in sheet.refused] == [
        (3, "formula_without_value", {"header": "Name"}), (4, "formula_without_value", {"header": "Phone"}),
    ]  # fmt: skip


def test_escaped_carriage_returns_are_not_text():
    data = with_rows('<row r="2"><c r="A2" t="inlineStr"><is><t>Anna_x000D_&#10;Bo</t></is></c></row>')
    assert read(data).rows[0].cells[0] == "Anna\r\nBo"


def test_the_size_noted_in_the_file_is_not_believed():
    data = workbook(("Name", "Phone"), ("Anna", "12345"), ("Ugo", "12345"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").replace(b'ref="A1:B3"', b'ref="A1"')
    assert b'ref="A1"' in sheet
    assert len(read(with_part(data, "xl/worksheets/sheet1.xml", sheet)).rows) == 2


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600), "password_protected"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + "EncryptedPackage".encode("utf-16-le"), "password_protected"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + "Workbook\0".encode("utf-16-le"), "old_workbook"),
        (b"PK\x03\x04 and then nothing", "damaged_workbook"),
    ],
)
def test_a_container_that_cannot_be_opened_says_why(data, code):
    assert refusal_of(data).code == code


def test_another_kind_of_zip_is_no_workbook():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("content.xml", "<x/>")
    assert refusal_of(out.getvalue()).params["kind"] == "ods"


def test_a_bomb_is_refused_before_it_is_unpacked():
    data = with_part(workbook(("Name",)), "xl/worksheets/sheet1.xml", b" " * 60_000_000)
    assert len(data) < 1_000_000
    assert refusal_of(data).code == "workbook_too_large"


def _with_a_gigabyte() -> bytes:
    out = io.BytesIO(workbook(("Name",)))
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/worksheets/sheet2.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(1_000):
            part.write(b" " * 1_000_000)
    return out.getvalue()


def test_a_gigabyte_in_a_workbook_of_megabytes_is_refused_by_what_its_directory_says():
    data = _with_a_gigabyte()
    assert len(data) < 6_000_000
    assert refusal_of(data).code == "workbook_too_large"


def test_a_directory_that_lies_about_a_part_is_damage_and_nothing_is_unpacked():
    data = bytearray(with_part(workbook(("Name",)), "xl/worksheets/sheet1.xml", b" " * 60_000_000))
    at = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    assert data[at : at + 4] == b"PK\x01\x02", "its entry in the directory"
    data[at + 24 : at + 28] = (1_000).to_bytes(4, "little")
    tracemalloc.start()
    assert refusal_of(bytes(data)).code == "damaged_workbook"
    # Not even when it says the right sum of what it claims to hold.
    data[at + 16 : at + 20] = zlib.crc32(b" " * 1_000).to_bytes(4, "little")
    assert isinstance(table_or_refusal(bytes(data)), RuleViolation)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


def test_many_parts_are_refused():
    out = io.BytesIO(workbook(("Name",)))
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(200):
            archive.writestr(f"xl/media/{number}.bin", b"")
    assert refusal_of(out.getvalue()).code == "workbook_too_large"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_entities_that_would_grow_without_end_are_refused(part):
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><x>&l9;</x>'
    assert refusal_of(with_part(workbook(("Name",), ("Anna",)), part, bomb.encode())).code == "damaged_workbook"


def test_a_file_of_this_computer_is_not_read_through_an_entity():
    spy = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><x>&f;</x>'
    data = with_part(workbook(("Name",), ("Anna",)), "xl/worksheets/sheet1.xml", spy)
    assert refusal_of(data).code == "damaged_workbook"


def test_a_hundred_thousand_rows_in_a_workbook_are_refused():
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>Anna</t></is></c></row>' for n in range(2, 100_002))
    data = with_rows(rows)
    assert refusal_of(data).code == "too_many_rows"


def test_a_lost_mark_in_the_very_last_row_is_only_litter():
    table = read(with_rows('<row r="2"><c r="A2" t="inlineStr"><is><t>Anna</t></is></c></row><row r="1048576"/>'))
    assert [row.cells for row in table.rows] == [("Anna", "")]


def test_a_row_beyond_the_last_one_is_damage_and_not_an_endless_wait():
    assert refusal_of(with_rows('<row r="999999999999"/>')).code == "damaged_workbook"


@given(st.integers(min_value=0), st.binary(min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_a_damaged_workbook_is_a_table_or_one_clear_refusal(where, bytes_put):
    data = bytearray(write_xlsx(("Name", "Phone"), [("Anna", "12345"), ("=1+1", "")]))
    at = where % len(data)
    data[at : at + len(bytes_put)] = bytes_put
    outcome = table_or_refusal(bytes(data))
    assert outcome.headers if isinstance(outcome, Table) else outcome.params["name"] == "people.xlsx"
