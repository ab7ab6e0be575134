"""The text of a code by which phones join a wireless network: `WIFI:T:WPA;S:name;P:password;;`.

The format has no standard but every phone's camera reads it. A backslash stands before `\\ ; , : "`.
"""

import re
from dataclasses import dataclass

from printables.errors import PrintRefused

SECURITIES = ("WPA", "WEP", "nopass")  # WPA stands for WPA2 and WPA3 as well; other words break some phones
LONGEST_NAME = 32  # bytes
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 63
_SPECIAL = re.compile(r'([\\;,:"])')
_KEY = re.compile(r"[0-9A-Fa-f]{64}")


@dataclass(frozen=True, slots=True)
class Network:
    """A wireless network: its name, its password (none where `security` is `nopass`), whether the name is hidden."""

    name: str
    password: str = ""
    security: str = "WPA"
    hidden: bool = False


def payload(network: Network) -> str:
    """The text of the network's code.

    Raises `PrintRefused`: `bad_network` (no name, too long, or an unknown security), `bad_password` (one that no such
    network can have).
    """
    name, password = network.name, network.password
    if not 1 <= len(name.encode(errors="replace")) <= LONGEST_NAME or network.security not in SECURITIES:
        raise PrintRefused("bad_network", network=name, longest=LONGEST_NAME)
    if not _is_possible(network):
        raise PrintRefused("bad_password", network=name, shortest=SHORTEST_PASSWORD, longest=LONGEST_PASSWORD)
    parts = [f"T:{network.security}", f"S:{_escaped(name)}"]
    if password:
        parts.append(f"P:{_escaped(password)}")
    if network.hidden:
        parts.append("H:true")
    return f"WIFI:{';'.join(parts)};;"


def _is_possible(network: Network) -> bool:
    password = network.password
    if network.security == "nopass":
        return not password
    if not (password.isascii() and password.isprintable()):
        return False
    if network.security == "WEP":
        return len(password) in (5, 10, 13, 26)
    return SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD or _KEY.fullmatch(password) is not None


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
