"""Servers for these tests, each in a process of its own: `python -m gevent.monkey --module …process KIND …`.

`echo` gives every websocket message back; `engine` is a bare Engine.IO server that does the same; `socket` a Socket.IO
server with two namespaces. The address is the first line that is printed. The test's process stays unpatched.
"""

import argparse
import json
import os
import ssl
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from typing import Any

import engineio
import gevent
import socketio
from gevent.pywsgi import WSGIServer

from server.sockets.transport import handshake, line
from server.sockets.transport.channel import Closed, accept
from server.sockets.transport.engine import Engine
from server.sockets.transport.rooms import Rooms
from server.sockets.transport.server import Server
from server.sockets.transport.wsgi import Handler

LIMIT = 1_000_000
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def echo(options: argparse.Namespace) -> Application:
    """Every message comes back."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            channel = accept(environ, options.limit)
        except handshake.NoHandshake as refused:
            start_response(refused.status, [*refused.headers])
            return [refused.why.encode()]
        try:
            while True:
                channel.line.write(_back(channel.receive()))
        except Closed:
            channel.finish()
            return []

    return application


def _back(message: str | bytes) -> bytes:
    from server.sockets.transport import frames

    return frames.message(message)


def engine(options: argparse.Namespace) -> Application:
    """Every packet comes back; `leaves` makes the server close, `fails` makes our handler fail."""
    server = Engine(**_timing(options))

    def on_message(sid: str, data: str | bytes) -> None:
        if data == "leaves":
            server.disconnect(sid)
        elif data == "fails":
            raise ZeroDivisionError
        elif data == "counts":
            server.send(sid, json.dumps({"sessions": len(server.sockets), "greenlets": _greenlets()}))
        else:
            server.send(sid, data)

    server.on("message", on_message)
    if options.most:
        server.most_per_address = options.most
    return engineio.WSGIApp(server)  # type: ignore[no-any-return]  # python-socketio has no types


def _greenlets() -> int:
    import gc

    return sum(isinstance(each, gevent.Greenlet) and not each.dead for each in gc.get_objects())


def socket(options: argparse.Namespace) -> Application:
    """Namespaces `/` and `/custom`: they greet, echo, tell rooms and refuse whoever says so."""
    server = Server(client_manager=Rooms(), **_timing(options))
    heard: list[str] = []

    def attend(name: str) -> None:
        @server.on("connect", namespace=name)
        def on_connect(sid: str, environ: object, auth: dict[str, Any] | None) -> bool | None:
            server.emit("auth", auth or {}, to=sid, namespace=name)
            server.enter_room(sid, "all", namespace=name)
            return False if auth and auth.get("refuse") else None

        @server.on("disconnect", namespace=name)
        def on_disconnect(sid: str, reason: str) -> None:
            heard.append(reason)

        @server.on("message", namespace=name)
        def on_message(sid: str, *arguments: object) -> None:
            server.emit("message-back", tuple(arguments), to=sid, namespace=name)

        @server.on("message-with-ack", namespace=name)
        def on_message_with_ack(sid: str, *arguments: object) -> tuple[object, ...]:
            return arguments

        @server.on("heard", namespace=name)
        def on_heard(sid: str) -> list[str]:
            return heard

        @server.on("rooms", namespace=name)
        def on_rooms(sid: str) -> list[list[str]]:
            manager = server.manager
            return [sorted(str(room) for room in manager.rooms[name]), sorted(manager.get_rooms(sid, name))]

        @server.on("cut", namespace=name)
        def on_cut(sid: str) -> None:
            server.disconnect(sid, namespace=name)

    attend("/")
    attend("/custom")
    _let_tell(server)
    files = {"/": {"content_type": "text/html", "filename": os.devnull}}
    if options.client:
        files["/client.js"] = {"content_type": "text/javascript", "filename": options.client}
    return socketio.WSGIApp(server, static_files=files)  # type: ignore[no-any-return]  # python-socketio has no types


def _let_tell(server: Server) -> None:
    """What a client of `/` may have told to everybody."""

    @server.on("join")
    def on_join(sid: str, what: object) -> dict[str, Any]:
        return {"ok": True, "snapshot": "x" * 2000}

    @server.on("tell")
    def on_tell(sid: str, size: int, times: int, first: int = 0) -> int:
        for number in range(first, first + times):
            server.emit("told", {"n": number, "t": time.monotonic_ns(), "pad": "y" * size}, to="all")
            gevent.sleep(0)  # as if each came with a request of its own
        return len(server.eio.sockets)

    @server.on("each")
    def on_each(sid: str, size: int) -> int:
        """To everybody something else."""
        everybody = [one for one, _ in server.manager.get_participants("/", "all")]
        stamp = time.monotonic_ns()
        for number, one in enumerate(everybody):
            server.emit("told", {"n": number, "t": stamp, "pad": "y" * size}, to=one)
        return len(everybody)


def _timing(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "async_mode": "gevent",
        "ping_interval": options.interval,
        "ping_timeout": options.timeout,
        "max_http_buffer_size": options.limit,
        "cors_allowed_origins": None,
    }


def main() -> None:
    """Serve until the end of standard input."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=("echo", "engine", "socket"))
    parser.add_argument("--interval", type=float, default=25.0)
    parser.add_argument("--timeout", type=float, default=20.0)
    parser.add_argument("--limit", type=int, default=LIMIT)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--most", type=int, default=0)
    parser.add_argument("--stall", type=float, default=line.LONGEST_STALL)
    parser.add_argument("--certificate")
    parser.add_argument("--client", help="the JavaScript client, given out as /client.js")
    options = parser.parse_args()
    line.LONGEST_STALL = options.stall
    tls: dict[str, Any] = {}
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate)
        tls["ssl_context"] = context
    application = {"echo": echo, "engine": engine, "socket": socket}[options.kind](options)
    server = WSGIServer(("127.0.0.1", options.port), application, handler_class=Handler, log=None, backlog=1024, **tls)
    server.start()
    hub = gevent.get_hub()
    hub.NOT_ERROR = (*hub.NOT_ERROR, ConnectionError, ssl.SSLError)
    print(server.server_port, flush=True)
    try:
        gevent.get_hub().threadpool.apply(sys.stdin.read)
    except Exception:  # noqa: BLE001  # whatever it is, the test wants to read it
        traceback.print_exc()
    server.stop(timeout=1)


if __name__ == "__main__":
    main()
