"""Rows changed so that they can be put back: every step is written down as it is made, and undone in reverse.

What goes along with a deleted row by a foreign key is found in the tables themselves and written down too, so nothing
is lost that nobody thought of. Putting back touches only what still is as the change left it: a field that somebody
has changed since stays, and so does a new row on which something has grown.
"""

import base64
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Column, RowMapping, Table, delete, insert, select, update
from sqlalchemy.orm import Session

from server.persistence.base import Base
from server.services.context import Json

_Key = tuple[str, int]
"""A row: the name of its table and its key."""
CHUNK = 500
"""Keys in one statement; some databases take a thousand at most."""


@dataclass(frozen=True)
class Kept:
    """What could not be put back: fields that were changed since, new people who are in use."""

    fields: int = 0
    rows: int = 0


@cache
def references(table: str) -> tuple[tuple[Table, Column[Any]], ...]:
    """Every column that points to a table, by name of its own table: what hangs on a row."""
    found = [
        (other, column)
        for other in Base.metadata.sorted_tables
        for column in other.columns
        if any(key.column.table.name == table for key in column.foreign_keys)
    ]
    return tuple(sorted(found, key=lambda each: (each[0].name, each[1].name)))


def table_called(name: str) -> Table:
    """The table of the records by its name."""
    return Base.metadata.tables[name]


@dataclass
class Changes:
    """One change in the making. `steps` is JSON and what `put_back` wants; `people` are all in whose rows it wrote."""

    db: Session
    steps: list[Json] = field(default_factory=list)
    _linked: dict[str, set[int]] = field(default_factory=lambda: {"people": set(), "attendances": set()})

    def people(self) -> set[int]:
        """Everybody to whom a row that was written pointed, before or after."""
        attendances = table_called("attendances")
        found = set(self._linked["people"])
        for chunk in chunks(self._linked["attendances"]):
            found |= set(self.db.scalars(select(attendances.c.person_id).where(attendances.c.id.in_(chunk))))
        return found

    def _note(self, table: Table, values: Mapping[str, Any] | RowMapping) -> None:
        for column in table.columns:
            for key in column.foreign_keys:
                seen = self._linked.get(key.column.table.name)
                if seen is not None and values.get(column.name) is not None:
                    seen.add(values[column.name])

    def alter(self, table: Table, key: int, values: Mapping[str, Any]) -> None:
        """Write columns of a row; what is the same already is not written."""
        row = self.db.execute(select(table).where(table.c.id == key)).one()._mapping
        fresh = {name: value for name, value in values.items() if row[name] != value}
        if not fresh:
            return
        self._note(table, row)
        self._note(table, fresh)
        before = {name: _out(row[name]) for name in fresh}
        self.altered(table, key, before, {name: _out(value) for name, value in fresh.items()})
        self.db.execute(update(table).where(table.c.id == key).values(fresh))

    def altered(self, table: Table, key: int, before: Json, after: Json) -> None:
        """Write down what the caller itself wrote. Values as `packed` gives them."""
        self.steps.append({"did": "alter", "table": table.name, "id": key, "before": before, "after": after})

    def add(self, table: Table, values: Mapping[str, Any]) -> int:
        """A new row; answers with its key."""
        self._note(table, values)
        key = int(self.db.execute(insert(table).values(dict(values)).returning(table.c.id)).scalar_one())
        self.added(table, [key])
        return key

    def added(self, table: Table, keys: Sequence[int]) -> None:
        """Write down rows that the caller itself added."""
        if keys:
            self.steps.append({"did": "add", "table": table.name, "ids": list(keys)})

    def remove(self, table: Table, keys: Collection[int]) -> None:
        """Rows go, and whatever hangs on them goes or lets go first, as their foreign keys say."""
        if not keys:
            return
        for other, column in references(table.name):
            if "id" not in other.c:
                continue  # a table that is derived, and written by its owner
            rule = next(iter(column.foreign_keys)).ondelete
            hanging = [key for chunk in chunks(keys) for key in self.db.scalars(_of(other, column, chunk))]
            if rule == "SET NULL":
                for key in hanging:
                    self.alter(other, key, {column.name: None})
            else:
                self.remove(other, hanging)
        rows = []
        for chunk in chunks(keys):
            for row in self.db.execute(select(table).where(table.c.id.in_(chunk)).order_by(table.c.id)):
                self._note(table, row._mapping)
                rows.append({name: _out(value) for name, value in row._mapping.items()})
        self.steps.append({"did": "remove", "table": table.name, "rows": rows})
        for chunk in chunks(keys):
            self.db.execute(delete(table).where(table.c.id.in_(chunk)))


