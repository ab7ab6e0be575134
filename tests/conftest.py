"""What every test can ask for: a clock, a database of either kind, an application, the morning of the cast.

The whole suite runs on SQLite; where `COLTIVA_TEST_POSTGRES` names a server it runs on PostgreSQL too. A migrated
database is made once and copied for each test.
"""

import asyncio
import contextlib
import itertools
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from playwright.sync_api import Browser as RealBrowser
from playwright.sync_api import BrowserContext, Playwright, expect, sync_playwright
from sqlalchemy import Connection, create_engine, event, text
from werkzeug.routing import Rule

from server.app import create_app
from server.config import Settings
from server.persistence import schema
from server.persistence.base import Base
from server.persistence.database import Database
from server.persistence.lean import Answer, Lean, Values
from server.services.bus import Bus
from server.services.context import Context
from server.views import guards
from tests import builders
from tests.mornings import Morning, make_morning

POSTGRES = os.environ.get("COLTIVA_TEST_POSTGRES", "")
REQUIRED = os.environ.get("COLTIVA_TEST_REQUIRED", "") == "1"
KEY = b"0123456789abcdef0123456789abcdef"

# What a page should show may take its time on a busy computer; each wait ends as soon as it is there.
expect.set_options(timeout=60_000)

# The same examples each time, so that a run tells of the change and not of the dice. Others are looked for with
# `--hypothesis-profile=searching`. How fast a computer is decides nothing in either.
_NO_HURRY: dict[str, Any] = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("repeatable", derandomize=True, database=None, **_NO_HURRY)
hypothesis.settings.register_profile("searching", print_blob=True, **_NO_HURRY)
hypothesis.settings.load_profile("repeatable")


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


@pytest.fixture(scope="session")
def on_postgres(migrated_postgres: str) -> Iterator[Database]:
    """The PostgreSQL database of this test process: one engine, whose compiled statements every test finds ready."""
    found = Database(migrated_postgres)
    yield found
    found.close()


@pytest.fixture(scope="session")
def on_sqlite(migrated_sqlite: Path) -> Database:
    """The same for SQLite: its connections open the file of the test that runs, which `url` names."""
    found = Database(f"sqlite:///{migrated_sqlite}")

    @event.listens_for(found.engine, "do_connect")
    def on_do_connect(dialect: object, record: object, arguments: list[Any], options: dict[str, Any]) -> None:
        arguments[0] = found.url.removeprefix("sqlite:///")

    return found


def _empty(database: Database) -> None:
    """One way to the server for all tables: there are many of them, and many tests."""
    wipe = "; ".join(f"DELETE FROM {table.name}" for table in reversed(Base.metadata.sorted_tables))
    with database.engine.begin() as connection:
        connection.exec_driver_sql(wipe)


@pytest.fixture
def empty_postgres(on_postgres: Database) -> Callable[[], None]:
    """Empties the PostgreSQL database of this test process."""
    return lambda: _empty(on_postgres)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database, on each engine in turn."""
    if request.param == "sqlite":
        path = tmp_path / "coltiva.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        found: Database = request.getfixturevalue("on_sqlite")
        found.url = f"sqlite:///{path}"
    else:
        found = request.getfixturevalue("on_postgres")
        _empty(found)
    yield found
    found.on_write = None
    found.close()


@pytest.fixture
def ctx(database: Database, clock: FakeClock, tmp_path: Path) -> Context:
    """The surroundings of the use-cases over an empty database."""
    settings = Settings(instance=tmp_path, database="" if database.is_sqlite else database.url)
    return Context(database=database, now=clock, key=KEY, settings=settings, bus=Bus())


class CompiledTemplates(BytecodeCache):
    """Templates compiled once in a test process: every test has an application of its own."""

    def __init__(self) -> None:
        self._codes: dict[str, Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """What an earlier application compiled."""
        bucket.code = self._codes.get(bucket.key + bucket.checksum)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for the next one."""
        self._codes[bucket.key + bucket.checksum] = bucket.code


