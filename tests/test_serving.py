"""The program as it is really started: it says where it is, ends cleanly, and refuses in one sentence."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from server import serving
from server.config import Settings, SettingsError
from server.persistence import schema
from server.persistence.database import Database

ROOT = Path(__file__).parents[1]
PATIENCE = 60
"""Seconds until a started program must have said something; a loaded computer needs some of them."""
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("COLTIVA_")} | {
    "PYTHONPATH": str(ROOT),
    "PYTHONIOENCODING": "utf-8",
}
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts Python in a process of its own and ends whatever is still running."""
    running: list[subprocess.Popen[str]] = []

    def run(*arguments: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-P", *map(str, arguments)],
            cwd=tmp_path, env=ENVIRONMENT, text=True, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        running.append(process)
        return process

    yield run
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _line(process: subprocess.Popen[str], pattern: str) -> re.Match[str]:
    """The first line of the program that fits; fails when it ends or says nothing for too long."""
    assert process.stdout is not None
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        line = process.stdout.readline()
        if found := re.search(pattern, line):
            return found
        if not line and process.poll() is not None:
            break
    raise AssertionError(process.communicate()[1])


def _serve(start: Start, folder: Path) -> tuple[subprocess.Popen[str], str]:
    process = start("-m", "server", "serve", "--port", 0, "--host", "127.0.0.1", "--instance", folder)
    return process, _line(process, r"(http://localhost:\d+)$")[1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_it_says_where_it_is_serves_there_and_ends_when_told(
    start: Start, tmp_path: Path, number: signal.Signals
) -> None:
    process, address = _serve(start, tmp_path / "group")
    link = _line(process, r"Set up your group \(once, within 24 hours\): (http://\S+)")[1]
    assert link.startswith(address)
    assert _line(process, r"^Data: (.+?)   Stop: Ctrl-C$")[1] == str(tmp_path / "group")
    with urllib.request.urlopen(f"{address}/health") as answer:
        assert answer.status == 200
    with urllib.request.urlopen(link) as page:
        assert "Set up your group" in page.read().decode()
    process.send_signal(number)
    _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (0, "")
    assert sorted(path.name for path in (tmp_path / "group").iterdir() if path.suffix != "") == [
        "coltiva.db", "installation.key",
    ], "nothing half-written stays behind"  # fmt: skip


def test_an_instance_that_is_served_is_refused_to_a_second_process_and_free_again_afterwards(
    start: Start, tmp_path: Path
) -> None:
    first, _ = _serve(start, tmp_path / "group")
    second = start("-m", "server", "serve", "--port", 0, "--instance", tmp_path / "group")
    out, err = second.communicate(timeout=PATIENCE)
    assert (second.returncode, out) == (1, "")
    assert err == f"coltiva: Another Coltiva already serves {tmp_path / 'group'}; stop it first.\n"
    first.kill()
    first.wait()
    with serving.only_one(tmp_path / "group"):
        pass


def test_a_file_that_somebody_left_behind_is_swept_at_the_start(start: Start, tmp_path: Path) -> None:
    left = tmp_path / "group" / "uploads" / "left.upload"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"people.csv\nAnna")
    os.utime(left, (0, 0))
    _serve(start, tmp_path / "group")
    assert not left.exists()


def _newer(folder: Path) -> None:
    database = Database(f"sqlite:///{folder / 'coltiva.db'}")
    schema.upgrade(database)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (_newer, "This database was made by a newer Coltiva"),
        (lambda folder: (folder / "coltiva.toml").write_text("colour = 1"), "does not know: colour"),
        (lambda folder: (folder / "coltiva.db").write_text("a letter to a friend"), "file is not a database"),
        (lambda folder: (folder.rmdir(), folder.write_text("a file")), "cannot be written"),
    ],
    ids=["a newer database", "an unknown setting", "no database", "no folder"],
)
def test_what_cannot_be_served_is_refused_in_one_sentence(
    start: Start, tmp_path: Path, prepare: Callable[[Path], object], sentence: str
) -> None:
    folder = tmp_path / "group"
    folder.mkdir()
    prepare(folder)
    process = start("-m", "server", "serve", "--port", 0, "--instance", folder)
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("coltiva: ")
    assert sentence in err


def test_a_port_in_use_is_refused_in_one_sentence(start: Start, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = ("-m", "server", "serve", "--host", "127.0.0.1", "--port", port, "--instance", tmp_path / "group")
        process = start(*command)
        _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (1, f"coltiva: Port {port} is in use; choose another with --port.\n")


# gevent leaves the socket that could not be bound to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_demo_moves_on_to_the_next_free_port() -> None:
    def app(environ: object, respond: object) -> list[bytes]:
        raise AssertionError("nobody asks")

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = Settings(instance=Path("unused"), host="127.0.0.1", port=port, demo=True)
        server = serving.listen(settings, app)
        assert port < int(server.server_port or 0) < port + serving.DEMO_PORTS
        server.stop()
        with pytest.raises(SettingsError, match="is in use"):
            serving.listen(Settings(instance=Path("unused"), host="127.0.0.1", port=port), app)


CHILDREN = """
from gevent import monkey
monkey.patch_all()
import sys
from pathlib import Path
from server import serving
from server.config import Settings
from server.services import workbench

def greet(ctx, settings):
    for bench in (workbench.planner, workbench.desk):
        bench._running()
        print("child", bench._process.pid, flush=True)
    print("ready", flush=True)

settings = Settings(instance=Path(sys.argv[1]), host="127.0.0.1", port=0)
Path(sys.argv[1]).mkdir()
sys.exit(serving.run(settings, greet=greet, say=print))
"""


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


@pytest.mark.skipif(os.name != "posix", reason="signals and process ids as POSIX has them")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_no_child_outlives_the_server(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    process = start("-c", CHILDREN, tmp_path / "group")
    children = [int(_line(process, r"^child (\d+)")[1]) for _ in range(2)]
    _line(process, "^ready")
    assert all(map(_is_alive, children))
    process.send_signal(number)
    process.wait(timeout=PATIENCE)
    until = time.monotonic() + PATIENCE
    while any(map(_is_alive, children)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(_is_alive, children))
