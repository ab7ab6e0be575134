"""Which paper lies in the printers of a country: A4 nearly everywhere, Letter in most of the Americas."""

from typing import Literal

from babel.core import get_global

PaperSize = Literal["a4", "letter"]
_LETTER = frozenset(("BZ", "CA", "CL", "CO", "CR", "DO", "GT", "HN", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"))
"""As CLDR has it."""


def of_zone(zone: str) -> PaperSize:
    """The usual paper where this time zone is kept."""
    known = get_global("zone_territories")
    country = known.get(zone) or known.get(get_global("zone_aliases").get(zone, ""), "")
    return "letter" if country in _LETTER else "a4"
