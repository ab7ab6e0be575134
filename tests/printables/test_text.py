"""Names are printed as typed: cleaning, coverage, and fitting them into the room there is."""

import pytest

from printables.model import PrintRefused
from printables.text import PT, Face, FontSet, among, clean, fit, sort_key, wrap
from tests.printables.made_fonts import FORBIDDEN, boxes, collection, postscript


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("  Anna   Maria ", "Anna Maria"),
        ("Rene\u0301e", "Renée"),
        ("Anna\tMaria\n", "Anna Maria"),
        ("Anna\u00a0Maria", "Anna Maria"),
        ("\ufeffAn\u200bna\u202e", "Anna"),
        ("\x00\x1b[31mAnna", "[31mAnna"),
        ("<b>Anna</b> & Söhne", "<b>Anna</b> & Söhne"),
        ("ﬁlippo", "ﬁlippo"),
        ("An\ud800na", "An\ufffdna"),
        ("❤\ufe0f Anna", "❤ Anna"),
        ("\u3164\u2800", ""),
        ("An\u200dna", "Anna"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("क्\u200dष", "क्\u200dष"),
        ("", ""),
    ],
)
def test_only_the_invisible_is_taken_out_of_a_name(typed: str, printed: str) -> None:
    assert clean(typed) == printed


def test_letters_no_font_has_are_told_each_once(fonts: FontSet) -> None:
    assert fonts.missing("Łukasz Żółkiewski Αθήνα Київ Nguyễn") == ""
    assert fonts.missing("山田 山 Anna") == "山田"


def test_a_short_name_stands_in_one_line_at_full_size(fonts: FontSet) -> None:
    fitted = fit(fonts, fonts.bold, "Giulia", 72, largest=27, smallest=9, lines=2)
    assert (fitted.lines, fitted.size, fitted.is_cut) == (("Giulia",), 27, False)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Wiśniewska-Kowalczyk", ("Wiśniewska-", "Kowalczyk")),
        ("Della Valle Santarelli di Roccabruna", ("Della Valle Santarelli", "di Roccabruna")),
        ("Mastropietro-D’Alò", ("Mastropietro-", "D’Alò")),
    ],
)
def test_a_long_name_is_balanced_over_two_lines_before_it_shrinks(
    fonts: FontSet, name: str, lines: tuple[str, ...]
) -> None:
    fitted = fit(fonts, fonts.bold, name, 46, largest=17, smallest=9, lines=2)
    assert fitted.lines == lines
    assert not fitted.is_cut
    assert max(fonts.width(fonts.bold, line) for line in lines) * fitted.size * PT <= 46 + 1e-9


def test_one_long_word_shrinks(fonts: FontSet) -> None:
    fitted = fit(fonts, fonts.bold, "Brzęczyszczykiewicz", 46, largest=17, smallest=9, lines=2)
    assert fitted.lines == ("Brzęczyszczykiewicz",)
    assert 9 <= fitted.size < 17


def test_what_does_not_fit_even_small_is_cut_and_said_to_be(fonts: FontSet) -> None:
    fitted = fit(fonts, fonts.bold, "Wolfeschlegelsteinhausenbergerdorff", 20, largest=17, smallest=9)
    assert fitted.is_cut
    assert fitted.lines[0].endswith("…")
    assert fonts.width(fonts.bold, fitted.lines[0]) * 9 * PT <= 20


def test_a_paragraph_is_wrapped_at_spaces_and_loses_no_word(fonts: FontSet) -> None:
    text = "Scan the code with your camera and choose your name from the list."
    lines = wrap(fonts, fonts.regular, text, 40, 12)
    assert " ".join(lines) == text
    assert all(fonts.width(fonts.regular, line) * 12 * PT <= 40 for line in lines)


def test_a_list_puts_accented_names_beside_their_plain_letters() -> None:
    names = ["Żak", "Zielinski", "Łaski", "Lis", "Ångström", "Albers", "de Rossi", "Østby", "Olsen"]
    expected = ["Albers", "Ångström", "de Rossi", "Łaski", "Lis", "Olsen", "Østby", "Żak", "Zielinski"]
    assert sorted(names, key=sort_key) == expected


def pair(*regular_and_bold: bytes) -> tuple[Face, Face]:
    regular, bold = (Face(data, kind="fallback") for data in regular_and_bold)
    return regular, bold


def test_a_line_is_split_where_another_font_has_the_letters(fonts: FontSet) -> None:
    han, later = boxes("山田太郎", name="Han"), boxes("山ლ", name="Later")
    first, second = pair(han, han), pair(later, later)
    more = fonts.with_more(among([first, second]))
    pieces = more.runs(more.regular, "Anna 山 ლ, Ż")
    assert [run.letters for run in pieces] == ["Anna ", "山 ", "ლ", ", Ż"]
    assert [run.face for run in pieces] == [
        fonts.regular, first[0], second[0], fonts.regular
    ]  # fmt: skip
    assert more.missing("Anna 山 ლ, Ż") == ""
    assert fonts.missing("Anna 山 ლ, Ż") == "山ლ"


def test_bold_text_takes_the_bold_one_of_a_pair(fonts: FontSet) -> None:
    more = fonts.with_more(among([pair(boxes("山", width=600), boxes("山", name="Heavy", width=900))]))
    assert (more.width(more.regular, "山"), more.width(more.bold, "山")) == (0.6, 0.9)


def test_a_mark_stays_with_its_letter_where_the_font_has_both(fonts: FontSet) -> None:
    both = boxes("ლ\u0301", name="Both")
    more = fonts.with_more(among([pair(both, both)]))
    assert [run.letters for run in more.runs(more.bold, "Aლ\u0301")] == ["A", "ლ\u0301"]


def test_a_letter_that_no_font_has_is_shown_as_unreadable(fonts: FontSet) -> None:
    assert [run.letters for run in fonts.runs(fonts.bold, "Anna 山田")] == ["Anna ��"]
    assert fonts.width(fonts.bold, "山") == fonts.width(fonts.bold, "\ufffd")


def test_the_first_font_of_a_collection_is_read() -> None:
    assert {"a", "b"} < Face(collection(boxes("ab"), boxes("cd", name="Two")), kind="fallback").letters


def test_a_font_says_whether_it_may_be_put_into_documents() -> None:
    assert Face(boxes("a"), kind="fallback").may_be_embedded
    assert not Face(boxes("a", permission=FORBIDDEN), kind="fallback").may_be_embedded


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no font at all",
        b"\x00\x01\x00\x00" + bytes(200),
        b"OTTO" + bytes(60),
        boxes("abc")[:400],
        postscript("a"),
    ],
    ids=["empty", "words", "zeros", "no tables", "cut short", "other outlines"],
)
def test_bytes_that_are_no_truetype_font_are_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(PrintRefused) as refused:
        Face(data, kind="regular")
    assert str(refused.value) == "The regular font cannot be read: it is no TrueType font."
