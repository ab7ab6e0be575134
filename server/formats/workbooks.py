"""Records of an XLSX workbook: the first visible sheet, values only, within limits.

A workbook is a zip made by somebody else. Its parts are counted and their unpacked size is summed before
one is opened, its XML is read with entity expansion refused, and reading stops at the first row too many.
Formulas are never evaluated: the value saved with them is taken, and a cell without one is reported.
"""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date, datetime, time, timedelta
from itertools import islice, repeat
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.workbook.workbook import Workbook

from server.domain.errors import RuleViolation
from server.formats.records import Record

MAX_PARTS = 200
MAX_UNPACKED_BYTES = 20_000_000
_ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")
_LAST_ROW = 1_048_576
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_DAMAGED = (
    KeyError, IndexError, TypeError, AttributeError, ValueError, OSError, EOFError, RuntimeError,
    NotImplementedError, ParseError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What the reader of workbooks raises over a file that is not as it should be: it has no exception of its
own.
"""

Cells = tuple[object, ...]


def read_workbook(data: bytes, *, most: int) -> tuple[list[Record], tuple[str, ...]]:
    """The records of the first visible sheet that hold anything, and the names of the visible sheets left
    unread.

    Reading stops after `most` records. Raises `workbook_too_large` (megabytes), `unsupported_file`
    (kind) for another kind of zip, `damaged_workbook`.
    """
    parts = _unpacked(data)
    has_formulas = any("sheet" in name and _FORMULA.search(content) for name, content in parts.items())
    try:
        with warnings.catch_warnings():
            # The reader warns about styles and extensions that it leaves out; we take values only.
            warnings.simplefilter("ignore")
            return _read(_packed(parts), has_formulas, most)
    except _DAMAGED as failure:
        raise RuleViolation("damaged_workbook") from failure


def _read(data: bytes, has_formulas: bool, most: int) -> tuple[list[Record], tuple[str, ...]]:
    with closing(_open(data, data_only=True)) as values:
        visible = [sheet.title for sheet in values.worksheets if sheet.sheet_state == "visible"]
        if not visible:
            raise RuleViolation("damaged_workbook")
        if not has_formulas:
            return list(islice(_records(_rows(values, visible[0]), repeat(())), most)), tuple(visible[1:])
        with closing(_open(data, data_only=False)) as formulas:
            rows, originals = _rows(values, visible[0]), _rows(formulas, visible[0])
            return list(islice(_records(rows, originals), most)), tuple(visible[1:])


def _unpacked(data: bytes) -> dict[str, bytes]:
    """The parts by name, none longer than its entry says, whatever is in it. Refuses bombs and other kinds of file."""
    if not openpyxl.DEFUSEDXML:
        # Without it an eleven-line workbook fills the memory of the laptop; a broken installation must say
        # so.
        raise RuntimeError("defusedxml is not installed")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
                raise RuleViolation("workbook_too_large", megabytes=MAX_UNPACKED_BYTES // 1_000_000)
            names = {part.filename.lstrip("/") for part in parts}
            if "[Content_Types].xml" not in names or not any("sheet" in name for name in names):
                raise RuleViolation("unsupported_file", kind="ods" if "content.xml" in names else "zip")
            return {part.filename: _part(archive, part) for part in parts if not part.is_dir()}
    except _DAMAGED as failure:
        raise RuleViolation("damaged_workbook") from failure


def _part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """The content as far as its entry says. Asked for the end of a part, the library unpacks all there is, at once."""
    with archive.open(part) as stream:
        return stream.read(part.file_size + 1)


def _packed(parts: Mapping[str, bytes]) -> bytes:
    """The same as a file in which nothing is more than it says."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _open(data: bytes, *, data_only: bool) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=data_only, keep_links=False)


def _rows(book: Workbook, title: str) -> Iterator[Cells]:
    sheet = book[title]
    # The size noted in the file is what some program claimed, not what is there.
    sheet.reset_dimensions()
    rows: Iterator[Cells] = sheet.iter_rows(values_only=True)
    return rows


def _records(rows: Iterator[Cells], originals: Iterator[Cells]) -> Iterator[Record]:
    for line, (row, original) in enumerate(zip(rows, originals, strict=False), start=1):
        if line > _LAST_ROW:
            raise RuleViolation("damaged_workbook")
        # A stray mark in the last row of a sheet makes a million empty ones: they must cost nothing.
        if not row and not original:
            continue
        if all(value is None for value in row) and all(value is None for value in original):
            continue
        cells = [_text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        yield Record(line, tuple(cells), unreadable=tuple(_without_value(row, original)))


def _without_value(row: Cells, original: Cells) -> Iterator[int]:
    """Positions of the spreadsheet's error values, and of formulas saved without a value."""
    for position, value in enumerate(row):
        if value in _ERRORS:
            yield position
    for position, written in enumerate(original):
        if written is not None and (position >= len(row) or row[position] is None):
            yield position


def _text(value: object) -> str:
    """The value as text, whole numbers without a decimal point, dates as ISO."""
    match value:
        case None:
            return ""
        case str():
            return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), value)
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case _:
            return str(value)
