"""The catalogues of the three languages, kept in step with the sources.

`python web/catalogue.py` writes every text of the program into the `.po` files, keeps what is translated and says
what is missing. The same extraction is used by the test that fails on a missing text.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("it", "pl")
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "N_": None,
    "t": None,
    "tn": (1, 2),
}
METHODS = [
    ("server/**.py", "python"),
    ("web/templates/gallery/**.html", "ignore"),
    ("web/templates/**.html", "jinja2"),
    ("web/static/js/**.js", "javascript"),
]
OPTIONS = {
    "web/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"},
    "web/static/js/**.js": {"parse_template_string": "true"},
}


def path_of(language: str) -> Path:
    """The catalogue of a language."""
    return ROOT / "web" / "translations" / language / "LC_MESSAGES" / "messages.po"


def _found() -> Iterator[tuple[str, int, str | tuple[str, ...]]]:
    for folder in ("server", "web/templates", "web/static/js"):
        for name, line, message, _comments, _context in extract_from_dir(
            str(ROOT / folder),
            method_map=[(p.removeprefix(folder + "/"), how) for p, how in METHODS if p.startswith(folder)],
            options_map={
                pattern.removeprefix(folder + "/"): options
                for pattern, options in OPTIONS.items()
                if pattern.startswith(folder)
            },
            keywords=KEYWORDS,
        ):
            yield f"{folder}/{name}", line, message


def _empty(language: str | None = None) -> Catalog:
    """A catalogue whose head says the same every time: a date in it would change with every run."""
    made = datetime(2026, 11, 21, tzinfo=UTC)
    return Catalog(
        locale=language,
        project="Coltiva",
        version="0",
        header_comment="# Coltiva: what people read. Kept in step by web/catalogue.py.",
        msgid_bugs_address="",
        creation_date=made,
        revision_date=made,
        last_translator="The Coltiva authors",
        language_team="",
        charset="utf-8",
        fuzzy=False,
    )


def texts() -> Catalog:
    """Every text of the program, with the files it stands in."""
    catalogue = _empty()
    for name, _line, message in sorted(_found(), key=lambda entry: entry[:2]):
        if message:
            # Line numbers would change with every commit and say nothing to a translator.
            catalogue.add(message, locations=[(name, 0)])
    return catalogue


def of(language: str) -> Catalog:
    """The catalogue as it stands in the tree."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def missing(catalogue: Catalog) -> list[str]:
    """The texts that have no translation, a doubtful one, or not every plural form."""
    open_ones = []
    for entry in catalogue:
        if not entry.id:
            continue
        forms = entry.string if isinstance(entry.string, (list, tuple)) else (entry.string,)
        complete = all(forms) and (isinstance(entry.id, str) or len(forms) == catalogue.num_plurals)
        if entry.fuzzy or not complete:
            open_ones.append(entry.id if isinstance(entry.id, str) else entry.id[0])
    return open_ones


def write(catalogue: Catalog, language: str) -> None:
    """Store a catalogue, sorted, so that two people's changes rarely meet."""
    with path_of(language).open("wb") as file:
        write_po(file, catalogue, width=110, sort_output=True, include_lineno=False)


def main() -> int:
    """Bring both catalogues up to date and say what is missing."""
    template = texts()
    left = 0
    for language in LANGUAGES:
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = of(language) if path.is_file() else _empty(language)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        write(catalogue, language)
        open_ones = missing(catalogue)
        left += len(open_ones)
        print(f"{language}: {len(list(catalogue)) - 1} texts, {len(open_ones)} missing")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
