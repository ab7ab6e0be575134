"""The composition root: settings in, a running application out. The only module that knows everybody.

`create_app` builds the web application around a Context; `now` is the only clock of the program.
"""

import os
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from flask import Flask
from flask_socketio import SocketIO
from werkzeug.middleware.proxy_fix import ProxyFix

from server.config import Settings
from server.persistence import schema
from server.persistence.database import Database
from server.services import groups
from server.services.bus import Bus
from server.services.context import Context
from server.sockets import broadcasts, handlers
from server.views import blueprints, gate, languages, messages, pages


def utc_now() -> datetime:
    """The wall clock, aware, in UTC."""
    return datetime.now(UTC)


def installation_key(instance: Path) -> bytes:
    """The key of this installation; made once, readable by its owner only. Badge codes hang on it."""
    path = instance / "installation.key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(32))
    return path.read_bytes()


def create_context(
    settings: Settings, now: Callable[[], datetime] = utc_now, *, bulk: bool = False
) -> Context:
    """The surroundings of the use-cases over a database at today's schema.

    Raises schema.SchemaTooNew when a newer program wrote the database.
    """
    database = Database(settings.database_url, bulk=bulk)
    schema.upgrade(database)
    return Context(
        database=database, now=now, key=installation_key(settings.instance), settings=settings, bus=Bus()
    )


def create_app(
    settings: Settings,
    now: Callable[[], datetime] = utc_now,
    *,
    async_mode: Literal["threading", "gevent"] = "threading",
    context: Context | None = None,
) -> Flask:
    """The web application with its sockets. Threading serves tests and scripts, gevent serves meetings."""
    ctx = context or create_context(settings, now)
    app = Flask("server", static_folder=None, template_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=8 * 1024 * 1024, MAX_FORM_PARTS=400, MAX_FORM_MEMORY_SIZE=1024 * 1024
    )
    app.extensions["coltiva"] = ctx
    app.extensions["coltiva_schema"] = schema.newest()
    app.extensions["coltiva_news"] = lambda: "redis" if settings.redis else "local"
    languages.install(app)
    pages.install(app)
    messages.install(app)
    for blueprint in blueprints.ALL:
        app.register_blueprint(blueprint)
    sockets = SocketIO(
        async_mode=async_mode,
        manage_session=False,
        ping_interval=25,
        ping_timeout=20,
        max_http_buffer_size=64_000,
        http_compression=False,
        message_queue=settings.redis or None,
        channel="coltiva",
    )
    sockets.init_app(app)
    app.extensions["coltiva_sockets"] = sockets
    app.extensions["coltiva_watchers"] = handlers.install(sockets, ctx)
    broadcasts.install(sockets, ctx)
    if settings.base_url.startswith("https://"):
        # TLS ends in front of us: the proxy says who asked, and that the line was safe.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]  # as below
    # Outermost, so that a foreign Host is refused on /socket.io as well.
    app.wsgi_app = gate.HostGate(  # type: ignore[method-assign]  # Flask documents this place for middleware
        app.wsgi_app, settings, lambda: groups.base_urls(ctx)
    )
    return app
