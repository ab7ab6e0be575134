"""A list is narrowed by words however they are spelled, and sorted by a column as the language sorts."""

from hypothesis import given
from hypothesis import strategies as st

from server.domain.listing import Cell, narrowed, ordered

MIRA = (Cell("Mira Łukasik"), Cell("Foto Łukasik"), Cell("9", "000009"))
MAX = (Cell("Max D'Alò"), Cell(""), Cell("10", "000010"))
LEA = (Cell("Lea"), Cell("Zorzi"), Cell("", ""))
ROWS = (MIRA, MAX, LEA)


def test_every_word_must_begin_a_word_of_some_column():
    assert narrowed(ROWS, "LUKASIK mir") == (MIRA,)
    assert narrowed(ROWS, "dalo") == narrowed(ROWS, "d alo") == (MAX,)
    assert narrowed(ROWS, "ira") == ()
    assert narrowed(ROWS, " ") == ROWS
    assert narrowed((), "x") == ()


def test_a_column_sorts_as_the_language_does_and_what_is_empty_stands_last():
    assert ordered(ROWS, 0, "pl") == (LEA, MAX, MIRA)
    assert ordered(ROWS, 1, "pl") == (MIRA, LEA, MAX)
    assert ordered(ROWS, 1, "pl", backwards=True) == (LEA, MIRA, MAX)
    assert ordered(ROWS, 2, "en") == (MIRA, MAX, LEA), "as numbers"
    assert ordered([(Cell("Łapa"),), (Cell("Lzy"),)], 0, "pl")[0][0].text == "Lzy"


def test_a_column_that_does_not_exist_leaves_the_list_as_it_stands():
    assert ordered(ROWS, -1, "en") == ordered(ROWS, 3, "en") == ROWS
    assert ordered((), 0, "en") == ()


@given(st.lists(st.text(max_size=8), max_size=12), st.booleans())
def test_sorting_loses_nobody_and_everybody_is_found_by_what_stands_there(texts, backwards):
    rows = tuple((Cell(text),) for text in texts)
    found = ordered(rows, 0, "it", backwards=backwards)
    assert sorted(row[0].text for row in found) == sorted(texts)
    assert all(row in narrowed(rows, row[0].text) for row in rows)
