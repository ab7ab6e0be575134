"""Every ten seconds each process sends the counters it reads from the database.

This covers the writes of other processes and lost messages: a screen that is behind notices and fetches. The
sessions behind the sockets are looked at too, and a revoked one is cut. Beside it every process keeps the clock: it
says "here" while a round runs, notices silence and jumps, and acts on deadlines.
"""

import logging
import time
from datetime import datetime, timedelta
from typing import Any, cast

from flask_socketio import SocketIO

from server import opening
from server.services import meetings, sessions, timekeeping
from server.services.context import Context
from server.sockets import broadcasts
from server.sockets.handlers import Watchers

log = logging.getLogger(__name__)
EVERY = 10.0
"""Seconds between two beats."""
LOOK_AFTER = 1.0
"""Seconds between two looks at whether anything was written."""
LOOK_EVERY = 2.0
"""Seconds between two looks at the clock; a deadline in between is looked at when it comes."""
SECOND = timedelta(seconds=1)


def beat(sockets: SocketIO, watchers: Watchers, ctx: Context) -> None:
    """One beat: revoked sessions are cut, and every meeting watched here hears its counters."""
    cut(sockets, watchers, ctx)
    for meeting_id in watchers.meetings():
        with ctx.reading() as db:
            seqs = meetings.view(db, meeting_id).seqs
        broadcasts.tell_counters(sockets, ctx, meeting_id, seqs)


def cut(sockets: SocketIO, watchers: Watchers, ctx: Context) -> None:
    """Whoever's session was revoked, by whichever process, or has expired hears nothing more."""
    behind = watchers.sessions()
    gone = sessions.gone(ctx, set(behind.values()))
    for sid in [sid for sid, uid in behind.items() if uid in gone]:
        cast(Any, sockets).server.disconnect(sid)  # python-socketio's own, which the types leave out


def run(sockets: SocketIO, watchers: Watchers, ctx: Context, every: float = EVERY) -> None:
    """Beat for the life of the process; in between look at the sessions a second after anybody wrote.

    A failed beat is logged and the next one comes.
    """
    revision, due = ctx.database.revision(), time.monotonic() + every
    while True:
        time.sleep(min(every, LOOK_AFTER))
        try:
            if time.monotonic() >= due:
                due = time.monotonic() + every
                beat(sockets, watchers, ctx)
            elif (now := ctx.database.revision()) != revision:
                revision = now
                cut(sockets, watchers, ctx)
        except Exception:
            log.exception("a beat of the counters failed")


def keep_time(ctx: Context, clock: opening.ServerClock, every: float = LOOK_EVERY) -> None:
    """Look at the clock for the life of the process; a failed look is logged and the next one comes."""
    last = clock()
    while True:
        deadline: datetime | None = None
        try:
            found = timekeeping.look(ctx, opening.reading(), known=clock.anchor, last_tick=last)
            clock.anchor, deadline = found.anchor, found.next_deadline
        except Exception:
            log.exception("a look at the clock failed")
        last = clock()
        until = every if deadline is None else min(every, max(0.0, (deadline - last) / SECOND))
        time.sleep(until + 0.001)  # a millisecond after the deadline rather than one before it
