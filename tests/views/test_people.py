"""The organiser's pages of people and group, as the organiser's browser and everybody else's meet them."""

import io
import re
import time
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from server.domain.vocabulary import GroupId, MeetingStatus, Role, Standing
from server.formats import people_columns, tables
from server.persistence.models import Group, Meeting, Person, SessionRow
from server.services import attendance, people, people_out
from server.services.context import Context
from server.views.sentences import SENTENCES
from tests import builders
from tests.conftest import Browser, FakeClock, Statements
from tests.mornings import Morning
from tests.screens import Screen

Browsers = Callable[[str | None], Browser]
LIST = """First name,Last name,Company,Email
Anna,Nowak,Alfa,anna@example.org
,,Beta,b@example.org
Mira,Łukasik,Foto Łukasik,mira@example.org
""".encode()
ADDRESSES = ("", "?q=mira", "/new", "/import", "/export.csv")


def _text(answer: Any) -> str:
    """The words of a page, as a person reads them."""
    page = re.sub(r"<(script|select|datalist)\b.*?</\1>", " ", answer.get_data(as_text=True), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def _uid(morning: Morning, name: str) -> str:
    with morning.ctx.reading() as db:
        return db.get_one(Person, morning.people[name]).uid


def _upload(browser: Browser, data: bytes, name: str = "people.csv", **fields: object) -> Any:
    form = {"csrf_token": browser.csrf(), "file": (io.BytesIO(data), name), **fields}
    return browser.client.post("/o/people/import/preview", data=form, content_type="multipart/form-data")


def _bring(browser: Browser, fields: dict[str, str]) -> Any:
    """Press the button that brings them in, and wait until it is done."""
    begun = browser.submit("/o/people/import/run", fields)
    if begun.status_code != 303:
        return begun
    until = time.monotonic() + 60
    while "data-live" in (page := browser.get(begun.location)).get_data(as_text=True):
        assert time.monotonic() < until
        time.sleep(0.05)
    return page


def _hidden(page: str) -> dict[str, str]:
    """The hidden fields of the form that brings the people in."""
    form = page.split('action="/o/people/import/run"')[1].split("</form>")[0]
    found = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    del found["csrf_token"]  # every browser has its own
    return {name: unescape(value) for name, value in found.items()}


def test_the_list_shows_everybody_of_the_group_with_a_way_on(browser: Browsers) -> None:
    page = browser("Olga").get("/o/people")
    text = _text(page)
    assert page.status_code == 200
    assert "Members: 5 · Visitors: 1" in text
    assert "Mira Łukasik" in text
    assert "mira@example.org" in text
    assert "Stranger" not in text


def test_the_list_is_searched_and_narrowed_by_its_address(browser: Browsers) -> None:
    olga = browser("Olga")
    assert "People found: 1" in _text(olga.get("/o/people?q=lukasik"))
    found = _text(olga.get("/o/people?standing=visitor"))
    assert "Vik" in found
    assert "Max" not in found
    assert "Nobody fits" in _text(olga.get("/o/people?q=nobody"))
    assert "People found: 6" in _text(olga.get("/o/people?standing=king&page=x"))


def test_a_formula_or_a_script_in_a_name_is_only_a_name(browser: Browsers) -> None:
    olga = browser("Olga")
    name = "<script>alert(1)</script>"
    olga.submit("/o/people", {"given_name": name, "family_name": "=1+1", "standing": "member"})
    page = olga.get("/o/people").get_data(as_text=True)
    assert name not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; =1+1" in page
    assert b"'=1+1" in olga.get("/o/people/export.csv").data


@pytest.mark.parametrize(
    "path", ["/o/people", "/o/people?q=m", "person", "/o/people/new", "/o/group", "/o/group/devices"]
)
def test_every_page_asks_the_database_few_questions(
    browser: Browsers, morning: Morning, statements: Statements, path: str
) -> None:
    olga = browser("Olga")
    path = f"/o/people/{_uid(morning, 'Mira')}" if path == "person" else path
    with statements() as sent:
        assert olga.get(path).status_code == 200
    assert len(sent) <= 12, sent


def test_somebody_new_is_added_shown_and_changed(browser: Browsers, morning: Morning) -> None:
    olga = browser("Olga")
    made = olga.submit(
        "/o/people",
        {"given_name": "Żaneta", "family_name": "Łoś", "standing": "visitor", "country": "PL", "op": "one",
         "invited_by": "Mira Łukasik", "wants_sector": "Florist"},
    )  # fmt: skip
    assert made.status_code == 303
    text = _text(olga.get(made.location))
    assert all(word in text for word in ("Żaneta Łoś", "Visitor", "Poland", "Mira Łukasik", "Florist"))
    again = olga.submit("/o/people", {"given_name": "Żaneta", "family_name": "Łoś", "standing": "visitor",
                                      "country": "PL", "op": "one", "invited_by": "Mira Łukasik",
                                      "wants_sector": "Florist"})  # fmt: skip
    assert again.location == made.location, "sent twice, made once"
    form = olga.get(made.location + "/edit").get_data(as_text=True)
    assert 'value="Mira Łukasik"' in form
    changed = olga.submit(made.location, {"given_name": "Żaneta", "family_name": "Sarna", "standing": "member"})
    assert changed.status_code == 303
    assert "Żaneta Sarna" in _text(olga.get(changed.location))


@pytest.mark.parametrize(
    ("form", "field", "sentence"),
    [
        ({"given_name": " "}, "given_name", "A name is missing."),
        ({"given_name": "Anna", "email": "anna"}, "email", "This is not an e-mail address."),
        ({"given_name": "Anna", "invited_by": "Sam Stranger"}, "invited_by", "Nobody in the group is called Sam S"),
        ({"given_name": "Anna", "country": "XY"}, "country", "There is no country called XY."),
        ({"given_name": "Anna", "looks_for": "x" * 301}, "looks_for", "at most 300 characters"),
        ({"given_name": "Anna", "standing": "king"}, None, "Choose member, visitor or former."),
    ],
)
def test_a_refused_form_comes_back_as_typed_with_one_sentence(
    browser: Browsers, form: dict[str, str], field: str | None, sentence: str
) -> None:
    answer = browser("Olga").submit("/o/people", {"standing": "member", "company": "As typed & so", **form})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in _text(answer)
    assert 'value="As typed &amp; so"' in page
    if field:
        assert f'id="f-{field}-error"' in page


def test_somebody_is_taken_out_and_the_only_organiser_is_not(browser: Browsers, morning: Morning) -> None:
    olga = browser("Olga")
    gone = olga.submit(f"/o/people/{_uid(morning, 'Max')}/remove")
    assert "Former" in _text(olga.get(gone.location))
    refused = olga.submit(f"/o/people/{_uid(morning, 'Olga')}/remove")
    assert refused.status_code == 422
    assert "Nobody else can run this group." in _text(refused)


def test_a_personal_link_signs_that_person_in_once(
    browser: Browsers, morning: Morning, app: Flask, clock: FakeClock
) -> None:
    mira = _uid(morning, "Mira")
    page = browser("Olga").submit(f"/o/people/{mira}/link").get_data(as_text=True)
    address = re.search(r'value="(https://meet\.example\.org/link/[\w-]+)"', page)
    assert address is not None
    assert '<svg class="qr"' in page
    path = address[1].removeprefix("https://meet.example.org")
    phone = Browser(app.test_client(), None)
    assert "Sign in as Mira Łukasik" in _text(phone.get(path))
    assert phone.submit(path).status_code == 303
    assert phone.get("/o/people").status_code == 404, "a member does not manage people"
    other = Browser(app.test_client(), None)
    assert other.submit(path).status_code == 404
    clock.pass_by(days=8)
    assert "was already used or is too old" in _text(other.get(path))


def test_a_new_personal_link_makes_the_earlier_one_worthless(browser: Browsers, morning: Morning, app: Flask) -> None:
    olga, mira = browser("Olga"), _uid(morning, "Mira")
    first, second = (
        re.findall(r"/link/[\w-]{20,}", olga.submit(f"/o/people/{mira}/link").get_data(as_text=True))[0] for _ in "12"
    )
    phone = Browser(app.test_client(), None)
    assert phone.get(first).status_code == 404
    assert phone.get(second).status_code == 200


def test_a_secretary_manages_people_but_cannot_sign_in_as_one(morning: Morning, app: Flask) -> None:
    token = builders.signed_in(morning.ctx, morning.people["Max"], role=Role.SECRETARY, group_id=morning.group_id)
    secretary = Browser(app.test_client(), token)
    mira = _uid(morning, "Mira")
    page = secretary.get(f"/o/people/{mira}")
    assert page.status_code == 200
    assert "Personal link" not in _text(page)
    assert secretary.submit(f"/o/people/{mira}/link").status_code == 404
    assert secretary.get("/o/group/devices").status_code == 404


def test_a_file_is_looked_at_first_and_brought_in_afterwards(browser: Browsers, ctx: Context, morning: Morning) -> None:
    olga = browser("Olga")
    looked = _upload(olga, LIST)
    text = _text(looked)
    assert looked.status_code == 200
    assert "Bring in 1 people New: 1 · Changed: 0 · Unchanged: 1" in text
    assert "Line 3 A name is missing." in text
    assert people.listed(ctx, GroupId(morning.group_id), people.wanted()).total == 6
    done = _bring(olga, _hidden(looked.get_data(as_text=True)))
    assert "1 new 0 changed 1 unchanged 1 could not come in" in _text(done)
    assert people.listed(ctx, GroupId(morning.group_id), people.wanted("nowak")).total == 1


def test_the_bad_rows_can_be_taken_away_after_the_import_too(browser: Browsers) -> None:
    olga = browser("Olga")
    fields = _hidden(_upload(olga, LIST, "My members.csv").get_data(as_text=True))
    _bring(olga, fields)
    file = olga.submit("/o/people/import/rejected", fields)
    assert file.headers["Content-Disposition"] == 'attachment; filename="My members.rejected.csv"'
    assert file.data.decode("utf-8-sig").splitlines()[1] == "3,A name is missing.,,,Beta,b@example.org"


def test_a_file_without_bad_rows_is_gone_once_it_is_in(browser: Browsers, ctx: Context) -> None:
    olga = browser("Olga")
    fields = _hidden(_upload(olga, b"First name\nAnna\n").get_data(as_text=True))
    assert len(list((ctx.settings.instance / "uploads").iterdir())) == 1
    assert _bring(olga, fields).status_code == 200
    assert list((ctx.settings.instance / "uploads").glob("*.upload")) == []
    again = _bring(olga, fields)
    assert again.status_code == 422
    assert "The file is no longer kept here. Choose it again." in _text(again)


def test_a_kept_file_is_of_use_to_nobody_else(browser: Browsers, morning: Morning, app: Flask) -> None:
    fields = _hidden(_upload(browser("Olga"), LIST).get_data(as_text=True))
    assert browser("Sam").submit("/o/people/import/rejected", fields).status_code == 422
    token = builders.signed_in(morning.ctx, morning.people["Olga"], label="Another browser of hers")
    assert Browser(app.test_client(), token).submit("/o/people/import/run", fields).status_code == 422


def test_a_column_is_given_another_meaning_and_looked_at_again(
    browser: Browsers, ctx: Context, morning: Morning
) -> None:
    olga = browser("Olga")
    data = b"Who,What\nAnna Nowak,Flowers\n"
    assert "No column of people.csv holds names." in _text(_upload(olga, data))
    first = _hidden(_upload(olga, b"Name,What\nAnna Nowak,Flowers\n").get_data(as_text=True))
    looked = olga.submit(
        "/o/people/import/preview",
        {"token": first["token"], "column_0": "full_name", "column_1": "sector", "standing": "visitor"},
    )
    fields = _hidden(looked.get_data(as_text=True))
    assert (fields["column_1"], fields["standing"]) == ("sector", "visitor")
    _bring(olga, fields)
    (anna,) = people.listed(ctx, GroupId(morning.group_id), people.wanted("nowak")).people
    assert (anna.fields.sector, anna.standing) == ("Flowers", Standing.VISITOR)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "people.csv is empty."),
        (b"\x89PNG\r\n\x1a\n", "people.csv is not a table we can read (image). Save it as XLSX or CSV and try again."),
        (b"First name\n" + b"Anna\n" * 100_000, "people.csv has more than 5000 rows. Split it and import the parts."),
        (b'First name,Last name\n"Anna,Nowak\nBea,Rossi\n', "A quotation mark in line 2 of people.csv is never"),
    ],
    ids=["empty", "a picture", "100,000 rows", "an open quotation"],
)
def test_a_file_that_cannot_be_read_gets_one_clear_sentence(browser: Browsers, data: bytes, sentence: str) -> None:
    answer = _upload(browser("Olga"), data)
    assert answer.status_code == 422
    assert sentence in _text(answer)


