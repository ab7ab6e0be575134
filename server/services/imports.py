"""People out of a spreadsheet: looked at first, then brought in, in one transaction.

Somebody is known by e-mail and name, else by e-mail, else by name and company. Only what the file says and what
differs is written, so a second import of the same file changes nothing. Rows that cannot be are handed back; the
others come in.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import insert, select, update

from server.domain import names
from server.domain.errors import NotFound, RuleViolation
from server.domain.events import ListChanged
from server.domain.vocabulary import AttendanceStatus, GroupId, MeetingId, MeetingStatus, Standing
from server.formats.csv_out import bad_rows_file
from server.formats.layouts import Layout, guess_mapping
from server.formats.layouts import Mapping as ColumnMapping
from server.formats.people_columns import Field, Note, PeopleSheet, PersonRow, RowError, rows_to_people
from server.formats.tables import Table, read_table
from server.persistence.models import Attendance, Group, Membership, Person
from server.persistence.queries import people as queries
from server.persistence.queries.people import Filter
from server.services import matching, people
from server.services.context import Context, Json, Op, Tx
from server.services.matching import Fate, Matched, Wish

MOST_BYTES = 8_000_000
"""A larger file is refused before it is read; five thousand people need about one megabyte."""
ENCODINGS = ("utf-8", "cp1250", "cp1252", "iso8859-2", "utf-16")
"""What a human may choose where the guess was wrong."""
_TICKETS = (Layout.EVENTBRITE, Layout.LUMA, Layout.MEETUP_ATTENDEES)
SAMPLES = 3
_UNSEEN = {"synchronize_session": False}  # nothing loaded is looked at again


@dataclass(frozen=True)
class Choices:
    """What a human decided after looking. `columns` says for each position what it holds (None: nothing); a missing
    one keeps the guess. `standing` is for people of whom the file says nothing, None leaves it to the layout;
    `everybody` takes rows along whose status says that they stay away.
    """

    columns: Mapping[int, Field | None] | None = None
    encoding: str | None = None
    standing: Standing | None = None
    everybody: bool = False


@dataclass(frozen=True)
class Column:
    """A column of the file: its header, the first different texts in it, and what it is taken for."""

    position: int
    header: str
    samples: tuple[str, ...]
    field: Field | None
    never: bool = False


@dataclass(frozen=True)
class PreviewRow:
    """One row that can come in: what would happen to it, what would change, what a human should look at."""

    person: PersonRow
    fate: Fate
    changes: tuple[str, ...] = ()
    questions: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Preview:
    """Everything a human should see before a file is brought in."""

    table: Table
    layout: Layout
    columns: tuple[Column, ...]
    standing: Standing
    rows: tuple[PreviewRow, ...]
    refused: tuple[RowError, ...]
    skipped: tuple[int, ...]
    notes: tuple[Note, ...]

    def count(self, fate: str) -> int:
        """How many rows share a fate."""
        return sum(row.fate == fate for row in self.rows)


@dataclass(frozen=True)
class Result:
    """What an import did, in rows of the file."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    left_out: int = 0
    skipped: int = 0
    refused: tuple[RowError, ...] = field(default=())


@dataclass(frozen=True)
class _Reading:
    table: Table
    mapping: ColumnMapping
    sheet: PeopleSheet
    wishes: tuple[Wish, ...]
    standing: Standing


def preview(ctx: Context, group_id: GroupId, data: bytes, name: str, choices: Choices = Choices()) -> Preview:
    """What importing the file would do; nothing is written. Raises RuleViolation for a file that cannot be read."""
    reading = _read(data, name, choices)
    with ctx.reading() as db:
        known = matching.known_from(queries.found(db, group_id, Filter()))
    matched = _match(reading, known, choices)
    return Preview(
        table=reading.table,
        layout=reading.mapping.layout,
        columns=_columns(reading),
        standing=reading.standing,
        rows=tuple(_preview_rows(reading, matched)),
        refused=reading.sheet.refused,
        skipped=tuple(row.line for row in reading.sheet.skipped),
        notes=reading.sheet.notes,
    )


def run(
    ctx: Context,
    *,
    group_id: GroupId,
    data: bytes,
    name: str,
    choices: Choices = Choices(),
    op: Op | None = None,
) -> Result:
    """Bring the good rows in, all in one transaction. Reading and folding names is done before it begins."""
    reading = _read(data, name, choices)

    def work(tx: Tx) -> Json:
        # Two imports into one group take turns, or both would add the same people.
        group = tx.db.get_one(Group, group_id, with_for_update=True)
        known = matching.known_from(queries.found(tx.db, group_id, Filter()))
        matched = _match(reading, known, choices)
        _write(tx, group, matched, reading.standing)
        fates = Counter(row.fate for row in _preview_rows(reading, matched))
        return {fate.value: fates[fate] for fate in Fate}

    counts = ctx.transaction(work, op=op)
    return Result(**counts, skipped=len(reading.sheet.skipped), refused=reading.sheet.refused)


def rejected(
    data: bytes, name: str, choices: Choices, *, reason: Callable[[RowError], str], line: str, why: str
) -> bytes:
    """The rows that cannot be imported, as they were, with line number and reason in front; `line` and `why` head
    these two columns. Corrected, the file can be imported as it is.
    """
    reading = _read(data, name, choices)
    return bad_rows_file(
        reading.table, reading.sheet.refused, reason=reason, line_header=line, reason_header=why
    )


def group_called(ctx: Context, name: str) -> GroupId:
    """The group by name or uid; the only one where nothing is said. Raises NotFound."""
    with ctx.reading() as db:
        rows = db.execute(select(Group.id, Group.uid, Group.name).order_by(Group.id)).all()
    if not rows:
        raise NotFound("group_unknown")
    folded = names.query_words(name)
    fitting = [row for row in rows if not name or name == row.uid or folded == names.query_words(row.name)]
    if len(fitting) == 1:
        return GroupId(fitting[0].id)
    raise NotFound("group_which", names=", ".join(row.name for row in rows))


