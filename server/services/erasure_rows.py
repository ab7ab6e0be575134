"""Every row that hangs on somebody, found in the tables themselves, so that no table can be forgotten.

A row whose foreign key says CASCADE goes with what it points to; where it says SET NULL, the row stays and lets go, and
what its author wrote there in their own words goes (the marks of its columns say which that is). Who is known to
another group stays there: then only rows go that belong to this group.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, delete, or_, select, update
from sqlalchemy.orm import Session

from server.domain.privacy import PrivacyClass
from server.domain.vocabulary import GroupId
from server.persistence.base import Base
from server.services.row_changes import chunks, references, table_called

OF_THE_PERSON = frozenset({"accounts", "consents", "person_words"})
"""Tables that belong to nobody's group: their rows go with the record of the person alone. A test reads the tables
and fails when one points to people, belongs to no group and is not named here.
"""
SIGNS_IN = ("sessions", "one_time_links")
"""What opens a door goes in any case, whichever group it was made for."""


@dataclass
class Hanging:
    """Rows that go (table → keys), rows that let go of one that goes, and rows without a key of their own."""

    db: Session
    going: dict[str, set[int]] = field(default_factory=dict)
    letting_go: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    keyless: dict[tuple[str, str], set[int]] = field(default_factory=dict)

    def keys(self, table: str) -> set[int]:
        """The rows of a table that go."""
        return self.going.get(table, set())

    def take(self, table: str, keys: Collection[int]) -> None:
        """These rows go, and whatever hangs on them."""
        fresh = set(keys) - self.keys(table)
        if not fresh:
            return
        self.going.setdefault(table, set()).update(fresh)
        for other, column in references(table):
            self._follow(other, column, fresh)

    def _follow(self, table: Table, column: Column[Any], keys: Collection[int], *also: ColumnElement[bool]) -> None:
        """Rows of a table that point to some that go."""
        rule = next(iter(column.foreign_keys)).ondelete
        if "id" not in table.c:
            self.keyless.setdefault((table.name, column.name), set()).update(keys)
            return
        found = {
            key for chunk in chunks(keys) for key in self.db.scalars(select(table.c.id).where(column.in_(chunk), *also))
        }
        if rule == "CASCADE":
            self.take(table.name, found)
        elif found:
            self.letting_go.setdefault((table.name, column.name), set()).update(found)

    def take_of_group(self, people: Collection[int], group_id: GroupId) -> None:
        """What one group holds about somebody who stays in another."""
        for table, column in references("people"):
            if table.name in SIGNS_IN:
                self._follow(table, column, people)
            elif (mine := condition(table, group_id)) is not None and "id" in table.c:
                self._follow(table, column, people, mine)

    def write(self) -> int:
        """Do it; answers how many rows went."""
        for (name, column), keys in self.letting_go.items():
            table = table_called(name)
            blank = {column: None} | (_own_words(table) if _points_to_people(table.c[column]) else {})
            for chunk in chunks(keys - self.keys(name)):
                self.db.execute(update(table).where(table.c.id.in_(chunk)).values(blank))
        for (name, column), keys in self.keyless.items():
            table = table_called(name)
            for chunk in chunks(keys):
                self.db.execute(delete(table).where(table.c[column].in_(chunk)))
        for table in reversed(Base.metadata.sorted_tables):
            for chunk in chunks(self.keys(table.name)):
                self.db.execute(delete(table).where(table.c.id.in_(chunk)))
        self.db.expire_all()
        return sum(map(len, self.going.values()))


def in_group(table: str, group_id: GroupId) -> ColumnElement[bool]:
    """What makes a row of a table one of this group."""
    mine = condition(table_called(table), group_id)
    assert mine is not None, f"{table} belongs to no group"
    return mine


def condition(table: Table, group_id: GroupId) -> ColumnElement[bool] | None:
    """The same; None for a table that belongs to no group."""
    if "group_id" in table.c:
        mine = table.c.group_id == group_id
        if "meeting_id" not in table.c:
            return mine
        return or_(mine, table.c.group_id.is_(None) & _among(table.c.meeting_id, group_id))
    for column in _parents(table):
        parent = next(iter(column.foreign_keys)).column.table
        if parent.name not in {"people", "sessions", table.name} and condition(parent, group_id) is not None:
            return _among(column, group_id)
    return None


def _among(column: Column[Any], group_id: GroupId) -> ColumnElement[bool]:
    parent = next(iter(column.foreign_keys)).column.table
    return column.in_(select(parent.c.id).where(in_group(parent.name, group_id)))


def _parents(table: Table) -> Iterator[Column[Any]]:
    return (column for column in table.columns if column.foreign_keys and not column.nullable)


def _points_to_people(column: Column[Any]) -> bool:
    return any(key.column.table.name == "people" for key in column.foreign_keys)


def _own_words(table: Table) -> dict[str, str | None]:
    """What the author of a row wrote there, emptied."""
    notes = [column for column in table.columns if column.info["privacy"].class_ is PrivacyClass.NOTE]
    return {column.name: None if column.nullable else "" for column in notes}
