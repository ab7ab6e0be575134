"""Badges marked as printed by an older program: their mark is kept, and can still be undone as a job."""

from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import command

from server.persistence import schema
from server.persistence.database import Database
from server.persistence.models import Badge, Group, Person, PrintedBadge, PrintJob

FIRST, SECOND = (datetime(2026, 11, day, 18, 0, tzinfo=UTC) for day in (5, 12))


def _at_first_step(path: Path) -> Database:
    database = Database(f"sqlite:///{path}")
    config = schema._config()
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    return database


def _insert(connection: sa.Connection, table: sa.FromClause, **values: object) -> int:
    """A row with the values that the first step asks for; what a later one added stays out."""
    assert isinstance(table, sa.Table)
    known = {column["name"] for column in sa.inspect(connection).get_columns(table.name)}
    plain = {"String": "", "Boolean": False, "Integer": 0, "LargeBinary": b"", "UtcDateTime": FIRST, "Enum": "member"}
    filled = {
        column.name: values.get(column.name, plain.get(type(column.type).__name__, ""))
        for column in table.columns
        if column.name in known and not column.nullable and not column.primary_key
    }
    filled |= values
    done = connection.execute(
        sa.insert(sa.table(table.name, *(sa.column(n, table.c[n].type) for n in filled))).values(filled)
    )
    return int(done.lastrowid)


def test_what_an_older_program_marked_becomes_a_job_for_each_moment(tmp_path: Path) -> None:
    database = _at_first_step(tmp_path / "older.db")
    with database.engine.begin() as connection:
        group = _insert(connection, Group.__table__, uid="G")
        for number, printed in enumerate((FIRST, FIRST, SECOND, None)):
            person = _insert(connection, Person.__table__, uid=f"P{number}")
            _insert(
                connection, Badge.__table__, uid=f"B{number}", person_id=person, group_id=group,
                generation=number + 1, code_hash=bytes([number]), printed_at=printed,
            )  # fmt: skip
    schema.upgrade(database)
    with database.reading() as db:
        rows = db.execute(
            sa.select(PrintJob.printed_at, Badge.uid, PrintedBadge.generation, PrintedBadge.fingerprint)
            .join(PrintedBadge, PrintedBadge.job_id == PrintJob.id)
            .join(Badge, Badge.id == PrintedBadge.badge_id)
            .order_by(Badge.uid)
        ).all()
        jobs = db.scalar(sa.select(sa.func.count()).select_from(PrintJob))
    database.close()
    assert jobs == 2
    assert [tuple(row) for row in rows] == [(FIRST, "B0", 1, ""), (FIRST, "B1", 2, ""), (SECOND, "B2", 3, "")]
