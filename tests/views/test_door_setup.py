"""The organiser's page of the door: devices with digits, the poster, fees, the list back from paper."""

import re
from collections.abc import Callable

import pytest

from server.domain import badge_code
from server.services import attendance, check_ins
from server.services.check_ins import Desk
from tests.conftest import Browser, FakeClock, Statements
from tests.mornings import Morning

OpenBrowser = Callable[[str | None], Browser]


@pytest.fixture
def olga(browser: OpenBrowser) -> Browser:
    return browser("Olga")


def _door(morning: Morning, path: str = "") -> str:
    return f"/o/{morning.meeting_uid}/door{path}"


def _text(reply: object) -> str:
    return str(reply.get_data(as_text=True))  # type: ignore[attr-defined]  # a response of the test client


def test_a_device_is_made_with_a_name_a_square_and_its_digits(
    olga: Browser, browser: OpenBrowser, morning: Morning
) -> None:
    page = _text(olga.submit(_door(morning, "/devices"), {"role": "greeter", "name": "Door 2, Anna"}))
    digits = re.search(r"Digits: (\d{4})", page)
    link = re.search(r'value="[^"]*(/link/[^"]+)"', page)
    assert digits
    assert link
    assert "Door 2, Anna" in page
    device = browser(None)
    home = device.submit(link[1]).headers["Location"]
    assert home == f"/desk/{morning.meeting_uid}"
    assert "Door 2, Anna" in _text(device.get(home))
    assert device.send(f"{home}/rests").get_json() == {"ok": True, "rests": True}
    assert "data-rests" in _text(device.get(home))
    assert device.get(f"{home}/people?q=mira").status_code == 403
    assert device.send(f"{home}/check-ins", {"code": morning.codes["Mira"]}).get_json()["answer"] == "welcome"
    wrong = device.send(f"{home}/wakings", {"pin": "x"})
    assert (wrong.status_code, wrong.get_json()["code"]) == (403, "pin_wrong")
    assert device.send(f"{home}/wakings", {"pin": digits[1]}).get_json() == {"ok": True}
    assert device.get(f"{home}/people?q=mira").status_code == 200


def test_a_kiosk_has_no_digits_and_no_door(olga: Browser, browser: OpenBrowser, morning: Morning) -> None:
    page = _text(olga.submit(_door(morning, "/devices"), {"role": "kiosk", "name": ""}))
    link = re.search(r'value="[^"]*(/link/[^"]+)"', page)
    assert link
    assert "Digits:" not in page
    kiosk = browser(None)
    home = kiosk.submit(link[1]).headers["Location"]
    assert home == f"/kiosk/{morning.meeting_uid}"
    assert "Check yourself in" in _text(kiosk.get(home))
    for path in ("", "/people?q=mira"):
        assert kiosk.get(f"/desk/{morning.meeting_uid}{path}").status_code == 403
    said = kiosk.send(f"{home}/check-ins", {"code": morning.codes["Mira"]}).get_json()
    assert said == {"ok": True, "answer": "welcome", "name": "Mira Łukasik", "table": None}
    assert kiosk.send(f"{home}/check-ins", {"code": "TESTTESTTEST0"}).get_json() == {"ok": True, "answer": "test"}
    refused = kiosk.send(f"{home}/check-ins", {"code": morning.codes["Sam"]}).get_json()
    assert (refused["answer"], refused["reason"]) == ("refused", "unknown_badge")


def test_only_the_organiser_makes_devices(browser: OpenBrowser, morning: Morning) -> None:
    for who in ("Dora", "Mira", "Fiona"):
        assert browser(who).submit(_door(morning, "/devices"), {"role": "greeter"}).status_code in (403, 404)
    sam = browser("Sam")
    for path in ("", "/paper", "/poster"):
        assert sam.get(_door(morning, path)).status_code == 404


def test_a_wrong_role_shows_the_page_again(olga: Browser, morning: Morning) -> None:
    reply = olga.submit(_door(morning, "/devices"), {"role": "organiser", "name": "Anna"})
    assert reply.status_code == 422
    assert 'value="Anna"' in _text(reply)


def _poster(olga: Browser, morning: Morning) -> str:
    olga.submit(_door(morning, "/poster"), {"on": "1"})
    found = re.search(r"/here/[0-9A-Z-]+", _text(olga.get(_door(morning, "/poster"))))
    assert found
    return found[0]


