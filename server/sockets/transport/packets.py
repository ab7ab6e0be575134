"""Engine.IO packets as they travel: one character and a text, or bytes; several joined in a poll.

Encoded once for everybody who gets the same packet: the frame and the text are kept on the packet itself.
"""

import base64
import binascii
from typing import Any

from engineio import packet

from server.sockets.transport import frames

SEPARATOR = "\x1e"
MOST_PACKETS = 1000
"""Packets one request of a polling client may bring."""


class Written(str):
    """JSON text that goes out as it is."""

    __slots__ = ()


class Malformed(Exception):
    """A client sent what the protocol does not know; its connection is closed."""


def frame_of(pkt: Any) -> bytes:
    """The websocket frame of a packet."""
    try:
        return pkt.frame  # type: ignore[no-any-return]  # set below
    except AttributeError:
        pkt.frame = found = frames.message(bytes(pkt.data) if pkt.binary else pkt.encode())
        return found


def text_of(pkt: Any) -> str:
    """A packet as it stands in the answer to a poll."""
    # Not `encode(b64=True)`: that keeps the base64 text and would later send it as a frame.
    if pkt.binary:
        return "b" + base64.b64encode(pkt.data).decode("ascii")
    return str(pkt.encode())


def parsed(encoded: str | bytes) -> tuple[int, str | bytes]:
    """The kind of a packet and what it carries. Raises Malformed."""
    if isinstance(encoded, bytes):
        return packet.MESSAGE, encoded
    kind, data = encoded[:1], encoded[1:]
    if kind == "b":
        try:
            return packet.MESSAGE, base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError):
            raise Malformed("not base64") from None
    if not kind or kind not in "0123456":
        raise Malformed("an unknown kind of packet")
    return int(kind), data


def unpacked(body: bytes) -> list[str]:
    """The packets in the body of a polling client's request. Raises Malformed."""
    try:
        encoded = body.decode().split(SEPARATOR)
    except UnicodeDecodeError:
        raise Malformed("not UTF-8") from None
    if len(encoded) > MOST_PACKETS:
        raise Malformed("too many packets")
    return encoded


def frame_of_text(text: str) -> bytes:
    """The websocket frame of a packet in its form for polls."""
    if text.startswith("b"):
        return frames.message(base64.b64decode(text[1:]))
    return frames.message(text)
