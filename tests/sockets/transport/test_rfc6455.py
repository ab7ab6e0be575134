"""Frames as RFC 6455 wants them: each case of groups 1 to 7 and 10 of the public Autobahn list, under its number.

The server echoes; the peer reads with wsproto. A case sends bytes and names what must come back, and how it ends:
with 1000 after the peer's own close, or at once with the code of what was broken. Nothing ends with a reset.
"""

import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.sockets.transport.peers import PATIENCE, Peer, Process, client_frame, close_frame, serving
from tests.sockets.transport.utf8 import INVALID, VALID

HELLO = b"Hello, world!"
BYTES = b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff"
ONE, TWO = b"fragment1", b"fragment2"
SPECIAL = "Hello-µ@ßöäüàá-UTF-8!!".encode()
GREEK = b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5"
BROKEN_TEXT = GREEK + b"\xed\xa0\x80edited"
TOO_HIGH = GREEK + b"\xf4\x90\x80\x80edited"
NORMAL, PROTOCOL_ERROR, BAD_TEXT, TOO_BIG = 1000, 1002, 1007, 1009


@dataclass(frozen=True)
class Case:
    """What is sent, what comes back, and the code it ends with."""

    number: str
    sent: tuple[bytes, ...]
    heard: tuple[tuple[str, object], ...] = ()
    code: int = NORMAL
    closes: bool = True
    """The peer sends the close when it has heard everything."""
    chop: int = 0
    """Bytes per system call; 0: a frame."""


def text(payload: bytes, **flags: object) -> bytes:
    return client_frame(1, payload, **flags)  # type: ignore[arg-type]  # the flags of a frame


def more(payload: bytes, *, fin: bool = True) -> bytes:
    return client_frame(0, payload, fin=fin)


def parts(payload: bytes, size: int) -> tuple[bytes, ...]:
    pieces = [payload[at : at + size] for at in range(0, len(payload), size)]
    last = len(pieces) - 1
    return tuple(client_frame(0 if n else 1, piece, fin=n == last) for n, piece in enumerate(pieces))


def refused(
    number: str, *sent: bytes, heard: tuple[bytes, ...] = (), code: int = PROTOCOL_ERROR, chop: int = 0
) -> Case:
    """The server ends it at once."""
    return Case(number, sent, tuple(("text", each.decode()) for each in heard), code, closes=False, chop=chop)


def _sizes() -> Iterator[Case]:
    for n, size in enumerate((0, 125, 126, 127, 128, 65535, 65536, 65536), 1):
        chop = 997 if n == 8 else 0
        yield Case(f"1.1.{n}", (text(b"*" * size),), (("text", "*" * size),), chop=chop)
        yield Case(f"1.2.{n}", (client_frame(2, b"\xfe" * size),), (("bytes", b"\xfe" * size),), chop=chop)


def _pings() -> Iterator[Case]:
    for n, payload in enumerate((b"", HELLO, BYTES, b"\xfe" * 125), 1):
        yield Case(f"2.{n}", (client_frame(9, payload),), (("pong", payload),))
    yield refused("2.5", client_frame(9, b"\xfe" * 126))
    yield Case("2.6", (client_frame(9, b"\xfe" * 125),), (("pong", b"\xfe" * 125),), chop=1)
    yield Case("2.7", (client_frame(10),))
    yield Case("2.8", (client_frame(10, b"unsolicited"),))
    yield Case("2.9", (client_frame(10, b"unsolicited"), client_frame(9, b"ping")), (("pong", b"ping"),))
    ten = [b"payload-%d" % n for n in range(10)]
    for number, chop in (("2.10", 0), ("2.11", 1)):
        yield Case(number, tuple(client_frame(9, p) for p in ten), tuple(("pong", p) for p in ten), chop=chop)


def _reserved() -> Iterator[Case]:
    ping = client_frame(9)
    yield refused("3.1", text(HELLO, rsv=1))
    for rsv, chop in ((2, 0), (3, 0), (4, 1)):
        yield refused(f"3.{rsv}", text(HELLO), text(HELLO, rsv=rsv), ping, heard=(HELLO,), chop=chop)
    yield refused("3.5", client_frame(2, BYTES, rsv=5))
    yield refused("3.6", client_frame(2, HELLO, rsv=6))
    yield refused("3.7", client_frame(8, rsv=7))
    for group, first in ((1, 3), (2, 11)):
        yield refused(f"4.{group}.1", client_frame(first))
        yield refused(f"4.{group}.2", client_frame(first + 1, HELLO))
        for n, payload, chop in ((3, b"", 0), (4, HELLO, 0), (5, HELLO, 1)):
            odd = client_frame(first + n - 1, payload)
            yield refused(f"4.{group}.{n}", text(HELLO), odd, ping, heard=(HELLO,), chop=chop)


