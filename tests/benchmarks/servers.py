"""Servers that are measured: the product in a process of its own, and a facilitator's console that talks to it."""

import http.client
import json
import os
import queue
import re
import resource
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def allow_descriptors() -> None:
    """As many open files as this computer lets a process and its children have: one a client, on either side."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


READY = re.compile(r"http://localhost:(\d+)")


class Product:
    """`coltiva serve`; with `module` inside something that measures it or puts TLS around it."""

    def __init__(self, folder: Path, *options: str, module: str, environ: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gevent.monkey",
                "--module",
                module,
                "serve",
                "--port",
                "0",
                "--instance",
                str(folder),
                *options,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", **environ},
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        while not (found := READY.search(self._lines.get(timeout=60))):
            pass
        self.port = int(found.group(1))

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def ask(self, word: str = "") -> dict[str, Any]:
        """What the probe of `probed` saw since the last question."""
        assert self.process.stdin is not None
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        while not (line := self._lines.get(timeout=60)).startswith("PROBE "):
            pass
        return dict(json.loads(line.removeprefix("PROBE ")))


@contextmanager
def product(folder: Path, *options: str, module: str = "server", **environ: str) -> Iterator[Product]:
    """The server, ended with the block."""
    served = Product(folder, *options, module=module, environ=environ)
    try:
        yield served
    finally:
        served.process.terminate()
        served.process.wait(timeout=20)


class Console:
    """The facilitator's browser. What is sent is answered later: those who listen are to be heard first."""

    def __init__(self, port: int, meeting: str, token: str, trust: ssl.SSLContext | None = None) -> None:
        self._line = (
            http.client.HTTPConnection("127.0.0.1", port)
            if trust is None
            else http.client.HTTPSConnection("localhost", port, context=trust)
        )
        self._meeting = meeting
        cookie = {"Cookie": f"{'coltiva' if trust is None else '__Host-coltiva'}={token}"}
        self._line.request("GET", "/about", headers=cookie)
        found = re.search(r'name="csrf" content="([^"]+)"', self._line.getresponse().read().decode())
        assert found is not None
        self._headers = cookie | {"Content-Type": "application/json", "X-CSRF-Token": found.group(1)}
        self._pressed = 0

    def send(self, path: str, body: dict[str, object]) -> None:
        """A write of the console."""
        self._pressed += 1
        headers = self._headers | {"X-Operation-Id": f"press-{self._pressed}"}
        self._line.request("POST", f"/run/{self._meeting}/{path}", json.dumps(body), headers)

    def answer(self) -> dict[str, Any]:
        """What it was answered with."""
        found = json.loads(self._line.getresponse().read())
        assert found["ok"], found
        return dict(found)

    def close(self) -> None:
        """The browser goes away."""
        self._line.close()
