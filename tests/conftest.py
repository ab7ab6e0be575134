"""What every test can ask for: a clock, a database of either kind, an application, the morning of the cast.

The whole suite runs on SQLite; where `COLTIVA_TEST_POSTGRES` names a server it runs on PostgreSQL too. A migrated
database is made once and copied for each test.
"""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser as RealBrowser
from playwright.sync_api import Playwright, sync_playwright
from sqlalchemy import create_engine, event, text

from server.app import create_app
from server.config import Settings
from server.persistence import schema
from server.persistence.base import Base
from server.persistence.database import Database
from server.services.bus import Bus
from server.services.context import Context
from server.views import guards
from tests import builders
from tests.mornings import Morning, make_morning

POSTGRES = os.environ.get("COLTIVA_TEST_POSTGRES", "")
REQUIRED = os.environ.get("COLTIVA_TEST_REQUIRED", "") == "1"
KEY = b"0123456789abcdef0123456789abcdef"


class FakeClock:
    """Time that moves only when told."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The time it is."""
        return self.now

    def pass_by(self, **parts: float) -> None:
        """Let time pass."""
        self.now += timedelta(**parts)


@pytest.fixture
def clock() -> FakeClock:
    """Ten minutes before the meeting starts."""
    return FakeClock(builders.START - timedelta(minutes=10))


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database file at today's schema."""
    path = tmp_path_factory.mktemp("migrated") / "coltiva.db"
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database)
    database.close()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def migrated_postgres() -> Iterator[str]:
    """The URL of an empty PostgreSQL database at today's schema, one per test process."""
    if not POSTGRES:
        if REQUIRED:
            pytest.fail("COLTIVA_TEST_POSTGRES must name a PostgreSQL server here")
        pytest.skip("set COLTIVA_TEST_POSTGRES to run the suite on PostgreSQL too")
    name = f"coltiva_test_{os.getpid()}"
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = POSTGRES.rsplit("/", 1)[0] + "/" + name
    database = Database(url)
    schema.upgrade(database)
    database.close()
    yield url
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def empty_postgres(migrated_postgres: str) -> Callable[[], None]:
    """Empties the PostgreSQL database of this test process."""

    def empty() -> None:
        database = Database(migrated_postgres)
        with database.engine.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(table.delete())
        database.close()

    return empty


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database, on each engine in turn."""
    if request.param == "sqlite":
        path = tmp_path / "coltiva.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        found = Database(f"sqlite:///{path}")
    else:
        request.getfixturevalue("empty_postgres")()
        found = Database(request.getfixturevalue("migrated_postgres"))
    yield found
    found.close()


@pytest.fixture
def ctx(database: Database, clock: FakeClock, tmp_path: Path) -> Context:
    """The surroundings of the use-cases over an empty database."""
    settings = Settings(instance=tmp_path, database="" if database.is_sqlite else database.url)
    return Context(database=database, now=clock, key=KEY, settings=settings, bus=Bus())


@pytest.fixture
def app(ctx: Context) -> Flask:
    """The application over the test's database, in threading mode; faults come out as exceptions."""
    made = create_app(ctx.settings, ctx.now, context=ctx)
    made.testing = True
    made.config["PROPAGATE_EXCEPTIONS"] = True
    return made


@pytest.fixture
def morning(ctx: Context) -> Morning:
    """Everything a morning needs."""
    return make_morning(ctx)


class Browser:
    """A person's browser: keeps its cookie, sends the CSRF token, speaks JSON when asked to."""

    def __init__(self, client: FlaskClient, token: str | None) -> None:
        self.client = client
        if token is not None:
            client.set_cookie(guards.COOKIE, token)
        self._ops = 0

    def get(self, path: str, **options: Any) -> Any:
        """Open a page."""
        return self.client.get(path, **options)

    def csrf(self) -> str:
        """The token of this browser's pages."""
        page = self.client.get("/about").get_data(as_text=True)
        return page.split('name="csrf" content="')[1].split('"')[0]

    def send(self, path: str, body: dict[str, object] | None = None, *, op: str | None = None) -> Any:
        """A script's write, with an operation id of its own unless one is given."""
        self._ops += 1
        headers = {"X-CSRF-Token": self.csrf(), "X-Operation-Id": op or f"op-{id(self)}-{self._ops}"}
        return self.client.post(path, json=body or {}, headers=headers)

    def submit(self, path: str, form: dict[str, object] | None = None) -> Any:
        """A form."""
        return self.client.post(path, data={"csrf_token": self.csrf(), **(form or {})})


@pytest.fixture
def browser(app: Flask, morning: Morning) -> Callable[[str | None], Browser]:
    """`browser("Dora")` is Dora's browser; `browser(None)` nobody's."""

    def open_one(who: str | None) -> Browser:
        return Browser(app.test_client(), morning.tokens[who] if who else None)

    return open_one


class Statements:
    """The SQL a piece of work sends: `with statements() as sent: …; assert len(sent) <= 12`."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine

    @contextlib.contextmanager
    def __call__(self) -> Iterator[list[str]]:
        """Collect statements for the length of the block; beginnings of transactions are not counted."""
        sent: list[str] = []

        def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
            if not statement.startswith("BEGIN"):
                sent.append(statement)

        event.listen(self._engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(self._engine, "before_cursor_execute", note)


@pytest.fixture
def statements(database: Database) -> Statements:
    """Counts the SQL statements of a page or a use-case."""
    return Statements(database)


CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The one driver of browsers: two cannot run in one process."""
    with sync_playwright() as running:
        yield running


def launch(playwright: Playwright, *arguments: str) -> RealBrowser:
    """A Chromium; `meet.lan` is this computer under a name that is no secure origin."""
    if CHROMIUM is None:
        if REQUIRED:
            pytest.fail("a Chromium is needed here; set CHROMIUM to its path")
        pytest.skip("install Chromium or set CHROMIUM to its path to run the browser tests")
    always = ["--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP meet.lan 127.0.0.1"]
    return playwright.chromium.launch(executable_path=CHROMIUM, args=[*always, *arguments])


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[RealBrowser]:
    """The browser that most tests share; each opens a context of its own."""
    running = launch(playwright)
    yield running
    running.close()
