"""Ten thousand names, honest and hostile, come out of the file as they were typed, or are told by name beforehand.

Two readers that know nothing of us copy the text out: poppler, and for lines from right to left pypdf, because poppler
reorders brackets and marks in them. White space is left out of the comparison: lines are broken where names are long.
"""

import io
import re
import subprocess
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pypdf
import pytest

from printables import badges
from printables.lists import SignIn, sign_in
from printables.model import BadgeOptions, Person, Result
from printables.shaping import JOINERS
from printables.text import Face, FontSet, among, clean, fit
from server.jobs.fonts import for_paper
from tests.printables.hostile import names
from tests.printables.made_fonts import boxes

NAMES = names(10_000)
BY_WORDS = ("hebrew", "arabic", "mixed directions")
BY_PYPDF = (*BY_WORDS, "stacked marks")
NOWHERE = frozenset("김민준박서연𝔄ᚠᚢᚦ")
"""Letters that no font of these tests has."""


@pytest.fixture(scope="module")
def all_but_few(fonts: FontSet) -> FontSet:
    """The usual fonts, and one with every other letter of the names but a few."""
    wanted = {letter for name in NAMES for letter in clean(name)} - NOWHERE - set(JOINERS)
    face = Face(boxes(sorted(wanted - fonts.bold.letters), name="Others"), kind="fallback")
    return fonts.with_more(among([(face, face)]))


def on_badges(some: Sequence[str], fonts: FontSet) -> Result:
    """A badge for each name, thirty a page."""
    people = [Person(name, "", code=f"K7M{at:05}") for at, name in enumerate(some)]
    return badges.render(people, BadgeOptions("avery-5160", "https://meet.example.org"), fonts)


def squeezed(text: str) -> str:
    """A text without white space and the marks by which poppler tells directions, composed again."""
    return unicodedata.normalize("NFC", re.sub(r"[\s\u202a-\u202c]", "", text))


def by_poppler(result: Result, folder: Path) -> list[str]:
    """The text of each page."""
    (folder / "names.pdf").write_bytes(result.pdf)
    done = subprocess.run(["pdftotext", "-raw", folder / "names.pdf", "-"], capture_output=True, check=True)
    return [squeezed(page) for page in done.stdout.decode().split("\f")]


def by_pypdf(result: Result) -> list[str]:
    """The text of each page."""
    return [squeezed(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(result.pdf), strict=True).pages]


def told(result: Result, key: str) -> set[str]:
    """Whom a warning names."""
    return {str(warning.params["name"]) for warning in result.warnings if warning.key == key}


def parts(name: str) -> list[str]:
    """What must be found of a name: all of it, or from right to left each of its words, as pypdf orders the signs."""
    if NAMES[name] in BY_WORDS:
        return [squeezed(word) for word in re.split(r"[\s()&’'-]+", clean(name))]
    return [squeezed(clean(name))]


def unread(some: Sequence[str], result: Result, pages: list[str], per_page: int = 30) -> list[str]:
    """The names that neither stand on their page nor were told."""
    known = told(result, "missing_glyphs") | told(result, "shortened")
    return [
        name
        for at, name in enumerate(some)
        if clean(name) not in known and not all(part in pages[at // per_page] for part in parts(name))
    ]


def test_names_from_left_to_right_are_read_letter_by_letter(all_but_few: FontSet, tmp_path: Path) -> None:
    some = [name for name, kind in NAMES.items() if kind not in BY_PYPDF]
    assert len(some) == 8000
    result = on_badges(some, all_but_few)
    assert unread(some, result, by_poppler(result, tmp_path)) == []
    assert len(told(result, "shortened")) < 300  # this label is 67 mm wide and has room for one line


@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.slow)])
def test_names_from_right_to_left_and_under_many_marks_are_read_too(all_but_few: FontSet, every: int) -> None:
    some = [name for name, kind in NAMES.items() if kind in BY_PYPDF][::every]
    result = on_badges(some, all_but_few)
    assert told(result, "missing_glyphs") == set()
    assert unread(some, result, by_pypdf(result)) == []


def test_every_name_with_a_letter_that_no_font_has_is_told(all_but_few: FontSet) -> None:
    result = on_badges(list(NAMES), all_but_few)
    expected = {clean(name) for name in NAMES if NOWHERE & set(name)}
    assert told(result, "missing_glyphs") == expected
    assert len(expected) > 300
    for warning in result.warnings:
        if warning.key == "missing_glyphs":
            assert set(str(warning.params["characters"])) == NOWHERE & set(str(warning.params["name"]))


def test_names_stand_on_the_list_as_they_were_typed(all_but_few: FontSet, tmp_path: Path) -> None:
    some = [name for name, kind in NAMES.items() if kind not in BY_PYPDF]
    result = sign_in([Person(name, "") for name in some], SignIn("Breakfast"), all_but_few)
    whole = "".join(by_poppler(result, tmp_path))
    assert unread(some, result, [whole], per_page=len(some)) == []


def test_with_the_fonts_of_this_computer_every_name_is_read_or_told(tmp_path: Path) -> None:
    some = [name for name, kind in NAMES.items() if kind not in BY_PYPDF][::8]
    result = on_badges(some, for_paper())
    assert unread(some, result, by_poppler(result, tmp_path)) == []


def test_no_name_shrinks_while_two_lines_would_keep_it_larger(all_but_few: FontSet) -> None:
    face, width = all_but_few.bold, 46.0
    for name in list(NAMES)[:4000]:
        text = clean(name)
        one = fit(all_but_few, face, text, width, largest=17, smallest=0.1)
        two = fit(all_but_few, face, text, width, largest=17, smallest=0.1, lines=2)
        if one.size < 17 and " " in text:
            assert two.size > one.size
        assert squeezed("".join(two.lines)) == squeezed(text)
