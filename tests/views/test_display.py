"""The wall as a browser gets it: what it shows, to whom, and what it never tells."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
import zxingcpp
from flask import Flask

from server.domain.vocabulary import Role
from server.persistence.models import Group, Person
from server.services import displays, meetings, rounds
from server.services.context import Tx
from server.views import guards, wall
from server.views.qr import qr_path
from tests import builders
from tests.cast import DORA, FIONA, MAX, MIRA, OLGA, VIK
from tests.conftest import Browser, FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import everybody_in, seat_rounds

Open = Callable[[str | None], Browser]
TABLES = [[("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")], [("Olga", "Mira"), ("Dora", "Vik"), ("Max", "Fiona")]]
WATCHERS = ("display", "Olga", "Fiona")


@pytest.fixture
def at(morning: Morning) -> str:
    return f"/display/{morning.meeting_uid}"


def _press(morning: Morning, verb: str, number: int, **more: object) -> None:
    listed = rounds.listed(morning.ctx, morning.meeting_id)
    version = next(each.clock.version for each in listed if each.number == number)
    getattr(rounds, verb)(morning.ctx, meeting_id=morning.meeting_id, number=number, version=version, **more)


def _page(browser: Open, at: str, who: str = "display") -> str:
    answer = browser(who).get(at)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def _scene(page: str) -> str:
    """The one scene that is shown."""
    shown = [name for name, hidden in re.findall(r'data-scene="(\w+)"( hidden)?', page) if not hidden]
    assert len(shown) == 1
    return str(shown[0])


def _part(page: str, mark: str) -> str:
    """The words between a marked element's start and the end of its list."""
    return str(page.split(mark, 1)[1].split("</ol>", 1)[0])


def _digits(page: str) -> str:
    clock = page.split('data-label="Time left"', 1)[1].split("</div>", 1)[0]
    return "".join(re.findall(r">([\d:])</span>", clock))


def test_before_the_rounds_the_wall_says_when_it_starts_and_where_phones_go(
    browser: Open, morning: Morning, at: str
) -> None:
    everybody_in(morning, only=("Olga", "Vik"))
    page = _page(browser, at)
    assert _scene(page) == "join"
    assert "Breakfast no. 214" in page
    assert "We start at 07:00." in page
    assert "In 10 minutes." in page
    assert "<b>meet.example.org</b>" in page
    assert re.search(r"data-here>2</b> here, <b[^>]*data-coming>4</b>", page)
    assert page.count("#bed-sprout") == 1
    assert page.count("#bed-bloom") == 1
    assert page.count("#bed-seed") == 4


def test_planned_seats_are_shown_by_name_before_the_round(browser: Open, morning: Morning, at: str) -> None:
    everybody_in(morning)
    seat_rounds(morning, TABLES)
    page = _page(browser, at)
    assert _scene(page) == "break"
    moves = re.findall(r'class="name">([^<]+)<', _part(page, "data-moves>"))
    assert moves == ["Dora W.", "Fiona K.", "Max D.", "Mira Ł.", "Olga M.", "Vik"]
    assert "Round 1 of 2" in page


def test_in_a_round_the_wall_shows_the_time_and_who_sits_where(
    browser: Open, morning: Morning, at: str, clock: FakeClock
) -> None:
    everybody_in(morning)
    seat_rounds(morning, TABLES)
    _press(morning, "start", 1)
    clock.pass_by(seconds=109)
    page = _page(browser, at)
    assert _scene(page) == "round"
    assert _digits(page) == "3:12"
    assert "proj ripe" not in page
    seats = _part(page, "data-seats>")
    assert [re.findall(r"<span>([^<]+)</span>", row) for row in seats.split("</li>")[:3]] == [
        ["Fiona K.", "Olga M."],
        ["Mira Ł.", "Dora W."],
        ["Max D.", "Vik"],
    ]


