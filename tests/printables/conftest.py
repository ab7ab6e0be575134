"""What the tests of printed matter share: the fonts, some people, and eyes to read a PDF with."""

import random
import subprocess
from collections import Counter
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from printables.model import Person, Role
from printables.text import FontSet

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def random_code(source: random.Random, length: int = 13) -> str:
    """A badge code like the server's."""
    return "".join(source.choice(CROCKFORD) for _ in range(length))


@pytest.fixture(scope="session")
def fonts() -> FontSet:
    """The fonts that are installed with the program."""
    vendor = resources.files("coltiva_vendor")
    regular, bold = (vendor.joinpath(f"NotoSans-{cut}.ttf").read_bytes() for cut in ("Regular", "Bold"))
    return FontSet(regular, bold)


@pytest.fixture
def crowd() -> Callable[[int], list[Person]]:
    """Any number of people, with short and long names, some without table or company."""
    names = (
        ("Giulia", "Ferrari", "Ferrari Ceramiche"),
        ("Łukasz", "Żółkiewski", "Konserwacja Zabytków"),
        ("Maria Giovanna Beatrice", "Della Valle Santarelli di Roccabruna", "Forno Santarelli dal 1924"),
        ("Ján", "Dvořák", ""),
        ("Grzegorz", "Brzęczyszczykiewicz", "Chrząszczyżewoszyce powiat Łękołody"),
        ("Małgorzata", "Wiśniewska-Kowalczyk", "Kwiaty i Ogród"),
        ("Pelé", "", "Calcio"),
    )

    def people(count: int) -> list[Person]:
        source = random.Random(count)
        roles = tuple(Role)
        return [
            Person(
                *names[at % len(names)],
                role=roles[at % 3],
                table=None if at % 5 == 3 else 1 + at % 40,
                code=random_code(source),
            )
            for at in range(count)
        ]

    return people


@pytest.fixture
def scan(tmp_path: Path) -> Callable[[bytes, int], Counter[str]]:
    """What a scanner reads from the printed pages of a PDF, and how often."""

    def scanned(pdf: bytes, dpi: int) -> Counter[str]:
        file = tmp_path / "printed.pdf"
        file.write_bytes(pdf)
        pages = tmp_path / f"page-{dpi}"
        subprocess.run(["pdftoppm", "-gray", "-r", str(dpi), file, pages], check=True)
        found: Counter[str] = Counter()
        for page in sorted(tmp_path.glob(f"page-{dpi}-*.pgm")):
            with Image.open(page) as image:
                codes = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
            found.update(code.text for code in codes)
            page.unlink()
        return found

    return scanned
