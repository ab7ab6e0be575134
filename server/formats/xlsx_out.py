"""XLSX with text cells only: what looks like a formula, a number or a date stays the text that somebody
typed.

Cells are stored as text, formatted as text and marked as quoted, so that editing one does not bring a
formula to life either. `read_table` gives back exactly what was written.
"""

import io
import re
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from server.domain.errors import RuleViolation
from server.formats.formulas import neutralised

LONGEST_CELL = 32_767
"""What a workbook's cell can hold; a longer text would be cut without a word."""

_UNWRITABLE = "\x00-\x08\x0b-\x1f\ufffe\uffff"
_TO_ESCAPE = re.compile(rf"[{_UNWRITABLE}]|_(?=x[0-9A-Fa-f]{{4}}[_{_UNWRITABLE}])")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_WIDEST = 60
_BOLD = Font(bold=True)


def write_xlsx(headers: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "Coltiva") -> bytes:
    """One table as a workbook with one sheet. Refuses `cell_too_long` (header, limit)."""
    table = [tuple(headers), *map(tuple, rows)]
    for row in table:
        _refuse_long_cells(row, headers)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_NOT_IN_TITLES.sub(" ", title).strip(" '")[:31] or "Coltiva")
    sheet.freeze_panes = "A2"
    for position in range(len(headers)):
        longest = max(len(row[position]) for row in table if position < len(row))
        sheet.column_dimensions[get_column_letter(position + 1)].width = min(longest + 2, _WIDEST)
    sheet.append([_cell(sheet, header, _BOLD) for header in table[0]])
    for row in table[1:]:
        sheet.append([_cell(sheet, text) for text in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _refuse_long_cells(row: tuple[str, ...], headers: Sequence[str]) -> None:
    for position, text in enumerate(row):
        if len(_escaped(text)) > LONGEST_CELL:
            header = headers[position] if position < len(headers) else ""
            raise RuleViolation("cell_too_long", header=header, limit=LONGEST_CELL)


def _escaped(text: str) -> str:
    """Characters that XML cannot hold, in the way workbooks write them."""
    return _TO_ESCAPE.sub(lambda found: f"_x{ord(found.group()):04X}_", text)


def _cell(sheet: WriteOnlyWorksheet, text: str, font: Font | None = None) -> Cell | None:
    if not text:
        return None
    cell = WriteOnlyCell(sheet, value=_escaped(text))
    # The library takes "=…" for a formula and "#N/A" for an error; ours are texts, always.
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = neutralised(text) != text
    if font is not None:
        cell.font = font
    return cell
