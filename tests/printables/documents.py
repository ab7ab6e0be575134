"""One of every document, each with people enough for more than one page.

`python -m tests.printables.documents` prints the SHA-256 sum of each: the same on every run.
"""

import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import replace
from importlib import resources

from printables import badges, calibration, lists, packet, posters, reports, routes, seating, slips, tables, tents
from printables.binding import Part, bind
from printables.model import Back, BadgeOptions, Duplex, Person, Result, Role, RoundTime
from printables.paper import Paper
from printables.plots import Form, Plot, Row, Series
from printables.text import FontSet
from printables.wifi import Network
from tests.printables.conftest import random_code
from tests.printables.eyes import NAMES, plan_of

BASE_URL = "https://meet.example.org"
Make = Callable[[FontSet], Result]


def crowd(count: int) -> list[Person]:
    """People with long and short names, some without company or table, each with a code and seats."""
    source = random.Random(count)
    seats = [person.seats for person in plan_of(count).people]
    return [
        Person(
            *NAMES[at % len(NAMES)],
            role=tuple(Role)[at % 3],
            table=None if at % 5 == 3 else 1 + at % 40,
            code=random_code(source),
            uid=f"u{at}",
            seats=seats[at],
        )
        for at in range(count)
    ]


POSTER = posters.Poster(
    "Partecipa con il tuo telefono",
    f"{BASE_URL}/j/abcd",
    "meet.example.org/j/abcd",
    ("Inquadra il codice.", "Scegli il tuo nome nell’elenco."),
    "Nessuna app da installare.",
    "it",
)
NETWORK = Network("Caffè; sala 2", 'p"ass\\word')
TRIALS = tuple(posters.TrialCode(f"Anna {n}", f"TEST0000000{n:02}") for n in range(14))
CHAIRS = (tents.EmptyChair("Notary", ("Nine open wishes", "Three accountants"), "Bring one along"),) * 3
PACKET_WORDS = packet.PacketWords(
    "Seed packet", "Breakfast", "26 November", "Whom I met", "Tick.", "Nobody.", "What I promised", "Tick.", "Notes",
    "Bring it back.", "Fold.",
)  # fmt: skip
PACKET = packet.Packet("Mira Łukasik", (packet.Line("Max D'Alò", ("Catering", "Round 1"), "K7M4XW"),))
PLOT = Plot(
    "came", Form.COLUMNS, "Came", "March", "More each week.", (Series("Members"),), (Row("1", (3,)), Row("2", (5,)))
)
REPORT = reports.Report("Breakfast", "26 November", (reports.Section("Figures", ("Few.",), (PLOT,)),))
ROUNDS = tuple(RoundTime(at + 1, f"07:{30 + at}") for at in range(5))


def on(stock: str, count: int = 23, **more: object) -> Make:
    """Badges on a stock."""
    options = replace(BadgeOptions(stock, BASE_URL), **more)  # type: ignore[arg-type]
    return lambda fonts: badges.render(crowd(count), options, fonts)


def _in_hindi(fonts: FontSet) -> Result:
    names = ("अनिता शर्मा", "क्षत्रिय", "हिन्दी 12 Ltd", "राजेश्वरी")
    people = [Person(name, "", "ज्ञानेश्वर", code=f"K7M42XW{at}") for at, name in enumerate(names)]
    return badges.render(people, BadgeOptions("avery-l4785", BASE_URL), fonts)


def _bound(fonts: FontSet) -> Result:
    parts = [Part("Badges", on("avery-l4785")(fonts).pdf), Part("Poster", posters.join_poster(POSTER, fonts).pdf)]
    bound = bind(parts, title="Everything", language="en")
    return Result(bound.pdf, bound.pages)


PAPER = Paper("Śniadanie", "Kraków, 26 November", language="pl")
DOCUMENTS: dict[str, Make] = {
    "badges": on("avery-l4785"),
    "badges with backs": on("avery-l4785", back=Back("Agenda", (("07:30", "Arrival"),), ROUNDS), duplex=Duplex.SHORT),
    "badges in hindi": _in_hindi,
    "folded badges": on("a4-fold-a6", 3),
    "cut badges": on("a4-a7-8up"),
    "badges for a thermal roll": on("dk-22205", 3, black_only=True, dots=300),
    "test page of badges": lambda fonts: badges.trial(crowd(9), BadgeOptions("avery-l7418", BASE_URL), fonts),
    "calibration page": lambda fonts: calibration.render(BadgeOptions("avery-l4785", BASE_URL, dx=1.5), fonts),
    "sign-in list": lambda fonts: lists.sign_in(crowd(60), lists.SignIn("Śniadanie"), fonts),
    "join poster": lambda fonts: posters.join_poster(POSTER, fonts),
    "door poster": lambda fonts: posters.door_poster(POSTER, fonts),
    "poster of the network": lambda fonts: posters.wifi_poster(POSTER, NETWORK, fonts),
    "test codes": lambda fonts: posters.trial_sheet(posters.TrialSheet("Codes", TRIALS, BASE_URL), fonts),
    "route cards": lambda fonts: routes.render(plan_of(23), PAPER, fonts),
    "table cards": lambda fonts: tables.render(plan_of(23), PAPER, fonts),
    "seating plan": lambda fonts: seating.render(plan_of(60), PAPER, fonts),
    "tents": lambda fonts: tents.render(crowd(5), PAPER, fonts),
    "empty chairs": lambda fonts: tents.empty_chair(CHAIRS, PAPER, fonts),
    "referral slips": lambda fonts: slips.render(PAPER, fonts, pages=2),
    "seed packets": lambda fonts: packet.render([PACKET] * 3, PACKET_WORDS, fonts),
    "report": lambda fonts: reports.render(REPORT, fonts),
    "everything in one file": _bound,
}


def digests(fonts: FontSet) -> dict[str, str]:
    """The SHA-256 sum of each document."""
    return {name: hashlib.sha256(make(fonts).pdf).hexdigest() for name, make in DOCUMENTS.items()}


if __name__ == "__main__":
    vendor = resources.files("coltiva_vendor")
    cuts = [vendor.joinpath(f"NotoSans-{cut}.ttf").read_bytes() for cut in ("Regular", "Bold")]
    print(json.dumps(digests(FontSet(*cuts))))