def _read(data: bytes, name: str, choices: Choices) -> _Reading:
    if len(data) > MOST_BYTES:
        raise RuleViolation("file_too_large", name=name, megabytes=MOST_BYTES // 1_000_000)
    table = read_table(data, name=name, encoding=choices.encoding)
    mapping = _mapping(table, choices)
    sheet, wishes = _within_our_limits(table, mapping, rows_to_people(table, mapping))
    by_layout = Standing.VISITOR if mapping.layout in _TICKETS else Standing.MEMBER
    return _Reading(table, mapping, sheet, wishes, choices.standing or by_layout)


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


def _match(reading: _Reading, known: list[matching.Known], choices: Choices) -> tuple[Matched, ...]:
    return matching.match([wish for wish in reading.wishes if choices.everybody or wish.takes_part], known)


def _preview_rows(reading: _Reading, matched: tuple[Matched, ...]) -> list[PreviewRow]:
    """Every row of a person in the file's order. Rows about one person share one fate; it is told of the first."""
    fates: dict[int, PreviewRow] = {}
    for item in matched:
        first, *others = item.wish.rows
        fates[first.line] = PreviewRow(first, item.fate, item.changes, (*first.questions, *item.questions))
        for row in others:
            again = Note("same_person_in_file", {"line": first.line})
            fates[row.line] = PreviewRow(row, Fate.UNCHANGED, (), (*row.questions, again))
    return [
        fates.get(row.line)
        or PreviewRow(row, Fate.LEFT_OUT, (), (*((row.left_out,) if row.left_out else ()), *row.questions))
        for row in reading.sheet.people
    ]


def _columns(reading: _Reading) -> tuple[Column, ...]:
    table, mapping = reading.table, reading.mapping
    fields = {at: what for what, places in mapping.columns.items() for at in places}
    found = []
    for at, header in enumerate(table.headers):
        texts = dict.fromkeys(row.cells[at].strip() for row in table.rows[:200] if row.cells[at].strip())
        samples = () if at in mapping.never_imported else tuple(text[:60] for text in texts)[:SAMPLES]
        found.append(Column(at, header, samples, fields.get(at), never=at in mapping.never_imported))
    return tuple(found)


def _write(tx: Tx, group: Group, matched: tuple[Matched, ...], standing: Standing) -> None:
    """New people in bulk, then what changed. Whoever invited may be new: their keys are known by then."""
    new = [item for item in matched if item.fate is Fate.NEW]
    changed = [item for item in matched if item.fate is Fate.CHANGED]
    if not new and not changed:
        return
    ids = _add_people(tx, group, new)
    for item in changed:
        _change_person(tx, group, item, ids)
    rows = [
        {
            "group_id": group.id,
            "person_id": ids[item.wish.line],
            "standing": item.wish.standing or standing,
            "invited_by_id": _inviter_id(item, ids),
        }
        for item in new
    ]
    if rows:
        tx.db.execute(insert(Membership), rows)
    joined = [ids[item.wish.line] for item in new if (item.wish.standing or standing) is Standing.MEMBER]
    joined += [item.known.id for item in changed if item.known and _joins(item)]
    _tell_lists(tx, GroupId(group.id), joined)


def _joins(item: Matched) -> bool:
    return "standing" in item.changes and item.wish.standing is Standing.MEMBER


def _add_people(tx: Tx, group: Group, new: list[Matched]) -> dict[int, int]:
    """The new people; answers with their keys by the line they begin at."""
    rows = [
        vars(item.wish.fields) | people.keys_of(item.wish.fields, group.language) | {"created_at": tx.now}
        for item in new
    ]
    if not rows:
        return {}
    made = tx.db.scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), rows)
    return dict(zip((item.wish.line for item in new), made, strict=True))


def _inviter_id(item: Matched, ids: dict[int, int]) -> int | None:
    if item.inviter is None:
        return None
    return item.inviter.known or ids[item.inviter.line]


def _change_person(tx: Tx, group: Group, item: Matched, ids: dict[int, int]) -> None:
    assert item.known is not None, "only somebody known can change"
    values = item.values()
    if values:
        values |= people.keys_of(replace(item.known.fields, **values), group.language)
        tx.db.execute(update(Person).where(Person.id == item.known.id).values(values), execution_options=_UNSEEN)
    of_membership: dict[str, object] = {}
    if "standing" in item.changes:
        of_membership |= {"standing": item.wish.standing, "until": None}
    if "invited_by" in item.changes:
        of_membership["invited_by_id"] = _inviter_id(item, ids)
    if of_membership:
        mine = (Membership.group_id == group.id, Membership.person_id == item.known.id)
        tx.db.execute(update(Membership).where(*mine).values(of_membership), execution_options=_UNSEEN)


def _tell_lists(tx: Tx, group_id: GroupId, joined: list[int]) -> None:
    """New members are expected at the meetings that have not begun; every open list may show changed names."""
    for meeting_id, status in queries.not_closed(tx.db, group_id):
        if status is MeetingStatus.DRAFT and joined:
            listed = set(tx.db.scalars(select(Attendance.person_id).where(Attendance.meeting_id == meeting_id)))
            rows = [
                {
                    "meeting_id": meeting_id,
                    "person_id": person_id,
                    "standing": Standing.MEMBER,
                    "status": AttendanceStatus.EXPECTED,
                }
                for person_id in joined
                if person_id not in listed
            ]
            if rows:
                tx.db.execute(insert(Attendance), rows)
        tx.record(ListChanged(MeetingId(meeting_id)))
