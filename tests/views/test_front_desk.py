"""The door over HTTP: what a greeter, a steward and strangers may do there."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pypdf
import pytest
from flask import Flask

from server.domain.vocabulary import Role
from server.persistence.models import Group
from server.services.context import Context, Tx
from tests import builders
from tests.cast import Character
from tests.conftest import Browser, FakeClock, Statements
from tests.mornings import Morning

OpenBrowser = Callable[[str | None], Browser]


@pytest.fixture
def dora(browser: OpenBrowser) -> Browser:
    """The greeter at Door 1."""
    return browser("Dora")


@pytest.fixture
def steward(app: Flask, ctx: Context, morning: Morning) -> Browser:
    """Somebody who scans and does nothing else."""
    here = {"group_id": morning.group_id, "meeting_id": morning.meeting_id}
    return Browser(app.test_client(), builders.signed_in(ctx, None, label="Door 2", role=Role.STEWARD, **here))


def _desk(morning: Morning, path: str = "") -> str:
    return f"/desk/{morning.meeting_uid}{path}"


def _scan(who: Browser, morning: Morning, name: str, **more: Any) -> Any:
    return who.send(_desk(morning, "/check-ins"), {"code": morning.codes[name], **more}).get_json()


def _found(who: Browser, morning: Morning, words: str) -> list[str]:
    reply = who.get(_desk(morning, "/people"), query_string={"q": words})
    return [person["name"] for person in reply.get_json()["people"]]


def test_a_greeters_page_has_search_walk_in_and_undo(dora: Browser, morning: Morning) -> None:
    _scan(dora, morning, "Mira")
    page = dora.get(_desk(morning)).get_data(as_text=True)
    assert "Mira Łukasik" in page
    assert "Max" not in page, "nobody is listed before coming in"
    for part in ("data-may-search", "data-may-add", "data-may-undo", "data-hits", "data-walk-in-form"):
        assert part in page


def test_a_steward_scans_and_sees_no_search_walk_in_or_undo(steward: Browser, morning: Morning) -> None:
    page = steward.get(_desk(morning)).get_data(as_text=True)
    for part in ("data-may-", "data-hits", "data-walk-in", "Undo"):
        assert part not in page
    assert _scan(steward, morning, "Mira")["answer"] == "welcome"
    uid = morning.attendances["Mira"]
    refused = {
        path: steward.send(_desk(morning, path), {"uid": uid, "given_name": "Zoë"}).status_code
        for path in ("/admissions", "/walk-ins", "/undos", "/exits", "/phone-codes", "/phone-undos")
    }
    assert set(refused.values()) == {403}, refused
    assert steward.get(_desk(morning, "/people"), query_string={"q": "mira"}).status_code == 403


def test_a_doors_state_names_only_those_who_came(steward: Browser, morning: Morning) -> None:
    _scan(steward, morning, "Mira")
    state = steward.get(f"/state/{morning.meeting_uid}").get_json()
    names = [line["name"] for line in state["snapshot"]["door"].values() if line.get("name")]
    assert names == ["Mira Łukasik"]
    assert len(state["snapshot"]["door"]) == 6


def test_sam_sees_nothing_of_the_door(browser: OpenBrowser, morning: Morning) -> None:
    sam = browser("Sam")
    assert sam.get(_desk(morning)).status_code == 404
    assert sam.get(_desk(morning, "/people"), query_string={"q": "mira"}).status_code == 404
    assert sam.send(_desk(morning, "/check-ins"), {"code": morning.codes["Mira"]}).status_code == 404
    assert browser(None).send(_desk(morning, "/check-ins"), {"code": "x"}).status_code == 401


def test_a_second_scan_says_since_when_and_by_whom(dora: Browser, steward: Browser, morning: Morning) -> None:
    first = _scan(dora, morning, "Mira")
    second = _scan(steward, morning, "Mira")
    assert (second["answer"], second["since"], second["desk"]) == ("already_in", first["since"], "Door 1")


def test_a_refusal_is_an_answer_with_its_sentence(dora: Browser, morning: Morning) -> None:
    reply = dora.send(_desk(morning, "/check-ins"), {"code": morning.codes["Sam"]})
    assert reply.status_code == 200
    answer = reply.get_json()
    assert (answer["ok"], answer["answer"], answer["reason"]) == (True, "refused", "other_group")
    assert answer["text"] == "This badge belongs to another group."


def test_a_scanner_on_a_foreign_keyboard_is_understood(dora: Browser, morning: Morning) -> None:
    garbled = "0000000000000"
    answer = dora.send(_desk(morning, "/check-ins"), {"code": garbled, "otherwise": [morning.codes["Max"]]}).get_json()
    assert (answer["answer"], answer["name"]) == ("welcome", "Max D'Alò")
    for otherwise in ("text", [1], ["x" * 41], ["x"] * 5):
        reply = dora.send(_desk(morning, "/check-ins"), {"code": garbled, "otherwise": otherwise})
        assert (reply.status_code, reply.get_json()["code"]) == (422, "text_needed")


@pytest.mark.parametrize("words", ["lukasik", "Łukasik", "LUKASIK mi", "mira luk", "foto"], ids=lambda words: words)
def test_a_name_is_found_however_it_is_typed(dora: Browser, morning: Morning, words: str) -> None:
    assert _found(dora, morning, words) == ["Mira Łukasik"]


def test_nobody_is_listed_before_two_characters(dora: Browser, morning: Morning) -> None:
    assert _found(dora, morning, "") == _found(dora, morning, "m") == _found(dora, morning, " m ") == []
    assert _found(dora, morning, "ma") == ["Max D'Alò", "Olga Marchetti"]


def test_a_search_shows_no_address_and_no_number(dora: Browser, morning: Morning) -> None:
    reply = dora.get(_desk(morning, "/people"), query_string={"q": "mira"}).get_data(as_text=True)
    assert "example.org" not in reply


def test_somebody_found_by_name_is_let_in(dora: Browser, morning: Morning) -> None:
    uid = morning.attendances["Vik"]
    answer = dora.send(_desk(morning, "/admissions"), {"uid": uid}).get_json()
    assert (answer["answer"], answer["guest_of"]) == ("welcome", "Mira Łukasik")
    (hit,) = dora.get(_desk(morning, "/people"), query_string={"q": "vik"}).get_json()["people"]
    assert (hit["in_room"], hit["desk"], hit["may_undo"]) == (True, "Door 1", True)
    assert dora.send(_desk(morning, "/admissions"), {"uid": "0" * 16}).status_code == 404


def test_a_walk_in_needs_a_name_and_nothing_else(dora: Browser, morning: Morning) -> None:
    answer = dora.send(_desk(morning, "/walk-ins"), {"given_name": "Zoë"}).get_json()
    assert (answer["answer"], answer["name"]) == ("welcome", "Zoë")
    refused = dora.send(_desk(morning, "/walk-ins"), {"given_name": "  "})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "name_missing")


def test_people_who_may_be_the_walk_in_are_offered_first(dora: Browser, morning: Morning) -> None:
    def likely(**typed: str) -> list[str]:
        reply = dora.get(_desk(morning, "/likely"), query_string=typed)
        return [person["name"] for person in reply.get_json()["people"]]

    assert likely(given_name="Mirra", family_name="Lukasic") == ["Mira Łukasik"]
    assert likely(given_name="Maks", family_name="Dalo") == ["Max D'Alò"]
    assert likely(given_name="Zoë", family_name="Quill") == []
    assert likely(given_name="x") == []


def test_somebody_of_the_group_who_is_not_on_the_list_is_offered_and_let_in(dora: Browser, morning: Morning) -> None:
    def work(tx: Tx) -> None:
        builders.a_member(tx, tx.db.get_one(Group, morning.group_id), Character("Anna", "Kowalska", "Acme", "Law", ""))

    morning.ctx.transaction(work)
    typed = {"given_name": "Anna", "family_name": "Kovalska"}
    (anna,) = dora.get(_desk(morning, "/likely"), query_string=typed).get_json()["people"]
    assert set(anna) == {"person", "name", "company", "standing", "in_room"}
    answer = dora.send(_desk(morning, "/walk-ins"), {"person": anna["person"]}).get_json()
    assert (answer["answer"], answer["name"]) == ("welcome", "Anna Kowalska")
    assert dora.get(_desk(morning, "/likely"), query_string=typed).get_json()["people"][0]["uid"] == answer["uid"]
    nobody = dora.send(_desk(morning, "/substitutes"), {"uid": morning.attendances["Max"], "person": "0" * 16})
    assert nobody.status_code == 404


def test_undo_and_a_leaving_count_at_once(dora: Browser, morning: Morning, clock: FakeClock) -> None:
    _scan(dora, morning, "Mira")
    _scan(dora, morning, "Max")
    undone = dora.send(_desk(morning, "/undos"), {"uid": morning.attendances["Mira"]}).get_json()
    assert undone["counts"]["in_room"] == 1
    left = dora.send(_desk(morning, "/exits"), {"uid": morning.attendances["Max"]}).get_json()
    assert (left["counts"]["in_room"], left["counts"]["came"]) == (0, 1)
    assert _scan(dora, morning, "Mira")["answer"] == "welcome"
    clock.pass_by(minutes=16)
    late = dora.send(_desk(morning, "/undos"), {"uid": morning.attendances["Mira"]})
    assert (late.status_code, late.get_json()["code"]) == (409, "undo_needs_reason")


def test_the_door_hands_out_a_code_and_takes_a_phone_back(dora: Browser, morning: Morning) -> None:
    uid = morning.attendances["Mira"]
    early = dora.send(_desk(morning, "/phone-codes"), {"uid": uid})
    assert (early.status_code, early.get_json()["code"]) == (409, "phone_not_in_room")
    _scan(dora, morning, "Mira")
    code = dora.send(_desk(morning, "/phone-codes"), {"uid": uid}).get_json()["code"]
    assert len(code) == 6
    assert code.isdigit()
    none = dora.send(_desk(morning, "/phone-undos"), {"uid": uid})
    assert (none.status_code, none.get_json()["code"]) == (409, "no_phone")


def test_a_facilitator_may_look_and_hand_out_a_code_but_lets_nobody_in(
    browser: OpenBrowser, dora: Browser, morning: Morning
) -> None:
    fiona = browser("Fiona")
    _scan(dora, morning, "Mira")
    uid = morning.attendances["Mira"]
    assert fiona.send(_desk(morning, "/phone-codes"), {"uid": uid}).status_code == 200
    assert _found(fiona, morning, "mira") == ["Mira Łukasik"]
    assert fiona.send(_desk(morning, "/check-ins"), {"code": morning.codes["Max"]}).status_code == 403


@pytest.mark.parametrize("path", ["", "/people?q=ma", "/likely?given_name=Mira"])
def test_the_door_asks_the_database_little(dora: Browser, morning: Morning, statements: Statements, path: str) -> None:
    for name in morning.codes:
        if name != "Sam":
            _scan(dora, morning, name)
    with statements() as sent:
        assert dora.get(_desk(morning, path)).status_code == 200
    assert len(sent) <= 12, sent


def test_a_group_comes_in_with_one_press(dora: Browser, steward: Browser, morning: Morning) -> None:
    uids = [morning.attendances[who] for who in ("Mira", "Max")]
    answer = dora.send(_desk(morning, "/group-admissions"), {"uids": uids}).get_json()
    assert [each["name"] for each in answer["people"]] == ["Mira Łukasik", "Max D'Alò"]
    assert answer["counts"]["in_room"] == 2
    for wrong, code in (("x", "text_needed"), ([1], "text_needed"), (["0"] * 31, "too_many_together")):
        reply = dora.send(_desk(morning, "/group-admissions"), {"uids": wrong})
        assert (reply.status_code, reply.get_json()["code"]) == (422, code)
    assert steward.send(_desk(morning, "/group-admissions"), {"uids": uids}).status_code == 403


def test_somebody_comes_for_somebody_else(dora: Browser, morning: Morning) -> None:
    body = {"uid": morning.attendances["Max"], "given_name": "Zoë"}
    answer = dora.send(_desk(morning, "/substitutes"), body).get_json()
    assert (answer["name"], answer["comes_for"]) == ("Zoë", "Max D'Alò")
    known = {"uid": morning.attendances["Olga"], "known": morning.attendances["Vik"]}
    assert dora.send(_desk(morning, "/substitutes"), known).get_json()["comes_for"] == "Olga Marchetti"


def _late(who: Browser, morning: Morning, name: str, *, at: int, sent: int) -> Any:
    headers = {"X-CSRF-Token": who.csrf(), "X-Operation-Id": f"{name}-{at}"}
    headers |= {"X-Scan-Sent": str(sent), "X-Scan-Saved": "1"}
    return who.client.post(
        _desk(morning, "/check-ins"), json={"code": morning.codes[name], "at": at}, headers=headers
    ).get_json()


def test_a_conflict_of_two_desks_is_heard_and_settled(dora: Browser, steward: Browser, morning: Morning) -> None:
    assert "conflict" not in _late(dora, morning, "Mira", at=1_000_000, sent=1_060_000)
    answer = _late(steward, morning, "Mira", at=5_000, sent=125_000)
    assert (answer["answer"], answer["conflict"]) == ("welcome", True)
    ((uid, clash),) = steward.get(f"/state/{morning.meeting_uid}").get_json()["snapshot"]["conflicts"].items()
    assert (clash["name"], clash["first"]["desk"], clash["second"]["desk"]) == ("Mira Łukasik", "Door 2", "Door 1")
    assert clash["second"]["at"] - clash["first"]["at"] == 60_000
    settle = _desk(morning, f"/conflicts/{uid}/settled")
    assert steward.send(settle, {"verdict": "same"}).status_code == 403
    assert dora.send(settle, {"verdict": "maybe"}).status_code == 422
    assert dora.send(settle, {"verdict": "same"}).status_code == 200
    assert dora.get(f"/state/{morning.meeting_uid}").get_json()["snapshot"]["conflicts"] == {uid: None}


def test_times_that_are_no_times_count_as_now(dora: Browser, morning: Morning) -> None:
    for number, (at, sent) in enumerate([("x", "1"), (True, "1"), (-1, "1"), (1, "x"), (1, "9" * 20), (10**16, "1")]):
        headers = {"X-CSRF-Token": dora.csrf(), "X-Operation-Id": f"t{number}", "X-Scan-Sent": sent}
        body = {"code": morning.codes["Mira"], "at": at}
        reply = dora.client.post(_desk(morning, "/check-ins"), json=body, headers=headers)
        assert reply.status_code == 200, reply.get_json()


def test_a_scan_belongs_to_the_device_and_not_to_its_session(dora: Browser, steward: Browser, morning: Morning) -> None:
    body = {"code": morning.codes["Mira"]}
    first = dora.send(_desk(morning, "/check-ins"), body, op="of-the-device").get_json()
    assert steward.send(_desk(morning, "/check-ins"), body, op="of-the-device").get_json() == first


def test_the_page_a_device_keeps_names_nobody(dora: Browser, morning: Morning) -> None:
    _scan(dora, morning, "Mira")
    page = dora.get(_desk(morning, "?kept=1")).get_data(as_text=True)
    assert "data-door" in page
    assert "Mira" not in page
    assert "Door 1" not in page


def test_the_worker_may_keep_this_page_only_and_the_pulse_asks_nobody(
    browser: OpenBrowser, morning: Morning, statements: Statements
) -> None:
    with statements() as sent:
        worker = browser(None).get(_desk(morning, "/worker.js"))
        assert browser(None).get(_desk(morning, "/pulse")).status_code == 204
    assert sent == []
    assert worker.mimetype == "text/javascript"
    assert worker.headers["Service-Worker-Allowed"] == _desk(morning)


def test_a_browser_may_ask_what_became_of_its_session(browser: OpenBrowser, morning: Morning) -> None:
    for who, standing in (("Dora", "in"), (None, "unknown")):
        assert browser(who).get(_desk(morning, "/standing")).get_json()["standing"] == standing


def test_sam_undoes_pays_and_settles_nothing(browser: OpenBrowser, morning: Morning) -> None:
    sam = browser("Sam")
    for path in ("/group-admissions", "/substitutes", "/payments", "/conflicts/0/settled", "/rests", "/wakings"):
        assert sam.send(_desk(morning, path), {}).status_code == 404


def test_in_the_room_now_is_one_number_wherever_it_stands(
    dora: Browser, browser: OpenBrowser, morning: Morning, clock: FakeClock
) -> None:
    """Entries less exits: on every screen, in the state, in the answer, in the spreadsheet and in the report."""
    for name in ("Mira", "Max", "Vik", "Fiona"):
        _scan(dora, morning, name)
    clock.pass_by(minutes=1)
    dora.send(_desk(morning, "/exits"), {"uid": morning.attendances["Max"]})
    dora.send(_desk(morning, "/undos"), {"uid": morning.attendances["Fiona"]})
    clock.pass_by(minutes=1)
    again = _scan(dora, morning, "Mira")["counts"]
    assert again == {"expected": 6, "came": 3, "in_room": 2, "visitors": 1}
    for who in ("Dora", "Fiona", "display"):
        state = browser(who).get(f"/state/{morning.meeting_uid}").get_json()["snapshot"]
        assert state["counts"] == again, who
    olga = browser("Olga")
    assert _number(dora.get(_desk(morning)), "data-count") == 2
    assert _number(olga.get(f"/o/{morning.meeting_uid}"), "data-count") == 2
    assert _number(browser("display").get(f"/display/{morning.meeting_uid}"), "data-here") == 2
    sheet = olga.get(f"/o/{morning.meeting_uid}/attendance.csv").get_data(as_text=True).lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(sheet)))
    assert sum(bool(row["Came at"]) and not row["Left at"] for row in rows) == 2
    assert sum(bool(row["Came at"]) for row in rows) == 3
    pdf = olga.get(f"/o/{morning.meeting_uid}/report.pdf").data
    text = " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())
    assert "3 came of 6 expected" in text
    assert len(re.findall(r"was here 06:50(?! 06:51)", text)) == 2, "two lines of the list came and did not leave"


def _number(page: Any, mark: str) -> int:
    found = re.search(rf"{mark}>(\d+)<", page.get_data(as_text=True))
    assert found is not None, mark
    return int(found.group(1))
