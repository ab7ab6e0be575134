"""How long a start takes: `python tests/benchmarks/start.py [times]`.

Prints the CPU seconds of `create_app` after imports, and the seconds until a second `python3 run.py serve` answers
/health. Needs a checkout in which `python3 run.py` has run once.
"""

import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
_APP = """
import pathlib, sys, time
import server.app
from server.config import Settings
settings = Settings(instance=pathlib.Path(sys.argv[1]))
server.app.create_context(settings).database.close()
began = time.process_time()
server.app.create_app(settings)
print(time.process_time() - began)
"""


def app_seconds() -> float:
    """CPU seconds of create_app over an existing database, after all imports."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", _APP, folder], cwd=ROOT, capture_output=True, text=True, check=True
        )
    return float(done.stdout)


def answer_seconds() -> float:
    """Seconds from the command to the first answer of /health."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "run.py"), "serve", "--port", "0", "--instance", folder],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        try:
            assert process.stdout is not None, "opened with a pipe"
            port = None
            for line in process.stdout:
                if found := re.search(r"http://localhost:(\d+)", line):
                    port = found.group(1)
                    break
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as reply:
                json.load(reply)
            return time.monotonic() - began
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=10)
            process.stdout.close()  # type: ignore[union-attr]  # opened with a pipe


def main() -> None:
    """Print minimum, median and maximum of each figure beside its goal."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    for name, measure, goal in (
        ("create_app, CPU s after imports", app_seconds, 0.5),
        ("run.py the second time, s to /health", answer_seconds, 3.0),
    ):
        found = sorted(measure() for _ in range(times))
        print(
            f"{name:40} min {found[0]:.2f}  median {statistics.median(found):.2f}  max {found[-1]:.2f}  goal {goal}"
        )


if __name__ == "__main__":
    main()
