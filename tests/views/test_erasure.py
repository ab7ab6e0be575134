"""Erasing somebody, as the organiser's browser meets it, and everybody else's afterwards."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask

from server.domain.vocabulary import GroupId, Role, Uid
from server.persistence.models import Person
from server.services import closing, erasure, exchanges, planning, roles
from server.services.context import Context
from server.sockets import heartbeat
from tests import builders
from tests.conftest import Browser, Statements
from tests.mornings import Morning
from tests.rooms import everybody_in
from tests.screens import Screen

Browsers = Callable[[str | None], Browser]
PAGES = (
    "/o/", "/o/{m}", "/o/{m}/people", "/o/{m}/registration", "/o/{m}/badges", "/o/{m}/papers", "/o/{m}/figures",
    "/o/{m}/report", "/o/{m}/slips", "/o/{m}/growth", "/o/{m}/packets", "/o/{m}/messages", "/o/{m}/messages/reminder",
    "/o/{m}/duties", "/o/{m}/fees", "/o/{m}/lists/people", "/o/{m}/empty-chair", "/o/meetings",
    "/o/people", "/o/people/changes", "/o/people/duplicates", "/o/people/sectors", "/o/group", "/o/group/devices",
    "/o/numbers", "/o/report", "/o/leaders", "/o/fruit", "/o/letters", "/o/lights", "/o/lights/table", "/o/matrix",
    "/o/weeks", "/o/weeks/sum", "/o/weeks/2026-11-23", "/o/referral-rules", "/desk/{m}", "/run/{m}", "/run/{m}/seats",
    "/run/{m}/log",
)  # fmt: skip
OWN = (
    "/me/{m}", "/me/card", "/referrals", "/referrals/group", "/referrals/list", "/referrals/mine", "/referrals/quality",
    "/thanks", "/activity", "/follow-ups", "/follow-ups/{m}", "/meetings", "/referrals/lights", "/referrals/letter",
)  # fmt: skip


def _uid(ctx: Context, morning: Morning, name: str) -> Uid:
    with ctx.reading() as db:
        return Uid(db.get_one(Person, morning.people[name]).uid)


@pytest.fixture
def closed(ctx: Context, morning: Morning) -> Morning:
    """Everybody came, sat and went."""
    everybody_in(morning)
    planning.plan(ctx, meeting_id=morning.meeting_id, seconds=0.05)
    closing.close(ctx, meeting_id=morning.meeting_id)
    return morning


def _words(answer: Any) -> str:
    """The words of a page, as a person reads them."""
    page = re.sub(r"<(script|select|datalist)\b.*?</\1>", " ", answer.get_data(as_text=True), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_the_page_says_what_goes_and_what_stays_before_anybody_presses(
    browser: Browsers, closed: Morning, ctx: Context, statements: Statements
) -> None:
    olga, uid = browser("Olga"), _uid(ctx, closed, "Vik")
    assert f"/o/people/{uid}/erase" in olga.get(f"/o/people/{uid}").get_data(as_text=True)
    with statements() as sent:
        answer = olga.get(f"/o/people/{uid}/erase")
    assert answer.status_code == 200
    assert len([statement for statement in sent if statement.startswith("SELECT")]) <= 12
    text = _words(answer)
    for said in ("Erase Vik", "This cannot be taken back.", "on the list of 1", "Papers that were printed"):
        assert said in text
    assert "The number of visits (1)" in text


def test_nothing_happens_before_the_box_is_ticked(browser: Browsers, closed: Morning, ctx: Context) -> None:
    olga, uid = browser("Olga"), _uid(ctx, closed, "Max")
    answer = olga.submit(f"/o/people/{uid}/erase", {"op": "e" * 40})
    assert answer.status_code == 422
    assert "Tick the box first: there is no way back." in _words(answer)
    with ctx.reading() as db:
        assert db.get(Person, closed.people["Max"]) is not None


def test_one_press_erases_and_a_second_one_does_no_harm(browser: Browsers, closed: Morning, ctx: Context) -> None:
    olga, uid = browser("Olga"), _uid(ctx, closed, "Max")
    for _ in range(2):
        answer = olga.submit(f"/o/people/{uid}/erase", {"op": "e" * 40, "sure": "1"})
        assert answer.status_code == 303
        assert "Erased. Nothing about that person is kept any more." in _words(olga.get(answer.location))
    assert "Max" not in _words(olga.get("/o/people"))
    assert olga.get(f"/o/people/{uid}/erase").status_code == 404
    assert olga.submit(f"/o/people/{uid}/erase", {"op": "f" * 40, "sure": "1"}).status_code == 404


def test_while_a_meeting_goes_on_the_page_says_why_not(browser: Browsers, morning: Morning, ctx: Context) -> None:
    olga, uid = browser("Olga"), _uid(ctx, morning, "Max")
    page = olga.get(f"/o/people/{uid}/erase")
    assert "Breakfast no. 214 is going on with this person on its list." in _words(page)
    assert 'name="sure"' not in page.get_data(as_text=True)
    assert olga.submit(f"/o/people/{uid}/erase", {"op": "e" * 40, "sure": "1"}).status_code == 422


def test_only_who_manages_the_group_erases(browser: Browsers, closed: Morning, ctx: Context) -> None:
    uid = _uid(ctx, closed, "Max")
    closed.tokens["secretary"] = builders.signed_in(
        ctx, closed.people["Fiona"], role=Role.SECRETARY, group_id=closed.group_id
    )
    secretary = browser("secretary")
    assert "Erase everything" not in _words(secretary.get(f"/o/people/{uid}"))
    assert secretary.get(f"/o/people/{uid}/erase").status_code == 404
    assert secretary.submit(f"/o/people/{uid}/erase", {"op": "e" * 40, "sure": "1"}).status_code == 404
    sam = browser("Sam")
    assert sam.get(f"/o/people/{uid}/erase").status_code == 404
    assert sam.submit(f"/o/people/{uid}/erase", {"op": "e" * 40, "sure": "1"}).status_code == 404


def test_their_own_pages_and_their_badge_open_nothing_any_more(
    browser: Browsers, closed: Morning, ctx: Context
) -> None:
    mira, uid = browser("Mira"), _uid(ctx, closed, "Mira")
    code = closed.codes["Mira"]
    nobody_before, unknown = browser(None).get(f"/B/{code}"), browser(None).get("/B/0000000000000")
    assert mira.get("/me/card").status_code == 200
    browser("Olga").submit(f"/o/people/{uid}/erase", {"op": "e" * 40, "sure": "1"})
    assert mira.get("/me/card").status_code != 200
    after = browser(None).get(f"/B/{code}")
    assert after.status_code == nobody_before.status_code == unknown.status_code


def test_every_page_still_opens_when_one_after_the_other_is_erased(
    browser: Browsers, closed: Morning, ctx: Context
) -> None:
    group, olga = GroupId(closed.group_id), browser("Olga")
    roles.give(ctx, group_id=group, uid=_uid(ctx, closed, "Fiona"), roles=[Role.CARE])
    for name in ("Mira", "Vik", "Dora", "Fiona"):
        uid = _uid(ctx, closed, name)
        assert olga.submit(f"/o/people/{uid}/erase", {"op": name.ljust(40, "x"), "sure": "1"}).status_code == 303
        for path in PAGES:
            answer = olga.get(path.format(m=closed.meeting_uid))
            assert answer.status_code == 200, f"{path} without {name}"
            if name != "Vik":  # three letters stand in many words
                assert name not in _words(answer), path
        for path in OWN if name in {"Mira", "Fiona"} else ():
            assert browser("Max").get(path.format(m=closed.meeting_uid)).status_code == 200, f"{path} without {name}"


def test_whose_phone_shows_them_sees_them_go(app: Flask, morning: Morning, ctx: Context) -> None:
    everybody_in(morning)
    asked = exchanges.ask(
        ctx, meeting_id=morning.meeting_id, asker=morning.people["Mira"], asked=_uid(ctx, morning, "Max")
    )
    closing.close(ctx, meeting_id=morning.meeting_id)
    phone = Screen(app, morning, "Max")
    assert asked["uid"] in phone.snapshot["exchanges"]
    mira = Screen(app, morning, "Mira")
    erasure.erase(ctx, group_id=GroupId(morning.group_id), uid=_uid(ctx, morning, "Mira"))
    phone.hear()
    assert phone.behind() == []
    assert asked["uid"] not in phone.snapshot["exchanges"]
    heartbeat.cut(app.extensions["coltiva_sockets"], app.extensions["coltiva_watchers"], ctx)
    assert not mira._socket.is_connected(), "the look that comes a second after anything was written"
    assert phone._socket.is_connected()
