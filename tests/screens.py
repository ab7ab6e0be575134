"""A screen for tests: joins a meeting over a socket, keeps its snapshot, applies the news it hears.

The same few lines as the browser library, so that "old snapshot + news == fresh snapshot" can be asked of every
use-case. On the wire null and a missing key are the same: a merge patch cannot tell them apart.
"""

from typing import Any

from flask import Flask

from server.views import guards
from tests.mornings import Morning

Json = dict[str, Any]


def apply(target: Any, patch: Any) -> Any:
    """JSON Merge Patch, RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = apply(result.get(key), value)
    return result


def without_nulls(value: Any) -> Any:
    """The value with every null member of an object left out."""
    if isinstance(value, dict):
        return {key: without_nulls(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [without_nulls(each) for each in value]
    return value


class Screen:
    """Somebody's open page: the snapshot it joined with, and what it heard since."""

    def __init__(self, app: Flask, morning: Morning, who: str | None, code: str = "") -> None:
        self._http = app.test_client()
        if who is not None:
            self._http.set_cookie(guards.COOKIE, morning.tokens[who])
        self._meeting = str(morning.meeting_uid)
        self._code = code
        self._socket = app.extensions["coltiva_sockets"].test_client(app, flask_test_client=self._http)
        self.answer: Json = self._ask()
        self.snapshot: Json = self.answer.get("snapshot", {})
        self.seqs: dict[str, int] = dict(self.answer.get("audiences", {}))

    def _ask(self) -> Json:
        question = {"meeting": self._meeting} | ({"code": self._code} if self._code else {})
        return dict(self._socket.emit("join", question, callback=True))

    def hear(self) -> list[Json]:
        """The news since the last time, applied to the snapshot. Shared ones must come in their numbers' order."""
        heard = [message["args"][0] for message in self._socket.get_received() if message["name"] == "news"]
        for news in heard:
            if "seq" in news:
                assert news["seq"] == self.seqs[news["audience"]] + 1
                self.seqs[news["audience"]] = news["seq"]
            self.snapshot = apply(self.snapshot, news["patch"])
        return heard

    def behind(self) -> list[str]:
        """The sections and counters in which what was heard differs from what a fresh look shows."""
        fresh = self._ask()
        mine, now = without_nulls(self.snapshot), without_nulls(fresh["snapshot"])
        wrong = [name for name in sorted({*mine, *now}) if mine.get(name) != now.get(name)]
        return wrong + [name for name, seq in fresh["audiences"].items() if self.seqs.get(name) != seq]
