"""Our transport behind Flask-SocketIO: `Sockets` is its extension with our server and our rooms inside."""

from typing import Any

from flask import Flask
from flask_socketio import SocketIO

from server.sockets.transport.rooms import Rooms, SharedRooms
from server.sockets.transport.server import Server


class Sockets(SocketIO):
    """Flask-SocketIO over our transport; needs gevent and `wsgi.Handler`."""

    def __init__(self, **options: Any) -> None:
        # A message queue given to the constructor would start the extension before it has its application.
        self._redis = options.pop("message_queue", None)
        self._channel = options.pop("channel", "socketio")
        super().__init__(**options)

    @property
    def is_alone(self) -> bool:
        """Is this the only process, so that nothing is told by way of Redis?"""
        return not self._redis

    def init_app(self, app: Flask, **options: Any) -> None:
        """As Flask-SocketIO's."""
        rooms = SharedRooms(self._redis, channel=self._channel) if self._redis else Rooms()
        super().init_app(app, client_manager=rooms, **options)
        # Flask-SocketIO makes python-socketio's server and offers no other way to choose.
        extension: Any = self
        self.server = Server(**extension.server_options)
        extension.sockio_mw.engineio_app = self.server

    def goodbye(self) -> None:
        """Tell every client that this server ends, so that it looks for another at once."""
        self.server.eio.say_goodbye()
