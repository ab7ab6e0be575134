"""How long people take to be found, listed, brought in and compared, on both databases.

    python -m tests.benchmarks.people [crowd] [list] [--postgresql URL]

`crowd` people (50,000) for the search, `list` (5,000) for list pages, an import and the search for duplicates. SQLite
and, where `--postgresql` or COLTIVA_TEST_POSTGRES names a server of this computer, PostgreSQL. Under four minutes.

Searches and pages are judged by server time: processor of this process and of the database's own, the least of twenty,
so that a busy machine does not count; the middle of the clock's times stands beside it. Every search and every page is
asked after somebody has written, so that nothing kept from the last one helps. An import and a search for duplicates
are judged by the clock; the processor that they and the child took stands beside it. Prints a Markdown table; exit
code 1 when a goal is missed.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, insert, text, update

from server.app import create_app, create_context
from server.config import Settings
from server.domain import names
from server.domain.vocabulary import GroupId, Standing
from server.persistence.base import new_uid
from server.persistence.models import Group, Membership, Person
from server.services import duplicates, import_runs, people, uploads, workbench
from server.services.context import Context, Tx
from server.services.import_reading import Choices
from server.services.uploads import Upload
from server.views import guards
from tests import builders
from tests.cast import OLGA

DATABASE = "coltiva_benchmark_people"
GOALS = {
    "search": ("search, worst of six words, ms of server time", 15.0),
    "page": ("list page, worst of four, ms of server time", 20.0),
    "statements": ("list page, statements", 8),
    "import": ("import, s", 10.0),
    "duplicates": ("duplicates, s", 3.0),
}


@dataclass(frozen=True)
class Took:
    """What something cost: processor (the least) and the clock (the middle), in the unit of its goal."""

    judged: float
    beside: str


LETTERS = "abcdefghijklmnoprstuwz"


@contextmanager
def databases(server: str) -> Iterator[list[tuple[str, str]]]:
    """Both kinds of database, empty."""
    found = [("SQLite", "")]
    if not server:
        yield found
        return
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {DATABASE}"))
    try:
        yield [*found, ("PostgreSQL", server.rsplit("/", 1)[0] + "/" + DATABASE)]
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"))
        admin.dispose()


def crowd(ctx: Context, group_id: int, count: int, seed: int) -> list[str]:
    """So many people who do not exist; answers words to look for, from rare to frequent."""
    dice = random.Random(seed)

    def word(least: int, most: int) -> str:
        return "".join(dice.choice(LETTERS) for _ in range(dice.randint(least, most))).title()

    given, family, firms = ([word(4, 9) for _ in range(size)] for size in (600, 9_000, 3_000))

    def work(tx: Tx) -> None:
        rows = []
        for number in range(count):
            one, other, firm = dice.choice(given), dice.choice(family), f"{dice.choice(firms)} Srl"
            sector = f"Trade {number % 60}"
            rows.append(
                {
                    "given_name": one, "family_name": other, "company": firm, "sector": sector, "country": "IT",
                    "email": f"p{seed}-{number}@example.org", "created_at": tx.now,
                    "search_key": names.search_key(one, other, firm), "sort_key": names.sort_key(other, one, "it"),
                    "company_key": names.folded(firm), "sector_key": names.folded(sector),
                }
            )  # fmt: skip
        for at in range(0, count, 5_000):
            ids = tx.db.scalars(insert(Person).returning(Person.id), rows[at : at + 5_000]).all()
            tx.db.execute(
                insert(Membership),
                [
                    {"uid": new_uid(), "group_id": group_id, "person_id": key, "standing": Standing.MEMBER}
                    for key in ids
                ],
            )

    ctx.transaction(work)
    return [family[0].lower(), f"{given[0].lower()} {family[0].lower()[:3]}", given[0].lower()[:4], "ab", "a", "srl"]


class Meter:
    """Processor seconds of this process and of the database's processes that serve it."""

    def __init__(self, ctx: Context) -> None:
        self.files: list[Path] = []
        if not ctx.database.is_sqlite:
            ask = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = :kind")
            with ctx.reading() as db:
                found = db.scalars(ask, {"kind": "client backend"})
                self.files = [Path(f"/proc/{pid}/schedstat") for pid in found]

    def seconds(self) -> float:
        """As of now."""
        return time.process_time() + sum(int(file.read_text().split()[0]) for file in self.files if file.exists()) / 1e9


def least(ctx: Context, work: Callable[[], object], times: int = 20) -> tuple[float, float]:
    """Milliseconds of processor of the cheapest and of the clock of the middle one, each after somebody has written."""
    meter, cost, took = Meter(ctx), [], []
    for turn in range(times):
        _write(ctx, 2 + turn % 2)
        spent, began = meter.seconds(), time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
        cost.append((meter.seconds() - spent) * 1000)
    return min(cost), statistics.median(took)


def _write(ctx: Context, value: int) -> None:
    """Somebody writes something."""

    def work(tx: Tx) -> None:
        tx.db.execute(update(Group).values(visits_allowed=value))

    ctx.transaction(work)


