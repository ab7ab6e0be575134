"""Frames written and read back in any pieces, and bytes that are no frames at all."""

from hypothesis import given
from hypothesis import strategies as st
from wsproto import events
from wsproto.connection import Connection, ConnectionType

from server.sockets.transport import frames
from server.sockets.transport.frames import Broken, Control, Opcode, Reader
from tests.sockets.transport.peers import client_frame

LIMIT = 70_000
MESSAGES = st.lists(st.text(max_size=300) | st.binary(max_size=300), max_size=8)
SIZES = st.lists(st.integers(1, 40), min_size=1, max_size=5)


def _pieces(data: bytes, sizes: list[int]) -> list[bytes]:
    out, at, turn = [], 0, 0
    while at < len(data):
        out.append(data[at : at + sizes[turn % len(sizes)]])
        at += len(out[-1])
        turn += 1
    return out


def _read(pieces: list[bytes]) -> list[object]:
    reader, found = Reader(LIMIT), []
    for piece in pieces:
        reader.feed(piece)
        while (each := reader.next()) is not None:
            found.append(each)
    return found


def _sent(message: str | bytes, sizes: list[int]) -> bytes:
    """A client's frames for a message: its parts with a ping between them."""
    payload = message.encode() if isinstance(message, str) else message
    parts = _pieces(payload, sizes) or [b""]
    kinds = [1 if isinstance(message, str) else 2] + [0] * len(parts)
    ping = client_frame(9, b"still there?")
    return ping.join(client_frame(kinds[n], part, fin=n == len(parts) - 1) for n, part in enumerate(parts))


@given(MESSAGES, SIZES, SIZES)
def test_messages_are_read_the_same_in_whatever_pieces_they_come(
    messages: list[str | bytes], parts: list[int], sizes: list[int]
) -> None:
    found = _read(_pieces(b"".join(_sent(each, parts) for each in messages), sizes))
    assert [each for each in found if not isinstance(each, Control)] == messages
    assert {each for each in found if isinstance(each, Control)} <= {Control(Opcode.PING, b"still there?")}


@given(st.binary(max_size=400), SIZES)
def test_bytes_that_are_no_frames_break_the_protocol_and_nothing_else(data: bytes, sizes: list[int]) -> None:
    broken: Broken | None = None
    try:
        _read(_pieces(data, sizes))
    except Broken as error:
        broken = error
    assert broken is None or broken.code in {1002, 1007, 1009}


@given(st.text(max_size=200) | st.binary(max_size=200) | st.sampled_from([125, 126, 65535, 65536]).map(bytes))
def test_another_implementation_reads_what_we_write(message: str | bytes) -> None:
    wire = Connection(ConnectionType.CLIENT)  # as after a handshake
    wire.receive_data(frames.message(message) + frames.close(1001, "going"))
    *parts, close = wire.events()
    assert type(message)().join(part.data for part in parts) == message  # type: ignore[union-attr]  # data frames
    assert isinstance(close, events.CloseConnection)
    assert (close.code, close.reason) == (1001, "going")


def test_a_reason_is_cut_to_what_a_close_may_carry() -> None:
    assert len(frames.close(1002, "x" * 500)) == 2 + 125
