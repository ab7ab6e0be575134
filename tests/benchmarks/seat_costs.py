"""How long a facilitator waits for what a change of seats would cost, by name.

    python -m tests.benchmarks.seat_costs [people,people,…]

A real server process (gevent), SQLite and, where COLTIVA_TEST_POSTGRES names a server, PostgreSQL; tables of 8, six
rounds. Each question is asked of two people chosen by chance, on a kept connection, from the request's last byte to the
answer's: the server's time with the way there and back. The first question hands the whole room to the planner and is
told apart. Prints p50, p95 and the longest in milliseconds for the cost of a change, for the marks of all other seats,
and for the reasons on a tap, and the server's own processor time for one of each. Exit code 1 when the goal is missed:
p95 of a cost at most 50 ms.
"""

import http.client
import random
import re
import sys
import tempfile
import time
from pathlib import Path

from server.app import create_context
from server.config import Settings
from server.services import meetings, planning
from server.services.context import Context
from tests.benchmarks.planning_load import Gala, gala, postgres
from tests.benchmarks.scans import cpu_seconds
from tests.serving import serve

GOAL_MS = 50.0
QUESTIONS = 60
KINDS = {
    "a change": "/2/people/{one}/cost?with={other}",
    "all seats": "/2/people/{one}/options",
    "reasons": "/2/people/{one}",
}


def prepared(ctx: Context, people: int) -> Gala:
    """A room that is planned."""
    made = gala(ctx, people, 0)
    planning.plan(ctx, meeting_id=meetings.find(ctx, made.meeting).id, seconds=0.3)
    return made


class Line:
    """A facilitator's browser on a kept connection."""

    def __init__(self, port: int, gala: Gala) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port)
        self.cookie = {"Cookie": f"coltiva={gala.facilitator}"}
        self.base = f"/run/{gala.meeting}/seats"

    def ask(self, path: str) -> tuple[float, str]:
        """Milliseconds, and what was answered."""
        began = time.perf_counter()
        self.line.request("GET", self.base + path, headers=self.cookie)
        reply = self.line.getresponse()
        text = reply.read().decode()
        waited = (time.perf_counter() - began) * 1000
        assert reply.status == 200, text
        return waited, text


def said(times: list[float]) -> str:
    """The three figures of some waits."""
    times = sorted(times)
    return f"p50 {times[len(times) // 2]:5.1f}  p95 {times[int(len(times) * 0.95)]:5.1f}  longest {times[-1]:6.1f} ms"


def measure(name: str, url: str, people: int) -> bool:
    """Serve, ask, print; whether the goal is met."""
    with tempfile.TemporaryDirectory() as folder:

        def prepare(ctx: Context) -> Gala:
            if not url:
                return prepared(ctx, people)
            other = create_context(Settings(instance=Path(folder), database=url))
            try:
                return prepared(other, people)
            finally:
                other.database.close()

        options = ("--database", url) if url else ()
        with serve(Path(folder), prepare, *options) as served:
            browser = Line(served.port, served.data)
            chance = random.Random(1)
            uids = re.findall(r'data-person="(\w+)"', browser.ask("?round=2")[1])
            assert len(uids) == people
            first, _ = browser.ask(f"/2/people/{uids[0]}/options")
            waits: dict[str, list[float]] = {}
            spent: dict[str, float] = {}
            for kind, path in KINDS.items():
                before = cpu_seconds(served.process.pid)
                waits[kind] = []
                for _ in range(QUESTIONS):
                    one, other = chance.sample(uids, 2)
                    waits[kind].append(browser.ask(path.format(one=one, other=other))[0])
                spent[kind] = (cpu_seconds(served.process.pid) - before) / QUESTIONS * 1000
    good = sorted(waits["a change"])[int(QUESTIONS * 0.95)] <= GOAL_MS
    print(f"{name:<11} {people} people  first question {first:6.0f} ms")
    for kind, times in waits.items():
        missed = "" if good or kind != "a change" else "  MISSED"
        print(f"{'':<11} {kind:<10} {said(times)}  processor {spent[kind]:4.1f} ms{missed}")
    return good


def main() -> int:
    """Measure both databases."""
    sizes = [int(each) for each in (sys.argv[1] if len(sys.argv) > 1 else "40,200,1000").split(",")]
    good = True
    for people in sizes:
        good = measure("sqlite", "", people) and good
        if url := postgres():
            good = measure("postgresql", url, people) and good
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
