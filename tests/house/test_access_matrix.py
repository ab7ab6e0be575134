"""Every route × method × role and every socket event × role, from the application's own maps.

What a route needs is read from the view; who may is read from the access table; the test asks the running
application and compares. A route or event that declares nothing fails.
"""

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, Rule

from server.domain.access import ROLE_VERBS, Verb
from server.domain.vocabulary import Role
from server.services.context import Context
from server.sockets import handlers
from tests import builders
from tests.conftest import Browser
from tests.mornings import Morning

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SHUT = {401, 403, 404}


def _needs(app: Flask, rule: Rule) -> object:
    view = app.view_functions[rule.endpoint]
    assert hasattr(view, "__needs__"), f"{rule.rule} does not say what it needs"
    return view.__needs__


def _address(rule: Rule, morning: Morning) -> str:
    """An address of the route inside the cast's morning; other parts name things that do not exist."""
    built = rule.build({name: _part(name, kind, morning) for name, kind in rule._converters.items()})
    assert built is not None
    return built[1]


def _part(name: str, kind: BaseConverter, morning: Morning) -> object:
    if name == "meeting":
        return morning.meeting_uid
    match kind:
        case IntegerConverter():
            return 1
        case AnyConverter():
            return min(kind.items)
    return "0" * 16


def _guarded(app: Flask) -> list[tuple[Rule, str, Verb]]:
    return [
        (rule, method, need)
        for rule in app.url_map.iter_rules()
        for method in METHODS
        if method in (rule.methods or ())
        if isinstance(need := _needs(app, rule), Verb)
    ]


def test_every_route_says_what_it_needs(app: Flask) -> None:
    needs = [_needs(app, rule) for rule in app.url_map.iter_rules()]
    assert all(need is None or isinstance(need, Verb) for need in needs)


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_a_role_enters_exactly_where_the_table_says(app: Flask, ctx: Context, morning: Morning, role: Role) -> None:
    token = builders.signed_in(
        ctx, None, label="Device", role=role, group_id=morning.group_id, meeting_id=morning.meeting_id
    )
    token_of_group = builders.signed_in(ctx, None, label="Device", role=role, group_id=morning.group_id)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    for rule, method, need in _guarded(app):
        in_meeting = "meeting" in rule.arguments
        device = Browser(app.test_client(), token if in_meeting else token_of_group)
        reply = device.client.open(
            _address(rule, morning), method=method, json={}, headers={"X-CSRF-Token": device.csrf()}
        )
        allowed = need in ROLE_VERBS[role]
        text = reply.get_data().decode(errors="replace")  # some answers are paper
        if allowed:
            # Inside, a device without a person or a thing that does not exist may still be refused, in its own words.
            assert "not_allowed" not in text, f"{role.value} should enter {method} {rule.rule}"
        else:
            assert reply.status_code in SHUT, f"{role.value} entered {method} {rule.rule}: {reply.status_code}"


def test_nobody_and_strangers_enter_nowhere(
    app: Flask, morning: Morning, browser: Callable[[str | None], Browser]
) -> None:
    nobody, sam = browser(None), browser("Sam")
    for rule, method, _ in _guarded(app):
        if "meeting" not in rule.arguments:
            continue
        for who, expected in ((nobody, {401}), (sam, {404})):
            reply = who.client.open(
                _address(rule, morning),
                method=method,
                json={},
                headers={"X-CSRF-Token": who.csrf(), "Accept": "application/json"},
            )
            assert reply.status_code in expected, f"{method} {rule.rule}: {reply.status_code}"


def test_a_write_without_its_token_changes_nothing(app: Flask, morning: Morning) -> None:
    for rule, method, _ in _guarded(app):
        if method == "GET":
            continue
        olga = Browser(app.test_client(), morning.tokens["Olga"])
        reply = olga.client.open(_address(rule, morning), method=method, json={})
        assert reply.status_code in SHUT, f"{method} {rule.rule} took a write without a token"


def test_every_socket_event_says_what_it_needs(app: Flask) -> None:
    server = app.extensions["coltiva_sockets"].server
    assert set(server.handlers["/"]) == set(handlers.EVENT_NEEDS)


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_a_socket_hears_a_meeting_only_with_the_verb(app: Flask, ctx: Context, morning: Morning, role: Role) -> None:
    token = builders.signed_in(ctx, None, label="Device", role=role, meeting_id=morning.meeting_id,
                               group_id=morning.group_id)  # fmt: skip
    browser = Browser(app.test_client(), token)
    socket = app.extensions["coltiva_sockets"].test_client(app, flask_test_client=browser.client)
    answer = socket.emit("join", {"meeting": morning.meeting_uid}, callback=True)
    assert answer["ok"] is (Verb.HEAR_NEWS in ROLE_VERBS[role])


def test_sam_hears_nothing_of_another_group(app: Flask, morning: Morning) -> None:
    sam = Browser(app.test_client(), morning.tokens["Sam"])
    socket = app.extensions["coltiva_sockets"].test_client(app, flask_test_client=sam.client)
    answer = socket.emit("join", {"meeting": morning.meeting_uid}, callback=True)
    assert (answer["ok"], answer["code"]) == (False, "not_allowed")
