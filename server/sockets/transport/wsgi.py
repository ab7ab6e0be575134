"""gevent's HTTP handler, with three changes: an application may take the connection over, a connection that will be
closed says so, and requests are not logged.
"""

from typing import Any

from gevent import pywsgi

_KEY = "server.sockets.transport.handler"


class Handler(pywsgi.WSGIHandler):
    """Handles the requests of one connection."""

    def get_environ(self) -> dict[str, Any]:
        """The environment of a request, with the way to `taken_over`."""
        environ: dict[str, Any] = super().get_environ()
        environ[_KEY] = self
        return environ

    def run_application(self) -> None:
        """Run it; the environment must not keep the handler, or each request would be a cycle to collect."""
        try:
            super().run_application()
        finally:
            if self.environ is not None:
                self.environ.pop(_KEY, None)

    def log_request(self) -> None:
        """Nobody reads a log of requests here, so no line is put together either."""

    def finalize_headers(self) -> None:
        """A client that is not told would send its next request into a closed connection."""
        super().finalize_headers()
        headers: Any = self.response_headers  # bytes by now, whatever the types say
        if self.close_connection and not any(name.lower() == b"connection" for name, _ in headers):
            headers.append((b"Connection", b"close"))


def forget(environ: dict[str, Any]) -> None:
    """Drop what ties a kept environment to its connection."""
    environ.pop(_KEY, None)
    environ.pop("wsgi.input", None)


def taken_over(environ: dict[str, Any]) -> tuple[Any, bytes]:
    """The socket behind a request, and what the client has already sent after it. The handler answers no more."""
    handler: Handler = environ[_KEY]
    handler.close_connection = True
    sock = handler.socket
    early = _already_read(handler.rfile, sock)
    handler.rfile.close()  # 8 KB of buffer, which nobody reads from now on
    (handler.environ or {}).clear()  # the application has a copy of its own for the events to come
    forget(environ)
    return sock, early


def _already_read(rfile: Any, sock: Any) -> bytes:
    before = sock.gettimeout()
    sock.settimeout(0.0)  # peek asks the socket when the buffer is empty; it must not wait there
    try:
        return bytes(rfile.peek())
    except OSError:
        return b""
    finally:
        sock.settimeout(before)
