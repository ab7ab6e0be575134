"""What a round's start costs a real server: how long its loop is held, how many SQL statements, when the last hears.

    python -m tests.benchmarks.round_start [--sizes 57,200] [--transport own] [--more]

The product (`coltiva serve`, SQLite) with a full room: everybody listens on a websocket of their own, a facilitator's
console starts and ends rounds over HTTP. Held: the longest time between two turns of the loop, by a probe inside the
process (`probed`). The times run from the press to the last phone that has its own new table. Medians over the
presses; the longest hold is the worst of all.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from server.app import create_context
from server.config import Settings
from tests.benchmarks import rooms, servers
from tests.benchmarks.crowds import Client, Crowd

PRESSES = 6


def measure(size: int, transport: str, *, show_more: bool) -> None:
    """One size, one line."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ctx = create_context(Settings(instance=folder))
        room = rooms.full(ctx, size)
        ctx.database.close()
        with servers.product(folder, "--transport", transport, module="tests.benchmarks.probed") as server:
            crowd = Crowd(
                server.port, "news", {"meeting": room.meeting}, [Client(f"coltiva={token}") for token in room.phones]
            )
            crowd.come(120)
            console = servers.Console(server.port, room.meeting, room.facilitator)
            found: list[dict[str, Any]] = []
            version = 0
            for number in range(PRESSES):
                verb, this_round = ("start", "end")[number % 2], 1 + number // 2
                crowd.listen(0.5)
                crowd.heard.clear()
                server.ask()
                began = time.monotonic()
                console.send(f"rounds/{this_round}/{verb}", {"version": version if verb == "end" else 0})
                crowd.until(lambda: len(_own(crowd)) >= size, 60)
                version = int(console.answer()["clock"]["version"])
                last = max(at for at, _, _ in _own(crowd))
                assert len({fd for _, fd, _ in _own(crowd)}) == len(_own(crowd)) == size, "missed or doubled"
                found.append(server.ask("more" if show_more else "") | {"last_ms": (last - began) * 1000})
                if show_more:
                    print(verb, *found[-1]["sql"], *found[-1]["turns"], sep="\n   ")
            size_of = sum(len(text) for _, _, text in _own(crowd)) / size
            crowd.leave()
    print(
        f"{size:>5} people  {transport:<5}  last phone {median(f['last_ms'] for f in found):6.1f} ms"
        f"  loop held {max(f['held_ms'] for f in found):5.1f} ms  one turn {max(f['turn_ms'] for f in found):5.1f} ms"
        f"  statements {max(f['statements'] for f in found)}"
        f"  cpu {median(f['cpu_ms'] for f in found):6.1f} ms  a message {size_of:.0f} bytes",
        flush=True,
    )


def _own(crowd: Crowd) -> list[tuple[float, int, bytes]]:
    return [each for each in crowd.heard if b'"audience":"person"' in each[2][:60]]


def main() -> None:
    """Measure every size."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--sizes", default="57,200")
    parser.add_argument("--transport", default="own")
    parser.add_argument("--more", action="store_true")
    options = parser.parse_args()
    servers.allow_descriptors()
    print(f"load average {os.getloadavg()[0]:.1f}")
    for size in map(int, options.sizes.split(",")):
        measure(size, options.transport, show_more=options.more)


if __name__ == "__main__":
    main()
