"""Our Socket.IO server: python-socketio's, with its answers to what clients may not send.

A client hears that it is connected before it hears anything else; a namespace nobody serves is refused in the form
the protocol gives; a packet against the rules ends the connection, and so does one with a reserved name.
"""

from typing import Any

import socketio
from engineio import packet as engine_packet
from socketio import exceptions, packet

from server.sockets.transport.callers import Caller
from server.sockets.transport.engine import Engine
from server.sockets.transport.packets import Malformed, Written

MOST_ATTACHMENTS = 10
"""Pieces of bytes one packet may bring."""
RESERVED = frozenset({"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"})
"""Events that only the server itself may cause."""


class Server(socketio.Server):  # type: ignore[misc]  # python-socketio has no types
    """The server; one per process."""

    def __init__(self, **options: Any) -> None:
        # One client's events are handled in their order, in the greenlet that read them: who sends more than can be
        # handled is read more slowly.
        super().__init__(**(options | {"async_handlers": False}))
        self.eio.is_idle = self._is_idle

    def _engineio_server_class(self) -> type[Engine]:
        return Engine

    def _is_idle(self, eio_sid: str) -> bool:
        return not any(self.manager.sid_from_eio_sid(eio_sid, name) for name in self.manager.get_namespaces())

    # Who calls

    def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> None:
        super()._handle_eio_connect(eio_sid, environ)
        self.environ[eio_sid] = Caller(environ)

    def caller(self, sid: str) -> Caller:
        """Who opened the connection of a client of `/`."""
        found: Caller = self.environ[self.manager.eio_sid_from_sid(sid, "/")]
        return found

    def get_environ(self, sid: str, namespace: str | None = None) -> dict[str, Any] | None:
        """A request like the one that opened the connection; made anew each time."""
        caller = self.environ.get(self.manager.eio_sid_from_sid(sid, namespace or "/"))
        return None if caller is None else caller.environ()

    # Connecting

    def _handle_connect(self, eio_sid: str, namespace: str | None, data: Any) -> None:
        namespace = namespace or "/"
        session = self.eio.sockets.get(eio_sid)
        if session is None:
            return
        served = namespace in self.handlers or namespace in self.namespace_handlers or namespace in self.namespaces
        sid = self.manager.pre_connect(eio_sid, namespace) if served or self.namespaces == "*" else None
        if sid is None:
            session.send(self._packet(packet.CONNECT_ERROR, {"message": "Invalid namespace"}, namespace))
            return
        session.hold()
        refused = self._refusal(sid, eio_sid, namespace, data)
        if refused is None:
            self.manager.connect(sid, namespace)
            session.release(self._packet(packet.CONNECT, {"sid": sid}, namespace), keep=True)
        else:
            session.release(self._packet(packet.CONNECT_ERROR, refused, namespace), keep=False)
            self.manager.disconnect(sid, namespace, ignore_queue=True)

    def _refusal(self, sid: str, eio_sid: str, namespace: str, data: Any) -> Any:
        """Ask the application; None lets the client in, anything else is told to it."""
        try:
            let_in = self._trigger_event("connect", namespace, sid, self.environ[eio_sid].environ(), data or None)
        except exceptions.ConnectionRefusedError as refused:
            return refused.error_args
        except ConnectionRefusedError:
            let_in = False
        except Exception:
            self.logger.exception("the handler of connect failed")
            let_in = False
        return {"message": "Connection refused by server"} if let_in is False else None

    def _packet(self, kind: int, data: Any, namespace: str) -> Any:
        encoded = self.packet_class(kind, data=data, namespace=namespace).encode()
        return engine_packet.Packet(engine_packet.MESSAGE, encoded)

    # What arrives

    def _handle_eio_message(self, eio_sid: str, data: str | bytes) -> None:
        """One message from a client, text or bytes. Raises Malformed."""
        complete = self._assembled(eio_sid, data)
        if complete is not None:
            self._handle(eio_sid, complete)

    def _handle(self, eio_sid: str, complete: Any) -> None:
        kind, namespace, number = complete.packet_type, complete.namespace or "/", complete.id
        if kind == packet.CONNECT:
            self._handle_connect(eio_sid, namespace, complete.data)
        elif not self.manager.sid_from_eio_sid(eio_sid, namespace):
            # It may just have been cut off by us: no reason to end its other namespaces.
            return
        elif kind == packet.DISCONNECT:
            self._handle_disconnect(eio_sid, namespace, self.reason.CLIENT_DISCONNECT)
        elif kind in {packet.EVENT, packet.BINARY_EVENT}:
            self._handle_event(eio_sid, namespace, number, complete.data)
        else:
            self._handle_ack(eio_sid, namespace, number, complete.data)

    def _handle_event(self, eio_sid: str, namespace: str, number: int | None, data: list[Any]) -> None:
        """Run the handler of an event and answer it, if an answer is wanted."""
        sid = self.manager.sid_from_eio_sid(eio_sid, namespace)
        session = self.eio.sockets.get(eio_sid)
        if session is None or not self.manager.is_connected(sid, namespace):
            return
        answer = self._trigger_event(data[0], namespace, sid, *data[1:])
        if number is None or answer is self.not_handled:
            return
        if isinstance(answer, Written):
            where = "" if namespace == "/" else f"{namespace},"
            session.send(engine_packet.Packet(engine_packet.MESSAGE, f"{packet.ACK}{where}{number}[{answer}]"))
            return
        answers = [] if answer is None else list(answer) if isinstance(answer, tuple) else [answer]
        self._send_packet(eio_sid, self.packet_class(packet.ACK, namespace=namespace, id=number, data=answers))

    def _assembled(self, eio_sid: str, data: str | bytes) -> Any:
        """The packet that is complete with this message, None while parts are missing. Raises Malformed."""
        waiting = self._binary_packet.get(eio_sid)
        try:
            if isinstance(data, bytes):
                if waiting is None:
                    raise Malformed("bytes that nobody announced")
                if not waiting.add_attachment(data):
                    return None
                del self._binary_packet[eio_sid]
                return _checked(waiting)
            if waiting is not None:
                raise Malformed("bytes were announced")
            found = self.packet_class(encoded_packet=data)
            if found.attachment_count:
                if found.packet_type not in {packet.BINARY_EVENT, packet.BINARY_ACK}:
                    raise Malformed("bytes in a packet that has none")
                if found.attachment_count > MOST_ATTACHMENTS:
                    raise Malformed("too many attachments")
                self._binary_packet[eio_sid] = found
                return None
            return _checked(found)
        except Malformed:
            raise
        except (ValueError, TypeError, LookupError, RecursionError) as error:
            raise Malformed("not a packet") from error

    def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        super()._handle_eio_disconnect(eio_sid, reason)
        self._binary_packet.pop(eio_sid, None)


def _checked(found: Any) -> Any:
    """The packet, when its data are what its kind asks for. Raises Malformed."""
    kind, data = found.packet_type, found.data
    if kind in {packet.EVENT, packet.BINARY_EVENT}:
        name = data[0] if isinstance(data, list) and data else None
        fine = isinstance(name, str) and name not in RESERVED
    elif kind in {packet.ACK, packet.BINARY_ACK}:
        fine = isinstance(data, list) and found.id is not None
    elif kind == packet.CONNECT:
        fine = data is None or isinstance(data, dict)
    else:
        fine = kind == packet.DISCONNECT and data is None
    if not fine:
        raise Malformed("not what this kind of packet carries")
    return found
