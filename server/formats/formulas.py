"""No cell that we write becomes a formula in somebody's spreadsheet, and what we wrote reads back unchanged.

A spreadsheet runs a cell that begins with = + - @ (or their full-width twins), also behind blanks, and
moves what begins with a tab or a carriage return. Such a cell gets an apostrophe in front. Opened in a
country with another separator the cell may also be cut at a comma, semicolon or line break, so the same
holds behind those. `restored` takes away exactly what `neutralised` put there: for every text,
restored(neutralised(text)) == text.
"""

import re

_SIGNS = "=+\\-@＝＋－＠\0"
_BEGINS_LIVE = rf"(?=['\"]*[\t\r]|['\"\s]*[{_SIGNS}])"
# Quotation marks count as nothing: doubled by CSV, they vanish when the file is cut at the wrong separator.
_AFTER_A_SEPARATOR = r"(?<=[,;\t\r\n])"
_GOES_ON_LIVE = rf"(?=['\"]*[{_SIGNS}])"
_DANGER = re.compile(rf"\A{_BEGINS_LIVE}|{_AFTER_A_SEPARATOR}{_GOES_ON_LIVE}")
_GUARD = re.compile(rf"\A'{_BEGINS_LIVE}|{_AFTER_A_SEPARATOR}'{_GOES_ON_LIVE}")
_LIVE = re.compile(r"=\s*[\w+\-(@\"']|[+\-@].*[(|!]", re.DOTALL)


def neutralised(text: str) -> str:
    """The text as it may stand in a CSV cell: with an apostrophe wherever a spreadsheet would start to
    compute.
    """
    return _DANGER.sub("'", text)


def restored(text: str) -> str:
    """The text that `neutralised` was given; texts it never touched stay as they are."""
    return _GUARD.sub("", text)


def is_formula(text: str) -> bool:
    """Whether the text is an attempt at a formula rather than a phone number, a dash or an arrow."""
    return _LIVE.match(text.lstrip("' \t\r\n")) is not None
