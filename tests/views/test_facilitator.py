"""The facilitator's console, as the browser gets it."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from server.domain.plan_runs import RunState
from server.domain.vocabulary import Uid
from server.persistence.models import AgendaItem, PlanRun
from server.services import check_ins, plan_runs
from server.services.context import Json, Tx
from tests.conftest import Browser, FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import DOOR, everybody_in, seat_rounds

Open = Callable[[str | None], Browser]
TABLES = [[("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")]] * 2


@pytest.fixture
def run(morning: Morning) -> str:
    return f"/run/{morning.meeting_uid}"


@pytest.fixture
def fiona(browser: Open) -> Browser:
    return browser("Fiona")


def _press(who: Browser, run: str, verb: str, version: int, number: int = 1, **more: object) -> tuple[int, Json]:
    answer = who.send(f"{run}/rounds/{number}/{verb}", {"version": version, **more})
    return answer.status_code, answer.get_json()


def test_the_console_is_complete_without_any_script(
    morning: Morning, fiona: Browser, run: str, clock: FakeClock
) -> None:
    everybody_in(morning, but=("Vik",))
    seat_rounds(morning, TABLES)
    _press(fiona, run, "start", 0)
    clock.pass_by(seconds=61)
    page = fiona.get(run).get_data(as_text=True)
    assert "Round 1 of 2" in page
    assert 'aria-label="Time left 4:00"' in page
    assert 'data-act="pause"' in page
    assert "Max D&#39;Alò" in page
    assert "Max is alone there" not in page
    assert "Max D&#39;Alò is alone there" in page


def test_each_state_of_the_round_offers_its_own_next_press(morning: Morning, fiona: Browser, run: str) -> None:
    def offered() -> str:
        page = fiona.get(run).get_data(as_text=True)
        return str(page.split('data-key="main"')[0].rsplit('data-act="', 1)[1].split('"')[0])

    assert offered() == "plan"
    everybody_in(morning)
    seat_rounds(morning, [TABLES[0]])
    for version, verb in enumerate(["start", "pause", "resume"]):
        assert offered() == verb
        assert _press(fiona, run, verb, version)[0] == 200
    assert _press(fiona, run, "end", 3)[0] == 200
    assert "All rounds are over" in fiona.get(run).get_data(as_text=True)


def test_every_press_answers_with_the_clock(morning: Morning, fiona: Browser, run: str) -> None:
    everybody_in(morning)
    seat_rounds(morning, TABLES)
    status, started = _press(fiona, run, "start", 0)
    assert (status, started["ok"], started["clock"]["phase"], started["clock"]["version"]) == (
        200,
        True,
        "running",
        1,
    )
    _, longer = _press(fiona, run, "adjust", 1, seconds=30)
    assert longer["clock"]["ends_at"] - started["clock"]["ends_at"] == 30_000
    _, paused = _press(fiona, run, "pause", 2)
    assert paused["clock"]["remaining_ms"] == 330_000
    _press(fiona, run, "resume", 3)
    _, ended = _press(fiona, run, "end", 4)
    assert (ended["clock"]["number"], ended["clock"]["phase"]) == (2, "planned")
    _, void = _press(fiona, run, "void", 0, number=2)
    assert (void["clock"]["number"], void["clock"]["phase"]) == (1, "ended")


def test_the_second_of_two_facilitators_is_told(morning: Morning, browser: Open, run: str) -> None:
    everybody_in(morning)
    seat_rounds(morning, TABLES)
    assert _press(browser("Fiona"), run, "start", 0)[0] == 200
    status, refused = _press(browser("Olga"), run, "start", 0)
    assert (status, refused["code"]) == (409, "round_moved_on")
    assert refused["text"] == "Somebody else was faster. This is how the round stands now."


def test_a_press_sent_twice_by_a_shaky_network_counts_once(morning: Morning, fiona: Browser, run: str) -> None:
    everybody_in(morning)
    seat_rounds(morning, TABLES)
    for _ in range(2):
        answer = fiona.send(f"{run}/rounds/1/start", {"version": 0}, op="one-press")
        assert (answer.status_code, answer.get_json()["clock"]["version"]) == (200, 1)


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("rounds/1/start", {}, "number_needed"),
        ("rounds/1/start", {"version": -1}, "number_out_of_range"),
        ("rounds/1/adjust", {"version": 0, "seconds": "30"}, "number_needed"),
        ("rounds/1/adjust", {"version": 0, "seconds": 9999}, "number_out_of_range"),
        ("rounds/9/start", {"version": 0}, "round_unknown"),
        ("message", {"message": "x" * 201}, "text_too_long"),
        ("message", {"message": 7}, "text_needed"),
    ],
)
def test_bad_presses_are_refused_in_a_sentence(
    morning: Morning, fiona: Browser, run: str, path: str, body: dict[str, object], code: str
) -> None:
    seat_rounds(morning, TABLES)
    answer = fiona.send(f"{run}/{path}", body)
    assert answer.status_code in {404, 422}
    assert (answer.get_json()["code"], answer.get_json()["text"][-1]) == (code, ".")


def _plan(who: Browser, run: str) -> None:
    """Press, and wait until the planner has said all it has to say."""
    assert who.send(f"{run}/plan").status_code == 202
    plan_runs.wait()


def test_planning_seats_everybody_in_the_room(morning: Morning, fiona: Browser, run: str) -> None:
    everybody_in(morning)
    _plan(fiona, run)
    state = fiona.get(f"/state/{morning.meeting_uid}").get_json()["snapshot"]
    assert (state["clock"]["number"], state["clock"]["of"], state["clock"]["phase"]) == (1, 4, "planned")
    assert (state["plan"]["version"], state["plan"]["run"]["live"]) == (1, False)
    page = fiona.get(run).get_data(as_text=True)
    assert "Nobody meets the same person again" in page
    assert "4 rounds, 6 people" in page


def test_an_empty_room_is_refused_in_a_sentence_on_every_console(browser: Open, fiona: Browser, run: str) -> None:
    _plan(fiona, run)
    for who in ("Fiona", "Olga"):
        assert "A plan needs at least two people in the room." in browser(who).get(run).get_data(as_text=True)


@pytest.mark.parametrize(
    ("state", "cost", "said"),
    [
        (RunState.SEATING, {}, ["Planning the rounds", "A moment", 'value="40"', "Enough, keep this plan"]),
        (
            RunState.IMPROVING,
            {"repeats": 2, "same_sector": 1, "wishes_missed": 3},
            [
                "Looking for better later rounds",
                "2 meetings of people who met before · 1 pair of one sector at a table · 3 wishes still open",
            ],
        ),
        (RunState.IMPROVING, {"repeats": 0}, ["Nobody meets the same person again"]),
        (RunState.STOPPED, {}, ["Stopped. The best plan so far was kept."]),
        (RunState.LOST, {}, ["The planning broke off."]),
    ],
)
def test_a_page_opened_in_the_middle_shows_how_far_the_planning_is(
    morning: Morning, fiona: Browser, run: str, state: RunState, cost: Json, said: list[str]
) -> None:
    def begin(tx: Tx) -> None:
        row = PlanRun(meeting_id=morning.meeting_id, state=state, began_at=tx.now, told_at=tx.now, share=40)
        row.cost = json.dumps(cost) if cost else ""
        tx.db.add(row)

    morning.ctx.transaction(begin)
    for page in (fiona.get(run).get_data(as_text=True), fiona.get(f"{run}/room").get_json()["html"]):
        for words in said:
            assert words in page


def test_whoever_has_enough_stops_a_run_that_somebody_else_began(
    morning: Morning, browser: Open, fiona: Browser, run: str
) -> None:
    everybody_in(morning)
    plan_runs.begin(morning.ctx, meeting_id=morning.meeting_id, pace=plan_runs.Pace(next_seconds=60))
    assert browser("Olga").send(f"{run}/plan/enough").status_code == 200
    plan_runs.wait()
    assert fiona.get(f"/state/{morning.meeting_uid}").get_json()["snapshot"]["plan"]["run"]["live"] is False


def test_before_the_start_it_says_who_meets_again(morning: Morning, fiona: Browser, run: str) -> None:
    everybody_in(morning, only=("Mira", "Vik"))
    _plan(fiona, run)
    page = fiona.get(run).get_data(as_text=True)
    assert "3 pairs meet again" in page
    assert "It cannot be avoided" in page
    assert "Mira Łukasik, Vik" in page or "Vik, Mira Łukasik" in page


def test_latecomers_and_leavers_are_named_with_those_they_leave_alone(
    morning: Morning, fiona: Browser, run: str
) -> None:
    everybody_in(morning, but=("Olga", "Vik"))
    seat_rounds(morning, [[("Olga", "Fiona"), ("Dora", "Mira", "Max")]])
    everybody_in(morning, only=("Vik",))
    uid = Uid(morning.attendances["Max"])
    check_ins.leave(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=uid, desk=DOOR)
    html = fiona.get(f"{run}/room").get_json()["html"]
    assert "3 people to look after" in html
    assert "Vik" in html.split("no seat yet")[0]
    assert "not here yet, round 1, table 1; Fiona Kelly is alone there" in html
    assert "left, round 1, table 2</span>" in html


def test_the_agenda_says_how_late_the_rounds_are(morning: Morning, fiona: Browser, run: str, clock: FakeClock) -> None:
    def write(tx: Tx) -> None:
        for position, (kind, title, minutes) in enumerate([("welcome", "Welcome", 5), ("rounds", "Rounds", 10)]):
            tx.db.add(
                AgendaItem(meeting_id=morning.meeting_id, position=position, kind=kind, title=title, minutes=minutes)
            )

    morning.ctx.transaction(write)
    everybody_in(morning)
    seat_rounds(morning, TABLES)
    assert "The rounds end" not in fiona.get(f"{run}/room").get_json()["html"]
    clock.pass_by(minutes=10 + 5 + 3)
    assert "3 minutes late" in fiona.get(f"{run}/room").get_json()["html"]
    clock.now -= timedelta(minutes=3)
    assert "On time" in fiona.get(f"{run}/room").get_json()["html"]


def test_one_line_goes_to_all_screens(fiona: Browser, run: str, morning: Morning) -> None:
    assert fiona.send(f"{run}/message", {"message": " Coffee until nine "}).status_code == 200
    state = fiona.get(f"/state/{morning.meeting_uid}").get_json()
    assert state["snapshot"]["meeting"]["message"] == "Coffee until nine"


def test_sam_sees_nothing(browser: Open, run: str) -> None:
    sam = browser("Sam")
    for path in (run, f"{run}/room"):
        assert sam.get(path).status_code == 404
    for path in ("plan", "plan/enough", "message", "rounds/1/start", "rounds/1/void"):
        assert sam.send(f"{run}/{path}", {"version": 0}).status_code == 404


@pytest.mark.parametrize("who", ["Dora", "Mira", "Vik", "display"])
def test_others_of_the_morning_may_not_press(browser: Open, run: str, who: str) -> None:
    assert browser(who).get(run).status_code == 403
    assert browser(who).send(f"{run}/rounds/1/start", {"version": 0}).status_code == 403


def test_the_console_asks_the_database_twelve_times_at_most(
    morning: Morning, fiona: Browser, run: str, statements: Statements
) -> None:
    everybody_in(morning)
    seat_rounds(morning, TABLES)
    with statements() as sent:
        fiona.get(run)
    assert len(sent) <= 12
