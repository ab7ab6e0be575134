"""Tents as they stand on a table: read from both sides, folded where no letter is."""

import io
import re
from dataclasses import replace

import pypdf
import pytest

from printables import tents
from printables.model import Person, PrintRefused, Result
from printables.paper import Paper, PaperWords
from printables.stocks import Rect
from printables.tents import EmptyChair, TentOptions
from printables.text import FontSet
from tests.printables.eyes import digest, digests, facts, outside, overlaps, plan_of, squashed, texts, words

PAPER = Paper("Colazione", language="it", words=PaperWords(member="Socio", visitor="Ospite"))
SIZES = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
NOTARY = EmptyChair(
    "Organizacja przyjęć weselnych",
    ("Kwiaciarnia, fotograf i sala szukają partnera, z którym mogliby pracować", "9 otwartych życzeń"),
    "Zaproś kogoś na 19 marca",
    "To krzesło czeka na",
)


def faces(size: str, folds: int) -> list[Rect]:
    """The quarters of a page that carry a face."""
    width, height = SIZES[size]
    return [Rect(0, at * height / 4, width, height / 4) for at in ((1, 2) if folds == 3 else (0, 1, 2, 3))]


@pytest.mark.parametrize("size", ["a4", "letter"])
@pytest.mark.parametrize("per_page", [1, 2])
def test_every_word_keeps_away_from_folds_and_edges(fonts: FontSet, size: str, per_page: int) -> None:
    people = plan_of(10).people
    for made, sheets in (
        (tents.render(people, replace(PAPER, size=size), fonts, TentOptions(per_page)), 10 // per_page),
        (tents.empty_chair([NOTARY], replace(PAPER, size=size), fonts, TentOptions(per_page)), 1),
    ):
        assert made.pages == sheets
        assert outside(made, faces(size, 3 if per_page == 1 else 2), margin=9) == []
        assert overlaps(made) == []
        assert made.warnings == ()


def test_both_faces_say_the_same_and_one_stands_on_its_head(fonts: FontSet) -> None:
    made = tents.render(plan_of(1).people, PAPER, fonts)
    (text,) = texts(made)
    assert text.count("GiuliaFerrariFerrariCeramicheSocio") == 2
    names = [word for word in words(made) if word.text == "Giulia"]
    upside_down, upright = sorted(names, key=lambda word: word.y)
    fold = 297 / 4
    assert fold - (upside_down.y + upside_down.to_y) / 2 == pytest.approx(
        (upright.y + upright.to_y) / 2 - fold, abs=0.5
    )
    assert 210 - upside_down.to_x == pytest.approx(upright.x, abs=0.5)
    assert turns(made) == ["turned", "upright"]


def turns(made: Result) -> list[str]:
    """How the faces of the first page stand, from the first drawn."""
    content = pypdf.PdfReader(io.BytesIO(made.pdf)).pages[0].get_contents()
    assert content is not None
    found = re.findall(rb"^q (-?)2\.8\d+ 0 0 -?2\.8\d+ [\d.]+ [\d.]+ cm$", content.get_data(), re.M)
    return ["turned" if sign else "upright" for sign in found[1:]]  # the first is the page with its ticks


def test_a_short_name_is_read_from_across_the_table(fonts: FontSet) -> None:
    made = tents.render([Person("Ewa", "Lis")], PAPER, fonts)
    assert max(word.to_y - word.y for word in words(made)) > 25


def test_a_name_is_never_left_out_and_an_endless_one_is_told(fonts: FontSet) -> None:
    people = [Person("W" * 60, "M" * 90, "Ditta")]
    made = tents.render(people, PAPER, fonts)
    assert [(one.key, one.params["field"]) for one in made.warnings] == [
        ("shortened", "first name"),
        ("shortened", "last name"),
    ]
    assert outside(made, faces("a4", 2), margin=9) == []


def test_the_empty_chair_says_whom_it_waits_for_and_whom_they_would_meet(fonts: FontSet) -> None:
    (text,) = texts(tents.empty_chair([NOTARY], PAPER, fonts))
    for said in (NOTARY.sector, NOTARY.heading, *NOTARY.lines, NOTARY.invitation):
        assert text.count(squashed(said)) == 2


def test_ready_made_cards_have_a_page_of_their_own(fonts: FontSet) -> None:
    made = tents.render(plan_of(3).people, PAPER, fonts, TentOptions(card=True))
    cells = [Rect(0, 12.7 + at * 63.5, 215.9, 63.5) for at in range(4)]
    assert made.pages == 2
    assert outside(made, cells, margin=9) == []
    assert [round(float(side)) for side in pypdf.PdfReader(io.BytesIO(made.pdf)).pages[0].mediabox[2:]] == [612, 792]


def test_title_language_and_bytes_are_as_for_every_paper(fonts: FontSet) -> None:
    made = tents.render(plan_of(5).people, Paper("Łódź", language="pl"), fonts)
    assert facts(made) == {"title": "Łódź", "language": "pl", "scaling": "/None"}
    program = (
        "from printables import tents\n"
        "from printables.paper import Paper\n"
        "from tests.printables.eyes import plan_of\n"
        "made = tents.render(plan_of(5).people, Paper('Łódź', language='pl'), fonts)\n"
    )
    assert digests(program) == {digest(made)}


@pytest.mark.parametrize(
    ("people", "options", "code"),
    [
        ([], TentOptions(), "nobody"),
        ([Person("", " ")], TentOptions(), "nameless"),
        ([Person("Ewa", "Lis")], TentOptions(3), "tents_per_page"),
    ],
)
def test_a_tent_that_cannot_stand_is_refused(
    fonts: FontSet, people: list[Person], options: TentOptions, code: str
) -> None:
    with pytest.raises(PrintRefused) as refused:
        tents.render(people, PAPER, fonts, options)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("chairs", "code"),
    [
        ([], "nobody"),
        ([EmptyChair(" ")], "nameless"),
        ([EmptyChair("Notary", ("a longer line that goes on and on",) * 30)], "no_room"),
        ([EmptyChair("N" * 90)], "no_room"),
        ([EmptyChair("Notary", invitation="come " * 80)], "no_room"),
    ],
)
def test_a_chair_that_says_nothing_or_too_much_is_refused(fonts: FontSet, chairs: list[EmptyChair], code: str) -> None:
    with pytest.raises(PrintRefused) as refused:
        tents.empty_chair(chairs, PAPER, fonts)
    assert refused.value.code == code