def test_a_pause_keeps_its_time(browser: Open, morning: Morning, at: str, clock: FakeClock) -> None:
    seat_rounds(morning, TABLES)
    _press(morning, "start", 1)
    clock.pass_by(seconds=61)
    _press(morning, "pause", 1)
    clock.pass_by(seconds=100)
    page = _page(browser, at)
    assert _digits(page) == "4:00"
    assert "Paused" in page


def test_the_last_30_seconds_have_their_own_ground_and_so_has_the_time_over(
    browser: Open, morning: Morning, at: str, clock: FakeClock
) -> None:
    seat_rounds(morning, TABLES)
    _press(morning, "start", 1)
    clock.pass_by(seconds=277)
    page = _page(browser, at)
    assert '<body class="proj ripe">' in page
    assert _digits(page) == "0:24"
    assert "Last 30 seconds" in page
    clock.pass_by(seconds=40)
    page = _page(browser, at)
    assert '<body class="proj ripe">' in page
    assert "Time is up" in page


def test_between_rounds_everybody_reads_where_they_come_from_and_where_they_go(
    browser: Open, morning: Morning, at: str, clock: FakeClock
) -> None:
    everybody_in(morning, but=("Vik",))
    seat_rounds(morning, TABLES)
    _press(morning, "start", 1)
    clock.pass_by(seconds=200)
    _press(morning, "end", 1)
    everybody_in(morning, only=("Vik",))
    page = _page(browser, at)
    assert _scene(page) == "break"
    rows = _part(page, "data-moves>").split("</li>")
    said = {re.findall(r'class="name">([^<]+)<', row)[0]: re.sub("<[^>]+>", " ", row).split()[1:] for row in rows[:6]}
    assert said["Dora W."] == ["W.", "stay", "at", "2"]
    assert said["Fiona K."] == ["K.", "1", "3"]
    assert said["Mira Ł."] == ["Ł.", "2", "1"]
    assert said["Vik"] == ["2"], "whoever was not there comes from nowhere"


def test_after_the_last_round_and_after_the_meeting_it_says_so(
    browser: Open, morning: Morning, at: str, clock: FakeClock
) -> None:
    everybody_in(morning)
    seat_rounds(morning, TABLES[:1])
    _press(morning, "start", 1)
    clock.pass_by(seconds=300)
    _press(morning, "end", 1)
    assert _scene(_page(browser, at)) == "done"
    meetings.close(morning.ctx, meeting_id=morning.meeting_id)
    assert _scene(_page(browser, at)) == "closed"


def test_the_organisers_line_stands_on_every_scene(browser: Open, morning: Morning, at: str) -> None:
    meetings.say(morning.ctx, meeting_id=morning.meeting_id, message="Coffee <b>is</b> ready")
    page = _page(browser, at)
    assert "<p>Coffee &lt;b&gt;is&lt;/b&gt; ready</p>" in page
    assert '<body class="proj told">' in page


def _secrets(morning: Morning) -> list[str]:
    cast = (OLGA, FIONA, DORA, MIRA, MAX, VIK)
    told = [each.family for each in cast if each.family]
    told += [each.company for each in cast] + [each.email for each in cast] + [each.sector for each in cast]
    return [*told, "+48 600 700 800", *morning.attendances.values(), *morning.codes.values()]


@pytest.mark.parametrize("who", WATCHERS)
def test_nobody_reads_a_family_name_a_company_or_a_number_on_the_wall(
    app: Flask, browser: Open, morning: Morning, at: str, clock: FakeClock, who: str
) -> None:
    def work(tx: Tx) -> None:
        tx.db.get_one(Person, morning.people["Mira"]).phone = "+48 600 700 800"

    morning.ctx.transaction(work)
    socket = app.extensions["coltiva_sockets"].test_client(app, flask_test_client=browser(who).client)
    answer = socket.emit("join", {"meeting": morning.meeting_uid, "screen": "display"}, callback=True)
    told: list[Any] = [answer]
    everybody_in(morning)
    seat_rounds(morning, TABLES)
    told += [_page(browser, at, who), browser(who).get(f"{at}/state").get_json()]
    _press(morning, "start", 1)
    clock.pass_by(seconds=300)
    told += [_page(browser, at, who), browser(who).get(f"{at}/state").get_json()]
    _press(morning, "end", 1)
    told += [_page(browser, at, who), browser(who).get(f"{at}/state").get_json()]
    told += [message["args"][0] for message in socket.get_received() if message["name"] == "news"]
    heard = {each["audience"] for each in told if isinstance(each, dict) and "audience" in each}
    assert heard == {"everyone", "displays"}
    everything = json.dumps(told, ensure_ascii=False)
    assert "Mira Ł." in everything
    assert [secret for secret in _secrets(morning) if secret in everything] == []


