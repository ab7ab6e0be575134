"""Label stocks: the arithmetic of every sheet, and refusals that say what is wrong."""

import itertools

import pytest

from printables import stocks
from printables.model import PrintRefused
from printables.stocks import TOLERANCE_MM, Stock, all_stocks, find

GOOD = [stock.id for stock in all_stocks() if stock.confidence != "X"]


def test_the_table_holds_sixty_five_stocks_with_names_of_their_own() -> None:
    ids = [stock.id for stock in all_stocks()]
    assert len(ids) == len(set(ids)) == 65


@pytest.mark.parametrize("stock_id", GOOD)
def test_every_label_of_a_stock_lies_on_the_page_and_on_no_other_label(stock_id: str) -> None:
    stock = find(stock_id)
    cells = [stock.cell(index) for index in range(stock.labels)]
    for cell in cells:
        assert cell.x >= -TOLERANCE_MM
        assert cell.y >= -TOLERANCE_MM
        assert cell.x + cell.width <= stock.page_w + TOLERANCE_MM
        assert cell.y + cell.height <= stock.page_h + TOLERANCE_MM
    for one, other in itertools.combinations(cells, 2):
        apart_across = abs(one.x - other.x) >= one.width - TOLERANCE_MM
        apart_down = abs(one.y - other.y) >= one.height - TOLERANCE_MM
        assert apart_across or apart_down


@pytest.mark.parametrize(
    ("stock_id", "last", "expected"),
    [
        ("avery-l4785", 9, (113, 233, 80, 50)),
        ("durable-1445", 9, (105, 228, 90, 54)),
        ("a4-a7-8up", 7, (105, 222.75, 105, 74.25)),
        ("avery-l7160", 20, (139.559, 244.087, 63.994, 38.1)),
        ("cr80", 0, (0, 0, 85.6, 53.98)),
    ],
)
def test_the_last_label_is_where_a_ruler_finds_it(stock_id: str, last: int, expected: tuple[float, ...]) -> None:
    assert find(stock_id).cell(last) == pytest.approx(expected, abs=0.001)


def test_there_is_no_label_beyond_the_last() -> None:
    with pytest.raises(IndexError):
        find("avery-l4785").cell(10)


def test_an_unknown_stock_is_refused_by_its_name() -> None:
    with pytest.raises(PrintRefused, match='"avery-9999"') as refused:
        find("avery-9999")
    assert refused.value.code == "unknown_stock"


def test_a_stock_whose_rows_run_off_the_page_is_known_but_refused() -> None:
    with pytest.raises(PrintRefused, match="outside the page") as refused:
        find("durable-8334-pretix")
    assert refused.value.code == "stock_does_not_fit"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"cols": 3}, "270 mm across and the page is 210 mm wide"),
        ({"rows": 6}, "300 mm down and the page is 297 mm high"),
        ({"left": -5.0}, "begin outside"),
        ({"gap_x": -20.0}, "overlap"),
        ({"cols": 0}, "no labels"),
    ],
)
def test_a_stock_of_ones_own_is_measured_too(changes: dict[str, float], says: str) -> None:
    measures: dict[str, float] = {
        "page_w": 210, "page_h": 297, "cols": 2, "rows": 5, "label_w": 90, "label_h": 50,
    }  # fmt: skip
    with pytest.raises(PrintRefused, match=says):
        find(Stock(id="ours", **(measures | changes)))  # type: ignore[arg-type]


def test_an_endless_roll_is_cut_to_length() -> None:
    cut = find("dk-22205", length_mm=80)
    assert (cut.page_h, cut.label_h) == (80, 74)


@pytest.mark.parametrize("length", [10, 301])
def test_an_endless_roll_is_not_cut_too_short_or_too_long(length: float) -> None:
    with pytest.raises(PrintRefused) as refused:
        find("dk-22205", length_mm=length)
    assert refused.value.code == "length_outside"


def test_a_folded_sheet_belongs_to_one_person_and_its_upper_faces_stand_on_their_heads() -> None:
    folded = find("a4-fold-a6")
    assert folded.per_sheet == 1
    assert [folded.is_turned(face) for face in range(4)] == [True, True, False, False]
    assert not stocks.find("a4-a6-4up").is_turned(0)


def measured(**changes: object) -> dict[str, object]:
    """A sheet of two columns as somebody measured it."""
    return {
        "page_w": 210,
        "page_h": 297,
        "cols": 2,
        "rows": 5,
        "label_w": 90,
        "label_h": 50,
        "left": 10,
        "top": 20,
    } | changes


def test_a_measured_sheet_becomes_a_stock_with_a_name_of_its_own() -> None:
    stock = stocks.own("Etykiety ze sklepu Żaba", **measured(gap_x=5, radius=3))  # type: ignore[arg-type]
    assert (stock.id, stock.part, stock.confidence) == ("own-etykiety-ze-sklepu-zaba", "Etykiety ze sklepu Żaba", "O")
    assert stock.cell(3) == (105, 70, 90, 50)
    assert find(stock) == stock


def test_an_endless_roll_of_ones_own_is_cut_like_any_other() -> None:
    measures = measured(page_w=62, page_h=0, cols=1, rows=1, label_w=58, label_h=0, left=2, top=3)
    roll = stocks.own("Rolka", kind="endless", **measures)  # type: ignore[arg-type]
    assert find(roll, length_mm=80).label_h == 74


@pytest.mark.parametrize(
    ("changes", "code", "says"),
    [
        ({"label_w": float("nan")}, "bad_measure", "nan is no measure of a label sheet"),
        ({"page_h": 12_000}, "bad_measure", "12000"),
        ({"label_h": -3}, "bad_measure", "label_h"),
        ({"rows": 0}, "bad_measure", "rows"),
        ({"cols": 1_000_000}, "bad_measure", "cols"),
        ({"rows": 7}, "stock_does_not_fit", "370 mm down and the page is 297 mm high"),
        ({"gap_x": -40}, "stock_does_not_fit", "overlap"),
    ],
)
def test_a_sheet_that_cannot_be_is_refused_with_what_is_wrong(changes: dict[str, object], code: str, says: str) -> None:
    with pytest.raises(PrintRefused, match=says) as refused:
        stocks.own("Ours", **measured(**changes))  # type: ignore[arg-type]
    assert refused.value.code == code
