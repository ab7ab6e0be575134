"""What goes into a document and what comes out of it.

Plain frozen values only. Whatever cannot be printed at all is a `PrintRefused`; whatever was printed
but deserves a look is a `Warning_` in the result, naming the person. Both carry a key and parameters,
so that a page can say them in its own language, and both turn into one English sentence with `str()`.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from printables.errors import Param
from printables.errors import PrintRefused as PrintRefused
from printables.stocks import Stock

WARNINGS: dict[str, str] = {
    "shortened": "%(name)s: %(field)s was shortened to fit.",
    "left_out": "%(name)s: there is no room for %(field)s.",
    "missing_glyphs": "%(name)s: the font has no letter for %(characters)s.",
    "needs_shaping": "%(name)s: the script of this name is printed letter by letter, please check it.",
    "no_code": "%(name)s has no code, so the badge carries none.",
    "same_code": "%(name)s has the same code as %(other)s.",
    "no_room_for_code": "%(stock)s is too small for a code that phones can read (%(people)s badges).",
    "no_seats": "%(name)s has no seats yet: the card has room to write them down.",
    "small_code": "%(name)s: the code has modules of only %(module)s mm, phones must come close.",
    "local_address": "The base address %(base_url)s can only be opened on this computer.",
}


@dataclass(frozen=True, slots=True)
class Warning_:  # noqa: N801 - the plain word is a builtin
    """Something printed that deserves a look; `params["name"]` names the person where there is one."""

    key: str
    params: dict[str, Param] = field(default_factory=dict)

    def __str__(self) -> str:
        return WARNINGS[self.key] % self.params


@dataclass(frozen=True, slots=True)
class Result:
    """A finished document."""

    pdf: bytes
    pages: int
    warnings: tuple[Warning_, ...] = ()


class Role(StrEnum):
    """What the band of a badge says; colour and shape follow from it."""

    MEMBER = "member"
    VISITOR = "visitor"
    HOST = "host"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who gets a badge, a card or a line in a list. Names are printed as typed; `trade` gives way first.

    `seats` holds the table of each round of the seating plan, `None` where they sit out; empty before there is one.
    """

    first_name: str
    last_name: str
    company: str = ""
    role: Role = Role.MEMBER
    table: int | None = None
    code: str = ""
    uid: str = ""
    trade: str = ""
    seats: tuple[int | None, ...] = ()

    @property
    def name(self) -> str:
        """First and last name, for warnings."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class Words:
    """The words on a badge in the language of the meeting, and the document's title."""

    member: str = "Member"
    visitor: str = "Visitor"
    host: str = "Host"
    table: str = "Table"
    title: str = "Badges"
    language: str = "en"

    def for_role(self, role: Role) -> str:
        """The word in the band."""
        return {Role.MEMBER: self.member, Role.VISITOR: self.visitor, Role.HOST: self.host}[role]


@dataclass(frozen=True, slots=True)
class RoundTime:
    """One round as it is announced: its number, when it starts (`07:40`), and the question it brings."""

    number: int
    starts: str = ""
    prompt: str = ""


class Duplex(StrEnum):
    """The edge about which the printer turns a sheet for its other side."""

    LONG = "long"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class Back:
    """What stands on the back of every badge: agenda as times and texts, and the bearer's own rounds.

    With `rounds` each back shows its person's `seats`; `out_word` stands where they sit out.
    """

    heading: str = ""
    agenda: tuple[tuple[str, str], ...] = ()
    rounds: tuple[RoundTime, ...] = ()
    out_word: str = "–"


@dataclass(frozen=True, slots=True)
class BadgeOptions:
    """How badges are printed.

    `stock` is an id of `stocks.csv` or a stock of one's own. `start_at` is the first free label of a
    part-used sheet, from 1. `dx`, `dy` (mm, right and down) and `scale` correct one printer.
    `length_mm` is for endless rolls. `dots` (an inch) makes the modules of the code whole printer dots.
    `force_address` prints even a bare IP address. `black_only` prints without colour. With `back` the pages
    alternate, front and back, for a printer that turns the sheet about the edge `duplex`; `back_dx`, `back_dy` move
    the backs. On folded stock the back is a face of the same sheet.
    """

    stock: str | Stock
    base_url: str
    words: Words = Words()
    start_at: int = 1
    dx: float = 0.0
    dy: float = 0.0
    scale: float = 1.0
    black_only: bool = False
    force_address: bool = False
    length_mm: float = 100.0
    dots: int | None = None
    back: Back | None = None
    duplex: Duplex = Duplex.LONG
    back_dx: float = 0.0
    back_dy: float = 0.0
