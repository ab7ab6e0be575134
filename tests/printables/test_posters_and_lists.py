"""Posters, the sheet of test codes and the sign-in list, as they hang on a wall or lie on a table."""

import io
import re
from collections import Counter
from collections.abc import Callable

import pypdf
import pytest

from printables import posters
from printables.lists import SignIn, sign_in
from printables.model import Person, PrintRefused, Result, Role, Words
from printables.posters import Poster, TrialCode, TrialSheet
from printables.text import FontSet

Scan = Callable[[bytes, int], Counter[str]]
Crowd = Callable[[int], list[Person]]

JOIN = Poster(
    heading="Partecipa con il tuo telefono",
    code="https://meet.example.org/j/abcd",
    link="meet.example.org/j/abcd",
    steps=("Inquadra il codice.", "Scegli il tuo nome nell’elenco.", "Tieni il telefono a portata di mano."),
    note="Nessuna app da installare.",
    language="it",
)


def text_of(result: Result) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(result.pdf)).pages]


@pytest.mark.parametrize("make", [posters.join_poster, posters.door_poster])
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_a_poster_is_one_page_that_scans_and_says_it_in_words(
    fonts: FontSet, scan: Scan, make: Callable[[Poster, FontSet], Result], paper: str
) -> None:
    poster = Poster(JOIN.heading, JOIN.code, JOIN.link, JOIN.steps, JOIN.note, "it", paper)
    result = make(poster, fonts)
    assert (result.pages, result.warnings) == (1, ())
    assert scan(result.pdf, 72) == Counter({JOIN.code: 1})
    words = " ".join(text_of(result)[0].split())
    for said in (JOIN.heading, JOIN.link, *JOIN.steps, JOIN.note):
        assert said in words


def test_a_poster_can_carry_a_network_with_its_password(fonts: FontSet, scan: Scan) -> None:
    network = r"WIFI:T:WPA;S:Caffè\; sala 2;P:p\"ass\\word;;"
    result = posters.join_poster(Poster("Wi-Fi", network, "Caffè; sala 2"), fonts)
    assert scan(result.pdf, 72) == Counter({network: 1})


@pytest.mark.parametrize(
    "poster",
    [
        Poster("Antidisestablishmentarianism" * 4, JOIN.code, JOIN.link),
        Poster("Join", JOIN.code, JOIN.link, steps=("One more step.",) * 20),
        Poster("Join", JOIN.code, JOIN.link, steps=("x" * 200,)),
        Poster("Join", JOIN.code, "https://" + "x" * 200),
    ],
)
def test_a_poster_whose_words_do_not_fit_is_refused(fonts: FontSet, poster: Poster) -> None:
    with pytest.raises(PrintRefused) as refused:
        posters.join_poster(poster, fonts)
    assert refused.value.code == "text_too_long"


def test_test_codes_scan_like_badges_and_say_that_they_are_tests(fonts: FontSet, scan: Scan) -> None:
    codes = tuple(TrialCode(f"Anna {n}", f"TEST0000000{n:02}") for n in range(14))
    result = posters.trial_sheet(TrialSheet("Codes", codes, "https://meet.example.org", "TRY"), fonts)
    assert result.pages == 2
    expected = Counter({f"https://MEET.EXAMPLE.ORG/B/{one.code}": 1 for one in codes})
    assert scan(result.pdf, 150) == expected
    assert [page.split().count("TRY") for page in text_of(result)] == [12, 2]


@pytest.mark.parametrize(
    ("sheet", "code"),
    [
        (TrialSheet("Codes", (), "https://meet.example.org"), "nobody"),
        (TrialSheet("Codes", (TrialCode("Anna", "X"),), "https://meet.example.org"), "bad_code"),
        (TrialSheet("Codes", (TrialCode("Anna", "TEST00000001"),), ""), "no_base_url"),
        (
            TrialSheet("Codes", (TrialCode("Anna", "TEST00000001"),), "https://a.example", paper="a3"),
            "unknown_stock",
        ),
    ],
)
def test_impossible_test_codes_are_refused(fonts: FontSet, sheet: TrialSheet, code: str) -> None:
    with pytest.raises(PrintRefused) as refused:
        posters.trial_sheet(sheet, fonts)
    assert refused.value.code == code


def test_the_sign_in_list_is_sorted_by_last_name_and_complete(fonts: FontSet) -> None:
    people = [
        Person("Anna", "Żak", "Kwiaty", Role.MEMBER, 3),
        Person("Bruno", "Lis", "Forno", Role.VISITOR, 12),
        Person("Łucja", "Łaska", "", Role.HOST),
        Person("Pelé", "", "Calcio"),
        Person("Zoe", "Lis"),
    ]
    words = Words("Socio", "Ospite", "Accoglienza", "Tavolo", "", "it")
    result = sign_in(
        people, SignIn("Colazione", "Milano, 12 marzo", "Nome", "Azienda", "Firma", words), fonts
    )
    (text,) = text_of(result)
    order = [text.index(name) for name in ("Łaska", "Lis Bruno", "Lis Zoe", "Pelé", "Żak")]
    assert order == sorted(order)
    for said in ("Colazione", "Milano, 12 marzo", "Tavolo", "Firma", "Ospite", "Accoglienza", "12", "1 / 1"):
        assert said in text
    assert result.warnings == ()


def test_a_long_list_takes_pages_that_are_counted(fonts: FontSet, crowd: Crowd) -> None:
    people = crowd(60)
    result = sign_in(people, SignIn("Breakfast"), fonts)
    pages = text_of(result)
    assert result.pages == len(pages) == 3
    assert ["1 / 3" in pages[0], "2 / 3" in pages[1], "3 / 3" in pages[2]] == [True] * 3
    squashed = re.sub(r"\s", "", "".join(pages))
    for person in people:
        assert re.sub(r"\s", "", person.last_name) in squashed
        assert re.sub(r"\s", "", person.company) in squashed


def test_the_same_list_gives_the_same_file(fonts: FontSet, crowd: Crowd) -> None:
    assert sign_in(crowd(9), SignIn("A"), fonts).pdf == sign_in(crowd(9), SignIn("A"), fonts).pdf


@pytest.mark.parametrize(
    ("people", "title", "code"),
    [
        ([], "Breakfast", "nobody"),
        ([Person("", "")], "Breakfast", "nameless"),
        ([Person("Anna", "Nowak")], "Breakfast " * 40, "text_too_long"),
    ],
)
def test_an_impossible_list_is_refused(fonts: FontSet, people: list[Person], title: str, code: str) -> None:
    with pytest.raises(PrintRefused) as refused:
        sign_in(people, SignIn(title), fonts)
    assert refused.value.code == code


def test_a_listed_name_without_letters_in_the_font_is_told(fonts: FontSet) -> None:
    result = sign_in([Person("太郎", "Yamada")], SignIn("Breakfast"), fonts)
    assert [warning.key for warning in result.warnings] == ["missing_glyphs"]
