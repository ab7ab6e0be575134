"""A bot's way to the server: HTTP with a cookie, and a WebSocket that speaks Socket.IO. Standard library only.

Each call and each socket is a connection of its own, as phones have them. Run under gevent (or in threads).
"""

import base64
import http.client
import json
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

Json = dict[str, Any]
BROKEN = (OSError, http.client.HTTPException, ValueError)
"""What a line that is gone, or a server that answers nonsense, raises."""
PATIENCE = 60.0
"""Seconds; a computer that holds a full room and its bots may be busy."""
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10


class Refused(Exception):
    """The server answered no; `status` says how."""

    def __init__(self, status: int, text: str) -> None:
        # A page of HTML says no more than its number.
        super().__init__(f"{status} {text[:200]}" if text.startswith("{") else str(status))
        self.status = status


class Browser:
    """One browser: keeps the session cookie it is given, sends the token of its pages with every write."""

    SESSION = "coltiva"
    """The cookie that holds the token."""

    def __init__(self, port: int, token: str = "") -> None:
        self.port = port
        self.cookies = {self.SESSION: token} if token else {}
        self._csrf = ""
        self._writes = 0

    @property
    def cookie(self) -> str:
        """What goes into the header of every request."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def line(self) -> socket.socket:
        """A connection that becomes a WebSocket; the caller closes it."""
        line = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line

    def http(self) -> http.client.HTTPConnection:
        """A connection for one call; the caller closes it."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def _ask(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> tuple[int, str, str]:
        line = self.http()
        try:
            line.request(method, path, body=body, headers={"Cookie": self.cookie, **headers})
            answer = line.getresponse()
            for header in answer.headers.get_all("Set-Cookie") or ():
                name, _, value = header.partition(";")[0].partition("=")
                self.cookies[name] = value
            text = answer.read().decode("utf-8", "replace")
            if answer.status >= 400:
                raise Refused(answer.status, text)
            return answer.status, text, answer.headers.get("Location") or ""
        finally:
            line.close()

    def page(self, path: str) -> tuple[str, str]:
        """A page's HTML, and where it was found in the end; redirects are followed."""
        for _ in range(6):
            status, text, to = self._ask("GET", path, None, {"Accept": "text/html"})
            if status < 300:
                if 'name="csrf" content="' in text:
                    self._csrf = text.split('name="csrf" content="')[1].split('"')[0]
                return text, path
            path = to.partition(f":{self.port}")[2] if to.startswith("http") else to
        raise Refused(310, path)

    def get(self, path: str) -> Json:
        """What a script reads."""
        return dict(json.loads(self._ask("GET", path, None, {"Accept": "application/json"})[1]))

    def send(self, path: str, body: Mapping[str, object]) -> Json:
        """What a script writes, with an operation id of its own."""
        if not self._csrf:
            self.page("/about")
        self._writes += 1
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "X-CSRF-Token": self._csrf,
            "X-Operation-Id": f"{id(self):x}-{self._writes}-{time.monotonic_ns():x}",
        }
        return dict(json.loads(self._ask("POST", path, json.dumps(body), headers)[1]))

    def submit(self, path: str) -> str:
        """A form without fields; gives where it leads."""
        form = urlencode({"csrf_token": self._csrf})
        headers = {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, form, headers)[2]


class Socket:
    """One Socket.IO connection over a WebSocket. `ask` waits for its answer, `onnews` hears everything else."""

    def __init__(self, browser: Browser, onnews: Callable[[Json], None], onend: Callable[[], None]) -> None:
        self._onnews, self._onend = onnews, onend
        self._waiting: dict[int, tuple[threading.Event, list[Json]]] = {}
        self._number = 0
        self._writing = threading.Lock()
        self._buffer = b""
        self._line = browser.line()
        try:
            self._shake_hands(browser)
        except BaseException:
            self._line.close()
            raise
        # Longer than the server is silent.
        self._line.settimeout(3 * PATIENCE)
        self._reader = threading.Thread(target=self._read_on, daemon=True)
        self._reader.start()

    def _shake_hands(self, browser: Browser) -> None:
        head = (
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{browser.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\nSec-WebSocket-Version: 13\r\n"
            f"Cookie: {browser.cookie}\r\n\r\n"
        )
        self._line.sendall(head.encode())
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        answer, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        if b" 101 " not in answer.partition(b"\r\n")[0]:
            raise ConnectionError(answer.partition(b"\r\n")[0].decode("latin-1"))
        if not self._frame().startswith("0"):
            raise ConnectionError("no session was opened")
        self._send("40")
        while not self._frame().startswith("40"):
            pass

    def ask(self, event: str, body: Json | None = None, *, patience: float = PATIENCE) -> Json:
        """Emit an event and wait for its acknowledgement. Raises ConnectionError when none comes."""
        self._number += 1
        number, come = self._number, threading.Event()
        answer: list[Json] = []
        self._waiting[number] = (come, answer)
        self._send(f"42{number}" + json.dumps([event] if body is None else [event, body]))
        if not come.wait(patience):
            self._waiting.pop(number, None)
            raise ConnectionError(f"no answer to {event} in {patience:g} s")
        if not answer:
            raise ConnectionError(f"the line went before {event} was answered")
        return answer[0]

    def close(self) -> None:
        """Gone without a word, as a phone that leaves the Wi-Fi."""
        try:
            self._line.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it was gone already

    def _read_on(self) -> None:
        try:
            while True:
                text = self._frame()
                if text == "2":
                    self._send("3")
                elif text.startswith("42"):
                    self._onnews(json.loads(text[2:])[1])
                elif text.startswith("43"):
                    at = text.index("[")
                    come, answer = self._waiting.pop(int(text[2:at]), (None, []))
                    if come is not None:
                        answer += json.loads(text[at:])
                        come.set()
        except BROKEN:
            pass  # the line is gone: said below
        finally:
            self._line.close()
            for come, _ in list(self._waiting.values()):
                come.set()
            self._onend()

    def _send(self, text: str, kind: int = _TEXT) -> None:
        data = text.encode()
        size = len(data)
        length = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack(">H", size)
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
        with self._writing:
            self._line.sendall(bytes([0x80 | kind]) + length + mask + masked)

    def _frame(self) -> str:
        """The next text message; control frames are answered."""
        whole = b""
        while True:
            first, second = self._take(2)
            size = second & 127
            if size == 126:
                size = struct.unpack(">H", self._take(2))[0]
            elif size == 127:
                size = struct.unpack(">Q", self._take(8))[0]
            data, kind = self._take(size), first & 15
            if kind == _CLOSE:
                raise ConnectionError("closed")
            if kind == _PING:
                self._send(data.decode("latin-1"), _PONG)
            elif kind <= _TEXT:
                whole += data
                if first & 0x80:
                    return whole.decode()

    def _take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._more()
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken

    def _more(self) -> None:
        data = self._line.recv(65536)
        if not data:
            raise ConnectionError("the line is gone")
        self._buffer += data
