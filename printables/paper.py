"""What all papers of a page share: size, title, words, head and foot, and texts that fit or are named.

Every word is handed in with `PaperWords`, made once for a language and used for every paper.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from printables import checks, draw
from printables.colours import HAIR, SOFT
from printables.discs import table_disc
from printables.draw import Document, Place
from printables.heads import MARGIN as MARGIN
from printables.heads import caption, head
from printables.model import Person, Result, Role, Warning_
from printables.stocks import Rect
from printables.text import LEADING, PT, Face, Fitted, FontSet, clean, fit


@dataclass(frozen=True, slots=True)
class PaperWords:
    """The words on papers in the language of the meeting. A field that is not printed may stay English."""

    member: str = "Member"
    visitor: str = "Visitor"
    host: str = "Host"
    round: str = "Round"
    table: str = "Table"
    name: str = "Name"
    company: str = "Company"
    meets: str = "You meet"
    sits_out: str = "Free this round"
    promises: str = "What I promise"
    promise_to: str = "To whom"
    promise_what: str = "What, until when"
    by_name: str = "By name"
    by_table: str = "By table"
    slip: str = "Referral slip"
    slip_to: str = "To"
    slip_from: str = "From"
    slip_date: str = "Date"
    slip_prospect: str = "Prospect"
    slip_contact: str = "Phone or e-mail"
    slip_need: str = "What they need"
    slip_consent: str = "They said yes to being called"
    slip_level: str = "How far I introduced you"
    slip_levels: tuple[str, str, str, str, str] = (
        "Name and number",
        "Your card or page",
        "A good word",
        "A call arranged",
        "Face to face",
    )
    slip_vouch: str = "Why I vouch"
    slip_used: str = "I was a customer"
    slip_saw: str = "I saw the work"
    slip_heard: str = "I heard well of it"
    slip_how: str = "How I introduced you"
    slip_ways: tuple[str, str, str, str, str] = (
        "I gave them your card",
        "I told them you would call",
        "I wrote to them",
        "I arranged the call",
        "I brought you together",
    )
    slip_buys: str = "Who buys?"
    slip_outside: str = "somebody else"
    slip_inside: str = "I do"
    slip_comments: str = "Comment"
    password: str = "Password"
    network: str = "Network"
    open_network: str = "No password"

    def for_role(self, role: Role) -> str:
        """The word of a role."""
        return {Role.MEMBER: self.member, Role.VISITOR: self.visitor, Role.HOST: self.host}[role]


@dataclass(frozen=True, slots=True)
class Paper:
    """What every paper of a page is told: its title (the meeting), place and date, page size, language, words.

    `size` is `a4` or `letter`.
    """

    title: str
    subtitle: str = ""
    size: str = "a4"
    language: str = "en"
    words: PaperWords = field(default_factory=PaperWords)


class Sheet:
    """A paper being drawn: its document, what deserves a look, and the parts that all papers share."""

    def __init__(self, paper: Paper, fonts: FontSet) -> None:
        """Begin; raises `PrintRefused("unknown_paper")`."""
        self.width, self.height = checks.paper(paper.size)
        self.paper = paper
        self.words = paper.words
        self.fonts = fonts
        self.warnings: list[Warning_] = []
        self.title = clean(paper.title)
        self.subtitle = clean(paper.subtitle)
        self.document = Document(self.width, self.height, title=self.title, language=paper.language, fonts=fonts)
        self._named: set[str] = set()
        self._cut: set[tuple[str, str]] = set()
        self._discs: dict[tuple[int, float], str] = {}

    def note_letters(self, person: Person) -> None:
        """Warn, once a person, about letters the fonts lack."""
        text = clean(f"{person.name} {person.company} {person.trade}")
        if not text.isascii() and text not in self._named:
            self._named.add(text)
            self.warnings += checks.letters(self.fonts, person.name, text)

    def fitted(
        self, face: Face, text: str, room: float, *, largest: float, smallest: float, name: str, part: str,
        lines: int = 1,
    ) -> Fitted:  # fmt: skip
        """A text made to fit; where letters had to go, a warning names whose they were."""
        made = fit(self.fonts, face, text, room, largest=largest, smallest=smallest, lines=lines)
        if made.is_cut:
            self.note_cut(name, part)
        return made

    def note_cut(self, name: str, part: str) -> None:
        """Warn that something was shortened, once for each person and part."""
        if (name, part) not in self._cut:
            self._cut.add((name, part))
            self.warnings.append(Warning_("shortened", {"name": name, "field": part}))

    def head(self, page: str = "") -> str:
        """The head of a full page, and at its foot the page number."""
        return head(self.document, self.title, self.subtitle, page)

    def caption(self, x: float, base: float, room: float, largest: float = 8.0) -> str:
        """Title, place and date in the corner of a card, small and in a softer ink."""
        made = caption(self.fonts, self.title, self.subtitle, room, largest)
        step = made.size * PT * LEADING
        top = base + (len(made.lines) - 1) * step * 0.6
        return "\n".join(self.small(x, top - at * step, line, made.size) for at, line in enumerate(made.lines))

    def page(self, parts: Iterable[str]) -> None:
        """One whole page of these operators."""
        with self.document.placed(self.document.whole_page()):
            for part in parts:
                if part:
                    self.document.put(part)
        self.document.next_page()

    def table_disc(self, number: int, x: float, y: float, radius: float) -> str:
        """A table's number in its colour, in a disc around x, y."""
        key = number, radius
        if key not in self._discs:
            self._discs[key] = table_disc(self.document, number, 0, 0, radius)
        return f"q 1 0 0 1 {draw.number(x)} {draw.number(y)} cm\n{self._discs[key]}\nQ"

    def small(self, x: float, y: float, text: str, size: float = 7.0) -> str:
        """A small word in a softer ink, as over columns and fields."""
        return f"q {draw.colour(SOFT)} {self.document.text(self.fonts.regular, size, x, y, clean(text))} Q"

    def hair(self, x: float, y: float, to_x: float) -> str:
        """A thin line to write on or to lead the eye."""
        return f"q {draw.stroke(HAIR)} {draw.line(x, y, to_x, y, 0.2)} Q"

    def lines(self, face: Face, fitted: Fitted, x: float, base: float, *, leading: float = LEADING) -> str:
        """Fitted lines from the first one's base line downwards."""
        step = fitted.size * PT * leading
        return "\n".join(
            self.document.text(face, fitted.size, x, base - row * step, line) for row, line in enumerate(fitted.lines)
        )

    def finish(self) -> Result:
        """The finished document."""
        return Result(self.document.finish(), self.document.pages, tuple(self.warnings))


