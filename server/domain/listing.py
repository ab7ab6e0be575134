"""Any list as a table: narrowed to the words that somebody looks for, and sorted by one of its columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain import names


@dataclass(frozen=True)
class Cell:
    """What stands in a column. `key` is what it is sorted by where that is not how it reads, as with a day."""

    text: str = ""
    key: str = ""


Row = tuple[Cell, ...]


def narrowed(rows: Sequence[Row], text: str) -> tuple[Row, ...]:
    """The rows in which every word begins a word of some cell, whatever its case, accents and order."""
    words = names.query_words(text)
    return tuple(row for row in rows if all(_has(row, word) for word in words))


def ordered(rows: Sequence[Row], column: int, language: str, *, backwards: bool = False) -> tuple[Row, ...]:
    """The rows by one column, as the language sorts; what is empty there stands last, also backwards. A column that
    does not exist leaves them as they stand.
    """
    if not rows or not 0 <= column < len(rows[0]):
        return tuple(rows)
    filled = [row for row in rows if row[column].text]
    empty = [row for row in rows if not row[column].text]

    def key(row: Row) -> str:
        return row[column].key or names.sort_key(row[column].text, "", language)

    return (*sorted(filled, key=key, reverse=backwards), *empty)


def _has(row: Row, word: str) -> bool:
    return any(part.startswith(word) for cell in row for part in names.search_key(cell.text).split())
