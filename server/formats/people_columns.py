"""People out of a table: one file of another program in, rows about people out.

Good rows become people, with names exactly as typed; bad rows are refused one by one with a reason;
rows without name, mail and phone are counted as skipped. Rows whose status says that somebody does not
take part are kept, not ticked, with the reason. Nothing is decided here about who is already known:
that needs the group's data.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from server.domain.errors import RuleViolation
from server.domain.vocabulary import Standing
from server.formats.birthdays import DateOrder, guess_date_order, needs_date_order, read_birthday
from server.formats.column_names import Field, plain
from server.formats.layouts import Layout, Mapping, guess_mapping
from server.formats.person_cells import (
    is_empty,
    read_email,
    read_guests,
    read_languages,
    read_phone,
    read_text,
)
from server.formats.person_names import split_full_name
from server.formats.records import Note, RowError
from server.formats.statuses import reason_to_leave_out, standing_of
from server.formats.tables import Row, Table

__all__ = (
    "DateOrder",
    "Field",
    "Layout",
    "Mapping",
    "Note",
    "PeopleSheet",
    "PersonRow",
    "RowError",
    "SkippedRow",
    "guess_mapping",
    "rows_to_people",
)


@dataclass(frozen=True)
class PersonRow:
    """One row about one person, `line` where it stands in the file. `birthday` is `YYYY-MM-DD`, `--MM-DD` or
    empty; `standing` None when the file does not say. `left_out` is why the row is not ticked, None for
    people who take part; `questions` are for a human.
    """

    line: int
    given_name: str
    family_name: str = ""
    company: str = ""
    sector: str = ""
    email: str = ""
    phone: str = ""
    country: str = ""
    region: str = ""
    languages: tuple[str, ...] = ()
    looks_for: str = ""
    offers: str = ""
    wants_sector: str = ""
    markets: str = ""
    interests: str = ""
    stories: str = ""
    standing: Standing | None = None
    invited_by: str = ""
    birthday: str = ""
    left_out: Note | None = None
    questions: tuple[Note, ...] = ()

    @property
    def takes_part(self) -> bool:
        """Whether the row is ticked when the preview opens."""
        return self.left_out is None

    @property
    def name(self) -> str:
        """Given and family name as one line."""
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True)
class SkippedRow:
    """A row about nobody: without name, mail and phone."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class PeopleSheet:
    """What a file says about people. Every row of the table is in exactly one of the first three; `notes`
    are about the whole file.
    """

    people: tuple[PersonRow, ...]
    refused: tuple[RowError, ...]
    skipped: tuple[SkippedRow, ...]
    notes: tuple[Note, ...]


def rows_to_people(table: Table, mapping: Mapping, *, date_order: DateOrder | None = None) -> PeopleSheet:
    """Every row of the table as a person, a refusal with its reason, or a skipped row.

    `date_order` is a human's answer for birthdays like 03/04/1980. Refuses the file with
    `no_name_column` when no column holds names, `no_such_column` when a corrected mapping points
    outside the table.
    """
    if not mapping.finds_people():
        raise RuleViolation("no_name_column", name=table.name)
    if any(not 0 <= at < len(table.headers) for places in mapping.columns.values() for at in places):
        raise RuleViolation("no_such_column", name=table.name)
    reader = _RowReader(table, mapping, date_order)
    people: list[PersonRow] = []
    refused = list(table.errors)
    skipped: list[SkippedRow] = []
    for row in table.rows:
        try:
            person = reader.person(row)
        except RuleViolation as refusal:
            params = {key: value for key, value in refusal.params.items() if isinstance(value, str | int)}
            refused.append(RowError(row.line, refusal.code, params, row.cells))
            continue
        if person is None:
            skipped.append(SkippedRow(row.line, row.cells))
        else:
            people.append(person)
    return PeopleSheet(
        people=tuple(_with_shared_emails(people)),
        refused=tuple(sorted(refused, key=lambda error: error.line)),
        skipped=tuple(skipped),
        notes=(*table.notes, *reader.notes()),
    )


