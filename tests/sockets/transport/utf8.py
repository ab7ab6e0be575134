"""Byte sequences that are UTF-8, and that are not: the boundaries of the encoding, after Markus Kuhn's test text."""

_GREEK = b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5"
_LONE_STARTS = [(0xC0, 0xDF), (0xE0, 0xEF), (0xF0, 0xF7), (0xF8, 0xFB), (0xFC, 0xFD)]
_CUT_SHORT = (
    "c0", "e080", "f08080", "f8808080", "fc80808080", "df", "efbf", "f7bfbf", "fbbfbfbf", "fdbfbfbfbf",
)  # fmt: skip

VALID: tuple[bytes, ...] = (
    *(f"hello{letter}world".encode() for letter in ("$", "¢", "€", "\U00024b62")),
    _GREEK,
    *(b"\x00", b"\xc2\x80", b"\xe0\xa0\x80", b"\xf0\x90\x80\x80"),
    *(b"\x7f", b"\xdf\xbf", b"\xef\xbf\xbf", b"\xf4\x8f\xbf\xbf"),
    *(b"\xed\x9f\xbf", b"\xee\x80\x80", b"\xef\xbf\xbd"),
    # Code points that are no characters are UTF-8 all the same.
    *(chr(plane << 16 | low).encode() for plane in range(1, 17) for low in (0xFFFE, 0xFFFF)),
    *(chr(point).encode() for point in (*range(0xFFF9, 0x10000), *range(0xFDD0, 0xFDF0))),
    *(chr(0x40000 * step - 1).encode() for step in range(1, 5)),
)

INVALID: tuple[bytes, ...] = (
    *(_GREEK[:end] for end in range(1, len(_GREEK)) if end not in {2, 5, 7, 9}),
    *map(bytes.fromhex, ("f888808080", "fc8480808080", "f7bfbfbf", "fbbfbfbfbf", "fdbfbfbfbfbf", "f4908080")),
    *(bytes.fromhex("80bf80bf80bf")[:size] for size in range(1, 7)),
    b"\xbf",
    bytes(range(0x80, 0xC0)),
    *(b"".join(bytes((start, 0x20)) for start in range(first, last + 1)) for first, last in _LONE_STARTS),
    *map(bytes.fromhex, _CUT_SHORT),
    bytes.fromhex("".join(_CUT_SHORT)),
    *(b"\xfe", b"\xff", b"\xfe\xfe\xff\xff"),
    *map(bytes.fromhex, ("c0af", "e080af", "f08080af", "f8808080af", "fc80808080af")),
    *map(bytes.fromhex, ("c1bf", "e09fbf", "f08fbfbf", "f887bfbfbf", "fc83bfbfbfbf")),
    *map(bytes.fromhex, ("c080", "e08080", "f0808080", "f880808080", "fc8080808080")),
    *map(bytes.fromhex, ("eda080", "edadbf", "edae80", "edafbf", "edb080", "edbe80", "edbfbf")),
    *(
        bytes.fromhex(first + second)
        for first in ("eda080", "edadbf", "edae80", "edafbf")
        for second in ("edb080", "edbfbf")
    ),
)
