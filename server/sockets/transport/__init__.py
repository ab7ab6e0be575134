"""How frames leave the process: python-socketio's own way ("stock", with `send_all`), or ours ("own").

Ours needs gevent and `wsgi.Handler`; what it does differently is said in each module, from `frames` up to `own`.
"""

import json
from typing import Any, cast

from flask_socketio import SocketIO


def sockets(*, own: bool, **options: Any) -> SocketIO:
    """Flask-SocketIO's extension, over our transport or over its own."""
    if not own:
        return SocketIO(**options)
    from server.sockets.transport.own import Sockets  # gevent: only where it serves

    return Sockets(**options)


def is_own(extension: SocketIO) -> bool:
    """Is this our transport?"""
    return hasattr(extension, "goodbye")


def written(text: str) -> object:
    """JSON text that our transport sends as it is, where it would write a value."""
    from server.sockets.transport.packets import Written  # gevent: only where it serves

    return Written(text)


def tell(extension: SocketIO, event: str, text: str, *, to: str) -> None:
    """Tell a room an event whose value is JSON text already; our transport in one process sends it as it is."""
    if is_own(extension) and getattr(extension, "is_alone", False):
        cast(Any, extension).server.manager.tell(event, text, to)
    else:
        extension.emit(event, json.loads(text), to=to)


def is_heard(extension: SocketIO, room: str) -> bool:
    """May anybody be in this room? Our transport in one process knows; otherwise somebody may be somewhere."""
    if is_own(extension) and getattr(extension, "is_alone", False):
        return room in cast(Any, extension).server.manager.rooms.get("/", ())
    return True


def goodbye(extension: SocketIO) -> None:
    """Tell every client that this server ends; the stock transport has no word for it."""
    leave = getattr(extension, "goodbye", None)
    if leave is not None:
        leave()