def _of(table: Table, column: Column[Any], keys: Sequence[int]) -> Any:
    return select(table.c.id).where(column.in_(keys)).order_by(table.c.id)


def chunks(keys: Iterable[int]) -> Iterator[list[int]]:
    """Keys in portions that one statement can take."""
    every = list(keys)
    return (every[at : at + CHUNK] for at in range(0, len(every), CHUNK))


def put_back(db: Session, steps: Sequence[Json]) -> Kept:
    """Undo the steps, the last one first. What has been changed since stays, and is counted."""
    fields = 0
    staying = _staying(db, steps)
    moved: dict[tuple[str, int], int] = {}
    for step in reversed(steps):
        table = table_called(step["table"])
        if step["did"] == "remove":
            _restore(db, table, step["rows"], moved)
        elif step["did"] == "alter":
            fields += _alter_back(db, table, step, moved)
        else:
            for chunk in chunks(key for key in step["ids"] if (table.name, key) not in staying):
                db.execute(delete(table).where(table.c.id.in_(chunk)))
    return Kept(fields, sum(table == "people" for table, _ in staying))


def _staying(db: Session, steps: Sequence[Json]) -> set[_Key]:
    """New rows that stay: something has grown on them, or they belong to one that stays."""
    adds = [(table_called(step["table"]), step["ids"]) for step in steps if step["did"] == "add"]
    going = {(table.name, key) for table, keys in adds for key in keys}
    added = frozenset(going)
    while True:
        in_use = {
            (table.name, key)
            for table, keys in adds
            for key in _in_use(db, table, [key for key in keys if (table.name, key) in going], going)
        }
        if not in_use:
            break
        going -= in_use
    for table, keys in adds:
        going -= {(table.name, key) for key in _belonging(db, table, keys, added - going)}
    return set(added - going)


def _belonging(db: Session, table: Table, keys: Sequence[int], staying: Collection[_Key]) -> Iterator[int]:
    """Rows that point to one that stays."""
    for column in table.columns:
        for key in column.foreign_keys:
            parents = {parent for name, parent in staying if name == key.column.table.name}
            for chunk in chunks(keys) if parents else ():
                for row, parent in db.execute(select(table.c.id, column).where(table.c.id.in_(chunk))):
                    if parent in parents:
                        yield int(row)


def _alter_back(db: Session, table: Table, step: Json, moved: Mapping[tuple[str, int], int]) -> int:
    """Put fields back that still hold what was written; answers how many did not."""
    key = moved.get((table.name, step["id"]), step["id"])
    row = db.execute(select(*(table.c[name] for name in step["before"])).where(table.c.id == key)).one_or_none()
    if row is None:
        return len(step["before"])
    same = {name for name in step["before"] if _out(row._mapping[name]) == step["after"][name]}
    if same:
        values = {name: _linked(table, name, _in(step["before"][name]), moved) for name in same}
        db.execute(update(table).where(table.c.id == key).values(values))
    return len(step["before"]) - len(same)


