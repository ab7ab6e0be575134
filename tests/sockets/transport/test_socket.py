"""Socket.IO as its clients see it: joining, what is refused and how, rooms, and what a slow reader gets."""

import json
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import socketio

from tests.sockets.transport.peers import PATIENCE, Peer, Process, client_frame, serving

PATH = "/socket.io/?EIO=4&transport=websocket"


@pytest.fixture(scope="module")
def server() -> Iterator[Process]:
    """A Socket.IO server; it must not complain."""
    with serving("socket", "--interval", "300") as process:
        yield process
    assert process.log == []


def _opened(process: Process, **more: Any) -> Peer:
    peer = Peer(process.port, PATH, **more)
    assert str(peer.hear()[1]).startswith("0{")
    return peer


def _joined(process: Process, **more: Any) -> Peer:
    peer = _opened(process, **more)
    peer.say("40")
    assert str(peer.hear()[1]).startswith('40{"sid":')
    assert peer.hear() == ("text", '42["auth",{}]')
    return peer


def _asked(peer: Peer, *event: object) -> Any:
    """The first argument of the answer to an event."""
    peer.say("421" + json.dumps(event))
    kind, text = peer.hear()
    assert kind == "text"
    assert str(text).startswith("431")
    return json.loads(str(text)[3:])[0]


def _tell(peer: Peer, size: int, times: int) -> None:
    """Everybody is told, one piece after the other: this peer is never behind, however busy the computer is."""
    for number in range(times):
        peer.say(f'42["tell",{size},1,{number}]')
        assert json.loads(str(peer.hear()[1])[2:])[1]["n"] == number


