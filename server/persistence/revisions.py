"""Has anything been written since? One question, answered by the database itself, that covers every writer.

SQLite counts the commits of all other connections (`PRAGMA data_version`), and the connection that asks never writes.
On PostgreSQL two equal snapshots see the same finished transactions. Either way two equal answers mean that whatever
was read in between is what would be read now, whichever process wrote, through whatever program.
"""

import itertools
import threading
from typing import Any

from sqlalchemy import Engine

_QUESTION = {"sqlite": "PRAGMA data_version", "postgresql": "SELECT pg_current_snapshot()::text"}


class Revisions:
    """Asks over a connection of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._question = _QUESTION[engine.dialect.name]
        self._is_counted = engine.dialect.name != "sqlite" or engine.url.database not in {None, "", ":memory:"}
        self._connection: Any = None
        self._lock = threading.Lock()
        self._tickets = itertools.count(1)
        self._asked = 0
        self._answered = 0
        self._last: object = None

    def now(self) -> object:
        """The state of the database: equal to an earlier answer while nothing has been committed in between.

        Whoever waits while another asks shares the next answer, so that a crowd costs a few questions.
        """
        if not self._is_counted:
            return object()  # a database in memory is another one for every connection
        self._asked = ticket = next(self._tickets)
        with self._lock:
            if self._answered < ticket:
                # Everybody who came until now is answered by a question that is asked after they came.
                covered = self._asked
                self._last = self._ask()
                self._answered = covered
            return self._last

    def _ask(self) -> object:
        if self._connection is None:
            self._connection = self._opened()
        try:
            return self._connection.dbapi_connection.execute(self._question).fetchone()[0]
        except self._engine.dialect.loaded_dbapi.Error:
            # The database was away. Its counting may have begun anew: no answer of before compares with the next.
            self.close()
            self._connection = self._opened()
            return object()

    def _opened(self) -> Any:
        connection: Any = self._engine.raw_connection()
        connection.detach()  # ours for good: the pool opens another for those who read
        if self._engine.dialect.name == "postgresql":
            connection.dbapi_connection.autocommit = True
        return connection

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
