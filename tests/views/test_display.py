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

from printables.colours import table_look
from server import assets
from server.domain.vocabulary import Role
from server.persistence.models import AgendaItem, Group, Person
from server.services import agenda_clock, announcements, displays, meetings, rounds, sound, speaking
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
    shown = page.split(f'data-scene="{_scene(page)}"', 1)[1]
    clock = shown.split('data-label="Time left"', 1)[1].split("</div>", 1)[0]
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
    announcements.say(morning.ctx, meeting_id=morning.meeting_id, message="Coffee <b>is</b> ready")
    page = _page(browser, at)
    assert "<p>Coffee &lt;b&gt;is&lt;/b&gt; ready</p>" in page
    assert '<body class="proj told">' in page


def test_the_ground_turns_when_the_room_wants_it(browser: Open, morning: Morning, at: str, clock: FakeClock) -> None:
    seat_rounds(morning, TABLES)
    sound.change(morning.ctx, meeting_id=morning.meeting_id, last_seconds=60)
    _press(morning, "start", 1)
    clock.pass_by(seconds=250)
    page = _page(browser, at)
    assert '<body class="proj ripe">' in page
    assert "Last 60 seconds" in page
    sound.change(morning.ctx, meeting_id=morning.meeting_id, last_seconds=0)
    clock.pass_by(seconds=45)
    assert '<body class="proj">' in _page(browser, at)
    clock.pass_by(seconds=10)
    page = _page(browser, at)
    assert '<body class="proj ripe">' in page, "the end is seen all the same"
    assert "Time is up" in page


def test_at_half_time_the_wall_asks_to_swap_unless_nobody_wants_it(
    browser: Open, morning: Morning, at: str, clock: FakeClock
) -> None:
    seat_rounds(morning, TABLES)
    _press(morning, "start", 1)
    clock.pass_by(seconds=155)
    page = _page(browser, at)
    assert "Half-time. Now the other one speaks." in page
    assert "Swap speakers" in page
    sound.change(morning.ctx, meeting_id=morning.meeting_id, half_time=False)
    assert "Swap speakers" not in _page(browser, at)
    sound.change(morning.ctx, meeting_id=morning.meeting_id, half_time=True)
    clock.pass_by(seconds=20)
    assert "Swap speakers" not in _page(browser, at)


AGENDA = (("open_networking", "Coffee", 15), ("welcome", "Welcome", 5), ("rounds", "Rounds", 30), ("other", "News", 7))


def _with_an_agenda(morning: Morning) -> None:
    def work(tx: Tx) -> None:
        for place, (kind, title, minutes) in enumerate(AGENDA):
            row = {"meeting_id": morning.meeting_id, "position": place, "kind": kind, "title": title}
            tx.db.add(AgendaItem(minutes=minutes, **row))

    morning.ctx.transaction(work)


def _forward(morning: Morning) -> None:
    version = agenda_clock.read(morning.ctx, morning.meeting_id).version
    agenda_clock.forward(morning.ctx, meeting_id=morning.meeting_id, version=version)


def test_the_item_that_is_on_and_what_comes_stand_on_the_wall_outside_the_rounds(
    browser: Open, morning: Morning, at: str, clock: FakeClock
) -> None:
    _with_an_agenda(morning)
    everybody_in(morning)
    _forward(morning)
    assert _scene(_page(browser, at)) == "join", "who comes in looks for the square, not for the agenda"
    _forward(morning)
    clock.pass_by(seconds=60)
    page = _page(browser, at)
    assert (_scene(page), _digits(page)) == ("item", "4:00")
    assert "data-item>Welcome</h1>" in page
    assert "Then: Rounds, 30 min" in page
    _forward(morning)
    seat_rounds(morning, TABLES)
    assert _scene(_page(browser, at)) == "break"
    for number in (1, 2):
        _press(morning, "start", number)
        assert _scene(_page(browser, at)) == "round"
        clock.pass_by(seconds=300)
        _press(morning, "end", number)
    if _scene(_page(browser, at)) == "done":
        _forward(morning)
    assert "data-item>News</h1>" in _page(browser, at)


def test_a_break_has_its_own_countdown_with_the_seats_that_come_where_there_are_any(
    browser: Open, morning: Morning, at: str, clock: FakeClock
) -> None:
    version = agenda_clock.read(morning.ctx, morning.meeting_id).version
    agenda_clock.start_pause(
        morning.ctx, meeting_id=morning.meeting_id, minutes=10, label="Coffee <is> ready", version=version
    )
    clock.pass_by(seconds=30)
    page = _page(browser, at)
    assert (_scene(page), _digits(page)) == ("pause", "9:31")
    assert "Coffee &lt;is&gt; ready" in page
    assert re.search(r"Back at \d\d:\d\d\.", page)
    everybody_in(morning)
    seat_rounds(morning, TABLES)
    page = _page(browser, at)
    assert (_scene(page), _digits(page)) == ("break", "9:31")
    assert 'class="proj break resting"' in page


