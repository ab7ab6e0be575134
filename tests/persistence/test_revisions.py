"""Has anything been written? Every commit of anybody is noticed, and nothing but commits."""

import itertools
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from server.persistence.database import Database

_keys = itertools.count(1)


@pytest.fixture
def other(database: Database) -> Iterator[Database]:
    """The same database as another process has it."""
    found = Database(database.url)
    yield found
    found.close()


def _write(database: Database) -> None:
    with database.writing() as db:
        db.execute(text("INSERT INTO operations (id, kind, body_hash, answer, done_at) VALUES (:id, '', '', '', :at)"),
                   {"id": f"written-{next(_keys)}", "at": "2026-11-21 10:00:00"})  # fmt: skip


def _reading_changes_nothing(database: Database) -> bool:
    before = database.revision()
    with database.reading() as db:
        db.execute(text("SELECT count(*) FROM groups"))
    return bool(database.revision() == before)


def test_nothing_changes_while_nobody_writes(database: Database) -> None:
    # On PostgreSQL other databases of the server count too: a moment without a write of theirs is waited for.
    assert any(_reading_changes_nothing(database) for _ in range(1 if database.is_sqlite else 500))


def test_a_commit_of_our_own_and_of_another_process_is_noticed(database: Database, other: Database) -> None:
    for writer in (database, other):
        before = database.revision()
        _write(writer)
        after = database.revision()
        assert after != before
        if database.is_sqlite:  # on PostgreSQL other databases of the server count too
            assert database.revision() == after


def test_what_is_rolled_back_is_never_noticed(database: Database, other: Database) -> None:
    before = database.revision()
    with other.engine.connect() as connection:
        connection.execute(text("DELETE FROM operations"))
        connection.rollback()
    assert database.revision() == before or not database.is_sqlite
    _write(other)
    assert database.revision() != before


def test_a_database_that_was_away_is_asked_anew(database: Database) -> None:
    before = database.revision()
    if database.is_sqlite:
        connection = database._revisions._connection
        connection.dbapi_connection.close()
    else:
        with database.engine.connect() as admin:
            admin.execute(
                text(
                    "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    " AND query LIKE '%pg_current_snapshot%'"
                )
            )
    assert database.revision() != before, "nobody knows what was written meanwhile"
    assert database.revision() is not None
