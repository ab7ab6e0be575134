"""The agenda, the break, presentations and the close on the console, and the scripts in the meeting's form."""

import html
import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from server.domain.vocabulary import ExchangeState, MeetingStatus
from server.persistence.models import AgendaItem, Exchange, Meeting
from server.services import agenda_clock, meetings, speaking
from server.services.context import Json, Tx
from server.views.agenda_words import SCRIPTS
from tests import builders
from tests.conftest import Browser, FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import everybody_in, seat_rounds

Open = Callable[[str | None], Browser]
ITEMS = (("welcome", "Welcome", 5, ""), ("break", "Coffee", 10, "Off you go."), ("other", "Songs", 5, ""))


@pytest.fixture
def running(morning: Morning, clock: FakeClock) -> Morning:
    def write(tx: Tx) -> None:
        for position, (kind, title, minutes, script) in enumerate(ITEMS):
            row = AgendaItem(position=position, kind=kind, title=title, minutes=minutes, script=script)
            row.meeting_id = morning.meeting_id
            tx.db.add(row)

    morning.ctx.transaction(write)
    clock.now = builders.START
    return morning


@pytest.fixture
def run(running: Morning) -> str:
    return f"/run/{running.meeting_uid}"


@pytest.fixture
def fiona(browser: Open) -> Browser:
    return browser("Fiona")


def _part(who: Browser, run: str, name: str = "agenda") -> str:
    """A part of the console as text, without the screen reader's words."""
    part = who.get(f"{run}/{name}").get_json()["html"]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part))


def _send(who: Browser, run: str, path: str, /, **body: object) -> tuple[int, Json]:
    answer = who.send(f"{run}/{path}", body)
    return answer.status_code, answer.get_json()


def test_the_console_says_what_to_say_now_and_next(fiona: Browser, run: str) -> None:
    page = fiona.get(run).get_data(as_text=True)
    assert "Next: Welcome" in page
    assert "a special welcome to our visitors" in page
    assert _send(fiona, run, "agenda/forward", version=0)[0] == 200
    part = _part(fiona, run)
    assert "On now: Welcome" in part
    assert part.index("On now: Welcome") < part.index("a special welcome") < part.index("Next: Coffee")
    assert "Off you go." in part


def test_a_whole_agenda_is_pressed_through(running: Morning, fiona: Browser, run: str, clock: FakeClock) -> None:
    _, answer = _send(fiona, run, "agenda/forward", version=0)
    assert answer["stage"]["item"]["title"] == "Welcome"
    clock.pass_by(minutes=9)
    part = _part(fiona, run)
    assert "4 minutes late" in part
    assert "4 minutes over Coffee: 10 → 6 min" in part
    assert "Shorten to 6 min" in part
    stage = agenda_clock.read(running.ctx, running.meeting_id)
    parts = [{"item": stage.items[1].uid, "before": 10, "after": 6}]
    assert _send(fiona, run, "agenda/cut", version=1, parts=parts)[0] == 200
    assert "On time" in _part(fiona, run)
    _, answer = _send(fiona, run, "agenda/forward", version=2)
    assert answer["stage"]["pause"]["label"] == "Coffee"
    assert answer["stage"]["item"]["minutes"] == 6
    assert _send(fiona, run, "agenda/back", version=3)[1]["stage"]["item"]["title"] == "Welcome"
    assert _send(fiona, run, "agenda/skip", version=4)[1]["stage"]["next"]["title"] == "Songs"
    assert "left out" in _part(fiona, run)
    _send(fiona, run, "agenda/forward", version=5)
    _, answer = _send(fiona, run, "agenda/forward", version=6)
    assert "item" not in answer["stage"] or answer["stage"]["item"] is None
    assert "Next item" not in _part(fiona, run)
    status, refused = _send(fiona, run, "agenda/forward", version=7)
    assert (status, refused["text"]) == (409, "Every item of the agenda has had its turn.")


def test_a_cut_that_nobody_wants_is_not_offered_again(fiona: Browser, run: str, clock: FakeClock) -> None:
    _send(fiona, run, "agenda/forward", version=0)
    clock.pass_by(minutes=9)
    assert _send(fiona, run, "agenda/refuse", version=1, late=4)[0] == 200
    assert "Shorten" not in _part(fiona, run)
    clock.pass_by(minutes=3)
    part = _part(fiona, run)
    assert "7 minutes over" in part
    assert "Shorten these" in part
    assert "1 minute is still over after that" in part


