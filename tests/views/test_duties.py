"""Duties and templates of agendas, as the organiser's and the members' browsers meet them."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from server.domain.duties import Duty
from server.domain.vocabulary import MeetingStatus
from server.persistence.models import Meeting, Person
from server.services import agenda_templates, duties, meetings
from server.services.context import Tx
from tests.conftest import Browser, Statements
from tests.mornings import Morning

Browsers = Callable[[str | None], Browser]


def _text(answer: Any) -> str:
    page = re.sub(r"<(script|select|datalist)\b.*?</\1>", " ", answer.get_data(as_text=True), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def _uid(morning: Morning, name: str) -> str:
    with morning.ctx.reading() as db:
        return db.get_one(Person, morning.people[name]).uid


def test_the_roster_is_suggested_changed_and_taken_back(
    browser: Browsers, morning: Morning, statements: Statements
) -> None:
    olga, address = browser("Olga"), f"/o/{morning.meeting_uid}/duties"
    assert "Fill what is empty" in _text(olga.get(address))
    assert olga.submit(f"{address}/suggest", {}).status_code == 303
    with statements() as sent:
        page = olga.get(address).get_data(as_text=True)
    assert len(sent) <= 12
    assert len(re.findall(r"<option value=\"\w{16}\" selected>", page)) == 7
    assert olga.submit(address, {"clock-0": _uid(morning, "Mira")}).status_code == 303
    assert {p.name for p in duties.roster(morning.ctx, morning.meeting_id).places if p.duty is Duty.CLOCK} == {
        "Mira Łukasik"
    }
    entry = re.search(r'name="entry" value="(\w+)"', olga.get(address).get_data(as_text=True))
    assert entry is not None
    assert olga.submit(f"{address}/take-back", {"entry": entry[1]}).status_code == 303
    refused = olga.submit(address, {"clock-0": _uid(morning, "Vik")})
    assert refused.status_code == 422
    assert "Choose a member who is coming" in _text(refused)
    for again in ("suggest", "take-back"):
        assert olga.get(f"{address}/{again}").status_code == 303


def test_a_closed_meeting_shows_who_held_what(browser: Browsers, morning: Morning) -> None:
    mira = _uid(morning, "Mira")
    duties.settle(morning.ctx, meeting_id=morning.meeting_id, holders={(Duty.MINUTES, 0): mira})
    meetings.close(morning.ctx, meeting_id=morning.meeting_id)
    text = _text(browser("Olga").get(f"/o/{morning.meeting_uid}/duties"))
    assert "The minutes Mira Łukasik" in text
    assert "Save the roster" not in text


def test_nobody_else_sees_or_settles_duties(browser: Browsers, morning: Morning) -> None:
    address = f"/o/{morning.meeting_uid}/duties"
    for who, status in (("Sam", 404), ("Mira", 403), ("Fiona", 403)):
        assert browser(who).get(address).status_code == status
        assert browser(who).submit(f"{address}/suggest", {}).status_code == status
    assert all(place.holder is None for place in duties.roster(morning.ctx, morning.meeting_id).places)


def test_a_member_asks_for_somebody_else_and_keeps_the_duty_after_all(browser: Browsers, morning: Morning) -> None:
    def not_begun(tx: Tx) -> None:
        tx.db.get_one(Meeting, morning.meeting_id).status = MeetingStatus.DRAFT

    morning.ctx.transaction(not_begun)
    mira = browser("Mira")
    assert "Duties" not in _text(mira.get("/meetings"))
    duties.settle(morning.ctx, meeting_id=morning.meeting_id, holders={(Duty.CLOCK, 0): _uid(morning, "Mira")})
    page = mira.get("/meetings").get_data(as_text=True)
    assert "The clock" in page
    offer = re.search(r'action="(/meetings/duties/\w+/offer)"', page)
    assert offer is not None
    assert mira.submit(offer[1], {}).status_code == 303
    assert "offered to all" in _text(mira.get("/meetings"))
    foreign = browser("Sam").submit(offer[1].replace("offer", "take"), {})
    assert foreign.status_code == 422
    assert "There is no such duty any more" in _text(foreign)
    assert mira.submit(offer[1].replace("offer", "keep"), {}).status_code == 303
    assert "Ask for somebody else" in _text(mira.get("/meetings"))
    assert mira.get(offer[1]).status_code in (302, 303)


def _form(browser: Browser, address: str) -> dict[str, Any]:
    """The fields of the form of a meeting as a browser would send them, with two lines of agenda."""
    two = {"kind": ["welcome", "rounds"], "title": ["Ciao", "Giri"], "minutes": ["5", "25"]}
    return _fields(browser.get(address).get_data(as_text=True)) | two | {"script": ["", ""], "line": ["", ""]}


def _fields(page: str) -> dict[str, Any]:
    form = page.split("data-meeting-form")[1].split("</form>")[0]
    found: dict[str, Any] = {}
    for name, value in re.findall(r'<input[^>]*? name="(\w+)"[^>]*? value="([^"]*)"', form):
        found.setdefault(name, []).append(unescape(value))
    for name, inner in re.findall(r'<select[^>]*? name="(\w+)"[^>]*>(.*?)</select>', form, flags=re.S):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        found.setdefault(name, []).append(chosen[1] if chosen else "")
    found["script"] = [unescape(text) for text in re.findall(r"<textarea[^>]*>([^<]*)</textarea>", form)]
    found.pop("csrf_token", None)
    found.pop("op", None)
    return found


@pytest.mark.parametrize("where", ["/o/meetings/new", "edit"])
def test_a_template_fills_the_form_and_is_put_back(browser: Browsers, morning: Morning, where: str) -> None:
    olga = browser("Olga")
    address = f"/o/{morning.meeting_uid}/edit" if where == "edit" else where
    before = _form(olga, address)
    page = olga.submit(address, before | {"template": "lunch", "template_use": "1"}).get_data(as_text=True)
    used = _fields(page)
    assert sum(map(int, used["minutes"])) == 120
    assert used["kind"] == ["open_networking", "welcome", "rounds", "break", "introductions", "announcements"]
    assert (used["rounds"], used["round_minutes"], used["table_size"]) == (["3"], ["10"], ["4"])
    assert "Nothing is saved yet" in page
    assert "Introductions: " in page
    answer = olga.submit(address, used | {"template_back": "1"})
    back = _fields(answer.get_data(as_text=True))
    assert back["minutes"] == before["minutes"]
    assert back["title"] == before["title"]
    assert back["rounds"] == before["rounds"]
    # What somebody wrote into the hidden field by hand changes nothing.
    broken = _fields(olga.submit(address, used | {"template_back": "1", "before": "[1"}).get_data(as_text=True))
    assert broken["minutes"] == used["minutes"]


def test_an_agenda_is_kept_as_a_template_and_taken_away(browser: Browsers, morning: Morning) -> None:
    olga, address = browser("Olga"), "/o/meetings/new"
    form = _form(olga, address)
    unnamed = olga.submit(address, form | {"template_save": "1", "template_name": " "})
    assert unnamed.status_code == 422
    assert "Give the template a name" in _text(unnamed)
    kept = olga.submit(address, form | {"template_save": "1", "template_name": "Ours"})
    assert "Kept as a template: Ours" in _text(kept)
    (template,) = agenda_templates.saved(morning.ctx, morning.group_id)  # type: ignore[arg-type]  # a plain key
    page = olga.submit(address, form | {"template": template.uid, "template_use": "1"}).get_data(as_text=True)
    assert _fields(page)["minutes"] == form["minutes"]
    foreign = browser("Sam").submit(address, form | {"template": template.uid, "template_use": "1"})
    assert "There is no such template any more" in _text(foreign)
    assert foreign.status_code == 422
    gone = olga.submit(address, form | {"template": template.uid, "template_remove": "1"})
    assert gone.status_code == 200
    assert "Taken away: Ours" in _text(gone)
    entry = re.search(r'name="template_restore" value="(\w+)"', gone.get_data(as_text=True))
    assert entry is not None
    back = olga.submit(address, form | {"template_restore": entry[1]})
    assert "Kept as a template: Ours" in _text(back)
    assert olga.submit(address, form | {"template": template.uid, "template_remove": "1"}).status_code == 200
    assert agenda_templates.saved(morning.ctx, morning.group_id) == ()  # type: ignore[arg-type]  # a plain key
    with morning.ctx.reading() as db:
        assert len(db.scalars(select(Meeting).where(Meeting.group_id == morning.group_id)).all()) == 1


def test_a_template_chosen_and_saved_is_the_meetings_agenda(browser: Browsers, morning: Morning) -> None:
    olga, address = browser("Olga"), "/o/meetings/new"
    page = olga.submit(address, _form(olga, address) | {"template": "gala", "template_use": "1"})
    made = olga.submit(address, _fields(page.get_data(as_text=True)) | {"name": "Gala"})
    assert made.status_code == 303
    newest = meetings.listed(morning.ctx, morning.group_id)[0][0]  # type: ignore[arg-type]  # a plain key
    _, agenda = meetings.show(morning.ctx, newest.id)
    assert [line.minutes for line in agenda] == [30, 10, 45, 60, 20, 10, 5]
