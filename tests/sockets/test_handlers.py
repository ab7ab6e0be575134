"""Sockets from outside: always answered, checked at every event, cut when their session ends."""

from typing import Any

import pytest
from flask import Flask

from server.services import crowds, displays, sessions
from server.sockets import heartbeat
from server.views import guards
from tests.mornings import Morning


def _socket(app: Flask, token: str | None) -> Any:
    client = app.test_client()
    if token is not None:
        client.set_cookie(guards.COOKIE, token)
    return app.extensions["coltiva_sockets"].test_client(app, flask_test_client=client)


@pytest.mark.parametrize(
    "arguments",
    [("text",), ({"meeting": 7},), ({"meeting": "x" * 200},), ({}, {}), (None,), ([],), ({"meeting": None},)],
)
def test_a_malformed_join_is_answered_and_the_socket_lives_on(
    app: Flask, morning: Morning, arguments: tuple[object, ...]
) -> None:
    socket = _socket(app, morning.tokens["Mira"])
    answer = socket.emit("join", *arguments, callback=True)
    assert answer["ok"] is False
    assert answer["code"] in {"json_needed", "text_needed"}
    assert socket.emit("join", {"meeting": morning.meeting_uid}, callback=True)["ok"]


def test_the_clock_answers_in_whole_milliseconds_of_the_server(app: Flask, morning: Morning) -> None:
    answer = _socket(app, None).emit("clock", {}, callback=True)
    assert answer["t1"] == answer["t2"] == round(morning.ctx.now().timestamp() * 1000)


def test_nobody_hears_a_meeting_without_signing_in(app: Flask, morning: Morning) -> None:
    answer = _socket(app, None).emit("join", {"meeting": morning.meeting_uid}, callback=True)
    assert (answer["ok"], answer["code"]) == (False, "sign_in_needed")


def test_a_display_code_opens_the_news_for_so_many_screens_and_no_more(app: Flask, morning: Morning) -> None:
    code = displays.code_for(morning.ctx, meeting_id=morning.meeting_id)
    question = {"meeting": morning.meeting_uid, "code": code}
    screens = [_socket(app, None) for _ in range(11)]
    answers = [screen.emit("join", question, callback=True) for screen in screens]
    assert [answer["ok"] for answer in answers] == [True] * 10 + [False]
    assert answers[10]["code"] == "display_code_full"
    assert set(answers[0]["audiences"]) == {"everyone", "displays"}
    wrong = _socket(app, None).emit("join", question | {"code": "0000000000"}, callback=True)
    assert wrong["code"] == "display_code_wrong"
    again = screens[3].emit("join", question, callback=True)
    assert again["ok"], "a screen that joins again takes no second place"


def test_a_socket_that_is_cut_while_it_joins_is_no_screen_afterwards(
    app: Flask, morning: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    watchers = app.extensions["coltiva_watchers"]
    socket = _socket(app, morning.tokens["Mira"])
    found = crowds.actor_at

    def cut_meanwhile(*arguments: Any) -> Any:
        socket.disconnect()
        return found(*arguments)

    monkeypatch.setattr(crowds, "actor_at", cut_meanwhile)
    socket.emit("join", {"meeting": morning.meeting_uid})
    assert watchers.every() == ()


def test_a_signed_out_session_is_cut_at_the_next_beat_and_refused_at_the_next_event(
    app: Flask, morning: Morning
) -> None:
    socket = _socket(app, morning.tokens["Mira"])
    assert socket.emit("join", {"meeting": morning.meeting_uid}, callback=True)["ok"]
    actor = sessions.actor_for(morning.ctx, morning.tokens["Mira"])
    assert actor.session_uid is not None
    sessions.sign_out(morning.ctx, session_uid=actor.session_uid)
    assert socket.emit("join", {"meeting": morning.meeting_uid}, callback=True)["code"] == "sign_in_needed"
    heartbeat.beat(app.extensions["coltiva_sockets"], app.extensions["coltiva_watchers"], morning.ctx)
    assert not socket.is_connected()


def test_a_revoked_session_is_cut_a_second_after_long_before_the_next_beat(
    app: Flask, morning: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    mira, max_ = (_socket(app, morning.tokens[who]) for who in ("Mira", "Max"))
    for socket in (mira, max_):
        assert socket.emit("join", {"meeting": morning.meeting_uid}, callback=True)["ok"]
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            actor = sessions.actor_for(morning.ctx, morning.tokens["Mira"])
            assert actor.session_uid is not None
            sessions.sign_out(morning.ctx, session_uid=actor.session_uid)
        if len(slept) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(heartbeat.time, "sleep", sleep)
    with pytest.raises(KeyboardInterrupt):
        heartbeat.run(app.extensions["coltiva_sockets"], app.extensions["coltiva_watchers"], morning.ctx)
    assert sum(slept) < heartbeat.EVERY
    assert not mira.is_connected()
    assert max_.is_connected()


def test_a_beat_tells_the_counters_of_every_meeting_that_is_watched(app: Flask, morning: Morning) -> None:
    socket = _socket(app, morning.tokens["Dora"])
    socket.emit("join", {"meeting": morning.meeting_uid}, callback=True)
    heartbeat.beat(app.extensions["coltiva_sockets"], app.extensions["coltiva_watchers"], morning.ctx)
    heard = [message["args"][0] for message in socket.get_received() if message["name"] == "news"]
    assert {(news["audience"], news["kind"]) for news in heard} == {("everyone", "counters"), ("desk", "counters")}
