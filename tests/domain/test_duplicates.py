"""Records that may be one person are put beside each other; namesakes and couples are left in peace."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import duplicates
from server.domain.duplicates import Because, Pair, Record, find


def _found(*people: tuple[str, str, str]) -> list[tuple[int, int, Because]]:
    records = [Record(at, name, company, email) for at, (name, company, email) in enumerate(people, start=1)]
    return [(pair.first, pair.other, pair.because) for pair in find(records)]


def test_the_same_mailbox_and_a_name_in_common_is_shown() -> None:
    assert _found(("Anna Nowak", "Alfa", "a@example.org"), ("Anna", "", "A@Example.org")) == [(1, 2, Because.EMAIL)]


def test_a_couple_with_one_mailbox_is_left_in_peace() -> None:
    assert _found(("Anna Nowak", "", "n@example.org"), ("Piotr Zieliński", "", "n@example.org")) == []


def test_the_mailbox_of_an_office_tells_nothing() -> None:
    office = [(f"Anna {letter * 6}", "", "info@example.org") for letter in "abcdefg"]
    assert _found(*office) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Michał Żółkiewski", "Kawiarnia"), ("Zolkiewski Michal", "Kawiarnia sp. z o.o.")),
        (("Jon Smith", "Acme Ltd"), ("John Smith", "ACME")),
        (("Niccolò D'Alò", "Catering D'Alò Srl"), ("Niccolo Dalo", "D'Alò Catering")),
    ],
)
def test_a_misspelt_name_at_the_same_company_is_shown(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert _found((*one, ""), (*other, "")) == [(1, 2, Because.NAME_AND_COMPANY)]


def test_namesakes_at_two_companies_are_two_people() -> None:
    assert _found(("Anna Nowak", "Alfa", ""), ("Anna Nowak", "Zebra", "")) == []


def test_the_same_name_without_a_company_is_worth_a_look_but_a_similar_one_is_not() -> None:
    assert _found(("Anna Nowak", "Alfa", ""), ("anna nowak", "", "")) == [(1, 2, Because.NAME)]
    assert _found(("Anna Nowak", "Alfa", ""), ("Anna Nowacka", "", "")) == []


def test_two_who_were_said_to_be_two_are_not_shown_again() -> None:
    records = [Record(3, "Anna Nowak", "", ""), Record(9, "Anna Nowak", "", "")]
    assert find(records) == (Pair(3, 9, Because.NAME, 90),)
    assert find(records, apart=[(3, 9)]) == ()


def test_the_surest_pair_comes_first_and_each_pair_once() -> None:
    found = _found(
        ("Jon Smith", "Acme", "j@example.org"),
        ("John Smith", "Acme", ""),
        ("Jon Smith", "Acme", "J@example.org"),
    )
    assert found[0][:2] == (1, 3)
    assert sorted(pair[:2] for pair in found) == [(1, 2), (1, 3), (2, 3)]


def test_nobody_without_a_name_is_compared() -> None:
    assert _found(("", "", ""), ("", "", ""), ("-", "Alfa", "")) == []


def test_in_a_crowd_names_with_the_same_first_letter_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "COMPARED_MOST", 2)
    assert _found(("Anna Nowak", "", ""), ("Zoe Zen", "", ""), ("Nowak Anna", "", "")) == [(1, 3, Because.NAME)]


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=8), st.sampled_from(["", "a@b.pl", "A@b.pl"]))))
def test_whoever_comes_in_whatever_order_the_same_pairs_are_found(people: list[tuple[str, str, str]]) -> None:
    records = [Record(at, *person) for at, person in enumerate(people)]
    found = find(records)
    assert set(find(records[::-1])) == set(found)
    assert {(pair.first, pair.other) for pair in found} <= set(combinations(range(len(people)), 2))
    assert all(0 < pair.alike <= 100 for pair in found)
