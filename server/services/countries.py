"""Countries by their two letters, and what they are called in our languages. The names are Babel's."""

from functools import cache

from babel import Locale

from server.domain import names

_NOT_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
_ALSO = {
    "england": "GB", "scotland": "GB", "wales": "GB", "great britain": "GB", "britain": "GB", "uk": "GB",
    "gran bretagna": "GB", "inghilterra": "GB", "anglia": "GB", "szkocja": "GB", "zjednoczone krolestwo": "GB",
    "usa": "US", "u s a": "US", "america": "US", "stati uniti d america": "US", "holland": "NL", "olanda": "NL",
    "holandia": "NL", "czech republic": "CZ", "repubblica ceca": "CZ", "republika czeska": "CZ",
}  # fmt: skip
"""How people write it where the official name is another."""


@cache
def called(language: str) -> dict[str, str]:
    """Code to name in a language, in the order of the names."""
    known = Locale(language).territories.items()
    found = {code: name for code, name in known if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES}
    return dict(sorted(found.items(), key=lambda item: names.search_key(item[1])))


@cache
def _codes() -> dict[str, str]:
    found = dict(_ALSO)
    for language in ("pl", "it", "en"):
        found |= {_folded(name): code for code, name in called(language).items()}
    return found


def _folded(text: str) -> str:
    return " ".join(names.query_words(text))


def code_of(text: str) -> str | None:
    """The code behind a code or a name in any of our languages; None when it is none, "" for no text."""
    if not text.strip():
        return ""
    if text.strip().upper() in called("en"):
        return text.strip().upper()
    return _codes().get(_folded(text))
