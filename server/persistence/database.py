"""The one door to the database: who may write, when, and what is retried.

SQLite has one writer at a time: a process-wide lock, then `BEGIN IMMEDIATE`; another process holding the file is
waited for up to five seconds, outside any transaction. PostgreSQL uses its own locks; serialisation failures are
reported as `Retry` so that the caller runs the whole unit again. Reads never take the lock.
"""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.orm import Session

from server.persistence.lean import Lean, Row, Values, as_usual
from server.persistence.revisions import Revisions

BUSY_SECONDS = 5.0
"""How long a write waits for another process that holds the SQLite file."""
MANY_CHANGES = 1000
"""A transaction of SQLite that changed more rows is on the disk only after a while: a third of a second for 4,000."""
RESTED_SECONDS = 1.0
"""How long a connection to PostgreSQL may have been unused before it is asked whether it still lives."""

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
)


_EMPTY = "PRAGMA wal_checkpoint(TRUNCATE)"
"""Everything into the file itself; answers first whether somebody was in the way."""


class Retry(Exception):
    """The database asks to run the whole transaction again (serialisation failure or deadlock)."""


class Lost(Exception):
    """The connection to the server ended in the middle of a transaction. Whether its commit was heard, nobody knows:
    only a transaction that recognises itself may run again.
    """


class Busy(Exception):
    """Another program held the database file for too long; nothing was written."""


