"""The picture of a page before it is printed: it says nothing that the print does not, and leaves nothing out."""

import io
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageFilter, ImageStat
from playwright.sync_api import Browser

from printables import badges, lists, posters, preview
from printables.model import BadgeOptions, Person
from printables.stocks import Rect, find
from printables.text import FontSet

SVG = "{http://www.w3.org/2000/svg}"
Shown = Callable[[str], Image.Image]


@pytest.fixture
def sheet(crowd: Callable[[int], list[Person]], fonts: FontSet) -> bytes:
    """Twelve badges on two pages."""
    options = BadgeOptions(stock="avery-l4785", base_url="https://meet.example.org")
    return badges.render(crowd(12), options, fonts).pdf


@pytest.fixture
def poster(fonts: FontSet) -> bytes:
    """A poster with steps."""
    wanted = posters.Poster(
        "Dzień dobry", "https://meet.example.org/", "meet.example.org", ("Pokaż odznakę (swoją).",), "Ciao"
    )
    return posters.door_poster(wanted, fonts).pdf


@pytest.fixture
def listed(crowd: Callable[[int], list[Person]], fonts: FontSet) -> bytes:
    """A sign-in list."""
    return lists.sign_in(crowd(12), lists.SignIn("Śniadanie"), fonts).pdf


@pytest.fixture
def shown(chromium: Browser) -> Shown:
    """The picture as a browser shows it, a point of the page as two of the screen."""

    def show(svg: str) -> Image.Image:
        _, _, width, height = (float(part) for part in re.findall(r"[\d.]+", svg.split('viewBox="')[1].split('"')[0]))
        size = {"width": round(width * 2), "height": round(height * 2)}
        page = chromium.new_page(viewport=size)  # type: ignore[arg-type]  # a size is such a dict
        page.set_content(f'<body style="margin:0">{svg}</body>')
        page.evaluate("document.querySelector('svg').style.cssText = 'display:block;width:100vw;height:100vh'")
        taken = page.screenshot()
        page.close()
        with Image.open(io.BytesIO(taken)) as image:
            return image.convert("L")

    return show


def _printed(pdf: bytes, folder: Path, size: tuple[int, int]) -> Image.Image:
    file = folder / "page.pdf"
    file.write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-gray", "-r", "144", "-f", "1", "-l", "1", "-singlefile", file, folder / "page"], check=True
    )
    with Image.open(folder / "page.pgm") as image:
        return image.resize(size)


@pytest.mark.browser
@pytest.mark.parametrize("kind", ["sheet", "poster", "listed"])
def test_the_picture_looks_like_the_print(
    kind: str, request: pytest.FixtureRequest, shown: Shown, tmp_path: Path
) -> None:
    pdf = request.getfixturevalue(kind)
    picture = shown(preview.page(pdf).svg)
    printed = _printed(pdf, tmp_path, picture.size)
    # Edges are smoothed differently; what is really missing or moved leaves a mark wider than that.
    blurred = [image.filter(ImageFilter.GaussianBlur(2)) for image in (picture, printed)]
    difference = ImageChops.difference(*blurred)
    found = ImageStat.Stat(difference)
    assert found.extrema[0][1] < 80
    assert found.mean[0] < 3


@pytest.mark.browser
def test_the_codes_of_the_first_page_are_read_from_the_screen(
    sheet: bytes, shown: Shown, crowd: Callable[[int], list[Person]]
) -> None:
    found = zxingcpp.read_barcodes(shown(preview.page(sheet).svg), formats=zxingcpp.BarcodeFormat.QRCode)
    wanted = Counter(f"https://MEET.EXAMPLE.ORG/B/{person.code}" for person in crowd(12)[:10])
    assert Counter(code.text for code in found) == wanted


@pytest.mark.parametrize("kind", ["sheet", "poster", "listed"])
def test_nothing_is_left_out_and_nothing_is_asked_for(kind: str, request: pytest.FixtureRequest) -> None:
    look = preview.page(request.getfixturevalue(kind))
    assert look.left_out == ()
    tree = ET.fromstring(look.svg)
    tags = {element.tag.removeprefix(SVG) for element in tree.iter()}
    assert tags <= {"svg", "defs", "g", "path", "rect", "use", "clipPath"}
    attributes = {name for element in tree.iter() for name in element.attrib}
    assert not [name for name in attributes if name.startswith("on") or name == "style"]
    known = {element.get("id") for element in tree.iter()}
    links = {element.get("href") for element in tree.iter() if element.get("href")}
    assert links <= {f"#{name}" for name in known}


def test_any_page_can_be_looked_at_and_no_other(sheet: bytes) -> None:
    first, second = preview.page(sheet), preview.page(sheet, 2, prefix="q")
    assert (first.pages, second.pages) == (2, 2)
    assert len(second.svg) < len(first.svg)
    assert 'id="p' not in second.svg
    with pytest.raises(IndexError):
        preview.page(sheet, 3)


def test_the_edges_of_the_labels_are_drawn_for_the_eye(sheet: bytes) -> None:
    stock = find("avery-l4785")
    look = preview.page(sheet, edges=[stock.cell(place) for place in range(stock.labels)])
    assert look.svg.count("stroke-dasharray") == 10
    assert Rect(18, 13, 80, 50) == stock.cell(0)


def test_the_same_file_gives_the_same_picture(sheet: bytes) -> None:
    assert preview.page(sheet) == preview.page(sheet)
