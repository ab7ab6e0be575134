"""Lists on paper: the sign-in sheet at the door, by last name, with a box to tick.

It is what the door falls back on, so it is complete, readable at arm's length, and says on every page which
list it is and how many pages there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from printables import checks, draw
from printables.compose import Wording, wording
from printables.draw import Document
from printables.errors import PrintRefused
from printables.heads import head
from printables.marks import SHAPES
from printables.model import Person, Result, Role, Warning_, Words
from printables.text import PT, Face, FontSet, clean, fit, sort_key

_MARGIN = 15.0
_ROW = 9.0
_HEAD = 36.0
_FOOT = 16.0


@dataclass(frozen=True, slots=True)
class SignIn:
    """What a sign-in sheet says: title, a line below (place and date), column words, words of the roles."""

    title: str
    subtitle: str = ""
    name_word: str = "Name"
    company_word: str = "Company"
    signature_word: str = "Signature"
    words: Words = field(default_factory=Words)
    paper: str = "a4"


@dataclass(frozen=True, slots=True)
class _Columns:
    name: float
    company: float
    role: float
    table: float
    signature: float
    end: float


def sign_in(people: Sequence[Person], sheet: SignIn, fonts: FontSet) -> Result:
    """The sign-in sheet of these people, by last name.

    Raises `PrintRefused` for an empty or endless list and for a title that does not fit.
    """
    checks.crowd(people)
    width, height = checks.paper(sheet.paper)
    rows = sorted((_entry(position, person) for position, person in enumerate(people, start=1)), key=_alphabetical)
    per_page = int((height - _HEAD - _FOOT) / _ROW)
    pages = -(-len(rows) // per_page)
    document = Document(width, height, title=clean(sheet.title), language=sheet.words.language, fonts=fonts)
    columns = _Columns(_MARGIN + 10, 90.0, 128.0, 154.0, 166.0, width - _MARGIN)
    page = _Page(document, sheet, columns)
    for number in range(pages):
        with document.placed(document.whole_page()):
            document.put(page.head(f"{number + 1} / {pages}"))
            for line, (role, words) in enumerate(rows[number * per_page : (number + 1) * per_page]):
                document.put(page.row(height - _HEAD - (line + 1) * _ROW, role, words))
        document.next_page()
    return Result(document.finish(), document.pages, tuple(page.warnings))


def _entry(position: int, person: Person) -> tuple[Role, Wording]:
    words = wording(person, "")
    if not words.name:
        raise PrintRefused("nameless", position=position)
    return person.role, words


def _alphabetical(entry: tuple[Role, Wording]) -> tuple[tuple[str, str], tuple[str, str]]:
    words = entry[1]
    return sort_key(words.family or words.given), sort_key(words.given)


class _Page:
    """Head and rows of the sheet."""

    def __init__(self, document: Document, sheet: SignIn, columns: _Columns) -> None:
        self.warnings: list[Warning_] = []
        self._document = document
        self._sheet = sheet
        self._at = columns

    def head(self, page: str) -> str:
        """Title, place and date, page number, wordmark and the words over the columns."""
        document, sheet, at = self._document, self._sheet, self._at
        fonts, top = document.fonts, document.height
        words = (
            (at.name, sheet.name_word), (at.company, sheet.company_word), (at.table, sheet.words.table),
            (at.signature, sheet.signature_word),
        )  # fmt: skip
        line = top - _HEAD
        parts = [
            head(document, clean(sheet.title), clean(sheet.subtitle), page),
            *(document.text(fonts.bold, 8, x, line + 1.6, clean(word)) for x, word in words),
            draw.line(_MARGIN, line, at.end, line, 0.4),
        ]
        return "\n".join(part for part in parts if part)

    def row(self, bottom: float, role: Role, words: Wording) -> str:
        """One person: box, name, company, role with its shape, table, room to sign."""
        document, at = self._document, self._at
        fonts, base = document.fonts, bottom + 3.0
        self.warnings += checks.letters(fonts, words.name, words.name + words.company)
        word = clean(self._sheet.words.for_role(role))
        company_room = at.role - at.company - 2
        role_room = at.table - at.role - 6
        parts = [
            f"0.35 w {draw.number(_MARGIN)} {draw.number(bottom + 1.9)} 5.2 5.2 re S",
            self._name(words, base),
            self._cell(words, fonts.regular, words.company, "company", at.company, base, company_room, 9),
            draw.filled(SHAPES[role], at.role, bottom + 2.9, 3),
            self._cell(words, fonts.regular, word, "role", at.role + 4, base, role_room, 8),
            document.text(fonts.bold, 11, at.table, base, words.table),
            draw.line(_MARGIN, bottom, at.end, bottom, 0.12),
        ]
        return "\n".join(part for part in parts if part)

    def _name(self, words: Wording, base: float) -> str:
        """Last name, then first name; one above the other where they are long."""
        fonts, at = self._document.fonts, self._at
        family = words.family or words.given
        given = words.given if words.family else ""
        room = at.company - at.name - 2
        after = fonts.width(fonts.bold, family) * 11.5 * PT + 1.5
        if after + fonts.width(fonts.regular, given) * 11 * PT <= room:
            last = self._document.text(fonts.bold, 11.5, at.name, base, family)
            first = self._document.text(fonts.regular, 11, at.name + after, base, given)
        else:
            shift = 1.9 if given else 0.0
            above, below = base + shift, base - shift
            last = self._cell(words, fonts.bold, family, "last name", at.name, above, room, 10, lines=1)
            first = self._cell(words, fonts.regular, given, "first name", at.name, below, room, 9, lines=1)
        return f"{last}\n{first}"

    def _cell(
        self, words: Wording, face: Face, text: str, field: str, x: float, base: float, room: float,
        size: float, *, lines: int = 2,
    ) -> str:  # fmt: skip
        """A text in its column, in two small lines rather than one tiny one."""
        fitted = fit(self._document.fonts, face, text, room, largest=size, smallest=6, lines=lines)
        if fitted.is_cut:
            self.warnings.append(Warning_("shortened", {"name": words.name, "field": field}))
        if len(fitted.lines) == 1:
            return self._document.text(face, fitted.size, x, base, fitted.lines[0])
        size = min(fitted.size, 8)
        return "\n".join(
            self._document.text(face, size, x, base + 1.7 - 3.2 * row, line) for row, line in enumerate(fitted.lines)
        )