class _RowReader:
    """Reads rows by one mapping, remembering what has to be said about the file as a whole."""

    def __init__(self, table: Table, mapping: Mapping, date_order: DateOrder | None) -> None:
        self._table = table
        self._mapping = mapping
        birthdays = [row.cells[at] for row in table.rows for at in mapping.of(Field.BIRTHDAY)]
        self._date_order = date_order or guess_date_order(birthdays)
        self._undecided = self._date_order is None and any(map(needs_date_order, birthdays))
        self._unknown_standings: dict[str, int] = {}

    def person(self, row: Row) -> PersonRow | None:
        """The person of a row, None for a row about nobody; refuses what cannot be imported."""
        given, family, name_notes = self._name(row)
        raw_email, raw_phone = self._text(row, Field.EMAIL), self._text(row, Field.PHONE)
        if not (given or family or raw_email or raw_phone):
            return None
        if not (given or family):
            raise RuleViolation("name_missing")
        email, email_notes = read_email(raw_email)
        phone, phone_notes = read_phone(raw_phone)
        standing, left_out = self._standing_and_status(row)
        birthday, birthday_notes = self._birthday(row)
        return PersonRow(
            line=row.line,
            given_name=given,
            family_name=family,
            company=self._text(row, Field.COMPANY),
            sector=self._text(row, Field.SECTOR),
            email=email,
            phone=phone,
            country=self._text(row, Field.COUNTRY),
            region=self._text(row, Field.REGION),
            languages=read_languages(self._text(row, Field.LANGUAGES)),
            looks_for=self._text(row, Field.LOOKS_FOR),
            offers=self._text(row, Field.OFFERS),
            wants_sector=self._text(row, Field.WANTS_SECTOR),
            markets=self._text(row, Field.MARKETS),
            interests=self._text(row, Field.INTERESTS),
            stories=self._text(row, Field.STORIES),
            standing=standing,
            invited_by=self._text(row, Field.INVITED_BY),
            birthday=birthday,
            left_out=left_out,
            questions=(
                *name_notes,
                *email_notes,
                *phone_notes,
                *birthday_notes,
                *read_guests(self._text(row, Field.GUESTS)),
                *self._disagreeing_twins(row),
            ),
        )

    def notes(self) -> tuple[Note, ...]:
        """What the preview says about the whole file, once the rows are read."""
        headers = self._table.headers
        left = [
            Note("private_column_left", {"header": headers[at]})
            for at in self._mapping.never_imported
            if any(not is_empty(row.cells[at]) for row in self._table.rows)
        ]
        for standing, count in self._unknown_standings.items():
            left.append(Note("standing_unknown", {"value": standing, "count": count}))
        if self._undecided:
            column = headers[self._mapping.of(Field.BIRTHDAY)[0]]
            left.append(Note("date_order_undecided", {"header": column}))
        return tuple(left)

    def _name(self, row: Row) -> tuple[str, str, tuple[Note, ...]]:
        """Given and family name; the whole name is split only where the file does not part it itself."""
        given, family = self._text(row, Field.GIVEN_NAME), self._text(row, Field.FAMILY_NAME)
        at = self._first_filled(row, Field.FULL_NAME)
        if at is None or (given and family):
            return given, family, ()
        whole = read_text(row.cells[at], Field.FULL_NAME, self._table.headers[at])
        if family or not whole:
            return given, family, ()
        if given:
            return given, whole.removeprefix(given).strip() if whole.startswith(given) else "", ()
        split = split_full_name(whole, family_first=at in self._mapping.family_first)
        notes = (Note("name_split_by_guess", {"given": split.given_name, "family": split.family_name}),)
        return split.given_name, split.family_name, notes if split.guessed else ()

    def _text(self, row: Row, field: Field) -> str:
        at = self._first_filled(row, field)
        return "" if at is None else read_text(row.cells[at], field, self._table.headers[at])

    def _first_filled(self, row: Row, field: Field) -> int | None:
        for at in self._mapping.of(field):
            if at in row.unreadable:
                raise RuleViolation("formula_without_value", header=self._table.headers[at])
            if not is_empty(row.cells[at]):
                return at
        return None

    def _standing_and_status(self, row: Row) -> tuple[Standing | None, Note | None]:
        """ "Status" is the state of a ticket in one program and "member" or "guest" in a hand-made sheet."""
        said = self._text(row, Field.STANDING)
        standing = standing_of(said)
        if said and standing is None:
            self._unknown_standings[said] = self._unknown_standings.get(said, 0) + 1
        left_out = None
        for at in self._mapping.of(Field.STATUS):
            status = row.cells[at]
            if plain(self._table.headers[at]) in ("status", "stato") and standing_of(status) is not None:
                standing = standing or standing_of(status)
                continue
            left_out = left_out or reason_to_leave_out(status)
        return standing, left_out

    def _birthday(self, row: Row) -> tuple[str, tuple[Note, ...]]:
        cell = self._text(row, Field.BIRTHDAY)
        birthday = read_birthday(cell, self._date_order)
        if birthday is None:
            return "", (Note("birthday_not_understood", {"value": cell}),)
        return birthday, ()

    def _disagreeing_twins(self, row: Row) -> Iterable[Note]:
        """Two columns with one name and different answers: the first was taken, and a human is told."""
        headers = self._table.headers
        for places in self._mapping.columns.values():
            first = next((at for at in places if row.cells[at].strip()), None)
            if first is None:
                continue
            for at in places:
                other = row.cells[at].strip()
                twin = plain(headers[at]) == plain(headers[first])
                if twin and other and other != row.cells[first].strip():
                    yield Note("columns_disagree", {"header": headers[at], "other": other[:60]})


def _with_shared_emails(people: list[PersonRow]) -> Iterable[PersonRow]:
    """The same mail twice is a couple, a buyer of two tickets or a slip: asked, never refused."""
    lines: dict[str, list[int]] = {}
    for person in people:
        if person.email:
            lines.setdefault(person.email.casefold(), []).append(person.line)
    for person in people:
        same = lines.get(person.email.casefold(), [])
        if len(same) > 1:
            shared = Note("same_email_in_file", {"email": person.email, "lines": ", ".join(map(str, same))})
            yield replace(person, questions=(*person.questions, shared))
        else:
            yield person