def test_the_break_is_begun_changed_and_ended(fiona: Browser, run: str, clock: FakeClock) -> None:
    _, answer = _send(fiona, run, "pause/start", version=0, minutes=5, label="Coffee")
    pause = answer["stage"]["pause"]
    assert pause["ends_at"] - pause["began_at"] == 300_000
    _, answer = _send(fiona, run, "pause/adjust", version=1, minutes=1)
    assert answer["stage"]["pause"]["ends_at"] - pause["ends_at"] == 60_000
    page = fiona.get(run).get_data(as_text=True)
    assert re.search(r"data-pause data-on", page)
    assert _send(fiona, run, "pause/end", version=2)[1]["stage"]["pause"] is None
    assert _send(fiona, run, "pause/end", version=3)[1]["code"] == "no_pause"


def test_the_second_of_two_facilitators_is_told(browser: Open, run: str) -> None:
    assert _send(browser("Fiona"), run, "agenda/forward", version=0)[0] == 200
    status, refused = _send(browser("Olga"), run, "agenda/forward", version=0)
    assert (status, refused["text"]) == (409, "Somebody else was faster. This is how the agenda stands now.")


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("agenda/forward", {}, "number_needed"),
        ("agenda/forward", {"version": -1}, "number_out_of_range"),
        ("agenda/cut", {"version": 0, "parts": "x"}, "json_needed"),
        ("agenda/cut", {"version": 0, "parts": [1]}, "json_needed"),
        ("agenda/cut", {"version": 0, "parts": [{"item": "x", "before": 1}]}, "number_needed"),
        ("agenda/cut", {"version": 0, "parts": []}, "cut_is_none"),
        ("pause/start", {"version": 0, "minutes": 61}, "number_out_of_range"),
        ("pause/start", {"version": 0, "minutes": 5, "label": "x" * 81}, "text_too_long"),
        ("pause/adjust", {"version": 0, "minutes": 0}, "no_pause"),
        ("talks/open", {"minutes": 0}, "number_out_of_range"),
        ("talks/start", {"version": 0}, "talk_none"),
        ("talks/adjust", {"version": 0, "seconds": 500}, "number_out_of_range"),
        ("talks/move", {"version": 0, "who": 5}, "text_needed"),
    ],
)
def test_bad_presses_are_refused_in_a_sentence(fiona: Browser, run: str, path: str, body: Json, code: str) -> None:
    status, answer = _send(fiona, run, path, **body)
    assert status in {404, 409, 422}
    assert (answer["code"], answer["text"][-1]) == (code, ".")


def test_presentations_on_the_console(running: Morning, fiona: Browser, run: str, clock: FakeClock) -> None:
    assert "Nobody is in the room yet" in _part(fiona, run, "talks")
    everybody_in(running)
    assert "15 min for all, 145 s each" in _part(fiona, run, "talks")
    _, answer = _send(fiona, run, "talks/open", minutes=6)
    assert (answer["talk"]["phase"], answer["talk"]["of"]) == ("ready", 6)
    part = _part(fiona, run, "talks")
    assert "Max D&#39;Alò" in part
    assert "Start" in part
    assert _send(fiona, run, "talks/start", version=0)[0] == 200
    clock.pass_by(seconds=95)
    assert "over" in _part(fiona, run, "talks")
    assert _send(fiona, run, "talks/adjust", version=1, seconds=10)[0] == 200
    assert _send(fiona, run, "talks/pause", version=2)[1]["talk"]["phase"] == "paused"
    assert "Go on" in _part(fiona, run, "talks")
    assert _send(fiona, run, "talks/resume", version=3)[0] == 200
    _, answer = _send(fiona, run, "talks/next", version=4)
    assert answer["talk"]["over_ms"] > 0
    part = _part(fiona, run, "talks")
    assert "s over in all" in part
    assert "45 s for each to come" in part
    assert _send(fiona, run, "talks/pace", version=5, seconds=45)[0] == 200
    assert "45 s each" in _part(fiona, run, "talks")
    assert _send(fiona, run, "talks/skip", version=6)[0] == 200
    part = _part(fiona, run, "talks")
    assert "introduced by Mira Ł." in part
    assert "left out" in part
    uids = running.attendances
    assert _send(fiona, run, "talks/move", version=7, who=uids["Dora"], before=uids["Vik"])[0] == 200
    assert _send(fiona, run, "talks/leave-out", version=8, who=uids["Dora"])[0] == 200
    assert _send(fiona, run, "talks/put-back", version=9, who=uids["Dora"])[0] == 200
    assert _send(fiona, run, "talks/back", version=10)[1]["talk"]["who"]["short"] == "Max D."
    for version in range(11, 17):
        assert _send(fiona, run, "talks/skip", version=version)[0] in {200, 409}
    part = _part(fiona, run, "talks")
    assert "Everybody has spoken" in part
    assert "Back to the agenda" in part
    found = speaking.read(running.ctx, running.meeting_id)
    assert found is not None
    assert _send(fiona, run, "talks/away", version=found.rota.version)[1]["talk"] is None


