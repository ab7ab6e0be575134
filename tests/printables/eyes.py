"""Eyes for printed pages: every word with its place in mm, and what all papers must keep to."""

import hashlib
import io
import os
import random
import re
import subprocess
import sys
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from typing import NamedTuple

import pypdf

from printables.model import Person, Result, Role
from printables.seatplan import RoundTime, SeatPlan
from printables.stocks import Rect

NAMES = (
    ("Giulia", "Ferrari", "Ferrari Ceramiche"),
    ("Łukasz", "Żółkiewski", "Konserwacja Zabytków"),
    ("Maria Giovanna Beatrice", "Della Valle Santarelli di Roccabruna", "Forno Santarelli dal 1924"),
    ("Ján", "Dvořák", ""),
    ("Grzegorz", "Brzęczyszczykiewicz", "Chrząszczyżewoszyce powiat Łękołody"),
    ("Małgorzata", "Wiśniewska-Kowalczyk", "Kwiaty i Ogród"),
    ("Pelé", "", "Calcio"),
    ("Emma", "Thompson", "Translations"),
    ("Ewa", "Lis", "Rachunki"),
    ("Paolo", "De Santis", "Impianti elettrici"),
)
_WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')


class Word(NamedTuple):
    """A printed word, its page from 0 and its box in mm from the top left corner."""

    text: str
    page: int
    x: float
    y: float
    to_x: float
    to_y: float


def plan_of(count: int, rounds: int = 5, size: int = 4, *, prompt: str = "") -> SeatPlan:
    """People at tables of `size`, mixed anew in every round; those left over sit out."""
    source = random.Random(count)
    seats: list[list[int | None]] = [[] for _ in range(count)]
    for _ in range(rounds):
        order = list(range(count))
        source.shuffle(order)
        for place, at in enumerate(order):
            seats[at].append(place // size + 1 if place < count // size * size else None)
    people = tuple(
        Person(*NAMES[at % len(NAMES)], role=tuple(Role)[at % 3], uid=f"u{at}", seats=tuple(seats[at]))
        for at in range(count)
    )
    return SeatPlan(people, tuple(RoundTime(at + 1, f"07:{30 + at:02}", prompt) for at in range(rounds)))


def words(result: Result) -> list[Word]:
    """Every word of a document and where it stands."""
    found = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=result.pdf, capture_output=True, check=True
    ).stdout.decode()
    return [
        Word(unescape(text), page, *(float(side) * 25.4 / 72 for side in sides))
        for page, part in enumerate(found.split("<page ")[1:])
        for *sides, text in _WORD.findall(part)
    ]


def texts(result: Result) -> list[str]:
    """The text of each page in the order it was drawn, without any white space."""
    pages = pypdf.PdfReader(io.BytesIO(result.pdf)).pages
    return [re.sub(r"\s", "", page.extract_text()) for page in pages]


def squashed(text: str) -> str:
    """A text without white space."""
    return re.sub(r"\s", "", text)


def outside(result: Result, cells: Sequence[Rect], margin: float = 3.5) -> list[Word]:
    """The words that do not lie within one of the cells, `margin` mm from its edges."""
    return [
        word
        for word in words(result)
        if not any(
            cell.x + margin <= word.x
            and word.to_x <= cell.x + cell.width - margin
            and cell.y <= word.y + 1.5  # a word's box reaches above its letters
            and word.to_y <= cell.y + cell.height - 1.0
            for cell in cells
        )
    ]


def overlaps(result: Result) -> list[tuple[str, str]]:
    """Pairs of words that are printed over each other."""
    found = []
    by_page: dict[int, list[Word]] = {}
    for word in words(result):
        by_page.setdefault(word.page, []).append(word)
    for page in by_page.values():
        page.sort(key=lambda word: word.x)
        for at, one in enumerate(page):
            for other in page[at + 1 :]:
                if other.x >= one.to_x - 0.3:
                    break
                if min(_low(one), _low(other)) - max(_high(one), _high(other)) > 0.05:
                    found.append((one.text, other.text))
    return found


def _high(word: Word) -> float:
    """About where the ink of a word begins: its box has room for accents above."""
    return word.y + 0.26 * (word.to_y - word.y)


def _low(word: Word) -> float:
    """About its base line."""
    return word.to_y - 0.22 * (word.to_y - word.y)


def facts(result: Result) -> dict[str, str]:
    """Title, language and the print dialog's scaling of a document."""
    reader = pypdf.PdfReader(io.BytesIO(result.pdf))
    assert reader.metadata is not None
    assert reader.viewer_preferences is not None
    return {
        "title": str(reader.metadata.title),
        "language": str(reader.root_object["/Lang"]),
        "scaling": str(reader.viewer_preferences.print_scaling),
    }


def digests(program: str) -> set[str]:
    """The SHA-256 sums of `made.pdf` after running a program under several hash seeds."""
    opening = (
        "import hashlib\n"
        "from importlib import resources\n"
        "from printables.text import FontSet\n"
        "vendor = resources.files('coltiva_vendor')\n"
        "fonts = FontSet(*(vendor.joinpath(f'NotoSans-{cut}.ttf').read_bytes() for cut in ('Regular', 'Bold')))\n"
    )
    ending = "print(hashlib.sha256(made.pdf).hexdigest())\n"
    return {
        subprocess.run(
            [sys.executable, "-c", opening + program + ending],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path.cwd())},
            capture_output=True,
            check=True,
        )
        .stdout.decode()
        .strip()
        for seed in ("1", "2")
    }


def digest(result: Result) -> str:
    """The SHA-256 sum of a document."""
    return hashlib.sha256(result.pdf).hexdigest()
