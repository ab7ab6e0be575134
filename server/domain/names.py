"""Names of people: shown as typed, found however they are spelled, sorted as the group's language sorts them.

`search_key` and `sort_key` are stored and plain, so that both databases find and order alike. Sort keys are
compared byte by byte (`COLLATE "C"` where a database would know better).
"""

import re
import unicodedata
from functools import lru_cache

SEARCH_KEY_MOST = 700
SORT_KEY_MOST = 300

_FOLDS = str.maketrans(
    {"ł": "l", "đ": "d", "ð": "d", "ø": "o", "ħ": "h", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_SPELLED_OUT = re.compile("[aou]e")
_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘ʼ`´", None))

# Letters of their own in Polish, each after its plain letter: in bytes "~" stands behind "z".
_POLISH = str.maketrans(
    {"ą": "a~", "ć": "c~", "ę": "e~", "ł": "l~", "ń": "n~", "ó": "o~", "ś": "s~", "ź": "z~", "ż": "z~~"}
)
_POLISH_LETTERS = frozenset("ąćęłńóśźż")

_PLACEHOLDERS = frozenset({"-", "–", "—", "--", ".", "n/a", "#"})

# Direction marks that turn the rest of a list around, and the byte order mark of spreadsheets.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def tidy(text: str) -> str:
    """Text as typed: composed, without control characters, with single blanks inside and none around."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = "".join(char for char in text if char.isspace() or not _is_control(char))
    return " ".join(unicodedata.normalize("NFC", kept).split())


def is_placeholder(text: str) -> bool:
    """Whether a text is only what people put where there is nothing to say, such as "-" or "n/a"."""
    return text.casefold() in _PLACEHOLDERS


def full_name(given: str, family: str) -> str:
    """Both names, or the one that there is."""
    return " ".join(part for part in (given.strip(), family.strip()) if part)


def short_name(given: str, family: str) -> str:
    """First name and initial ("Anna N."), or the one name that there is."""
    initial = next((char for char in family if char.isalnum()), "")
    if not given.strip() or not initial:
        return full_name(given, family)
    return f"{given.strip()} {initial.upper()}."


def search_key(*parts: str) -> str:
    """The words of a person's names, folded, with the other spellings of the same words behind them.

    Müller is found by muller, mueller and Müller; so is Mueller. D'Amico is found by d amico and by damico.
    """
    text = _composed(" ".join(parts))
    words = dict.fromkeys(_words(text))
    words.update(dict.fromkeys(_words(text.translate(_UMLAUTS))))
    words.update(dict.fromkeys(_words(text.translate(_APOSTROPHES))))
    words.update(dict.fromkeys(_SPELLED_OUT.sub(lambda found: found[0][0], word) for word in tuple(words)))
    key = " ".join(words)
    if len(key) > SEARCH_KEY_MOST:
        # Cut between two words, because half a word is another word.
        key = key[: SEARCH_KEY_MOST + 1].rsplit(" ", 1)[0][:SEARCH_KEY_MOST]
    return key


def query_words(text: str) -> tuple[str, ...]:
    """The folded words of a search, each once; somebody is found when every one stands in the search key."""
    return tuple(dict.fromkeys(_words(_composed(text))))


def folded(text: str) -> str:
    """The text as it is compared and sorted: folded words, each as often as it stands there, single blanks between."""
    return " ".join(_words(_composed(text)))


def sort_key(family: str, given: str, language: str) -> str:
    """Where a person stands in a list by family name: Polish order for "pl", accents ignored elsewhere.

    The family name ends before a longer one begins: De, De Luca, Deluca.
    """
    polish = language.lower().split("-")[0] == "pl"
    halves = (_ordered(family, polish), _ordered(given, polish))
    return "  ".join(half for half in halves if half)[:SORT_KEY_MOST]


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs") or char in _TURNING


def _composed(text: str) -> str:
    """Lower case with every accent joined to its letter, so that a fold sees one character."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _words(text: str) -> list[str]:
    return "".join(map(_plain, text)).split()


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """A letter without its accents, a blank for anything that is neither letter nor digit."""
    bare = unicodedata.normalize("NFKD", char.translate(_FOLDS))
    kept = (part for part in bare if unicodedata.category(part)[0] != "M")
    return "".join(part.translate(_FOLDS) if part.isalnum() else " " for part in kept)


def _ordered(name: str, polish: bool) -> str:
    text = _composed(name).translate(_APOSTROPHES)
    if not polish:
        return " ".join(_words(text))
    letters = (char.translate(_POLISH) if char in _POLISH_LETTERS else _plain(char) for char in text)
    return " ".join("".join(letters).split())
