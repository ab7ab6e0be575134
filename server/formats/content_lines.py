"""The lines of which vCard and iCalendar files are made: escaped, folded at 75 octets, ended with CRLF."""

import re

FOLD_AT = 75
"""Octets in a line, without its end."""

_LINE_BREAKS = re.compile(r"\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f]")


def one_kind_of_break(text: str) -> str:
    """The text with \\n for every kind of line break, since readers differ in what ends a line, and without
    control characters, which neither format allows.
    """
    return _CONTROLS.sub("", _LINE_BREAKS.sub("\n", text))


def escaped(text: str) -> str:
    """A text value: backslash, comma, semicolon and line break escaped, the colon never."""
    text = one_kind_of_break(text).replace("\\", "\\\\")
    return text.replace(",", "\\,").replace(";", "\\;").replace("\n", "\\n")


def folded(line: str) -> str:
    """The line cut into pieces of at most 75 octets, never inside a letter, with its end."""
    pieces, piece, size = [], "", 0
    for letter in line:
        octets = len(letter.encode("utf-8"))
        if size + octets > FOLD_AT:
            pieces.append(piece)
            # The blank that marks a continued line counts as one of its octets.
            piece, size = " ", 1
        piece += letter
        size += octets
    return "\r\n".join([*pieces, piece]) + "\r\n"
