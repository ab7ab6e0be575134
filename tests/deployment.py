"""A deployment as `server/deploy` describes it, on this computer: nginx with TLS, two processes, PostgreSQL and Redis.

The configuration of nginx is the very file that is handed out; only its name, ports and paths are those of the test.
Everything is started by the test and ends with it.
"""

import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from server.rehearsal.lines import Browser
from server.services.context import Context
from tests.ports import free_port
from tests.secured import SecureBrowser
from tests.serving import Served, serve

DEPLOY = Path(__file__).parents[1] / "server" / "deploy"
NAME = "meet.example.org"
T = TypeVar("T")
PATIENCE = 60.0
"""Seconds until something that was started must be there; a busy computer needs some of them."""


def missing() -> list[str]:
    """What this computer has not got."""
    return [name for name in ("nginx", "redis-server", "openssl") if shutil.which(name) is None]


class Redis:
    """A Redis of its own, to be taken away and brought back on the same port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """It is there, or back."""
        command = [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(self.folder),
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _until_open(self.port)

    def stop(self) -> None:
        """It is gone, without a word."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def deafen(self) -> None:
        """Cut every listener's line, as Redis does with one that reads too slowly; the rest goes on."""
        with socket.create_connection(("127.0.0.1", self.port)) as line:
            line.sendall(b"CLIENT KILL TYPE pubsub\r\n")
            line.recv(100)


@dataclass
class Deployment(Generic[T]):
    """What is running, and how to reach it."""

    port: int
    plain_port: int
    workers: list[Served[T]]
    redis: Redis
    tls: ssl.SSLContext
    data: T

    def browser(self, token: str = "") -> Browser:
        """Somebody's browser, through nginx."""
        return SecureBrowser(self.port, token, self.tls)

    def direct(self, worker: int) -> Browser:
        """Straight to one process, as only this computer can."""
        return Browser(self.workers[worker].port)


@contextmanager
def deployed(
    folder: Path, prepare: Callable[[Context], T], database: str, *, transport: str = "own"
) -> Iterator[Deployment[T]]:
    """Everything that `server/deploy/README.md` sets up, for the length of the block."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as running:
        redis = Redis(folder)
        redis.start()
        running.callback(redis.stop)
        options = ("--database", database, "--redis", redis.url, "--base-url", f"https://{NAME}")
        options += ("--host", "127.0.0.1", "--transport", transport)
        first = running.enter_context(serve(folder / "instance", prepare, *options))
        second = running.enter_context(serve(folder / "instance", lambda ctx: first.data, *options))
        tls = _certificate(folder)
        port, plain_port = free_port(), free_port()
        running.enter_context(_nginx(folder, (first.port, second.port), port, plain_port))
        yield Deployment(port, plain_port, [first, second], redis, tls, first.data)


def _certificate(folder: Path) -> ssl.SSLContext:
    """A certificate for the name and for this computer, and what believes in it."""
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
            ),  # as certbot asks for
            *("-nodes", "-days", "2", "-subj", f"/CN={NAME}"),
            *("-addext", f"subjectAltName=DNS:{NAME},IP:127.0.0.1"),
            *("-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")),
        ],
        check=True,
        capture_output=True,
    )
    return ssl.create_default_context(cafile=str(folder / "fullchain.pem"))


def configuration(folder: Path, workers: tuple[int, ...], port: int, plain_port: int) -> str:
    """The file that is handed out, with the names, ports and paths of a test."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    changes = {
        "listen 80;": f"listen 127.0.0.1:{plain_port};",
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        f"server_name {NAME};": f"server_name {NAME} 127.0.0.1;",
        f"/etc/letsencrypt/live/{NAME}": str(folder),
        "127.0.0.1:8101": f"127.0.0.1:{workers[0]}",
        "127.0.0.1:8102": f"127.0.0.1:{workers[1]}",
    }
    for before, after in changes.items():
        assert before in text, f"the configuration no longer says {before}"
        text = text.replace(before, after)
    return text


@contextmanager
def _nginx(folder: Path, workers: tuple[int, ...], port: int, plain_port: int) -> Iterator[None]:
    (folder / "coltiva.conf").write_text(configuration(folder, workers, port, plain_port), encoding="utf-8")
    temporary = "\n".join(
        f"    {kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "nginx.conf"
    main.write_text(
        f"pid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nworker_processes 1;\n"
        + ("user root;\n" if os.geteuid() == 0 else "")
        + "events { worker_connections 4096; }\n"
        + f"http {{\n    access_log off;\n{temporary}\n    include {folder}/coltiva.conf;\n}}\n",
        encoding="utf-8",
    )
    command = ["nginx", "-p", str(folder), "-c", str(main), "-e", str(folder / "error.log"), "-g", "daemon off;"]
    process = subprocess.Popen(command)
    try:
        _until_open(port)
        yield
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _until_open(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < end, f"nothing listens on port {port}"
            time.sleep(0.05)
