"""The calibration page in the hands of somebody with a crooked printer."""

from dataclasses import replace

import pytest

from printables import calibration, stocks
from printables.calibration import CalibrationWords, Readings, correction, marks
from printables.model import BadgeOptions, PrintRefused
from printables.stocks import Rect, Stock, find
from printables.text import FontSet
from tests.printables.eyes import digest, digests, facts, outside, texts, words

ALL = [one.id for one in stocks.all_stocks() if not one.cut_to(100).problem()]


def printed_with(stock: str, **more: float) -> BadgeOptions:
    return replace(BadgeOptions(stock, ""), **more)  # type: ignore[arg-type]


def read_off(stock: Stock, options: BadgeOptions, stretch: float, right: float, down: float) -> Readings:
    """What somebody reads who holds the print of a printer that stretches and shifts against the labels."""
    found: dict[str, float] = {}
    for mark in marks(stock):
        offset, shift = (options.dx, right) if mark.is_across else (options.dy, down)
        on_paper = stretch * (options.scale * mark.at + offset) + shift
        found[mark.letter.lower()] = round((mark.at - on_paper) * 2) / 2  # half millimetres are printed
    return Readings(**found)


@pytest.mark.parametrize(
    "stock", ["avery-l4785", "avery-l7160", "avery-5395", "herma-4625", "durable-1445", "avery-8522"]
)
@pytest.mark.parametrize(("stretch", "right", "down"), [(1.0, 2.0, -1.5), (0.99, 1.0, 3.0), (1.008, -2.5, 0.5)])
def test_typing_what_was_read_puts_the_labels_right(stock: str, stretch: float, right: float, down: float) -> None:
    sheet = find(stock)
    before = printed_with(stock)
    made = correction(before, read_off(sheet, before, stretch, right, down))
    for at in (0, sheet.labels - 1):
        cell = sheet.cell(at)
        for place, offset, shift in ((cell.x, made.dx, right), (cell.y, made.dy, down)):
            assert stretch * (made.scale * place + offset) + shift == pytest.approx(place, abs=0.75)


def test_the_second_page_corrects_what_the_first_left_over() -> None:
    sheet = find("avery-l4785")
    before = printed_with("avery-l4785", dx=1.0, dy=-0.5, scale=1.004)
    made = correction(before, read_off(sheet, before, 0.996, 0.7, 0.2))
    after = replace(before, dx=made.dx, dy=made.dy, scale=made.scale)
    assert read_off(sheet, after, 0.996, 0.7, 0.2) == Readings(0, 0, 0, 0)


def test_nothing_read_changes_nothing() -> None:
    before = printed_with("avery-l4785", dx=1.2, dy=-0.7, scale=0.998)
    assert correction(before, Readings(0, 0, 0, 0)) == (1.2, -0.7, 0.998)


def test_one_label_has_two_scales_and_keeps_its_size() -> None:
    assert [mark.letter for mark in marks(find("cr80"))] == ["A", "B"]
    assert correction(printed_with("cr80"), Readings(1.5, -0.5)) == (1.5, -0.5, 1.0)


@pytest.mark.parametrize("stock", ALL)
def test_every_stock_has_a_page_whose_words_stay_on_it(fonts: FontSet, stock: str) -> None:
    made = calibration.render(printed_with(stock), fonts)
    sheet = find(stock)
    assert made.pages == 1
    assert outside(made, [Rect(0, 0, sheet.page_w, sheet.page_h)], margin=0.5) == []
    (text,) = texts(made)
    for mark in marks(sheet):
        assert mark.letter in text
    assert str(sheet.labels) in text


@pytest.mark.parametrize("stock", ["avery-l4785", "avery-5395", "herma-4625", "cr80"])
def test_the_zero_of_a_scale_stands_on_the_edge_it_measures(fonts: FontSet, stock: str) -> None:
    made = calibration.render(printed_with(stock, dx=0.5, dy=-0.5), fonts)
    zeros = [word for word in words(made) if word.text == "0"]
    for mark in marks(find(stock)):
        wanted = mark.at + (0.5 if mark.is_across else -0.5)
        places = [(zero.x + zero.to_x) / 2 if mark.is_across else (zero.y + zero.to_y) / 2 for zero in zeros]
        assert any(place == pytest.approx(wanted, abs=0.5) for place in places)


def test_the_page_says_in_its_language_what_to_do_and_what_is_set(fonts: FontSet) -> None:
    said = CalibrationWords("Kalibracja", ("Wydrukuj w rzeczywistym rozmiarze.", "Odczytaj A–D."), "Ustawione", "pl")
    made = calibration.render(printed_with("avery-l4785", dx=1.5), fonts, said)
    (text,) = texts(made)
    for part in ("Kalibracja·AveryL4785", "Wydrukujwrzeczywistymrozmiarze.", "OdczytajA–D.", "Ustawione:dx1.5"):
        assert part in text
    assert facts(made) == {"title": "Kalibracja · Avery L4785", "language": "pl", "scaling": "/None"}


def test_the_same_page_is_the_same_file(fonts: FontSet) -> None:
    program = (
        "from printables import calibration\n"
        "from printables.model import BadgeOptions\n"
        "made = calibration.render(BadgeOptions('avery-l7160', ''), fonts)\n"
    )
    assert digests(program) == {digest(calibration.render(printed_with("avery-l7160"), fonts))}


@pytest.mark.parametrize(
    ("readings", "code"),
    [
        (Readings(9, 0, 0, 0), "unread_scale"),
        (Readings(0, float("nan"), 0, 0), "unread_scale"),
        (Readings(5, 0, 5, 0), "offset_outside"),
    ],
)
def test_numbers_that_stand_on_no_scale_are_refused(readings: Readings, code: str) -> None:
    with pytest.raises(PrintRefused) as refused:
        correction(printed_with("avery-l4785", dx=12), readings)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("options", "said", "code"),
    [
        (printed_with("avery-9999"), CalibrationWords(), "unknown_stock"),
        (printed_with("durable-8334-pretix"), CalibrationWords(), "stock_does_not_fit"),
        (printed_with("avery-l4785", dx=30), CalibrationWords(), "offset_outside"),
        (printed_with("avery-l4785"), CalibrationWords(steps=("read on " * 40,) * 30), "no_room"),
    ],
)
def test_a_page_that_cannot_be_printed_is_refused(
    fonts: FontSet, options: BadgeOptions, said: CalibrationWords, code: str
) -> None:
    with pytest.raises(PrintRefused) as refused:
        calibration.render(options, fonts, said)
    assert refused.value.code == code
