"""Posters, the sheet of test codes and the sign-in list, as they hang on a wall or lie on a table."""

import io
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pypdf
import pytest

from printables import posters
from printables.lists import SignIn, sign_in
from printables.model import Person, PrintRefused, Result, Role, Words
from printables.paper import PaperWords
from printables.posters import Poster, TrialCode, TrialSheet
from printables.text import FontSet
from printables.wifi import Network
from tests.printables.eyes import facts

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


WIFI = Poster("Dołącz do Wi-Fi lokalu", "", "", ("Skieruj aparat na kod.",), "Hasło zmienia się co tydzień.", "pl")
WIFI_WORDS = PaperWords(network="Sieć", password="Hasło", open_network="Bez hasła")


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize(
    ("network", "payload"),
    [
        (Network("Caffè; sala 2", 'p"ass\\word,1:'), r"WIFI:T:WPA;S:Caffè\; sala 2;P:p\"ass\\word\,1\:;;"),
        (Network("Sala", security="nopass"), "WIFI:T:nopass;S:Sala;;"),
        (Network("Ukryta", "haslo-haslo", hidden=True), "WIFI:T:WPA;S:Ukryta;P:haslo-haslo;H:true;;"),
        (Network("Old", "12345", security="WEP"), "WIFI:T:WEP;S:Old;P:12345;;"),
    ],
)
def test_a_network_is_joined_by_its_code_and_read_below_it(
    fonts: FontSet, scan: Scan, network: Network, payload: str, paper: str
) -> None:
    made = posters.wifi_poster(replace(WIFI, paper=paper), network, fonts, WIFI_WORDS)
    assert (made.pages, made.warnings) == (1, ())
    assert scan(made.pdf, 72) == Counter({payload: 1})
    text = re.sub(r"\s", "", text_of(made)[0])
    assert re.sub(r"\s", "", f"Sieć{network.name}") in text
    assert (f"Hasło{network.password}" if network.password else "Bezhasła") in text
    assert facts(made) == {"title": WIFI.heading, "language": "pl", "scaling": "/None"}
    assert module(made) >= 4.0


def module(result: Result) -> float:
    """The size of a module of the only code of a document, in mm."""
    content = pypdf.PdfReader(io.BytesIO(result.pdf)).pages[0].get_contents()
    assert content is not None
    (size,) = re.findall(rb"q ([\d.]+) 0 0 [\d.]+ [\d.]+ [\d.]+ cm\n\d+ \d+ \d+ 1 re", content.get_data())
    return float(size)


@pytest.mark.parametrize("make", [posters.join_poster, posters.door_poster])
def test_the_codes_on_the_wall_are_read_from_two_metres(
    fonts: FontSet, make: Callable[[Poster, FontSet], Result]
) -> None:
    assert module(make(JOIN, fonts)) >= 4.0


def test_the_longest_name_and_password_still_scan(fonts: FontSet, scan: Scan) -> None:
    made = posters.wifi_poster(replace(WIFI, steps=(), note=""), Network("N" * 32, "P" * 63), fonts)
    assert sum(scan(made.pdf, 72).values()) == 1
    assert module(made) >= 4.0


def test_a_poster_so_full_that_its_code_is_small_says_so(fonts: FontSet, scan: Scan) -> None:
    full = replace(WIFI, steps=("Skieruj aparat na kod i poczekaj, aż pojawi się nazwa sieci lokalu.",) * 5)
    made = posters.wifi_poster(full, Network("N" * 32, "P" * 63), fonts)
    assert [one.key for one in made.warnings] == ["small_code"]
    assert sum(scan(made.pdf, 100).values()) == 1


@pytest.mark.parametrize(
    ("network", "code"),
    [
        (Network(""), "bad_network"),
        (Network("ż" * 17, "passphrase"), "bad_network"),
        (Network("Sala", "passphrase", security="WPA/WPA2"), "bad_network"),
        (Network("Sala", "short"), "bad_password"),
        (Network("Sala", "hasło-hasło"), "bad_password"),
        (Network("Sala", "p" * 64), "bad_password"),
        (Network("Sala", "passphrase", security="nopass"), "bad_password"),
        (Network("Sala", "123456", security="WEP"), "bad_password"),
    ],
)
def test_a_network_that_cannot_be_is_refused(fonts: FontSet, network: Network, code: str) -> None:
    with pytest.raises(PrintRefused) as refused:
        posters.wifi_poster(WIFI, network, fonts)
    assert refused.value.code == code
    assert network.password not in str(refused.value) or not network.password


@pytest.mark.parametrize(
    "poster",
    [
        Poster("Antidisestablishmentarianism" * 4, JOIN.code, JOIN.link),
        Poster("Join", JOIN.code, JOIN.link, steps=("One more step.",) * 20),
        Poster("Join", JOIN.code, JOIN.link, steps=("x" * 200,)),
        Poster("Join", JOIN.code, "https://" + "x" * 200),
        Poster("Join", "https://" + "x" * 3000, JOIN.link),
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
            "unknown_paper",
        ),
        (TrialSheet("Codes " * 40, (TrialCode("Anna", "TEST00000001"),), "https://a.example"), "text_too_long"),
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
    result = sign_in(people, SignIn("Colazione", "Milano, 12 marzo", "Nome", "Azienda", "Firma", words), fonts)
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
        ([Person("Anna", "Nowak")] * 100_001, "Breakfast", "too_many"),
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
