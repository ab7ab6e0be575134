"""QR codes as vector rectangles in module units.

Under one base address all codes of one length share version, level and mask, and then the picture is an
affine function over GF(2) of the code's bits: error correction and placement are linear, the mask is a
constant. So a `Layout` asks the `qrcode` package for one picture per bit, once, and every further code
is a handful of exclusive ors. `qrcode` stays the oracle; a test compares the two. Any other text goes
through `generic`.

Pictures are one integer: `size` rows of `size` modules and one light guard bit, most significant bit
first. The guard keeps a run of dark modules from reaching into the next row.
"""

from dataclasses import dataclass
from functools import cache
from itertools import compress
from typing import Any, Literal

from qrcode import constants
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode
from qrcode.util import QRData

from printables.address import Address

ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
MASK = 3  # the search for the best mask costs most of the time and made no code easier to read
QUIET = 4
HIGHEST_VERSION = 6
LONGEST_HOST = 253  # by the rules of names
LEVELS = {
    "L": constants.ERROR_CORRECT_L,
    "M": constants.ERROR_CORRECT_M,
    "Q": constants.ERROR_CORRECT_Q,
    "H": constants.ERROR_CORRECT_H,
}
_VALUE = {letter: value for value, letter in enumerate(ALPHANUMERIC)}
_CAPITALS: Literal[2] = 2  # the modes of a segment, as the standard numbers them
_BYTES: Literal[4] = 4
_FINDER = (0b1111111, 0b1000001, 0b1011101, 0b1011101, 0b1011101, 0b1000001, 0b1111111)
_ZERO_ONE = bytes.maketrans(b"01", b"\0\1")


@dataclass(frozen=True, slots=True)
class Picture:
    """One QR code, without its quiet zone."""

    size: int
    bits: int

    def matrix(self) -> list[list[bool]]:
        """Rows of modules from the top, dark is true."""
        text = _binary(self.bits, self.size)
        step = self.size + 1
        return [[mark == "1" for mark in text[row : row + self.size]] for row in range(0, len(text), step)]

    def operators(self) -> str:
        """PDF path operators of the dark runs, one unit a module, origin at the bottom left."""
        return operators(self.bits, self.size)


def operators(bits: int, size: int) -> str:
    """The dark runs of a picture as `x y width 1 re`, row by row; to be filled as one path."""
    corners, widths = _phrases(size)
    edges = _binary(bits ^ bits >> 1, size).encode().translate(_ZERO_ONE)
    at = list(compress(range(len(edges)), edges))  # where a run begins, where it ends, and so on
    return "\n".join([corners[a] + widths[b - a] for a, b in zip(at[::2], at[1::2], strict=True)])


@cache
def finders(size: int) -> int:
    """The three finder patterns of a picture of this size: the same in every code, so worth drawing once."""
    bits = 0
    for pattern_row, pattern in enumerate(_FINDER):
        for row, column in ((pattern_row, 0), (pattern_row, size - 7), (size - 7 + pattern_row, 0)):
            bits |= pattern << (size - row) * (size + 1) - 7 - column
    return bits


@cache
def _phrases(size: int) -> tuple[list[str], list[str]]:
    step = size + 1
    corners = [f"{at % step} {size - 1 - at // step} " for at in range(size * step)]
    return corners, [f"{width} 1 re" for width in range(step)]


def _binary(bits: int, size: int) -> str:
    return bin(bits | 1 << size * (size + 1))[3:]


def _picture(code: QRCode[Any]) -> Picture:
    size = len(code.modules)
    bits = 0
    for row in code.modules:
        for module in row:
            bits = bits << 1 | bool(module)
        bits <<= 1
    return Picture(size, bits)