def _fragments() -> Iterator[Case]:
    whole = (("text", "fragment1fragment2"),)
    first, last = text(ONE, fin=False), more(TWO)
    yield refused("5.1", client_frame(9, ONE, fin=False), last)
    yield refused("5.2", client_frame(10, ONE, fin=False), last)
    ping, pong = client_frame(9, b"ping payload"), (("pong", b"ping payload"),)
    for n, sent, chop in ((3, (first + last,), 0), (4, (first, last), 0), (5, (first, last), 1)):
        yield Case(f"5.{n}", sent, whole, chop=chop)
    for n, sent, chop in ((6, (first + ping + last,), 0), (7, (first, ping, last), 0), (8, (first, ping, last), 1)):
        yield Case(f"5.{n}", sent, pong + whole, chop=chop)
    for n, fin in ((9, True), (12, False)):
        nothing, hello = more(b"non-continuation payload", fin=fin), text(HELLO)
        yield refused(f"5.{n}", nothing + hello)
        yield refused(f"5.{n + 1}", nothing, hello)
        yield refused(f"5.{n + 2}", nothing, hello, chop=1)
    yield refused("5.15", first, last, more(b"fragment3", fin=False), text(b"fragment4"), heard=(ONE + TWO,))
    for n, fin in ((16, False), (17, True)):
        yield refused(f"5.{n}", *(2 * (more(ONE, fin=fin), text(TWO, fin=False), more(b"fragment3"))))
    yield refused("5.18", first, text(TWO))
    five = [b"fragment%d" % n for n in range(1, 6)]
    a, b, c, d, e = (client_frame(0 if n else 1, each, fin=n == 4) for n, each in enumerate(five))
    one, two = client_frame(9, b"pongme 1!"), client_frame(9, b"pongme 2!")
    heard = (("pong", b"pongme 1!"), ("pong", b"pongme 2!"), ("text", b"".join(five).decode()))
    yield Case("5.19", (a + b + one, c + d + two + e), heard)
    yield Case("5.20", (a, b, one, c, d, two, e), heard)


def _texts() -> Iterator[Case]:
    empty = text(b"", fin=False)
    yield Case("6.1.1", (text(b""),), (("text", ""),))
    yield Case("6.1.2", (empty, more(b"", fin=False), more(b"")), (("text", ""),))
    yield Case("6.1.3", (empty, more(b"middle", fin=False), more(b"")), (("text", "middle"),))
    special = (("text", SPECIAL.decode()),)
    yield Case("6.2.1", (text(SPECIAL),), special)
    yield Case("6.2.2", (text(SPECIAL[:12], fin=False), more(SPECIAL[12:])), special)
    yield Case("6.2.3", parts(SPECIAL, 1), special)
    yield Case("6.2.4", parts(GREEK, 1), (("text", GREEK.decode()),))
    yield refused("6.3.1", text(BROKEN_TEXT), code=BAD_TEXT)
    yield refused("6.3.2", *parts(BROKEN_TEXT, 1), code=BAD_TEXT)
    for n, payload in enumerate(VALID, 1):
        yield Case(f"6.valid.{n}", (text(payload),), (("text", payload.decode()),))
    for n, payload in enumerate(INVALID, 1):
        yield refused(f"6.invalid.{n}", text(payload), code=BAD_TEXT)


def _closes() -> Iterator[Case]:
    hello, bye = text(b"Hello World!"), close_frame()
    told = (("text", "Hello World!"),)
    yield Case("7.1.1", (hello, bye), told, closes=False)
    yield Case("7.1.2", (bye, close_frame(None)), closes=False)
    yield Case("7.1.3", (bye, client_frame(9)), closes=False)
    yield Case("7.1.4", (bye, hello), closes=False)
    yield Case("7.1.5", (text(ONE, fin=False), bye, more(TWO)), closes=False)
    big = b"BAsd7&jh23" * 26215
    yield Case("7.1.6", (text(big), hello, bye, client_frame(9)), (("text", big.decode()), *told), closes=False)
    yield Case("7.3.1", (close_frame(None),), closes=False)
    yield refused("7.3.2", client_frame(8, b"a"))
    yield Case("7.3.3", (bye,), closes=False)
    yield Case("7.3.4", (close_frame(1000, b"Hello World!"),), closes=False)
    yield Case("7.3.5", (close_frame(1000, b"*" * 123),), closes=False)
    yield refused("7.3.6", close_frame(1000, b"*" * 124))
    yield refused("7.5.1", close_frame(1000, BROKEN_TEXT), code=BAD_TEXT)
    for n, code in enumerate((1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999), 1):
        yield Case(f"7.7.{n}", (close_frame(code),), code=code, closes=False)
    for n, code in enumerate((0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999), 1):
        yield refused(f"7.9.{n}", close_frame(code))
    for n, code in enumerate((5000, 65535), 1):
        yield refused(f"7.13.{n}", close_frame(code))


