"""The parent's side of the workbench: child processes that plan and draw, so that the room's loop never waits.

Two children of one kind are kept: `planner` (long, one job at a time) and `desk` (PDFs, spreadsheets). A job is a
line of JSON in and lines of JSON back: progress, then a result or a refusal. Whoever has enough of a job says so and
gets what there is so far; a job that does not listen, or takes too long, costs its child, and the next job starts a
new one.
"""

import atexit
import base64
import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from server.domain.errors import RuleViolation
from server.services.context import Json

LIMIT_SECONDS = 120.0
"""A job that takes longer is ended with its child."""
GRACE_SECONDS = 10.0
"""How long a job may take to end after it was told that it is enough; then its child is ended, and its work is lost.

A job that listens ends in a moment; on a busy computer, behind everything else, the moment takes seconds.
"""
_LISTEN_SECONDS = 0.1
_LISTEN_CLOSELY_SECONDS = 0.02
Progress = Callable[[Json], None]


class _Refused(Exception):
    """The child's own no: its job is over and the child is well."""

    def __init__(self, code: str, params: Json) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Bench:
    """One child process and the job it is doing."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._turn = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._number = 0

    @property
    def busy(self) -> bool:
        """Whether a job is under way; another one would wait for its end."""
        return self._turn.locked()

    def do(
        self,
        job: str,
        arguments: Json,
        *,
        on_progress: Progress | None = None,
        limit: float = LIMIT_SECONDS,
        enough: threading.Event | None = None,
    ) -> Json:
        """Run one job and give its result.

        Once `enough` is set, the child is asked for what there is so far, and that is the result. Raises
        RuleViolation with the child's code for a refusal, "job_cancelled" (it was enough, and the job did not
        listen), "job_too_long" or "job_failed".
        """
        with self._turn:
            self._number += 1
            self._send({"job": job, "number": self._number, "arguments": arguments})
            try:
                return self._result(on_progress, time.monotonic() + limit, enough)
            except _Refused as refused:
                raise RuleViolation(refused.code, **refused.params) from None
            except BaseException:
                # What the child still has to say belongs to nobody any more.
                self.stop()
                raise

    def _result(self, on_progress: Progress | None, until: float, enough: threading.Event | None) -> Json:
        """Listen to the child until its job is over, one way or another."""
        wait = _LISTEN_SECONDS if enough is None else _LISTEN_CLOSELY_SECONDS
        asked_at: float | None = None
        while True:
            if enough is not None and asked_at is None and enough.is_set():
                self._send({"enough": self._number})
                asked_at = time.monotonic()
            if asked_at is not None and time.monotonic() > asked_at + GRACE_SECONDS:
                raise RuleViolation("job_cancelled")
            if time.monotonic() > until:
                raise RuleViolation("job_too_long")
            try:
                line = self._lines.get(timeout=wait)
            except queue.Empty:
                continue
            if line is None:
                raise RuleViolation("job_failed")
            answer: Json = json.loads(line)
            if "progress" in answer:
                if on_progress is not None:
                    on_progress(answer["progress"])
                continue
            if "refused" in answer:
                raise _Refused(answer["refused"], answer.get("params", {}))
            return dict(answer["result"])

    def _send(self, message: Json) -> None:
        process = self._running()
        assert process.stdin is not None, "opened with a pipe"
        try:
            process.stdin.write(json.dumps(message) + "\n")
            process.stdin.flush()
        except (OSError, ValueError):
            # The child is gone, or somebody has just closed the pipe to it.
            self.stop()
            raise RuleViolation("job_failed") from None

    def _running(self) -> "subprocess.Popen[str]":
        """The child, a new one when there is none. Somebody may end it at any moment, also while it starts."""
        process = self._process
        if process is None or process.poll() is not None:
            self._lines = queue.Queue()
            options: dict[str, Any] = {}
            if sys.platform == "win32":
                options["creationflags"] = subprocess.BELOW_NORMAL_PRIORITY_CLASS | subprocess.CREATE_NO_WINDOW
            process = self._process = subprocess.Popen(
                # -P keeps a foreign `server` in the current folder out of the child's path.
                [sys.executable, "-P", "-m", "server.workbench"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                env={**os.environ, "PYTHONPATH": _import_root()},
                **options,
            )
            assert process.stdout is not None, "opened with a pipe"
            threading.Thread(target=_read, args=(process.stdout, self._lines), daemon=True).start()
        return process

    def stop(self) -> None:
        """End the child, whatever it is doing."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            if process.stdin is not None:
                # What could not be written to a dead child is of no interest.
                with contextlib.suppress(OSError):
                    process.stdin.close()


def _import_root() -> str:
    return str(Path(__file__).resolve().parents[2])


def _read(lines: IO[str], into: "queue.Queue[str | None]") -> None:
    """Pass on what the child says until it ends; None is its last word."""
    with lines:
        for line in lines:
            into.put(line)
    into.put(None)


def idle() -> Bench:
    """A child for a short question: the planner when it has nothing to do, else the desk."""
    return desk if planner.busy else planner


planner = Bench("planner")
desk = Bench("desk")


def stop_all() -> None:
    """End both children."""
    planner.stop()
    desk.stop()


# A command that planned and is done leaves no child behind, not even for the moment until its pipe closes.
atexit.register(stop_all)


def as_bytes(text: str) -> bytes:
    """A file that came through the pipe."""
    return base64.b64decode(text)