def test_pressing_without_a_file_asks_for_one(browser: Browsers) -> None:
    answer = browser("Olga").submit("/o/people/import/preview")
    assert (answer.status_code, "Choose a file first." in _text(answer)) == (422, True)


def test_the_answer_of_a_form_opened_again_leads_back_to_the_form(browser: Browsers, morning: Morning) -> None:
    olga, mira = browser("Olga"), _uid(morning, "Mira")
    for path, target in (
        ("/o/people/import/preview", "/o/people/import"),
        ("/o/people/import/run", "/o/people/import"),
        (f"/o/people/{mira}/link", f"/o/people/{mira}"),
    ):
        assert olga.get(path).location == target


@pytest.mark.parametrize("language", ["en", "it", "pl"])
def test_what_the_page_exports_it_imports_unchanged(browser: Browsers, language: str) -> None:
    olga = browser("Olga")
    olga.client.set_cookie("coltiva_language", language)
    data = olga.get("/o/people/export.csv").data
    table = tables.read_table(data, name="export.csv")
    mapping = people_columns.guess_mapping(table.headers)
    assert [mapping.of(people_columns.Field(name)) for name in people_out.COLUMNS] == [
        (n,) for n in range(len(people_out.COLUMNS))
    ]
    olga.client.set_cookie("coltiva_language", "en")
    assert "New: 0 · Changed: 0 · Unchanged: 6" in _text(_upload(olga, data, "export.csv"))


