"""The code on a badge: 13 characters that name a person and prove nothing.

A code is made from the installation's key, so that a plain reprint gives the same one and a lost badge the
next generation; the database keeps only its hash. Whatever a camera, a scanner or a hand delivers is read
here, and the address in front of the code never matters.
"""

import hashlib
import hmac
import ipaddress
import re
from urllib.parse import urlsplit

from server.domain.errors import RuleViolation

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 13
TEST_CODE = "TESTTESTTEST0"
"""Printed on a calibration page: the scanner works, and nobody is admitted."""

_BITS = LENGTH * 5
_LONGEST_INPUT = 600
_LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0"})
_DASHES = str.maketrans(dict.fromkeys("-\u2010\u2011\u2012\u2013\u2014\u2212", None))
_SWAP = str.maketrans("YZ", "ZY")
_RUN = re.compile(f"[{ALPHABET}]+")
_MARK = "/B/"
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_USUAL_PORT = {"http": 80, "https": 443}


def make_code(key: bytes, badge_uid: str, generation: int) -> str:
    """The code of a badge: the first 65 bits of an HMAC-SHA256 over badge and generation."""
    digest = hmac.new(key, f"{badge_uid}:{generation}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest, "big") >> (len(digest) * 8 - _BITS)
    return "".join(ALPHABET[(number >> shift) & 31] for shift in range(_BITS - 5, -1, -5))


def read_code(text: str) -> str:
    """The code in what was scanned or typed: an address, or a code with blanks, hyphens, small letters.

    A scanner on a foreign keyboard garbles the address but not the code, so without a readable "/B/" the last
    13 characters count. Raises `RuleViolation("badge_malformed")`.
    """
    if len(text) > _LONGEST_INPUT:
        raise RuleViolation("badge_malformed")
    loud = text.upper()
    start = loud.rfind(_MARK)
    if start >= 0:
        found = _last_run(re.split(r"[/?#]", loud[start + len(_MARK) :], maxsplit=1)[0])
        if len(found) != LENGTH:
            raise RuleViolation("badge_malformed")
        return found
    found = _last_run(loud)
    if len(found) < LENGTH:
        raise RuleViolation("badge_malformed")
    return found[-LENGTH:]


def yz_swapped(code: str) -> str:
    """The code as a scanner types it on a keyboard where Y and Z have changed places."""
    return code.translate(_SWAP)


def hash_code(code: str) -> bytes:
    """What the database stores and looks up."""
    return hashlib.sha256(code.encode("ascii")).digest()


def grouped(code: str) -> str:
    """The code for paper, in groups that a voice can read out: ABCD-EFGH-JKMNP."""
    return "-".join(part for part in (code[:4], code[4:8], code[8:]) if part)


def is_test(code: str) -> bool:
    """Whether this is the code of the calibration page."""
    return code == TEST_CODE


def badge_url(base_url: str, code: str) -> str:
    """What the QR holds: the scheme in lower case, the rest in capitals, which keeps the QR small."""
    scheme, _, rest = base_url.partition("://")
    return f"{scheme.lower()}://{rest.rstrip('/').upper()}{_MARK}{code.upper()}"


def check_base_url(url: str, *, allow_ip: bool) -> str:
    """The address of the installation as `scheme://name[:port]`, ready for print.

    Raises `RuleViolation`: `base_url_missing`, `base_url_malformed`, or `base_url_bare_ip`, because a badge
    outlives the address that a router gave.
    """
    if not url.strip():
        raise RuleViolation("base_url_missing")
    scheme, host, port = _split(url.strip())
    if _is_ip(host):
        if not allow_ip:
            raise RuleViolation("base_url_bare_ip", host=host)
        host = f"[{host}]" if ":" in host else host
    elif not _is_name(host):
        raise RuleViolation("base_url_malformed")
    return f"{scheme}://{host}" if port in (None, _USUAL_PORT[scheme]) else f"{scheme}://{host}:{port}"


def _last_run(text: str) -> str:
    """The last run of Crockford characters, lookalikes read as digits, blanks and hyphens dropped."""
    runs = _RUN.findall("".join(text.translate(_DASHES).translate(_LOOKALIKES).split()))
    return str(runs[-1]) if runs else ""


def _split(url: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
        host = host if _is_ip(host) else host.encode("idna").decode("ascii")
    except ValueError as error:  # a bad bracket, a port that is no number, a label that is no name
        raise RuleViolation("base_url_malformed") from error
    extra = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in _USUAL_PORT or not host or extra or port == 0:
        raise RuleViolation("base_url_malformed")
    return parts.scheme, host, port


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_name(host: str) -> bool:
    """A host name. One that ends in a number would be read as an address by a phone."""
    labels = host.split(".")
    return len(host) <= 150 and not labels[-1].isdigit() and all(_LABEL.fullmatch(label) for label in labels)
