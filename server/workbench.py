"""The child that does what would hold the room up: plans and papers. JSON lines in, JSON lines out.

It serves nobody but its parent: when the parent's pipe closes, it ends at once. Ctrl-C is the parent's business.
In the middle of a job the parent may say `{"enough": NUMBER}`: a job that knows how ends soon with what it has.
"""

import json
import os
import signal
import sys
import threading
from importlib import import_module
from typing import IO, Any

from server.domain.errors import RuleViolation
from server.jobs import Job, Json, Tell


def job(name: str) -> Job:
    """`plans.plan` is the job `plan` of `server.jobs.plans`; a child loads only what it is asked for."""
    module, _, verb = name.partition(".")
    found: Job = import_module(f"server.jobs.{module}").JOBS[verb]
    return found


class Line(Tell):
    """The line to the parent: progress one way, and in the other the word that it is enough."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._enough = -1
        self._job = 0

    def __call__(self, news: Json) -> None:
        """Tell the parent how far the job is."""
        self.say({"progress": news})

    def enough(self) -> bool:
        """Whether the parent wants the job to end with what it has."""
        return self._enough >= self._job

    def say(self, message: Json) -> None:
        """One line to the parent."""
        self._out.write(json.dumps(message) + "\n")
        self._out.flush()

    def begins(self, number: int) -> None:
        """A job begins; what was enough for an earlier one is not for this."""
        self._job = number

    def hear_enough(self, number: int) -> None:
        """The parent has enough of this job. Called by the thread that listens, also before the job begins."""
        self._enough = max(self._enough, number)


def serve(lines: IO[str], line_out: Line) -> None:
    """Do one job after another until the parent closes the pipe."""
    for line in lines:
        asked = json.loads(line)
        line_out.begins(asked.get("number", 0))
        try:
            line_out.say({"result": job(asked["job"])(asked["arguments"], line_out)})
        except RuleViolation as refused:
            line_out.say({"refused": refused.code, "params": {k: str(v) for k, v in refused.params.items()}})


def _listen(lines: IO[str], into: Any, out: Line) -> None:
    """Read the pipe in a thread of its own: its end means the parent is gone, also in the middle of a job."""
    for line in lines:
        if line.startswith('{"enough"'):
            out.hear_enough(json.loads(line)["enough"])
            continue
        into.write(line)
        into.flush()
    os._exit(0)


def main() -> None:
    """Entry of the child process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(5)  # behind the room, and never starved: a third of the weight of whoever answers
    read_end, write_end = os.pipe()
    into = os.fdopen(write_end, "w", encoding="utf-8")
    out = Line(sys.stdout)
    threading.Thread(target=_listen, args=(sys.stdin, into, out), daemon=True).start()
    serve(os.fdopen(read_end, encoding="utf-8"), out)


if __name__ == "__main__":
    main()
