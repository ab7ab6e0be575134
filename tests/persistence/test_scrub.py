"""What was deleted is in no file any more, however the pages of the database were moved about before."""

import random
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from server.persistence import database as module
from server.persistence.database import Database

SEED = 3


def _left(path: Path) -> int:
    return sum(each.read_bytes().count(b"canary") for each in path.parent.glob(f"{path.name}*"))


@pytest.fixture
def busy(tmp_path: Path) -> Path:
    """A file in which names were written, changed and moved between pages for a long time; then some were deleted."""
    path = tmp_path / "busy.db"
    database = Database(f"sqlite:///{path}")
    chance = random.Random(SEED)
    with database.writing() as session:
        session.execute(text("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, note TEXT)"))
        session.execute(text("CREATE INDEX by_name ON people (name)"))
    for _ in range(20):
        with database.writing() as session:
            for _ in range(150):
                name = "".join(chance.choices("abcdefghij", k=chance.randint(5, 40)))
                said = {
                    "name": "canary " + name if chance.random() < 0.03 else name,
                    "note": "x" * chance.randint(0, 300),
                }
                key = session.execute(text("INSERT INTO people (name, note) VALUES (:name, :note)"), said).lastrowid
                change = {"note": "y" * chance.randint(0, 600), "id": chance.randint(1, key)}
                session.execute(text("UPDATE people SET note = :note WHERE id = :id"), change)
    with database.writing() as session:
        session.execute(text("DELETE FROM people WHERE name LIKE 'canary%'"))
    database.close()
    return path


def test_not_one_deleted_byte_is_left(busy: Path) -> None:
    database = Database(f"sqlite:///{busy}")
    assert database.scrub()
    assert _left(busy) == 0
    assert not Path(f"{busy}-wal").exists() or Path(f"{busy}-wal").stat().st_size == 0
    database.close()


def test_a_great_file_waits_and_its_log_does_not(busy: Path) -> None:
    database = Database(f"sqlite:///{busy}")
    with database.writing() as session:
        session.execute(text("INSERT INTO people (name, note) VALUES ('canary', '')"))
        session.execute(text("DELETE FROM people WHERE name = 'canary'"))
    assert not database.scrub(at_most=1000)
    assert Path(f"{busy}-wal").stat().st_size == 0
    database.close()


def test_whoever_reads_an_older_moment_is_not_waited_for_without_end(
    busy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.05)
    database = Database(f"sqlite:///{busy}")
    with sqlite3.connect(busy, isolation_level=None) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM people").fetchone()
        with database.writing() as session:
            session.execute(text("INSERT INTO people (name, note) VALUES ('later', '')"))
        assert not database.scrub()
        reader.execute("COMMIT")
    reader.close()
    assert database.scrub()
    database.close()
