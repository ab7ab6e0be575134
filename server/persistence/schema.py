"""Bringing a database to today's schema, and refusing one that is newer than the program."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from server.persistence.database import Database


class SchemaTooNew(Exception):
    """The database was written by a newer Coltiva; the text is one sentence for the person at the console."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def newest() -> str:
    """The revision this program knows last."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None, "the program ships its migrations"
    return head


def current(database: Database) -> str | None:
    """The revision the database is at; None when it is empty."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database) -> None:
    """Apply every missing step, each in a transaction of its own. Raises SchemaTooNew before touching anything."""
    at = current(database)
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if at is not None and at not in known:
        raise SchemaTooNew(
            f"This database was made by a newer Coltiva (step {at}, this one knows {newest()}); "
            "install the newer version, nothing was changed."
        )
    if at == newest():
        return
    config = _config()
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
