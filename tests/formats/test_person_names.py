"""Whole names in one cell: split where people part them, never changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.formats.person_names import SplitName, split_full_name


@pytest.mark.parametrize(
    ("text", "given_name", "family_name", "guessed"),
    [
        ("Anna Rossi", "Anna", "Rossi", False),
        ("Sukarno", "Sukarno", "", False),
        ("李小龙", "李小龙", "", False),
        ("Rossi, Anna", "Anna", "Rossi", False),
        ("John Smith, Jr.", "John", "Smith, Jr.", False),
        ("ROSSI Anna Maria", "Anna Maria", "ROSSI", False),
        ("Anna DE LUCA", "Anna", "DE LUCA", False),
        ("J. Smith", "J.", "Smith", False),
        ("ANNA ROSSI", "ANNA", "ROSSI", False),
        ("Anna De Luca", "Anna", "De Luca", False),
        ("Jan van der Berg", "Jan", "van der Berg", False),
        ("Maria Teresa Rossi", "Maria Teresa", "Rossi", True),
        ("Anna  Rossi", "Anna", "Rossi", False),
        ("", "", "", False),
    ],
)
def test_a_whole_name_is_split_by_the_written_rules(text, given_name, family_name, guessed):
    assert split_full_name(text) == SplitName(given_name, family_name, guessed)


@pytest.mark.parametrize(
    ("text", "given_name", "family_name"),
    [
        ("Rossi Anna", "Anna", "Rossi"),
        ("De Luca Anna", "Anna", "De Luca"),
        ("Rossi Anna Maria", "Anna Maria", "Rossi"),
        ("de la", "la", "de"),
        ("Sukarno", "Sukarno", ""),
    ],
)
def test_the_family_name_may_stand_first(text, given_name, family_name):
    split = split_full_name(text, family_first=True)
    assert (split.given_name, split.family_name) == (given_name, family_name)


@given(st.text(max_size=40), st.booleans())
def test_no_letter_is_lost_or_changed(text, family_first):
    split = split_full_name(text, family_first=family_first)
    letters = sorted("".join(text.replace(",", "").split()))
    kept = sorted("".join((split.given_name + split.family_name).replace(",", "").split()))
    assert kept == letters
