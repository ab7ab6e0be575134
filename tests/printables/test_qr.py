"""Our fast codes against the `qrcode` package, and the payload they carry."""

import random

import pytest
from qrcode import constants
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode
from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, QRData

from printables import address, qr
from tests.printables.conftest import random_code

LAYOUTS = [
    ("https://meet.example.org", 13),
    ("https://q.example.it", 13),
    ("http://192.168.1.20:8090", 13),
    ("https://coltiva.rather-long-name.example.org", 13),
    ("https://meet.example.org", 8),
    ("https://meet1.example.org", 16),
]


def oracle(layout: qr.Layout, where: address.Address, code: str) -> list[list[bool]]:
    """The same code as `qrcode` makes it."""
    level = {"M": constants.ERROR_CORRECT_M, "Q": constants.ERROR_CORRECT_Q}[layout.level]
    made = QRCode(version=layout.version, error_correction=level, border=0, mask_pattern=3)
    made.add_data(QRData(where.scheme.encode(), mode=MODE_8BIT_BYTE))
    made.add_data(QRData(f"{where.host}/B/{code}".encode(), mode=MODE_ALPHA_NUM))
    made.make(fit=False)
    return [[bool(module) for module in row] for row in made.modules]


@pytest.mark.parametrize(("base_url", "length"), LAYOUTS)
def test_a_thousand_codes_are_module_for_module_those_of_the_oracle(base_url: str, length: int) -> None:
    where = address.parse(base_url, force=True)
    layout = qr.Layout(where, length)
    source = random.Random(base_url)
    for _ in range(1000):
        code = random_code(source, length)
        assert layout.picture(code).matrix() == oracle(layout, where, code)


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
def test_the_level_is_as_high_as_the_size_allows(
    base_url: str, length: int, version: int, level: str
) -> None:
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