def _restore(db: Session, table: Table, rows: Sequence[Json], moved: dict[tuple[str, int], int]) -> None:
    """Rows come back under their keys, or under new ones where somebody else has them by now."""
    for row in rows:
        values = {name: _linked(table, name, _in(value), moved) for name, value in row.items()}
        if db.scalar(select(table.c.id).where(table.c.id == row["id"])) is not None:
            del values["id"]
        made = db.execute(insert(table).values(values).returning(table.c.id)).scalar_one()
        moved[table.name, row["id"]] = int(made)


def _linked(table: Table, name: str, value: Any, moved: Mapping[tuple[str, int], int]) -> Any:
    """A key of a row that came back under another key is that other key."""
    for key in table.c[name].foreign_keys:
        return moved.get((key.column.table.name, value), value)
    return value


def _in_use(db: Session, table: Table, keys: Sequence[int], also_going: set[tuple[str, int]]) -> set[int]:
    """Which of these rows have something hanging on them that does not go with them."""
    found: set[int] = set()
    for other, column in references(table.name):
        if "id" not in other.c:
            continue
        for chunk in chunks(keys):
            for key, hanging in db.execute(select(column, other.c.id).where(column.in_(chunk))):
                if (other.name, hanging) not in also_going:
                    found.add(int(key))
    return found


def packed(value: Any) -> Any:
    """A value of a column as JSON."""
    return _out(value)


def _out(value: Any) -> Any:
    match value:
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case bytes():
            return {"bytes": base64.b64encode(value).decode()}
        case StrEnum():
            return value.value
        case _:
            return value


def _in(value: Any) -> Any:
    match value:
        case {"moment": str(text)}:
            return datetime.fromisoformat(text)
        case {"day": str(text)}:
            return date.fromisoformat(text)
        case {"bytes": str(text)}:
            return base64.b64decode(text)
        case _:
            return value


def without(steps: Sequence[Json], gone: Mapping[str, Collection[int]]) -> list[Json]:
    """The steps without what they say about rows that are gone for good (table → keys), and about those that only
    hung on them; undoing what is left brings none of it back.
    """
    missing = {name: set(keys) for name, keys in gone.items()}
    while True:
        left, more = [], False
        for step in steps:
            kept, lost = _less(step, missing)
            for name, key in lost:
                more |= key not in missing.setdefault(name, set())
                missing[name].add(key)
            if kept is not None:
                left.append(kept)
        if not more:
            return left


def _less(step: Json, gone: Mapping[str, Collection[int]]) -> tuple[Json | None, list[_Key]]:
    """One step without what is gone, None when nothing is left of it; and the rows it had kept that hang on that."""
    table = table_called(step["table"])
    mine = gone.get(table.name, ())
    if step["did"] == "add":
        ids = [key for key in step["ids"] if key not in mine]
        return (step | {"ids": ids} if ids else None), []
    if step["did"] == "remove":
        loose = [_loose(table, row, gone) for row in step["rows"]]
        rows = [row for row in loose if row is not None and row["id"] not in mine]
        lost = [(table.name, row["id"]) for row, kept in zip(step["rows"], loose, strict=True) if kept is None]
        return (step | {"rows": rows} if rows else None), lost
    names = [
        name
        for name in step["before"]
        if not any(_is_gone(table, name, step[side][name], gone) for side in ("before", "after"))
    ]
    if step["id"] in mine or not names:
        return None, []
    return step | {side: {name: step[side][name] for name in names} for side in ("before", "after")}, []


def _loose(table: Table, row: Json, gone: Mapping[str, Collection[int]]) -> Json | None:
    """A row that was kept, let go of what is gone; None where it cannot be without."""
    dead = [name for name, value in row.items() if _is_gone(table, name, value, gone)]
    if any(next(iter(table.c[name].foreign_keys)).ondelete == "CASCADE" for name in dead):
        return None
    return row | dict.fromkeys(dead)


def _is_gone(table: Table, name: str, value: Any, gone: Mapping[str, Collection[int]]) -> bool:
    return any(value in gone.get(key.column.table.name, ()) for key in table.c[name].foreign_keys)
