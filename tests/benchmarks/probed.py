"""`coltiva serve` with a probe inside: how long its loop was held, and how many SQL statements it sent.

    python -m gevent.monkey --module tests.benchmarks.probed serve …

Every line on standard input ends a measurement and is answered with one line of JSON: `held_ms` (the longest time
between two turns of the loop, by the clock on the wall), `turn_ms` (processor time of the longest turn of one
greenlet), `statements`, `cpu_ms`; the line "more" asks for the statements and the longest turns as well. The
product's own process, patched as it patches itself.
"""

import json
import runpy
import sys
import time
from typing import Any

import gevent
import gevent.hub
import greenlet
from sqlalchemy import Engine, event


class Probe:
    """What happened since the last question."""

    def __init__(self) -> None:
        self._at = self._cpu_at = 0.0
        self.clear()
        event.listen(Engine, "before_cursor_execute", self._sent)
        greenlet.settrace(self._switched)
        gevent.spawn(self._answer)

    def clear(self) -> None:
        """Begin a measurement."""
        self.held = 0.0
        self.turns: list[tuple[float, float, str]] = [(0.0, 0.0, "")]
        self.statements: list[str] = []
        self.cpu = time.process_time()

    def _sent(self, connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            self.statements.append(statement)

    def _switched(self, what: str, pair: tuple[Any, Any]) -> None:
        now, cpu = time.perf_counter(), time.thread_time()
        turn = (cpu - self._cpu_at, now - self._at)
        if turn[0] > self.turns[-1][0]:
            self.turns = sorted([*self.turns, (*turn, _where(pair[0]))], reverse=True)[:5]
        self._at, self._cpu_at = now, cpu

    def _beat(self) -> None:
        last = time.perf_counter()
        while True:
            gevent.sleep(0.001)
            now = time.perf_counter()
            self.held = max(self.held, now - last - 0.001)
            last = now

    def _answer(self) -> None:
        gevent.spawn(self._beat)
        pool = gevent.get_hub().threadpool
        while True:
            line = pool.apply(sys.stdin.readline)
            if not line:
                return
            found: dict[str, Any] = {
                "held_ms": round(self.held * 1000, 1),
                "turn_ms": round(self.turns[0][0] * 1000, 1),
                "statements": len(self.statements),
                "cpu_ms": round((time.process_time() - self.cpu) * 1000, 1),
            }
            if line.strip() == "more":
                turns = [(round(cpu * 1000, 1), round(wall * 1000, 1), where) for cpu, wall, where in self.turns]
                found |= {"sql": self.statements, "turns": turns}
            print("PROBE " + json.dumps(found), flush=True)
            self.clear()


def _where(ended: Any) -> str:
    """Where a greenlet stands that has just ended its turn: its innermost frames of ours."""
    frame, names = ended.gr_frame, []
    while frame is not None and len(names) < 4:
        code = frame.f_code
        if "/server/" in code.co_filename:
            names.append(f"{code.co_filename.rpartition('/')[2]}:{frame.f_lineno}:{code.co_name}")
        frame = frame.f_back
    return " < ".join(names)


if __name__ == "__main__":
    Probe()
    sys.argv[0] = "coltiva"
    runpy.run_module("server", run_name="__main__", alter_sys=False)
