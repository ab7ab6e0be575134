"""Several documents as one file: nothing is lost, nothing changes, and the contents lead to each of them."""

import io
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from printables import badges, lists, posters
from printables.binding import Bound, Part, bind
from printables.errors import PrintRefused
from printables.model import BadgeOptions, Person
from printables.text import FontSet

ROOT = Path(__file__).parents[2]


def _parts(crowd: Callable[[int], list[Person]], fonts: FontSet) -> list[Part]:
    options = BadgeOptions(stock="avery-l4785", base_url="https://meet.example.org")
    poster = posters.Poster("Your table (on your phone)", "https://meet.example.org/", "meet.example.org")
    return [
        Part("Badges", badges.render(crowd(12), options, fonts).pdf),
        Part("Lista obecności", lists.sign_in(crowd(12), lists.SignIn("Śniadanie"), fonts).pdf),
        Part("Poster (5 0 R)", posters.join_poster(poster, fonts).pdf),
    ]


@pytest.fixture
def parts(crowd: Callable[[int], list[Person]], fonts: FontSet) -> list[Part]:
    """Badges on two pages, a list and a poster on one."""
    return _parts(crowd, fonts)


@pytest.fixture
def bound(parts: list[Part]) -> Bound:
    """All of them as one file."""
    return bind(parts, title="Śniadanie", language="pl")


def test_every_page_says_what_it_said_before(parts: list[Part], bound: Bound) -> None:
    before = [page.extract_text() for part in parts for page in PdfReader(io.BytesIO(part.pdf)).pages]
    after = PdfReader(io.BytesIO(bound.pdf), strict=True)
    assert [page.extract_text() for page in after.pages] == before
    assert (bound.pages, bound.begins) == (4, (1, 3, 4))
    assert after.pages[0].mediabox == PdfReader(io.BytesIO(parts[0].pdf)).pages[0].mediabox


def test_every_page_looks_as_it_did_before(parts: list[Part], bound: Bound, tmp_path: Path) -> None:
    def pages(pdf: bytes, name: str) -> list[bytes]:
        file = tmp_path / f"{name}.pdf"
        file.write_bytes(pdf)
        said = subprocess.run(["pdftoppm", "-gray", "-r", "50", file, tmp_path / name], check=True, capture_output=True)
        assert said.stderr == b"", "a reader has nothing to complain about"
        return [page.read_bytes() for page in sorted(tmp_path.glob(f"{name}-*.pgm"))]

    before = [page for at, part in enumerate(parts) for page in pages(part.pdf, f"part{at}")]
    assert pages(bound.pdf, "bound") == before


def test_every_code_is_still_read(parts: list[Part], bound: Bound, scan: Callable[[bytes, int], Counter[str]]) -> None:
    before = sum((scan(part.pdf, 150) for part in parts), Counter[str]())
    assert scan(bound.pdf, 150) == before
    assert before.total() == 13


def test_the_contents_lead_to_the_first_page_of_each(bound: Bound) -> None:
    file = PdfReader(io.BytesIO(bound.pdf))
    found = [(str(entry.title), file.get_destination_page_number(entry)) for entry in file.outline]  # type: ignore[union-attr,arg-type]  # no entry here has entries below it
    assert found == [("Badges", 0), ("Lista obecności", 2), ("Poster (5 0 R)", 3)]


def test_title_language_and_actual_size_are_set(bound: Bound) -> None:
    file = PdfReader(io.BytesIO(bound.pdf))
    root: Any = file.trailer["/Root"]
    assert file.metadata is not None
    assert (file.metadata.title, root["/Lang"]) == ("Śniadanie", "pl")
    assert root["/ViewerPreferences"]["/PrintScaling"] == "/None"
    assert "/OpenAction" not in root


def test_one_badge_for_the_door_opens_the_print_dialog(parts: list[Part]) -> None:
    made = bind(parts[:1], title="Badge", language="en", print_at_once=True)
    root: Any = PdfReader(io.BytesIO(made.pdf)).trailer["/Root"]
    assert root["/OpenAction"] == {"/S": "/Named", "/N": "/Print"}
    assert root["/PageMode"] == "/UseNone"


def test_nothing_at_all_is_refused() -> None:
    with pytest.raises(PrintRefused) as refused:
        bind([], title="Nothing", language="en")
    assert refused.value.code == "nobody"


DIGEST = """
import sys
from hashlib import sha256
from pathlib import Path
from printables.binding import Part, bind
parts = [Part(path, Path(path).read_bytes()) for path in sys.argv[1:]]
print(sha256(bind(parts, title="Kit", language="en").pdf).hexdigest())
"""


def test_equal_documents_give_equal_bytes_in_every_process(parts: list[Part], tmp_path: Path) -> None:
    names = []
    for at, part in enumerate(parts):
        names.append(str(tmp_path / f"{at}.pdf"))
        Path(names[-1]).write_bytes(part.pdf)
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST, *names], cwd=ROOT, text=True, check=True, capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout.strip()
        for seed in ("1", "2")
    }  # fmt: skip
    here = bind([Part(name, part.pdf) for name, part in zip(names, parts, strict=True)], title="Kit", language="en")
    assert digests == {sha256(here.pdf).hexdigest()}