def measured(url: str, many: int, some: int) -> dict[str, Took]:
    """All figures on one database."""
    instance = Path(tempfile.mkdtemp())
    ctx = create_context(Settings(instance=instance, database=url))
    big = ctx.transaction(lambda tx: int(builders.a_group(tx, "Big").id))
    small, token = ctx.transaction(_organised)
    other = ctx.transaction(lambda tx: int(builders.a_group(tx, "Third").id))
    words = crowd(ctx, big, many, 1)
    crowd(ctx, small, some, 2)
    with ctx.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if ctx.database.is_sqlite else "VACUUM ANALYZE"))

    def look(word: str) -> Callable[[], object]:
        return lambda: people.listed(ctx, GroupId(big), people.wanted(word))

    found = {"search": _worst({f"{word!r}": least(ctx, look(word)) for word in words})}
    found |= _pages(ctx, token)
    found["duplicates"] = _timed(ctx, lambda: duplicates.found(ctx, GroupId(small)))
    found["import"] = _timed(ctx, lambda: _import(ctx, GroupId(other), some))
    ctx.database.close()
    return found


def _worst(each: dict[str, tuple[float, float]]) -> Took:
    beside = ", ".join(f"{what} {cost:.1f} ({usual:.1f})" for what, (cost, usual) in each.items())
    return Took(max(cost for cost, _ in each.values()), beside)


def _timed(ctx: Context, work: Callable[[], object]) -> Took:
    """By the clock, with the processor of this process, the child and the database beside it."""
    # The child is there already, as in a server that runs, and is asked after the work: it keeps its number.
    workbench.idle().do("people.duplicates", {"records": [], "apart": []})
    meter = Meter(ctx)
    children = [Path(f"/proc/{pid}/schedstat") for pid in _children()]
    spent = meter.seconds() + sum(int(file.read_text().split()[0]) for file in children) / 1e9
    began = time.perf_counter()
    work()
    took = time.perf_counter() - began
    meter = Meter(ctx) if not ctx.database.is_sqlite else meter
    cost = meter.seconds() + sum(int(file.read_text().split()[0]) for file in children if file.exists()) / 1e9 - spent
    return Took(took, f"processor {cost:.1f}")


def _children() -> list[str]:
    return Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()


def _organised(tx: Tx) -> tuple[int, int]:
    group = builders.a_group(tx, "List")
    return group.id, builders.an_organiser(tx, group, OLGA).id


def _pages(ctx: Context, person_id: int) -> dict[str, Took]:
    app = create_app(ctx.settings, context=ctx)
    client = app.test_client()
    client.set_cookie(guards.COOKIE, builders.signed_in(ctx, person_id))
    sent: list[str] = []
    event.listen(ctx.database.engine, "before_cursor_execute", lambda *told: sent.append(told[2]))
    each, statements = {}, 0
    for address in ("/o/people", "/o/people?page=60", "/o/people?q=ab&sector=Trade+7", "/o/people?order=company"):

        def show(address: str = address) -> None:
            assert client.get(address).status_code == 200

        _write(ctx, 3)
        sent.clear()
        show()
        statements = max(statements, sum(one.startswith("SELECT") for one in sent))
        each[address] = least(ctx, show)
    return {"page": _worst(each), "statements": Took(statements, "with nothing kept")}


def _import(ctx: Context, group_id: GroupId, rows: int) -> float:
    lines = [f"Given{n},Żółty{n},Firm {n},q{n}@example.org,+39 {n:07},Trade {n % 60},Como" for n in range(rows)]
    data = "\n".join(("First name,Last name,Company,Email,Phone,Sector,Region", *lines)).encode()
    session: Any = "S" * 16
    token = uploads.keep(ctx, session_uid=session, upload=Upload("people.csv", data))
    began = time.perf_counter()
    import_runs.begin(ctx, session_uid=session, group_id=group_id, token=token, choices=Choices())
    while (view := import_runs.view(ctx, session_uid=session)) is not None and view.live:
        time.sleep(0.02)
    took = time.perf_counter() - began
    assert view is not None
    assert view.result is not None, view.refusal
    assert view.result.new == rows
    return took


def main(arguments: list[str]) -> int:
    """Measure, print, judge."""
    told = argparse.ArgumentParser(description="Figures of the people's pages, on both databases.")
    told.add_argument("crowd", nargs="?", type=int, default=50_000)
    told.add_argument("list", nargs="?", type=int, default=5_000)
    told.add_argument("--postgresql", default=os.environ.get("COLTIVA_TEST_POSTGRES", ""), metavar="URL")
    asked = told.parse_args(arguments)
    missed = False
    with databases(asked.postgresql) as found:
        loads = ", ".join(f"{load:.1f}" for load in os.getloadavg())
        print(f"{asked.crowd:,} people to search, {asked.list:,} on the list; load {loads}\n")
        print("| | database | measured | goal | beside it |\n| --- | --- | --- | --- | --- |")
        for name, url in found:
            for key, took in measured(url, asked.crowd, asked.list).items():
                what, goal = GOALS[key]
                missed |= took.judged > goal
                mark = " **missed**" if took.judged > goal else ""
                print(f"| {what} | {name} | {took.judged:.1f}{mark} | {goal:g} | {took.beside} |", flush=True)
    workbench.stop_all()
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
