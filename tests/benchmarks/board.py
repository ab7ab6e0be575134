"""How long the board and what the numbers say take after years of many groups: `python -m tests.benchmarks.board`.

200 groups of 50 busy members (and ten who have just joined) over 520 weeks: 5.2 million slips with their moves, half a
million one-to-ones and half a million thanks beside 12 million tables shared (`years`). Asked is one group in the
middle, in turns with half of the weeks and with all of them, so that a slow minute of the computer tells on both: `x`
is what twice the data costs, the middle of the turns. Then windows twice as wide, in turns too, the longest single
statement, and a year as a workbook in the child.

Milliseconds are of the processor, on PostgreSQL with what its own processes took; the least disturbed of many. The
databases are made in folders of their own and thrown away; `--database URL` asks an empty PostgreSQL database of this
computer instead, and one beside it that it makes and drops. `--plans` shows how the database finds what the slowest
statements ask for.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event

from server import serving
from server.app import create_context
from server.config import Settings
from server.domain.leading import ALL_THREE
from server.domain.vocabulary import GroupId, PersonId
from server.domain.weeks import monday
from server.services import (
    activities,
    fruit,
    leading,
    lights,
    mine,
    quality,
    slips,
    week_files,
    weeks,
    workbench,
)
from server.services import thanks as thanked
from server.services.context import Context
from tests.benchmarks import sample, years
from tests.benchmarks.people import Meter

ROUNDS = 41
WANTED = {
    "a member's board": 20,
    "the group's board": 60,
    "the group's quality": 50,
    "a member's thanks": 20,
    "a member's activity": 20,
    "a member's numbers": 20,
    "the leaders' numbers": 60,
    f"the matrix of {years.MEMBERS}": 30,
    "the lights of the group": 50,
    "one week": 60,
    "what seating bore fruit": 60,
}
"""Milliseconds."""
STATEMENT = 10.0
"""Milliseconds that one statement may hold the loop."""
Question = Callable[[], object]


def main() -> None:
    """Load, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, default=520)
    parser.add_argument("--groups", type=int, default=200)
    parser.add_argument("--database", default="")
    parser.add_argument("--plans", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name in ("sample", "one", "many"):
            (place / name).mkdir()
        print(f"{sample.check(place / 'sample')} columns of a sample are as the services write them", flush=True)
        one = create_context(Settings(instance=place / "one"))
        many = create_context(Settings(instance=place / "many", database=options.database))
        group, people = one.transaction(years.a_group)
        known: dict[str, int] = {}
        at = time.monotonic()
        half = options.weeks // 2
        years.live(one, group, people, range(half))
        years.multiply(one, many, options.groups, known)
        with years.copied(many, place / "half") as fewer:
            years.live(one, group, people, range(half, options.weeks))
            years.multiply(one, many, options.groups, known)
            serving.calm_collector()  # as in a process that serves
            print(f"{half} and {options.weeks} weeks of {options.groups} groups after {time.monotonic() - at:.0f} s")

            def which(key: int) -> int:
                return key * options.groups + options.groups // 2

            whose = GroupId(which(group)), [PersonId(which(person)) for person in people]
            asked = Asked(many, *whose)
            asked.pages(Asked(fewer, *whose))
        asked.windows()
        asked.folding()
        asked.statements(options.plans)
        asked.workbook()
        workbench.stop_all()
        one.database.close()
        many.database.close()


class Asked:
    """One of the groups, and what is asked about it."""

    def __init__(self, ctx: Context, group: GroupId, people: list[PersonId]) -> None:
        self.ctx, self.group, self.people = ctx, group, people

    def questions(self) -> dict[str, Question]:
        """Every page that has a figure."""
        ctx, group, person = self.ctx, self.group, self.people[0]
        last = monday(ctx.now().date())
        asked: dict[str, Question] = {
            "a member's board": lambda: slips.board(ctx, person, group_id=group),
            "the group's board": lambda: slips.of_group(ctx, group),
            "the group's quality": lambda: quality.of_group(ctx, group, money=True),
            "a member's thanks": lambda: thanked.page(ctx, group, person, money=True),
            "a member's activity": lambda: activities.page(ctx, group, person),
            "a member's numbers": lambda: mine.of_person(ctx, group, person),
            "the leaders' numbers": lambda: leading.of_group(ctx, group),
            f"the matrix of {years.MEMBERS}": lambda: leading.ties(ctx, group, wanted=ALL_THREE, weeks=52),
            "the lights of the group": lambda: lights.of_group(ctx, group),
            "one week": lambda: weeks.show(ctx, group, last),
            "what seating bore fruit": lambda: fruit.of_group(ctx, group),
        }
        return asked

    def pages(self, fewer: "Asked") -> None:
        """Each page, beside what it takes with half of the weeks."""
        questions = fewer.questions()
        for name, question in self.questions().items():
            half, whole, ratio = in_turns((fewer.ctx, questions[name]), (self.ctx, question))
            print(f"{name} {whole:.1f} ms of {WANTED[name]}, half {half:.1f}  x {ratio:.2f} of 1.1", flush=True)

    def windows(self) -> None:
        """What a window twice as wide costs: at most twice as much."""
        ctx, group = self.ctx, self.group

        def of(name: str, narrow: Question, wide: Question) -> None:
            less, more, ratio = in_turns((ctx, narrow), (ctx, wide))
            print(f"window twice as wide: {name} {less:.1f} to {more:.1f} ms  x {ratio:.2f} of 2", flush=True)

        def tied(weeks_: int) -> Question:
            return lambda: leading.ties(ctx, group, wanted=ALL_THREE, weeks=weeks_)

        def summed(weeks_: int) -> Question:
            return lambda: weeks.report(ctx, group, back=weeks_)

        of("the matrix, 26 and 52 weeks", tied(26), tied(52))
        of("the matrix, 52 and 104 weeks", tied(52), tied(104))
        of("the weeks' sum, 13 and 26 weeks", summed(13), summed(26))
        of("the weeks' sum, 26 and 52 weeks", summed(26), summed(52))

    def folding(self) -> None:
        """What it takes to fold a whole history, as long as the loop of a server is held by it, and each page once its
        sums stand without a name.
        """
        given = (self.ctx.settings.instance, self.ctx.settings.database, self.group, self.people[1], self.people[2])
        subprocess.run([sys.executable, "-m", "tests.benchmarks.held", *map(str, given)], check=True)
        for name, question in self.questions().items():
            print(f"folded: {name} {self.least(question):.1f} ms of {WANTED[name]}", flush=True)

    def statements(self, plans: bool) -> None:
        """The longest statement of each page, alone with its rows."""
        for name, question in self.questions().items():
            with self._heard() as heard:
                question()
            longest, which = max((self._alone(*each), each[0]) for each in heard)
            print(f"statements of {name}: {len(heard)}, the longest {longest:.1f} ms of {STATEMENT:.0f}", flush=True)
            if plans:
                for statement, values in heard:
                    self._plan(statement, values, statement == which)

    @contextmanager
    def _heard(self) -> Iterator[list[tuple[str, Any]]]:
        heard: list[tuple[str, Any]] = []

        def listen(line: Any, cursor: Any, statement: str, values: Any, *rest: Any) -> None:
            if statement.startswith("SELECT"):
                heard.append((statement, values))

        event.listen(self.ctx.database.engine, "before_cursor_execute", listen)
        yield heard
        event.remove(self.ctx.database.engine, "before_cursor_execute", listen)

    def _alone(self, statement: str, values: Any) -> float:
        with self.ctx.database.engine.connect() as line:
            raw: Any = line.connection.dbapi_connection

            def run() -> object:
                return raw.execute(statement, values).fetchall()

            taken = self.least(run)
            raw.rollback()
        return taken

    def _plan(self, statement: str, values: Any, longest: bool) -> None:
        how = "EXPLAIN QUERY PLAN " if self.ctx.database.is_sqlite else "EXPLAIN ANALYZE "
        with self.ctx.database.engine.connect() as line:
            raw: Any = line.connection.dbapi_connection
            print("---- the longest" if longest else "----", " ".join(statement.split())[:400])
            for row in raw.execute(how + statement, values).fetchall():
                print("      ", row[-1])
            raw.rollback()

    def workbook(self) -> None:
        """A year of the group as a workbook."""

        def write() -> object:
            lines = weeks.report(self.ctx, self.group, back=52).lines
            return week_files.written(lines, "xlsx", "en")

        write()
        begun = time.monotonic()
        write()
        print(f"a year as XLSX, with the child: {time.monotonic() - begun:.2f} s of 2", flush=True)

    def least(self, question: Question) -> float:
        """Milliseconds of the processor, that of the database's processes included."""
        question()
        meter = Meter(self.ctx)
        return min(_taken(meter, question) for _ in range(ROUNDS))


def in_turns(*both: tuple[Context, Question]) -> tuple[float, float, float]:
    """The least of each question as `Asked.least` has it, and how many times the first the second takes: the middle of
    the turns, each of which asks both.
    """
    for _, question in both:
        question()
    first, second = ((Meter(ctx), question) for ctx, question in both)
    turns = [(_taken(*first), _taken(*second)) for _ in range(ROUNDS)]
    ratio = statistics.median(more / less for less, more in turns)
    return min(less for less, _ in turns), min(more for _, more in turns), ratio


def _taken(meter: Meter, question: Question) -> float:
    begun = meter.seconds()
    question()
    return (meter.seconds() - begun) * 1000


if __name__ == "__main__":
    main()
