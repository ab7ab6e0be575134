"""A bot's way to the server through TLS, for two threads: one reads while another writes.

A `ssl.SSLSocket` does not allow that. Python lets go of its lock inside of OpenSSL, so that a write may fall into a
read, and on a busy computer the reader then believes that the line has ended. Here OpenSSL is asked by one at a time,
and whoever waits for the network waits outside of it.
"""

import http.client
import socket
import ssl
import threading

from server.rehearsal.lines import PATIENCE, Browser

SIZE = 65536


class SecureSocket(socket.socket):
    """A connected socket that speaks TLS. Raises ssl.SSLError as OpenSSL does."""

    def __init__(self, plain: socket.socket, context: ssl.SSLContext, name: str) -> None:
        super().__init__(plain.family, plain.type, plain.proto, fileno=plain.detach())
        self.settimeout(PATIENCE)
        self._coming, self._going = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._coming, self._going, server_hostname=name)
        self._one_at_a_time = threading.Lock()
        while not self._has_shaken_hands():
            self._fetch()

    def recv(self, size: int = SIZE, flags: int = 0) -> bytes:
        """Up to `size` bytes; none when the server has ended the line."""
        while True:
            with self._one_at_a_time:
                try:
                    return self._tls.read(size)
                except ssl.SSLWantReadError:
                    self._flush()
                except ssl.SSLZeroReturnError:
                    return b""
            self._fetch()

    def sendall(self, data: object, flags: int = 0) -> None:
        """All of it."""
        assert isinstance(data, bytes)
        with self._one_at_a_time:
            self._tls.write(data)
            self._flush()

    def _has_shaken_hands(self) -> bool:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        finally:
            self._flush()
        return True

    def _fetch(self) -> None:
        data = super().recv(SIZE)
        with self._one_at_a_time:
            if data:
                self._coming.write(data)
            else:
                self._coming.write_eof()

    def _flush(self) -> None:
        if self._going.pending:
            super().sendall(self._going.read())


class SecureBrowser(Browser):
    """A browser that trusts the certificate of a test."""

    SESSION = "__Host-coltiva"

    def __init__(self, port: int, token: str, trust: ssl.SSLContext) -> None:
        super().__init__(port, token)
        self._trust = trust

    def line(self) -> socket.socket:
        return SecureSocket(super().line(), self._trust, "127.0.0.1")

    def http(self) -> http.client.HTTPConnection:
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE, context=self._trust)
