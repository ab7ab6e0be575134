"""Somebody's browser over plain HTTP, for tests with a real server: one cookie, the token of its pages, JSON writes.

A `Caller` keeps nothing of the server but the address, so it can go on with a server that was started again.
"""

import http.client
import json
from collections.abc import Mapping
from typing import Any

NO_ANSWER = (OSError, http.client.HTTPException)
"""What a killed server looks like from outside."""


class Caller:
    """One signed-in browser. Every call opens a connection of its own, as a phone on a bad network does."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self._cookie = f"coltiva={token}"
        self._csrf = ""

    def _call(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request(
                method, path, body=body, headers={"Cookie": self._cookie, "Accept": "application/json", **headers}
            )
            answer = line.getresponse()
            return answer.status, answer.read()
        finally:
            line.close()

    def page(self, path: str) -> str:
        """A page's HTML."""
        status, body = self._call("GET", path, None, {"Accept": "text/html"})
        assert status == 200, (status, path)
        return body.decode()

    def get(self, path: str) -> Any:
        """What a script reads."""
        status, body = self._call("GET", path, None, {})
        assert status == 200, (status, path, body)
        return json.loads(body)

    def send(self, path: str, body: Mapping[str, object], *, op: str) -> tuple[int, Any]:
        """What a script writes: status and answer. Raises one of NO_ANSWER when there is none."""
        if not self._csrf:
            self._csrf = self.page("/about").split('name="csrf" content="')[1].split('"')[0]
        status, answer = self._call(
            "POST",
            path,
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "X-CSRF-Token": self._csrf, "X-Operation-Id": op},
        )
        return status, json.loads(answer)
