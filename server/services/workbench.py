"""The parent's side of the workbench: child processes that plan and draw, so that the room's loop never waits.

Two children of one kind are kept: `planner` (long, one job at a time) and `desk` (PDFs, spreadsheets). A job is a
line of JSON in and lines of JSON back: progress, then a result or a refusal. A cancelled or overdue job costs its
child; the next job starts a new one.
"""

import base64
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from server.domain.errors import RuleViolation
from server.services.context import Json

LIMIT_SECONDS = 120.0
"""A job that takes longer is ended with its child."""
Progress = Callable[[Json], None]


class Bench:
    """One child process and the job it is doing."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._turn = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str | None] = queue.Queue()

    def do(
        self,
        job: str,
        arguments: Json,
        *,
        on_progress: Progress | None = None,
        limit: float = LIMIT_SECONDS,
        cancelled: Callable[[], bool] | None = None,
    ) -> Json:
        """Run one job and give its result.

        Raises RuleViolation with the child's code for a refusal, "job_cancelled", "job_too_long" or "job_failed".
        """
        with self._turn:
            self._send({"job": job, "arguments": arguments})
            waited = 0.0
            while True:
                try:
                    line = self._lines.get(timeout=0.1)
                except queue.Empty:
                    waited += 0.1
                    if cancelled is not None and cancelled():
                        self.stop()
                        raise RuleViolation("job_cancelled") from None
                    if waited > limit:
                        self.stop()
                        raise RuleViolation("job_too_long") from None
                    continue
                if line is None:
                    self.stop()
                    raise RuleViolation("job_failed")
                answer: Json = json.loads(line)
                if "progress" in answer:
                    if on_progress is not None:
                        on_progress(answer["progress"])
                    continue
                if "refused" in answer:
                    raise RuleViolation(answer["refused"], **answer.get("params", {}))
                return dict(answer["result"])

    def _send(self, message: Json) -> None:
        process = self._running()
        assert process.stdin is not None, "opened with a pipe"
        process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self._lines = queue.Queue()
            options: dict[str, Any] = {}
            if sys.platform == "win32":
                options["creationflags"] = (
                    subprocess.BELOW_NORMAL_PRIORITY_CLASS | subprocess.CREATE_NO_WINDOW
                )
            self._process = subprocess.Popen(
                # -P keeps a foreign `server` in the current folder out of the child's path.
                [sys.executable, "-P", "-m", "server.workbench"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                env={**os.environ, "PYTHONPATH": _import_root()},
                **options,
            )
            assert self._process.stdout is not None, "opened with a pipe"
            threading.Thread(target=_read, args=(self._process.stdout, self._lines), daemon=True).start()
        return self._process

    def stop(self) -> None:
        """End the child, whatever it is doing."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()


def _import_root() -> str:
    return str(Path(__file__).resolve().parents[2])


def _read(lines: IO[str], into: "queue.Queue[str | None]") -> None:
    for line in lines:
        into.put(line)
    into.put(None)


planner = Bench("planner")
desk = Bench("desk")


def stop_all() -> None:
    """End both children."""
    planner.stop()
    desk.stop()


def as_bytes(text: str) -> bytes:
    """A file that came through the pipe."""
    return base64.b64decode(text)
