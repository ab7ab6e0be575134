"""People out of a file: looked at first, then brought in, in one transaction that can be taken back as a whole.

Somebody is known by e-mail and name, else by e-mail, else by name and company. Only what the file says and what
differs is written, so a second import of the same file changes nothing. Rows that cannot be are handed back; the
others come in.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from server.domain import names
from server.domain.errors import NotFound
from server.domain.vocabulary import GroupId, Standing
from server.formats.csv_out import bad_rows_file
from server.formats.layouts import Layout
from server.formats.people_columns import Note, PersonRow, RowError
from server.formats.tables import Table
from server.persistence.models import Group, SavedColumns
from server.persistence.queries import people as queries
from server.persistence.queries.people import Filter
from server.services import import_reading, import_writing, matching
from server.services.context import Context, Json, Op, Tx
from server.services.import_reading import ENCODINGS as ENCODINGS
from server.services.import_reading import Choices as Choices
from server.services.import_reading import Column, Decision, Reading, read
from server.services.import_writing import Watch, unwatched
from server.services.matching import Fate, Matched

AS_FOUND = Choices()
"""Nobody has decided anything."""


@dataclass(frozen=True)
class PreviewRow:
    """One row that can come in: what would happen to it, what would change, what a human should look at.

    `options` are the decisions that a human has about somebody who may be here already, the present one first.
    """

    person: PersonRow
    fate: Fate
    changes: tuple[str, ...] = ()
    questions: tuple[Note, ...] = ()
    options: tuple[Decision, ...] = ()


@dataclass(frozen=True)
class Preview:
    """Everything a human should see before a file is brought in. `settled_at`: since when the group remembers what
    these columns hold.
    """

    table: Table
    layout: Layout
    columns: tuple[Column, ...]
    standing: Standing
    rows: tuple[PreviewRow, ...]
    refused: tuple[RowError, ...]
    skipped: tuple[int, ...]
    notes: tuple[Note, ...]
    settled_at: datetime | None = None

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


def preview(
    ctx: Context,
    group_id: GroupId,
    data: bytes,
    name: str,
    choices: Choices = AS_FOUND,
    *,
    watch: Watch = unwatched,
) -> Preview:
    """What importing the file would do; nothing is written. Raises RuleViolation for a file that cannot be read."""
    with ctx.reading() as db:
        saved = _saved(db, group_id)
    reading = read(data, name, choices, {signature: told for signature, (told, _) in saved.items()})
    watch("matching", 0, len(reading.wishes))
    with ctx.reading() as db:
        known = matching.known_from(queries.found(db, group_id, Filter()))
    matched = _match(reading, known, choices)
    settled = saved.get(import_reading.signature(reading.table.headers))
    return Preview(
        table=reading.table,
        layout=reading.mapping.layout,
        columns=import_reading.columns(reading),
        standing=reading.standing,
        rows=tuple(_preview_rows(reading, matched)),
        refused=reading.sheet.refused,
        skipped=tuple(row.line for row in reading.sheet.skipped),
        notes=reading.sheet.notes,
        settled_at=settled[1] if settled else None,
    )


def run(
    ctx: Context,
    *,
    group_id: GroupId,
    data: bytes,
    name: str,
    choices: Choices = AS_FOUND,
    op: Op | None = None,
    watch: Watch = unwatched,
    tell: bool = True,
) -> Result:
    """Bring the good rows in, all in one transaction. Reading and folding names is done before it begins.

    `watch` hears how far it is and may end it by raising; then nothing was done. Without `tell` the caller tells the
    lists of meetings.
    """
    with ctx.reading() as db:
        saved = {signature: told for signature, (told, _) in _saved(db, group_id).items()}
    reading = read(data, name, choices, saved)
    watch("matching", 0, len(reading.wishes))

    def work(tx: Tx) -> Json:
        # Two imports into one group take turns, or both would add the same people.
        group = tx.db.get_one(Group, group_id, with_for_update=True)
        known = matching.known_from(queries.found(tx.db, group_id, Filter()))
        matched = _match(reading, known, choices)
        import_writing.write(tx, group, matched, reading.standing, watch=watch, tell=tell)
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
    reading = read(data, name, choices)
    return bad_rows_file(reading.table, reading.sheet.refused, reason=reason, line_header=line, reason_header=why)


def settle_columns(ctx: Context, *, group_id: GroupId, headers: tuple[str, ...], choices: Choices | None) -> None:
    """Remember for the group what the columns of such files hold; with no choices forget it."""
    mark = import_reading.signature(headers)

    def work(tx: Tx) -> None:
        tx.db.get_one(Group, group_id, with_for_update=True)
        tx.db.execute(delete(SavedColumns).where(SavedColumns.group_id == group_id, SavedColumns.signature == mark))
        if choices is not None:
            told = replace(choices, rows={}).as_json()
            tx.db.add(SavedColumns(group_id=group_id, signature=mark, chosen=json.dumps(told), saved_at=tx.now))

    ctx.transaction(work)


def _saved(db: Session, group_id: GroupId) -> dict[str, tuple[Json, datetime]]:
    rows = db.scalars(select(SavedColumns).where(SavedColumns.group_id == group_id))
    return {row.signature: (json.loads(row.chosen), row.saved_at) for row in rows}


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


def _match(reading: Reading, known: list[matching.Known], choices: Choices) -> tuple[Matched, ...]:
    """What becomes of everybody in the file who takes part, as the file and somebody's decisions say."""
    taken = [wish for wish in reading.wishes if choices.everybody or wish.takes_part]
    matched = matching.match(
        taken,
        known,
        new={line for line, decision in choices.rows.items() if decision is Decision.NEW},
        namesakes={line for line, decision in choices.rows.items() if decision is Decision.UPDATE},
    )
    skipped = {line for line, decision in choices.rows.items() if decision is Decision.SKIP}
    return tuple(replace(item, fate=Fate.LEFT_OUT) if item.wish.line in skipped else item for item in matched)


def _options(item: Matched) -> tuple[Decision, ...]:
    """What a human may decide about a row, what holds now first."""
    if item.fate is Fate.UNCHANGED or not (item.known or item.namesake):
        return ()
    now = {Fate.NEW: Decision.NEW, Fate.CHANGED: Decision.UPDATE}.get(item.fate, Decision.SKIP)
    return (now, *(decision for decision in Decision if decision is not now))


def _preview_rows(reading: Reading, matched: tuple[Matched, ...]) -> list[PreviewRow]:
    """Every row of a person in the file's order. Rows about one person share one fate; it is told of the first."""
    fates: dict[int, PreviewRow] = {}
    for item in matched:
        first, *others = item.wish.rows
        questions = (*first.questions, *item.questions)
        fates[first.line] = PreviewRow(first, item.fate, item.changes, questions, _options(item))
        for row in others:
            again = Note("same_person_in_file", {"line": first.line})
            fates[row.line] = PreviewRow(row, Fate.UNCHANGED, (), (*row.questions, again))
    return [
        fates.get(row.line)
        or PreviewRow(row, Fate.LEFT_OUT, (), (*((row.left_out,) if row.left_out else ()), *row.questions))
        for row in reading.sheet.people
    ]
