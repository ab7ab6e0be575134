"""Names are shown as typed, found however they are spelled and sorted as the language sorts them."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain import names

_text = st.text(max_size=40)


def test_what_people_put_where_there_is_nothing_to_say_is_no_name():
    assert all(map(names.is_placeholder, ("-", "–", "#", "N/A", ".")))
    assert not any(map(names.is_placeholder, ("", "A", "Łucja", "--x")))


@pytest.mark.parametrize(
    ("given_name", "family", "shown"),
    [
        ("Anna", "Nowak", "Anna Nowak"),
        ("Cher", "", "Cher"),
        ("", "Sting", "Sting"),
        (" Ada ", " B ", "Ada B"),
    ],
)
def test_a_full_name_is_both_names_or_the_one_there_is(given_name, family, shown):
    assert names.full_name(given_name, family) == shown


@pytest.mark.parametrize(
    ("given_name", "family", "shown"),
    [
        ("Anna", "Nowak", "Anna N."),
        ("Gian Luca", "de Rossi", "Gian Luca D."),
        ("Łucja", "żak", "Łucja Ż."),
        ("Jan", "'t Hooft", "Jan T."),
        ("Cher", "", "Cher"),
        ("", "Sting", "Sting"),
        ("Jo", "…", "Jo …"),
    ],
)
def test_a_short_name_is_the_first_name_and_an_initial(given_name, family, shown):
    assert names.short_name(given_name, family) == shown


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Anna   Maria\t\nRossi ", "Anna Maria Rossi"),
        ("McDONALD-de la Cruz", "McDONALD-de la Cruz"),
        ("e\u0301toile", "étoile"),
        ("Jo\x00hn\x07", "John"),
        ("\ufeffAnna \u202eRossi", "Anna Rossi"),
        ("lone \ud800 half", "lone half"),
        ("a\x00\u0301", "á"),
        ("\u00a0\u2003", ""),
        ("👩‍🌾 Ola", "👩‍🌾 Ola"),
    ],
)
def test_a_name_keeps_what_was_typed_but_for_blanks_and_control_characters(typed, kept):
    assert names.tidy(typed) == kept


@settings(deadline=None)
@given(_text)
def test_tidying_twice_changes_nothing_more(text):
    once = names.tidy(text)
    assert names.tidy(once) == once
    assert unicodedata.is_normalized("NFC", once)


def _is_found(query, *parts):
    key = names.search_key(*parts).split()
    return all(any(word.startswith(wanted) for word in key) for wanted in names.query_words(query))


@pytest.mark.parametrize("query", ["muller", "Müller", "MUELLER", "mu\u0308ller", "ann mull", "müller anna"])
@pytest.mark.parametrize("family", ["Müller", "Mueller", "MÜLLER"])
def test_umlauts_are_found_in_every_spelling(query, family):
    assert _is_found(query, "Anna", family)


@pytest.mark.parametrize(
    ("query", "stored"),
    [
        ("lukasz zolw", "Łukasz Żółw"),
        ("dorde", "Đorđe"),
        ("soren", "Søren"),
        ("strasse", "Straße"),
        ("ilgin", "Ilgın"),
        ("istanbul", "İSTANBUL"),
        ("aether", "Æther"),
        ("oeuvre", "Œuvre"),
        ("damico", "D'Amico"),
        ("d'amico", "D’Amico"),
        ("amico", "D'Amico"),
        ("smith jones", "Smith-Jones"),
        ("SMITH  jo", "Joe Smith"),
        ("ǿstergaard", "Østergaard"),
        ("Иванов", "иванов"),
    ],
)
def test_a_search_needs_neither_accents_nor_case_nor_order(query, stored):
    assert _is_found(query, stored)


def test_another_name_is_not_found():
    assert not _is_found("muller bert", "Anna", "Müller")
    assert not _is_found("moeller", "Anna", "Müller")


def test_the_search_key_has_each_word_once_between_single_blanks():
    assert names.search_key("Anna", "Müller", "Müller & Co.") == "anna muller co mueller"


def test_a_search_of_punctuation_has_no_words():
    assert names.query_words(" -.,' ") == ()


def test_an_endless_name_still_fits_its_column():
    many = names.search_key(*(f"wort{number}" for number in range(500)))
    assert len(many) <= names.SEARCH_KEY_MOST
    assert all(word.startswith("wort") and word in names.search_key(word) for word in many.split())
    assert len(names.search_key("x" * 5000)) == names.SEARCH_KEY_MOST
    assert len(names.sort_key("ż" * 500, "Jan", "pl")) == names.SORT_KEY_MOST


@settings(deadline=None)
@given(_text)
def test_everybody_is_found_by_their_own_name(text):
    assert set(names.query_words(text)) <= set(names.search_key(text).split())


def _sorted(people, language):
    return sorted(people, key=lambda name: names.sort_key(name, "Jan", language).encode())


def test_polish_lists_put_each_marked_letter_behind_its_plain_one():
    alphabet = [
        "a",
        "ą",
        "b",
        "c",
        "ć",
        "d",
        "e",
        "ę",
        "f",
        "l",
        "ł",
        "m",
        "n",
        "ń",
        "o",
        "ó",
        "p",
        "s",
        "ś",
        "t",
    ]
    alphabet += ["z", "ź", "ż"]
    people = [f"{letter}{end}" for letter in alphabet for end in ("a", "z", "ż")]
    assert _sorted(reversed(people), "pl") == people


def test_polish_names_are_sorted_as_a_polish_phone_book_does():
    people = ["Cabal", "Czyż", "Ćwik", "Lis", "Łapa", "Nowak", "Nowakowa", "Zając", "Źrebiec", "Żak"]
    assert _sorted(reversed(people), "pl") == people


def test_elsewhere_accents_do_not_move_a_name():
    assert _sorted(["Zorzi", "Èbano", "Eco", "D'Amico", "Damiani"], "it") == [
        "Damiani",
        "D'Amico",
        "Èbano",
        "Eco",
        "Zorzi",
    ]
    assert names.sort_key("Łapa", "Ola", "en") == "lapa  ola"


def test_a_short_family_name_ends_before_a_longer_one_begins():
    people = [("De", "Zoe"), ("De Luca", "Anna"), ("De Luca", "Berta"), ("Deluca", "Aldo")]
    shuffled = [people[at] for at in (2, 0, 3, 1)]
    assert sorted(shuffled, key=lambda name: names.sort_key(*name, "it").encode()) == people


def test_one_name_alone_sorts_by_itself():
    assert names.sort_key("", "Cher", "en") == "cher"
    assert names.sort_key("Sting", "", "pl-PL") == "sting"
