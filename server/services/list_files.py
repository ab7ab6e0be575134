"""A table as a file for a spreadsheet. No cell of it computes."""

from collections.abc import Sequence

from server.domain.listing import Row
from server.formats.csv_out import delimiter_for, write_csv
from server.formats.xlsx_out import write_xlsx


def written(headings: Sequence[str], rows: Sequence[Row], *, kind: str, language: str) -> bytes:
    """The rows as `csv` or `xlsx`, as spreadsheets of that language open them."""
    texts = [[cell.text for cell in row] for row in rows]
    if kind == "xlsx":
        return write_xlsx(headings, texts)
    return write_csv(headings, texts, delimiter=delimiter_for(language))