def _limits() -> Iterator[Case]:
    yield Case("10.1.1", parts(b"*" * 65536, 1300), (("text", "*" * 65536),))
    yield refused("limit: one frame", b"\x82\xff" + (10**6 + 1).to_bytes(8, "big"), code=TOO_BIG)
    yield refused("limit: all parts", *parts(b"*" * (10**6 + 1), 250_000), code=TOO_BIG)
    yield refused("no mask", client_frame(1, HELLO, mask=None))
    yield refused("a length of 63 bits and more", b"\x82\xff" + b"\xff" * 8 + b"mask")
    yield refused("a short length written long", b"\x82\xfe\x00\x05mask12345")
    yield refused("a middling length written long", b"\x82\xff" + (300).to_bytes(8, "big") + b"mask")
    nothing = tuple(2000 * [more(b"", fin=False)])
    yield Case("2,000 empty parts", (text(b"", fin=False) + b"".join(nothing), more(b"end")), (("text", "end"),))


CASES = [
    *_sizes(), *_pings(), *_reserved(), *_fragments(), *_texts(), *_closes(), *_limits(),
]  # fmt: skip


@pytest.fixture(scope="module")
def echo() -> Iterator[Process]:
    """A server that gives every message back."""
    with serving("echo") as process:
        yield process
    assert process.log == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.number)
def test_every_case_ends_as_the_standard_says(echo: Process, case: Case) -> None:
    peer = Peer(echo.port)
    for frame in case.sent:
        size = case.chop or len(frame)
        try:
            peer.send(*(frame[at : at + size] for at in range(0, len(frame), size)))
        except ConnectionError:
            assert not case.closes  # the server has already said why
            break
    assert tuple(peer.hear() for _ in case.heard) == case.heard
    if case.closes:
        peer.send(close_frame())
    assert peer.hear() == ("close", case.code)
    assert peer.ends()
    peer.close()


@pytest.mark.parametrize("in_one_frame", [False, True])
@pytest.mark.parametrize("good", [11, 12])
def test_a_text_that_stops_being_text_is_refused_at_that_byte(echo: Process, good: int, in_one_frame: bool) -> None:
    """Cases 6.4.1 to 6.4.4: the rest of the message is never sent."""
    peer = Peer(echo.port)
    bad = TOO_HIGH[good : good + 4 if good == 11 else good + 1]
    if in_one_frame:
        frame = client_frame(1, TOO_HIGH)
        peer.send(frame[: 6 + good])
        assert peer.is_silent(0.1)
        peer.send(frame[6 + good : 6 + good + len(bad)])
    else:
        peer.send(client_frame(1, TOO_HIGH[:good], fin=False))
        assert peer.is_silent(0.1)
        peer.send(client_frame(0, bad, fin=False))
    assert peer.hear() == ("close", BAD_TEXT)
    assert peer.ends()
    peer.close()


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Sec-WebSocket-Version", "8", "426"),
        ("Sec-WebSocket-Key", "c2hvcnQ=", "400"),
        ("Sec-WebSocket-Key", "!!!", "400"),
        ("Connection", "keep-alive", "400"),
        ("Upgrade", "h2c", "400"),
        ("Host", "", "400"),
    ],
)
def test_a_handshake_that_lacks_something_is_refused_and_the_connection_closed(
    echo: Process, header: str, value: str, status: str
) -> None:
    headers = {
        "Host": "localhost",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
    } | {header: value}
    lines = [f"{name}: {text}" for name, text in headers.items() if text]
    with socket.create_connection(("127.0.0.1", echo.port), timeout=PATIENCE) as sock:
        sock.sendall(("GET / HTTP/1.1\r\n" + "\r\n".join(lines) + "\r\n\r\n").encode())
        answer = sock.recv(65536).decode()
        assert answer.startswith(f"HTTP/1.1 {status} "), answer
        assert ("Sec-WebSocket-Version: 13" in answer) == (status == "426")


def test_frames_sent_with_the_request_are_not_lost(echo: Process) -> None:
    request = (
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", echo.port), timeout=PATIENCE) as sock:
        sock.sendall(request + client_frame(1, b"early"))
        heard = b""
        while b"early" not in heard:
            heard += sock.recv(4096)
        head = heard.split(b"\r\n\r\n")[0]
        assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head
        assert b"deflate" not in head
