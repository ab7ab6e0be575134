"""Any table or file of cards somebody hands us, as headers and rows of text with their line numbers.

What the file is, is seen from its bytes, never from its name: a `.xls` may be tab-separated text, a
`.csv` a workbook. Rows that do not fit the header are handed back as errors and never shifted; nothing
is dropped in silence; a file far too large is refused before it is read.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from server.domain.errors import RuleViolation
from server.formats.cards_in import HEADERS, read_cards
from server.formats.column_names import plain
from server.formats.delimited import (
    DELIMITERS,
    LOOKED_AT,
    find_delimiter,
    find_header,
    read_records,
    without_hint,
)
from server.formats.records import Note, Record, RowError
from server.formats.text_encoding import Decoded, decode, first_garbled_line

MAX_ROWS = 5_000
MAX_BYTES = 20_000_000
MAX_COLUMNS = 300

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OLE_WORKBOOKS = tuple(f"{name}\0".encode("utf-16-le") for name in ("Workbook", "Book"))
_ZIP = b"PK\x03\x04"
_MARKUP_KINDS = (
    ("<!doctype html", "html"),
    ("<html", "html"),
    ("<table", "html"),
    ("<?xml", "xml"),
)
_BINARY_KINDS = ((b"%PDF", "pdf"), (b"\x89PNG", "image"), (b"\xff\xd8\xff", "image"), (b"GIF8", "image"))


@dataclass(frozen=True)
class Row:
    """One row under the header: as many cells as there are headers. `unreadable` are the positions of cells
    that hold a formula without a saved value.
    """

    line: int
    cells: tuple[str, ...]
    unreadable: tuple[int, ...] = ()


@dataclass(frozen=True)
class Table:
    """A file as headers and rows. `kind` is "text", "xlsx" or "vcard"; `encoding` and `delimiter` are empty
    for a workbook. `errors` are rows that do not fit the header; `notes` are for the preview.
    """

    name: str
    kind: str
    encoding: str
    encoding_guessed: bool
    delimiter: str
    header_line: int
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    errors: tuple[RowError, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class _Source:
    kind: str
    records: Iterator[Record]
    encoding: str = ""
    guessed: bool = False
    delimiter: str = ""
    notes: tuple[Note, ...] = ()


def read_table(
    data: bytes,
    *,
    name: str,
    encoding: str | None = None,
    delimiter: str | None = None,
    max_rows: int = MAX_ROWS,
) -> Table:
    """Reads CSV, tab-separated text, XLSX or contact cards. `encoding` and `delimiter` are a human's corrections of the
    guess.

    Refuses with RuleViolation: `file_too_large`, `too_many_rows`, `too_many_columns`, `empty_file`,
    `no_rows`, `password_protected`, `old_workbook`, `unsupported_file`, `damaged_workbook`,
    `workbook_too_large`, `unknown_encoding`, `wrong_encoding`, `unclosed_quote`. Each carries `name`.
    """
    try:
        if len(data) > MAX_BYTES:
            raise RuleViolation("file_too_large", megabytes=MAX_BYTES // 1_000_000)
        source = _workbook(data, max_rows) if data.startswith(_ZIP) else _text(data, encoding, delimiter, max_rows)
        return _tabulate(source, name, max_rows)
    except RuleViolation as refusal:
        refusal.params.setdefault("name", name)
        raise


def _workbook(data: bytes, max_rows: int) -> _Source:
    # Imported here, because a command that reads a CSV file must not wait for the library of workbooks.
    from server.formats.workbooks import read_workbook

    records, others = read_workbook(data, most=max_rows + LOOKED_AT + 1)
    notes = (Note("other_sheets_left", {"sheets": ", ".join(others)}),) if others else ()
    return _Source("xlsx", iter(records), notes=notes)


def _text(data: bytes, encoding: str | None, delimiter: str | None, max_rows: int) -> _Source:
    if delimiter is not None and delimiter not in DELIMITERS:
        raise RuleViolation("unknown_delimiter")
    _refuse_binary(data)
    decoded = decode(data, encoding)
    if "\0" in decoded.text:
        raise RuleViolation("unsupported_file", kind="binary")
    _refuse_markup(decoded.text)
    if decoded.text.lstrip().casefold().startswith("begin:vcard"):
        return _cards(decoded, max_rows)
    text, hinted, first_line = without_hint(decoded.text)
    chosen = delimiter or hinted or find_delimiter(text)
    notes = []
    if decoded.guessed:
        notes.append(Note("encoding_guessed", {"encoding": decoded.encoding}))
    garbled = first_garbled_line(decoded.text)
    if garbled is not None:
        notes.append(Note("letters_spoilt_before", {"line": garbled}))
    records = read_records(text, chosen, first_line)
    return _Source("text", records, decoded.encoding, decoded.guessed, chosen, tuple(notes))


def _cards(decoded: Decoded, max_rows: int) -> _Source:
    cards = read_cards(decoded.text, most=max_rows + 1)
    guessed = (Note("encoding_guessed", {"encoding": decoded.encoding}),) if decoded.guessed else ()
    records = iter((Record(0, HEADERS), *cards.records))
    return _Source("vcard", records, decoded.encoding, decoded.guessed, notes=(*guessed, *cards.notes))


def _refuse_binary(data: bytes) -> None:
    if not data.strip():
        raise RuleViolation("empty_file")
    if data.startswith(_OLE):
        if _OLE_ENCRYPTED not in data and any(stream in data for stream in _OLE_WORKBOOKS):
            raise RuleViolation("old_workbook")
        raise RuleViolation("password_protected")
    for start, kind in _BINARY_KINDS:
        if data.startswith(start):
            raise RuleViolation("unsupported_file", kind=kind)


def _refuse_markup(text: str) -> None:
    start = text.lstrip()[:2000].casefold()
    if start.startswith("<") and "schemas-microsoft-com:office:spreadsheet" in start:
        raise RuleViolation("unsupported_file", kind="spreadsheetml")
    for opening, kind in _MARKUP_KINDS:
        if start.startswith(opening):
            raise RuleViolation("unsupported_file", kind=kind)


def _tabulate(source: _Source, name: str, max_rows: int) -> Table:
    first = list(islice(source.records, LOOKED_AT))
    at = find_header(first)
    if at is None:
        raise RuleViolation("empty_file")
    header = first[at]
    records = _within_limit(chain(first[at + 1 :], source.records), max_rows)
    if max(map(len, (header.cells, *(record.cells for record in records)))) > MAX_COLUMNS:
        raise RuleViolation("too_many_columns", limit=MAX_COLUMNS)
    if not records:
        raise RuleViolation("no_rows")
    width = _width(header.cells, records, source.kind)
    headers = tuple(cell.strip() for cell in header.cells[:width])
    headers += ("",) * (width - len(headers))
    rows, errors = _fitted(records, width, len(header.cells), source.kind)
    return Table(
        name=name,
        kind=source.kind,
        encoding=source.encoding,
        encoding_guessed=source.guessed,
        delimiter=source.delimiter,
        header_line=header.line,
        headers=headers,
        rows=tuple(rows),
        errors=tuple(errors),
        notes=(*source.notes, *_skipped_titles(first[:at]), *_duplicates(headers)),
    )


def _within_limit(records: Iterable[Record], max_rows: int) -> list[Record]:
    """Reading stops at the first row too many, so that a huge file is refused as fast as a small one is
    read.
    """
    kept = []
    for record in records:
        if record.is_blank():
            continue
        kept.append(record)
        if len(kept) > max_rows:
            raise RuleViolation("too_many_rows", limit=max_rows)
    return kept


def _width(header: tuple[str, ...], records: list[Record], kind: str) -> int:
    """Where the table ends on the right: columns without a header and without content are litter."""
    width = len(header)
    while width and not header[width - 1].strip():
        width -= 1
    for record in records:
        if record.problem or (kind == "text" and len(record.cells) > len(header)):
            continue
        filled = [position for position, cell in enumerate(record.cells) if cell.strip()]
        # A workbook's row may reach beyond its header: that is a column without a name, not a shifted row.
        width = max(width, filled[-1] + 1 if filled else 0)
    return width


def _fitted(records: list[Record], width: int, header_width: int, kind: str) -> tuple[list[Row], list[RowError]]:
    rows, errors = [], []
    for record in records:
        count = len(record.cells)
        if record.problem:
            errors.append(RowError(record.line, record.problem, {}, record.cells))
        elif kind == "text" and not width <= count <= header_width:
            code = "row_too_short" if count < width else "row_too_long"
            errors.append(RowError(record.line, code, {"cells": count, "expected": width}, record.cells))
        else:
            cells = record.cells[:width] + ("",) * (width - count)
            rows.append(Row(record.line, cells, record.unreadable))
    return rows, errors


def _skipped_titles(before: list[Record]) -> Iterator[Note]:
    lines = [record.line for record in before if not record.is_blank()]
    if lines:
        yield Note("lines_above_header_left", {"count": len(lines)})


def _duplicates(headers: tuple[str, ...]) -> Iterator[Note]:
    """Two questions with the same text are legal; both are kept, and named by their place."""
    places: dict[str, list[int]] = {}
    for place, header in enumerate(headers, start=1):
        if header:
            places.setdefault(plain(header), []).append(place)
    for found in places.values():
        if len(found) > 1:
            columns = ", ".join(map(str, found))
            yield Note("header_twice", {"header": headers[found[0] - 1], "columns": columns})
