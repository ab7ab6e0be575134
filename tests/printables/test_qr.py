"""Our fast codes against the `qrcode` package, and the payload they carry."""

import random

import pytest
from qrcode import constants
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode
from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, QRData

from printables import address, qr
from tests.printables.conftest import random_code

# One of each kind that occurs: letters of the host, letters of the code, and the version and level that follow. An odd
# number of letters before the code splits a pair of letters between address and code, an even one does not.
KINDS = [
    (5, 8, 2, "M"), (6, 8, 2, "M"), (4, 8, 2, "Q"), (12, 13, 3, "Q"), (16, 13, 3, "Q"), (21, 13, 3, "M"),
    (20, 16, 3, "M"), (43, 8, 4, "M"), (44, 13, 4, "M"), (32, 13, 4, "Q"), (33, 13, 4, "Q"), (62, 13, 5, "M"),
    (67, 8, 5, "M"), (98, 8, 6, "M"), (95, 13, 6, "M"),
]  # fmt: skip


def named(letters: int) -> address.Address:
    """An address whose name has that many letters."""
    labels = ("abcdefghi." * 25)[: letters - 3].removesuffix(".").ljust(letters - 3, "x")
    return address.parse(f"https://{labels}.it")


def oracle(layout: qr.Layout, where: address.Address, code: str) -> list[list[bool]]:
    """The same code as `qrcode` makes it."""
    level = {"M": constants.ERROR_CORRECT_M, "Q": constants.ERROR_CORRECT_Q}[layout.level]
    made = QRCode(version=layout.version, error_correction=level, border=0, mask_pattern=3)
    made.add_data(QRData(where.scheme.encode(), mode=MODE_8BIT_BYTE))
    made.add_data(QRData(f"{where.host}/B/{code}".encode(), mode=MODE_ALPHA_NUM))
    made.make(fit=False)
    return [[bool(module) for module in row] for row in made.modules]


def compare(where: address.Address, length: int, codes: int) -> qr.Layout:
    """Random codes of this length, module for module against the oracle."""
    layout = qr.Layout(where, length)
    source = random.Random(f"{where.host} {length}")
    for _ in range(codes):
        code = random_code(source, length)
        assert layout.picture(code).matrix() == oracle(layout, where, code)
    return layout


@pytest.mark.parametrize(("letters", "length", "version", "level"), KINDS)
def test_a_thousand_codes_of_each_kind_are_those_of_the_oracle(
    letters: int, length: int, version: int, level: str
) -> None:
    layout = compare(named(letters), length, 1000)
    assert (layout.version, layout.level) == (version, level)


def test_a_thousand_codes_without_a_certificate_are_those_of_the_oracle() -> None:
    layout = compare(address.parse("http://192.168.1.20:8090", force=True), 13, 1000)
    assert (layout.version, layout.level) == (3, "Q")


@pytest.mark.slow
@pytest.mark.parametrize("length", range(8, 17))
def test_codes_under_hosts_of_every_length_are_those_of_the_oracle(length: int) -> None:
    longest = qr.longest_host(named(4), length, 41)
    for letters in range(4, longest + 1):
        compare(named(letters), length, 20)
    with pytest.raises(DataOverflowError):
        qr.Layout(named(longest + 1), length)


def test_letters_outside_the_alphabet_of_badges_make_right_codes_too() -> None:
    where = address.parse("https://meet.example.org")
    layout = qr.Layout(where, 10)
    for code in ("ILOUILOU00", "TEST000001", "ZZZZZZZZZZ", "0000000000"):
        assert layout.picture(code).matrix() == oracle(layout, where, code)


@pytest.mark.parametrize(
    ("base_url", "length", "version", "level"),
    [
        ("https://q.example.it", 8, 2, "M"),  # Q would cost a larger picture
        ("https://meet.example.org", 13, 3, "Q"),
        ("https://eighteen.letters.it", 13, 3, "M"),
        ("https://a-host-of-thirty-one-letters.it", 13, 3, "M"),
        ("https://a-host-of-thirty-two-letters.ita", 13, 4, "Q"),
    ],
)
def test_the_level_is_as_high_as_the_size_allows(base_url: str, length: int, version: int, level: str) -> None:
    layout = qr.Layout(address.parse(base_url), length)
    assert (layout.version, layout.level) == (version, level)


def test_the_longest_host_is_counted_to_the_letter() -> None:
    where = address.parse("https://meet.example.org")
    for size, version in ((29, 3), (33, 4)):
        longest = qr.longest_host(where, 13, size)
        assert qr.Layout(address.parse("https://" + "a" * (longest - 3) + ".it"), 13).version == version
        assert qr.Layout(address.parse("https://" + "a" * (longest - 2) + ".it"), 13).version == version + 1


def test_a_host_beyond_version_six_is_no_layout() -> None:
    with pytest.raises(DataOverflowError):
        qr.Layout(address.Address("https://", "A" * 130), 13)


def painted(operators: str, size: int) -> list[list[bool]]:
    """The picture that PDF rectangles paint; fails when one paints a module twice."""
    grid = [[False] * size for _ in range(size)]
    for line in operators.splitlines():
        x, y, width, height, operator = line.split()
        assert (height, operator) == ("1", "re")
        for column in range(int(x), int(x) + int(width)):
            assert not grid[size - 1 - int(y)][column]
            grid[size - 1 - int(y)][column] = True
    return grid


def test_rectangles_paint_the_picture_and_touch_no_module_twice() -> None:
    picture = qr.generic("https://meet.example.org/j/abc")
    assert painted(picture.operators(), picture.size) == picture.matrix()


def test_rectangles_and_the_shared_finder_patterns_make_the_whole_code() -> None:
    layout = qr.Layout(address.parse("https://meet.example.org"), 13)
    code = random_code(random.Random(1))
    whole = layout.operators(code) + "\n" + layout.finders()
    assert painted(whole, layout.size) == layout.picture(code).matrix()


def test_a_code_of_another_length_is_no_code_of_this_layout() -> None:
    layout = qr.Layout(address.parse("https://meet.example.org"), 13)
    with pytest.raises(ValueError, match="ABC"):
        layout.picture("ABC")
