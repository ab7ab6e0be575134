"""Bringing a database to today's schema, and refusing one that is newer than the program.

Alembic is imported only when there is a step to apply: a server that finds its database up to date starts a second
sooner.
"""

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from server.persistence.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parent / "migrations"


class DatabaseUnusable(Exception):
    """The database cannot be opened; the text is one sentence for the person at the console."""


class SchemaTooNew(DatabaseUnusable):
    """The database was written by a newer Coltiva; the text is one sentence for the person at the console."""


def known() -> tuple[str, ...]:
    """Every revision of this program, oldest first: the numbers that the files of the steps begin with."""
    return tuple(sorted(path.name[:4] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py")))


def newest() -> str:
    """The revision this program knows last."""
    return known()[-1]


def current(database: Database) -> str | None:
    """The revision the database is at; None when it is empty."""
    with database.reading() as session:  # the answer does not wait for another process that writes
        connection = session.connection()
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        return None if found is None else str(found)


def upgrade(database: Database) -> None:
    """Apply every missing step, each in a transaction of its own.

    Raises SchemaTooNew before touching anything, DatabaseUnusable when there is no database to talk to.
    """
    try:
        at = current(database)
    except (sa.exc.DBAPIError, sqlite3.DatabaseError) as error:
        why = str(getattr(error, "orig", error)).strip().splitlines()[0]
        raise DatabaseUnusable(f"The database cannot be opened: {why}.") from error
    if at is not None and at not in known():
        raise SchemaTooNew(
            f"This database was made by a newer Coltiva (step {at}, this one knows {newest()}); "
            "install the newer version, nothing was changed."
        )
    if at == newest():
        return
    from alembic import command

    config = _config()
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config
