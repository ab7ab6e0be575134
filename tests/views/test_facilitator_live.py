"""What the facilitator does beside the clock, as the browser sends it: back, the log, latecomers, leavers, tables."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from server.services.context import Json
from server.views import log_words
from server.wire import log as log_wire
from tests.conftest import Browser, Statements
from tests.mornings import Morning
from tests.rooms import everybody_in, room_of, seat_rounds

Open = Callable[[str | None], Browser]
SERVICES = Path(log_words.__file__).parents[1] / "services"
PAIRS = [("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")]
ALONE = [("Olga", "Fiona"), ("Dora", "Mira"), ("Max",)]


@pytest.fixture
def run(morning: Morning) -> str:
    return f"/run/{morning.meeting_uid}"


@pytest.fixture
def fiona(browser: Open) -> Browser:
    return browser("Fiona")


def _start(who: Browser, run: str) -> None:
    assert who.send(f"{run}/rounds/1/start", {"version": 0}).status_code == 200


def _room(who: Browser, run: str) -> str:
    return str(who.get(f"{run}/room").get_json()["html"])


def _undo(morning: Morning, who: Browser, run: str) -> tuple[int, Json]:
    offered = log_wire.log(morning.ctx, morning.meeting_id)["undoable"]
    answer = who.send(f"{run}/undo", {"action": offered or ""})
    return answer.status_code, answer.get_json()


def test_a_start_is_taken_back_and_both_stand_in_the_log(morning: Morning, fiona: Browser, run: str) -> None:
    everybody_in(morning)
    seat_rounds(morning, [PAIRS])
    _start(fiona, run)
    assert 'data-undo-what="Round 1 started"' in _room(fiona, run)
    status, answer = _undo(morning, fiona, run)
    assert (status, answer["clock"]["phase"]) == (200, "planned")
    page = _room(fiona, run)
    assert "Taken back: Round 1 started" in page
    assert "data-undo-what" not in page
    assert "Fiona K." in page
    status, answer = _undo(morning, fiona, run)
    assert (status, answer["code"]) == (409, "nothing_to_take_back")


def test_the_log_is_a_page_and_a_file_in_the_readers_language(morning: Morning, fiona: Browser, run: str) -> None:
    assert "Nothing yet" in fiona.get(f"{run}/log").get_data(as_text=True)
    everybody_in(morning, but=("Vik",))
    seat_rounds(morning, [PAIRS] * 2)
    _start(fiona, run)
    fiona.send(f"{run}/rounds/1/adjust", {"version": 1, "seconds": -90})
    fiona.send(f"{run}/message", {"message": "Coffee <b>"})
    fiona.send(f"{run}/people/{morning.attendances['Vik']}/no-show", {"version": 0})
    page = fiona.get(f"{run}/log").get_data(as_text=True)
    assert "Round 1: 1:30 less" in page
    assert "Coffee &lt;b&gt;" in page
    assert "Vik did not come, seats free again" in page
    file = fiona.get(f"{run}/log.csv")
    assert file.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(file.get_data().decode("utf-8-sig"))))
    assert rows[0] == ["When", "What", "Who", "Taken back"]
    assert [row[1] for row in rows[1:]] == [
        "Round 1 started",
        "Round 1: 1:30 less",
        "Message on all screens: Coffee <b>",
        "Vik did not come, seats free again",
    ]
    assert {row[2] for row in rows[1:]} == {"Fiona K."}


def test_a_latecomer_is_offered_a_seat_now_while_half_of_the_round_is_left(
    morning: Morning, fiona: Browser, run: str
) -> None:
    everybody_in(morning, but=("Vik",))
    seat_rounds(morning, [ALONE, ALONE])
    _start(fiona, run)
    everybody_in(morning, only=("Vik",))
    assert 'data-when="now"' in _room(fiona, run)
    fiona.send(f"{run}/rounds/1/adjust", {"version": 1, "seconds": -200})
    assert 'data-when="next"' in _room(fiona, run)
    uid = morning.attendances["Vik"]
    answer = fiona.send(f"{run}/people/{uid}/seat", {"version": 0, "when": "now"}).get_json()
    assert (answer["number"], answer["table"]) == (1, 3)
    assert room_of(morning)[1][3] == {"Max", "Vik"}
    assert "data-when" not in _room(fiona, run)


def test_with_nobody_alone_a_latecomer_waits_for_the_next_round(morning: Morning, fiona: Browser, run: str) -> None:
    everybody_in(morning, but=("Vik",))
    seat_rounds(morning, [ALONE[:2], ALONE[:2]])
    _start(fiona, run)
    everybody_in(morning, only=("Vik",))
    assert 'data-when="next"' in _room(fiona, run)
    uid = morning.attendances["Vik"]
    for sent in ({"version": 0, "when": "soon"}, {"version": 0}):
        assert fiona.send(f"{run}/people/{uid}/seat", sent).status_code == 422
    assert fiona.send(f"{run}/people/{uid}/seat", {"version": 0, "when": "next"}).get_json()["number"] == 2


def test_whoever_leaves_and_the_table_that_is_skipped_are_one_press_each(
    morning: Morning, fiona: Browser, run: str
) -> None:
    everybody_in(morning)
    seat_rounds(morning, [PAIRS] * 2)
    _start(fiona, run)
    assert fiona.send(f"{run}/rounds/1/tables/1/out", {"version": 1}).get_json()["state"] == "skipped"
    assert "skipped" in _room(fiona, run)
    state = fiona.get(f"/state/{morning.meeting_uid}").get_json()["snapshot"]
    assert state["seating"]["1"]["closed"] == {"1": "skipped"}
    answer = fiona.send(f"{run}/people/{morning.attendances['Mira']}/leave", {"version": 0})
    assert answer.get_json()["ok"] is True
    assert "left" in _room(fiona, run) or "Mira" not in room_of(morning)[2]


def test_two_facilitators_at_once_make_one_change_and_the_other_is_told(
    morning: Morning, browser: Open, run: str
) -> None:
    everybody_in(morning, but=("Vik",))
    seat_rounds(morning, [PAIRS] * 2)
    uid = morning.attendances["Vik"]
    first, other = browser("Fiona"), browser("Olga")
    assert first.send(f"{run}/people/{uid}/no-show", {"version": 0}).status_code == 200
    refused = other.send(f"{run}/people/{uid}/no-show", {"version": 0})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "seats_moved_on")
    assert "Somebody else changed the seats" in refused.get_json()["text"]


def test_every_key_of_the_log_has_its_sentence() -> None:
    written = "\n".join(path.read_text(encoding="utf-8") for path in SERVICES.glob("*.py"))
    noted = set(re.findall(r'action_log\.note\([^)]*?key="(\w+)"', written))
    assert {"planned", "meeting_closed", "sound_tested"} <= noted
    assert noted <= log_words.WORDS.keys()
    for key in log_words.WORDS:
        assert f'"{key}"' in written or key in {"pair_apart", "pair_together"}, key


PATHS = ("undo", "rounds/1/tables/1/out", "people/0000000000000000/seat", "people/0000000000000000/no-show")


def test_sam_sees_nothing(browser: Open, run: str) -> None:
    sam = browser("Sam")
    for path in ("log", "log.csv"):
        assert sam.get(f"{run}/{path}").status_code == 404
    for path in (*PATHS, "people/0000000000000000/leave"):
        assert sam.send(f"{run}/{path}", {"version": 0, "when": "now"}).status_code == 404


@pytest.mark.parametrize("who", ["Dora", "Mira", "display"])
def test_others_of_the_morning_neither_press_nor_read_the_log(browser: Open, run: str, who: str) -> None:
    assert browser(who).get(f"{run}/log").status_code == 403
    for path in PATHS:
        assert browser(who).send(f"{run}/{path}", {"version": 0}).status_code == 403


def test_the_log_and_the_parts_of_the_console_ask_the_database_twelve_times_at_most(
    morning: Morning, fiona: Browser, run: str, statements: Statements
) -> None:
    everybody_in(morning, but=("Vik",))
    seat_rounds(morning, [PAIRS] * 2)
    _start(fiona, run)
    fiona.send(f"{run}/people/{morning.attendances['Vik']}/no-show", {"version": 0})
    for path, most in (("log", 8), ("log.csv", 8), ("room", 12)):
        with statements() as sent:
            fiona.get(f"{run}/{path}")
        assert len(sent) <= most, path
