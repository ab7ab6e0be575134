"""Every layout of other programs in every encoding, delimiter and container: the same people come out."""

import csv
import io
from pathlib import Path

import pytest

from server.formats.layouts import guess_mapping
from server.formats.people_columns import PeopleSheet, rows_to_people
from server.formats.tables import Table, read_table
from server.formats.xlsx_out import write_xlsx

FIXTURES = Path(__file__).parent / "fixtures"
LAYOUTS = sorted(path.name for path in FIXTURES.iterdir() if path.suffix in {".csv", ".xls"})
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1250", "cp1252")


def _text(name: str) -> str:
    table = read_table((FIXTURES / name).read_bytes(), name=name)
    return (FIXTURES / name).read_bytes().decode(table.encoding).removeprefix("\ufeff")


def _people(table: Table) -> PeopleSheet:
    return rows_to_people(table, guess_mapping(table.headers))


def _told(sheet: PeopleSheet) -> list[tuple[object, ...]]:
    """What a file says about people, without the lines it says it in."""
    return [
        (person.given_name, person.family_name, person.company, person.email, person.phone, person.country,
         person.region, person.languages, person.takes_part, person.standing, person.invited_by)
        for person in sheet.people
    ]  # fmt: skip


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


PAIRS = [(name, encoding) for name in LAYOUTS for encoding in ENCODINGS if _fits(_text(name), encoding)]
"""A program writes a code page only where it has all the letters."""


@pytest.mark.parametrize(("name", "encoding"), PAIRS)
def test_every_layout_in_every_encoding_says_the_same(name: str, encoding: str) -> None:
    text = _text(name)
    expected = _people(read_table(text.encode("utf-8"), name=name))
    # A human can always say what a guess has missed; marked files need nobody.
    chosen = encoding if encoding in ("cp1250", "cp1252") else None
    found = _people(read_table(text.encode(encoding), name=name, encoding=chosen))
    assert _told(found) == _told(expected)
    assert [error.code for error in found.refused] == [error.code for error in expected.refused]


@pytest.mark.parametrize(
    ("name", "encoding"), [("outlook_pl.csv", "cp1250"), ("lista_gosci.csv", "cp1250"), ("outlook_it.csv", "cp1252")]
)
def test_the_letters_of_a_country_are_guessed_where_nothing_marks_them(name: str, encoding: str) -> None:
    table = read_table(_text(name).encode(encoding), name=name)
    assert (table.encoding, table.encoding_guessed) == (encoding, True)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_with_every_delimiter_says_the_same(name: str, delimiter: str) -> None:
    table = read_table((FIXTURES / name).read_bytes(), name=name)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(table.headers)
    writer.writerows(row.cells for row in table.rows)
    again = read_table(out.getvalue().encode(), name=name)
    assert again.delimiter == delimiter
    assert _told(_people(again)) == _told(_people(table))


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_saved_as_a_workbook_says_the_same(name: str) -> None:
    table = read_table((FIXTURES / name).read_bytes(), name=name)
    again = read_table(write_xlsx(table.headers, [row.cells for row in table.rows]), name=name)
    assert again.kind == "xlsx"
    assert _told(_people(again)) == _told(_people(table))


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_with_every_line_end_says_the_same(name: str, line_end: str) -> None:
    table = read_table((FIXTURES / name).read_bytes(), name=name)
    text = _text(name).replace("\r\n", "\n").replace("\n", line_end)
    names = [(person.name, person.email) for person in _people(read_table(text.encode(), name=name)).people]
    assert names == [(person.name, person.email) for person in _people(table).people]
