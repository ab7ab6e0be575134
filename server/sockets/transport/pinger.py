"""One greenlet pings every client and notices those that do not answer.

Intervals are the same for all, so two queues in the order of time are enough: who is to be pinged, and who owes an
answer. A client that has answered, or is gone, is recognised by its changed `beat`.
"""

import time
from collections import deque
from typing import Protocol

import gevent

AT_ONCE = 64
"""Clients pinged before others get their turn."""
LATE = 0.05
"""Seconds by which a ping may be late before the answer is given more time for it."""
STALLED = 1.0
"""Seconds by which this process may be late itself before it looks at what has arrived meanwhile."""


class Client(Protocol):
    """What is pinged."""

    beat: int
    """Counts answers; changes whenever an older entry in the queues is out of date."""

    def ping(self) -> None:
        """Send a ping."""

    def lost(self) -> None:
        """It did not answer in time."""


class Pinger:
    """Pings for one server."""

    def __init__(self, interval: float, timeout: float) -> None:
        """`interval`: seconds from an answer to the next ping; `timeout`: seconds an answer may take."""
        self._interval = interval
        self._timeout = timeout
        self._due: deque[tuple[float, Client, int]] = deque()
        self._owing: deque[tuple[float, Client, int]] = deque()
        self._running: gevent.Greenlet[..., None] | None = None

    def watch(self, client: Client) -> None:
        """Ping this client after the interval: it has just come, or just answered."""
        client.beat += 1
        self._due.append((time.monotonic() + self._interval, client, client.beat))
        if self._running is None:
            self._running = gevent.spawn(self._run)

    def stop(self) -> None:
        """No pings any more."""
        if self._running is not None:
            self._running.kill()

    def _run(self) -> None:
        while self._due or self._owing:
            # Who answers meanwhile is due an interval later, which may be before anybody's answer is overdue.
            soon = time.monotonic() + self._interval
            wake = min(soon, *(queue[0][0] for queue in (self._due, self._owing) if queue))
            gevent.sleep(max(0.0, wake - time.monotonic()))
            if time.monotonic() - wake > STALLED:
                # It was this process that did not listen: hear first what clients have sent.
                gevent.sleep(min(STALLED, self._timeout))
            self._ping_some()
            self._miss_some()
        self._running = None

    def _ping_some(self) -> None:
        now = time.monotonic()
        for _ in range(AT_ONCE):
            if not self._due or self._due[0][0] > now:
                return
            due, client, beat = self._due.popleft()
            if client.beat == beat:
                client.ping()
                asked = due if now - due < LATE else now
                self._owing.append((asked + self._timeout, client, beat))

    def _miss_some(self) -> None:
        now = time.monotonic()
        for _ in range(AT_ONCE):
            if not self._owing or self._owing[0][0] > now:
                return
            _, client, beat = self._owing.popleft()
            if client.beat == beat:
                client.lost()
