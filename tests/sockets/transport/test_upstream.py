"""Our transport stands in the place of parts of python-engineio and python-socketio; when those change, look again."""

import hashlib
import importlib.util
from pathlib import Path

import pytest

READ = {
    "engineio.socket": "d710af6696a8aa7b",
    "engineio.base_socket": "3d68890b59ac368f",
    "engineio.server": "865ed4ad3169ea02",
    "engineio.base_server": "b530aa73ae55cdff",
    "engineio.packet": "60ede099e294a0ac",
    "socketio.server": "f99eefe25e3667d3",
    "socketio.base_server": "26d1ed9b1163b5c9",
    "socketio.manager": "44f60f7150450233",
    "socketio.base_manager": "c6791c5dd7214a06",
    "socketio.pubsub_manager": "719ed93f82064851",
    "socketio.packet": "37b8c48dca8e520d",
}
"""The modules that were read when ours were written, with the beginning of their SHA-256."""


@pytest.mark.parametrize("name", READ)
def test_what_our_transport_replaces_is_what_it_was_written_against(name: str) -> None:
    found = importlib.util.find_spec(name)
    assert found is not None
    assert found.origin is not None
    text = Path(found.origin).read_bytes().replace(b"\r\n", b"\n")
    assert hashlib.sha256(text).hexdigest()[:16] == READ[name], f"{name} has changed: read it, then server/sockets"