def test_an_export_holds_the_people_found(browser: Browsers) -> None:
    data = browser("Olga").get("/o/people/export.csv?standing=visitor").data.decode("utf-8-sig")
    assert data.splitlines()[0].startswith("First name,Last name,Company,Sector,E-mail")
    assert [line.split(",")[0] for line in data.splitlines()[1:]] == ["Vik"]


def test_the_settings_are_changed_and_shown(browser: Browsers, ctx: Context, morning: Morning) -> None:
    olga = browser("Olga")
    assert "Colazione del giovedì" in olga.get("/o/group").get_data(as_text=True)
    form = {
        "name": "Czwartek", "language": "pl", "time_zone": "Europe/Warsaw", "currency": "pln",
        "base_url": "https://spotkanie.example.org", "own_network": "1",
    }  # fmt: skip
    assert olga.submit("/o/group", form).status_code == 303
    with ctx.reading() as db:
        group = db.get_one(Group, morning.group_id)
        assert (group.name, group.language, group.currency, group.own_network) == ("Czwartek", "pl", "PLN", True)
        assert db.get_one(Group, morning.other_group_id).name == "Elsewhere"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "A name is missing."),
        ({"time_zone": "Mars/Olympus"}, "There is no time zone called Mars/Olympus."),
        ({"currency": "EURO"}, "at most 3 characters"),
        ({"currency": "E1"}, "A currency has three letters, such as EUR."),
        ({"base_url": "http://192.168.1.5"}, "Use a name, not a number"),
        ({"language": "tlh"}, "Choose one of the languages offered."),
    ],
)
def test_settings_that_cannot_be_are_refused_with_one_sentence(
    browser: Browsers, change: dict[str, str], sentence: str
) -> None:
    form = {"name": "A", "language": "en", "time_zone": "Europe/Rome", "currency": "EUR", "base_url": ""}
    answer = browser("Olga").submit("/o/group", form | change)
    assert answer.status_code == 422
    assert sentence in _text(answer)


