"""Badges from a thermal printer: black dots or none, roles told apart without colour, codes on whole dots."""

import random
import subprocess
from itertools import groupby
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from printables import badges
from printables.model import BadgeOptions, Person, Role, Words
from printables.text import FontSet
from tests.printables.conftest import random_code

WORDS = Words(member="Socio", visitor="Ospite", host="Accoglienza", title="Badge", language="it")


def printed(fonts: FontSet, tmp_path: Path, role: Role, stock: str, dots: int) -> Image.Image:
    """One badge as a thermal printer of that resolution prints it."""
    person = Person("Łukasz", "Żółkiewski", "Konserwacja", role, 3, random_code(random.Random(5)))
    options = BadgeOptions(stock, "https://meet.example.org", words=WORDS, black_only=True, dots=dots)
    file = tmp_path / "badge.pdf"
    file.write_bytes(badges.render([person], options, fonts).pdf)
    subprocess.run(["pdftoppm", "-mono", "-r", str(dots), "-singlefile", file, tmp_path / "badge"], check=True)
    with Image.open(tmp_path / "badge.pbm") as image:
        return image.convert("L").rotate(-90 if stock == "dk-11202" else 0, expand=True)


def band_of(image: Image.Image, dots: int) -> Image.Image:
    """The top of the badge between word and wordmark, where only the ground of the band is."""
    mm = dots / 25.4
    dark = [row for row in range(image.height) if 0 in image.crop((0, row, image.width, row + 1)).tobytes()]
    top = dark[0] + round(1.2 * mm)
    return image.crop((round(image.width * 0.42), top, round(image.width * 0.66), top + round(3.5 * mm)))


@pytest.mark.parametrize(("stock", "dots"), [("dk-11202", 300), ("zebra-4x3", 203), ("zebra-4x3", 300)])
def test_the_band_tells_the_role_without_colour(fonts: FontSet, tmp_path: Path, stock: str, dots: int) -> None:
    shares = {}
    for role in Role:
        ground = band_of(printed(fonts, tmp_path, role, stock, dots), dots)
        shares[role] = ground.tobytes().count(0) / (ground.width * ground.height)
    assert shares[Role.MEMBER] == 1.0
    assert shares[Role.VISITOR] == 0.0
    assert 0.25 < shares[Role.HOST] < 0.65


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("stock", "dots"), [("dk-11202", 300), ("zebra-4x3", 203), ("zebra-3x4", 203)])
def test_a_code_in_black_dots_is_read_and_every_module_is_as_wide_as_the_next(
    fonts: FontSet, tmp_path: Path, role: Role, stock: str, dots: int
) -> None:
    image = printed(fonts, tmp_path, role, stock, dots)
    (code,) = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    assert code.text == f"https://MEET.EXAMPLE.ORG/B/{random_code(random.Random(5))}"
    corners = [code.position.top_left, code.position.bottom_right]
    left, right = sorted(corner.x for corner in corners)
    top, bottom = sorted(corner.y for corner in corners)
    module = round((right - left) / 29)
    assert module >= 0.8 * dots / 25.4 - 1
    # Where the code's corner lies between two dots, dark modules gain a dot and light ones lose it; all of them alike.
    rests: dict[int, set[int]] = {0: set(), 255: set()}
    for row in range(top + module, bottom - module, 2):
        runs = [(shade, len(list(run))) for shade, run in groupby(image.crop((left, row, right, row + 1)).tobytes())]
        for shade, length in runs[1:-1]:
            rests[shade].add((length + 1) % module - 1)
    assert len(rests[0]) == len(rests[255]) == 1
    assert rests[0] | rests[255] <= {-1, 0, 1}
