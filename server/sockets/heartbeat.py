"""Every ten seconds each process sends the counters it reads from the database.

This covers the writes of other processes and lost messages: a screen that is behind notices and fetches. The
sessions behind the sockets are looked at too, and a revoked one is cut.
"""

import logging
import time
from typing import Any, cast

from flask_socketio import SocketIO

from server.services import meetings, sessions
from server.services.context import Context
from server.sockets import broadcasts
from server.sockets.handlers import Watchers

log = logging.getLogger(__name__)
EVERY = 10.0
"""Seconds between two beats."""


def beat(sockets: SocketIO, watchers: Watchers, ctx: Context) -> None:
    """One beat: revoked sessions are cut, and every meeting watched here hears its counters."""
    behind = watchers.sessions()
    gone = sessions.gone(ctx, set(behind.values()))
    for sid in [sid for sid, uid in behind.items() if uid in gone]:
        cast(Any, sockets).server.disconnect(sid)  # python-socketio's own, which the types leave out
    for meeting_id in watchers.meetings():
        with ctx.reading() as db:
            seqs = meetings.view(db, meeting_id).seqs
        broadcasts.tell_counters(sockets, ctx, meeting_id, seqs)


def run(sockets: SocketIO, watchers: Watchers, ctx: Context, every: float = EVERY) -> None:
    """Beat for the life of the process; a failed beat is logged and the next one comes."""
    while True:
        time.sleep(every)
        try:
            beat(sockets, watchers, ctx)
        except Exception:
            log.exception("a beat of the counters failed")
