"""The program on a computer whose wall clock somebody sets: `python -m tests.clock_process serve …`.

The file `wall` in the folder of the instance holds the seconds by which the wall clock is ahead. Only the wall clock is
touched; the boot clock is the computer's own, as it is when a time server puts a laptop right.
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path

from gevent import monkey

monkey.patch_all()

from server import cli, opening  # noqa: E402  # patched first, as server.__main__ does


def main(arguments: list[str]) -> int:
    """Run one command with a wall clock of its own."""
    file = Path(arguments[arguments.index("--instance") + 1]) / "wall"
    real = opening.utc_now

    def tampered() -> datetime:
        ahead = file.read_text(encoding="ascii") if file.exists() else ""
        return real() + timedelta(seconds=float(ahead or 0))

    opening.utc_now = tampered
    return cli.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
