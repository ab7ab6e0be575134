"""Workbooks that people take home: text cells only, and the same when read again."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from server.domain.errors import RuleViolation
from server.formats.tables import read_table
from server.formats.xlsx_out import write_xlsx

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
escapes = st.text(st.sampled_from("_x0041D\x07\r\n\ufffe"), max_size=16)
risky = st.text(st.sampled_from("=+-@\t\r\n ',;#N/A1("), max_size=12)


def test_the_first_row_stays_in_sight_and_columns_fit():
    data = write_xlsx(("Nome", "Cerca"), [("Łucja", "x" * 300)], title="Presenze: 1/10")
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert (sheet.title, sheet.freeze_panes) == ("Presenze  1 10", "A2")
    assert [sheet.column_dimensions[column].width for column in "AB"] == [7, 60]
    assert sheet["A1"].font.b


@given(st.lists(st.tuples(texts | risky, risky), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None)
def test_every_cell_is_text_and_none_computes(rows):
    sheet = load_workbook(io.BytesIO(write_xlsx(("Name", "=1+1"), rows))).worksheets[0]
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is None:
                continue
            assert (cell.data_type, cell.number_format) == ("s", "@")
            if cell.value[0] in "=+-@\t":
                assert cell.quotePrefix


@given(st.lists(st.tuples(texts.map(lambda text: f"x{text}"), texts | risky | escapes), min_size=1, max_size=6))
@settings(max_examples=50, deadline=None)
def test_a_workbook_read_again_is_the_same(rows):
    table = read_table(write_xlsx(("Last name", "Company"), rows), name="x")
    assert [row.cells for row in table.rows] == rows
    assert not any(row.unreadable for row in table.rows if row.cells[1] != "#N/A")


def test_a_text_too_long_for_a_cell_is_refused_and_not_cut():
    with pytest.raises(RuleViolation) as refusal:
        write_xlsx(("Name", "Note"), [("Anna", "x" * 32_768)])
    assert (refusal.value.code, refusal.value.params) == ("cell_too_long", {"header": "Note", "limit": 32_767})
