"""The Host allow-list, outside everything else: a foreign name gets 400 on every path, sockets included.

Allowed are localhost, this machine's own names and addresses, `--base-url`, and the addresses groups have set.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from server.config import Settings

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def own_addresses() -> tuple[str, ...]:
    """This machine's addresses as the local network sees them, the likeliest for phones first. Sends nothing."""
    found: list[str] = []
    for target in ("192.0.2.1", "10.255.255.255"):
        # Connecting a datagram socket only asks the routing table which of our addresses would be used.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((target, 9))
            except OSError:
                continue
            found.append(probe.getsockname()[0])
    try:
        found += [str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None)]
    except OSError:
        found += []  # a machine whose own name does not resolve still has its addresses
    return tuple(dict.fromkeys(a for a in found if not a.startswith("127.") and a != "::1"))


@lru_cache(maxsize=256)  # a venue comes from few addresses, and each of its phones asks
def is_loopback(address: str | None) -> bool:
    """Whether a request came from this very computer."""
    try:
        return ipaddress.ip_address((address or "").split("%")[0]).is_loopback
    except ValueError:
        return False


def host_name(host: str) -> str:
    """The name in a Host header, without its port, in lower case."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1 : host.find("]")]
    return host.rsplit(":", 1)[0] if host.count(":") == 1 else host


class HostGate:
    """WSGI middleware that lets only known names in."""

    def __init__(self, app: Wsgi, settings: Settings, base_urls: Callable[[], Iterable[str]]) -> None:
        self._app = app
        self._base_urls = base_urls
        names = {"localhost", "127.0.0.1", "::1", socket.gethostname().lower(), *own_addresses()}
        if settings.base_url:
            names.add(urlsplit(settings.base_url).hostname or "")
        self._names = {name for name in names if name}

    def knows(self, name: str) -> bool:
        """Whether a name is ours; a name set by a group since the start is looked up once."""
        if name in self._names:
            return True
        self._names |= {urlsplit(url).hostname or "" for url in self._base_urls()} - {""}
        return name in self._names

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if self.knows(host_name(environ.get("HTTP_HOST", ""))):
            return self._app(environ, start_response)
        body = b"This address is not one of Coltiva's. Set it as the group's base address or with --base-url.\n"
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
        start_response("400 Bad Request", headers)
        return [body]