class Layout:
    """All badge codes of one length under one address. The first codes are slow, the rest take 5 µs."""

    def __init__(self, address: Address, length: int) -> None:
        """Find version and level: level M, or Q where that costs no larger picture.

        Raises `DataOverflowError` when the address needs more than version 6.
        """
        head = address.path
        self._carry = head[-1] if len(head) % 2 else ""  # alphanumeric letters are packed in pairs
        self._scheme = address.scheme.encode()
        self._head = head[: len(head) - len(self._carry)]
        self._zeros = "0" * (len(self._carry) + length)
        self.length = length
        self.version = self._smallest_version("M")
        if self.version > HIGHEST_VERSION:
            raise DataOverflowError(head)
        self.level = "Q" if self._smallest_version("Q") == self.version else "M"
        plain = self._encode(self._zeros)
        self.size = plain.size
        self._plain = plain.bits
        self._without_finders = ~finders(plain.size)
        self._columns: dict[tuple[int, int], int] = {}
        self._pairs: list[dict[str, int]] = [{} for _ in range(0, len(self._zeros), 2)]

    def picture(self, code: str) -> Picture:
        """The QR code of a badge code of this length (digits and capitals)."""
        return Picture(self.size, self._bits(code))

    def operators(self, code: str) -> str:
        """As `Picture.operators`, but without the finder patterns, which all codes share."""
        return operators(self._bits(code) & self._without_finders, self.size)

    def finders(self) -> str:
        """The operators of the three finder patterns."""
        return operators(finders(self.size), self.size)

    def _bits(self, code: str) -> int:
        if len(code) != self.length:
            raise ValueError(code)
        text = self._carry + code
        bits = self._plain
        at = 0
        for known in self._pairs:
            pair = text[at : at + 2]
            if pair not in known:
                known[pair] = self._difference(at, pair)
            bits ^= known[pair]
            at += 2
        return bits

    def _difference(self, at: int, pair: str) -> int:
        value = _VALUE[pair[0]] * 45 + _VALUE[pair[1]] if len(pair) == 2 else _VALUE[pair]
        difference = 0
        for bit in range(value.bit_length()):
            if value >> bit & 1:
                difference ^= self._column(at, bit, len(pair))
        return difference

    def _column(self, at: int, bit: int, width: int) -> int:
        """What one bit of the data changes in the picture."""
        if (at, bit) not in self._columns:
            high, low = divmod(1 << bit, 45)
            letters = ALPHANUMERIC[high] + ALPHANUMERIC[low] if width == 2 else ALPHANUMERIC[low]
            text = self._zeros[:at] + letters + self._zeros[at + width :]
            self._columns[at, bit] = self._encode(text).bits ^ self._plain
        return self._columns[at, bit]

    def _segments(self, text: str) -> list[QRData]:
        return [
            QRData(self._scheme, _BYTES, False),
            QRData((self._head + text).encode(), _CAPITALS, False),
        ]

    def _smallest_version(self, level: str) -> int:
        return _code(self._segments(self._zeros), level, None).version

    def _encode(self, text: str) -> Picture:
        code = _code(self._segments(text), self.level, self.version)
        code.make(fit=False)
        return _picture(code)


@cache
def layout(address: Address, length: int) -> Layout:
    """The layout for codes of this length, made once."""
    return Layout(address, length)


def generic(text: str, level: str = "M") -> Picture:
    """A QR code of any text, with the mask `qrcode` likes best: for posters, where time does not matter."""
    code: QRCode[Any] = QRCode(error_correction=LEVELS[level], border=0)
    code.add_data(text)
    code.make()
    return _picture(code)


def longest_host(address: Address, length: int, highest_size: int) -> int:
    """How many characters a host may have so that its codes are at most `highest_size` modules wide."""
    fits = 0
    for letters in range(1, LONGEST_HOST + 1):
        segments = [
            QRData(address.scheme.encode(), _BYTES, False),
            QRData(b"A" * (letters + len("/B/") + length), _CAPITALS, False),
        ]
        if _code(segments, "M", None).version * 4 + 17 > highest_size:
            break
        fits = letters
    return fits


def _code(segments: list[QRData], level: str, version: int | None) -> QRCode[Any]:
    code: QRCode[Any] = QRCode(version=version, error_correction=LEVELS[level], border=0, mask_pattern=MASK)
    for segment in segments:
        code.add_data(segment, optimize=0)
    return code
