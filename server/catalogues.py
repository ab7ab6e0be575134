"""The texts of the program in a language, read from the `.po` files; nothing is compiled or cached on disk.

A leaf: anybody may import it, it knows no web. English is the language of the source and has no catalogue.
"""

import io
from functools import cache

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from server import assets


@cache
def catalogue(language: str) -> Translations | NullTranslations:
    """The catalogue of a language; one that gives every text back as it is where there is none."""
    path = assets.web("translations", language, "LC_MESSAGES", "messages.po")
    if language == "en" or not path.is_file():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)
