"""What holds for every paper of a page alike: hostile names, endless questions, unknown sizes, empty lists."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from printables import lists, routes, seating, tables, tents
from printables.lists import SignIn
from printables.model import Person, PrintRefused, Result, Role
from printables.paper import Paper
from printables.routes import RouteOptions
from printables.seatplan import SeatPlan
from printables.stocks import Rect
from printables.text import FontSet, clean
from tests.printables.eyes import outside, overlaps, plan_of, squashed, texts

Draw = Callable[[SeatPlan, Paper, FontSet], Result]
PAPERS: dict[str, Draw] = {
    "routes": routes.render,
    "tables": tables.render,
    "seating": seating.render,
    "tents": lambda plan, paper, fonts: tents.render(plan.people, paper, fonts),
    "sign-in": lambda plan, paper, fonts: lists.sign_in(
        plan.people, SignIn(paper.title, paper.subtitle, paper=paper.size), fonts
    ),
}
HOSTILE = (
    ("<b>Anna</b>", "&amp; <i>Co</i>"),
    ('"; DROP TABLE people;--', "O'Brien"),
    ("(Anna)", "back\\slash)"),
    ("%(name)s", "{{ name }} ${name}"),
    ("ﬁlippo", "Effiﬀi"),
    ("Nguyễn Thị", "Hồng Ánh"),
    ("Ελένη", "Παπαδοπούλου"),
    ("Юлія", "Щербак-Їжакевич"),
    ("İbrahim", "Işık Çağrı"),
    ("Rene\u0301e", "Zoe\u0308"),
    ("Anna\u202e\u200b", "Nowak\x00\x1b"),
    ("=cmd|' /C calc'!A0", "@SUM(1+1)"),
)


def hostile_plan() -> SeatPlan:
    plan = plan_of(12, 3, 4)
    people = tuple(
        replace(one, first_name=first, last_name=last, company="Ditta <br/> & \\(figli)", role=Role.VISITOR)
        for one, (first, last) in zip(plan.people, HOSTILE, strict=True)
    )
    return SeatPlan(people, plan.rounds)


@pytest.mark.parametrize("name", PAPERS)
def test_names_are_printed_as_they_were_typed(fonts: FontSet, name: str) -> None:
    plan = hostile_plan()
    made = PAPERS[name](plan, Paper("Colazione"), fonts)
    text = "".join(texts(made))
    for person in plan.people:
        for part in (person.first_name, person.last_name):
            assert squashed(clean(part)) in text
    assert made.warnings == ()


@pytest.mark.parametrize("size", [(210.0, 297.0, "a4"), (215.9, 279.4, "letter")])
@pytest.mark.parametrize("name", PAPERS)
def test_nothing_leaves_the_page_or_covers_anything_else(
    fonts: FontSet, name: str, size: tuple[float, float, str]
) -> None:
    width, height, paper = size
    made = PAPERS[name](plan_of(57, 6, 6), Paper("Colazione", "Milano, 12 marzo", size=paper), fonts)
    assert outside(made, [Rect(0, 0, width, height)], margin=7) == []
    assert overlaps(made) == []


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_of_unknown_size_an_empty_and_an_endless_list_are_refused(fonts: FontSet, name: str) -> None:
    plan = plan_of(4, 2, 4)
    for content, paper, code in (
        (plan, Paper("Colazione", size="a3"), "unknown_paper"),
        (replace(plan, people=()), Paper("Colazione"), "nobody"),
        (replace(plan, people=(plan.people[0],) * 100_001), Paper("Colazione"), "too_many"),
        (replace(plan, people=(Person(" ", "", seats=(1, 1)),)), Paper("Colazione"), "nameless"),
    ):
        with pytest.raises(PrintRefused) as refused:
            PAPERS[name](content, paper, fonts)
        assert refused.value.code == code


LONG = Paper(
    "Colazione di primavera del gruppo Porta Romana con gli ospiti dei gruppi di Lodi, Pavia e Busto Arsizio",
    "giovedì 12 marzo 2026, ore 07:00 · Hotel Principe di Savoia, Sala dei Lampadari, Piazza Repubblica 17, Milano",
)


@pytest.mark.parametrize("name", ["routes", "tables", "seating", "sign-in"])
@pytest.mark.parametrize("size", ["a4", "letter"])
def test_a_long_title_and_place_find_room(fonts: FontSet, name: str, size: str) -> None:
    made = PAPERS[name](plan_of(9, 3, 3), replace(LONG, size=size), fonts)
    assert squashed(LONG.title) in texts(made)[0]
    assert overlaps(made) == []
    with pytest.raises(PrintRefused) as refused:
        PAPERS[name](plan_of(9, 3, 3), replace(LONG, title="Colazione " * 60), fonts)
    assert refused.value.code == "text_too_long"


@pytest.mark.parametrize(
    "draw",
    [
        tables.render,
        seating.render,
        lambda plan, paper, fonts: routes.render(plan, paper, fonts, RouteOptions(partners=False)),
    ],
)
def test_a_question_that_no_line_can_hold_is_refused_rather_than_cut(fonts: FontSet, draw: Draw) -> None:
    with pytest.raises(PrintRefused) as refused:
        draw(plan_of(4, 2, 4, prompt="Chi" + "i" * 400), Paper("Colazione"), fonts)
    assert refused.value.code == "no_room"
