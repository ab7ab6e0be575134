"""The seating board, as the browser gets it: costs by name, reasons on a tap, changes that two people make at once."""

import json
import re
from collections.abc import Callable

import pytest

from server.domain.vocabulary import MeetingStatus, Uid
from server.persistence.models import Meeting
from server.services import check_ins, rounds
from server.services.context import Json, Tx
from tests.conftest import Browser, Statements
from tests.mornings import Morning
from tests.rooms import DOOR, everybody_in, room_of, seat_rounds

Open = Callable[[str | None], Browser]
PAIRS = [("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")]
OTHERS = [("Olga", "Dora"), ("Fiona", "Max"), ("Mira", "Vik")]


@pytest.fixture
def seats(morning: Morning) -> str:
    """The board's address; everybody is in, two rounds of pairs are planned."""
    everybody_in(morning)

    def want(tx: Tx) -> None:
        tx.db.get_one(Meeting, morning.meeting_id).rounds_wanted = 2

    morning.ctx.transaction(want)
    seat_rounds(morning, [PAIRS, OTHERS])
    return f"/run/{morning.meeting_uid}/seats"


@pytest.fixture
def fiona(browser: Open) -> Browser:
    return browser("Fiona")


def _uid(morning: Morning, who: str) -> Uid:
    return Uid(morning.attendances[who])


def _html(who: Browser, path: str) -> str:
    answer = who.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return str(answer.get_json()["html"])


def _version(who: Browser, seats: str) -> int:
    return int(who.get(f"{seats}/1").get_json()["version"])


def _send(who: Browser, seats: str, path: str, **body: object) -> tuple[int, Json]:
    answer = who.send(f"{seats}/{path}", {"version": _version(who, seats), **body})
    return answer.status_code, answer.get_json()


def _moves_in(html: str) -> Json:
    """What the button that makes the change would send."""
    text = re.search(r'data-moves="([^"]*)"', html)
    assert text is not None, html
    return json.loads(text.group(1).replace("&#34;", '"'))  # type: ignore[no-any-return]  # a list of moves


def test_the_board_is_complete_without_any_script(morning: Morning, fiona: Browser, seats: str) -> None:
    page = fiona.get(seats).get_data(as_text=True)
    assert page.count("data-person=") == 6
    assert page.index("Max D&#39;Alò") < page.index('data-name="Vik"')
    other = fiona.get(f"{seats}?round=2").get_data(as_text=True)
    assert other.index('data-name="Dora Wiśniewska"') < other.index('data-name="Fiona Kelly"')


def test_before_the_doors_open_nobody_is_missing(morning: Morning, fiona: Browser) -> None:
    def not_yet_open(tx: Tx) -> None:
        tx.db.get_one(Meeting, morning.meeting_id).status = MeetingStatus.DRAFT

    seat_rounds(morning, [PAIRS])
    pages = (f"/run/{morning.meeting_uid}", f"/run/{morning.meeting_uid}/seats")
    assert all("(not here)" in fiona.get(page).get_data(as_text=True) for page in pages)
    morning.ctx.transaction(not_yet_open)
    assert not any("not here" in fiona.get(page).get_data(as_text=True) for page in pages)


def test_a_round_that_has_begun_is_shown_and_not_changed(morning: Morning, fiona: Browser, seats: str) -> None:
    rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=1, version=0)
    page = fiona.get(f"{seats}?round=1").get_data(as_text=True)
    assert "This round has begun. Its seats stay as they are." in page
    assert "data-to=" not in page
    assert 'data-act="close"' not in page


def test_a_change_costs_what_it_costs_by_name_before_anybody_confirms(
    morning: Morning, fiona: Browser, seats: str
) -> None:
    before = room_of(morning)
    html = _html(fiona, f"{seats}/1/people/{_uid(morning, 'Fiona')}/cost?with={_uid(morning, 'Dora')}")
    assert "The plan would be worse." in html
    assert "Pairs that meet again: +1" in html
    assert re.search(r"together again \(round 2\)", html)
    assert "Olga Marchetti" in html
    assert room_of(morning) == before


def test_a_confirmed_change_is_made_and_taken_back(morning: Morning, fiona: Browser, seats: str) -> None:
    html = _html(fiona, f"{seats}/1/people/{_uid(morning, 'Fiona')}/cost?with={_uid(morning, 'Vik')}")
    status, answer = _send(fiona, seats, "moves", moves=_moves_in(html))
    assert (status, answer["ok"]) == (200, True)
    assert room_of(morning)[1][1] == {"Olga", "Vik"}
    parts = _html(fiona, f"{seats}/1")
    assert "keeps this seat" in parts
    assert "Take back" in parts
    assert _send(fiona, seats, "undo")[0] == 200
    assert room_of(morning)[1][1] == {"Olga", "Fiona"}


