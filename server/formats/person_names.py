"""How a whole name in one cell becomes a given and a family name.

Nothing is changed: both parts stand in the cell exactly as typed. The rules, first that applies:

1. One word, or a name without blanks (李小龙): a mononym, kept whole as the given name. 2. One comma,
"Rossi, Anna": the family name stands before it; ", Jr." and the like belong to the family name. 3. Some
words in capitals and others not, "ROSSI Anna" or "Anna ROSSI": the capitals are the family name. 4. A
small word of origin (de, della, van, von, bin …) begins the family name: "Anna De Luca", "Jan van der
Berg". 5. Otherwise the last word is the family name, or the first one where the column says so
("Cognome e nome").

A name of three words or more split by rule 5 is a guess, and said to be one.
"""

import re
from dataclasses import dataclass

_ORIGINS = frozenset(
    {
        "de", "di", "da", "do", "dos", "das", "du", "del", "dal", "della", "dalla", "delle", "dalle", "degli",
        "dello", "dei", "la", "le", "li", "lo", "van", "von", "vom", "zu", "zum", "zur", "ter", "ten", "der",
        "den", "bin", "ibn", "al", "el", "af", "av", "st.", "mac",
    }
)  # fmt: skip
_SUFFIX = re.compile(r"(jr|sr|ii|iii|iv|phd|md|esq|mba)\.?", re.IGNORECASE)
_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class SplitName:
    """The two parts of a name; `guessed` when a human should look."""

    given_name: str
    family_name: str
    guessed: bool = False


def split_full_name(text: str, *, family_first: bool = False) -> SplitName:
    """The given and the family name of a whole name; see the rules above."""
    text = text.strip()
    words = list(_WORD.finditer(text))
    if len(words) < 2:
        return SplitName(text, "")
    by_comma = _split_at_comma(text)
    if by_comma is not None:
        return by_comma
    cut = _capitals_end(words)
    if cut is not None:
        return _cut(text, words, abs(cut), family_first=cut > 0)
    if family_first:
        begins = next((index for index, word in enumerate(words) if word.group().casefold() not in _ORIGINS), 0)
        return _cut(text, words, min(begins + 1, len(words) - 1), family_first=True, guessed=len(words) > 2)
    for index, word in enumerate(words[1:-1], start=1):
        if word.group().casefold() in _ORIGINS:
            return _cut(text, words, index, family_first=False)
    return _cut(text, words, len(words) - 1, family_first=False, guessed=len(words) > 2)


def _split_at_comma(text: str) -> SplitName | None:
    before, comma, after = (part.strip() for part in text.partition(","))
    if not comma or not before or not after or "," in after:
        return None
    if _SUFFIX.fullmatch(after):
        whole = split_full_name(before)
        return SplitName(whole.given_name, text[text.rindex(whole.family_name) :] if whole.family_name else "")
    return SplitName(after, before)


def _capitals_end(words: list[re.Match[str]]) -> int | None:
    """How many words in capitals begin the name; negative: where those that end it begin; None: capitals tell
    nothing.
    """
    shouted = [_is_shouted(word.group()) for word in words]
    count = sum(shouted)
    if not 0 < count < len(words):
        return None
    if all(shouted[:count]):
        return count
    return -(len(words) - count) if all(shouted[-count:]) else None


def _is_shouted(word: str) -> bool:
    """ROSSI, not J. or J.R., which are initials."""
    return len(word) > 1 and word.isupper() and "." not in word


def _cut(text: str, words: list[re.Match[str]], at: int, *, family_first: bool, guessed: bool = False) -> SplitName:
    left, right = text[: words[at - 1].end()], text[words[at].start() :]
    return SplitName(right, left, guessed) if family_first else SplitName(left, right, guessed)
