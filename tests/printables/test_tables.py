"""Table cards as they stand on tables: a number for the room, names for those who sit down."""

from dataclasses import replace

import pytest

from printables import tables
from printables.colours import BANDS, LEAST_CONTRAST, contrast, pair, table_look
from printables.draw import WHITE
from printables.model import PrintRefused
from printables.paper import Grid, Paper
from printables.seatplan import RoundTime, SeatPlan
from printables.tables import TableOptions
from printables.text import FontSet
from tests.printables.eyes import digest, digests, facts, outside, overlaps, plan_of, squashed, texts, words

PAPER = Paper("Colazione di primavera", "Milano, 12 marzo", language="it")
SIZES = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}


@pytest.mark.parametrize("size", ["a4", "letter"])
@pytest.mark.parametrize(
    ("count", "rounds", "seats", "rows", "pages"), [(57, 5, 4, 2, 7), (57, 8, 8, 1, 7), (120, 12, 20, 1, 12)]
)
def test_every_word_lies_on_its_card_and_on_no_other_word(
    fonts: FontSet, size: str, count: int, rounds: int, seats: int, rows: int, pages: int
) -> None:
    result = tables.render(plan_of(count, rounds, seats), replace(PAPER, size=size), fonts)
    assert result.pages == pages
    assert outside(result, Grid(1, rows, *SIZES[size]).cells()) == []
    assert overlaps(result) == []
    assert result.warnings == ()


def test_a_card_names_everybody_who_sits_there_round_by_round(fonts: FontSet) -> None:
    plan = plan_of(57, 5, 4)
    (text,) = texts(tables.render(plan, PAPER, fonts, TableOptions(only=(3,))))
    for this_round in range(5):
        written = text[text.index(f"Round{this_round + 1}") :].split("Round")[1]
        here = [one for one in plan.people if one.seats[this_round] == 3]
        assert len(here) == 4
        for person in here:
            assert squashed(person.name) in written


def test_people_stand_in_the_order_of_their_last_names(fonts: FontSet) -> None:
    plan = plan_of(4, 1, 4)
    (text,) = texts(tables.render(plan, PAPER, fonts))
    at = [text.index(squashed(name)) for name in ("Santarelli", "Dvořák", "Giulia", "Łukasz")]
    assert at == sorted(at)


def test_the_number_can_be_seen_from_across_the_room(fonts: FontSet) -> None:
    for names in (True, False):
        result = tables.render(plan_of(57, 5, 4), PAPER, fonts, TableOptions(names=names))
        numbers = [word for word in words(result) if word.to_y - word.y > 40]
        assert [word.text for word in numbers] == [str(number) for number in range(1, 15)]


def test_a_table_that_nobody_sits_at_in_a_round_says_so(fonts: FontSet) -> None:
    plan = plan_of(4, 2, 4)
    people = tuple(replace(one, seats=(1, 2) if at == 0 else (1, 1)) for at, one in enumerate(plan.people))
    (text,) = texts(tables.render(SeatPlan(people, plan.rounds), PAPER, fonts, TableOptions(only=(2,))))
    assert "Round107:30–Round207:31GiuliaFerrari" in text


def test_the_question_of_the_round_stands_above_the_names(fonts: FontSet) -> None:
    (text,) = texts(tables.render(plan_of(4, 2, 4, prompt="Chi cerchi?"), PAPER, fonts))
    assert text.count("Chicerchi?") == 2


def test_an_endless_word_is_shortened_and_told(fonts: FontSet) -> None:
    plan = plan_of(4, 2, 4)
    endless = replace(plan.people[0], first_name="W" * 200, last_name="")
    result = tables.render(SeatPlan((endless, *plan.people[1:]), plan.rounds), PAPER, fonts)
    assert {one.key for one in result.warnings} == {"shortened"}
    assert outside(result, Grid(1, 1, *SIZES["a4"]).cells()) == []


def test_eight_tables_in_a_row_look_different_and_every_number_stands_out() -> None:
    looks = [table_look(number) for number in range(1, 9)]
    assert len(set(looks)) == 8
    for look in looks:
        assert contrast(*look.pair) >= LEAST_CONTRAST
        assert contrast(look.rim, WHITE) >= 3.0
    for band in BANDS.values():
        assert contrast(*band) >= LEAST_CONTRAST
    assert table_look(9) == looks[0]


def test_a_pair_of_colours_that_cannot_be_read_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="only"):
        pair((0xF2, 0xA8, 0x1D), WHITE)


def test_title_language_and_bytes_are_as_for_every_paper(fonts: FontSet) -> None:
    made = tables.render(plan_of(23), Paper("Łódź", language="pl"), fonts)
    assert facts(made) == {"title": "Łódź", "language": "pl", "scaling": "/None"}
    program = (
        "from printables import tables\n"
        "from printables.paper import Paper\n"
        "from tests.printables.eyes import plan_of\n"
        "made = tables.render(plan_of(23), Paper('Łódź', language='pl'), fonts)\n"
    )
    assert digests(program) == {digest(made)}


@pytest.mark.parametrize(
    ("plan", "options", "code"),
    [
        (plan_of(4, 2, 4), TableOptions(only=(9,)), "nobody"),
        (
            SeatPlan(tuple(replace(one, seats=()) for one in plan_of(4).people), (RoundTime(1),)),
            TableOptions(),
            "nobody",
        ),
        (plan_of(400, 2, 200), TableOptions(), "no_room"),
        (SeatPlan((), ()), TableOptions(), "nobody"),
    ],
)
def test_what_cannot_be_printed_is_refused(fonts: FontSet, plan: SeatPlan, options: TableOptions, code: str) -> None:
    with pytest.raises(PrintRefused) as refused:
        tables.render(plan, PAPER, fonts, options)
    assert refused.value.code == code
