"""How many rounds without any repeat: for g tables of p people ours beside the best known, as a Markdown table.

    python -m tests.benchmarks.cells [--larger] [--seconds 10] [--seed 1]

The best known numbers are facts from the literature on the social golfer problem (OEIS A107431 and the lists it
names); `+` means that more may be possible. A cell reads known / ours: the most rounds the planner fills without a
repeat by design. Where that is less, the repeats left in the known number of rounds after all its seconds stand in
brackets. `--larger` prints 11 to 20 tables of 3 to 5.
"""

import argparse
import sys
import time

from server.domain.planning import Person, Plan, Problem, Shape, plan
from server.domain.planning.construct import seat_by_design
from tests.benchmarks.rounds import Seconds
from tests.domain.planning import checker

KNOWN = {  # tables of 2, 3, 4, …
    3: "5 4 1 1 1 1 1",
    4: "7 4 5 1 1 1 1",
    5: "9 7 5 6 1 1 1",
    6: "11 8 7 6 3 1 1",
    7: "13 10 9 7 7+ 8 1",
    8: "15 11 10 8+ 8+ 8+ 9",
    9: "17 13 11 9+ 9+ 9+ 9+",
    10: "19 14 13 9+ 7+ 7+ 5+",
}
LARGER = {
    11: "- 16 14 11+",
    12: "- 17 15 12+",
    13: "- 19 17 16",
    14: "- 20 18 14+",
    15: "- 22 19 16+",
    16: "- 23 21 16+",
    17: "- 25 22 21",
    18: "- 26 23 18+",
    19: "- 28 25 19+",
    20: "- 29 26 21+",
}


def planned(tables: int, size: int, rounds: int, seconds: float, seed: int) -> Plan:
    """A plan for a full room; checked independently."""
    problem = Problem(tuple(Person(n) for n in range(tables * size)), (Shape(size, tables=tables),) * rounds)
    made = plan(problem, Seconds(seconds), seed)
    faults = checker.faults(problem, made)
    assert not faults, faults
    assert checker.repeats(problem, made) == made.cost.repeats
    return made


def cell(tables: int, size: int, known: str, seconds: float, seed: int) -> tuple[str, float]:
    """One cell, and the seconds it took to fill the known number of rounds."""
    wanted = int(known.rstrip("+"))
    began = time.thread_time()
    made = planned(tables, size, wanted, seconds, seed)
    spent = time.thread_time() - began
    if made.cost.repeats:
        by_design = len(seat_by_design(tables * size, tables, wanted))
        return f"{known} / {by_design} ({made.cost.repeats})", spent
    most = wanted
    # More than is known can only be had where the optimum is open, and is worth a look, not a search.
    while known.endswith("+") and planned(tables, size, most + 1, 0.5, seed).cost.repeats == 0:
        most += 1
    return f"{known} / {most}", spent


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--larger", action="store_true")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    out = sys.stdout
    rows = LARGER if chosen.larger else KNOWN
    sizes = range(3, 6) if chosen.larger else range(2, 9)
    out.write("| tables | " + " | ".join(f"of {size}" for size in sizes) + " | slowest |\n")
    out.write("| --- |" + " --- |" * (len(sizes) + 1) + "\n")
    for tables, row in rows.items():
        known = dict(enumerate(row.split(), start=2))
        cells = [cell(tables, size, known[size], chosen.seconds, chosen.seed) for size in sizes]
        slowest = max(spent for _, spent in cells)
        out.write(f"| {tables} | " + " | ".join(text for text, _ in cells) + f" | {slowest:.2f} s |\n")
        out.flush()


if __name__ == "__main__":
    main()
