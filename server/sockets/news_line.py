"""Whether news from other processes arrive: each process sends itself a word through the queue and listens for it.

A listener at Redis can die without a sound, and Redis itself can go. Both look the same from here: the word does not
come back. Then the screens of this process are asked every two seconds to fetch their state, which is read from the
database and so misses nothing; the listener is started anew as soon as Redis answers; and `/health` says "down".
"""

import json
import logging
import secrets
import time
from typing import Any, cast

import redis
from flask_socketio import SocketIO

from server.services.context import Context

EVERY = 2.0
"""Seconds between two words, and between two fetches of every screen while they do not come back."""
DEAF = 5.0
"""Seconds without a word after which the listener counts as dead."""
_WORD = "coltiva:word"
log = logging.getLogger(__name__)


def channel(ctx: Context) -> str:
    """The name under which the processes of this installation hear each other.

    Another installation at the same Redis has another one: rooms are named by numbers that both have.
    """
    return f"coltiva-{ctx.secret('news', 'channel')[:32]}"


def address(url: str) -> str | None:
    """The address of Redis for the queue, with a limit to how long a connection is waited for; None without one."""
    if not url:
        return None
    return f"{url}{'&' if '?' in url else '?'}socket_connect_timeout={EVERY:.0f}"


class NewsLine:
    """The queue between the processes of one installation, as this process hears it."""

    def __init__(self, sockets: SocketIO, url: str) -> None:
        self._server: Any = cast(Any, sockets).server  # python-socketio's own, which the types leave out
        self._manager: Any = self._server.manager
        self._own = secrets.token_hex(8)
        self._redis = redis.Redis.from_url(url, socket_timeout=EVERY, socket_connect_timeout=EVERY)
        self._heard_at = self._started_at = time.monotonic()
        self._answers = True
        self._down = False
        self._listen_for_words()

    def state(self) -> str:
        """What /health says: "redis" or "down"."""
        deaf = time.monotonic() - self._heard_at > DEAF
        return "down" if deaf or not self._answers else "redis"

    def watch(self) -> None:
        """Look after the line for the life of the process; whatever fails is logged and looked at again."""
        while True:
            try:
                self._look()
            except Exception:
                log.exception("a look at the line of news failed")
            time.sleep(EVERY)

    def _look(self) -> None:
        self._answers = self._speak()
        time.sleep(0.2)  # what was said is back long before
        down = self.state() == "down"
        if down != self._down:
            log.warning("news between processes: %s", "down" if down else "back")
        if down or self._down:
            # Once more when it is back: what was said meanwhile is lost.
            self._ask_to_fetch()
        self._down = down
        if self._answers and time.monotonic() - max(self._heard_at, self._started_at) > DEAF:
            self._start_listening()

    def _speak(self) -> bool:
        """Say a word through the queue; False when Redis does not answer."""
        word = {"method": "emit", "host_id": _WORD, "event": _WORD, "data": self._own, "namespace": "/", "room": _WORD}
        try:
            self._redis.publish(self._manager.channel, json.dumps(word))
        except redis.RedisError:
            return False
        return True

    def _listen_for_words(self) -> None:
        inner = self._manager._handle_emit

        def hear(message: dict[str, Any]) -> None:
            if message.get("event") != _WORD:
                inner(message)
            elif message.get("data") == self._own:
                self._heard_at = time.monotonic()

        self._manager._handle_emit = hear
        if not self._server.manager_initialized:
            # python-socketio begins to listen with its first client; a process without one must know as well.
            self._server.manager_initialized = True
            self._manager.initialize()

    def _start_listening(self) -> None:
        """The listener sleeps (up to a minute after a failure) or is dead: a new one takes its place."""
        log.warning("the listener for news is started anew")
        self._started_at = time.monotonic()
        before = self._manager.thread
        if hasattr(before, "kill"):
            before.kill(block=False)
        self._manager.thread = self._server.start_background_task(self._manager._thread)

    def _ask_to_fetch(self) -> None:
        """Every screen of this process is asked to fetch its state; said here only, the queue being gone."""
        self._server.emit("news", {"audience": "everyone", "kind": "fetch", "patch": {}}, ignore_queue=True)
