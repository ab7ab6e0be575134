"""The pages anybody may open: set-up, signing in, links, languages; and what they refuse."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask

from server.domain.vocabulary import Role
from server.services import groups, sessions
from server.services.context import Context
from tests import builders
from tests.conftest import Browser, FakeClock
from tests.mornings import Morning

Browsers = Callable[[str | None], Browser]
SET_UP = {
    "name": "Colazione", "language": "it", "time_zone": "Europe/Rome", "currency": "EUR", "base_url": "",
    "given_name": "Olga", "family_name": "Marchetti", "email": "olga@example.org", "password": builders.PASSWORD,
}  # fmt: skip


def _text(answer: Any) -> str:
    page = re.sub(r"<(script|select|datalist)\b.*?</\1>", " ", answer.get_data(as_text=True), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.fixture
def visitor(app: Flask) -> Browser:
    """A browser of somebody who is not signed in, where there is no group yet."""
    return Browser(app.test_client(), None)


@pytest.fixture
def set_up_path(ctx: Context) -> str:
    """The link that the console prints."""
    return "/setup/" + sessions.make_link(ctx, purpose="setup", life=timedelta(hours=24))


def test_before_the_set_up_the_first_page_says_where_to_begin(visitor: Browser) -> None:
    text = _text(visitor.get("/"))
    assert "There is no group yet. Open the set-up link" in text
    assert "Sign in" not in text


def test_a_group_is_set_up_and_its_organiser_is_signed_in(visitor: Browser, set_up_path: str, ctx: Context) -> None:
    assert "Set up your group" in _text(visitor.get(set_up_path))
    done = visitor.submit(set_up_path, SET_UP)
    assert (done.status_code, done.location) == (303, "/o/")
    assert "HttpOnly" in done.headers["Set-Cookie"]
    assert "SameSite=Lax" in done.headers["Set-Cookie"]
    assert visitor.get("/o/people").status_code == 200
    group = groups.the_group(ctx)
    assert group is not None
    assert group.settings.name == "Colazione"


def test_a_set_up_link_used_twice_is_refused_in_one_sentence(visitor: Browser, set_up_path: str, app: Flask) -> None:
    visitor.submit(set_up_path, SET_UP)
    other = Browser(app.test_client(), None)
    for answer in (other.get(set_up_path), other.submit(set_up_path, SET_UP)):
        assert answer.status_code == 404
        assert "This link was already used or is too old. Ask for a new one." in _text(answer)


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"name": ""}, "name", "A name is missing."),
        ({"given_name": ""}, "given_name", "A name is missing."),
        ({"email": "olga"}, "email", "This is not an e-mail address."),
        ({"password": "short"}, "password", "The password needs at least 10 characters."),
        ({"time_zone": "Rome"}, "time_zone", "There is no time zone called Rome."),
        ({"base_url": "http://10.0.0.1"}, None, "Use a name, not a number"),
    ],
)
def test_a_set_up_that_cannot_be_comes_back_as_typed_and_without_the_password(
    visitor: Browser, set_up_path: str, change: dict[str, str], field: str | None, sentence: str
) -> None:
    answer = visitor.submit(set_up_path, SET_UP | {"family_name": "As typed"} | change)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in _text(answer)
    assert 'value="As typed"' in page
    assert SET_UP["password"] not in page
    if field:
        assert f'id="f-{field}-error"' in page
    assert visitor.submit(set_up_path, SET_UP).status_code == 303, "the link is still good"


def test_signing_in_is_refused_alike_for_an_unknown_address_and_a_wrong_password(browser: Browsers) -> None:
    somebody = browser(None)
    pages = []
    for form in (
        {"email": "who@example.org", "password": builders.PASSWORD},
        {"email": "olga@example.org", "password": "not her password"},
    ):
        answer = somebody.submit("/sign-in", form)
        assert answer.status_code == 422
        assert "Set-Cookie" not in answer.headers
        pages.append(answer.get_data(as_text=True).replace(form["email"], "@"))
        assert form["password"] not in pages[-1]
    assert "The address and the password do not belong together." in pages[0]
    assert pages[0] == pages[1]


def test_signing_in_opens_a_new_session_and_forgets_the_one_before(
    browser: Browsers, morning: Morning, ctx: Context
) -> None:
    somebody = browser("Mira")
    done = somebody.submit("/sign-in", {"email": "olga@example.org", "password": builders.PASSWORD})
    assert done.status_code == 303
    token = somebody.client.get_cookie("coltiva")
    assert token is not None
    assert token.value != morning.tokens["Mira"]
    assert sessions.actor_for(ctx, token.value).name == "Olga Marchetti"
    assert sessions.actor_for(ctx, morning.tokens["Mira"]).name == ""


def test_signing_out_forgets_the_browser_at_once(browser: Browsers, morning: Morning, app: Flask) -> None:
    olga = browser("Olga")
    assert olga.submit("/sign-out").status_code == 303
    kept = Browser(app.test_client(), morning.tokens["Olga"])
    answer = kept.get("/o/people", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["code"]) == (401, "sign_in_needed")
    assert kept.get("/o/people", headers={"Accept": "text/html"}).location.startswith("/sign-in")


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/language", "/link/whatever", "/setup/whatever"])
def test_a_form_from_elsewhere_is_refused(browser: Browsers, path: str) -> None:
    olga = browser("Olga")
    for token in ("", "made-up"):
        answer = olga.client.post(path, data={"csrf_token": token, "language": "it"})
        assert answer.status_code == 403
        assert "This page is too old to send. Load it again and repeat." in _text(answer)
    assert olga.get("/o/people").status_code == 200, "still signed in"


def test_a_link_is_used_by_pressing_and_not_by_opening(browser: Browsers, morning: Morning, ctx: Context) -> None:
    token = sessions.make_link(
        ctx, purpose="device", life=timedelta(hours=1), role=Role.DISPLAY, group_id=morning.group_id,
        meeting_id=morning.meeting_id,
    )  # fmt: skip
    wall = browser(None)
    for _ in range(2):
        assert "This screen becomes the display Breakfast no. 214" in _text(wall.get(f"/link/{token}"))
    assert wall.submit(f"/link/{token}").status_code == 303
    assert wall.get(f"/link/{token}").status_code == 404
    assert browser(None).submit(f"/link/{token}").status_code == 404


def test_a_link_for_this_computer_is_refused_from_another_one(
    browser: Browsers, morning: Morning, ctx: Context
) -> None:
    token = sessions.make_link(
        ctx, purpose="person", life=timedelta(hours=1), person_id=morning.people["Olga"], loopback_only=True
    )
    somebody = browser(None)
    form = {"csrf_token": somebody.csrf()}
    away = somebody.client.post(f"/link/{token}", data=form, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert away.status_code == 403
    assert "This link works only on the computer that runs Coltiva." in _text(away)
    assert somebody.submit(f"/link/{token}").status_code == 303


def test_a_personal_link_lasts_a_week(browser: Browsers, morning: Morning, ctx: Context, clock: FakeClock) -> None:
    token = sessions.make_link(ctx, purpose="person", life=timedelta(days=7), person_id=morning.people["Mira"])
    clock.pass_by(days=7)
    answer = browser(None).get(f"/link/{token}")
    assert (answer.status_code, "Mira" in _text(answer)) == (404, False)


def test_the_language_is_chosen_and_the_page_stays(browser: Browsers) -> None:
    somebody = browser(None)
    assert 'lang="en"' in somebody.get("/sign-in").get_data(as_text=True)
    chosen = somebody.submit("/language", {"language": "pl", "back": "/sign-in"})
    assert (chosen.status_code, chosen.location) == (303, "/sign-in")
    assert '<html lang="pl"' in somebody.get("/sign-in").get_data(as_text=True)
    page = somebody.get("/sign-in").get_data(as_text=True)
    assert 'name="language" value="it"' in page, "the switch sends what the answer reads"
    assert 'name="back" value="/sign-in"' in page


def test_a_chosen_language_stays_with_the_person(browser: Browsers, morning: Morning, app: Flask) -> None:
    browser("Olga").submit("/language", {"language": "it"})
    again = Browser(app.test_client(), morning.tokens["Olga"])
    assert '<html lang="it"' in again.get("/about").get_data(as_text=True)


@pytest.mark.parametrize("back", ["https://elsewhere.example", "//elsewhere.example", "javascript:alert(1)", "x"])
def test_choosing_a_language_leads_nowhere_else(browser: Browsers, back: str) -> None:
    assert browser(None).submit("/language", {"language": "it", "back": back}).location == "/"


def test_a_language_that_there_is_not_is_refused(browser: Browsers) -> None:
    answer = browser(None).submit("/language", {"language": "tlh"})
    assert (answer.status_code, "Choose one of the languages offered." in _text(answer)) == (422, True)


def test_a_page_that_there_is_not_is_said_so_in_words_or_json(browser: Browsers) -> None:
    somebody = browser(None)
    page = somebody.get("/no/such/page")
    assert (page.status_code, "There is no such page." in _text(page)) == (404, True)
    answer = somebody.get("/no/such/page", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["code"]) == (404, "page_unknown")


def test_a_foreign_name_is_refused_on_every_path(browser: Browsers) -> None:
    somebody = browser(None)
    for path in ("/", "/sign-in", "/socket.io/", "/health"):
        assert somebody.get(path, headers={"Host": "evil.example"}).status_code == 400
    assert somebody.get("/health", headers={"Host": "localhost:8090"}).status_code == 200


def test_health_tells_versions_and_nothing_else(browser: Browsers) -> None:
    assert set(browser(None).get("/health").json) == {"version", "schema", "database", "engine", "news"}


def test_signed_in_pages_are_kept_by_nobody_and_run_no_foreign_script(browser: Browsers) -> None:
    headers = browser("Olga").get("/o/people").headers
    assert headers["Cache-Control"] == "no-store"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