def test_a_link_makes_a_device_a_door_of_one_meeting(browser: Browsers, morning: Morning, app: Flask) -> None:
    page = browser("Olga").submit("/o/group/devices", {"role": "greeter", "meeting": morning.meeting_uid})
    path = re.findall(r"/link/[\w-]{20,}", page.get_data(as_text=True))[0]
    tablet = Browser(app.test_client(), None)
    assert "This device becomes a door" in _text(tablet.get(path))
    assert tablet.submit(path).location == f"/desk/{morning.meeting_uid}"
    assert tablet.get(f"/desk/{morning.meeting_uid}").status_code == 200
    assert tablet.get(f"/desk/{morning.other_meeting_uid}").status_code == 404
    assert "Signed in now: 8" in _text(browser("Olga").get("/o/group/devices"))


@pytest.mark.parametrize("role", ["organiser", "member", "king", ""])
def test_no_link_makes_a_device_more_than_a_device(browser: Browsers, morning: Morning, role: str) -> None:
    answer = browser("Olga").submit("/o/group/devices", {"role": role, "meeting": morning.meeting_uid})
    assert answer.status_code == 422
    assert "/link/" not in answer.get_data(as_text=True)


def test_a_device_of_another_groups_meeting_cannot_be_made(browser: Browsers, morning: Morning) -> None:
    answer = browser("Olga").submit("/o/group/devices", {"role": "greeter", "meeting": morning.other_meeting_uid})
    assert (answer.status_code, "There is no such meeting." in _text(answer)) == (422, True)


