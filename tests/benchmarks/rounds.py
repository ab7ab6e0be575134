"""Plans 24 meetings and prints the result beside the anchor's and the target, as a Markdown table.

    python -m tests.benchmarks.rounds [FOLDER] [--seconds 1,10] [--seeds 1,2,3,4,5] [--only TEXT] [--readme]

Without a folder the planner's own 24 instances are planned (see `instances`); an instance file is a problem as
`coltiva plan` reads it, or a list of them. Seconds are processor seconds of the planner's thread. A cell reads
repeats/same sector/wishes met, as far as the instance has them, seed by seed where they differ; `*` means proven: no
plan has fewer repeats. `first` is when the first valid plan was there, the slowest seed's. With `--readme` the table
goes into the planner's README as well. Every plan is checked by the tests' own checker.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from server.domain.planning import Plan, Problem, plan, problem_from_json
from tests.benchmarks.instances import ANCHOR, TARGET, from_folder, of_our_own
from tests.domain.planning import checker

README = Path(__file__).parents[2] / "server" / "domain" / "planning" / "README.md"
BEGIN, END = "<!-- the table of tests.benchmarks.rounds begins -->\n", "<!-- and ends -->\n"


class Seconds:
    """A budget of processor seconds of this thread."""

    steps: int | None = None

    def __init__(self, seconds: float) -> None:
        self.end = time.thread_time() + seconds

    def left(self) -> float:
        """Seconds left."""
        return self.end - time.thread_time()


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


def planned(problem: Problem, seconds: float, seeds: list[int]) -> tuple[str, float]:
    """What every seed reached, and when the slowest had its first plan."""
    cells, first = [], 0.0
    for seed in seeds:
        began = time.thread_time()
        heard: list[float] = []
        made = plan(problem, Seconds(seconds), seed, lambda _, heard=heard: heard.append(time.thread_time()))  # type: ignore[misc]
        first = max(first, heard[0] - began)
        cells.append(figures(problem, made))
    return (cells[0] if len(set(cells)) == 1 else " ".join(cells)), first


def table(instances: Iterator[dict[str, Any]], budgets: list[float], seeds: list[int]) -> Iterator[str]:
    """The lines of the table."""
    ours = "".join(f" ours, {seconds:g} s |" for seconds in budgets)
    yield f"| instance | people | anchor (s) | target |{ours} first, s |"
    yield "| --- | --- | --- | --- |" + " --- |" * (len(budgets) + 1)
    for instance in instances:
        problem = problem_from_json(instance)
        name = str(instance.get("id", ""))
        described = f"{len(problem.people)} in {problem.rounds} rounds of {problem.shapes[0].size}"
        results = [planned(problem, seconds, seeds) for seconds in budgets]
        cells = "".join(f" {text} |" for text, _ in results)
        first = max(first for _, first in results)
        yield f"| {name} | {described} | {ANCHOR.get(name, '')} | {TARGET.get(name, '')} |{cells} {first:.3f} |"


def into_readme(lines: list[str]) -> None:
    """Put the table where the last one was."""
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    README.write_text(before + BEGIN + "\n".join(lines) + "\n" + END + after, encoding="utf-8")


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--seconds", default="1")
    parser.add_argument("--seeds", default="1,2,3,4,5")
    parser.add_argument("--only", default="", help="plan the instances whose id contains this text")
    parser.add_argument("--readme", action="store_true", help="write the table into the planner's README")
    chosen = parser.parse_args()
    instances = of_our_own() if chosen.folder is None else from_folder(chosen.folder)
    wanted = (each for each in instances if chosen.only in str(each.get("id", "")))
    budgets = [float(seconds) for seconds in chosen.seconds.split(",")]
    lines = []
    for line in table(wanted, budgets, [int(seed) for seed in chosen.seeds.split(",")]):
        lines.append(line)
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    if chosen.readme:
        into_readme(lines)


if __name__ == "__main__":
    main()
