"""Migrations: numbered, complete, refused when newer, and never losing rows."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations

from server.persistence import schema
from server.persistence.base import Base
from server.persistence.database import Database
from server.persistence.migrations import guarded

VERSIONS = Path(schema.__file__).parent / "migrations" / "versions"


def test_the_steps_are_numbered_without_gaps() -> None:
    numbers = sorted(int(re.match(r"(\d{4})_", path.name).group(1)) for path in VERSIONS.glob("*.py"))  # type: ignore[union-attr]  # a name without a number fails here, as it should
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_migrated_database_is_what_the_models_say(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_second_upgrade_changes_nothing(database: Database) -> None:
    schema.upgrade(database)
    assert schema.current(database) == schema.newest()


def test_a_command_opens_the_database_while_the_server_writes(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'coltiva.db'}"
    server, command = Database(url), Database(url)
    schema.upgrade(server)
    with server.writing() as session:
        session.execute(sa.text("DELETE FROM attendances"))
        schema.upgrade(command)
    server.close()
    command.close()


def test_a_database_newer_than_the_program_is_refused_untouched(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(schema.SchemaTooNew, match="9999"):
        schema.upgrade(database)
    assert schema.current(database) == "9999"
    with database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :v"), {"v": schema.newest()})


@pytest.fixture
def family(tmp_path: Path) -> Database:
    """A parent with three children that would go with it."""
    database = Database(f"sqlite:///{tmp_path / 'family.db'}")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT)")
        connection.exec_driver_sql(
            "CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id) ON DELETE CASCADE)"
        )
        connection.exec_driver_sql("INSERT INTO parent VALUES (1, 'Anna')")
        connection.exec_driver_sql("INSERT INTO child VALUES (1, 1), (2, 1), (3, 1)")
    return database


def _children(database: Database) -> int:
    with database.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM child").scalar_one())


def _rebuild_parent(connection: sa.Connection) -> None:
    operations = Operations(MigrationContext.configure(connection))
    with operations.batch_alter_table("parent", recreate="always") as batch:
        batch.add_column(sa.Column("company", sa.Text()))


def test_a_guarded_rebuild_of_a_parent_keeps_its_children(family: Database) -> None:
    with family.engine.connect() as connection:
        guarded.rebuild(connection, lambda: _rebuild_parent(connection))
    assert _children(family) == 3


def test_a_plain_rebuild_would_have_lost_them(family: Database) -> None:
    with family.engine.begin() as connection:
        _rebuild_parent(connection)
    assert _children(family) == 0


def test_a_rebuild_that_loses_rows_is_rolled_back(family: Database) -> None:
    with family.engine.connect() as connection, pytest.raises(guarded.RowsLost, match="child"):
        guarded.rebuild(connection, lambda: connection.exec_driver_sql("DELETE FROM child"))  # type: ignore[arg-type,return-value]  # what it returns does not matter
    assert _children(family) == 3
