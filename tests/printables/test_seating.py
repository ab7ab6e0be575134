"""The seating plan on the wall: found by name, found by table, and read from a step away."""

from dataclasses import replace

import pytest

from printables import seating
from printables.model import PrintRefused
from printables.paper import Paper, PaperWords
from printables.seating import SeatingOptions
from printables.seatplan import SeatPlan
from printables.stocks import Rect
from printables.text import FontSet
from tests.printables.eyes import digest, digests, facts, outside, overlaps, plan_of, squashed, texts, words

PAPER = Paper("Colazione", "Milano, 12 marzo", language="it", words=PaperWords(sits_out="Riposo", by_name="Per nome"))
SIZES = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}


@pytest.mark.parametrize("size", ["a4", "letter"])
@pytest.mark.parametrize(("count", "seats", "pages"), [(9, 3, 2), (57, 4, 2), (57, 8, 2), (130, 6, 5), (400, 8, 11)])
def test_every_word_lies_on_its_page_and_on_no_other_word(
    fonts: FontSet, size: str, count: int, seats: int, pages: int
) -> None:
    result = seating.render(plan_of(count, 2, seats), replace(PAPER, size=size), fonts, SeatingOptions(rounds=(2,)))
    width, height = SIZES[size]
    assert outside(result, [Rect(0, 0, width, height)], margin=10) == []
    assert overlaps(result) == []
    assert result.warnings == ()
    assert result.pages <= pages


def test_everybody_is_found_by_name_with_their_table(fonts: FontSet) -> None:
    plan = plan_of(19, 2, 4)
    (text,) = texts(seating.render(plan, PAPER, fonts, SeatingOptions(rounds=(1,), by_table=False)))
    assert "Round1·07:30" in text
    assert "Pernome" in text
    for person in plan.people:
        table = "–" if person.seats[0] is None else str(person.seats[0])
        assert table + squashed(f"{person.last_name}{person.first_name}") in text


def test_names_stand_in_the_order_of_the_alphabet_accents_or_not(fonts: FontSet) -> None:
    (text,) = texts(seating.render(plan_of(10, 1, 5), PAPER, fonts, SeatingOptions(by_table=False)))
    order = ["Brzęcz", "DeSantis", "DellaValle", "Dvořák", "Ferrari", "Lis", "Pelé", "Thompson", "Wiś", "Żółk"]
    at = [text.index(name) for name in order]
    assert at == sorted(at)


def test_every_table_shows_its_people_and_those_who_sit_out_stand_last(fonts: FontSet) -> None:
    plan = plan_of(19, 2, 4)
    (text,) = texts(seating.render(plan, PAPER, fonts, SeatingOptions(rounds=(2,), by_name=False)))
    seated, resting = text.split("Riposo")
    for person in plan.people:
        assert squashed(person.name) in (resting if person.seats[1] is None else seated)


def test_all_rounds_are_printed_one_after_the_other_when_none_is_named(fonts: FontSet) -> None:
    pages = texts(seating.render(plan_of(19, 3, 4, prompt="Chi cerchi?"), PAPER, fonts))
    assert [f"Round{1 + at // 2}" in page for at, page in enumerate(pages)] == [True] * 6
    assert all("Chicerchi?" in page for page in pages)


def test_a_long_list_goes_on_and_counts_its_pages(fonts: FontSet) -> None:
    result = seating.render(plan_of(400, 1, 8), PAPER, fonts, SeatingOptions(by_table=False))
    pages = texts(result)
    assert [f"{at}/{len(pages)}" in page for at, page in enumerate(pages, 1)] == [True] * len(pages)
    assert sum(page.count("Brzęczyszczykiewicz") for page in pages) == 40


def test_letters_are_as_large_as_the_page_allows(fonts: FontSet) -> None:
    def height(count: int) -> float:
        result = seating.render(plan_of(count, 1, 4), PAPER, fonts, SeatingOptions(by_table=False))
        return next(word.to_y - word.y for word in words(result) if word.text == "Dvořák")

    assert height(12) > height(57) > height(400) > 3.5


def test_a_walk_in_without_seats_is_not_on_the_wall(fonts: FontSet) -> None:
    plan = plan_of(8, 1, 4)
    late = replace(plan.people[0], first_name="Wanda", seats=())
    made = seating.render(SeatPlan((late, *plan.people[1:]), plan.rounds), PAPER, fonts)
    assert not any("Wanda" in page for page in texts(made))


def test_title_language_and_bytes_are_as_for_every_paper(fonts: FontSet) -> None:
    made = seating.render(plan_of(23), Paper("Łódź", language="pl"), fonts)
    assert facts(made) == {"title": "Łódź", "language": "pl", "scaling": "/None"}
    program = (
        "from printables import seating\n"
        "from printables.paper import Paper\n"
        "from tests.printables.eyes import plan_of\n"
        "made = seating.render(plan_of(23), Paper('Łódź', language='pl'), fonts)\n"
    )
    assert digests(program) == {digest(made)}


@pytest.mark.parametrize(
    ("plan", "options", "code"),
    [
        (plan_of(4), SeatingOptions(rounds=(77,)), "no_rounds"),
        (plan_of(4), SeatingOptions(by_name=False, by_table=False), "nobody"),
        (plan_of(400, 1, 200), SeatingOptions(), "no_room"),
        (plan_of(0), SeatingOptions(), "nobody"),
    ],
)
def test_what_cannot_be_printed_is_refused(fonts: FontSet, plan: SeatPlan, options: SeatingOptions, code: str) -> None:
    with pytest.raises(PrintRefused) as refused:
        seating.render(plan, PAPER, fonts, options)
    assert refused.value.code == code