def test_who_speaks_and_who_is_next_are_named_by_first_name_and_initial(
    browser: Open, morning: Morning, at: str, clock: FakeClock
) -> None:
    everybody_in(morning, only=("Mira", "Vik"))
    here = {"meeting_id": morning.meeting_id}
    version = speaking.begin(morning.ctx, minutes=2, **here)["version"]
    page = _page(browser, at)
    assert (_scene(page), "Ready" in page) == ("talk", True)
    assert "Speaker 1 of 2" in page
    speaking.start(morning.ctx, version=version, **here)
    clock.pass_by(seconds=11)
    page = _page(browser, at)
    assert _digits(page) == "0:45", "55 seconds each, ten of them gone"
    told = {re.findall(r"data-who>([^<]+)<", page)[0], re.findall(r"data-after>Then: ([^<,]+)", page)[0]}
    assert told == {"Mira Ł.", "Vik"}
    assert "Mira Łukasik" not in page


def test_a_table_that_is_skipped_says_so_and_sends_nobody_there() -> None:
    seating = {
        "tables": {"1": [{"short": "A.", "from": 2}], "2": [{"short": "B.", "from": 1}, {"short": "C."}]},
        "closed": {"2": "skipped", "1": None},
    }
    assert wall.tables_of(seating) == [(1, ["A."], None), (2, ["B.", "C."], "skipped")]
    assert wall.moves_of(seating) == [("A.", 2, 1), ("B.", 1, None), ("C.", None, None)]


def _sheet(*name: str) -> str:
    return assets.web("static", "css", *name).read_text(encoding="utf-8")


def test_a_table_has_the_colour_on_every_screen_that_it_has_on_paper() -> None:
    light = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+);", _sheet("tokens.css").split("@media")[0]))
    rules = re.findall(r"^\s*(\.t\d(?:, \.t\d)*) \{ (.*?) \}$", _sheet("components", "chip.css"), re.MULTILINE)
    looks: dict[int, dict[str, str]] = {number: {} for number in range(1, 9)}
    for names, body in rules:
        for number in re.findall(r"\d", names):
            looks[int(number)] |= dict(re.findall(r"--([a-z-]+): var\(--([a-z-]+)\)", body))

    def hue(code: str) -> str:
        full = code if len(code) == 7 else "#" + "".join(2 * each for each in code[1:])
        return full.lower()

    for number in (1, 2, 5, 8, 9, 12, 16, 23):
        paper = table_look(number)
        screen = looks[(number - 1) % 8 + 1]
        if paper.is_filled:
            assert hue(light[screen["disc"]]) == "#{:02x}{:02x}{:02x}".format(*paper.pair.ground)
        else:
            assert "disc" not in screen, "a rim, as on paper"
        if number % 4 != 1:  # aubergine is lighter as a rim, so that it can be told from ink
            assert hue(light[screen["rim"]]) == "#{:02x}{:02x}{:02x}".format(*paper.rim)


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
        assert {"meeting", "clock", "sound", "stage", "talk", "counts", "seats"} <= set(fresh["snapshot"])
        unheard = {"room", "door", "seating", "plan", "walls", "notices", "log", "me", "slips"}
        assert not unheard & set(fresh["snapshot"])
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


def test_the_wall_asks_the_database_little(browser: Open, morning: Morning, at: str, statements: Statements) -> None:
    everybody_in(morning)
    seat_rounds(morning, TABLES)
    _press(morning, "start", 1)
    display = browser("display")
    with statements() as sent:
        display.get(at)
    assert len(sent) <= 12, "\n".join(sent)


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
    full: wall.Tables = [(1, ["Mira Ł."] * people, None), (2, ["Max D."], None)]
    assert (wall.tables_a_page(full), wall.lines_of(full)) == (tables, lines)


def test_those_who_sit_out_stand_behind_the_tables() -> None:
    seating = {"tables": {"2": [{"short": "A."}], "1": [{"short": "B."}]}, "byes": [{"short": "C.", "from": 2}]}
    assert wall.tables_of(seating) == [(1, ["B."], None), (2, ["A."], None), (None, ["C."], None)]
    assert wall.moves_of(seating)[-1] == ("C.", 2, None)


def test_a_sprout_that_grew_stays_where_it_is() -> None:
    before = wall.places_of({"expected": 40, "came": 12, "in_room": 12, "visitors": 3})
    after = wall.places_of({"expected": 40, "came": 13, "in_room": 13, "visitors": 4})
    assert [before.count(kind) for kind in ("sprout", "bloom", "seed")] == [9, 3, 28]
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1
    assert wall.places_of({"expected": 400, "came": 0, "in_room": 0, "visitors": 0}) == []


def test_a_meeting_of_another_day_has_no_countdown(browser: Open, morning: Morning, at: str, clock: FakeClock) -> None:
    clock.now -= timedelta(days=2)
    token = builders.signed_in(
        morning.ctx, None, role=Role.DISPLAY, group_id=morning.group_id, meeting_id=morning.meeting_id
    )
    display = browser(None)
    display.client.set_cookie(guards.COOKIE, token)
    page = display.get(at).get_data(as_text=True)
    assert re.search(r"data-until></span>", page)