def test_a_device_that_is_sent_away_is_refused_at_once(browser: Browsers, morning: Morning) -> None:
    olga, dora = browser("Olga"), browser("Dora")
    assert dora.get(f"/desk/{morning.meeting_uid}").status_code == 200
    page = olga.get("/o/group/devices").get_data(as_text=True)
    row = next(row for row in page.split("<li>") if "Door 1" in row)
    path = re.search(r"/o/group/devices/\w{16}/revoke", row)
    assert path is not None
    assert olga.submit(path[0]).status_code == 303
    assert dora.get(f"/desk/{morning.meeting_uid}", headers={"Accept": "application/json"}).status_code == 401
    assert "Door 1" not in _text(olga.get("/o/group/devices"))
    assert olga.submit(path[0]).status_code == 404, "nothing left to send away"


def test_ones_own_browser_is_named_and_not_offered_to_be_sent_away(browser: Browsers) -> None:
    page = browser("Olga").get("/o/group/devices").get_data(as_text=True)
    row = next(row for row in page.split("<li>") if "Olga Marchetti" in row)
    assert "this browser" in row
    assert "/revoke" not in row


def test_sam_sees_nothing_of_these_people_and_devices(browser: Browsers, morning: Morning, ctx: Context) -> None:
    sam, mira = browser("Sam"), _uid(morning, "Mira")
    for path in (*("/o/people" + address for address in ADDRESSES), "/o/group", "/o/group/devices"):
        text = sam.get(path).get_data(as_text=True)
        assert not [name for name in ("Mira", "Colazione", "Door 1", "Photographer") if name in text], path
    for path in (f"/o/people/{mira}", f"/o/people/{mira}/edit"):
        assert sam.get(path).status_code == 404
    form = {"given_name": "Mine", "standing": "member"}
    assert sam.submit(f"/o/people/{mira}", form).status_code == 404
    assert sam.submit(f"/o/people/{mira}/remove").status_code == 404
    assert sam.submit(f"/o/people/{mira}/link").status_code == 404
    with ctx.reading() as db:
        session = db.scalars(select(SessionRow.uid).where(SessionRow.label == "Door 1")).one()
    assert sam.submit(f"/o/group/devices/{session}/revoke").status_code == 404
    assert people.listed(ctx, GroupId(morning.group_id), people.wanted("mira")).total == 1


@pytest.mark.parametrize("who", ["Mira", "Vik", "Dora", "Fiona", "display"])
def test_nobody_but_the_organiser_manages_people_or_the_group(browser: Browsers, who: str) -> None:
    other = browser(who)
    for path in (*("/o/people" + address for address in ADDRESSES), "/o/group", "/o/group/devices"):
        answer = other.get(path)
        assert answer.status_code in {403, 404}, path
        assert "mira@example.org" not in answer.get_data(as_text=True)


