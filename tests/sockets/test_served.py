"""The process that serves meetings, under gevent: rounds are planned and started over HTTP, news come by socket."""

import queue
from pathlib import Path
from typing import Any

import pytest
import socketio
from playwright.sync_api import APIRequestContext, Playwright

from server.services.context import Context
from tests.mornings import Morning, make_morning
from tests.rooms import everybody_in
from tests.serving import Served, serve


def _full_room(ctx: Context) -> Morning:
    morning = make_morning(ctx)
    everybody_in(morning)
    return morning


def _csrf(http: APIRequestContext) -> str:
    return http.get("/about").text().split('name="csrf" content="')[1].split('"')[0]


def _listen(served: Served[Morning], who: str) -> tuple[socketio.Client, "queue.Queue[Any]", Any]:
    news: queue.Queue[Any] = queue.Queue()
    client = socketio.Client(request_timeout=60, reconnection=False)
    client.on("news", news.put)
    cookie = {"Cookie": f"coltiva={served.data.tokens[who]}"}
    client.connect(served.url, headers=cookie, transports=["websocket"], wait_timeout=60)
    return client, news, client.call("join", {"meeting": served.data.meeting_uid})


def _until(news: "queue.Queue[Any]", audience: str, kind: str) -> dict[tuple[str, str], Any]:
    """The news that come, the last of each kind, until this one is among them."""
    heard: dict[tuple[str, str], Any] = {}
    while (audience, kind) not in heard:
        piece = news.get(timeout=60)
        heard[piece["audience"], piece["kind"]] = piece
    return heard


@pytest.mark.parametrize("options", [(), ("--transport", "stock")], ids=["as usual", "stock"])
def test_a_planned_and_started_round_reaches_a_phone_by_socket(
    tmp_path: Path, playwright: Playwright, options: tuple[str, ...]
) -> None:
    with serve(tmp_path, _full_room, *options) as served:
        phone, news, answer = _listen(served, "Mira")
        assert answer["ok"]
        assert "clock" in answer["snapshot"]
        http = playwright.request.new_context(
            base_url=served.url,
            extra_http_headers={
                "Cookie": f"coltiva={served.data.tokens['Fiona']}",
                "Accept": "application/json",
            },
        )
        headers = {"X-CSRF-Token": _csrf(http)}
        run = f"/run/{served.data.meeting_uid}"
        planned = http.post(f"{run}/plan", data={}, headers=headers).json()
        assert planned["ok"], planned
        heard = _until(news, "person", "seating_planned")
        assert ("everyone", "seating_planned") in heard
        started = http.post(f"{run}/rounds/1/start", data={"version": 0}, headers=headers).json()
        assert started["clock"]["phase"] == "running"
        heard = _until(news, "person", "round_moved")
        assert ("everyone", "round_moved") in heard
        assert heard["person", "round_moved"]["patch"]["me"]["rounds"]["1"]["with"]
        phone.disconnect()
        http.dispose()
    assert not [line for line in served.log if "Traceback" in line], served.log
