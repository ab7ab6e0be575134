"""Plans every instance of a folder and prints the result beside the anchor, as a Markdown table.

    python -m tests.benchmarks.rounds FOLDER [--seconds 1] [--seeds 1,2,3] [--only TEXT]

An instance file is a problem as `coltiva plan` reads it, or a list of them. Seconds are processor seconds of the
planner's thread. A cell reads repeats/same sector/wishes met, as far as the instance has them; several seeds are
separated by blanks. `first` is when the first valid plan was there, `used` the whole call, both the slowest seed's.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from server.domain.planning import Plan, Problem, plan, problem_from_json
from tests.domain.planning import checker

# What an open planner of today reaches with its own stopping rule, measured once on one core (seconds in brackets).
ANCHOR = {
    "sgp-8-4-5": "0 (0.3)",
    "sgp-8-4-7": "2 (0.7)",
    "sgp-8-4-8": "5 (2.5)",
    "sgp-8-4-9": "18 (2.3)",
    "sgp-8-4-10": "35 (2.9)",
    "sgp-5-3-7": "7 (1.4)",
    "sgp-7-3-10": "11 (0.6)",
    "sgp-10-3-9": "0 (0.4)",
    "sgp-6-4-6": "5 (0.2)",
    "sgp-6-6-3": "0 (1.4)",
    "sgp-7-7-8": "167 (7.9)",
    "over-4-6-6": "120 (9.8)",
    "mix-37-5-5": "0 (2.2)",
    "big-25-4-12": "7 of 12 rounds (26)",
    "big-20-5-10": "3 of 10 rounds (23)",
    "huge-125-8-6": "1 of 6 rounds (21)",
    "pairs-500-8": "0 (7.7)",
    "pairs-41-trio-sectors": "0/0 with byes (0.3)",
    "pairs-25-bye": "0/0 (0.2)",
    "full-40-5-6": "7/0/166 (4.8)",
    "hosts-48-6-6": "29/2 (2.8)",
    "hist-36-4-5": "5/1 (1.9)",
    "late-30-5-6": "cannot",
    "gala-200-8-6": "no round in 150",
}


class Seconds:
    """A budget of processor seconds of this thread."""

    steps: int | None = None

    def __init__(self, seconds: float) -> None:
        self.end = time.thread_time() + seconds

    def left(self) -> float:
        """Seconds left."""
        return self.end - time.thread_time()


def instances(folder: Path) -> Iterator[dict[str, Any]]:
    """Every problem in the JSON files of a folder, in the order of their names."""
    for path in sorted(folder.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        yield from content if isinstance(content, list) else [content]


def figures(problem: Problem, made: Plan) -> str:
    """Repeats, same sector and wishes met, with a mark when the plan is invalid or proven optimal."""
    parts = [str(checker.repeats(problem, made))]
    if any(person.sector is not None for person in problem.people):
        parts.append(str(checker.same_sector(problem, made)))
    wanted = checker.wishes_missed(problem, Plan((), made.cost, made.bound, 0, 0))
    if wanted:
        parts.append(str(wanted - made.cost.wishes_missed))
    mark = " INVALID" if checker.faults(problem, made) else "*" if made.repeats_optimal else ""
    return "/".join(parts) + mark


def row(instance: dict[str, Any], seconds: float, seeds: list[int]) -> str:
    """One line of the table."""
    problem = problem_from_json(instance)
    cells, first, used = [], 0.0, 0.0
    for seed in seeds:
        began = time.thread_time()
        heard: list[float] = []
        made = plan(
            problem,
            Seconds(seconds),
            seed,
            lambda _, heard=heard: heard.append(time.thread_time()),  # type: ignore[misc]
        )
        used = max(used, time.thread_time() - began)
        first = max(first, heard[0] - began)
        cells.append(figures(problem, made))
    shape = problem.shapes[0]
    described = f"{len(problem.people)} in {problem.rounds} rounds of {shape.size}"
    anchor = ANCHOR.get(str(instance.get("id")), "")
    name = instance.get("id", "")
    return f"| {name} | {described} | {anchor} | {' '.join(cells)} | {first:.3f} | {used:.2f} |"


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--seeds", default="1,2,3,4,5")
    parser.add_argument("--only", default="", help="plan the instances whose id contains this text")
    chosen = parser.parse_args()
    seeds = [int(seed) for seed in chosen.seeds.split(",")]
    out = sys.stdout
    out.write(f"| instance | people | anchor | ours, {chosen.seconds:g} s, seeds {chosen.seeds} | first | used |\n")
    out.write("| --- | --- | --- | --- | --- | --- |\n")
    for instance in instances(chosen.folder):
        if chosen.only in str(instance.get("id", "")):
            out.write(row(instance, chosen.seconds, seeds) + "\n")
            out.flush()
    out.write("\n`*` = proven: no plan has fewer repeats.\n")


if __name__ == "__main__":
    main()
