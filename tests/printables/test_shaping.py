"""Letters that look different beside their neighbours: the right picture, in the right place, for the right text."""

import io

import pypdf
import pytest

from printables import badges, shaping
from printables.draw import Document
from printables.model import BadgeOptions, Person
from printables.text import Face, FontSet, among, clean
from tests.printables.made_fonts import boxes

BEH, MEEM, ALEF, LAM, FATHA = "\u0628", "\u0645", "\u0627", "\u0644", "\u064e"
ARABIC = """
languagesystem arab dflt;
feature init { sub u00628 by beh.init; } init;
feature medi { sub u00628 by beh.medi; } medi;
feature fina { sub u00628 by beh.fina; sub u00645 by meem.fina; } fina;
feature rlig { sub u00644 u00627 by lam_alef; } rlig;
"""
PICTURES = ("beh.init", "beh.medi", "beh.fina", "meem.fina", "lam_alef")


@pytest.fixture(scope="module")
def arabic(fonts: FontSet) -> FontSet:
    """The usual fonts and a made-up Arabic one."""
    data = boxes(BEH + MEEM + ALEF + LAM, name="Made Arabic", more=PICTURES, features=ARABIC)
    face = Face(data, kind="fallback")
    return fonts.with_more(among([(face, face)]))


def pictures(fonts: FontSet, text: str) -> list[str]:
    """The names of a line's pictures from left to right."""
    found = []
    for run in fonts.runs(fonts.bold, text):
        order = [".notdef", "space", "beh", "meem", "alef", "lam", *PICTURES]
        found += [order[run.face.font.face.charToGlyph[ord(letter)]] for letter in run.letters]
    return found


def copied(fonts: FontSet, *lines: str) -> list[str]:
    """What these lines give when they are copied out of a file."""
    document = Document(210, 297, title="Lines", language="en", fonts=fonts)
    with document.placed(document.whole_page()):
        for at, line in enumerate(lines):
            document.put(document.text(fonts.bold, 20, 20, 270 - 12 * at, line))
    document.next_page()
    (page,) = pypdf.PdfReader(io.BytesIO(document.finish())).pages
    return [line.strip() for line in page.extract_text().splitlines() if line.strip()]


def test_arabic_letters_join_from_right_to_left(arabic: FontSet) -> None:
    assert pictures(arabic, BEH + BEH + BEH) == ["beh.fina", "beh.medi", "beh.init"]
    assert pictures(arabic, BEH) == ["beh"]
    assert pictures(arabic, BEH + MEEM) == ["meem.fina", "beh.init"]


def test_a_joiner_that_forbids_joining_is_heeded_and_kept(arabic: FontSet) -> None:
    name = clean(f"{BEH}\u200c{BEH}")
    assert arabic.missing(name) == ""
    assert [picture for picture in pictures(arabic, name) if picture != "space"] == ["beh", "beh"]
    assert copied(arabic, name) == [name]


def test_a_ligature_stands_for_both_its_letters(arabic: FontSet) -> None:
    assert pictures(arabic, LAM + ALEF) == ["lam_alef"]
    words = [LAM + ALEF + BEH, BEH + LAM + ALEF + MEEM]
    assert copied(arabic, *words) == words


def test_brackets_around_a_name_are_mirrored_and_copied_as_typed(arabic: FontSet) -> None:
    left, right = (run.letters for run in arabic.runs(arabic.bold, f"({BEH})") if run.face is arabic.bold)
    glyphs = arabic.bold.font.face.charToGlyph
    assert (glyphs[ord(left)], glyphs[ord(right)]) == (glyphs[ord("(")], glyphs[ord(")")])


DEVANAGARI = ("अनिता", "हिन्दी", "राजेश्वरी", "क्षत्रिय", "शर्मा")


def test_indian_names_are_shaped_by_the_fonts_of_the_program(fonts: FontSet) -> None:
    assert fonts.missing("".join(DEVANAGARI)) == ""
    joined, apart = fonts.width(fonts.bold, "क्ष"), sum(fonts.width(fonts.bold, letter) for letter in "क्ष")
    assert joined < 0.8 * apart
    squeezed = [line.replace(" ", "") for line in copied(fonts, *DEVANAGARI, "Anil हिन्दी 12")]
    assert squeezed == [*DEVANAGARI, "Anilहिन्दी12"]


def test_what_follows_a_shaped_word_stands_behind_it(fonts: FontSet) -> None:
    whole = fonts.width(fonts.bold, "हिन्दी Studio")
    assert whole == pytest.approx(fonts.width(fonts.bold, "हिन्दी ") + fonts.width(fonts.bold, "Studio"))


def test_marks_are_counted_in_the_height_of_a_name(fonts: FontSet) -> None:
    assert fonts.extent(fonts.bold, "हिन्दी")[0] > fonts.extent(fonts.bold, "ह")[0]
    assert fonts.extent(fonts.bold, "Ż") == fonts.bold.extent("Ż")


def test_without_the_engine_such_a_name_is_printed_and_told(fonts: FontSet, monkeypatch: pytest.MonkeyPatch) -> None:
    person = Person("अनिता", "Rossi", code="K7M42XW9")
    options = BadgeOptions("avery-l4785", "https://meet.example.org")
    assert badges.render([person], options, fonts).warnings == ()
    monkeypatch.setattr(shaping, "harfbuzz", None)
    (warning,) = badges.render([person], options, fonts).warnings
    assert (warning.key, warning.params["name"]) == ("needs_shaping", "अनिता Rossi")


def test_letters_beyond_the_first_plane_are_copied_too(fonts: FontSet) -> None:
    face = Face(boxes("😀𝐀", name="Rare"), kind="fallback")
    assert copied(fonts.with_more(among([(face, face)])), "😀 Zoë 𝐀") == ["😀 Zoë 𝐀"]
