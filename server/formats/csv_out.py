"""CSV that a spreadsheet opens with a double click: UTF-8 with its mark, CRLF, no live formula.

The separator is the one that the reader's spreadsheet expects, because an Italian or Polish one opens a
file with commas as a single column. `read_table` gives back exactly what was written.
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence

from server.formats.formulas import neutralised
from server.formats.records import RowError
from server.formats.tables import Table

_DELIMITERS = {"it": ";", "pl": ";"}


def delimiter_for(language: str) -> str:
    """The separator that spreadsheets expect where people speak this language ("it", "pl_PL", "en")."""
    return _DELIMITERS.get(language.replace("-", "_").partition("_")[0].casefold(), ",")


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[str]], *, delimiter: str = ",") -> bytes:
    """One table as a CSV file; every cell is text and none of them computes."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([neutralised(header) for header in headers])
    writer.writerows([neutralised(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def bad_rows_file(
    table: Table,
    errors: Iterable[RowError],
    *,
    reason: Callable[[RowError], str],
    line_header: str = "Line",
    reason_header: str = "Reason",
) -> bytes:
    """The rows that were not imported, as they were, each with its line and a reason in front.

    Line and reason stand first, since a row that is too long has cells behind the last header.
    Corrected, the file can be imported as it is: the two columns mean nothing to an import.
    """
    rows = ((str(error.line), reason(error), *error.cells) for error in sorted(errors, key=lambda error: error.line))
    return write_csv((line_header, reason_header, *table.headers), rows, delimiter=table.delimiter or ",")
