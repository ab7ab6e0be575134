"""Referral slips as they are filled in by hand: every question, room to write, nothing cut off."""

from dataclasses import replace

import pytest

from printables import slips
from printables.model import PrintRefused
from printables.paper import Grid, Paper, PaperWords
from printables.slips import Slip
from printables.text import FontSet
from tests.printables.eyes import digest, digests, facts, outside, overlaps, squashed, texts

ITALIAN = PaperWords(
    slip="Segnalazione",
    slip_to="A",
    slip_from="Da",
    slip_date="Data",
    slip_prospect="Persona da contattare",
    slip_contact="Telefono o e-mail",
    slip_need="Di che cosa ha bisogno",
    slip_consent="Ha detto sì a una chiamata",
    slip_level="Quanto vi ho presentati",
    slip_levels=(
        "Nome e numero",
        "Il tuo biglietto o sito",
        "Una buona parola",
        "Telefonata concordata",
        "Di persona",
    ),
    slip_vouch="Perché garantisco",
    slip_used="Sono stato cliente",
    slip_saw="Ho visto il lavoro",
    slip_heard="Ne ho sentito parlare bene",
    slip_how="Come vi ho presentati?",
    slip_ways=(
        "ho dato il tuo biglietto",
        "ho detto che avresti chiamato",
        "ho scritto",
        "ho fissato la telefonata",
        "vi ho fatto incontrare",
    ),
    slip_buys="Chi compra?",
    slip_outside="qualcun altro",
    slip_inside="io",
    slip_comments="Commento",
)
PAPER = Paper("Colazione di primavera", language="it", words=ITALIAN)
SIZES = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}


@pytest.mark.parametrize("size", ["a4", "letter"])
def test_three_slips_a_page_each_with_every_question(fonts: FontSet, size: str) -> None:
    made = slips.render(replace(PAPER, size=size), fonts, pages=2)
    assert made.pages == 2
    assert outside(made, Grid(1, 3, *SIZES[size]).cells(), margin=8) == []
    assert overlaps(made) == []
    for text in texts(made):
        for said in (*ITALIAN.slip_levels, ITALIAN.slip, ITALIAN.slip_need, ITALIAN.slip_consent, ITALIAN.slip_vouch,
                     ITALIAN.slip_used, ITALIAN.slip_saw, ITALIAN.slip_heard, ITALIAN.slip_prospect,
                     ITALIAN.slip_contact, ITALIAN.slip_how, *ITALIAN.slip_ways, ITALIAN.slip_buys,
                     ITALIAN.slip_outside, ITALIAN.slip_inside, ITALIAN.slip_comments):  # fmt: skip
            assert text.count(squashed(said)) >= 3


def test_what_is_known_stands_on_its_line(fonts: FontSet) -> None:
    known = Slip(
        receiver="Łukasz Żółkiewski",
        giver="Maria Giovanna Beatrice Della Valle Santarelli di Roccabruna",
        date="12 marzo",
        prospect="Anna Nowak",
        contact="+39 02 123456",
        need="Un pavimento nuovo per la cucina, con il riscaldamento sotto, prima di Pasqua, per quattro e un cane",
    )
    made = slips.render(PAPER, fonts, slips=[known] * 4)
    assert (made.pages, made.warnings) == (2, ())
    assert overlaps(made) == []
    assert outside(made, Grid(1, 3, *SIZES["a4"]).cells(), margin=8) == []
    first, second = texts(made)
    for said in (known.receiver, known.giver, known.date, known.prospect, known.contact, known.need):
        assert first.count(squashed(said)) == 3
        assert second.count(squashed(said)) == 1


def test_what_is_too_long_for_its_line_is_told(fonts: FontSet) -> None:
    made = slips.render(PAPER, fonts, slips=[Slip(giver="Anna Nowak", need="piano " * 90)])
    assert [(one.key, one.params) for one in made.warnings] == [("shortened", {"name": "Anna Nowak", "field": "need"})]


def test_title_language_and_bytes_are_as_for_every_paper(fonts: FontSet) -> None:
    made = slips.render(Paper("Łódź", language="pl"), fonts)
    assert facts(made) == {"title": "Łódź", "language": "pl", "scaling": "/None"}
    program = (
        "from printables import slips\n"
        "from printables.paper import Paper\n"
        "made = slips.render(Paper('Łódź', language='pl'), fonts)\n"
    )
    assert digests(program) == {digest(made)}


@pytest.mark.parametrize(
    ("paper", "pages", "code"),
    [
        (PAPER, 0, "pages_outside"),
        (PAPER, 501, "pages_outside"),
        (replace(PAPER, words=replace(ITALIAN, slip_consent="sì " * 100)), 1, "no_room"),
        (replace(PAPER, words=replace(ITALIAN, slip_levels=("a", "b", "c", "d", "una presentazione lunga " * 3))), 1,
         "no_room"),
        (replace(PAPER, title="Colazione " * 90), 1, "text_too_long"),
    ],
)  # fmt: skip
def test_slips_that_cannot_be_printed_are_refused(fonts: FontSet, paper: Paper, pages: int, code: str) -> None:
    with pytest.raises(PrintRefused) as refused:
        slips.render(paper, fonts, pages=pages)
    assert refused.value.code == code
