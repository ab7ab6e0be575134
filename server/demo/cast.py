"""The made-up people of the demo: names, firms and wishes drawn by a seed. The same seed gives the same people.

Nobody of them exists: their addresses end in `.example`, their telephone numbers lie in ranges that nobody is given.
"""

import random
import re
from dataclasses import dataclass

from server.demo.trades import TRADES, Trade
from server.domain import names

MEMBERS = 48
VISITORS = 9


@dataclass(frozen=True)
class Tongue:
    """Names of one language: given names of women and men, family names as women and men bear them, regions."""

    code: str
    country: str
    languages: str
    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[tuple[str, str], ...]
    regions: tuple[str, ...]
    phone: str


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


def _same(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, name) for name in text.split(","))


def _paired(text: str) -> tuple[tuple[str, str], ...]:
    """Family names with their feminine form: -ski and -cki change, others stay."""
    return tuple((re.sub("(?<=[sc]k)i$", "a", name), name) for name in text.split(","))


ITALIAN = Tongue(
    "it",
    "IT",
    "it, en",
    _split("Giulia,Francesca,Chiara,Elisabetta,Martina,Valentina,Silvia,Paola,Lucia,Beatrice,Ilaria,Noemi"),
    _split("Alessandro,Giovanni,Matteo,Marco,Luca,Davide,Stefano,Andrea,Paolo,Niccolò,Tommaso,Fabio"),
    _same(
        "Bianchi,Ferrari,Esposito,Romano,Colombo,Ricci,Marino,Greco,Conti,De Luca,Mancini,Costa,Giordano,Rizzo,"
        "Lombardi,Moretti,Barbieri,Fontana,Santoro,Mariani,Rinaldi,Caruso,Ferrara,Galli,Martini,Leone,Longo,D'Angelo,"
        "Gentile,Martinelli"
    ),
    ("Veneto", "Friuli", "Lombardia", "Toscana", "Emilia-Romagna"),
    "+39 000 5550 {:03d}",
)
POLISH = Tongue(
    "pl",
    "PL",
    "pl, en",
    _split("Agnieszka,Małgorzata,Katarzyna,Zuzanna,Grażyna,Joanna,Magdalena,Ewa,Zofia,Bożena,Łucja,Aleksandra"),
    _split("Bartłomiej,Krzysztof,Łukasz,Paweł,Michał,Grzegorz,Wojciech,Jakub,Mateusz,Piotr,Sławomir,Tomasz"),
    _paired(
        "Wiśniewski,Wójcik,Kowalczyk,Kamiński,Lewandowski,Zieliński,Szymański,Woźniak,Dąbrowski,Kozłowski,Jankowski,"
        "Mazur,Kwiatkowski,Krawczyk,Piotrowski,Grabowski,Nowakowski,Pawłowski,Michalski,Jabłoński,Wróbel,Majewski,"
        "Olszewski,Stępień,Malinowski,Górski"
    ),
    ("Małopolska", "Śląsk", "Mazowsze", "Pomorze", "Wielkopolska"),
    "+48 000 550 {:03d}",
)
ENGLISH = Tongue(
    "en",
    "GB",
    "en",
    _split("Emma,Charlotte,Alice,Harriet,Grace,Imogen,Sophie,Rachel"),
    _split("Oliver,Thomas,Edward,Samuel,Henry,Jack,Daniel,Hugh"),
    _same(
        "Hughes,Thompson,Wright,Walker,Robinson,Green,Hall,Wood,Clarke,Bennett,Shaw,Palmer,Ellis,Marsh,O'Brien,Fletcher"
    ),
    ("Yorkshire", "London", "Cornwall", "Scotland"),
    "+44 7700 900{:03d}",
)
SHARES = ((ITALIAN, 24), (POLISH, 20), (ENGLISH, 13))
"""How many of the 57 have a name of each language."""


@dataclass(frozen=True)
class MadeUp:
    """One made-up person, before the program knows them."""

    given: str
    family: str
    tongue: str
    company: str
    sector: str
    region: str
    country: str
    languages: str
    email: str
    phone: str
    looks_for: str
    wants_sector: str
    offers: str

    @property
    def name(self) -> str:
        """The whole name."""
        return names.full_name(self.given, self.family)


def made_up_people(chance: random.Random) -> tuple[MadeUp, ...]:
    """All 57, the members first; no two with the same family name, firm or sector."""
    trades = list(TRADES)
    chance.shuffle(trades)
    people = [
        _person(chance, tongue, given, family, trades.pop(), number)
        for tongue, count in SHARES
        for number, (given, family) in enumerate(_named(chance, tongue, count), start=1)
    ]
    chance.shuffle(people)
    # The first one founded the group and organises it: somebody whose name says where the breakfast is.
    founder = next(at for at, person in enumerate(people) if person.tongue == "it")
    people.insert(0, people.pop(founder))
    return tuple(people)


def _named(chance: random.Random, tongue: Tongue, count: int) -> list[tuple[str, str]]:
    """As many given and family names as wanted, women and men in turn; a given name comes again only when all came."""
    families = chance.sample(tongue.families, count)
    women, men = (chance.sample(given, len(given)) for given in (tongue.women, tongue.men))
    found = []
    for at, (as_woman, as_man) in enumerate(families):
        turn = at // 2
        if at % 2 == 0:
            found.append((women[turn % len(women)], as_woman))
        else:
            found.append((men[turn % len(men)], as_man))
    return found


def _person(chance: random.Random, tongue: Tongue, given: str, family: str, trade: Trade, number: int) -> MadeUp:
    noun = {"it": trade.italian, "pl": trade.polish, "en": trade.english}[tongue.code]
    company = f"{family} {noun}" if tongue.code == "en" else f"{noun} {family}"
    return MadeUp(
        given=given,
        family=family,
        tongue=tongue.code,
        company=company,
        sector=trade.sector,
        region=chance.choice(tongue.regions),
        country=tongue.country,
        languages=tongue.languages,
        email=f"{_plain(given)}@{_plain(company)}.example",
        phone=tongue.phone.format(chance.randrange(10) * 100 + number),
        looks_for=_sentence(trade.looks_for),
        wants_sector=trade.wants,
        offers=_sentence(trade.offers),
    )


def _plain(text: str) -> str:
    """A name as an address can hold it: folded, words joined by hyphens."""
    return "-".join(names.query_words(text))


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
