"""Between processes, news that are told together travel together: one message through the queue, not one for each.

In a queue at the door every arrival is news for three audiences. Each message through Redis costs its sender a way
there and back and every process a look; a bundle costs them once. Screens notice nothing: each process unpacks the
bundle in its order.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask_socketio import SocketIO

Message = dict[str, Any]
_BUNDLE = "coltiva:bundle"


class Bundles:
    """Stands before the queue of an extension, where it has one; without one there is nothing to bundle."""

    def __init__(self, sockets: SocketIO) -> None:
        manager: Any = getattr(cast(Any, sockets).server, "manager", None)
        self._kept: dict[int, list[Message]] = {}
        self._publish: Any = getattr(manager, "_publish", None)
        if self._publish is None:
            return
        self._handle = manager._handle_emit
        self._host = manager.host_id
        manager._publish, manager._handle_emit = self._send, self._hear

    @contextmanager
    def together(self) -> Iterator[None]:
        """What this thread or greenlet tells in the block travels at its end."""
        if self._publish is None:
            yield
            return
        kept = self._kept[threading.get_ident()] = []
        try:
            yield
        finally:
            del self._kept[threading.get_ident()]
            if len(kept) == 1:
                self._publish(kept[0])
            elif kept:
                self._publish({"method": "emit", "host_id": self._host, "event": _BUNDLE, "data": kept})

    def _send(self, message: Message) -> None:
        kept = self._kept.get(threading.get_ident())
        if kept is None or message["method"] != "emit":
            self._publish(message)
        else:
            kept.append(message)

    def _hear(self, message: Message) -> None:
        for each in message["data"] if message.get("event") == _BUNDLE else (message,):
            self._handle(each)
