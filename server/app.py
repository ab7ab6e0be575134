"""The composition root: settings in, a running application out. The only module that knows everybody.

`create_app` builds the web application around a Context, which `opening` makes.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from server.config import Settings
from server.opening import create_context as create_context
from server.opening import utc_now as utc_now
from server.persistence import schema
from server.services import groups
from server.services.context import Context
from server.sockets import broadcasts, handlers, news_line, patience, transport
from server.views import blueprints, gate, languages, messages, pages
from server.wire.snapshots import Snapshots


def create_app(
    settings: Settings,
    now: Callable[[], datetime] = utc_now,
    *,
    async_mode: Literal["threading", "gevent"] = "threading",
    context: Context | None = None,
) -> Flask:
    """The web application with its sockets. Threading serves tests and scripts, gevent serves meetings."""
    ctx = context or create_context(settings, now)
    if async_mode == "gevent" and not ctx.database.is_sqlite:
        patience.install()
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
    sockets = transport.sockets(
        own=settings.transport == "own" and async_mode == "gevent",
        async_mode=async_mode,
        manage_session=False,
        ping_interval=25,
        ping_timeout=20,
        max_http_buffer_size=64_000,
        http_compression=False,
        message_queue=news_line.address(settings.redis),
        channel=news_line.channel(ctx),
    )
    sockets.init_app(app)
    app.extensions["coltiva_sockets"] = sockets
    app.extensions["coltiva_snapshots"] = snapshots = Snapshots(ctx)
    app.extensions["coltiva_watchers"] = handlers.install(sockets, ctx, snapshots)
    broadcasts.install(sockets, ctx)
    if settings.base_url.startswith("https://"):
        # TLS ends in front of us: the proxy says who asked, and that the line was safe.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]  # as below
    # Outermost, so that a foreign Host is refused on /socket.io as well.
    app.wsgi_app = gate.HostGate(  # type: ignore[method-assign]  # Flask documents this place for middleware
        app.wsgi_app, settings, lambda: groups.base_urls(ctx)
    )
    return app