def _soon(is_so: Callable[[], bool]) -> None:
    """It becomes so."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("prefix", ["", "/custom,"])
@pytest.mark.parametrize("auth", [{}, {"token": "123"}])
def test_a_client_hears_that_it_is_connected_before_anything_else(
    server: Process, prefix: str, auth: dict[str, str]
) -> None:
    peer = _opened(server)
    peer.say(f"40{prefix}" + (json.dumps(auth) if auth else ""))
    assert str(peer.hear()[1]).startswith(f'40{prefix}{{"sid":')
    assert peer.hear() == ("text", f'42{prefix}["auth",' + json.dumps(auth, separators=(",", ":")) + "]")


def test_a_refused_client_hears_the_refusal_and_nothing_else(server: Process) -> None:
    peer = _opened(server)
    peer.say('40{"refuse":true}')
    assert peer.hear() == ("text", '44{"message":"Connection refused by server"}')
    assert peer.is_silent(0.1)
    peer.say("40")
    assert str(peer.hear()[1]).startswith('40{"sid":')


def test_an_unknown_namespace_is_refused_in_the_form_of_the_protocol(server: Process) -> None:
    peer = _opened(server)
    peer.say("40/random")
    assert peer.hear() == ("text", '44/random,{"message":"Invalid namespace"}')


@pytest.mark.parametrize(
    "sent",
    [
        "4abc", "4", "47", "42", "42{}", "42[]", "42[{}]", '42abc["message"]', '42["connect"]', '42["disconnect"]',
        "43[1]", "43", "44{}", '40"text"', '41["x"]', '4211-["message"]', '452-["x",', "45999999999999-[]",
        '451-["message",{"_placeholder":true,"num":7}]', "42" + "9" * 120 + '["message"]', "42" + "[" * 20_000,
    ],
)  # fmt: skip
def test_a_packet_against_the_rules_closes_the_connection_in_order(server: Process, sent: str) -> None:
    peer = _joined(server)
    peer.say(sent)
    if sent.startswith("451-"):
        peer.send(client_frame(2, b"x"))
    assert peer.hear() == ("close", 1002)
    assert peer.ends()


def test_bytes_that_nobody_announced_close_the_connection(server: Process) -> None:
    peer = _joined(server)
    peer.send(client_frame(2, b"\x01"))
    assert peer.hear() == ("close", 1002)
    other = _joined(server)
    other.say('451-["message",{"_placeholder":true,"num":0}]')
    other.say('42["message","instead"]')
    assert other.hear() == ("close", 1002)


def test_events_answers_and_bytes_come_back_as_they_were_sent(server: Process) -> None:
    peer = _joined(server)
    peer.say('42["message",1,"2",{"3":[true]}]')
    assert peer.hear() == ("text", '42["message-back",1,"2",{"3":[true]}]')
    peer.say('42456["message-with-ack",1,"2",{"3":[false]}]')
    assert peer.hear() == ("text", '43456[1,"2",{"3":[false]}]')
    peer.say('452-789["message-with-ack",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]')
    peer.send(client_frame(2, b"\x01\x02\x03"), client_frame(2, b"\x04"))
    heard = [peer.hear() for _ in range(3)]
    assert heard[0] == ("text", '462-789[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]')
    assert heard[1:] == [("bytes", b"\x01\x02\x03"), ("bytes", b"\x04")]


def test_leaving_one_namespace_leaves_the_other(server: Process) -> None:
    peer = _joined(server)
    peer.say("40/custom")
    assert [str(peer.hear()[1])[:10], peer.hear()[1]] == ["40/custom,", '42/custom,["auth",{}]']
    peer.say("41/custom")
    peer.say('42/custom,["message","unheard"]')
    peer.say('42["message","heard"]')
    assert peer.hear() == ("text", '42["message-back","heard"]')


def test_a_client_that_was_cut_hears_so_and_may_not_speak(server: Process) -> None:
    peer = _joined(server)
    peer.say('42["cut"]')
    assert peer.hear() == ("text", "41")
    peer.say('42["message","unheard"]')
    assert peer.is_silent(0.1)


def test_rooms_know_who_is_there_and_forget_who_is_gone(server: Process) -> None:
    stays = _joined(server)
    before, mine = _asked(stays, "rooms")
    others = [_joined(server) for _ in range(5)]
    assert len(_asked(stays, "rooms")[0]) == len(before) + 5
    for other in others:
        other.close()
    _soon(lambda: _asked(stays, "rooms") == [before, mine])
    assert "all" in mine


def test_everybody_in_a_room_hears_every_message_once_and_in_order() -> None:
    with serving("socket", "--interval", "300") as process:
        peers = [_joined(process) for _ in range(30)]
        peers[0].say('42["tell",300,40]')
        for peer in peers:
            heard = [json.loads(str(peer.hear()[1])[2:])[1]["n"] for _ in range(40)]
            assert heard == list(range(40))
        assert all(peer.is_silent(0.01) for peer in peers)


def test_a_reader_that_pauses_while_forty_large_messages_come_gets_whole_ones_and_a_clean_end() -> None:
    with serving("socket", "--interval", "300") as process:
        slow, quick = _joined(process), _joined(process)
        _tell(quick, 400_000, 40)
        time.sleep(2)
        whole = 0
        while (heard := slow.hear())[0] == "text":
            told = json.loads(str(heard[1])[2:])[1]
            assert (told["n"], len(told["pad"])) == (whole, 400_000)
            whole += 1
        assert heard == ("close", 1013)
        assert slow.ends()
        assert whole < 40
        _soon(lambda: _asked(quick, "heard") == ["transport close"])


def test_a_reader_that_stops_for_good_is_given_up() -> None:
    with serving("socket", "--stall", "0.5", "--interval", "300") as process:
        stuck, quick = _joined(process), _joined(process)
        _tell(quick, 400_000, 21)
        _soon(lambda: _asked(quick, "heard") == ["transport close"])
        stuck.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for localhost, in one file."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip
    both = folder / "both.pem"
    both.write_bytes(key.read_bytes() + cert.read_bytes())
    return both


def test_everything_holds_over_tls(certificate: Path) -> None:
    trust = ssl.create_default_context(cafile=str(certificate))
    with serving("socket", "--certificate", str(certificate), "--interval", "300") as process:
        slow, quick = _joined(process, tls=trust), _joined(process, tls=trust)
        quick.say('42["message","' + "x" * 60_000 + '"]')
        assert len(str(quick.hear()[1])) > 60_000
        quick.say('42["tell",100000,4]')
        for peer in (quick, slow):
            assert [json.loads(str(peer.hear()[1])[2:])[1]["n"] for _ in range(4)] == list(range(4))
        _tell(quick, 400_000, 40)
        time.sleep(2)
        heard = slow.hear()
        while heard[0] == "text":
            assert len(json.loads(str(heard[1])[2:])[1]["pad"]) == 400_000
            heard = slow.hear()
        assert heard == ("close", 1013)
        broken = _joined(process, tls=trust)
        broken.send(client_frame(3))
        assert broken.hear() == ("close", 1002)
        assert broken.ends()
        assert slow.ends()
        _soon(lambda: _asked(quick, "heard") == ["transport close"] * 2)
    assert process.log == []


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]])
def test_the_python_client_is_served_by_every_way(server: Process, transports: list[str]) -> None:
    client = socketio.SimpleClient(request_timeout=PATIENCE)
    client.connect(f"http://127.0.0.1:{server.port}", transports=transports, auth={"token": "1"}, wait_timeout=PATIENCE)
    try:
        assert client.receive(timeout=PATIENCE) == ["auth", {"token": "1"}]
        assert client.transport == transports[-1]
        assert client.call("message-with-ack", {"x": b"\x01\x02"}, timeout=PATIENCE) == {"x": b"\x01\x02"}
        client.emit("message", ("ciao", b"\x03"))
        assert client.receive(timeout=PATIENCE) == ["message-back", "ciao", b"\x03"]
    finally:
        client.disconnect()
