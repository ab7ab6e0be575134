"""The one door to the database: who may write, when, and what is retried.

SQLite has one writer at a time: a process-wide lock, then `BEGIN IMMEDIATE`; another process holding the file is
waited for up to five seconds, outside any transaction. PostgreSQL uses its own locks; serialisation failures are
reported as `Retry` so that the caller runs the whole unit again. Reads never take the lock.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

BUSY_SECONDS = 5.0
"""How long a write waits for another process that holds the SQLite file."""

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
)


class Retry(Exception):
    """The database asks to run the whole transaction again (serialisation failure or deadlock)."""


class Busy(Exception):
    """Another program held the database file for too long; nothing was written."""


class Database:
    """Engine and locks of one database URL. `bulk` relaxes durability while a new demo file is being seeded."""

    def __init__(self, url: str, *, bulk: bool = False) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self._write_lock = threading.Lock()
        self.on_write: Callable[[bool], None] | None = None
        """Test hook: called with True right after BEGIN IMMEDIATE and with False when the transaction is over."""
        options: dict[str, Any] = (
            {"connect_args": {"timeout": 0, "check_same_thread": False}}
            if self.is_sqlite
            else {
                "pool_size": 20,
                "max_overflow": 20,
                "pool_pre_ping": True,
                "connect_args": {"options": "-c lock_timeout=4000 -c statement_timeout=20000"},
            }
        )
        self.engine: Engine = create_engine(url, **options)
        if self.is_sqlite:
            self._prepare_sqlite(bulk)
        # On PostgreSQL each question stands for itself anyway (read committed); a transaction around it only costs
        # two more ways to the server and back.
        alone = {} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._reading = self.engine.execution_options(reading=True, **alone)

    def _prepare_sqlite(self, bulk: bool) -> None:
        @event.listens_for(self.engine, "connect")
        def on_connect(connection: sqlite3.Connection, record: object) -> None:
            connection.isolation_level = None
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
            if bulk:
                connection.execute("PRAGMA synchronous=OFF")

        @event.listens_for(self.engine, "begin")
        def on_begin(connection: Any) -> None:
            if connection.get_execution_options().get("reading"):
                connection.exec_driver_sql("BEGIN")
            else:
                connection.exec_driver_sql("BEGIN IMMEDIATE")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for questions only; on SQLite it sees one moment of the database."""
        with Session(self._reading, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session in one write transaction, committed at the end and rolled back on any exception.

        Raises Retry when PostgreSQL asks for it and Busy when SQLite's file stayed locked for BUSY_SECONDS.
        """
        if not self.is_sqlite:
            try:
                with Session(self.engine, expire_on_commit=False) as session, session.begin():
                    yield session
            except DBAPIError as error:
                # 23505: two writers decided the same at once; the second run sees the first one's row.
                if getattr(error.orig, "sqlstate", None) in {"40001", "40P01", "55P03", "23505"}:
                    raise Retry from error
                raise
            return
        with self._write_lock, Session(self.engine, expire_on_commit=False) as session:
            self._begin(session)
            if self.on_write:
                self.on_write(True)
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise
            finally:
                if self.on_write:
                    self.on_write(False)

    def _begin(self, session: Session) -> None:
        """Take SQLite's write lock, waiting with growing pauses while another process holds it."""
        deadline, pause = time.monotonic() + BUSY_SECONDS, 0.005
        while True:
            try:
                session.connection()
                return
            except OperationalError as error:
                session.rollback()
                code = getattr(error.orig, "sqlite_errorcode", 0)
                if code & 255 != sqlite3.SQLITE_BUSY:
                    raise
                if time.monotonic() > deadline:
                    raise Busy from error
            time.sleep(pause)
            pause = min(pause * 2, 0.2)

    def engine_version(self) -> str:
        """The version of the engine behind the URL, for /health."""
        with self.reading() as session:
            question = "select sqlite_version()" if self.is_sqlite else "show server_version"
            return str(session.execute(text(question)).scalar_one())

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
