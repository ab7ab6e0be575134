"""News are told in a greenlet of its own, in the order of the commits: nobody's answer waits until others have heard.

What has come together meanwhile, as at a door with a queue, is handed over together.
"""

import logging
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

from flask_socketio import SocketIO

from server.domain.events import AttendanceChanged
from server.services.bus import Told

log = logging.getLogger(__name__)
MOST_AT_ONCE = 50
"""Events that are told from one look at the database."""
A_MOMENT = 0.04
"""Seconds that an arrival waits for others to be told with it, where no other news wait behind it."""


class InTurn:
    """Tells for the life of the process, whatever fails."""

    def __init__(self, sockets: SocketIO, tell: Callable[[list[Told]], None]) -> None:
        self._tell = tell
        self._waiting: SimpleQueue[Told] = SimpleQueue()
        sockets.start_background_task(self._run)

    def put(self, told: Told) -> None:
        """Tell this after what came before it."""
        self._waiting.put(told)

    def _run(self) -> None:
        while True:
            together = self._together()
            try:
                self._tell(together)
            except Exception:
                # Screens notice by their counters that they missed something; what comes after must be told.
                log.exception("telling %d events failed", len(together))

    def _together(self) -> list[Told]:
        found = [self._waiting.get()]
        until = time.monotonic() + A_MOMENT
        while len(found) < MOST_AT_ONCE:
            left = until - time.monotonic() if isinstance(found[-1].event, AttendanceChanged) else 0.0
            try:
                found.append(self._waiting.get(left > 0, max(left, 0.001)))
            except Empty:
                break
        return found
