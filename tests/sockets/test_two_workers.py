"""Two processes serve one group over PostgreSQL, Redis carries the news: any process serves any request."""

import os
import queue
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import socketio
from playwright.sync_api import Playwright

from server.services.context import Context
from tests.conftest import REQUIRED
from tests.mornings import Morning, make_morning
from tests.serving import Served, serve

REDIS = os.environ.get("COLTIVA_TEST_REDIS", "")
pytestmark = [pytest.mark.postgres, pytest.mark.redis]


@pytest.fixture
def redis() -> str:
    """The address of a Redis that nobody else uses."""
    if not REDIS:
        if REQUIRED:
            pytest.fail("COLTIVA_TEST_REDIS must name a Redis server here")
        pytest.skip("set COLTIVA_TEST_REDIS to try two processes")
    return REDIS


def _listening(served: Served[Any], morning: Morning, who: str) -> "tuple[socketio.Client, queue.Queue[Any]]":
    heard: queue.Queue[Any] = queue.Queue()
    client = socketio.Client(request_timeout=60, reconnection=False)
    client.on("news", heard.put)
    cookie = {"Cookie": f"coltiva={morning.tokens[who]}"}
    client.connect(served.url, headers=cookie, transports=["websocket"], wait_timeout=60)
    assert client.call("join", {"meeting": morning.meeting_uid})["ok"]
    return client, heard


def _next(heard: "queue.Queue[Any]") -> Any:
    """The next news, the counters apart, which come every ten seconds by themselves."""
    while (news := heard.get(timeout=60))["kind"] == "counters":
        pass
    return news


def _scan(playwright: Playwright, served: Served[Any], morning: Morning, who: str) -> Any:
    http = playwright.request.new_context(
        base_url=served.url, extra_http_headers={"Cookie": f"coltiva={morning.tokens['Dora']}"}
    )
    token = http.get("/about").text().split('name="csrf" content="')[1].split('"')[0]
    reply = http.post(
        f"/desk/{morning.meeting_uid}/check-ins",
        data={"code": morning.codes[who]},
        headers={"X-CSRF-Token": token, "X-Operation-Id": f"scan-{who}-{served.port}"},
    )
    answer = reply.json()
    http.dispose()
    return answer


def test_a_scan_at_one_process_is_heard_at_the_other_and_counted_once(
    tmp_path: Path, migrated_postgres: str, empty_postgres: Callable[[], None], redis: str, playwright: Playwright
) -> None:
    empty_postgres()
    options = ("--database", migrated_postgres, "--redis", redis)

    def nothing(ctx: Context) -> None:
        """The first server's morning serves both."""

    with serve(tmp_path, make_morning, *options) as one, serve(tmp_path, nothing, *options) as two:
        morning = one.data
        client, heard = _listening(two, morning, "Dora")
        assert _scan(playwright, one, morning, "Mira")["answer"] == "welcome"
        news = _next(heard)
        assert (news["audience"], news["kind"]) == ("desk", "attendance_changed")
        assert news["patch"]["counts"]["came"] == 1
        assert _scan(playwright, two, morning, "Mira")["answer"] == "already_in"
        client.disconnect()


def test_two_groups_that_share_a_redis_hear_nothing_of_each_other(
    tmp_path: Path, redis: str, playwright: Playwright
) -> None:
    """Both know their only meeting by the same number."""
    options = ("--redis", redis)
    with (
        serve(tmp_path / "ours", make_morning, *options) as ours,
        serve(tmp_path / "theirs", make_morning, *options) as theirs,
    ):
        client, heard = _listening(theirs, theirs.data, "Dora")
        own, own_news = _listening(ours, ours.data, "Dora")
        for who in ("Mira", "Max"):
            assert _scan(playwright, ours, ours.data, who)["answer"] == "welcome"
        # A screen is told how things stand when it is told: on a busy computer the first piece may know of both.
        assert [_next(own_news)["patch"]["counts"]["came"] for _ in range(2)][-1] == 2
        # What the others said would have come before this.
        assert _scan(playwright, theirs, theirs.data, "Mira")["answer"] == "welcome"
        assert _next(heard)["patch"]["counts"]["came"] == 1
        for each in (client, own):
            each.disconnect()
