"""The real server, over our transport and over the stock one: phones hear the same."""

import os
import queue
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import socketio
from playwright.sync_api import APIRequestContext, Playwright
from socketio.exceptions import SocketIOError

from server.config import SettingsError, load
from tests.conftest import REQUIRED
from tests.mornings import Morning, make_morning
from tests.serving import Served, serve
from tests.sockets.transport.peers import Peer

STOCK = ("--transport", "stock")


def _client(served: Served[Any], morning: Morning, who: str, *transports: str) -> Any:
    heard: queue.Queue[Any] = queue.Queue()
    client = socketio.Client(request_timeout=60, reconnection=False)
    client.on("news", heard.put)
    cookie = {"Cookie": f"coltiva={morning.tokens[who]}"}
    client.connect(served.url, headers=cookie, transports=list(transports), wait_timeout=60)
    return client, heard


def _http(playwright: Playwright, served: Served[Any], morning: Morning, who: str) -> APIRequestContext:
    cookie = {"Cookie": f"coltiva={morning.tokens[who]}", "Accept": "application/json"}
    http = playwright.request.new_context(base_url=served.url, extra_http_headers=cookie)
    token = http.get("/about").text().split('name="csrf" content="')[1].split('"')[0]
    http.dispose()
    return playwright.request.new_context(base_url=served.url, extra_http_headers=cookie | {"X-CSRF-Token": token})


def _told(heard: "queue.Queue[Any]", size: int) -> list[tuple[str, str]]:
    """The next news, the counters apart, which come every ten seconds by themselves."""
    news: list[tuple[str, str]] = []
    while len(news) < size:
        each = heard.get(timeout=60)
        if each["kind"] != "counters":
            news.append((each["audience"], each["kind"]))
    return news


@pytest.mark.parametrize(
    ("options", "transports"),
    [((), ("websocket",)), ((), ("polling",)), ((), ("polling", "websocket")), (STOCK, ("polling", "websocket"))],
    ids=["websocket", "polling", "upgrade", "stock"],
)
def test_a_scan_at_the_door_reaches_the_desk_whichever_way_it_listens(
    tmp_path: Path, playwright: Playwright, options: tuple[str, ...], transports: tuple[str, ...]
) -> None:
    with serve(tmp_path, make_morning, *options) as served:
        desk, heard = _client(served, served.data, "Dora", *transports)
        answer = desk.call("join", {"meeting": served.data.meeting_uid})
        assert answer["ok"]
        assert answer["snapshot"]["meeting"]["uid"] == served.data.meeting_uid
        assert desk.call("clock", {})["ok"]
        http = _http(playwright, served, served.data, "Dora")
        for who in ("Mira", "Max"):
            scanned = http.post(f"/desk/{served.data.meeting_uid}/check-ins", data={"code": served.data.codes[who]})
            assert scanned.json()["answer"] == "welcome"
        assert _told(heard, 2) == 2 * [("desk", "attendance_changed")]
        desk.disconnect()
        http.dispose()
    assert not [line for line in served.log if "Traceback" in line], served.log


def test_a_phone_is_told_that_the_server_ends_and_the_server_ends_at_once(tmp_path: Path) -> None:
    with serve(tmp_path, make_morning) as served:
        cookie = {"Cookie": f"coltiva={served.data.tokens['Mira']}"}
        phone = Peer(served.port, "/socket.io/?EIO=4&transport=websocket", headers=cookie)
        phone.say("40")
        assert [str(phone.hear()[1])[:2] for _ in range(2)] == ["0{", "40"]
        served.process.terminate()
        assert phone.hear() == ("close", 1001)
        phone.close()
        assert served.process.wait(timeout=30) == 0


@pytest.mark.postgres
@pytest.mark.redis
def test_news_travel_between_two_processes(
    tmp_path: Path, migrated_postgres: str, empty_postgres: Callable[[], None], playwright: Playwright
) -> None:
    redis = os.environ.get("COLTIVA_TEST_REDIS", "")
    if not redis:
        assert not REQUIRED, "COLTIVA_TEST_REDIS must name a Redis server here"
        pytest.skip("set COLTIVA_TEST_REDIS to try two processes")
    empty_postgres()
    options = ("--database", migrated_postgres, "--redis", redis)
    with serve(tmp_path, make_morning, *options) as one, serve(tmp_path, lambda ctx: None, *options) as two:
        desk, heard = _client(two, one.data, "Dora", "websocket")
        assert desk.call("join", {"meeting": one.data.meeting_uid})["ok"]
        http = _http(playwright, one, one.data, "Dora")
        scanned = http.post(f"/desk/{one.data.meeting_uid}/check-ins", data={"code": one.data.codes["Mira"]})
        assert scanned.json()["answer"] == "welcome"
        assert _told(heard, 1) == [("desk", "attendance_changed")]
        for _ in range(3):
            # What one process keeps is over as soon as the other has written.
            seen = desk.call("join", {"meeting": one.data.meeting_uid})["snapshot"]["counts"]["came"]
            scanned = http.post(f"/desk/{one.data.meeting_uid}/check-ins", data={"code": one.data.codes["Max"]})
            assert seen == 1 or scanned.json()["answer"] == "already_in"
        assert desk.call("join", {"meeting": one.data.meeting_uid})["snapshot"]["counts"]["came"] == 2
        http.dispose()
        desk.disconnect()


@pytest.mark.postgres
def test_a_session_ended_at_one_process_joins_nothing_at_the_other(
    tmp_path: Path, migrated_postgres: str, empty_postgres: Callable[[], None], playwright: Playwright
) -> None:
    empty_postgres()
    options = ("--database", migrated_postgres)
    with serve(tmp_path, make_morning, *options) as one, serve(tmp_path, lambda ctx: None, *options) as two:
        phone, _ = _client(two, one.data, "Mira", "websocket")
        for _ in range(4):
            assert phone.call("join", {"meeting": one.data.meeting_uid})["ok"]
        http = _http(playwright, one, one.data, "Mira")
        token = http.get("/about").text().split('name="csrf" content="')[1].split('"')[0]
        assert http.post("/sign-out", form={"csrf_token": token}).ok
        try:
            refused = phone.call("join", {"meeting": one.data.meeting_uid})
        except (SocketIOError, TimeoutError):
            # Within a second the line itself is cut; whoever comes again with the same cookie is refused.
            phone, _ = _client(two, one.data, "Mira", "websocket")
            refused = phone.call("join", {"meeting": one.data.meeting_uid})
        assert (refused["ok"], refused["code"]) == (False, "sign_in_needed")
        http.dispose()
        phone.disconnect()


def test_a_transport_nobody_knows_stops_the_start(tmp_path: Path) -> None:
    assert load({"instance": str(tmp_path)}, {}).transport == "own"
    assert load({"instance": str(tmp_path)}, {"COLTIVA_TRANSPORT": "stock"}).transport == "stock"
    with pytest.raises(SettingsError, match="stock or own"):
        load({"instance": str(tmp_path), "transport": "pigeon"}, {})
