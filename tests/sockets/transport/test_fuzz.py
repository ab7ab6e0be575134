"""Peers that send anything at all: the server goes on, and a client beside them notices nothing."""

import contextlib
import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sockets.transport.peers import PATIENCE, Peer, Process, client_frame, serving

WEBSOCKET = "/socket.io/?EIO=4&transport=websocket"
RIGHT = (
    "40", "40/custom", '42["message",1]', '42["message-with-ack",{}]', '421["message-with-ack",[]]', "3", "6",
    '42["nobody"]', "40/nowhere", "43999[]", '42/custom,["message","é"]',
)  # fmt: skip
WRONG = (
    "41", "42", "2", "5", "1", "0{}", "b", "bAQID", "4", "45", "46", "43[]", "44", '42["cut"]', "é", "\x00",
    '451-["message",{"_placeholder":true,"num":0}]', '40{"refuse":true}', '42["message",' + "[" * 500, "\ud7ff",
)  # fmt: skip
"""Packets that end a connection or a namespace, or begin what never ends."""


def _payload(dice: random.Random) -> bytes:
    if dice.random() < 0.7:
        return "".join(dice.choice(RIGHT + WRONG) for _ in range(dice.randrange(1, 3))).encode()
    return dice.randbytes(dice.choice((0, 1, 2, 125, 126, 127, 900, 5000)))


def _right(dice: random.Random) -> bytes:
    """A frame that keeps every rule."""
    payload, kind = dice.choice(RIGHT).encode(), dice.random()
    if kind < 0.8:
        return client_frame(1, payload)
    if kind < 0.9:
        return client_frame(dice.choice((9, 10)), dice.randbytes(dice.randrange(126)))
    cut = dice.randrange(len(payload) + 1)
    return client_frame(1, payload[:cut], fin=False) + client_frame(9) + client_frame(0, payload[cut:])


def _wrong(dice: random.Random) -> bytes:
    """A frame that breaks one rule or another."""
    payload, kind = _payload(dice), dice.random()
    if kind < 0.4:
        return client_frame(dice.choice((1, 1, 1, 2)), payload)
    if kind < 0.7:
        whole = bytearray(client_frame(dice.randrange(16), payload, fin=dice.random() < 0.8, rsv=dice.randrange(8)))
        whole[dice.randrange(len(whole))] ^= 1 << dice.randrange(8)
        return bytes(whole)
    if kind < 0.8:
        return struct.pack("!BBQ", 0x81, 0xFF, dice.choice((1 << 63, 1_000_001, 2**64 - 1, 70_000))) + b"mask"
    if kind < 0.9:
        return client_frame(8, dice.choice((b"", b"\x03", struct.pack("!H", dice.randrange(6000)) + payload[:100])))
    return dice.randbytes(dice.randrange(1, 60))


def _abuse(process: Process, dice: random.Random) -> int:
    """One connection that sends frames until it is thrown out or has enough; how many were sent."""
    peer = Peer(process.port, WEBSOCKET)
    if dice.random() < 0.8:
        peer.say("40")
    many, rate = dice.randrange(5, 60), dice.choice((0.01, 0.1, 0.9))
    chunk = b"".join(_wrong(dice) if dice.random() < rate else _right(dice) for _ in range(many))
    with contextlib.suppress(ConnectionError):  # thrown out in the middle
        if dice.random() < 0.2:
            at = 0
            while at < len(chunk):
                size = dice.randrange(1, 400)
                peer.send(chunk[at : at + size])
                at += size
        else:
            peer.send(chunk)
    if dice.random() < 0.6:
        _hear_out(peer)
    if dice.random() < 0.3:
        # Gone with a reset, whatever was still to be read.
        peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()
    return many


def _hear_out(peer: Peer) -> None:
    """Read until the server has handled everything: what it says must be frames, and end in order or not at all."""
    with contextlib.suppress(ConnectionError, TimeoutError):
        peer.send(client_frame(9, b"the end"))
        while (heard := peer.hear(2))[0] not in {"close", "gone"} and heard != ("pong", b"the end"):
            pass


def _abuse_http(process: Process, dice: random.Random) -> None:
    """A request that is none, or a poll with anything inside."""
    body = b"\x1e".join(_payload(dice) for _ in range(dice.randrange(4)))
    heads = (
        f"POST /socket.io/?EIO=4&transport=polling&sid=x HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n",
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n",
        "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /socket.io/?EIO=%ff&transport=%00&sid=&sid= HTTP/1.1\r\nHost: x\r\n\r\n",
    )
    with socket.create_connection(("127.0.0.1", process.port), timeout=PATIENCE) as sock:
        sock.sendall(dice.choice(heads).encode() + body)
        if dice.random() < 0.5:
            sock.settimeout(1)
            with contextlib.suppress(TimeoutError, ConnectionError):
                sock.recv(4096)


class Calm:
    """A client that says something, waits for the echo, and counts."""

    def __init__(self, process: Process) -> None:
        self._peer = Peer(process.port, WEBSOCKET)
        self._peer.say("40")
        for _ in range(3):
            self._peer.hear()
        self.waits: list[float] = []
        self.failure: BaseException | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._talk)
        self._thread.start()

    def _talk(self) -> None:
        try:
            while not self._ended.wait(0.01):
                started = time.monotonic()
                self._peer.say(f'42["message",{len(self.waits)}]')
                assert self._answer() == ("text", f'42["message-back",{len(self.waits)}]')
                self.waits.append(time.monotonic() - started)
        except BaseException as failure:  # noqa: BLE001  # whatever it was, the test tells it
            self.failure = failure

    def _answer(self) -> tuple[str, object]:
        """What is heard next, the server's pings apart, which are answered as every client answers them."""
        while (heard := self._peer.hear()) == ("text", "2"):
            self._peer.say("3")
        return heard

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()


@pytest.fixture
def process() -> Iterator[Process]:
    """A Socket.IO server that may be abused."""
    with serving("socket") as found:
        yield found


@pytest.mark.parametrize(
    "frames", [pytest.param(5_000, id="5000"), pytest.param(100_000, id="100000", marks=pytest.mark.slow)]
)
def test_nothing_that_is_sent_ends_the_server_or_disturbs_another_client(process: Process, frames: int) -> None:
    dice = random.Random(frames)
    calm = Calm(process)
    sent = 0
    try:
        while sent < frames:
            sent += _abuse(process, dice)
            if dice.random() < 0.2:
                _abuse_http(process, dice)
    finally:
        calm.stop()
    if calm.failure is not None:
        raise calm.failure
    assert len(calm.waits) > 5
    assert sorted(calm.waits)[len(calm.waits) // 2] < 1
    assert [line for line in process.log if "Traceback" in line] == []
    # Polling sessions, which nobody polls, last until their ping.
    _at_most_stay_behind(process, 3 + frames // 100)


def _at_most_stay_behind(process: Process, many: int) -> None:
    """So many descriptors are still open once the farewells are over, beside those of a server at rest."""
    folder = Path(f"/proc/{process.pid}/fd")
    deadline = time.monotonic() + PATIENCE
    while (left := len(list(folder.iterdir())) - 12) > many:
        assert time.monotonic() < deadline, left
        time.sleep(0.2)
