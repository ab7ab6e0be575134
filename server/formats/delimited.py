"""Records of a text file, by delimiter: CSV as every country writes it, and tab-separated text.

A record is not a line: quoted cells hold line breaks. Line ends may be CRLF, LF or a lone CR. A record
with broken quotation marks is one unreadable record; a quotation mark that never closes refuses the
file, since nobody could tell what belongs to whom.
"""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from server.domain.errors import RuleViolation
from server.formats.column_names import KNOWN_HEADERS, plain
from server.formats.formulas import restored
from server.formats.records import Record

DELIMITERS = (",", ";", "\t")
LOOKED_AT = 40
"""So many records are looked at for the header row; titles and notes above it are shorter than that."""

_LONGEST_CELL_IN_LINES = 50
_HINT = re.compile(r'\A"?sep=([,;\t|])"?[ \t]*(?:\r\n|\r|\n)', re.IGNORECASE)


class _Lines:
    """The lines of a text, ends included, remembering those of the record that is being read."""

    def __init__(self, text: str) -> None:
        self._length = len(text)
        self._stream = io.StringIO(text, newline="")
        self.taken: list[str] = []

    def at_end(self) -> bool:
        """Whether the last line has been taken."""
        return self._stream.tell() >= self._length

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._stream)
        self.taken.append(line)
        return line


def read_records(text: str, delimiter: str, first_line: int = 1) -> Iterator[Record]:
    """Every record of the text in its order. `first_line` is the number of the text's first line.

    Raises `unclosed_quote` (line) when a quotation mark swallows the rest of the file.
    """
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = first_line
    while True:
        lines.taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as failure:
            if _is_unclosed(lines):
                raise RuleViolation("unclosed_quote", line=line) from failure
            yield Record(line, ("".join(lines.taken).rstrip("\r\n"),), problem="broken_row")
        else:
            yield Record(line, tuple(restored(cell) for cell in cells))
        line += len(lines.taken)


def without_hint(text: str) -> tuple[str, str | None, int]:
    """The text without the spreadsheet's own `sep=;` line, the delimiter it names, and the line it now
    starts at.
    """
    hint = _HINT.match(text)
    if hint is None:
        return text, None, 1
    return text[hint.end() :], hint.group(1), 2


def find_delimiter(text: str) -> str:
    """The delimiter under which the header row shows the most names we know, else the most cells."""
    return max(DELIMITERS, key=lambda delimiter: _promise(text, delimiter))


def find_header(records: list[Record]) -> int | None:
    """The position of the header row among the first records: two known names, else one, else the first of
    all.
    """
    readable = [index for index, record in enumerate(records) if not record.problem and not record.is_blank()]
    for wanted in (2, 1):
        for index in readable:
            if known_names(records[index].cells) >= wanted:
                return index
    return readable[0] if readable else None


def known_names(cells: tuple[str, ...]) -> int:
    """How many cells are the name of a column that we know."""
    return sum(plain(cell) in KNOWN_HEADERS for cell in cells)


def _promise(text: str, delimiter: str) -> tuple[int, int]:
    try:
        records = list(islice(read_records(text, delimiter), LOOKED_AT))
    except RuleViolation:
        return -1, 0
    header = find_header(records)
    if header is None:
        return 0, 0
    return known_names(records[header].cells), len(records[header].cells)


def _is_unclosed(lines: _Lines) -> bool:
    """A record over many lines, or over several up to the end of the file, never met its second quotation
    mark.
    """
    spanned = len(lines.taken)
    return spanned > _LONGEST_CELL_IN_LINES or (spanned > 1 and lines.at_end())
