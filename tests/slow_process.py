"""The program on a computer that may be busy: `python -m tests.slow_process rehearse …`.

A rehearsal says that a computer is too slow for a room. A test is not about the computer it runs on: here nothing is
too late. What was wrong, missing or not answered is told as ever.
"""

import sys

from gevent import monkey

monkey.patch_all()

from server import cli  # noqa: E402  # patched first, as server.__main__ does
from server.rehearsal import report  # noqa: E402

HOUR = 3_600_000.0
"""In milliseconds."""


def main(arguments: list[str]) -> int:
    """Run one command on a computer that has all the time of the world."""
    report.LATE_MS = report.APART_MS = HOUR
    return cli.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
