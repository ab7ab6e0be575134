"""Engine.IO as its clients see it: what is answered, what closes a session, what one does to others."""

import json
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from tests.sockets.transport.peers import PATIENCE, Peer, Process, client_frame, serving

WEBSOCKET = "/engine.io/?EIO=4&transport=websocket"
POLLING = "/engine.io/?EIO=4&transport=polling"


@pytest.fixture(scope="module")
def slow() -> Iterator[Process]:
    """A server whose pings no test waits for."""
    with serving("engine", "--limit", "64000", "--interval", "300") as process:
        yield process
    assert process.log == []


@pytest.fixture(scope="module")
def quick() -> Iterator[Process]:
    """A server that pings every 300.5 ms and gives three seconds for the answer, as much as a busy computer takes."""
    with serving("engine", "--interval", "0.3005", "--timeout", "3") as process:
        yield process
    assert process.log == []


class Http:
    """Requests one after the other on one connection."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self._line = HTTPConnection("127.0.0.1", process.port, timeout=PATIENCE)
        self.last: HTTPResponse | None = None

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
        """The status and the text of the answer."""
        self.begin(method, path, body, **headers)
        return self.end()

    def begin(self, method: str, path: str, body: bytes | None = None, **headers: str) -> None:
        """Send a request."""
        self._line.request(method, path, body, headers)

    def end(self) -> tuple[int, str]:
        """The answer to what was sent."""
        self.last = self._line.getresponse()
        return self.last.status, self.last.read().decode()

    def open(self) -> str:
        """A new polling session."""
        status, text = self.ask("GET", POLLING)
        assert status == 200
        return f"{POLLING}&sid={json.loads(text[1:])['sid']}"

    def close(self) -> None:
        """Hang up."""
        self._line.close()


@pytest.fixture
def http(slow: Process) -> Iterator[Http]:
    """A line to the unhurried server."""
    line = Http(slow)
    yield line
    line.close()


@pytest.fixture
def hasty(quick: Process) -> Iterator[Http]:
    """A line to the quick one."""
    line = Http(quick)
    yield line
    line.close()


def _opened(process: Process, path: str = WEBSOCKET) -> tuple[Peer, dict[str, Any]]:
    peer = Peer(process.port, path)
    kind, text = peer.hear()
    assert kind == "text"
    assert str(text).startswith("0")
    return peer, json.loads(str(text)[1:])


def _meanwhile(line: Http, path: str) -> "tuple[threading.Thread, list[tuple[int, str]]]":
    """A poll that waits in the background, and that the server knows of."""
    got: list[tuple[int, str]] = []
    line.begin("GET", path)
    thread = threading.Thread(target=lambda: got.append(line.end()))
    thread.start()
    # What was sent before is handled before this question, which has to be let in first.
    other = Http(line.process)
    assert other.ask("GET", "/engine.io/?EIO=4&transport=carrier")[0] == 400
    other.close()
    return thread, got


def test_a_handshake_tells_fractions_of_a_second_as_whole_milliseconds(quick: Process, hasty: Http) -> None:
    _, text = hasty.ask("GET", POLLING)
    told = json.loads(text[1:])
    assert (told["pingInterval"], told["pingTimeout"], told["maxPayload"]) == (300, 3000, 1_000_000)
    assert told["upgrades"] == ["websocket"]
    _, opening = _opened(quick)
    assert opening["upgrades"] == []


@pytest.mark.parametrize(
    ("method", "query", "code"),
    [
        ("GET", "EIO=4", 0),
        ("GET", "EIO=4&transport=carrier", 0),
        ("GET", "EIO=4&transport=websocket", 3),
        ("GET", "transport=polling", 5),
        ("GET", "EIO=3&transport=polling", 5),
        ("POST", "EIO=4&transport=polling", 2),
        ("PUT", "EIO=4&transport=polling", 2),
        ("GET", "EIO=4&transport=polling&sid=nobody", 1),
        ("POST", "EIO=4&transport=polling&sid=nobody", 1),
    ],
)
def test_a_request_against_the_protocol_is_answered_400_and_why(http: Http, method: str, query: str, code: int) -> None:
    status, text = http.ask(method, f"/engine.io/?{query}")
    assert status == 400
    assert json.loads(text)["code"] == code


def test_a_foreign_page_is_refused_and_the_own_one_is_not(slow: Process, http: Http) -> None:
    assert http.ask("GET", POLLING, Origin="https://elsewhere.example")[0] == 403
    assert http.ask("GET", POLLING, Origin=f"http://127.0.0.1:{slow.port}")[0] == 200


def test_several_packets_travel_in_one_request_each_way(http: Http) -> None:
    session = http.open()
    assert http.ask("POST", session, "4one\x1ebAQIDBA==\x1e4due €".encode()) == (200, "ok")
    assert http.ask("GET", session) == (200, "4one\x1ebAQIDBA==\x1e4due €")


@pytest.mark.parametrize(
    "body", [b"abc", b"", b"4a\x1e", b"\xff\xfe", b"b???", b"2", b"9x", "²".encode(), b"\x1e".join([b"4x"] * 1001)]
)
def test_a_malformed_packet_is_answered_400_and_ends_the_session(http: Http, body: bytes) -> None:
    session = http.open()
    assert http.ask("POST", session, body)[0] == 400
    assert http.ask("GET", session)[0] == 400


@pytest.mark.parametrize("sent", ["abc", "", "2", "2probe", "9", "b?"])
def test_a_malformed_packet_closes_a_websocket_in_order(slow: Process, sent: str) -> None:
    peer, _ = _opened(slow)
    peer.say(sent)
    assert peer.hear() == ("close", 1002)
    assert peer.ends()


def test_a_body_over_the_limit_is_refused_and_ends_the_session(http: Http) -> None:
    session = http.open()
    assert http.ask("POST", session, b"4" + b"x" * 64_000)[0] == 413
    assert http.ask("GET", session)[0] == 400


def test_a_second_poll_at_once_ends_the_session_for_both(slow: Process, http: Http) -> None:
    session = http.open()
    thread, got = _meanwhile(http, session)
    other = Http(slow)
    assert other.ask("GET", session)[0] == 400
    thread.join(PATIENCE)
    assert got == [(200, "1")]
    assert other.ask("GET", session)[0] == 400
    other.close()


def test_a_client_that_leaves_ends_its_waiting_poll(slow: Process, http: Http) -> None:
    session = http.open()
    thread, got = _meanwhile(http, session)
    other = Http(slow)
    assert other.ask("POST", session, b"1") == (200, "ok")
    thread.join(PATIENCE)
    assert got == [(200, "6")]
    assert other.ask("GET", session)[0] == 400
    other.close()


def test_a_connection_that_will_be_closed_says_so(http: Http) -> None:
    assert http.ask("GET", POLLING, Connection="close")[0] == 200
    assert http.last is not None
    assert http.last.getheader("Connection") == "close"


def test_pings_come_and_silence_ends_a_session(quick: Process, hasty: Http) -> None:
    session = hasty.open()
    for _ in range(3):
        assert hasty.ask("GET", session) == (200, "2")
        assert hasty.ask("POST", session, b"3") == (200, "ok")
    peer, _ = _opened(quick)
    for _ in range(3):
        assert peer.hear() == ("text", "2")
        peer.say("3")
    assert peer.hear() == ("text", "2")
    started = time.monotonic()
    assert peer.hear() == ("close", 1000)
    assert time.monotonic() - started > 1, "an answer is waited for"
    peer.close()
    assert hasty.ask("GET", session)[0] == 400


def test_a_polling_client_moves_to_a_websocket_and_nothing_is_sent_ahead(slow: Process, http: Http) -> None:
    session = http.open()
    thread, got = _meanwhile(http, session)
    peer = Peer(slow.port, session.replace("polling", "websocket"))
    peer.say("2probe")
    assert peer.hear() == ("text", "3probe")
    thread.join(PATIENCE)
    assert got == [(200, "6")]
    assert http.ask("POST", session, b"4while moving") == (200, "ok")
    assert http.ask("GET", session) == (200, "4while moving")
    assert http.ask("POST", session, b"4kept\x1ebAQI=") == (200, "ok")
    peer.say("5")
    assert [peer.hear(), peer.hear()] == [("text", "4kept"), ("bytes", b"\x01\x02")]
    peer.say("4hello")
    assert peer.hear() == ("text", "4hello")
    assert http.ask("GET", session)[0] == 400
    late = Peer(slow.port, session.replace("polling", "websocket"))
    assert late.hear() == ("close", 1008)
    peer.say("4still here")
    assert peer.hear() == ("text", "4still here")


@pytest.mark.parametrize("said", ["2wrong", "5", "4hello"])
def test_a_probe_that_is_none_leaves_the_session_polling(slow: Process, http: Http, said: str) -> None:
    session = http.open()
    peer = Peer(slow.port, session.replace("polling", "websocket"))
    peer.say(said)
    assert peer.hear() == ("close", 1002)
    peer.close()
    assert http.ask("POST", session, b"4hello") == (200, "ok")
    assert http.ask("GET", session) == (200, "4hello")


def test_a_client_that_the_server_sends_away_gets_a_clean_end(slow: Process) -> None:
    peer, _ = _opened(slow)
    peer.say("4leaves")
    assert peer.hear() == ("close", 1000)
    peer.send(client_frame(8, b"\x03\xe8"))
    assert peer.ends()


def test_a_packet_that_everybody_gets_is_text_for_one_and_bytes_for_the_other(slow: Process, http: Http) -> None:
    session = http.open()
    peer, _ = _opened(slow)
    peer.send(client_frame(2, b"\x01\x02\x03\x04"))
    assert peer.hear() == ("bytes", b"\x01\x02\x03\x04")
    assert http.ask("POST", session, b"bAQIDBA==") == (200, "ok")
    assert http.ask("GET", session) == (200, "bAQIDBA==")


def test_a_fault_of_ours_is_logged_and_ends_nobody() -> None:
    with serving("engine") as process:
        peer, _ = _opened(process)
        peer.say("4fails")
        peer.say("4hello")
        assert peer.hear() == ("text", "4hello")
        peer.close()
    assert "ZeroDivisionError" in "".join(process.log)


def test_one_greenlet_and_one_descriptor_serve_a_websocket_and_none_stays_behind() -> None:
    with serving("engine") as process:

        def held() -> tuple[int, int, int]:
            asker.say("4counts")
            found = json.loads(str(asker.hear()[1])[1:])
            return found["sessions"], found["greenlets"], len(list(Path(f"/proc/{process.pid}/fd").iterdir()))

        asker, _ = _opened(process)
        before = held()
        peers = [_opened(process)[0] for _ in range(50)]
        assert held() == tuple(each + 50 for each in before)
        for peer in peers:
            peer.close()
        deadline = time.monotonic() + PATIENCE
        while held() != before and time.monotonic() < deadline:
            time.sleep(0.05)
        assert held() == before


def test_an_address_may_hold_so_many_clients_and_no_more() -> None:
    with serving("engine", "--most", "3") as process:
        peers = [_opened(process)[0] for _ in range(3)]
        line = Http(process)
        assert line.ask("GET", POLLING)[0] == 503
        peers[0].close()
        deadline = time.monotonic() + PATIENCE
        while (status := line.ask("GET", POLLING)[0]) != 200 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert status == 200
        line.close()


def test_who_talks_without_a_pause_does_not_keep_others_waiting(slow: Process) -> None:
    noisy, _ = _opened(slow)
    calm, _ = _opened(slow)
    flood = client_frame(10, b"x" * 100) * 500
    ended = threading.Event()

    def shout() -> None:
        while not ended.is_set():
            noisy.send(flood)

    thread = threading.Thread(target=shout)
    thread.start()
    try:
        waits = []
        for _ in range(20):
            started = time.monotonic()
            calm.say("4hello")
            assert calm.hear() == ("text", "4hello")
            waits.append(time.monotonic() - started)
    finally:
        ended.set()
        thread.join()
    assert sorted(waits)[10] < 0.25