def test_over_an_open_network_the_pages_stay_on_the_organisers_computer(
    morning: Morning, app: Flask, ctx: Context
) -> None:
    away = {"REMOTE_ADDR": "192.0.2.7"}
    olga = Browser(app.test_client(), morning.tokens["Olga"])
    answer = olga.get("/o/people", environ_base=away)
    assert answer.status_code == 403
    assert "on the organiser's own computer only" in _text(answer)

    def declare(tx: Any) -> None:
        tx.db.get_one(Group, morning.group_id).own_network = True

    ctx.transaction(declare)
    assert olga.get("/o/people", environ_base=away).status_code == 200


def test_a_write_without_the_pages_token_is_refused(browser: Browsers, morning: Morning, ctx: Context) -> None:
    olga = browser("Olga")
    for path in ("/o/people", f"/o/people/{_uid(morning, 'Max')}/remove", "/o/group", "/o/people/import/run"):
        answer = olga.client.post(path, data={"given_name": "Anna", "standing": "member"})
        assert answer.status_code == 403, path
    assert people.listed(ctx, GroupId(morning.group_id), people.wanted()).total == 6


@pytest.mark.parametrize("status", [MeetingStatus.DRAFT, MeetingStatus.OPEN])
def test_an_open_list_at_the_door_follows_every_change_of_the_people(
    app: Flask, morning: Morning, browser: Browsers, status: MeetingStatus
) -> None:
    def prepare(tx: Any) -> None:
        tx.db.get_one(Meeting, morning.meeting_id).status = status

    morning.ctx.transaction(prepare)
    olga, mira, vik = browser("Olga"), _uid(morning, "Mira"), _uid(morning, "Vik")
    screens = {who: Screen(app, morning, who) for who in ("Dora", "Fiona", "Olga")}

    def all_follow(what: str) -> None:
        assert all(screen.hear() for screen in screens.values()), what
        assert {who: screen.behind() for who, screen in screens.items()} == {who: [] for who in screens}, what

    changes: list[tuple[str, dict[str, object]]] = [
        (f"/o/people/{mira}", {"given_name": "Mira", "family_name": "Adamska", "standing": "member"}),
        (f"/o/people/{vik}", {"given_name": "Vik", "standing": "member"}),
        (f"/o/people/{mira}/remove", {}),
    ]
    for path, form in changes:
        assert olga.submit(path, form).status_code == 303
        all_follow(path)
    if status is MeetingStatus.DRAFT:
        assert olga.submit("/o/people", {"given_name": "Zoe", "standing": "member"}).status_code == 303
        all_follow("somebody new")
    fields = _hidden(_upload(olga, LIST).get_data(as_text=True))
    assert _bring(olga, fields).status_code == 200
    all_follow("the import")
    names = {person.name for person in attendance.everybody(morning.ctx, morning.meeting_id)}
    assert ({"Zoe", "Anna Nowak"} <= names, "Mira Adamska" in names) == (
        (True, False) if status is MeetingStatus.DRAFT else (False, True)
    )


def test_every_refusal_of_a_row_can_be_said(app: Flask) -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(people_columns.__file__).parent.glob("*.py"))
    codes = set(re.findall(r'(?:RuleViolation|Note)\(\s*"(\w+)"', source)) | set(re.findall(r'problem="(\w+)"', source))
    assert codes
    assert codes <= SENTENCES.keys()


