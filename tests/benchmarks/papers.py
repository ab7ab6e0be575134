"""How fast the papers of a meeting are: route cards for a congress, and everything for a breakfast.

    python -m tests.benchmarks.papers

CPU time of this process after start-up, best of three. A kit for 60 people is badges, name tents, route cards, table
cards, seating plan, sign-in list and three posters; beside it stand seed packets and a meeting report. Exit code 1 when
a goal is missed.
"""

import random
import sys
import time
from collections.abc import Callable
from importlib import resources

from printables import badges, lists, packet, plots, posters, reports, routes, seating, tables, tents
from printables.model import BadgeOptions, Person, Result, Role, RoundTime
from printables.paper import Paper
from printables.seatplan import SeatPlan
from printables.text import FontSet
from printables.wifi import Network
from tests.benchmarks.badges import BASE_URL, crowd

GOAL = 1.0
KIT = 60
POSTER = posters.Poster(
    "Join with your phone", f"{BASE_URL}/j/abcd", "meet.example.org/j/abcd", ("Scan.", "Choose your name.")
)


def plan_of(count: int, rounds: int = 5, size: int = 5) -> SeatPlan:
    """People at tables of `size`, mixed anew in every round."""
    source = random.Random(count)
    seats: list[list[int | None]] = [[] for _ in range(count)]
    for _ in range(rounds):
        order = list(range(count))
        source.shuffle(order)
        for place, at in enumerate(order):
            seats[at].append(place // size + 1)
    people = tuple(
        Person(one.first_name, one.last_name, one.company, Role.MEMBER, uid=f"u{at}", seats=tuple(seats[at]))
        for at, one in enumerate(crowd(count))
    )
    return SeatPlan(people, tuple(RoundTime(at + 1, f"07:{30 + 10 * at % 60:02}") for at in range(rounds)))


def cpu(make: Callable[[], Result], times: int = 3) -> tuple[float, Result]:
    """The best CPU seconds of some runs, and what was made."""
    best, made = float("inf"), make()
    for _ in range(times):
        start = time.process_time()
        made = make()
        best = min(best, time.process_time() - start)
    return best, made


def kit(fonts: FontSet) -> dict[str, Callable[[], Result]]:
    """Everything for a breakfast."""
    people, plan, paper = crowd(KIT), plan_of(KIT), Paper("Breakfast no. 214", "26 November 2026")
    network = Network("Hotel Corona", "buongiorno")
    return {
        "badges": lambda: badges.render(people, BadgeOptions("avery-l4785", BASE_URL), fonts),
        "name tents": lambda: tents.render(people, paper, fonts),
        "route cards": lambda: routes.render(plan, paper, fonts),
        "table cards": lambda: tables.render(plan, paper, fonts),
        "seating plan": lambda: seating.render(plan, paper, fonts),
        "sign-in list": lambda: lists.sign_in(people, lists.SignIn("Breakfast no. 214"), fonts),
        "join poster": lambda: posters.join_poster(POSTER, fonts),
        "door poster": lambda: posters.door_poster(POSTER, fonts),
        "poster of the network": lambda: posters.wifi_poster(POSTER, network, fonts),
    }


def afterwards(fonts: FontSet) -> dict[str, Callable[[], Result]]:
    """What is printed when the breakfast is over."""
    people, plan = crowd(KIT), plan_of(KIT)
    tables_of = [
        tuple(f"{one.first_name} {one.last_name}" for one in plan.people if one.seats[at] == table)
        for at in range(5)
        for table in range(1, KIT // 5 + 1)
    ]
    names = [f"{one.first_name} {one.last_name}" for one in people]
    met = [
        tuple(packet.Line(names[(at + step) % KIT], ("Round 1",), "K7M4XW") for step in range(1, 13))
        for at in range(KIT)
    ]
    words = packet.PacketWords(
        "Seed packet", "Breakfast", "", "Met", "", "", "Promised", "", "Notes", "Bring it.", "Fold."
    )
    column, number = reports.Column("Name", 0.7), reports.Column("Number", 0.3, is_number=True)
    plot = plots.Plot(
        "came", plots.Form.COLUMNS, "How many came", "", "", (plots.Series("people"),),
        tuple(plots.Row(str(at), (40 + at,)) for at in range(12)),
    )  # fmt: skip
    sections = (
        reports.Section(
            "Who came", plots=(plot, plot), tables=(reports.Table("", (column, number), (("Came", "60"),)),)
        ),
        reports.Section(
            "Who sat with whom", tables=(_table([(str(at), "", ", ".join(sat)) for at, sat in enumerate(tables_of)]),)
        ),
        reports.Section("Everybody", tables=(_table([(name, "Firm", "came") for name in names]),)),
    )
    return {
        "seed packets": lambda: packet.render(
            [packet.Packet(name, some) for name, some in zip(names, met, strict=True)], words, fonts
        ),
        "meeting report": lambda: reports.render(reports.Report("Breakfast", "26 November 2026", sections), fonts),
    }


def _table(rows: list[tuple[str, str, str]]) -> reports.Table:
    columns = reports.Column("Name", 0.3), reports.Column("Company", 0.3), reports.Column("What", 0.4)
    return reports.Table("", columns, tuple(rows))


def main() -> int:
    """Measure, print, and compare with the goals."""
    vendor = resources.files("coltiva_vendor")
    fonts = FontSet(*(vendor.joinpath(f"NotoSans-{cut}.ttf").read_bytes() for cut in ("Regular", "Bold")))
    congress, paper = plan_of(1000), Paper("Congress", "26 November 2026")
    cards, made = cpu(lambda: routes.render(congress, paper, fonts))
    print(
        f"1000 route cards of 5 rounds {cards:18.2f} s {made.pages:5} pages {len(made.pdf):8} bytes   (goal {GOAL} s)"
    )
    whole = 0.0
    for name, make in kit(fonts).items():
        seconds, made = cpu(make)
        whole += seconds
        print(f"  {name:26} {seconds * 1000:18.0f} ms {made.pages:4} pages {len(made.pdf):8} bytes")
    print(f"all of them for {KIT} people {whole:20.2f} s {'':29}(goal {GOAL} s)")
    for name, make in afterwards(fonts).items():
        seconds, made = cpu(make)
        print(f"  {name:26} {seconds * 1000:18.0f} ms {made.pages:4} pages {len(made.pdf):8} bytes")
    return int(cards > GOAL or whole > GOAL)


if __name__ == "__main__":
    sys.exit(main())
