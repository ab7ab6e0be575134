"""A file about people, read as somebody has decided: which columns hold what, in which letters, whom to leave out.

Nothing is asked of the database here. What the group has settled for files with the same columns is handed in.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from server.domain.errors import RuleViolation
from server.domain.vocabulary import Standing
from server.formats.column_names import plain
from server.formats.layouts import Layout, guess_mapping
from server.formats.layouts import Mapping as ColumnMapping
from server.formats.people_columns import Field, PeopleSheet, PersonRow, RowError, rows_to_people
from server.formats.tables import Table, read_table
from server.services import matching, people
from server.services.context import Json
from server.services.matching import Wish

MOST_BYTES = 8_000_000
"""A larger file is refused before it is read; five thousand people need about one megabyte."""
ENCODINGS = ("utf-8", "cp1250", "cp1252", "iso8859-2", "utf-16")
"""What a human may choose where the guess was wrong."""
_TICKETS = (Layout.EVENTBRITE, Layout.LUMA, Layout.MEETUP_ATTENDEES)
SAMPLES = 3


class Decision(StrEnum):
    """What a human decides about somebody who may be here already."""

    UPDATE = "update"
    SKIP = "skip"
    NEW = "new"


@dataclass(frozen=True)
class Choices:
    """What a human decided after looking. `columns` says for each position what it holds (None: nothing); a missing
    one keeps the guess. `standing` is for people of whom the file says nothing, None leaves it to the layout;
    `everybody` takes rows along whose status says that they stay away; `rows` are decisions by line.
    """

    columns: Mapping[int, Field | None] | None = None
    encoding: str | None = None
    standing: Standing | None = None
    everybody: bool = False
    rows: Mapping[int, Decision] = field(default_factory=dict)

    def as_json(self) -> Json:
        """For the child process, and for the group's memory."""
        return {
            "columns": None if self.columns is None else {str(at): what for at, what in self.columns.items()},
            "encoding": self.encoding,
            "standing": self.standing,
            "everybody": self.everybody,
            "rows": {str(line): decision for line, decision in self.rows.items()},
        }

    @classmethod
    def from_json(cls, told: Json) -> "Choices":
        """What `as_json` wrote."""
        columns = told["columns"]
        return cls(
            columns=None if columns is None else {int(at): Field(w) if w else None for at, w in columns.items()},
            encoding=told["encoding"],
            standing=Standing(told["standing"]) if told["standing"] else None,
            everybody=told["everybody"],
            rows={int(line): Decision(decision) for line, decision in told["rows"].items()},
        )


@dataclass(frozen=True)
class Column:
    """A column of the file: its header, the first different texts in it, and what it is taken for."""

    position: int
    header: str
    samples: tuple[str, ...]
    field: Field | None
    never: bool = False


@dataclass(frozen=True)
class Reading:
    """A file as people and refusals, and how it was read."""

    table: Table
    mapping: ColumnMapping
    sheet: PeopleSheet
    wishes: tuple[Wish, ...]
    standing: Standing


def signature(headers: tuple[str, ...]) -> str:
    """What files with the same columns have in common, whatever the case of their headers."""
    return hashlib.sha256(json.dumps([plain(header) for header in headers]).encode()).hexdigest()


def read(data: bytes, name: str, choices: Choices, saved: Mapping[str, Json] | None = None) -> Reading:
    """The file as people. `saved` are columns that the group settled, by signature. Raises RuleViolation."""
    if len(data) > MOST_BYTES:
        raise RuleViolation("file_too_large", name=name, megabytes=MOST_BYTES // 1_000_000)
    table = read_table(data, name=name, encoding=choices.encoding)
    mapping = _mapping(table, _with_memory(table, choices, saved or {}))
    sheet, wishes = _within_our_limits(table, mapping, rows_to_people(table, mapping))
    by_layout = Standing.VISITOR if mapping.layout in _TICKETS else Standing.MEMBER
    return Reading(table, mapping, sheet, wishes, choices.standing or by_layout)


def _with_memory(table: Table, choices: Choices, saved: Mapping[str, Json]) -> Choices:
    """Where nothing was chosen, what was settled for these columns before."""
    if choices.columns is not None or signature(table.headers) not in saved:
        return choices
    return replace(choices, columns=Choices.from_json(saved[signature(table.headers)]).columns)


def _mapping(table: Table, choices: Choices) -> ColumnMapping:
    """The guess, with what a human changed. Columns that keep their field keep their rank in it."""
    mapping = guess_mapping(table.headers)
    if choices.columns is None:
        return mapping
    chosen = {at: what for at, what in choices.columns.items() if 0 <= at < len(table.headers)}
    for what in Field:
        guessed = [at for at in mapping.of(what) if chosen.get(at, what) is what]
        added = [at for at, field_ in sorted(chosen.items()) if field_ is what and at not in guessed]
        mapping = mapping.with_columns(what, *guessed, *added)
    return mapping


def _within_our_limits(
    table: Table, mapping: ColumnMapping, sheet: PeopleSheet
) -> tuple[PeopleSheet, tuple[Wish, ...]]:
    """Rows with a text that is longer than we keep are handed back like every other row that cannot be."""
    cells = {row.line: row.cells for row in table.rows}
    fitting, refused = [], list(sheet.refused)
    for row in sheet.people:
        try:
            fitting.append((row, people.checked(matching.fields_of(row))))
        except RuleViolation as refusal:
            refused.append(_row_error(table, mapping, row, refusal, cells[row.line]))
    kept = replace(
        sheet,
        people=tuple(row for row, _ in fitting),
        refused=tuple(sorted(refused, key=lambda error: error.line)),
    )
    return kept, matching.wishes(fitting)


def _row_error(
    table: Table, mapping: ColumnMapping, row: PersonRow, refusal: RuleViolation, cells: tuple[str, ...]
) -> RowError:
    """A refusal of a field, said with the header of its column."""
    if refusal.code != "text_too_long":
        return RowError(row.line, refusal.code, {"value": str(refusal.params.get("value", ""))}, cells)
    places = [*mapping.of(Field(str(refusal.params["field"]))), *mapping.of(Field.FULL_NAME)]
    header = table.headers[next(at for at in places if cells[at].strip())]
    return RowError(row.line, "cell_too_long", {"header": header, "limit": int(str(refusal.params["most"]))}, cells)


def columns(reading: Reading) -> tuple[Column, ...]:
    """What each column is taken for, with a few of its texts."""
    table, mapping = reading.table, reading.mapping
    fields = {at: what for what, places in mapping.columns.items() for at in places}
    found = []
    for at, header in enumerate(table.headers):
        texts = dict.fromkeys(row.cells[at].strip() for row in table.rows[:200] if row.cells[at].strip())
        samples = () if at in mapping.never_imported else tuple(text[:60] for text in texts)[:SAMPLES]
        found.append(Column(at, header, samples, fields.get(at), never=at in mapping.never_imported))
    return tuple(found)
