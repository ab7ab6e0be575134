"""CSV that people take home: it opens well, computes nothing, and comes back as it was."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.formats.csv_out import bad_rows_file, delimiter_for, write_csv
from server.formats.formulas import neutralised, restored
from server.formats.people_columns import guess_mapping, rows_to_people
from server.formats.records import RowError
from server.formats.tables import read_table

texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=30)
risky = st.text(st.sampled_from("=+-@\t\r\n ',;\"|a1(＝"), max_size=12)


def cells_of(data: bytes, delimiter: str) -> list[list[str]]:
    """What a spreadsheet with this separator sees, by a reader that is not ours."""
    text = data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_a_spreadsheet_opens_it_with_a_double_click():
    data = write_csv(("Nome", "Città"), [("Łucja", "Forlì")])
    assert data == b"\xef\xbb\xbf" + "Nome,Città\r\nŁucja,Forlì\r\n".encode()


@pytest.mark.parametrize(
    ("language", "delimiter"), [("en", ","), ("it", ";"), ("pl", ";"), ("it-IT", ";"), ("pl_PL", ";"), ("en_GB", ",")]
)
def test_the_separator_is_the_one_of_the_country(language, delimiter):
    assert delimiter_for(language) == delimiter


@pytest.mark.parametrize("start", [*"=+-@\t\r", '"=', "＝", "＋", "－", "＠", " =", "\n+", "\r\n@"])
def test_a_cell_that_would_compute_gets_an_apostrophe(start):
    data = write_csv(("Name", "Note"), [("Anna", f"{start}1+1")])
    assert cells_of(data, ",")[1][1] == f"'{start}1+1".replace("\n+", "\n'+").replace("\n@", "\n'@")


@pytest.mark.parametrize("text", ["Anna", "d'Este", "'t Hooft", "a-b", "1+1", "a@b.it", "x = y", "", " "])
def test_ordinary_text_is_left_alone(text):
    assert neutralised(text) == text


@given(st.lists(st.tuples(texts | risky, texts | risky), min_size=1, max_size=8), st.sampled_from(",;\t"))
@settings(deadline=None)
def test_no_cell_of_any_export_computes_whatever_separator_it_is_opened_with(rows, delimiter):
    data = write_csv(("Name", "Note"), rows, delimiter=delimiter)
    for opened_with in ",;\t":
        # Cut at the wrong separator, a line break of ours may begin a cell; alone it computes nothing.
        signs = "=+-@\t\r" if opened_with == delimiter else "=+-@"
        for row in cells_of(data, opened_with):
            assert not any(cell and cell[0] in signs for cell in row), (opened_with, row)


@given(texts | risky)
def test_what_was_neutralised_reads_back_unchanged(text):
    assert restored(neutralised(text)) == text


@given(st.lists(st.tuples(texts.filter(str.strip), texts | risky), min_size=1, max_size=8), st.sampled_from(",;\t"))
@settings(deadline=None)
def test_an_export_read_again_is_the_same(rows, delimiter):
    table = read_table(write_csv(("Last name", "Company"), rows, delimiter=delimiter), name="x")
    assert table.headers == ("Last name", "Company")
    assert [row.cells for row in table.rows] == rows
    assert table.errors == ()


def test_bad_rows_come_back_as_a_file_that_can_be_corrected_and_imported():
    data = "Nome;Cognome;Cellulare\nAnna;Bo;ask\nBruno;Ca\nCarla;De;333 00001\nDora;=1+1;333 00002\n"
    table = read_table(data.encode(), name="soci.csv")
    sheet = rows_to_people(table, guess_mapping(table.headers))
    bad = bad_rows_file(table, sheet.refused, reason=lambda error: f"Perché: {error.code}", line_header="Riga")
    assert cells_of(bad, ";") == [
        ["Riga", "Reason", "Nome", "Cognome", "Cellulare"],
        ["2", "Perché: phone_not_understood", "Anna", "Bo", "ask"],
        ["3", "Perché: row_too_short", "Bruno", "Ca"],
        ["5", "Perché: formula_in_cell", "Dora", "'=1+1", "333 00002"],
    ]
    mended = bad.replace(b"ask", b"333 00003").replace(b"Bruno;Ca", b"Bruno;Ca;").replace(b"'=1+1", b"Du")
    again = read_table(mended, name="soci.csv")
    people = rows_to_people(again, guess_mapping(again.headers))
    assert [person.name for person in people.people] == ["Anna Bo", "Bruno Ca", "Dora Du"]
    assert people.refused == ()


def test_an_unreadable_row_comes_back_letter_by_letter():
    table = read_table(b'Name,City\n"Anna "Nina" Bo",Pisa\nUgo,Roma\n', name="x")
    bad = bad_rows_file(table, table.errors, reason=lambda error: error.code)
    assert cells_of(bad, ",")[1] == ["2", "broken_row", '"Anna "Nina" Bo",Pisa']


def test_bad_rows_stand_in_the_order_of_the_file():
    table = read_table(b"Name,City\nAnna,Pisa\n", name="x")
    errors = [RowError(line, "broken_row", {}, ("x",)) for line in (9, 3, 5)]
    lines = [row[0] for row in cells_of(bad_rows_file(table, errors, reason=lambda error: ""), ",")]
    assert lines == ["Line", "3", "5", "9"]
