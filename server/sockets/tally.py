"""Counting the screens of this process and telling the facilitators, at most once a second and without a counter.

No other screen hears of it, so that nobody fetches anything because a phone came or went.
"""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from flask_socketio import SocketIO

from server.domain.vocabulary import Audience, MeetingId
from server.services import online
from server.services.context import Context, Json
from server.services.online import Online
from server.sockets.audiences import room_of
from server.sockets.handlers import Watcher, Watchers
from server.wire import devices
from server.wire.times import ms

log = logging.getLogger(__name__)
EVERY = 1.0
AGAIN = 10.0
"""Seconds after which an unchanged number is written down again: the sign that this process is alive."""


def count(watchers: Iterable[Watcher]) -> dict[MeetingId, Online]:
    """The screens of each meeting. A screen counts once, as what it hears most of."""
    found: dict[MeetingId, dict[str, int]] = {}
    people: dict[MeetingId, set[object]] = {}
    for each in watchers:
        if each.meeting_id is None:
            continue
        kinds = found.setdefault(each.meeting_id, {"phones": 0, "displays": 0, "desks": 0, "consoles": 0})
        kind = _kind(each)
        if kind == "phones":
            people.setdefault(each.meeting_id, set()).add(each.session_uid)
        else:
            kinds[kind] += 1
    for meeting_id, sessions in people.items():
        found[meeting_id]["phones"] = len(sessions)
    return {meeting_id: Online(**kinds) for meeting_id, kinds in found.items()}


def _kind(watcher: Watcher) -> str:
    audiences = {name.partition(":")[0] for name in watcher.rooms}
    if Audience.FACILITATORS.value in audiences:
        return "consoles"
    if Audience.DESK.value in audiences:
        return "desks"
    return "displays" if Audience.DISPLAYS.value in audiences else "phones"


@dataclass
class Tally:
    """What this process wrote down last, and what it told last."""

    sockets: SocketIO
    watchers: Watchers
    ctx: Context
    worker: str = field(default_factory=online.new_worker)
    written: dict[MeetingId, Online] = field(default_factory=dict)
    told: dict[MeetingId, Json] = field(default_factory=dict)
    at: float = 0.0
    seen: dict[MeetingId, Online] = field(default_factory=dict)

    def is_settled(self, now: float) -> bool:
        """Do screens neither come nor go just now? A crowd that comes back is counted when it is back, or after
        `AGAIN`: what is written down meanwhile would end what is kept for it (`services.lulls`).
        """
        held = count(self.watchers.every())
        before, self.seen = self.seen, held
        return held == before or now - self.at >= AGAIN

    def look(self, now: float) -> None:
        """Write down what has changed, and tell the facilitators of every meeting watched here."""
        held = count(self.watchers.every())
        again = now - self.at >= AGAIN
        if held == self.written and not (again and (held or self.told)):
            return
        online.write_down(self.ctx, self.worker, held)
        before, self.written, self.at = self.written, held, now
        for meeting_id in {*held, *before}:
            self._tell(meeting_id)

    def _tell(self, meeting_id: MeetingId) -> None:
        shown = devices.devices(self.ctx, meeting_id)
        if self.told.get(meeting_id) == shown:
            return
        self.told[meeting_id] = shown
        news = {
            "audience": Audience.FACILITATORS.value,
            "kind": "devices",
            "sent_at": ms(self.ctx.now()),
            "patch": {"devices": shown},
        }
        self.sockets.emit("news", news, to=room_of(Audience.FACILITATORS, meeting_id))


def run(sockets: SocketIO, watchers: Watchers, ctx: Context, every: float = EVERY) -> None:
    """Look for the life of the process; a failed look is logged and the next one comes."""
    tally = Tally(sockets, watchers, ctx)
    while True:
        time.sleep(every)
        try:
            if tally.is_settled(now := time.monotonic()):
                tally.look(now)
        except Exception:
            log.exception("counting the screens failed")
