"""Route cards as attendees hold them: the way through the rounds, whom they meet, and nothing cut off."""

from dataclasses import replace

import pytest

from printables import routes
from printables.model import PrintRefused
from printables.paper import Grid, Paper, PaperWords
from printables.routes import RouteOptions
from printables.seatplan import MOST_ROUNDS, RoundTime, SeatPlan
from printables.text import FontSet
from tests.printables.eyes import digest, digests, facts, outside, overlaps, plan_of, squashed, texts, words

PAPER = Paper("Colazione di primavera", "Milano, 12 marzo", language="it", words=PaperWords(sits_out="Riposo"))
SIZES = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}


@pytest.mark.parametrize("size", ["a4", "letter"])
@pytest.mark.parametrize(("rounds", "seats", "cols", "rows"), [(3, 2, 2, 3), (5, 4, 2, 2), (8, 8, 1, 2), (14, 8, 1, 1)])
def test_every_word_lies_on_its_card_and_on_no_other_word(
    fonts: FontSet, size: str, rounds: int, seats: int, cols: int, rows: int
) -> None:
    result = routes.render(plan_of(57, rounds, seats), replace(PAPER, size=size), fonts)
    grid = Grid(cols, rows, *SIZES[size])
    assert result.pages == -(-57 // grid.per_page)
    assert outside(result, grid.cells()) == []
    assert overlaps(result) == []
    assert result.warnings == ()


def test_a_card_says_table_by_table_whom_one_meets(fonts: FontSet) -> None:
    plan = plan_of(57, 5, 4)
    result = routes.render(plan, PAPER, fonts, RouteOptions(only=("u1",)))
    (text,) = texts(result)
    lukasz = plan.people[1]
    assert result.pages == 1
    for this_round, table in enumerate(lukasz.seats):
        assert table is not None
        partners = [one.name for one in plan.people if one.seats[this_round] == table and one is not lukasz]
        written = text[text.index(f"07:{30 + this_round}{table}") :]
        if this_round < 4:
            written = written[: written.index(f"{this_round + 2}07:")]
        assert len(partners) == 3
        for partner in partners:
            assert squashed(partner) in written


def test_partners_may_be_left_out_and_the_question_of_the_round_takes_their_place(fonts: FontSet) -> None:
    plan = plan_of(8, 3, 4, prompt="Chi posso farti incontrare?")
    (text, *_) = texts(routes.render(plan, PAPER, fonts, RouteOptions(partners=False, promises=False, only=("u0",))))
    assert text.count("Chipossofartiincontrare?") == 3
    assert "Żółkiewski" not in text
    assert squashed(PAPER.words.promises) not in text


def test_who_sits_out_is_told_so(fonts: FontSet) -> None:
    plan = plan_of(57, 5, 4)
    resting = [one for one in plan.people if None in one.seats]
    text = "".join(texts(routes.render(plan, PAPER, fonts)))
    assert text.count("Riposo") == sum(one.seats.count(None) for one in resting) > 0


def test_a_walk_in_without_seats_gets_a_card_to_write_on_and_is_named(fonts: FontSet) -> None:
    plan = plan_of(8, 3, 4)
    late = replace(plan.people[0], first_name="Wanda", seats=())
    result = routes.render(SeatPlan((late, *plan.people[1:]), plan.rounds), PAPER, fonts, RouteOptions(only=("u0",)))
    assert [(one.key, one.params) for one in result.warnings] == [("no_seats", {"name": "Wanda Ferrari"})]
    (text,) = texts(result)
    assert "WandaFerrari" in text
    assert text.count("07:3") == 3


def test_an_endless_word_is_shortened_where_it_must_be_and_its_owner_named(fonts: FontSet) -> None:
    plan = plan_of(4, 3, 4)
    endless = replace(plan.people[0], first_name="W" * 90, last_name="")
    result = routes.render(SeatPlan((endless, *plan.people[1:]), plan.rounds), PAPER, fonts)
    assert {(one.key, one.params["name"]) for one in result.warnings} == {("shortened", "W" * 90)}


def test_the_cards_say_title_language_and_actual_size(fonts: FontSet) -> None:
    result = routes.render(plan_of(4), PAPER, fonts)
    assert facts(result) == {"title": "Colazione di primavera", "language": "it", "scaling": "/None"}


def test_the_same_plan_gives_the_same_file_in_another_process(fonts: FontSet) -> None:
    program = (
        "from printables import routes\n"
        "from printables.paper import Paper\n"
        "from tests.printables.eyes import plan_of\n"
        "made = routes.render(plan_of(23), Paper('Łódź'), fonts)\n"
    )
    assert digests(program) == {digest(routes.render(plan_of(23), Paper("Łódź"), fonts))}


def test_letters_that_no_font_has_are_told_by_name_once(fonts: FontSet) -> None:
    plan = plan_of(4)
    taro = replace(plan.people[0], first_name="太郎")
    result = routes.render(SeatPlan((taro, *plan.people[1:]), plan.rounds), PAPER, fonts)
    assert [one.key for one in result.warnings] == ["missing_glyphs"]


def test_no_letter_is_smaller_than_can_be_read_at_a_table(fonts: FontSet) -> None:
    heights = [word.to_y - word.y for word in words(routes.render(plan_of(57, 14, 8), PAPER, fonts))]
    assert min(heights) > 6.0 * 25.4 / 72


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (SeatPlan((), (RoundTime(1),)), "nobody"),
        (SeatPlan(plan_of(4).people, ()), "no_rounds"),
        (SeatPlan(plan_of(4).people, tuple(RoundTime(n) for n in range(MOST_ROUNDS + 1))), "too_many_rounds"),
        (SeatPlan(plan_of(4).people, (RoundTime(1),)), "seats_missing"),
        (SeatPlan((replace(plan_of(4).people[0], first_name=" ", last_name=""),), plan_of(4).rounds), "nameless"),
        (SeatPlan(plan_of(1).people * 100_001, plan_of(1).rounds), "too_many"),
        (plan_of(120, 20, 60), "no_room"),
    ],
)
def test_a_plan_that_cannot_be_printed_is_refused_in_one_sentence(fonts: FontSet, plan: SeatPlan, code: str) -> None:
    with pytest.raises(PrintRefused) as refused:
        routes.render(plan, PAPER, fonts)
    assert refused.value.code == code
    assert str(refused.value).endswith(".")


def test_nobody_asked_for_and_titles_and_papers_that_do_not_exist_are_refused(fonts: FontSet) -> None:
    for paper, options, code in (
        (PAPER, RouteOptions(only=("nobody",)), "nobody"),
        (replace(PAPER, size="a3"), RouteOptions(), "unknown_paper"),
        (replace(PAPER, title="Colazione " * 40), RouteOptions(), "text_too_long"),
    ):
        with pytest.raises(PrintRefused) as refused:
            routes.render(plan_of(4), paper, fonts, options)
        assert refused.value.code == code
