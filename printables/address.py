"""The address inside a badge's code: `https://` in lower case, everything after it in capitals.

Host names mean the same in capitals, and a QR code stores capitals in little more than half the room.
All-capital schemes fail on some phones, so the scheme stays as it is.
"""

import ipaddress
import re
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlsplit

from printables.errors import PrintRefused

CODE = re.compile(r"[0-9A-Z]{8,16}")
_HOST = re.compile(r"[A-Z0-9.-]+")
_THIS_COMPUTER = ("LOCALHOST", "127.0.0.1")


@dataclass(frozen=True, slots=True)
class Address:
    """A base address ready for codes: `scheme` with its `://`, `host` in capitals with its port."""

    scheme: str
    host: str

    @property
    def path(self) -> str:
        """What stands between the scheme and the code."""
        return f"{self.host}/B/"

    @property
    def is_local(self) -> bool:
        """Whether only this computer can open it."""
        return self.host.split(":")[0] in _THIS_COMPUTER

    def payload(self, code: str) -> str:
        """The whole text of the code on a badge."""
        return f"{self.scheme}{self.path}{code}"


def parse(base_url: str, *, force: bool = False) -> Address:
    """The address of `base_url`.

    Raises `PrintRefused`: `no_base_url`, `bad_base_url` (no scheme, or more than a name),
    `bare_address` (an IP address, unless forced).
    """
    text = base_url.strip()
    if not text:
        raise PrintRefused("no_base_url")
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii").upper()
    except (ValueError, UnicodeError) as wrong:
        raise PrintRefused("bad_base_url", base_url=text) from wrong
    extra = parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password
    if parts.scheme not in ("http", "https") or extra or not _HOST.fullmatch(host):
        if _is_number(host) and not force:
            raise PrintRefused("bare_address", base_url=text)
        raise PrintRefused("bad_base_url", base_url=text)
    if _is_number(host) and not force:
        raise PrintRefused("bare_address", base_url=text)
    return Address(f"{parts.scheme}://", f"{host}:{port}" if port else host)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def clean_code(code: str) -> str:
    """A code as it is printed: capitals without the spaces and hyphens people group it with; `""` for none.

    Returns it unchecked; `CODE` says whether it can be printed.
    """
    return re.sub(r"[\s-]", "", code).upper()


def grouped(code: str) -> str:
    """A code in groups of about four, for eyes and keyboards: `K7M4 2XW9 TR3CB`."""
    groups = max(1, round(len(code) / 4.3))
    cuts = [len(code) * i // groups for i in range(groups + 1)]
    return " ".join(code[a:b] for a, b in pairwise(cuts))