class Database:
    """Engine and locks of one database URL. `bulk` relaxes durability while a new demo file is being seeded."""

    def __init__(self, url: str, *, bulk: bool = False) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self._write_lock = threading.Lock()
        self.aside: Callable[[Callable[[], object]], object] = lambda work: work()
        """How SQLite puts a great transaction on the disk: whoever serves lets that happen beside the loop."""
        self.on_write: Callable[[bool], None] | None = None
        """Test hook: called with True right after BEGIN IMMEDIATE and with False when the transaction is over."""
        # A statement that is planned as dear would be compiled first, 40 ms for what takes two; none of ours gains.
        server = "-c lock_timeout=4000 -c statement_timeout=20000 -c jit=off"
        options: dict[str, Any] = (
            {"connect_args": {"timeout": 0, "check_same_thread": False}}
            if self.is_sqlite
            else {
                "pool_size": 20,
                "max_overflow": 20,
                "connect_args": {"options": server},
            }
        )
        self.engine: Engine = create_engine(url, **options)
        if self.is_sqlite:
            self._prepare_sqlite(bulk)
        else:
            self._ask_after_a_rest()
        # On PostgreSQL each question stands for itself anyway (read committed); a transaction around it only costs
        # two more ways to the server and back.
        alone = {} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._reading = self.engine.execution_options(reading=True, **alone)
        self._revisions = Revisions(self.engine)

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

    def _ask_after_a_rest(self) -> None:
        """A connection that has rested may have lost its server; one that was used a moment ago needs no question."""

        @event.listens_for(self.engine, "checkin")
        def on_checkin(connection: Any, record: Any) -> None:
            record.info["rests_since"] = time.monotonic()

        @event.listens_for(self.engine, "checkout")
        def on_checkout(connection: Any, record: Any, borrowed: Any) -> None:
            rests_since = record.info.get("rests_since")
            if rests_since is None or time.monotonic() - rests_since < RESTED_SECONDS:
                return
            try:
                self.engine.dialect.do_ping(connection)
            except self.engine.dialect.loaded_dbapi.Error as error:
                raise DisconnectionError from error  # the pool opens another

    def revision(self) -> object:
        """The state of the database: equal to an earlier answer while nobody has written in between."""
        return self._revisions.now()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for questions only; on SQLite it sees one moment of the database."""
        with Session(self._reading, expire_on_commit=False) as session:
            yield session

    def ask(self, question: Lean, values: Values) -> list[Row]:
        """The answer to one lean question, outside any transaction. One that was lost on its way is asked again."""
        for is_last in (False, True):
            try:
                with self._reading.connect() as connection:
                    return question.all(connection, values)
            except DBAPIError as error:
                if is_last or not self._is_lost(error):
                    raise
                self.engine.dispose()
        raise AssertionError("the second time returns or raises")

    def _is_lost(self, error: DBAPIError) -> bool:
        """Whether the connection is gone: the server ended it (class 57), or it broke without a word."""
        state = getattr(error.orig, "sqlstate", None)
        gone = isinstance(error, OperationalError) and state is None
        return not self.is_sqlite and (gone or state in {"57P01", "57P02", "57P03"})

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session in one write transaction, committed at the end and rolled back on any exception.

        Raises Retry when PostgreSQL asks for it, Lost when the connection to it was, and Busy when SQLite's file stayed
        locked for BUSY_SECONDS.
        """
        if not self.is_sqlite:
            try:
                with Session(self.engine, expire_on_commit=False) as session, session.begin():
                    yield session
            except DBAPIError as error:
                # 23505: two writers decided the same at once; the second run sees the first one's row.
                # 23503: what a new row pointed to went meanwhile (somebody was erased); the second run sees that.
                if getattr(error.orig, "sqlstate", None) in {"40001", "40P01", "55P03", "23503", "23505"}:
                    raise Retry from error
                if self._is_lost(error):
                    self.engine.dispose()  # what else is kept was opened to the same server
                    raise Lost from error
                raise
            return
        with self._write_lock, Session(self.engine, expire_on_commit=False) as session:
            self._begin(session)
            if self.on_write:
                self.on_write(True)
            try:
                line: Any = session.connection().connection.dbapi_connection
                before = line.total_changes
                yield session
                session.flush()
                if line.total_changes - before > MANY_CHANGES:
                    self.aside(line.commit)
                session.commit()
            except BaseException:
                session.rollback()
                raise
            finally:
                if self.on_write:
                    self.on_write(False)

    @contextmanager
    def together(self, connection: Connection, *, commit: bool = False) -> Iterator[None]:
        """Lean statements in the block travel together where each would cost a way to the server and back.

        Their answers are read after the block. `commit`: they are the last of their transaction, and on PostgreSQL
        the commit travels with them, so that the rows they lock are held for no way there and back: at a door
        everybody waits for the same row. The transaction around it then has nothing left to commit.
        """
        if self.is_sqlite:
            yield
            return
        line: Any = connection.connection.dbapi_connection
        try:
            with line.pipeline():
                yield
                if commit:
                    line.commit()
        except self.engine.dialect.loaded_dbapi.Error as error:
            raise as_usual(connection.dialect, "several statements", error) from error

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

    def scrub(self, *, at_most: int | None = None) -> bool:
        """SQLite: what was deleted leaves the files too. False when that has to wait: somebody reads an older moment
        for longer than BUSY_SECONDS, or the file has more than `at_most` bytes. PostgreSQL cleans up after itself.

        Deleted bytes are zeros at once (`secure_delete`), except for copies that a page keeps when its rows move to
        another one; so the file is written anew, and the log beside it emptied before and after.
        """
        if not self.is_sqlite:
            return True
        deadline, pause = time.monotonic() + BUSY_SECONDS, 0.005
        fits = at_most is None or self._size() <= at_most
        steps = ["VACUUM", _EMPTY] if fits else [_EMPTY]
        while steps:
            if self._tidied(steps[0]):
                steps.pop(0)
                continue
            if time.monotonic() > deadline:
                return False
            time.sleep(pause)
            pause = min(pause * 2, 0.2)
        return fits

    def _size(self) -> int:
        """Bytes of SQLite's file, by its pages."""
        with self.reading() as session:
            pages, size = (session.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("page_count", "page_size"))
        return int(pages) * int(size)

    def _tidied(self, step: str) -> bool:
        """Whether a step of the cleaning is done; not while another reads or writes. The write lock is held: no other
        connection of ours checkpoints meanwhile.
        """
        with self._write_lock, contextlib.closing(self.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            try:
                answer = cursor.execute(step).fetchone()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 255 not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                    raise
                return False
            finally:
                cursor.close()
        return answer is None or not answer[0]

    def engine_version(self) -> str:
        """The version of the engine behind the URL, for /health."""
        with self.reading() as session:
            question = "select sqlite_version()" if self.is_sqlite else "show server_version"
            return str(session.execute(text(question)).scalar_one())

    def close(self) -> None:
        """Give every connection back."""
        self._revisions.close()
        self.engine.dispose()
