"""Erasure keeps what every column promises: whoever adds a table or a column is told here what it still has to say.

Somebody gets a row of every table in every place where a person can stand in it, and everything that can hang on those
rows. After the erasure each of those rows is looked at again, value by value.
"""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Date, Enum, Float, Integer, LargeBinary, Numeric, Table, insert, select, text

from server.domain.privacy import OnErase, PrivacyClass, Purpose
from server.domain.vocabulary import GroupId, MeetingStatus, Standing
from server.persistence.base import Base, UtcDateTime, new_uid
from server.persistence.models import Membership, Person
from server.services import erasure, erasure_rows, erasure_traces
from server.services.context import Context, Tx
from server.services.row_changes import references
from tests import builders
from tests.cast import MAX, MIRA, OLGA, SAM

MOMENT = datetime(2026, 11, 20, 7, tzinfo=UTC)
NO_PERSON = {
    "meetings.display_code_hash": "what a wall needs to show a meeting",
}
"""Columns whose marks speak of secrets or activity that is nobody's, with what they are."""
OTHERS = 60


def _links(table: Table) -> list[tuple[Column[Any], str, str]]:
    """Column, the table it points to, and what happens to the row when that one goes."""
    return [
        (column, key.column.table.name, key.ondelete or "") for column in table.columns for key in column.foreign_keys
    ]


def _go_along() -> set[str]:
    """Tables of which rows go with a person."""
    found = {"people"}
    while True:
        more = {
            table.name
            for table in Base.metadata.sorted_tables
            for _, target, rule in _links(table)
            if target in found and rule == "CASCADE"
        }
        if more <= found:
            return found
        found |= more


def _is_emptied(column: Column[Any]) -> bool:
    """Whether somebody's own words in a row that stays are emptied when it lets go of them."""
    lets_go = any(target == "people" for _, target, _ in _links(column.table))
    return lets_go and column.info["privacy"].class_ is PrivacyClass.NOTE


def test_every_personal_value_goes_with_a_row_or_is_looked_for() -> None:
    missing = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        if table.name not in _go_along() | erasure_traces.TABLES
        for column in table.columns
        if not column.foreign_keys
        and column.info["privacy"].on_erase is not OnErase.KEEP
        and not _is_emptied(column)
        and f"{table.name}.{column.name}" not in NO_PERSON
    ]
    assert not missing, "neither a foreign key nor erasure_traces leads to these when somebody is erased"


def test_every_link_to_a_person_says_what_becomes_of_the_row() -> None:
    for table in Base.metadata.sorted_tables:
        for column, target, rule in _links(table):
            if target in _go_along():
                assert rule in {"CASCADE", "SET NULL"}, f"{table.name}.{column.name} would keep somebody"
                assert rule == "CASCADE" or column.nullable, f"{table.name}.{column.name}"


def test_every_table_about_people_belongs_to_a_group_or_to_the_person_alone() -> None:
    alone = {
        table.name
        for table, _ in references("people")
        if erasure_rows.condition(table, GroupId(1)) is None and table.name not in erasure_rows.SIGNS_IN
    }
    keyless = {table.name for table, _ in references("people") if "id" not in table.c}
    assert alone == erasure_rows.OF_THE_PERSON
    assert keyless <= {"person_words", "journal_people"}, "such a table needs a word in erasure_rows"


def test_what_outlives_a_person_is_a_proof_or_says_nothing_about_anybody() -> None:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            mark = column.info["privacy"]
            if mark.on_erase is OnErase.KEEP and mark.class_ is not PrivacyClass.NONE:
                assert mark.purpose is Purpose.PROOF, f"{table.name}.{column.name}"


@dataclass
class Filled:
    """Everything that can be kept about Mira, between two people with lower and higher keys in every pair."""

    group_id: GroupId
    mira: int
    uid: str
    rows: list[tuple[Table, dict[str, Any]]] = field(default_factory=list)


def _text(column: Column[Any], number: int, name: str) -> str:
    said = {"body": {"steps": []}, "params": {"name": name}, "undo": {"verb": "x"}, "answer": {"name": name}}
    if column.table.name in {"journal", "actions", "operations"} and column.name in said:
        return json.dumps(said[column.name])
    if column.name in {"label", "desk", "settled_by"}:
        return name
    return f"canary {number}"[: getattr(column.type, "length", None) or 200]


