"""Which letters the bytes of a text file are.

Spreadsheets save in what the computer is used to. The answer says which encoding was used and whether it
was a guess, and never puts a replacement character in place of a letter.
"""

import codecs
import re
from collections import Counter
from dataclasses import dataclass

from server.domain.errors import RuleViolation
from server.formats.column_names import KNOWN_HEADERS, POLISH_HEADERS, plain

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_LOOKED_AT = 400_000
_POLISH = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ".encode("cp1250"))
_WESTERN = frozenset("àâãäåæçèêëìíîïðñòôõöøùúûüýÀÂÃÄÅÆÇÈÊËÌÍÎÏÐÑÒÔÕÖØÙÚÛÜÝß".encode("cp1252"))
_SIGNS_IN_CP1252 = frozenset("¹³£¥¿¯".encode("cp1252"))
_CELLS = re.compile(r"[,;\t\r\n\"]+")
_TWICE_ENCODED = re.compile("[ÂÃÄÅ][\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œžŸ]")


@dataclass(frozen=True)
class Decoded:
    """A text and the name of its encoding as Python knows it; `guessed` where no mark in the file proves
    it.
    """

    text: str
    encoding: str
    guessed: bool


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """The text of a file; `encoding` is what a human chose, else it is found out.

    Raises `wrong_encoding` (encoding, line) when the chosen one cannot be true, `unknown_encoding` when
    none can.
    """
    if encoding is not None:
        return _as_chosen(data, encoding)
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _as_marked(data, name, len(mark))
    unmarked = _utf16_without_mark(data)
    if unmarked is not None:
        return _as_marked(data, unmarked, 0)
    try:
        return Decoded(data.decode("utf-8"), "utf-8", guessed=False)
    except UnicodeDecodeError:
        return _guess(data)


def first_garbled_line(text: str) -> int | None:
    """The line of the first letters that some earlier program has spoilt ("NiccolÃ²"), or None."""
    position = text.find("\ufffd")
    for suspect in _TWICE_ENCODED.finditer(text):
        try:
            suspect.group().encode("cp1252").decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
        position = suspect.start() if position < 0 else min(position, suspect.start())
        break
    return None if position < 0 else 1 + len(re.findall(r"\r\n|\r|\n", text[:position]))


def _as_chosen(data: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(data.decode(encoding).removeprefix("\ufeff"), encoding, guessed=False)
    except UnicodeDecodeError as failure:
        line = 1 + data[: failure.start].count(b"\n")
        raise RuleViolation("wrong_encoding", encoding=encoding, line=line) from failure
    except LookupError as failure:
        raise RuleViolation("unknown_encoding") from failure


def _as_marked(data: bytes, encoding: str, mark_length: int) -> Decoded:
    codec = encoding.removesuffix("-sig")
    try:
        return Decoded(data[mark_length:].decode(codec), encoding, guessed=False)
    except UnicodeDecodeError as failure:
        line = 1 + data[: failure.start].count(b"\n")
        raise RuleViolation("wrong_encoding", encoding=codec, line=line) from failure


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 shows by a NUL in nearly every other byte of its first line."""
    start = data[:200]
    half = len(start) // 2
    if half < 2 or len(data) % 2:
        return None
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if odd > 0.7 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.7 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None


def _guess(data: bytes) -> Decoded:
    """Polish or Western: by the headers first, then by which letters the odd bytes would be."""
    readings = [name for name in ("cp1252", "cp1250") if _decodes(data, name)]
    if not readings:
        raise RuleViolation("unknown_encoding")
    sample = data[:_LOOKED_AT]
    bytes_seen = Counter(byte for byte in sample if byte > 0x7F)
    best = max(readings, key=lambda name: _likelihood(sample, bytes_seen, name))
    return Decoded(data.decode(best), best, guessed=True)


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _likelihood(sample: bytes, bytes_seen: Counter[int], encoding: str) -> tuple[int, int, int]:
    names = {plain(cell) for cell in _CELLS.split(sample[:4000].decode(encoding, errors="ignore"))}
    known = len(names & KNOWN_HEADERS)
    if encoding == "cp1250":
        return known, sum(bytes_seen[byte] for byte in _POLISH), len(names & POLISH_HEADERS)
    letters = sum(bytes_seen[byte] for byte in _WESTERN)
    return known, letters - 2 * sum(bytes_seen[byte] for byte in _SIGNS_IN_CP1252), 0
