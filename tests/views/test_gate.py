"""The outer wall: foreign names, headers on every answer, files and what they may not reach."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from server.app import create_app
from server.config import Settings
from server.services.context import Context
from server.views import guards
from server.views.gate import HostGate, host_name, is_loopback
from tests.conftest import Browser
from tests.mornings import Morning


@pytest.mark.parametrize("path", ["/", "/sign-in", "/socket.io/?EIO=4&transport=polling", "/static/x/css/base.css"])
def test_a_foreign_name_is_refused_on_every_path_sockets_included(app: Flask, morning: Morning, path: str) -> None:
    reply = app.test_client().get(path, headers={"Host": "evil.example", "Origin": "http://evil.example"})
    assert reply.status_code == 400


def test_the_groups_own_address_is_let_in_once_it_is_set(app: Flask, morning: Morning) -> None:
    assert app.test_client().get("/health", headers={"Host": "meet.example.org"}).status_code == 200


def test_a_page_of_another_origin_cannot_open_a_socket(app: Flask, morning: Morning) -> None:
    path = "/socket.io/?EIO=4&transport=polling"
    assert app.test_client().get(path, headers={"Origin": "http://evil.example"}).status_code == 400
    assert app.test_client().get(path, headers={"Origin": "http://localhost"}).status_code == 200


@pytest.mark.parametrize(
    ("host", "name"), [("Meet.Lan:8090", "meet.lan"), ("[::1]:8090", "::1"), ("localhost", "localhost"), ("", "")]
)
def test_the_name_is_read_out_of_a_host_header(host: str, name: str) -> None:
    assert host_name(host) == name


@pytest.mark.parametrize(
    ("address", "here"), [("127.0.0.1", True), ("::1", True), ("192.168.1.5", False), (None, False), ("x", False)]
)
def test_only_this_computer_is_this_computer(address: str | None, here: bool) -> None:
    assert is_loopback(address) is here


def test_a_gate_without_groups_knows_its_own_names(tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path, base_url="https://breakfast.example.org")
    gate = HostGate(lambda environ, start: [], settings, tuple)
    assert gate.knows("localhost")
    assert gate.knows("breakfast.example.org")
    assert not gate.knows("evil.example")


@pytest.mark.parametrize("path", ["/", "/sign-in", "/about", "/nowhere"])
def test_every_page_keeps_to_itself(app: Flask, morning: Morning, path: str) -> None:
    headers = Browser(app.test_client(), morning.tokens["Mira"]).get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "name", ["../../server/app.py", "..%2f..%2fserver/app.py", "vendor/__init__.py", "css/none.css"]
)
def test_files_outside_their_folder_are_not_there(app: Flask, name: str) -> None:
    assert app.test_client().get(f"/static/v/{name}").status_code == 404


def test_a_file_comes_compressed_and_is_kept_for_good_under_its_version(app: Flask) -> None:
    with app.test_request_context():
        from server.views.pages import asset

        address = asset("css/base.css")
    reply = app.test_client().get(address, headers={"Accept-Encoding": "gzip"})
    assert reply.headers["Content-Encoding"] == "gzip"
    assert "immutable" in reply.headers["Cache-Control"]
    again = app.test_client().get(address, headers={"If-None-Match": reply.headers["ETag"]})
    assert again.status_code == 304


def test_the_language_switch_stays_on_our_own_pages(app: Flask, morning: Morning) -> None:
    browser = Browser(app.test_client(), None)
    for back, target in (("/about", "/about"), ("//evil.example", "/"), ("https://evil.example/x", "/x"), ("", "/")):
        reply = browser.submit("/language", {"language": "pl", "back": back})
        assert (reply.status_code, reply.headers["Location"]) == (303, target)
    assert 'lang="pl"' in browser.get("/about").get_data(as_text=True)


def test_what_came_through_a_proxy_is_not_this_computer(app: Flask, morning: Morning) -> None:
    olga = Browser(app.test_client(), morning.tokens["Olga"])
    assert olga.get("/o/").status_code == 200
    assert olga.get("/o/", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403


def test_behind_tls_the_line_is_safe_for_everybody_and_nobody_is_this_computer(ctx: Context, morning: Morning) -> None:
    settings = replace(ctx.settings, base_url="https://meet.example.org")
    ctx.settings = settings
    app = create_app(settings, ctx.now, context=ctx)
    client = app.test_client()
    client.set_cookie(f"__Host-{guards.COOKIE}", morning.tokens["Olga"], domain="meet.example.org")
    through = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    reply = client.get("/o/", headers=through, base_url="http://meet.example.org")
    assert reply.status_code == 200
    assert "Strict-Transport-Security" in reply.headers