def _value(column: Column[Any], number: int, name: str) -> Any:
    match column.type:
        case Enum() as kind:
            return next(iter(kind.enum_class or ()))
        case Boolean():
            return False
        case UtcDateTime():
            return MOMENT + timedelta(seconds=number)
        case Date():
            return date(2026, 1, 1) + timedelta(days=number)
        case LargeBinary():
            return f"canary {number}".encode().ljust(32, b"-")
        case Integer():
            return number
        case Float() | Numeric():
            return float(number)
    return new_uid() if column.name == "uid" else _text(column, number, name)


def _fill(tx: Tx) -> Filled:
    group = builders.a_group(tx)
    builders.an_organiser(tx, group, OLGA)
    lower = [builders.a_person(tx, MAX).id for _ in range(OTHERS)]
    mira = builders.a_person(tx, MIRA)
    higher = [builders.a_person(tx, MAX).id for _ in range(OTHERS)]
    meeting = builders.a_meeting(tx, group, status=MeetingStatus.CLOSED)
    made = Filled(GroupId(group.id), mira.id, mira.uid)
    hang = {"people": mira.id, "groups": group.id, "meetings": meeting.id}
    numbers = itertools.count(1)
    for table in Base.metadata.sorted_tables:
        if table.name in {"people", "groups", "meetings"}:
            continue
        to_people = [column for column, target, _ in _links(table) if target == "people"]
        for stands_in in to_people or [None]:
            number = next(numbers)
            values = dict(_row(table, number, hang))
            around = iter(((lower, higher)[to_people.index(column) > to_people.index(stands_in)], column)
                          for column in to_people if stands_in is not None)  # fmt: skip
            for others, column in around:
                values[column.name] = mira.id if column is stands_in else others[number % OTHERS]
            result = tx.db.execute(insert(table).values(values))
            if "id" in table.c:
                values["id"] = result.inserted_primary_key[0]  # type: ignore[index]
                hang.setdefault(table.name, values["id"])
            made.rows.append((table, values))
    return made


def _row(table: Table, number: int, hang: dict[str, int]) -> Iterator[tuple[str, Any]]:
    for column in table.columns:
        links = [target for each, target, _ in _links(table) if each is column]
        if links:
            yield column.name, hang.get(links[0])
        elif not (column.primary_key and isinstance(column.type, Integer)):
            yield column.name, _value(column, number, "Mira Łukasik")


@pytest.mark.parametrize("elsewhere", [False, True], ids=["nobody else knows her", "another group knows her"])
def test_every_value_about_somebody_does_what_its_mark_says(ctx: Context, *, elsewhere: bool) -> None:
    made = ctx.transaction(_fill)
    if elsewhere:

        def known(tx: Tx) -> None:
            other = builders.a_group(tx, "Elsewhere")
            builders.an_organiser(tx, other, SAM)
            tx.db.add(Membership(group_id=other.id, person_id=made.mira, standing=Standing.MEMBER))

        ctx.transaction(known)
    assert erasure.erase(ctx, group_id=made.group_id, uid=made.uid) is elsewhere
    stays = erasure_rows.OF_THE_PERSON if elsewhere else frozenset()
    with ctx.reading() as db:
        assert (db.get(Person, made.mira) is not None) is elsewhere
        for table, before in made.rows:
            keys = [column for column in table.primary_key if column.name in before]
            row = db.execute(select(table).where(*(key == before[key.name] for key in keys))).mappings().one_or_none()
            if row is not None and table.name not in stays:
                _check(table, before, dict(row), made.mira)
        if ctx.database.is_sqlite:
            assert db.execute(text("PRAGMA foreign_key_check")).all() == []


def _check(table: Table, before: dict[str, Any], row: dict[str, Any], mira: int) -> None:
    """A row that stayed lets go of whom it was about; whatever she wrote in it is gone."""
    assert mira not in [row[column.name] for column, target, _ in _links(table) if target == "people"], table.name
    was_hers = any(before[column.name] == mira for column, target, _ in _links(table) if target == "people")
    for column in table.columns:
        mark, value = column.info["privacy"], row[column.name]
        where = f"{table.name}.{column.name}"
        if was_hers and mark.class_ is PrivacyClass.NOTE:
            assert value in {None, ""}, where
        assert "Łukasik" not in str(value), where
        assert "\\u0141ukasik" not in str(value), where
        rules = {rule for _, target, rule in _links(table) if target == "people"}
        hers_alone = was_hers and rules == {"SET NULL"} and table.name not in _go_along()
        if hers_alone and not column.foreign_keys and not _is_emptied(column):
            assert mark.on_erase is OnErase.KEEP, f"{where} is hers, and its row stays"