def test_a_change_that_breaks_a_rule_says_so_and_has_no_button(morning: Morning, fiona: Browser, seats: str) -> None:
    html = _html(fiona, f"{seats}/1/people/{_uid(morning, 'Vik')}/cost?table=1")
    assert "This breaks a rule." in html
    assert 'data-act="confirm"' not in html


def test_whoever_was_moved_by_hand_may_be_moved_again(morning: Morning, fiona: Browser, seats: str) -> None:
    _send(fiona, seats, "keep", person=_uid(morning, "Vik"), round=1)
    html = _html(fiona, f"{seats}/1/people/{_uid(morning, 'Fiona')}/cost?with={_uid(morning, 'Vik')}")
    assert "Do it anyway" in html
    assert _send(fiona, seats, "moves", moves=_moves_in(html))[0] == 200
    assert "Vik" in room_of(morning)[1][1]


def test_everybody_else_is_marked_when_somebody_is_chosen(morning: Morning, fiona: Browser, seats: str) -> None:
    marks = fiona.get(f"{seats}/1/people/{_uid(morning, 'Fiona')}/options").get_json()
    assert set(marks["people"]) == {_uid(morning, who) for who in ("Dora", "Mira", "Max", "Vik")}
    assert marks["people"][_uid(morning, "Dora")] == [1, 1]
    assert marks["tables"]["2"][0] == 2, "somebody would sit alone"


def test_a_tap_says_why_somebody_sits_there(morning: Morning, fiona: Browser, seats: str) -> None:
    html = _html(fiona, f"{seats}/2/people/{_uid(morning, 'Fiona')}")
    assert "Meets for the first time: Max D&#39;Alò" in html
    assert "Keep this seat" in html
    assert "Cheapest other seat" in html


def test_a_tap_on_somebody_without_a_seat_says_so(morning: Morning, fiona: Browser, seats: str) -> None:
    check_ins.add_walk_in(morning.ctx, meeting_id=morning.meeting_id, given_name="Zoë", desk=DOOR)
    page = fiona.get(seats).get_data(as_text=True)
    assert "1 person has no seat in this round" in page
    found = re.search(r'data-person="(\w+)" data-name="Zoë"', page)
    assert found is not None
    html = _html(fiona, f"{seats}/1/people/{found.group(1)}")
    assert "no seat yet" in html
    assert "Keep this seat" not in html


def test_why_not_with_somebody_names_the_way(morning: Morning, fiona: Browser, seats: str) -> None:
    html = _html(fiona, f"{seats}/1/people/{_uid(morning, 'Fiona')}/why-not?with={_uid(morning, 'Mira')}")
    assert "Why not together?" in html
    moves = _moves_in(html)
    assert _send(fiona, seats, "moves", moves=moves)[0] == 200
    assert any({"Fiona", "Mira"} <= people for people in room_of(morning)[1].values())


def test_people_who_are_to_be_kept_apart_are_offered_the_way_at_once(
    morning: Morning, fiona: Browser, seats: str
) -> None:
    status, answer = _send(
        fiona, seats, "pairs", **{"person": _uid(morning, "Olga"), "with": _uid(morning, "Fiona"), "wish": "apart"}
    )
    assert status == 200
    assert "They still sit together." in answer["html"]
    _send(fiona, seats, "moves", moves=_moves_in(answer["html"]))
    assert not any({"Olga", "Fiona"} <= people for tables in room_of(morning).values() for people in tables.values())
    page = fiona.get(seats).get_data(as_text=True)
    assert "kept apart" in page
    pair = re.search(r'data-act="unpair" data-of="(\w+)"', page)
    assert pair is not None
    assert _send(fiona, seats, f"pairs/{pair.group(1)}/let-go")[0] == 200
    assert "kept apart" not in fiona.get(seats).get_data(as_text=True)


def test_a_wish_that_is_fulfilled_already_says_so(morning: Morning, fiona: Browser, seats: str) -> None:
    both = {"person": _uid(morning, "Olga"), "with": _uid(morning, "Fiona")}
    _, answer = _send(fiona, seats, "pairs", **both, wish="together")
    assert "They meet already" in answer["html"]
    _, answer = _send(fiona, seats, "pairs", **{**both, "with": _uid(morning, "Vik")}, wish="apart")
    assert "They sit at no table together" in answer["html"]


def test_a_wish_about_somebody_who_left_waits(morning: Morning, fiona: Browser, seats: str) -> None:
    check_ins.leave(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=_uid(morning, "Vik"), desk=DOOR)
    _, answer = _send(
        fiona, seats, "pairs", **{"person": _uid(morning, "Olga"), "with": _uid(morning, "Vik"), "wish": "together"}
    )
    assert "there is no way to it now" in answer["html"]


