"""Backs of badges: on the other side of their own front, the right way up, whichever way the printer turns."""

import random
import re
from dataclasses import replace

import pytest

from printables import badges, duplex, stocks
from printables.draw import Place
from printables.model import Back, BadgeOptions, Duplex, Person, PrintRefused
from printables.stocks import Rect
from printables.text import FontSet
from tests.printables.conftest import random_code
from tests.printables.eyes import digest, outside, overlaps, plan_of, squashed, texts, words

AGENDA = (
    ("07:00", "Porte aperte e caffè"),
    ("07:30", "Cinque giri ai tavoli"),
    ("08:20", "Pausa"),
    ("09:00", "Referenze e ringraziamenti"),
)
PLAN = plan_of(23, 5, 4)
OWN = Back("Colazione di primavera", AGENDA, PLAN.rounds)
UP = {0: (0, -1), 90: (-1, 0), 180: (0, 1), 270: (1, 0)}  # where the top of a face is, x to the right, y down


def crowd(count: int) -> list[Person]:
    source = random.Random(3)
    return [replace(one, code=random_code(source)) for one in PLAN.people[:count]]


def options(stock: str, back: Back, **more: object) -> BadgeOptions:
    return replace(BadgeOptions(stock, "https://meet.example.org", back=back), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("edge", Duplex)
@pytest.mark.parametrize(
    "stock", [one.id for one in stocks.all_stocks() if one.kind in ("sheet", "cut", "page") and not one.problem()]
)
def test_a_back_lies_behind_its_front_with_its_top_at_the_same_edge(stock: str, edge: Duplex) -> None:
    found = stocks.find(stock)
    like_a_book = (edge is Duplex.LONG) == (found.page_h >= found.page_w)
    for index in range(found.labels):
        for turn in (0, 90, 180):
            front = Place(found.cell(index), turn)
            back = duplex.back_place(found, front, edge)
            x, y, width, height = back.rect
            up_x, up_y = UP[back.turn]
            if like_a_book:  # seen through the paper from the front
                through, up = Rect(found.page_w - x - width, y, width, height), (-up_x, up_y)
            else:
                through, up = Rect(x, found.page_h - y - height, width, height), (up_x, -up_y)
            assert through == pytest.approx(front.rect)
            assert up == UP[turn]


@pytest.mark.parametrize("edge", Duplex)
def test_a_part_used_sheet_prints_every_back_behind_its_own_front(fonts: FontSet, edge: Duplex) -> None:
    people = crowd(7)
    made = badges.render(people, options("avery-l4785", OWN, start_at=8, duplex=edge), fonts)
    assert made.pages == 4
    found = words(made)
    stock = stocks.find("avery-l4785")
    slots = [(0, 7 + at) for at in range(3)] + [(1, at) for at in range(4)]
    for person, (sheet, slot) in zip(people, slots, strict=True):
        back = duplex.back_place(stock, Place(stock.cell(slot)), edge).rect
        here = [word for word in found if word.page == 2 * sheet + 1 and is_within(word.x, word.y, back)]
        tables = [word.text for word in here if re.fullmatch(r"\d\d?", word.text)]
        wanted = [text for at, seat in enumerate(person.seats) for text in (str(at + 1), str(seat or "–"))]
        assert sorted(tables) == sorted(text for text in wanted if text != "–")


def is_within(x: float, y: float, rect: Rect) -> bool:
    return rect.x <= x <= rect.x + rect.width and rect.y - 1 <= y <= rect.y + rect.height


@pytest.mark.parametrize("stock", ["avery-l4785", "durable-1456", "a6-lanyard", "a4-a7-8up", "cr80", "avery-5392"])
def test_no_letter_of_a_back_leaves_its_label(fonts: FontSet, stock: str) -> None:
    made = badges.render(crowd(9), options(stock, OWN), fonts)
    found = stocks.find(stock)
    backs = [duplex.back_place(found, Place(found.cell(at)), Duplex.LONG).rect for at in range(found.labels)]
    assert [word for word in outside(made, backs, margin=2.5) if word.page % 2] == []
    assert [pair for pair in overlaps(made) if "07:00" in pair] == []
    assert made.warnings == ()


def test_the_agenda_alone_is_drawn_once_for_everybody(fonts: FontSet) -> None:
    agenda = badges.render(crowd(20), options("avery-l4785", Back("Colazione", AGENDA)), fonts)
    own = badges.render(crowd(20), options("avery-l4785", OWN), fonts)
    plain = badges.render(crowd(20), replace(options("avery-l4785", OWN), back=None), fonts)
    assert agenda.pages == own.pages == 2 * plain.pages == 4
    assert len(agenda.pdf) < len(own.pdf)
    for page in texts(agenda)[1::2]:
        assert page.count(squashed("Porte aperte e caffè")) == 10


def test_backs_can_be_moved_by_themselves(fonts: FontSet) -> None:
    def corner(**more: object) -> tuple[float, float]:
        made = badges.render(crowd(1), options("avery-l4785", Back("Colazione"), **more), fonts)
        word = next(word for word in words(made) if word.page == 1)
        return word.x, word.y

    x, y = corner()
    moved = corner(back_dx=1.5, back_dy=-0.5, dx=1.0)
    assert moved == (pytest.approx(x + 2.5, abs=0.02), pytest.approx(y - 0.5, abs=0.02))


@pytest.mark.parametrize(("stock", "backs"), [("a5-fold-a6", 1), ("a4-fold-a6", 2), ("ticket-82x203", 1)])
def test_on_folded_stock_the_back_is_a_face_of_the_same_sheet(fonts: FontSet, stock: str, backs: int) -> None:
    made = badges.render(crowd(2), options(stock, Back("Colazione", AGENDA)), fonts)
    assert made.pages == 2
    for page in texts(made):
        assert page.count("07:00") == backs
        assert page.count("Member") + page.count("Visitor") == backs


def test_somebody_without_seats_gets_rings_to_write_in_and_is_named(fonts: FontSet) -> None:
    late = replace(crowd(1)[0], seats=())
    made = badges.render([late], options("avery-l4785", OWN), fonts)
    assert [(one.key, one.params) for one in made.warnings] == [("no_seats", {"name": "Giulia Ferrari"})]
    assert "07:34" in texts(made)[1]


def test_whoever_sits_out_reads_so(fonts: FontSet) -> None:
    resting = replace(crowd(1)[0], seats=(1, None, 2, 3, 4))
    made = badges.render([resting], options("avery-l4785", replace(OWN, agenda=(), out_word="libero")), fonts)
    assert "207:31libero" in texts(made)[1]


def test_the_same_backs_give_the_same_file(fonts: FontSet) -> None:
    assert digest(badges.render(crowd(5), options("cr80", OWN), fonts)) == digest(
        badges.render(crowd(5), options("cr80", OWN), fonts)
    )


@pytest.mark.parametrize(
    ("stock", "back", "change", "code"),
    [
        ("dk-11202", OWN, {}, "no_back"),
        ("dk-22205", OWN, {}, "no_back"),
        ("avery-l4785", replace(OWN, agenda=AGENDA * 9), {}, "back_too_long"),
        ("avery-l4785", Back("Colazione " * 30), {}, "back_too_long"),
        ("avery-l4785", Back(agenda=(("07:00", "x" * 200),)), {}, "back_too_long"),
        ("avery-l4785", replace(OWN, rounds=PLAN.rounds[:3]), {}, "seats_missing"),
        ("avery-l4785", OWN, {"back_dx": 40}, "offset_outside"),
    ],
)
def test_a_back_that_cannot_be_printed_is_refused(
    fonts: FontSet, stock: str, back: Back, change: dict[str, object], code: str
) -> None:
    with pytest.raises(PrintRefused) as refused:
        badges.render(crowd(2), options(stock, back, **change), fonts)
    assert refused.value.code == code


def test_a_test_page_takes_the_longest_the_shortest_and_the_most_accented_name(fonts: FontSet) -> None:
    made = badges.trial(PLAN.people, BadgeOptions("avery-l4785", "https://meet.example.org"), fonts)
    (text,) = texts(made)
    names = ("MariaGiovannaBeatrice", "Pelé", "Łukasz")
    assert [text.index(name) for name in names] == sorted(text.index(name) for name in names)
    assert text.count("Member") + text.count("Visitor") + text.count("Host") == 3


def test_a_test_page_of_two_people_shows_each_once(fonts: FontSet) -> None:
    made = badges.trial(PLAN.people[:2], BadgeOptions("avery-l4785", "https://meet.example.org"), fonts)
    (text,) = texts(made)
    assert (text.count("Giulia"), text.count("Łukasz")) == (1, 1)
    with pytest.raises(PrintRefused) as refused:
        badges.trial([], BadgeOptions("avery-l4785", "https://meet.example.org"), fonts)
    assert refused.value.code == "nobody"
