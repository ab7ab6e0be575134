"""Reads the PDF files that this package makes: their objects, pages and operators.

It knows what reportlab writes (a plain cross-reference table, streams packed with Flate, ASCII 85 on top where asked
for) and no more: files from elsewhere are not meant for it. Numbers become floats or ints, names `Name`, references
`Ref`, strings bytes, dictionaries and arrays what they are in Python, operators `Operator`.
"""

import base64
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

_TOKEN = re.compile(
    rb"(?:[\0\t\n\f\r ]|%[^\r\n]*)*"
    rb"(?:(?P<open><<|\[)|(?P<close>>>|\])|(?P<string>\()|<(?P<hex>[^>]*)>|/(?P<name>[^\0\t\n\f\r ()<>\[\]{}/%]*)"
    rb"|(?P<word>[^\0\t\n\f\r ()<>\[\]{}/%]+)|$)"
)
_REFERENCE = re.compile(rb"[\0\t\n\f\r ]+\d+[\0\t\n\f\r ]+R(?![^\0\t\n\f\r ()<>\[\]{}/%])")
_NUMBER = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)")
_HASHED = re.compile(r"#([0-9A-Fa-f]{2})")
_ESCAPES = {b"n": 10, b"r": 13, b"t": 9, b"b": 8, b"f": 12}
_WORDS = {b"true": True, b"false": False, b"null": None}
_INHERITED = ("Resources", "MediaBox", "Rotate")

Dictionary = dict[str, Any]


class Name(str):
    """A name, without its slash."""

    __slots__ = ()


class Operator(str):
    """What is done with the operands before it."""

    __slots__ = ()


class Ref(NamedTuple):
    """A reference to an object of the file."""

    number: int


@dataclass(frozen=True, slots=True)
class Stream:
    """A dictionary and the bytes behind it, packed as they stand in the file."""

    head: Dictionary
    packed: bytes

    def data(self) -> bytes:
        """The bytes, unpacked."""
        filters = self.head.get("Filter", [])
        data = self.packed
        for name in filters if isinstance(filters, list) else [filters]:
            if name == "ASCII85Decode":
                data = base64.a85decode(b"<~" + data.strip(), adobe=True)
            elif name == "FlateDecode":
                data = zlib.decompress(data)
            else:
                raise ValueError(f"a stream packed with {name}")
        return data


class _End(Exception):
    """A closing bracket, or the end of the text."""


class Tokens:
    """Values one after another out of PDF text."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        """Begin reading at a byte."""
        self.data = data
        self.at = at

    def value(self) -> Any:
        """The next value. Raises `_End` where there is none."""
        found = _TOKEN.match(self.data, self.at)
        assert found is not None, "every branch of the pattern may be empty but for its end"
        self.at = found.end()
        kind = found.lastgroup
        if kind == "open":
            return self._dictionary() if found["open"] == b"<<" else self._array()
        if kind == "string":
            return self._string()
        if kind == "hex":
            digits = b"".join(found["hex"].split())
            return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
        if kind == "name":
            return Name(_HASHED.sub(lambda code: chr(int(code[1], 16)), found["name"].decode("latin-1")))
        if kind == "word":
            return self._word(found["word"])
        raise _End

    def _word(self, word: bytes) -> Any:
        if not _NUMBER.fullmatch(word):
            return _WORDS[word] if word in _WORDS else Operator(word.decode("latin-1"))
        if not word.isdigit():
            return float(word)
        reference = _REFERENCE.match(self.data, self.at)
        if reference is None:
            return int(word)
        self.at = reference.end()
        return Ref(int(word))

    def _array(self) -> list[Any]:
        return list(self)

    def _dictionary(self) -> Dictionary:
        flat = list(self)
        return dict(zip(flat[::2], flat[1::2], strict=True))

    def _string(self) -> bytes:
        data, made, depth = self.data, bytearray(), 1
        while True:
            letter = data[self.at : self.at + 1]
            self.at += 1
            if letter == b"\\":
                self._escape(made)
                continue
            depth += (letter == b"(") - (letter == b")")
            if depth == 0:
                return bytes(made)
            made += letter

    def _escape(self, into: bytearray) -> None:
        digits = re.compile(rb"[0-7]{1,3}").match(self.data, self.at)
        if digits is not None:
            into.append(int(digits[0], 8) & 255)
            self.at = digits.end()
            return
        letter = self.data[self.at : self.at + 1]
        self.at += 1
        if letter not in b"\r\n":
            into.append(_ESCAPES.get(letter, letter[0]))

    def __iter__(self) -> Iterator[Any]:
        """Values up to the next closing bracket or the end."""
        while True:
            try:
                yield self.value()
            except _End:
                return


class File:
    """A PDF of this package, read object by object."""

    def __init__(self, data: bytes) -> None:
        """Find the objects."""
        self._data = data
        self.offsets: dict[int, int] = {}
        start = int(data[data.rindex(b"startxref") + 9 :].split(maxsplit=1)[0])
        lines = Tokens(data, start)
        assert lines.value() == "xref", "reportlab writes one plain table"
        first = lines.value()
        while first != "trailer":
            for number in range(first, first + lines.value()):
                offset, _, in_use = lines.value(), lines.value(), lines.value()
                if in_use == "n":
                    self.offsets[number] = offset
            first = lines.value()
        self.trailer: Dictionary = lines.value()
        self.root: Dictionary = self.follow(self.trailer["Root"])

    def object(self, number: int) -> Any:
        """An object by its number; one with bytes as a `Stream`."""
        tokens = Tokens(self._data, self.offsets[number])
        head = [tokens.value() for _ in range(3)]
        assert head == [number, 0, "obj"], "the table points at objects"
        value = tokens.value()
        if not isinstance(value, dict) or tokens.value() != "stream":
            return value
        begin = tokens.at + (2 if self._data[tokens.at : tokens.at + 2] == b"\r\n" else 1)
        return Stream(value, self._data[begin : begin + self.follow(value["Length"])])

    def follow(self, value: Any) -> Any:
        """What a reference stands for; any other value as it is."""
        return self.object(value.number) if isinstance(value, Ref) else value

    def pages(self) -> Iterator[tuple[int, Dictionary]]:
        """The pages in their order, with the number of their object and what they inherit."""
        yield from self._pages(self.root["Pages"], {})

    def _pages(self, node: Ref, inherited: Dictionary) -> Iterator[tuple[int, Dictionary]]:
        found = inherited | self.object(node.number)
        if found["Type"] == "Page":
            yield node.number, found
            return
        known = {key: found[key] for key in _INHERITED if key in found}
        for kid in self.follow(found["Kids"]):
            yield from self._pages(kid, known)