def test_whoever_opens_the_wall_hears_what_a_wall_hears(app: Flask, browser: Open, morning: Morning, at: str) -> None:
    for who in WATCHERS:
        fresh = browser(who).get(f"{at}/state").get_json()
        assert set(fresh["snapshot"]) == {"meeting", "clock", "counts", "seats"}
        assert set(fresh["audiences"]) == {"everyone", "displays"}


def test_a_phone_may_not_ask_for_the_walls_news(app: Flask, browser: Open, morning: Morning) -> None:
    socket = app.extensions["coltiva_sockets"].test_client(app, flask_test_client=browser("Mira").client)
    answer = socket.emit("join", {"meeting": morning.meeting_uid, "screen": "display"}, callback=True)
    assert "seats" not in answer["snapshot"]


def test_sam_of_another_group_sees_nothing(browser: Open, morning: Morning, at: str) -> None:
    for path in (at, f"{at}/state"):
        answer = browser("Sam").get(path)
        assert answer.status_code == 404
        assert "Breakfast" not in answer.get_data(as_text=True)


def test_a_member_is_refused_and_nobody_is_asked_for_the_code(browser: Open, morning: Morning, at: str) -> None:
    assert browser("Mira").get(at).status_code == 403
    answer = browser(None).get(at, headers={"Accept": "text/html"})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/display?")


def test_the_display_code_makes_a_screen_a_display_and_stands_in_no_address(
    app: Flask, browser: Open, morning: Morning, at: str
) -> None:
    code = displays.code_for(morning.ctx, meeting_id=morning.meeting_id)
    screen = browser(None)
    assert 'name="code"' in screen.get("/display").get_data(as_text=True)
    answer = screen.submit("/display", {"code": f" {code.lower()} "})
    assert (answer.status_code, answer.headers["Location"]) == (303, at)
    assert code not in answer.get_data(as_text=True)
    assert _scene(screen.get(at).get_data(as_text=True)) == "join"
    assert screen.get("/display").headers["Location"] == at, "a display does not ask twice"
    assert screen.get(f"/desk/{morning.meeting_uid}").status_code == 403


def test_a_wrong_code_is_said_at_the_form(browser: Open, morning: Morning) -> None:
    displays.code_for(morning.ctx, meeting_id=morning.meeting_id)
    answer = browser(None).submit("/display", {"code": "0123456789"})
    assert answer.status_code == 422
    assert "not the code of a meeting" in answer.get_data(as_text=True)
    assert 'value="0123456789"' in answer.get_data(as_text=True)


def test_the_code_of_a_closed_meeting_opens_nothing(browser: Open, morning: Morning) -> None:
    code = displays.code_for(morning.ctx, meeting_id=morning.meeting_id)
    meetings.close(morning.ctx, meeting_id=morning.meeting_id)
    assert browser(None).submit("/display", {"code": code}).status_code == 422


def test_one_code_feeds_so_many_screens_and_no_more(browser: Open, morning: Morning, clock: FakeClock) -> None:
    code = displays.code_for(morning.ctx, meeting_id=morning.meeting_id)
    # The morning already has one display of its own.
    for _ in range(morning.ctx.settings.max_per_code - 1):
        assert browser(None).submit("/display", {"code": code}).status_code == 303
    refused = browser(None).submit("/display", {"code": code})
    assert refused.status_code == 422
    assert "10 screens" in refused.get_data(as_text=True)
    clock.pass_by(hours=19)
    assert browser(None).submit("/display", {"code": code}).status_code == 303, "yesterday's screens do not count"