def test_closing_shows_what_is_open_and_closes(
    running: Morning, browser: Open, fiona: Browser, run: str, clock: FakeClock
) -> None:
    everybody_in(running, but=("Vik",))
    seat_rounds(running, [[("Olga", "Fiona"), ("Dora", "Mira")]])
    fiona.send(f"{run}/rounds/1/start", {"version": 0})
    fiona.send(f"{run}/message", {"message": "Coffee"})
    _send(fiona, run, "talks/open")
    stage = agenda_clock.read(running.ctx, running.meeting_id)
    _send(fiona, run, "pause/start", version=stage.version, minutes=5)

    def ask(tx: Tx) -> None:
        tx.db.add(
            Exchange(
                meeting_id=running.meeting_id,
                asker_id=running.people["Mira"],
                asked_id=running.people["Max"],
                state=ExchangeState.WAITING,
                asked_at=tx.now,
            )
        )

    running.ctx.transaction(ask)
    part = _part(fiona, run, "closing")
    for words in (
        "Round 1 is still on Must be settled first",
        "Presentations are not put away",
        "A break is on",
        "On all screens: Coffee",
        "5 people are not checked out",
        "1 expected person never came",
        "2 devices are still joined",
        "1 request for contacts is unanswered",
        "A round is still on",
    ):
        assert words in part
    assert "The report can be printed" not in part
    assert "The report can be printed" in _part(browser("Olga"), run, "closing")
    assert _send(fiona, run, "closing/close")[1]["code"] == "close_round_runs"
    page = fiona.get(f"{run}/closing").get_json()["html"]
    presses = re.findall(r'data-url="([^"]+)" data-body="([^"]*)"', page)
    assert len(presses) == 8
    for url, body in presses:
        answer = fiona.send(url, _body(body))
        assert answer.status_code == 200, (url, answer.get_json())
    part = _part(fiona, run, "closing")
    assert "On all screens: Somebody waits for your contact." in part
    assert "unanswered" not in part
    fiona.send(f"{run}/message", {"message": ""})
    assert _send(fiona, run, "closing/close")[1]["status"] == "closed"
    part = _part(fiona, run, "closing")
    assert "The meeting is closed" in part
    assert "Open it again" in part
    clock.pass_by(minutes=1)
    assert _send(fiona, run, "closing/reopen")[1]["status"] == "open"


def _body(attribute: str) -> Json:
    """What a press sends, from its attribute."""
    return dict(json.loads(html.unescape(attribute)))


def test_in_a_draft_nothing_can_be_pressed_and_the_console_says_why(running: Morning, fiona: Browser, run: str) -> None:
    def shut(tx: Tx) -> None:
        tx.db.get_one(Meeting, running.meeting_id).status = MeetingStatus.DRAFT

    running.ctx.transaction(shut)
    for part in ("agenda", "talks", "closing"):
        assert "The doors are shut" in fiona.get(f"{run}/{part}").get_json()["html"]


PATHS = (
    "agenda/forward", "agenda/back", "agenda/skip", "agenda/cut", "agenda/refuse", "pause/start", "pause/adjust",
    "pause/end", "talks/open", "talks/start", "talks/pause", "talks/resume", "talks/adjust", "talks/next", "talks/skip",
    "talks/back", "talks/pace", "talks/move", "talks/leave-out", "talks/put-back", "talks/away", "closing/check-out",
    "closing/absent", "closing/devices", "closing/close", "closing/reopen",
)  # fmt: skip


def test_sam_sees_nothing_and_others_may_not_press(browser: Open, run: str) -> None:
    for part in ("agenda", "talks", "closing"):
        assert browser("Sam").get(f"{run}/{part}").status_code == 404
        for who in ("Dora", "Mira", "display"):
            assert browser(who).get(f"{run}/{part}").status_code == 403
    for path in PATHS:
        assert browser("Sam").send(f"{run}/{path}", {"version": 0}).status_code == 404
        assert browser("Mira").send(f"{run}/{path}", {"version": 0}).status_code == 403


