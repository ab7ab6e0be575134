"""From settings to a listening server, and back down cleanly.

Runs under gevent (patched by `server.__main__` before anything else was imported). Ctrl-C and SIGTERM end the
server and its children; on SQLite a lock file keeps a second serving process out.
"""

import contextlib
import errno
import gc
import io
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import gevent
import gevent.event
import qrcode
from flask import Flask
from gevent.pywsgi import WSGIServer

from server import assets, opening
from server.app import create_app, create_context
from server.config import Settings, SettingsError
from server.services import groups, sessions, timekeeping, uploads, workbench
from server.services.context import Context
from server.sockets import heartbeat, tally, transport
from server.sockets.news_line import NewsLine
from server.sockets.transport import send_all, wsgi
from server.views import letter_post
from server.views.gate import own_addresses

DEMO_PORTS = 10
"""`demo` tries this many ports before it gives up."""


def keep_turning(ctx: Context) -> None:
    """A great transaction is put on the disk by a thread of its own, while the loop goes on."""
    ctx.database.aside = gevent.get_hub().threadpool.apply


def calm_collector() -> None:
    """What is alive now stays alive: Python's collector need not look at it again, and looks seldom at the rest."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@contextlib.contextmanager
def only_one(instance: Path) -> Iterator[None]:
    """Hold the instance for this process. Raises SettingsError when another process serves it."""
    path = instance / ".lock"
    handle = path.open("a+")
    try:
        _lock(handle)
    except OSError:
        handle.close()
        raise SettingsError(f"Another Coltiva already serves {instance}; stop it first.") from None
    try:
        yield
    finally:
        handle.close()


def _lock(handle: Any) -> None:
    if sys.platform == "win32":
        import msvcrt

        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def listen(settings: Settings, app: Callable[..., Any]) -> WSGIServer:
    """A server that has its port; the demo moves on to the next ports. Raises SettingsError when none is free."""
    ports = range(settings.port, settings.port + (DEMO_PORTS if settings.demo and settings.port else 1))
    for port in ports:
        server = WSGIServer((settings.host, port), app, handler_class=wsgi.Handler, backlog=4096, log=None)
        try:
            server.start()
            # Accepted connections inherit it. Without it the second half of every answer on a kept connection waits
            # for the other side's delayed acknowledgement: 40 ms a page, 40 ms a scan.
            server.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return server
        except OSError as error:
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise SettingsError(f"Cannot listen on {settings.host}: {error.strerror}.") from error
    raise SettingsError(f"Port {settings.port} is in use; choose another with --port.")


def run(settings: Settings, *, greet: Callable[[Context, Settings], None], say: Callable[[str], None]) -> int:
    """Serve until Ctrl-C or SIGTERM. `greet` prints where to open what, once the port is known."""
    if (stale := assets.stale()) is not None:
        say(stale)
    send_all.install()
    guard = only_one(settings.instance) if not settings.database else contextlib.nullcontext()
    with guard:
        ctx = create_context(settings)
        ctx.now = clock = opening.ServerClock(timekeeping.anchor(ctx, opening.reading()))
        uploads.sweep(ctx)
        keep_turning(ctx)
        app: Flask = create_app(settings, context=ctx, async_mode="gevent")
        server = listen(settings, app)
        here = replace(settings, port=int(server.server_port or settings.port))
        hub = gevent.get_hub()
        # A phone that goes away in the middle of an answer is everyday life, no fault to report.
        hub.NOT_ERROR = (*hub.NOT_ERROR, ConnectionError)
        stop = gevent.event.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            gevent.signal_handler(number, stop.set)
        beating = gevent.spawn(
            heartbeat.run, app.extensions["coltiva_sockets"], app.extensions["coltiva_watchers"], ctx
        )
        keeping: list[Any] = [gevent.spawn(heartbeat.keep_time, ctx, clock)]
        keeping.append(
            gevent.spawn(tally.run, app.extensions["coltiva_sockets"], app.extensions["coltiva_watchers"], ctx)
        )
        keeping.append(gevent.spawn(letter_post.run, app, ctx))
        if settings.redis:
            line = NewsLine(app.extensions["coltiva_sockets"], settings.redis)
            app.extensions["coltiva_news"] = line.state
            keeping.append(gevent.spawn(line.watch))
        greet(ctx, here)
        calm_collector()
        try:
            stop.wait()
        finally:
            beating.kill()
            gevent.killall(keeping)
            transport.goodbye(app.extensions["coltiva_sockets"])
            server.stop(timeout=2)
            workbench.stop_all()
            ctx.database.close()
    return 0


def addresses(settings: Settings) -> tuple[str, str]:
    """Where this computer and where phones open the program."""
    here = f"http://localhost:{settings.port}"
    if settings.base_url:
        return here, settings.base_url
    lan = next((a for a in own_addresses() if ":" not in a), None)
    return here, f"http://{lan}:{settings.port}" if lan and settings.host in {"0.0.0.0", lan} else here


def qr_text(address: str) -> str:
    """A QR of an address for the console, two rows of modules a line."""
    code = qrcode.QRCode(border=2)
    code.add_data(address)
    out = io.StringIO()
    code.print_ascii(out=out, invert=True)
    return out.getvalue()


def greet_group(say: Callable[[str], None]) -> Callable[[Context, Settings], None]:
    """The lines of `serve`: addresses, and the one-time set-up link while there is no group."""

    def greet(ctx: Context, settings: Settings) -> None:
        here, phones = addresses(settings)
        say(f"Coltiva runs. On this computer: {here}")
        if groups.the_group(ctx) is None:
            token = sessions.make_link(ctx, purpose="setup", life=timedelta(hours=24))
            say(f"Set up your group (once, within 24 hours): {here}/setup/{token}")
        if phones != here:
            say(f"Phones and other computers: {phones}")
            say_qr(say, phones)
        say(f"Data: {settings.instance}   Stop: Ctrl-C")

    return greet


def say_qr(say: Callable[[str], None], address: str) -> None:
    """The QR, where the console can draw it: an old Windows console cannot."""
    try:
        qr_text(address).encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return
    say(qr_text(address))
