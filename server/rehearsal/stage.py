"""The stage of a rehearsal: a copy of the group in a folder of its own, and a server over it in a process of its own.

The folder is thrown away afterwards. The live group is only read, and never served.
"""

import contextlib
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from server import opening
from server.config import Settings
from server.demo.cast import made_up_people
from server.services import rehearsals
from server.services.rehearsals import Extra, Prepared, Wanted

READY = re.compile(r"http://localhost:(\d+)")
PATIENCE = 60.0


class NotStaged(Exception):
    """The rehearsal's server did not start; the text is for the person at the console."""


@dataclass(frozen=True)
class Stage:
    """A running server over the copy, and what was prepared in it."""

    port: int
    prepared: Prepared
    copied: bool
    """Whether the people are those of the group rather than made up."""
    log: list[str]

    @property
    def complaints(self) -> list[str]:
        """Lines of the server that tell of a fault."""
        return [line.strip() for line in self.log if "Traceback" in line or "ERROR" in line]


@contextlib.contextmanager
def staged(settings: Settings, wanted: Wanted, *, seed: int) -> Iterator[Stage]:
    """The stage for the length of the block. Raises NotStaged, and RuleViolation for numbers no meeting has."""
    folder = Path(tempfile.mkdtemp(prefix="coltiva-rehearsal-"))
    try:
        (folder / rehearsals.MARK).touch()
        copied = _copy(settings.instance, folder) if not settings.database else False
        ctx = opening.create_context(Settings(instance=folder))
        try:
            copied = copied and rehearsals.has_group(ctx)
            prepared = rehearsals.prepare(ctx, wanted, _cast(seed))
        finally:
            ctx.database.close()
        with _server(folder, settings) as (port, log):
            yield Stage(port, prepared, copied, log)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy(instance: Path, folder: Path) -> bool:
    """A copy of the group's data as they are now, also while somebody serves them. False where there are none."""
    source = instance / "coltiva.db"
    if not source.is_file():
        return False
    with (
        contextlib.closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as here,
        contextlib.closing(sqlite3.connect(folder / "coltiva.db")) as there,
    ):
        here.backup(there)
    # Badge codes hang on the key: without it the people's own badges would not open the copy's doors.
    shutil.copy2(instance / "installation.key", folder / "installation.key")
    return True


def _cast(seed: int) -> tuple[Extra, ...]:
    return tuple(Extra(each.given, each.family, each.company) for each in made_up_people(random.Random(seed)))


@contextlib.contextmanager
def _server(folder: Path, settings: Settings) -> Iterator[tuple[int, list[str]]]:
    """`coltiva serve` over the folder, on a free port of this computer alone, with nothing of the live settings."""
    command = [sys.executable, "-m", "server", "serve", "--instance", str(folder), "--host", "127.0.0.1"]
    command += ["--port", "0", "--transport", settings.transport]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("COLTIVA_")}
    process = subprocess.Popen(
        command,
        cwd=Path(__file__).resolve().parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=clean | {"PYTHONIOENCODING": "utf-8"},
        start_new_session=True,  # Ctrl-C is for the rehearsal, which ends its server itself
    )
    log: list[str] = []
    ready = threading.Event()

    def read() -> None:
        assert process.stdout is not None, "opened with a pipe"
        for line in process.stdout:
            log.append(line)
            if READY.search(line):
                ready.set()
        ready.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        found = READY.search("".join(log)) if ready.wait(PATIENCE) else None
        if found is None:
            why = log[-1].strip() if log else "it said nothing"
            raise NotStaged(f"The server of the rehearsal did not start: {why}")
        yield int(found.group(1)), log
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join(timeout=5)
        assert process.stdout is not None, "opened with a pipe"
        process.stdout.close()
