"""The registration page without a script: the form, one's own page, the organiser's; and who learns nothing."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from server.persistence.models import Group
from server.services import registrations
from server.services.context import Tx
from tests.conftest import Browser, Statements
from tests.mornings import Morning

Open = Callable[[str | None], Browser]
FORM = {"given_name": "Noa", "family_name": "Żak", "company": "Żak Florists", "email": "noa@example.org"}


@pytest.fixture
def olga(browser: Open) -> Browser:
    return browser("Olga")


@pytest.fixture
def desk(morning: Morning) -> str:
    return f"/o/{morning.meeting_uid}/registration"


def _text(reply: Any, status: int = 200) -> str:
    assert reply.status_code == status, reply.get_data(as_text=True)[:600]
    return str(reply.get_data(as_text=True))


def _link(olga: Browser, desk: str, **form: str) -> str:
    """Olga switches the page on; the path of its public link."""
    assert olga.submit(desk, {"is_on": "1", **form}).status_code == 303
    found = re.search(r'value="https://meet\.example\.org(/r/[-0-9A-Z]+)"', _text(olga.get(desk)))
    assert found is not None
    return found.group(1)


def test_the_organiser_switches_the_page_on_and_gets_a_link_with_its_square(olga: Browser, desk: str) -> None:
    assert "/r/" not in _text(olga.get(desk))
    _link(olga, desk, places="7", closes_at="2026-11-26T06:59")
    page = _text(olga.get(desk))
    assert "The link as a square to scan" in page
    assert "places free: 1" in page
    assert 'value="2026-11-26T06:59"' in page
    assert "on the list: 6" in page


def test_a_visitor_registers_and_withdraws_without_an_account(olga: Browser, browser: Open, desk: str) -> None:
    link = _link(olga, desk, places="7")
    noa = browser(None)
    form = _text(noa.get(link))
    assert "Breakfast no. 214" in form
    assert "Mira" not in form
    there = noa.submit(link, FORM | {"open_email": "1", "op": "1"})
    assert there.status_code == 303
    assert "Noa" not in there.location
    assert "You are on the list" in _text(noa.get(there.location))
    assert noa.submit(link, FORM | {"open_email": "1", "op": "1"}).location == there.location
    second = noa.submit(link, {"given_name": "Ada", "email": "ada@example.org"}).location
    assert "You are on the waiting list" in _text(noa.get(second))
    page = _text(olga.get(desk))
    assert page.index("Ada") < page.index("Noa Żak"), "who waits stands first"
    assert noa.submit(f"{there.location}/withdrawn").location == there.location
    assert "You have withdrawn" in _text(noa.get(there.location))
    assert "You are on the list" in _text(noa.get(second))
    assert "moved up" in _text(olga.get(desk))
    noa.submit(f"{there.location}/coming")
    assert "You are on the waiting list" in _text(noa.get(there.location))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"given_name": "", "family_name": ""}, "name"),
        ({"email": ""}, "Your e-mail address is needed"),
        ({"email": "noa@"}, "e-mail"),
        ({"company": "x" * 161}, "160"),
        ({"phone": "call me"}, "phone"),
    ],
)
def test_what_cannot_be_comes_back_with_one_sentence_and_what_was_typed(
    olga: Browser, browser: Open, desk: str, wrong: dict[str, str], said: str
) -> None:
    link = _link(olga, desk)
    page = _text(browser(None).submit(link, FORM | wrong), 422)
    assert page.count('class="error"') == 1
    assert said in page.split('class="error"')[1].split("</p>")[0]
    assert 'value="Żak Florists"' in page or "company" in wrong


def test_over_an_open_network_the_form_asks_for_no_address(
    olga: Browser, browser: Open, morning: Morning, desk: str
) -> None:
    link = _link(olga, desk)
    lan = {"REMOTE_ADDR": "192.168.1.7"}
    form = _text(browser(None).get(link, environ_base=lan))
    assert 'name="email"' not in form

    def work(tx: Tx) -> None:
        tx.db.execute(update(Group).where(Group.id == morning.group_id).values(own_network=True))

    morning.ctx.transaction(work)
    assert 'name="email"' in _text(browser(None).get(link, environ_base=lan))


def test_a_link_that_is_none_or_is_off_says_so_in_one_sentence(olga: Browser, browser: Open, desk: str) -> None:
    nobody = browser(None)
    assert "opens nothing any more" in _text(nobody.get("/r/abc"), 404)
    assert "opens nothing any more" in _text(nobody.get("/registered/abc"), 404)
    assert nobody.submit("/r/abc", FORM).status_code == 404
    link = _link(olga, desk)
    olga.submit(desk, {"is_on": ""})
    assert "Nobody can register" in _text(nobody.get(link), 409)
    assert nobody.submit(link, FORM).status_code == 409
    olga.submit(desk, {"is_on": "1"})
    olga.submit(f"{desk}/link")
    assert "opens nothing any more" in _text(nobody.get(link), 404)


def test_a_members_link_names_whose_guest_one_is(olga: Browser, browser: Open, morning: Morning, desk: str) -> None:
    _link(olga, desk)
    own = registrations.invitation_link(morning.ctx, morning.attendances["Mira"])
    assert "You are the guest of Mira Ł." in _text(browser(None).get(f"/r/{own}"))
    browser(None).submit(f"/r/{own}", FORM)
    assert "guest of Mira Łukasik" in _text(olga.get(desk))


@pytest.mark.parametrize("form", [{"places": "many"}, {"places": "99999"}, {"closes_at": "2026-12-01T07:00"}])
def test_settings_that_cannot_be_are_refused_beside_their_field(olga: Browser, desk: str, form: dict[str, str]) -> None:
    page = _text(olga.submit(desk, {"is_on": "1"} | form), 422)
    assert page.count('class="error"') == 1


def test_the_organiser_decides_about_who_waits(olga: Browser, browser: Open, desk: str) -> None:
    link = _link(olga, desk, places="1")
    own = [browser(None).submit(link, FORM | {"given_name": name}).location for name in ("Ada", "Bea")]
    uids = re.findall(rf"{desk}/(\w+)/in", _text(olga.get(desk)))
    olga.submit(f"{desk}/{uids[0]}/in")
    olga.submit(f"{desk}/{uids[1]}/off")
    assert "You are on the list" in _text(browser(None).get(own[0]))
    assert "You have withdrawn" in _text(browser(None).get(own[1]))
    assert olga.submit(f"{desk}/{'0' * 16}/in").status_code == 422


def test_strangers_see_nothing_and_the_page_stays_cheap(
    olga: Browser, browser: Open, desk: str, statements: Statements
) -> None:
    link = _link(olga, desk)
    assert browser("Sam").get(desk).status_code == 404
    assert browser("Mira").get(desk).status_code == 403
    assert browser("Sam").submit(desk, {"is_on": "1"}).status_code == 404
    with statements() as sent:
        olga.get(desk)
    assert len(sent) <= 12
    with statements() as sent:
        browser(None).get(link)
    assert len(sent) <= 12
