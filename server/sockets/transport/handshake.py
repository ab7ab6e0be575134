"""The opening of a websocket (RFC 6455, section 4): what a request must bring, and the answer to it."""

import base64
import binascii
import hashlib
from collections.abc import Mapping

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
VERSION = "13"


class NoHandshake(Exception):
    """The request cannot become a websocket; `status`, `why` and `headers` are the answer."""

    def __init__(self, status: str, why: str, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(why)
        self.status = status
        self.why = why
        self.headers = headers


def wants_websocket(environ: Mapping[str, object]) -> bool:
    """Does this request ask to become a websocket?"""
    return "websocket" in _tokens(environ, "HTTP_UPGRADE")


def answer(environ: Mapping[str, object]) -> bytes:
    """The head that accepts the request, without any extension or subprotocol. Raises NoHandshake."""
    key = _checked_key(environ)
    accept = base64.b64encode(hashlib.sha1(key + _GUID, usedforsecurity=False).digest())
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )


def _checked_key(environ: Mapping[str, object]) -> bytes:
    if environ.get("REQUEST_METHOD") != "GET" or environ.get("SERVER_PROTOCOL") != "HTTP/1.1":
        raise NoHandshake("400 Bad Request", "A websocket opens with GET and HTTP/1.1")
    if not wants_websocket(environ) or "upgrade" not in _tokens(environ, "HTTP_CONNECTION"):
        raise NoHandshake("400 Bad Request", "The request does not ask for a websocket")
    if not environ.get("HTTP_HOST"):
        raise NoHandshake("400 Bad Request", "No Host")
    if str(environ.get("CONTENT_LENGTH") or "0") != "0" or environ.get("HTTP_TRANSFER_ENCODING"):
        raise NoHandshake("400 Bad Request", "A websocket opens without a body")
    if environ.get("HTTP_SEC_WEBSOCKET_VERSION") != VERSION:
        raise NoHandshake("426 Upgrade Required", "Another version is needed", (("Sec-WebSocket-Version", VERSION),))
    key = str(environ.get("HTTP_SEC_WEBSOCKET_KEY") or "")
    try:
        valid = len(base64.b64decode(key, validate=True)) == 16
    except (binascii.Error, ValueError):
        valid = False
    if not valid:
        raise NoHandshake("400 Bad Request", "The key is not 16 bytes")
    return key.encode("ascii")


def _tokens(environ: Mapping[str, object], name: str) -> set[str]:
    return {token.strip().lower() for token in str(environ.get(name) or "").split(",")}
