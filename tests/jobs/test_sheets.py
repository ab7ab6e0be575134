"""What the child writes as a workbook is what was handed in."""

import base64

import pytest

from server.domain.errors import RuleViolation
from server.formats.tables import read_table
from server.jobs import sheets
from server.services import workbooks


def test_a_workbook_of_the_child_says_what_it_was_told() -> None:
    asked = {"headers": ["Name", "=1+1"], "rows": [["Łucja", "=2"], ["Vik", ""]]}
    made = base64.b64decode(sheets.workbook(asked, None)["xlsx"])  # type: ignore[arg-type]  # says nothing on the way
    table = read_table(made, name="x.xlsx")
    assert (list(table.headers), [row.cells[0] for row in table.rows]) == (["Name", "=1+1"], ["Łucja", "Vik"])


def test_a_cell_that_no_workbook_holds_is_refused_by_its_column() -> None:
    with pytest.raises(RuleViolation) as refused:
        workbooks.written(("Name", "Note"), [("Anna", "x" * 32_768)])
    assert (refused.value.code, refused.value.params["header"]) == ("cell_too_long", "Note")
