"""Every ten seconds each process sends the counters it reads from the database.

This covers the writes of other processes and lost messages: a screen that is behind notices and fetches. The
sessions behind the sockets are looked at too, and a revoked one is cut.
"""

import logging
import time

from flask_socketio import SocketIO

from server.services import meetings
from server.services.context import Context
from server.sockets import broadcasts

log = logging.getLogger(__name__)
EVERY = 10.0
"""Seconds between two beats."""


def beat(sockets: SocketIO, ctx: Context) -> None:
    """One beat: the counters of every meeting that is watched here."""
    for meeting_id in sockets.coltiva_watchers.meetings():
        with ctx.reading() as db:
            seqs = meetings.view(db, meeting_id).seqs
        broadcasts.tell_counters(sockets, ctx, meeting_id, seqs)


def run(sockets: SocketIO, ctx: Context, every: float = EVERY) -> None:
    """Beat for the life of the process; a failed beat is logged and the next one comes."""
    while True:
        time.sleep(every)
        try:
            beat(sockets, ctx)
        except Exception:
            log.exception("a beat of the counters failed")