def test_the_poster_lets_people_in_by_their_whole_name_or_badge_and_says_their_own_name_only(
    olga: Browser, browser: OpenBrowser, morning: Morning
) -> None:
    address = _poster(olga, morning)
    phone = browser(None)
    assert "Check yourself in" in _text(phone.get(address))
    page = _text(phone.submit(address, {"who": "mira łukasik", "op": "1"}))
    assert "You are in" in page
    assert "Mira Łukasik" in page
    assert "Max" not in page
    assert "You are checked in" in _text(phone.submit(address, {"who": "Mira Łukasik", "op": "2"}))
    assert "Max D" in _text(phone.submit(address, {"code": morning.codes["Max"], "op": "3"}))
    lost = phone.submit(address, {"who": "Mira"})
    assert lost.status_code == 422
    assert "go to the door" in _text(lost)
    assert "does not open this meeting" in _text(phone.submit(address, {"code": morning.codes["Sam"]}))
    trial = _text(phone.submit(address, {"code": badge_code.TEST_CODE}))
    assert "The scanner works" in trial
    assert "Nothing was recorded" in trial
    assert attendance.counts(morning.ctx, morning.meeting_id).in_room == 2


def test_a_member_who_is_signed_in_presses_once(olga: Browser, browser: OpenBrowser, morning: Morning) -> None:
    address = _poster(olga, morning)
    page = _text(browser("Max").get(address))
    assert "I am here: Max" in page
    assert "You are in" in _text(browser("Max").submit(address, {"me": "1"}))


def test_a_poster_that_was_switched_off_opens_nothing(olga: Browser, browser: OpenBrowser, morning: Morning) -> None:
    address = _poster(olga, morning)
    olga.submit(_door(morning, "/poster"))
    for path in (address, "/here/whatever"):
        assert browser(None).get(path).status_code == 404
        assert browser(None).submit(path, {"who": "Mira Łukasik"}).status_code == 404


def test_fees_are_asked_for_at_the_door_and_their_amount_never_over_an_open_line(
    olga: Browser, browser: OpenBrowser, morning: Morning
) -> None:
    assert olga.submit(_door(morning, "/fees"), {"member_fee": "", "visitor_fee": "12,5"}).status_code == 303
    assert 'value="12.50"' in _text(olga.get(_door(morning)))
    dora, scan = browser("Dora"), f"/desk/{morning.meeting_uid}/check-ins"
    here = dora.send(scan, {"code": morning.codes["Vik"]}).get_json()
    assert here["fee"] == {"cents": 1250, "currency": "EUR"}
    headers = {"X-CSRF-Token": dora.csrf()}
    there = dora.client.post(
        scan, json={"code": morning.codes["Vik"]}, headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.9"}
    ).get_json()
    assert (there["answer"], there["fee"]) == ("already_in", {})
    dora.send(f"/desk/{morning.meeting_uid}/payments", {"uid": here["uid"]})
    assert "fee" not in dora.send(scan, {"code": morning.codes["Vik"]}).get_json()
    for wrong in ("much", "-3", "1.234", "99999"):
        reply = olga.submit(_door(morning, "/fees"), {"member_fee": wrong, "visitor_fee": ""})
        assert reply.status_code == 422, wrong
        assert "Write the fee as a number" in _text(reply), wrong


def test_ticks_come_back_from_paper_in_bulk(olga: Browser, morning: Morning, clock: FakeClock) -> None:
    clock.pass_by(hours=1)
    page = _text(olga.get(_door(morning, "/paper")))
    names = re.findall(r"<b>([^<]+)</b> <span class=\"hint\">", page)
    assert names == sorted(names, key=lambda name: name.split(",")[0].replace("Ł", "Lz")), names
    mira, max_, vik = (morning.attendances[who] for who in ("Mira", "Max", "Vik"))
    form = {f"t-{mira}": "1", f"came-{mira}": "06:55", f"t-{max_}": "1", f"came-{max_}": "7:05", f"came-{vik}": "07:00"}
    reply = olga.submit(_door(morning, "/paper"), form)
    assert "came=2" in reply.headers["Location"]
    assert "Came: 2." in _text(olga.get(reply.headers["Location"]))
    assert attendance.counts(morning.ctx, morning.meeting_id).came == 2
    for wrong, code in (("", "Write the time"), ("late", "Write the time"), ("23:00", "outside the meeting")):
        refused = olga.submit(_door(morning, "/paper"), {f"t-{vik}": "1", f"came-{vik}": wrong})
        assert refused.status_code == 422, wrong
        assert code in _text(refused), wrong
        assert f'name="t-{vik}" value="1" checked' in _text(refused), "what was typed is still there"


def test_the_pages_ask_the_database_little(olga: Browser, morning: Morning, statements: Statements) -> None:
    for who in ("Mira", "Max"):
        check_ins.check_in(
            morning.ctx, meeting_id=morning.meeting_id, scanned=morning.codes[who], desk=Desk(None, "Door 1")
        )
    for path in ("", "/paper"):
        with statements() as sent:
            assert olga.get(_door(morning, path)).status_code == 200
        assert len(sent) <= 12, (path, sent)
