"""Where another device opens a page of ours: never "localhost", which is the device itself."""

from typing import Any
from urllib.parse import urlsplit

from flask import request, url_for

from server.services import groups
from server.views.gate import host_name, is_loopback, own_addresses
from server.views.guards import Visit


def base(visit: Visit) -> str:
    """The group's own address, else the program's, else this computer's address on the local network."""
    with visit.ctx.reading() as db:
        of_group = groups.view(db, visit.group_id).settings.base_url
    found = of_group or visit.ctx.settings.base_url
    if found:
        return found.rstrip("/")
    name = host_name(request.host)
    if name != "localhost" and not is_loopback(name):
        return request.host_url.rstrip("/")
    port = urlsplit(request.host_url).port
    lan = next((address for address in own_addresses() if ":" not in address), name)
    return f"{request.scheme}://{lan}" + (f":{port}" if port else "")


def for_phones(visit: Visit, endpoint: str, **values: Any) -> str:
    """The whole address of a page as another device opens it."""
    return base(visit) + url_for(endpoint, **values)