@pytest.mark.parametrize("part", ["", "/agenda", "/talks", "/closing"])
def test_each_part_asks_the_database_twelve_times_at_most(
    running: Morning, fiona: Browser, run: str, statements: Statements, part: str
) -> None:
    everybody_in(running)
    speaking.begin(running.ctx, meeting_id=running.meeting_id)
    with statements() as sent:
        assert fiona.get(f"{run}{part}").status_code == 200
    assert len(sent) <= 12


def _form(browser: Browser, uid: str) -> Json:
    """Every field of the meeting's form as it stands."""
    page = browser.get(f"/o/{uid}/edit").get_data(as_text=True)
    lines = re.findall(r"<li data-line>.*?</li>", page, re.S)
    return {
        "name": "Breakfast no. 214",
        "place": "",
        "date": "2026-11-26",
        "time": "07:00",
        "rounds": "4",
        "round_minutes": "5",
        "table_size": "2",
        "line": [re.search(r'name="line" value="(\w*)"', each)[1] for each in lines],  # type: ignore[index]
        "kind": [re.search(r'<option value="(\w+)" selected', each)[1] for each in lines],  # type: ignore[index]
        "title": [re.search(r'name="title" value="([^"]*)"', each)[1] for each in lines],  # type: ignore[index]
        "minutes": [re.search(r'name="minutes" value="(\d*)"', each)[1] for each in lines],  # type: ignore[index]
        "script": [re.search(r"<textarea[^>]*>(.*?)</textarea>", each, re.S)[1] for each in lines],  # type: ignore[index]
    }


def test_the_organiser_writes_what_is_said_and_what_is_on_goes_on(
    running: Morning, browser: Open, run: str, clock: FakeClock
) -> None:
    _send(browser("Fiona"), run, "agenda/forward", version=0)
    olga = browser("Olga")
    form = _form(olga, running.meeting_uid)
    assert form["script"] == ["", "Off you go.", ""]
    form["script"] = ["Welcome, dear friends.\n\nSit down.", "", "Sing."]
    form["kind"][2] = "announcements"
    assert olga.submit(f"/o/{running.meeting_uid}/edit", form).status_code == 303
    stage = agenda_clock.read(running.ctx, running.meeting_id)
    assert stage.on is not None
    assert (stage.on.title, stage.on.script) == ("Welcome", "Welcome, dear friends.\n\nSit down.")
    assert [item.script for item in stage.items[1:]] == ["", "Sing."]
    assert stage.items[2].kind == "announcements"
    assert stage.on.line.began_at == builders.START


def test_a_script_that_is_a_speech_comes_back_with_its_line(running: Morning, browser: Open) -> None:
    olga = browser("Olga")
    form = _form(olga, running.meeting_uid) | {"script": ["", "x" * 601, ""]}
    answer = olga.submit(f"/o/{running.meeting_uid}/edit", form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Say it in at most 600 letters." in page
    assert '<details class="script" open>' in page


def test_a_first_meeting_has_scripts_and_the_next_one_keeps_them(morning: Morning, browser: Open) -> None:
    olga = browser("Olga")
    page = olga.get("/o/meetings/new").get_data(as_text=True)
    assert page.count('name="script"') == page.count('name="kind"')

    def give(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, morning.meeting_id)
        meeting.agenda = [AgendaItem(position=0, kind="welcome", title="Hello", minutes=5, script="Hello, you.")]

    morning.ctx.transaction(give)
    assert "Hello, you." in olga.get("/o/meetings/new").get_data(as_text=True)


def test_every_kind_has_short_words_in_every_language(running: Morning, browser: Open) -> None:
    seen = set()
    for language in ("en", "it", "pl"):
        olga = browser("Olga")
        olga.submit("/language", {"language": language})
        page = olga.get(f"/run/{running.meeting_uid}/agenda").get_json()["html"]
        script = re.search(r'<p class="script">(.*?)</p>', page, re.S)
        assert script is not None
        seen.add(script[1])
    assert len(seen) == 3
    assert all(len(str(words._args[0])) <= 300 for words in SCRIPTS.values())


def test_an_empty_agenda_says_so(morning: Morning, browser: Open) -> None:
    part = _part(browser("Fiona"), f"/run/{morning.meeting_uid}")
    assert "The organiser has not written an agenda." in part
    assert "Next item" not in part
    _, lines = meetings.show(morning.ctx, morning.meeting_id)
    assert lines == ()
    assert timedelta(minutes=sum(line.minutes for line in lines)) == timedelta()
