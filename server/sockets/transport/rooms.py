"""Who is in which room, with an index by client: a client's end costs its own rooms, not everybody's.

python-socketio looks through all rooms for each client that goes, which makes a thousand phones losing the Wi-Fi a
million look-ups. A message to a room is encoded once and sent without leaving the loop for long.
"""

import json
import time
from typing import Any

import gevent
import gevent.lock
import socketio
from engineio import packet as engine_packet
from socketio import packet

from server.sockets.transport.packets import Written

_JSON = json.JSONEncoder(separators=(",", ":")).encode
LONGEST_HOLD = 0.01
"""Seconds that telling a room may hold the loop before others get their turn."""


class _Members(dict[str, str]):
    """Who is in a room, by client. python-socketio's own are bidirectional and answer to this name for one side."""

    __slots__ = ()

    @property
    def _fwdm(self) -> dict[str, str]:
        return self


class Rooms(socketio.Manager):  # type: ignore[misc]  # python-socketio has no types
    """The rooms of one process."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._rooms_of: dict[tuple[str, str], set[str | None]] = {}
        # While one message lets others have their turn, the next must not overtake it.
        self._telling = gevent.lock.RLock()
        self._held = 0.0

    # Coming and going

    def basic_enter_room(self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None) -> None:
        """As python-socketio's, remembered by client as well."""
        if room is None:
            super().basic_enter_room(sid, namespace, room, eio_sid=eio_sid)
        else:
            if namespace not in self.rooms:
                raise ValueError("the client is not connected to this namespace")
            rooms, clients = self.rooms[namespace], self.rooms[namespace][None]
            if sid != room and room in clients:
                raise ValueError("this is the room of another client")
            eio_sid = clients[sid] if eio_sid is None else eio_sid
            # Only the room of all clients is looked up both ways; the others are plain, and so are thousands.
            if (members := rooms.get(room)) is None:
                members = rooms[room] = _Members()
            members[sid] = eio_sid
        self._rooms_of.setdefault((namespace, sid), set()).add(room)

    def basic_leave_room(self, sid: str, namespace: str, room: str | None) -> None:
        """As python-socketio's, forgotten by client as well."""
        super().basic_leave_room(sid, namespace, room)
        mine = self._rooms_of.get((namespace, sid))
        if mine is not None:
            mine.discard(room)
            if not mine:
                del self._rooms_of[namespace, sid]

    def get_rooms(self, sid: str, namespace: str) -> list[str]:
        """The rooms a client is in."""
        return [room for room in self._rooms_of.get((namespace, sid), ()) if room is not None]

    def basic_disconnect(self, sid: str, namespace: str, **kwargs: Any) -> None:
        """A client is gone from all its rooms."""
        # The room of all clients comes last: the others are found through it.
        for room in sorted(self._rooms_of.get((namespace, sid), ()), key=lambda room: room is None):
            self.basic_leave_room(sid, namespace, room)
        self.callbacks.pop(sid, None)
        for waiting in (self.pending_connect, self.pending_disconnect):
            sids = waiting.get(namespace, [])
            if sid in sids:
                sids.remove(sid)
                if not sids:
                    del waiting[namespace]

    # Telling

    def emit(self, event: str, data: Any, namespace: str, room: Any = None, **named: Any) -> None:
        """One event to a room, a client or everybody, in the order in which they were asked for."""
        with self._telling:
            if named.get("callback"):
                super().emit(event, data, namespace, room=room, **named)
                return
            self._tell(self._encoded(event, data, namespace), namespace, named.get("to") or room, named.get("skip_sid"))

    def tell(self, event: str, text: str, room: str) -> None:
        """JSON text to a room of `/`, in its turn: the short way, for a round's thousand different messages."""
        with self._telling:
            self._tell(self._encoded(event, Written(text), "/"), "/", room)

    def _encoded(self, event: str, data: Any, namespace: str) -> list[Any]:
        if isinstance(data, Written):
            text = f"{packet.EVENT}{'' if namespace == '/' else namespace + ','}[{_JSON(event)},{data}]"
            return [engine_packet.Packet(engine_packet.MESSAGE, text)]
        arguments = [event, *(data if isinstance(data, tuple) else () if data is None else (data,))]
        try:
            parts = [f"{packet.EVENT}{'' if namespace == '/' else namespace + ','}{_JSON(arguments)}"]
        except TypeError:  # bytes somewhere inside travel by themselves
            encoded = self.server.packet_class(packet.EVENT, namespace=namespace, data=arguments).encode()
            parts = encoded if isinstance(encoded, list) else [encoded]
        return [engine_packet.Packet(engine_packet.MESSAGE, part) for part in parts]

    def _tell(self, pkts: list[Any], namespace: str, room: Any, skip: Any = None) -> None:
        if namespace not in self.rooms:
            return
        left_out = set(skip) if isinstance(skip, list) else {skip}
        sessions = self.server.eio.sockets
        started = time.monotonic()
        for number, (sid, eio_sid) in enumerate(self.get_participants(namespace, room)):
            if number % 64 == 63:
                started = self._share(started)
            session = sessions.get(eio_sid)
            if session is not None and sid not in left_out:
                for pkt in pkts:
                    session.send(pkt)
        self._share(started)

    def _share(self, started: float) -> float:
        """Let others have their turn after `LONGEST_HOLD` of telling, in one room or in many small ones."""
        now = time.monotonic()
        self._held += now - started
        if self._held < LONGEST_HOLD:
            return now
        self._held = 0.0
        gevent.sleep(0)
        return time.monotonic()


class SharedRooms(socketio.RedisManager, Rooms):  # type: ignore[misc]  # python-socketio has no types
    """The rooms of one of several processes; Redis carries what is told between them."""
