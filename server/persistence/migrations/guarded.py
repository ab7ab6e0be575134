"""The only way to rebuild a table on SQLite. A plain batch rebuild of a parent with foreign keys on deletes its
children without a word (measured), so: keys off outside the transaction, every table counted before and after,
keys checked, otherwise everything rolls back.
"""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy import Connection


class RowsLost(Exception):
    """A rebuild would have lost rows or broken a reference; nothing was changed."""


def _counts(connection: Connection) -> dict[str, int]:
    return {
        name: int(connection.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar_one())
        for name in sa.inspect(connection).get_table_names()
    }


def _foreign_keys(connection: Connection, *, on: bool) -> None:
    """Through the driver, because SQLite ignores this pragma inside a transaction and SQLAlchemy always begins one."""
    driver = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and driver is not None:
        driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def rebuild(connection: Connection, change: Callable[[], None], *, may_change: frozenset[str] = frozenset()) -> None:
    """Run a batch change with foreign keys off and prove that no row of any other table went.

    Must be called outside a transaction. Raises RowsLost, rolled back, when a count differs or a key dangles.
    """
    sqlite = connection.dialect.name == "sqlite"
    _foreign_keys(connection, on=False)
    try:
        with connection.begin():
            before = _counts(connection)
            change()
            after = _counts(connection)
            lost = sorted(name for name, n in before.items() if name not in may_change and after.get(name) != n)
            if lost:
                raise RowsLost(f"rows of {', '.join(lost)} would have been lost")
            if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise RowsLost("a reference would have dangled")
    finally:
        _foreign_keys(connection, on=True)