def test_two_records_are_seen_side_by_side_made_one_and_two_again(browser: Browsers, morning: Morning) -> None:
    olga = browser("Olga")
    made = olga.submit("/o/people", {"given_name": "Mira", "family_name": "Lukasik", "email": "mira@example.org",
                                     "company": "Foto", "standing": "visitor"})  # fmt: skip
    twin = made.location.rpartition("/")[2]
    page = olga.get("/o/people/duplicates")
    text = _text(page)
    assert "Pairs to look at: 1" in text
    assert "The same e-mail address" in text
    mira = _uid(morning, "Mira")
    beside = olga.get(f"/o/people/pair?one={twin}&other={mira}").get_data(as_text=True)
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', beside))
    assert hidden["stays"] == mira, "more hangs on the first one"
    assert hidden["value_email"] == "mira@example.org"
    assert hidden.keys().isdisjoint({"value_family_name", "value_company"}), "where they differ, somebody chooses"
    form = {name: value for name, value in hidden.items() if name.startswith("value_") or name in {"stays", "goes"}}
    done = olga.submit("/o/people/merge", {**form, "value_family_name": "Łukasik", "value_company": "Foto Łukasik"})
    assert done.status_code == 303
    assert "Mira Łukasik" in _text(olga.get(done.location))
    assert olga.get(f"/o/people/{twin}").status_code == 404
    changes = olga.get("/o/people/changes")
    assert "Mira Łukasik, Mira Lukasik" in _text(changes)
    (entry,) = re.findall(r"changes/(\w+)/take-back", changes.get_data(as_text=True))
    back = olga.submit(f"/o/people/changes/{entry}/take-back")
    assert "Everything is as it was." in _text(olga.get(back.location))
    assert olga.get(f"/o/people/{twin}").status_code == 200
    again = olga.submit(f"/o/people/changes/{entry}/take-back")
    assert (again.status_code, "already" in _text(again)) == (422, True)
    assert olga.submit("/o/people/two", {"one": mira, "other": twin}).status_code == 303
    assert "Nobody is here twice" in _text(olga.get("/o/people/duplicates"))


def test_a_merge_that_cannot_be_comes_back_with_one_sentence(browser: Browsers, morning: Morning) -> None:
    form = {"stays": _uid(morning, "Mira"), "goes": _uid(morning, "Olga"), "value_given_name": "Mira"}
    answer = browser("Olga").submit("/o/people/merge", form)
    assert answer.status_code == 422
    assert "Olga Marchetti signs in here" in _text(answer)


def test_somebody_of_another_group_sees_neither_pairs_nor_changes(browser: Browsers, morning: Morning) -> None:
    sam = browser("Sam")
    one, other = _uid(morning, "Mira"), _uid(morning, "Max")
    assert sam.get(f"/o/people/pair?one={one}&other={other}").status_code == 404
    form = {"stays": one, "goes": other, "value_given_name": "Mine"}
    assert sam.submit("/o/people/merge", form).status_code == 404
    assert sam.submit("/o/people/two", {"one": one, "other": other}).status_code == 404
    assert "no longer" in _text(sam.submit("/o/people/changes/0000000000000000/take-back"))
    assert "Mira" not in _text(sam.get("/o/people/changes"))


def test_roles_are_given_on_the_persons_page_and_taken_back(browser: Browsers, morning: Morning) -> None:
    olga = browser("Olga")
    address = f"/o/people/{_uid(morning, 'Mira')}"
    page = olga.get(address).get_data(as_text=True)
    assert "Undo the last change of roles" not in page
    assert olga.submit(f"{address}/roles", {"role": "secretary"}).status_code == 303
    page = olga.get(address).get_data(as_text=True)
    assert re.search(r'name="role" value="secretary" checked', page)
    entry = re.search(r'name="entry" value="(\w+)"', page)
    assert entry is not None
    assert olga.submit(f"{address}/roles/take-back", {"entry": entry[1]}).status_code == 303
    assert "Undo the last change of roles" not in olga.get(address).get_data(as_text=True)
    refused = olga.submit(f"/o/people/{_uid(morning, 'Olga')}/roles", {"role": "care"})
    assert "Nobody else can run this group" in _text(refused)
    assert "no such role" in _text(olga.submit(f"{address}/roles", {"role": "emperor"}))


def test_nobody_else_gives_roles(browser: Browsers, morning: Morning) -> None:
    address = f"/o/people/{_uid(morning, 'Mira')}/roles"
    for who in ("Mira", "Fiona", "Dora"):
        assert browser(who).submit(address, {"role": "organiser"}).status_code in (403, 404)
    assert browser("Sam").submit(address, {"role": "organiser"}).status_code == 404
