"""A real server for tests: `coltiva serve` in a process of its own over a prepared database, and a line to cut.

`serve(folder, prepare)` fills a new SQLite file through a Context, starts the server on a free port and gives its
address; it ends with the block. `Wire` is a small relay between a browser and the server: cutting it is what a phone
losing its network looks like (a browser's own "offline" leaves open sockets alive).
"""

import os
import re
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from server.app import create_context
from server.config import Settings
from server.services.context import Context

ROOT = Path(__file__).parents[1]
READY = re.compile(r"http://localhost:(\d+)")
T = TypeVar("T")


@dataclass
class Served(Generic[T]):
    """A running server, what was prepared for it, and what it has printed so far."""

    url: str
    port: int
    process: subprocess.Popen[str]
    data: T
    log: list[str]


@contextmanager
def serve(
    folder: Path,
    prepare: Callable[[Context], T],
    *options: str,
    verb: str = "serve",
    program: str = "server",
    wait: float = 120,
) -> Iterator[Served[T]]:
    """A server over `folder`; `prepare(ctx)` runs before it starts, its result is
    `served.data`."""
    database = options[options.index("--database") + 1] if "--database" in options else ""
    folder.mkdir(parents=True, exist_ok=True)
    ctx = create_context(Settings(instance=folder, database=database))
    prepared = prepare(ctx)
    ctx.database.close()
    process = subprocess.Popen(
        [sys.executable, "-m", program, verb, "--port", "0", "--instance", str(folder), *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    lines: list[str] = []
    ready = threading.Event()
    reader = threading.Thread(target=_read, args=(process, lines, ready), daemon=True)
    reader.start()
    try:
        assert ready.wait(wait), "the server did not start:\n" + "".join(lines)
        found = READY.search("".join(lines))
        assert found is not None, "the server ended:\n" + "".join(lines)
        port = int(found.group(1))
        # 127.0.0.1 rather than localhost: no second try over IPv6.
        yield Served(f"http://127.0.0.1:{port}", port, process, prepared, lines)
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join(timeout=30)
        assert process.stdout is not None, "opened with a pipe"
        process.stdout.close()


def _read(process: subprocess.Popen[str], lines: list[str], ready: threading.Event) -> None:
    assert process.stdout is not None, "opened with a pipe"
    for line in process.stdout:
        lines.append(line)
        if READY.search(line):
            ready.set()
    ready.set()


class Wire:
    """A relay on a port of its own. `cut()` drops every connection and refuses new ones until `mend()`."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._whole = True
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                near.close()  # the server is gone: so is the caller's hope
                continue
            with self._lock:
                whole = self._whole
                if whole:
                    self._open |= {near, far}
            if not whole:
                near.close()
                far.close()
                continue
            threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        other = {near: far, far: near}
        try:
            while True:
                for ready in select.select([near, far], [], [])[0]:
                    data = ready.recv(65536)
                    if not data:
                        return
                    other[ready].sendall(data)
        except (OSError, ValueError):
            return  # one end is gone: so is the connection
        finally:
            with self._lock:
                self._open -= {near, far}
            near.close()
            far.close()

    def cut(self) -> None:
        """The network is gone."""
        with self._lock:
            self._whole = False
            gone, self._open = self._open, set()
        for end in gone:
            # A shutdown wakes the relay's thread, which then closes both ends.
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                end.close()

    def mend(self) -> None:
        """The network is back."""
        self._whole = True

    def close(self) -> None:
        """The test is over."""
        self.cut()
        self._listener.close()
