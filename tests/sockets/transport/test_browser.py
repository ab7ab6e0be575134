"""The official JavaScript client in Chromium, over our transport: every way to connect, bytes, cuts and comebacks."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from server import assets
from tests.sockets.transport.peers import Process, serving

pytestmark = pytest.mark.browser

CONNECT = """async ({url, transports}) => {
  const { io } = await import("/client.js");
  window.heard = [];
  window.pings = 0;
  const socket = window.socket = io(url, {
    transports, auth: { token: "1" }, reconnectionDelay: 100, reconnectionDelayMax: 200, forceNew: true,
  });
  for (const name of ["connect", "disconnect", "connect_error", "auth", "message-back", "told"]) {
    socket.on(name, (...args) => window.heard.push([name, ...args]));
  }
  socket.io.on("ping", () => { window.pings += 1; });
  await new Promise((resolve) => socket.on("auth", resolve));
  if (transports.length > 1 && transports[0] === "polling") {
    const engine = socket.io.engine;
    if (engine.transport.name === "polling") await new Promise((resolve) => engine.once("upgrade", resolve));
  }
  return [socket.io.engine.transport.name, window.heard.map((each) => each[0])];
}"""
TALK = """async () => {
  const { socket } = window;
  const bytes = (text) => new TextEncoder().encode(text);
  const plain = await socket.timeout(60000).emitWithAck("message-with-ack", { ciao: ["è", 1.5, null, true] });
  const back = await socket.timeout(60000).emitWithAck("message-with-ack", bytes("abc"));
  const large = await socket.timeout(60000).emitWithAck("message-with-ack", "x".repeat(60000));
  const many = [];
  for (let n = 0; n < 200; n += 1) socket.emit("message", n);
  while (window.heard.filter((each) => each[0] === "message-back").length < 200) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  for (const [name, n] of window.heard) if (name === "message-back") many.push(n);
  return [plain, new TextDecoder().decode(back), large.length, many.every((n, at) => n === at)];
}"""


@pytest.fixture(scope="module")
def server() -> Iterator[Process]:
    """A Socket.IO server that also gives the page its client; it pings every second, and a busy page may be late."""
    client = assets.vendor("socket.io.esm.min.js")
    with serving("socket", "--interval", "1", "--timeout", "30", "--client", str(client)) as process:
        yield process
    assert process.log == []


@pytest.fixture
def page(chromium: Browser, server: Process) -> Iterator[Page]:
    """An empty page of that server."""
    context = chromium.new_context(base_url=f"http://127.0.0.1:{server.port}")
    opened = context.new_page()
    opened.goto("/")
    yield opened
    context.close()


def _connected(page: Page, *transports: str) -> Any:
    return page.evaluate(CONNECT, {"url": "/", "transports": list(transports)})


@pytest.mark.parametrize("transports", [("websocket",), ("polling",), ("polling", "websocket")], ids="-".join)
def test_the_javascript_client_connects_talks_and_stays(page: Page, transports: tuple[str, ...]) -> None:
    assert _connected(page, *transports) == [transports[-1], ["connect", "auth"]]
    assert page.evaluate(TALK) == [{"ciao": ["è", 1.5, None, True]}, "abc", 60000, True]
    page.wait_for_function("from => window.pings > from + 3", arg=page.evaluate("window.pings"))  # each was answered
    assert page.evaluate("socket.connected")
    assert page.evaluate("heard.some((each) => each[0] === 'disconnect')") is False


def test_a_namespace_that_is_not_there_is_an_error_with_its_message(page: Page) -> None:
    message = page.evaluate(
        """async () => {
          const { io } = await import("/client.js");
          const socket = io("/nowhere", { transports: ["websocket"] });
          return new Promise((resolve) => socket.on("connect_error", (error) => resolve(error.message)));
        }"""
    )
    assert message == "Invalid namespace"


def test_a_refused_client_hears_why(page: Page) -> None:
    message = page.evaluate(
        """async () => {
          const { io } = await import("/client.js");
          const socket = io("/", { transports: ["websocket"], auth: { refuse: true }, forceNew: true });
          return new Promise((resolve) => socket.on("connect_error", (error) => resolve(error.message)));
        }"""
    )
    assert message == "Connection refused by server"


def test_a_client_that_was_cut_knows_that_it_was_the_server(page: Page) -> None:
    _connected(page, "websocket")
    page.evaluate("socket.emit('cut')")
    page.wait_for_function("heard.some((each) => each[0] === 'disconnect')")
    assert page.evaluate("heard.find((each) => each[0] === 'disconnect')[1]") == "io server disconnect"


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_a_client_whose_line_breaks_comes_back_by_itself(page: Page, transport: str) -> None:
    _connected(page, transport)
    page.evaluate("socket.io.engine.close()")
    page.wait_for_function("heard.filter((each) => each[0] === 'auth').length === 2 && socket.connected")
    assert page.evaluate(TALK)[3]


def test_a_packet_against_the_rules_ends_the_connection_for_the_client_too(page: Page) -> None:
    _connected(page, "websocket")
    page.evaluate("socket.io.engine.write('abc')")
    page.wait_for_function("heard.some((each) => each[0] === 'disconnect')")
    assert page.evaluate("heard.find((each) => each[0] === 'disconnect')[1]") == "transport close"


def test_eighty_tabs_hear_everything_once_and_in_order(page: Page, server: Process) -> None:
    told = page.evaluate(
        """async () => {
          const { io } = await import("/client.js");
          const all = await Promise.all(Array.from({ length: 80 }, () => new Promise((resolve) => {
            const socket = io("/", { transports: ["websocket"], forceNew: true });
            socket.heard = [];
            socket.on("told", ({ n }) => socket.heard.push(n));
            socket.on("auth", () => resolve(socket));
          })));
          all[0].emit("tell", 200, 25);
          while (all.some((socket) => socket.heard.length < 25)) {
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
          return all.every((socket) => socket.heard.length === 25 && socket.heard.every((n, at) => n === at));
        }"""
    )
    assert told