def test_a_host_and_a_table_out_of_use_stand_under_what_is_settled(
    morning: Morning, fiona: Browser, seats: str
) -> None:
    assert _send(fiona, seats, "hosts", person=_uid(morning, "Mira"), table=1)[0] == 200
    assert _send(fiona, seats, "tables/3/close")[0] == 200
    page = fiona.get(seats).get_data(as_text=True)
    assert "hosts table 1" in page
    assert "out of use" in page
    console = fiona.get(seats.removesuffix("/seats")).get_data(as_text=True)
    assert "The seats do not follow yet what was settled by hand" in console
    assert _send(fiona, seats, "let-go", person=_uid(morning, "Mira"), round=0)[0] == 200
    assert _send(fiona, seats, "tables/3/open")[0] == 200
    assert "Nothing yet." in fiona.get(seats).get_data(as_text=True)


def test_of_two_facilitators_the_second_is_told(morning: Morning, browser: Open, seats: str) -> None:
    seen = _version(browser("Olga"), seats)
    assert _send(browser("Fiona"), seats, "keep", person=_uid(morning, "Vik"), round=1)[0] == 200
    answer = browser("Olga").send(f"{seats}/tables/2/close", {"version": seen})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "seats_moved_on")
    assert "Somebody else changed the seats." in answer.get_json()["text"]


def test_a_press_sent_twice_by_a_shaky_network_counts_once(morning: Morning, fiona: Browser, seats: str) -> None:
    html = _html(fiona, f"{seats}/1/people/{_uid(morning, 'Fiona')}/cost?with={_uid(morning, 'Vik')}")
    body: dict[str, object] = {"version": _version(fiona, seats), "moves": _moves_in(html)}
    answers = [fiona.send(f"{seats}/moves", body, op="one-press").get_json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert room_of(morning)[1][1] == {"Olga", "Vik"}


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("moves", {}, "moves_missing"),
        ("moves", {"moves": ["x"]}, "json_needed"),
        ("moves", {"moves": [{"round": 1, "person": "0" * 16, "with": "0" * 16}]}, "attendance_unknown"),
        ("moves", {"moves": [{"round": 9, "person": "0" * 16, "with": "0" * 16}]}, "round_unknown"),
        ("moves", {"moves": [{"round": 1, "person": "0" * 16}]}, "number_needed"),
        ("undo", {}, "seats_undo_too_late"),
        ("keep", {"person": "0" * 16, "round": 1}, "attendance_unknown"),
        ("hosts", {"person": "0" * 16, "table": 0}, "number_out_of_range"),
        ("pairs", {"person": "0" * 16, "with": "0" * 16, "wish": "marry"}, "pair_wish_unknown"),
        ("tables/0/close", {}, "table_out_of_range"),
    ],
)
def test_bad_changes_are_refused_in_a_sentence(
    fiona: Browser, seats: str, path: str, body: dict[str, object], code: str
) -> None:
    status, refused = _send(fiona, seats, path, **body)
    assert status in {404, 409, 422}
    assert (refused["code"], refused["text"][-1]) == (code, ".")


def test_sam_sees_nothing(morning: Morning, browser: Open, seats: str) -> None:
    sam = browser("Sam")
    who = _uid(morning, "Vik")
    for path in ("", "/1", f"/1/people/{who}", f"/1/people/{who}/options", f"/1/people/{who}/cost?table=1"):
        assert sam.get(f"{seats}{path}").status_code == 404
    for path in ("moves", "undo", "keep", "let-go", "hosts", "pairs", "tables/1/close", "tables/1/open"):
        assert sam.send(f"{seats}/{path}", {"version": 0}).status_code == 404


@pytest.mark.parametrize("who", ["Dora", "Mira", "Vik", "display"])
def test_others_of_the_morning_change_nothing(browser: Open, seats: str, who: str) -> None:
    assert browser(who).get(seats).status_code == 403
    assert browser(who).send(f"{seats}/tables/1/close", {"version": 0}).status_code == 403


def test_the_board_and_its_questions_ask_the_database_little(
    morning: Morning, fiona: Browser, seats: str, statements: Statements
) -> None:
    who = f"{seats}/1/people/{_uid(morning, 'Fiona')}"
    html = _html(fiona, f"{who}/cost?with={_uid(morning, 'Vik')}")
    _send(fiona, seats, "moves", moves=_moves_in(html))
    fiona.get(f"{who}/options")
    for path in (seats, f"{seats}/1", who, f"{who}/options", f"{who}/cost?with={_uid(morning, 'Mira')}"):
        with statements() as sent:
            assert fiona.get(path).status_code == 200
        assert len(sent) <= 12, path
