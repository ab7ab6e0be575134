"""How a question to PostgreSQL waits for its answer while other greenlets of the process go on.

psycopg waits with `select.poll`, which gevent builds anew for each wait, with a timer beside it; a scan at the door
waits a dozen times. One watcher of the hub does the same for a fifth of the processor time.
"""

import select
import sys
from collections.abc import Generator
from typing import Any

import gevent
import gevent.select
from gevent.monkey import get_original

_READ = 1
_WANTS_ANSWER, _WANTS_ROOM = 1, 2
"""What psycopg's generators wait for, and are told that there is (`psycopg.waiting`)."""


def install() -> None:
    """Let every connection of this process wait like this. To be called once, where gevent is at work."""
    from psycopg import waiting  # only a server over PostgreSQL needs it

    usual = waiting.wait

    def wait(gen: Any, fileno: int, interval: float = 0.0, timeout: float | None = None) -> Any:
        if timeout is not None:
            return usual(gen, fileno, interval=interval, timeout=timeout)
        return patient(gen, fileno)

    waiting.wait = wait  # a place that psycopg looks up for every wait


def patient(gen: Generator[int, int, Any], fileno: int) -> Any:
    """What the generator returns in the end. A dead server makes the socket readable, and reading it raises."""
    hub = gevent.get_hub()
    answer = hub.loop.io(fileno, _READ)
    try:
        wanted = next(gen)
        while True:
            if wanted == _WANTS_ANSWER:
                hub.wait(answer)
                wanted = gen.send(_WANTS_ANSWER)
            else:
                wanted = gen.send(_either(fileno, wanted))
    except StopIteration as done:
        return done.value
    finally:
        answer.close()


def _either(fileno: int, wanted: int) -> int:
    """Questions that travel together are sent while the first answers may come in already."""
    return _at_once(fileno, wanted) or _later(fileno, wanted)


def _at_once(fileno: int, wanted: int) -> int:
    """What there is without waiting. Nearly always there is room."""
    if sys.platform == "win32":
        return 0  # no poll there, and select knows few sockets
    wants = {_WANTS_ANSWER: select.POLLIN, _WANTS_ROOM: select.POLLOUT}
    poll = get_original("select", "poll")()
    poll.register(fileno, sum(event for want, event in wants.items() if wanted & want))
    found = sum(events for _, events in poll.poll(0))
    if found & ~(select.POLLIN | select.POLLOUT):
        return wanted  # broken: whoever reads or writes now is told so
    return sum(want for want, event in wants.items() if found & event)


def _later(fileno: int, wanted: int) -> int:
    """A question too long for the socket at once."""
    readable, writable, _ = gevent.select.select(
        [fileno] if wanted & _WANTS_ANSWER else [], [fileno] if wanted & _WANTS_ROOM else [], []
    )
    return (_WANTS_ANSWER if readable else 0) | (_WANTS_ROOM if writable else 0)
