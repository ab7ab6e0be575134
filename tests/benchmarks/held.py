"""How long folding a member's history holds the loop of a server: `python -m tests.benchmarks.held instance database
group person…`, as `board` calls it with its own database; an empty `database` is the instance's SQLite.

Runs under gevent as a server does. Another greenlet wants a turn every millisecond while each person is folded: how
late its turns come is how long nobody else had one. Prints the longest and how many were longer than ten milliseconds,
the statements, the longest of them by the clock (on PostgreSQL others have their turn while one is waited for), and
the processor's time; the second person finds in memory what the first had to read.
"""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402  # nothing may be imported before the patch
import time  # noqa: E402
from functools import partial  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from sqlalchemy import event  # noqa: E402

from server import serving  # noqa: E402
from server.app import create_context  # noqa: E402
from server.config import Settings  # noqa: E402
from server.domain.vocabulary import GroupId  # noqa: E402
from server.services import folding  # noqa: E402
from server.services.context import Context  # noqa: E402

TURN = 0.001
"""Seconds after which the other greenlet wants its turn."""
LATE = 10.0
"""Milliseconds."""


def main(instance: str, database: str, group: str, *people: str) -> None:
    """Fold each of the people and print what it took."""
    ctx = create_context(Settings(instance=Path(instance), database=database))
    serving.keep_turning(ctx)
    serving.calm_collector()
    for person in people:
        fold(ctx, GroupId(int(group)), int(person))
    ctx.database.close()


def fold(ctx: Context, group: GroupId, person: int) -> None:
    """One person, with somebody beside who wants a turn every millisecond."""
    late: list[float] = []
    statements = _heard(ctx)
    beside = gevent.spawn(_take_turns, late)
    gevent.sleep(0.05)
    late.clear()
    begun = time.process_time()
    ctx.transaction(partial(folding.fold, group_id=group, person_id=person))
    took = 1000 * (time.process_time() - begun)
    gevent.sleep(0.05)
    beside.kill()
    beyond = sum(each > LATE for each in late)
    held = f"the loop held {max(late):.1f} ms at the longest, {beyond} times beyond {LATE:.0f}"
    asked = f"{len(statements)} statements, the longest {max(statements):.1f} ms by the clock"
    print(f"one member's history folded in {took:.0f} ms: {held}; {asked}", flush=True)


def _take_turns(late: list[float]) -> None:
    """Milliseconds that each turn came later than it was wanted."""
    while True:
        wanted = time.perf_counter() + TURN
        gevent.sleep(TURN)
        late.append(1000 * (time.perf_counter() - wanted))


def _heard(ctx: Context) -> list[float]:
    """Milliseconds by the clock of each statement from now on, without its rows."""
    taken: list[float] = []
    begun = 0.0

    def begin(*_told: Any) -> None:
        nonlocal begun
        begun = time.perf_counter()

    def end(*_told: Any) -> None:
        taken.append(1000 * (time.perf_counter() - begun))

    event.listen(ctx.database.engine, "before_cursor_execute", begin)
    event.listen(ctx.database.engine, "after_cursor_execute", end)
    return taken


if __name__ == "__main__":
    main(*sys.argv[1:])
