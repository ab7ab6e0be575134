"""Three languages from the first template: no text without its Italian and Polish, none doubtful, none broken."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog

ROOT = Path(__file__).parents[2]
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def _catalogues() -> ModuleType:
    spec = importlib.util.spec_from_file_location("catalogue", ROOT / "web" / "catalogue.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


catalogue = _catalogues()
SOURCES: Catalog = catalogue.texts()


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_text_is_translated_and_none_is_doubtful(language: str) -> None:
    known = catalogue.of(language)
    absent = [entry.id for entry in SOURCES if entry.id and known.get(entry.id) is None]
    assert not absent, "run: python web/catalogue.py"
    assert not catalogue.missing(known)


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_translations_keep_what_is_filled_in(language: str) -> None:
    for entry in catalogue.of(language):
        sources = (entry.id,) if isinstance(entry.id, str) else entry.id
        wanted = {name for text in sources for name in PLACEHOLDER.findall(text)}
        for form in (entry.string,) if isinstance(entry.string, str) else entry.string:
            used = set(PLACEHOLDER.findall(form))
            # A plural form may leave the number out ("one meeting"), nothing else.
            assert used <= wanted, f"{form} fills in what its source does not"
            assert wanted - used <= {"n", "num"}, f"{form} leaves out {wanted - used}"


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_no_text_is_left_over(language: str) -> None:
    known = {entry.id if isinstance(entry.id, str) else entry.id[0] for entry in SOURCES if entry.id}
    left = [entry.id for entry in catalogue.of(language) if entry.id and _first(entry.id) not in known]
    assert not left


def _first(text: str | tuple[str, ...]) -> str:
    return text if isinstance(text, str) else text[0]