@pytest.fixture(scope="session")
def compiled_once() -> Iterator[CompiledTemplates]:
    """Templates and the builders of addresses, which cost as much as the rest of an application, compiled once.

    A builder is a plain function of its rule's text and defaults, to be bound to a rule.
    """
    compile_builder = Rule._compile_builder
    compiled_ones: dict[tuple[str, str, bool], Any] = {}

    def compiled(rule: Rule, append_unknown: bool = True) -> Any:
        sought = (rule.rule, repr(rule.defaults), append_unknown)
        if sought not in compiled_ones:
            compiled_ones[sought] = compile_builder(rule, append_unknown)
        return compiled_ones[sought]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compiled)
        yield CompiledTemplates()


@pytest.fixture
def app(ctx: Context, compiled_once: CompiledTemplates) -> Flask:
    """The application over the test's database, in threading mode; faults come out as exceptions."""
    made = create_app(ctx.settings, ctx.now, context=ctx)
    made.jinja_env.bytecode_cache = compiled_once
    made.testing = True
    made.config["PROPAGATE_EXCEPTIONS"] = True
    return made


@pytest.fixture
def morning(ctx: Context) -> Morning:
    """Everything a morning needs."""
    return make_morning(ctx)


_browsers = itertools.count(1)


class Browser:
    """A person's browser: keeps its cookie, sends the CSRF token, speaks JSON when asked to."""

    def __init__(self, client: FlaskClient, token: str | None) -> None:
        self.client = client
        if token is not None:
            client.set_cookie(guards.COOKIE, token)
        self._name = f"browser-{next(_browsers)}"
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
        headers = {"X-CSRF-Token": self.csrf(), "X-Operation-Id": op or f"{self._name}-{self._ops}"}
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
        self._revisions = database._revisions
        self._written = 0

    def wrote(self, connection: object) -> None:
        """Something was committed, here."""
        self._written += 1

    def _state(self) -> object:
        return self, self._written

    @contextlib.contextmanager
    def __call__(self) -> Iterator[list[str]]:
        """Collect statements for the length of the block; beginnings of transactions are not counted."""
        sent: list[str] = []

        def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
            if not statement.startswith("BEGIN"):
                sent.append(statement)

        def run(lean: Lean, connection: Connection, values: Values) -> Answer:
            sent.append(lean.worded(connection.dialect).text)
            return run_lean(lean, connection, values)

        run_lean = Lean.run
        with contextlib.ExitStack() as stack:
            stack.enter_context(mock.patch.object(Lean, "run", run))  # goes past the event below
            event.listen(self._engine, "before_cursor_execute", note)
            stack.callback(event.remove, self._engine, "before_cursor_execute", note)
            if self._engine.dialect.name == "postgresql":
                # It also counts what is written to other databases: by tests beside this one, at any moment.
                stack.enter_context(mock.patch.object(self._revisions, "_ask", self._state))
            yield sent


@pytest.fixture
def statements(database: Database) -> Iterator[Statements]:
    """Counts the SQL statements of a page or a use-case."""
    counted = Statements(database)
    event.listen(database.engine, "commit", counted.wrote)
    yield counted
    event.remove(database.engine, "commit", counted.wrote)


CLOSING = 60.0
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The one driver of browsers: two cannot run in one process."""
    with sync_playwright() as running, mock.patch.object(BrowserContext, "close", _close):
        yield running


def _close(context: BrowserContext, *, reason: str | None = None) -> None:
    """Ends a context, or leaves that to the end of its browser: once in many thousand times Chromium never answers that
    it has, and the driver would wait for ever (its public interface sets no limit).
    """
    with contextlib.suppress(TimeoutError):
        context._sync(asyncio.wait_for(context._impl_obj.close(reason=reason), CLOSING))


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