@dataclass(frozen=True, slots=True)
class Grid:
    """Cards of one size on a page, to be cut apart."""

    cols: int
    rows: int
    page_w: float
    page_h: float

    @property
    def width(self) -> float:
        """Width of one card."""
        return self.page_w / self.cols

    @property
    def height(self) -> float:
        """Height of one card."""
        return self.page_h / self.rows

    @property
    def per_page(self) -> int:
        """How many cards a page holds."""
        return self.cols * self.rows

    def place(self, index: int) -> Place:
        """Where card `index` of a page lies, row by row."""
        row, col = divmod(index, self.cols)
        return Place(Rect(col * self.width, row * self.height, self.width, self.height))

    def cells(self) -> list[Rect]:
        """All cards of a page."""
        return [self.place(index).rect for index in range(self.per_page)]


def cards(sheet: Sheet, grid: Grid, drawn: Iterable[str], *, form: str = "") -> None:
    """Put cards on pages, with marks where to cut; `form` names what every card has under its own drawing."""
    document = sheet.document
    if grid.per_page > 1:
        document.define("cut", grid.page_w, grid.page_h, draw.cut_marks(grid.cells(), grid.page_h))
    count = 0
    for count, card in enumerate(drawn, start=1):
        slot = (count - 1) % grid.per_page
        if slot == 0 and count > 1:
            document.next_page()
        if slot == 0 and grid.per_page > 1:
            with document.placed(document.whole_page()):
                document.use("cut")
        with document.placed(grid.place(slot)):
            if form:
                document.use(form)
            document.put(card)
    if count:
        document.next_page()
