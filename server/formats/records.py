"""The common ground of text files and workbooks: records with line numbers, and what may be said about
them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Params = Mapping[str, str | int]


@dataclass(frozen=True)
class Record:
    """One row as it stands in the file. `line` counts from 1 where the record begins; a quoted cell may hold
    line breaks, so the next record's line need not be the next number. `problem` is the code of what
    made the record unreadable, then `cells` is its text in one piece. `unreadable` lists cells without
    a value.
    """

    line: int
    cells: tuple[str, ...]
    problem: str = ""
    unreadable: tuple[int, ...] = ()

    def is_blank(self) -> bool:
        """Nothing but blanks: a spreadsheet's litter, not a person."""
        return not self.problem and not self.unreadable and not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True)
class Note:
    """Something a human should know about a file before importing it: a code and what it is about."""

    code: str
    params: Params = field(default_factory=dict)


@dataclass(frozen=True)
class RowError:
    """A row that cannot be imported: where it is, why, and its cells, so that it can be handed back."""

    line: int
    code: str
    params: Params
    cells: tuple[str, ...]
