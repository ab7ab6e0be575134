"""Peers that a test opened are closed when it ends, however it ends."""

from collections.abc import Iterator

import pytest

from tests.sockets.transport.peers import OPEN


@pytest.fixture(autouse=True)
def _hang_up() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()
