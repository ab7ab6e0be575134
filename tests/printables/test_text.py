"""Names are printed as typed: cleaning, coverage, and fitting them into the room there is."""

import pytest

from printables.model import PrintRefused
from printables.text import PT, Face, FontSet, clean, fit, needs_shaping, sort_key, wrap


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
        ("", ""),
    ],
)
def test_only_the_invisible_is_taken_out_of_a_name(typed: str, printed: str) -> None:
    assert clean(typed) == printed


def test_letters_no_font_has_are_told_each_once(fonts: FontSet) -> None:
    assert fonts.missing("Łukasz Żółkiewski Αθήνα Київ Nguyễn") == ""
    assert fonts.missing("山田 山 Anna") == "山田"


def test_scripts_that_need_more_than_single_letters_are_known() -> None:
    assert needs_shaping("محمد")
    assert needs_shaping("דוד")
    assert needs_shaping("अनिता")
    assert not needs_shaping("Żółkiewski Αθήνα Київ")


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


def test_a_text_is_split_where_another_font_has_the_letters(fonts: FontSet) -> None:
    only_latin = fonts.regular
    pieces = fonts.runs(only_latin, "Anna 山")
    assert "".join(text for _, text in pieces) == "Anna 山"
    assert all(face is only_latin for face, _ in pieces)


@pytest.mark.parametrize(
    "data", [b"", b"no font at all", b"\x00\x01\x00\x00" + bytes(200), b"OTTO" + bytes(60)]
)
def test_bytes_that_are_no_font_are_refused(data: bytes) -> None:
    with pytest.raises(PrintRefused, match="regular font cannot be read"):
        Face(data, kind="regular")
