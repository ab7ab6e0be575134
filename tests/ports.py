"""Ports for servers of tests that have to be told theirs before they start, or that come back on the same one."""

import itertools
import os
import socket

_LEAST, _MOST = 10_000, 30_000
"""Whoever asks the system for any port, or calls somebody, gets one above these: none of ours meanwhile."""
_ports = itertools.count(os.getpid() * 97)


def free_port() -> int:
    """A port that nobody uses now, and that nobody gets who does not ask for this very one."""
    for number in _ports:
        port = _LEAST + number % (_MOST - _LEAST)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
    raise AssertionError("the count has no end")
