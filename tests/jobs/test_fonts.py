"""Letters that the program's fonts lack are looked for among the fonts of the computer."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from printables.errors import PrintRefused
from server import assets
from server.jobs import fonts
from tests.printables.made_fonts import FORBIDDEN, boxes, postscript

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts fonts on a computer that has none."""
    monkeypatch.setattr(fonts, "folders", lambda: (tmp_path / "system", tmp_path / "own"))
    for kept in (fonts._files, fonts._loaded, fonts.for_paper):
        kept.cache_clear()

    def put(name: str, data: bytes, folder: str = "system/truetype") -> None:
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / name).write_bytes(data)

    return put


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    for kept in (fonts._files, fonts._loaded, fonts.for_paper):
        kept.cache_clear()


def found(letter: str) -> list[str]:
    """The names of the fonts that have the letter, regular and bold."""
    pair = fonts.find(letter)
    return [face.font.face.name.decode() for face in pair] if pair else []


def test_a_computer_without_further_fonts_has_no_further_letters(install: Install) -> None:
    assert found("א") == []
    assert fonts.for_paper().missing("Żółć א") == "א"


def test_the_fonts_of_a_script_come_before_those_of_many(install: Install) -> None:
    install("DejaVuSans.ttf", boxes("אბ", name="Many"))
    install("NotoSansHebrew-Regular.ttf", boxes("א", name="Hebrew"))
    install("NotoSansHebrew-Bold.ttf", boxes("א", name="Heavy"))
    assert found("א") == ["Hebrew", "Heavy"]
    assert found("ბ") == ["Many", "Many"]
    assert fonts.for_paper().missing("Żółć אბ 山") == "山"


def test_a_font_of_ones_own_is_found_however_its_name_is_written(install: Install) -> None:
    install("dejavusans.ttf", boxes("ბ", name="Own"), folder="own")
    assert found("ბ") == ["Own", "Own"]


def test_the_next_font_is_taken_where_one_lacks_the_letter_is_broken_or_forbids_it(install: Install) -> None:
    install("NotoSansHebrew-Regular.ttf", b"no font")
    install("segoeui.ttf", boxes("ב", name="Other letters"))
    install("arial.ttf", boxes("א", name="Forbidden", permission=FORBIDDEN))
    install("tahoma.ttf", postscript("א"))
    install("FreeSans.ttf", boxes("א", name="Free"))
    assert found("א") == ["Free", "Free"]


def test_a_large_font_is_not_read_for_a_letter_it_is_not_asked_for(install: Install) -> None:
    install("simsun.ttc", boxes("山א", name="Han"))
    assert found("א") == []
    assert found("山") == ["Han", "Han"]


@pytest.mark.parametrize(
    ("platform", "expected"),
    [("win32", "Windows"), ("darwin", "Library"), ("linux", "fonts")],
)
def test_every_kind_of_computer_has_its_folders(platform: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts.sys, "platform", platform)
    assert all(expected in str(folder) for folder in fonts.folders())


def test_without_the_programs_own_fonts_nothing_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> dict[str, bytes]:
        raise FileNotFoundError

    fonts.for_paper.cache_clear()
    monkeypatch.setattr(assets, "fonts", gone)
    with pytest.raises(PrintRefused) as refused:
        fonts.for_paper()
    assert str(refused.value) == "The program's fonts are missing: install it again."
