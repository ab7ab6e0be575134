"""What is kept of the request that opened a connection: a few words instead of forty, for as long as it lasts."""

from collections.abc import Mapping
from sys import intern
from typing import Any

_KEPT = ("HTTP_HOST", "HTTP_COOKIE", "HTTP_ACCEPT_LANGUAGE", "REMOTE_ADDR", "wsgi.url_scheme", "SERVER_PORT")
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")


class Caller:
    """Who opened a connection, and over which line."""

    __slots__ = ("_words", "app", "forwarded")

    def __init__(self, environ: Mapping[str, Any]) -> None:
        # All but the cookie is the same for a whole venue: one string for all.
        self._words = tuple(
            word if name == "HTTP_COOKIE" else intern(word)
            for name, word in ((name, str(environ.get(name, ""))) for name in _KEPT)
        )
        self.app: Any = environ.get("flask.app")
        self.forwarded = any(name in environ for name in _FORWARDED)
        """Did the request come through a proxy?"""

    @property
    def cookie(self) -> str:
        """The header."""
        return self._words[1]

    @property
    def address(self) -> str:
        """Where it came from."""
        return self._words[3]

    @property
    def is_secure(self) -> bool:
        """Over https?"""
        return self._words[4] in {"https", "wss"}

    def environ(self) -> dict[str, Any]:
        """A request as far as it is known any more, for whoever needs one."""
        words = {name: word for name, word in zip(_KEPT, self._words, strict=True) if word}
        return (
            words
            | {
                "REQUEST_METHOD": "GET",
                "SCRIPT_NAME": "",
                "PATH_INFO": "/socket.io/",
                "QUERY_STRING": "",
                "SERVER_NAME": "localhost",
                "SERVER_PORT": words.get("SERVER_PORT", "80"),
                "SERVER_PROTOCOL": "HTTP/1.1",
                "wsgi.url_scheme": words.get("wsgi.url_scheme", "http"),
                "flask.app": self.app,
            }
            | ({"HTTP_FORWARDED": "unknown"} if self.forwarded else {})
        )