def test_without_an_address_of_its_own_the_wall_shows_the_one_of_this_network(
    browser: Open, morning: Morning, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(tx: Tx) -> None:
        tx.db.get_one(Group, morning.group_id).base_url = ""

    morning.ctx.transaction(work)
    monkeypatch.setattr("server.views.display.own_addresses", lambda: ("fe80::1", "192.168.1.20"))
    answer = browser("display").get(at, base_url="http://localhost:8092")
    assert "<b>192.168.1.20:8092</b>" in answer.get_data(as_text=True)


def test_the_square_on_the_wall_is_read_by_any_phone() -> None:
    drawn = qr_path("http://192.168.1.20:8092/")
    modules = np.full((drawn.size, drawn.size), 255, dtype=np.uint8)
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)", drawn.path):
        modules[int(y), int(x) : int(x) + int(run)] = 0
    picture = np.kron(np.pad(modules, 2, constant_values=255), np.ones((8, 8), dtype=np.uint8))
    assert zxingcpp.read_barcodes(picture)[0].text == "http://192.168.1.20:8092/"


def test_the_wall_asks_the_database_little(
    browser: Open, morning: Morning, at: str, statements: Statements
) -> None:
    everybody_in(morning)
    seat_rounds(morning, TABLES)
    _press(morning, "start", 1)
    display = browser("display")
    display.get(at)
    with statements() as sent:
        display.get(at)
    assert len(sent) <= 12


def test_a_display_of_another_group_is_a_stranger(app: Flask, morning: Morning, at: str) -> None:
    foreign = builders.signed_in(morning.ctx, None, role=Role.DISPLAY, group_id=morning.other_group_id)
    client = app.test_client()
    client.set_cookie(guards.COOKIE, foreign)
    assert client.get(at).status_code == 404


@pytest.mark.parametrize(
    ("people", "tables", "lines"),
    [(2, 10, 1), (3, 10, 1), (4, 6, 2), (6, 6, 2), (7, 4, 3), (12, 3, 4), (13, 2, 5)],
)
def test_fuller_tables_take_more_of_a_page(people: int, tables: int, lines: int) -> None:
    full: wall.Tables = [(1, ["Mira Ł."] * people), (2, ["Max D."])]
    assert (wall.tables_a_page(full), wall.lines_of(full)) == (tables, lines)


def test_those_who_sit_out_stand_behind_the_tables() -> None:
    seating = {"tables": {"2": [{"short": "A."}], "1": [{"short": "B."}]}, "byes": [{"short": "C.", "from": 2}]}
    assert wall.tables_of(seating) == [(1, ["B."]), (2, ["A."]), (None, ["C."])]
    assert wall.moves_of(seating)[-1] == ("C.", 2, None)


def test_a_sprout_that_grew_stays_where_it_is() -> None:
    before = wall.places_of({"expected": 40, "came": 12, "in_room": 12, "visitors": 3})
    after = wall.places_of({"expected": 40, "came": 13, "in_room": 13, "visitors": 4})
    assert [before.count(kind) for kind in ("sprout", "bloom", "seed")] == [9, 3, 28]
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1
    assert wall.places_of({"expected": 400, "came": 0, "in_room": 0, "visitors": 0}) == []


def test_a_meeting_of_another_day_has_no_countdown(
    browser: Open, morning: Morning, at: str, clock: FakeClock
) -> None:
    clock.now -= timedelta(days=2)
    token = builders.signed_in(
        morning.ctx, None, role=Role.DISPLAY, group_id=morning.group_id, meeting_id=morning.meeting_id
    )
    display = browser(None)
    display.client.set_cookie(guards.COOKIE, token)
    page = display.get(at).get_data(as_text=True)
    assert re.search(r"data-until></span>", page)
