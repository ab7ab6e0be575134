"""Websocket frames (RFC 6455): written once, read piece by piece. Bytes in, messages out; no input or output here.

The reader is strict: what the standard forbids raises `Broken` with the close code to answer, as early as it can be
known (a text that stops being UTF-8 is refused in the middle of its frame).
"""

import codecs
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

LONGEST_CONTROL = 125
"""Bytes a ping, a pong or a close may carry."""
_SHORT = 126
_LONG = 127


class Opcode(IntEnum):
    """What a frame is."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


class Close(IntEnum):
    """The close codes we send."""

    NORMAL = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    BAD_TEXT = 1007
    REFUSED = 1008
    TOO_BIG = 1009
    TRY_LATER = 1013


class Broken(Exception):
    """The peer broke the protocol; `code` is what to close with."""

    def __init__(self, code: Close, why: str) -> None:
        super().__init__(why)
        self.code = code


@dataclass(frozen=True)
class Control:
    """A ping, a pong or a close as it came."""

    opcode: Opcode
    payload: bytes


def frame(opcode: Opcode, payload: bytes) -> bytes:
    """A whole frame as a server sends it: final, without a mask."""
    size = len(payload)
    first = 0x80 | opcode
    if size < _SHORT:
        return bytes((first, size)) + payload
    if size < 1 << 16:
        return struct.pack("!BBH", first, _SHORT, size) + payload
    return struct.pack("!BBQ", first, _LONG, size) + payload


def message(data: str | bytes) -> bytes:
    """The frame of a message: text as UTF-8, bytes as they are."""
    if isinstance(data, str):
        return frame(Opcode.TEXT, data.encode())
    return frame(Opcode.BINARY, data)


def close(code: int | None, why: str = "") -> bytes:
    """The frame that ends a connection; without a code it says nothing."""
    if code is None:
        return frame(Opcode.CLOSE, b"")
    payload = struct.pack("!H", code) + why.encode()
    return frame(Opcode.CLOSE, payload[:LONGEST_CONTROL])


def close_code(payload: bytes) -> int | None:
    """The code a peer closed with, None when it gave none. Raises Broken for a code or text that may not be sent."""
    if not payload:
        return None
    if len(payload) == 1:
        raise Broken(Close.PROTOCOL_ERROR, "half a close code")
    code = int.from_bytes(payload[:2], "big")
    # 1004 to 1006 and 1015 never travel; up to 2999 belongs to the standard, 3000 to 4999 to everybody.
    if not (1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999):
        raise Broken(Close.PROTOCOL_ERROR, "not a close code")
    try:
        payload[2:].decode()
    except UnicodeDecodeError:
        raise Broken(Close.BAD_TEXT, "the reason is not UTF-8") from None
    return code


def unmasked(payload: bytes, mask: bytes) -> bytes:
    """The payload with a client's mask taken off; the mask begins at the payload's first byte."""
    size = len(payload)
    if not size:
        return payload
    whole = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(whole, "big")).to_bytes(size, "big")


class _Message:
    """A message that is still coming in, in one or several frames."""

    __slots__ = ("_decoder", "_parts", "size")

    def __init__(self, opcode: Opcode) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")() if opcode is Opcode.TEXT else None
        self._parts: list[Any] = []  # text with a decoder, bytes without
        self.size = 0
        """Bytes announced so far."""

    def add(self, piece: bytes, *, last: bool) -> None:
        try:
            part = piece if self._decoder is None else self._decoder.decode(piece, last)
        except UnicodeDecodeError:
            raise Broken(Close.BAD_TEXT, "the text is not UTF-8") from None
        if part:
            self._parts.append(part)

    def whole(self) -> str | bytes:
        return b"".join(self._parts) if self._decoder is None else "".join(self._parts)


class Reader:
    """Takes what a client sent, in any pieces, and gives messages and control frames in their order."""

    __slots__ = ("_buffer", "_final", "_left", "_limit", "_mask", "_message")

    def __init__(self, limit: int) -> None:
        """`limit`: bytes a message may have, all its frames together."""
        self._buffer = b""
        self._limit = limit
        self._message: _Message | None = None
        self._left = -1  # bytes of the data frame under way still to come; -1 between frames
        self._final = False
        self._mask = b""

    def feed(self, data: bytes) -> None:
        """Bytes from the peer."""
        self._buffer = self._buffer + data if self._buffer else data

    def next(self) -> str | bytes | Control | None:
        """The next message or control frame, None when more bytes are needed. Raises Broken."""
        while True:
            if self._left < 0:
                found = self._frame()
                if found is not None or self._left < 0:
                    return found
            if not self._piece():
                return None
            if self._final and self._message is not None:
                whole, self._message = self._message.whole(), None
                return whole

    def _piece(self) -> bool:
        """Consume what is here of the data frame under way. Is the frame complete?"""
        assert self._message is not None, "a data frame belongs to a message"
        piece = self._buffer[: self._left]
        self._buffer = self._buffer[len(piece) :]
        self._left -= len(piece)
        ended = self._left == 0
        self._message.add(unmasked(piece, self._mask), last=ended and self._final)
        if ended:
            self._left = -1
        else:
            turned = len(piece) % 4
            self._mask = self._mask[turned:] + self._mask[:turned]
        return ended

    def _frame(self) -> str | bytes | Control | None:
        """Begin the next frame: a control frame or a whole short message is given at once."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        opcode = self._checked(buffer[0], buffer[1])
        size, at = buffer[1] & 0x7F, 2
        if size >= _SHORT:
            at = 4 if size == _SHORT else 10
            if len(buffer) < at:
                return None
            least = _SHORT if size == _SHORT else 1 << 16
            size = int.from_bytes(buffer[2:at], "big")
            if size < least or size >= 1 << 63:
                raise Broken(Close.PROTOCOL_ERROR, "a length written too long")
        if opcode < Opcode.CLOSE:
            already = self._message.size if self._message is not None else 0
            if already + size > self._limit:
                raise Broken(Close.TOO_BIG, "the message is too long")
        start, end = at + 4, at + 4 + size
        if opcode >= Opcode.CLOSE:
            if len(buffer) < end:
                return None
            self._buffer = buffer[end:]
            return Control(opcode, unmasked(buffer[start:end], buffer[at:start]))
        if len(buffer) < start:
            return None
        if opcode is not Opcode.CONTINUATION:
            if buffer[0] & 0x80 and len(buffer) >= end:
                self._buffer = buffer[end:]
                return _short(opcode, unmasked(buffer[start:end], buffer[at:start]))
            self._message = _Message(opcode)
        assert self._message is not None, "checked with the header"
        self._message.size += size
        self._left, self._final, self._mask = size, bool(buffer[0] & 0x80), buffer[at:start]
        self._buffer = buffer[start:]
        return None

    def _checked(self, first: int, second: int) -> Opcode:
        """The opcode of a header that keeps the rules."""
        try:
            opcode = Opcode(first & 0x0F)
        except ValueError:
            raise Broken(Close.PROTOCOL_ERROR, "a reserved kind of frame") from None
        if first & 0x70:
            raise Broken(Close.PROTOCOL_ERROR, "a reserved bit is set")
        if not second & 0x80:
            raise Broken(Close.PROTOCOL_ERROR, "a frame without a mask")
        if opcode >= Opcode.CLOSE:
            if not first & 0x80 or second & 0x7F > LONGEST_CONTROL:
                raise Broken(Close.PROTOCOL_ERROR, "a control frame too long or in parts")
        elif (opcode is Opcode.CONTINUATION) == (self._message is None):
            raise Broken(Close.PROTOCOL_ERROR, "a message inside another, or a part of none")
        return opcode


def _short(opcode: Opcode, payload: bytes) -> str | bytes:
    if opcode is Opcode.BINARY:
        return payload
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise Broken(Close.BAD_TEXT, "the text is not UTF-8") from None
