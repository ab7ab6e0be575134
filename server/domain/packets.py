"""The short codes on a seed packet: one for each line, typed at a door when the line is ticked.

A code means something only together with the person whose packet it is, so it may be short. It is made from a keyed
hash of what the line is about, and nothing of that can be read out of it.
"""

import re

from server.domain.badge_code import ALPHABET
from server.domain.errors import RuleViolation

LENGTH = 6
MOST = 200
"""Codes typed at once."""
_BITS = 5 * LENGTH
_LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0"})


def code(digest: str) -> str:
    """The code of a line, from the keyed hash (hexadecimal) of whose it is and what it is about."""
    number = int(digest, 16) >> (len(digest) * 4 - _BITS)
    return "".join(ALPHABET[(number >> shift) & 31] for shift in range(_BITS - 5, -1, -5))


def read(typed: str) -> tuple[str, ...]:
    """The codes in what was typed, each once: small letters, blanks and hyphens within a code do not matter.

    Codes are parted by lines, commas or semicolons; several in one line may stand behind each other. Raises
    `RuleViolation`: `packet_codes_missing`, `packet_code_malformed` with what was typed, `packet_codes_too_many`.
    """
    found: list[str] = []
    for part in re.split(r"[\n\r,;]", typed):
        letters = re.sub(r"[\s\u2010-\u2015-]", "", part).upper().translate(_LOOKALIKES)
        if len(letters) % LENGTH or not set(letters) <= set(ALPHABET):
            raise RuleViolation("packet_code_malformed", field="codes", typed=part.strip()[:40])
        found += (letters[at : at + LENGTH] for at in range(0, len(letters), LENGTH))
    if not found:
        raise RuleViolation("packet_codes_missing", field="codes")
    if len(found) > MOST:
        raise RuleViolation("packet_codes_too_many", field="codes", most=MOST)
    return tuple(dict.fromkeys(found))
