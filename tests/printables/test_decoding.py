"""Every code on every document is read by scanners, at the resolution of a poor printer and of a good one.

zxing-cpp must read each of them, with the right text. zbar is a second opinion: it is the weaker of the two and may
miss a few of a page (it misses about one in eighty), but it must never read anything else.
"""

import os
from collections import Counter
from pathlib import Path

import pytest

from printables import badges, posters, stocks
from printables.model import BadgeOptions, Person, Result
from printables.text import FontSet
from printables.wifi import Network
from tests.printables import scanners
from tests.printables.documents import BASE_URL, DOCUMENTS, POSTER, TRIALS, crowd

HERE = "https://MEET.EXAMPLE.ORG/B/"
STOCKS = [stock for stock in (one.cut_to(100.0) for one in stocks.all_stocks()) if not stock.problem()]
TOO_SMALL = {"herma-4098", "avery-5160", "dk-11201", "dk-11209"}
TOO_SMALL_FOR_WHOLE_DOTS = {"dk-11208", "dymo-99012"}  # modules of 0.8 mm just fit, those of whole dots do not
WITH_CODES = [stock for stock in STOCKS if stock.id not in TOO_SMALL]
ROLLS = [
    stock for stock in WITH_CODES if stock.kind in ("roll", "endless") and stock.id not in TOO_SMALL_FOR_WHOLE_DOTS
]
DPI = [150, 300]


@pytest.fixture(autouse=True)
def second_opinion() -> None:
    """zbar, which is not a Python package: without it these tests say so, and where all must run they fail."""
    if not (scanners.has_zbar() or os.environ.get("COLTIVA_TEST_REQUIRED")):
        pytest.skip("install zbar (libzbar0) to have codes read by a second scanner")


def codes_of(people: list[Person], times: int = 1) -> Counter[str]:
    return Counter({HERE + person.code: times for person in people})


def check(result: Result, expected: Counter[str], dpi: int, folder: Path) -> None:
    """zxing-cpp reads exactly these texts, and zbar nothing else where it need not guess how letters are coded."""
    first: Counter[str] = Counter()
    second: Counter[str] = Counter()
    for page in scanners.rasterised(result.pdf, dpi, folder):
        first.update(scanners.zxing(page))
        second.update(scanners.zbar(page))
    assert first == expected
    if all(text.isascii() for text in expected):
        assert second <= expected
        assert (expected - second).total() <= 1 + expected.total() // 5


@pytest.mark.parametrize("dpi", DPI)
@pytest.mark.parametrize("stock", WITH_CODES, ids=lambda stock: str(stock.id))
def test_a_full_sheet_of_each_stock_is_read(fonts: FontSet, tmp_path: Path, stock: stocks.Stock, dpi: int) -> None:
    people = crowd(max(stock.per_sheet, 3))
    result = badges.render(people, BadgeOptions(stock.id, BASE_URL), fonts)
    check(result, codes_of(people, stock.labels if stock.fold else 1), dpi, tmp_path)


def test_stocks_too_small_for_a_code_say_so(fonts: FontSet) -> None:
    def without(wanted: list[stocks.Stock], dots: int | None) -> set[str]:
        found = set()
        for stock in wanted:
            result = badges.render(crowd(1), BadgeOptions(stock.id, BASE_URL, dots=dots), fonts)
            if "no_room_for_code" in [warning.key for warning in result.warnings]:
                found.add(stock.id)
        return found

    assert without(STOCKS, None) == TOO_SMALL
    rolls = [stock for stock in STOCKS if stock.kind in ("roll", "endless")]
    assert without(rolls, 203) - TOO_SMALL == TOO_SMALL_FOR_WHOLE_DOTS


@pytest.mark.parametrize("dots", [203, 300])
@pytest.mark.parametrize("stock", ROLLS, ids=lambda stock: str(stock.id))
def test_a_thermal_roll_is_read_dot_for_dot(fonts: FontSet, tmp_path: Path, stock: stocks.Stock, dots: int) -> None:
    people = crowd(2)
    options = BadgeOptions(stock.id, BASE_URL, black_only=True, dots=dots)
    check(badges.render(people, options, fonts), codes_of(people, stock.labels if stock.fold else 1), dots, tmp_path)


@pytest.mark.parametrize("dpi", DPI)
@pytest.mark.parametrize("letters", [6, 21, 31, 44, 62, 95])
def test_codes_of_every_size_are_read(fonts: FontSet, tmp_path: Path, letters: int, dpi: int) -> None:
    labels = ("abcdefghi." * 12)[: letters - 3].removesuffix(".").ljust(letters - 3, "x")
    people = crowd(4)
    result = badges.render(people, BadgeOptions("a4-a6-4up", f"https://{labels}.it"), fonts)
    expected = Counter(f"https://{labels.upper()}.IT/B/{person.code}" for person in people)
    check(result, expected, dpi, tmp_path)


POSTERS = {
    "join poster": Counter([POSTER.code]),
    "door poster": Counter([POSTER.code]),
    "poster of the network": Counter([r"WIFI:T:WPA;S:Caffè\; sala 2;P:p\"ass\\word;;"]),
    "test codes": Counter(HERE + trial.code for trial in TRIALS),
}


@pytest.mark.parametrize("dpi", DPI)
@pytest.mark.parametrize("name", POSTERS)
def test_posters_and_test_codes_are_read(fonts: FontSet, tmp_path: Path, name: str, dpi: int) -> None:
    check(DOCUMENTS[name](fonts), POSTERS[name], dpi, tmp_path)


@pytest.mark.parametrize("name", sorted(DOCUMENTS.keys() - POSTERS.keys()))
def test_no_other_document_carries_a_code_but_badges(fonts: FontSet, tmp_path: Path, name: str) -> None:
    found = [
        text for page in scanners.rasterised(DOCUMENTS[name](fonts).pdf, 150, tmp_path) for text in scanners.zxing(page)
    ]
    assert bool(found) is ("badges" in name or name == "everything in one file")
    assert all(text.startswith((HERE, POSTER.code)) for text in found)


def test_a_plain_network_is_read_by_both(fonts: FontSet, tmp_path: Path) -> None:
    result = posters.wifi_poster(POSTER, Network("Hotel Corona", "buongiorno"), fonts)
    check(result, Counter(["WIFI:T:WPA;S:Hotel Corona;P:buongiorno;;"]), 150, tmp_path)


def test_a_poster_of_a_long_address_is_read(fonts: FontSet, tmp_path: Path) -> None:
    address = "https://" + "a-rather-long-name." * 4 + "example.org/j/abcdefghijkl"
    poster = posters.Poster("Join", address, "example.org/j/abcdefghijkl")
    check(posters.join_poster(poster, fonts), Counter([address]), 150, tmp_path)
