"""The organiser's pages: the next step, the form without a script, the list, paper, figures; and who stays outside."""

import csv
import io
import re
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select, update

from server.domain.meetings import DEFAULT_AGENDA
from server.domain.vocabulary import AttendanceStatus, GroupId, MeetingId, MeetingStatus, Role
from server.persistence.models import Action, Group, Meeting
from server.services import attendance, badges, check_ins, expected, meetings, preparing, print_jobs, workbench
from server.services.context import Context, Tx
from server.services.expected import Visitor
from server.views import meeting_form
from tests import builders
from tests.cast import MAX
from tests.conftest import Browser, FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import DOOR, everybody_in, seat_rounds
from tests.services.test_slips import _give

Open = Callable[[str | None], Browser]
FORM: dict[str, Any] = {
    "name": "Breakfast no. 215",
    "place": "Hotel Corona",
    "date": "2026-12-03",
    "time": "07:00",
    "rounds": "4",
    "round_minutes": "2,5",
    "table_size": "3",
    "kind": ["welcome", "rounds"],
    "title": ["Welcome", "Rounds"],
    "minutes": ["5", "30"],
}
PAGES = ["", "/people", "/people?q=vik", "/badges", "/edit", "/repeat", "/figures"]


@pytest.fixture
def olga(browser: Open) -> Browser:
    return browser("Olga")


@pytest.fixture
def here(morning: Morning) -> str:
    return f"/o/{morning.meeting_uid}"


@pytest.fixture(scope="module", autouse=True)
def _no_child_left() -> Any:
    yield
    workbench.stop_all()


def _text(reply: Any, status: int = 200) -> str:
    assert reply.status_code == status, reply.get_data(as_text=True)[:600]
    return str(reply.get_data(as_text=True))


def _meeting(morning: Morning, **fields: object) -> None:
    def work(tx: Tx) -> None:
        tx.db.execute(update(Meeting).where(Meeting.id == morning.meeting_id).values(**fields))

    morning.ctx.transaction(work)


def _hero(page: str) -> str:
    """The heading of the next step."""
    found = re.search(r'<section class="hero[^>]*>.*?<h2[^>]*>(.*?)</h2>', page, re.S)
    assert found is not None
    return found.group(1)


def _made(morning: Morning, name: str = "Breakfast no. 215") -> MeetingId:
    with morning.ctx.reading() as db:
        return MeetingId(db.scalars(select(Meeting.id).where(Meeting.name == name)).one())


# --- today


def test_a_group_without_a_meeting_is_told_to_plan_one(ctx: Context, app: Any) -> None:
    def work(tx: Tx) -> int:
        group = builders.a_group(tx)
        return builders.an_organiser(tx, group, builders.MIRA).id

    token = builders.signed_in(ctx, ctx.transaction(work))
    mira = Browser(app.test_client(), token)
    assert _hero(_text(mira.get("/o/"))) == "Bring in your people"
    ctx.transaction(lambda tx: builders.a_member(tx, tx.db.scalars(select(Group)).one(), MAX).id)
    assert _hero(_text(mira.get("/o/"))) == "Plan the first meeting"
    assert "No meeting yet" in _text(mira.get("/o/meetings"))
    assert "Nothing to count yet" in _text(mira.get("/o/numbers"))
    form = _text(mira.get("/o/meetings/new"))
    assert form.count("data-line>") == len(DEFAULT_AGENDA)
    assert "Together 90 min, until 08:30" in form
    assert mira.get("/o/rounds").location == "/o/"


def test_today_names_the_one_next_step_through_the_whole_morning(
    morning: Morning, olga: Browser, clock: FakeClock, here: str
) -> None:
    _meeting(morning, status=MeetingStatus.DRAFT)
    clock.pass_by(days=-1)
    assert _hero(_text(olga.get("/o/"))) == "Print the badges"
    held = badges.holders(morning.ctx, morning.meeting_id)
    said = {str(holder.badge_uid): "" for holder in held}
    print_jobs.mark(morning.ctx, meeting_id=morning.meeting_id, said=said, stock="avery-l4785")
    assert _hero(_text(olga.get("/o/"))) == "Check who is coming"
    clock.pass_by(days=1)
    assert _hero(_text(olga.get("/o/"))) == "Open the doors"
    assert olga.submit(f"{here}/open").location == here
    assert _hero(_text(olga.get(here))) == "Go to the rounds"
    everybody_in(morning)
    clock.pass_by(hours=2)
    assert _hero(_text(olga.get(here))) == "Close the meeting"
    assert olga.submit(f"{here}/close").location == here
    assert _hero(_text(olga.get("/o/"))) == "The meeting is over"


def _later(morning: Morning, app: Any, clock: FakeClock, **parts: float) -> Browser:
    """Olga's browser on another day."""
    clock.pass_by(**parts)
    return Browser(app.test_client(), builders.signed_in(morning.ctx, morning.people["Olga"]))


def test_a_draft_whose_day_has_passed_wants_another_day(morning: Morning, app: Any, clock: FakeClock) -> None:
    _meeting(morning, status=MeetingStatus.DRAFT)
    olga = _later(morning, app, clock, days=3)
    assert _hero(_text(olga.get("/o/"))) == "Give the meeting another day"


def test_the_room_shows_who_is_in_and_who_is_still_expected(morning: Morning, olga: Browser, here: str) -> None:
    everybody_in(morning, only=["Mira", "Vik"])
    page = _text(olga.get(here))
    assert (page.count('class="sprout" href'), page.count('class="bloom" href')) == (1, 1)
    awaited = page.split("data-awaited")[1].split("</ul>")[0]
    assert "Max D&#39;Alò" in awaited
    assert "Mira Łukasik" not in awaited


def test_a_press_that_is_refused_says_why_on_the_same_page(morning: Morning, olga: Browser, here: str) -> None:
    everybody_in(morning, only=["Mira"])
    page = _text(olga.submit(f"{here}/take-back"), 422)
    assert "Somebody is in the room already" in page
    assert _hero(page) == "Go to the rounds"


def test_a_mistake_at_the_doors_and_at_the_end_can_be_undone(morning: Morning, olga: Browser, here: str) -> None:
    assert "opened by mistake" in _text(olga.get(here))
    olga.submit(f"{here}/take-back")
    assert meetings.show(morning.ctx, morning.meeting_id)[0].status is MeetingStatus.DRAFT
    olga.submit(f"{here}/open")
    olga.submit(f"{here}/close")
    assert "open it again" in _text(olga.get(here))
    olga.submit(f"{here}/reopen")
    assert meetings.show(morning.ctx, morning.meeting_id)[0].status is MeetingStatus.OPEN


def test_rounds_leads_to_the_facilitators_console_of_today(morning: Morning, olga: Browser) -> None:
    assert olga.get("/o/rounds").location == f"/run/{morning.meeting_uid}"


def test_no_page_asks_the_database_more_than_twelve_times(
    morning: Morning, olga: Browser, here: str, statements: Statements
) -> None:
    everybody_in(morning)
    seat_rounds(morning, [[["Mira", "Max"], ["Olga", "Vik"], ["Fiona", "Dora"]]])
    asked = {}
    pages = ["/o/", "/o/meetings", "/o/meetings/new", "/o/numbers", *(here + page for page in PAGES)]
    for page in [*pages, f"{here}/attendance.csv"]:
        with statements() as sent:
            _text(olga.get(page))
        asked[page] = len(sent)
    assert {page: number for page, number in asked.items() if number > 12} == {}


# --- who stays outside


def test_sam_sees_nothing_of_the_meeting(browser: Open, here: str, morning: Morning) -> None:
    sam = browser("Sam")
    for page in [*PAGES, "/attendance.csv"]:
        assert sam.get(here + page).status_code == 404
    line = f"people/{morning.attendances['Max']}"
    for press in (
        *("open", "take-back", "close", "reopen", "edit", "people", "people/visitors"),
        *(f"{line}/apology", f"{line}/coming"),
    ):
        assert sam.submit(f"{here}/{press}", {"badges": "x"}).status_code == 404
    pages = _text(sam.get("/o/")) + _text(sam.get("/o/meetings")) + _text(sam.get("/o/numbers"))
    assert morning.meeting_uid not in pages


def test_the_others_of_the_morning_may_not_organise(browser: Open, here: str) -> None:
    for who in ("Mira", "Vik", "Dora", "Fiona", "display"):
        for page in PAGES:
            assert browser(who).get(here + page).status_code == 403
        assert browser(who).submit(f"{here}/close").status_code == 403


def test_a_leader_sees_figures_and_no_more(morning: Morning, app: Any, here: str) -> None:
    token = builders.signed_in(morning.ctx, None, role=Role.LEADER, group_id=morning.group_id)
    leader = Browser(app.test_client(), token)
    page = _text(leader.get(f"{here}/figures"))
    assert f'href="{here}/edit"' not in page
    assert 'href="/o/"' not in page
    assert leader.get(here).status_code == 403


def test_a_secretary_prepares_but_does_not_run_the_rounds(morning: Morning, app: Any, here: str) -> None:
    token = builders.signed_in(morning.ctx, None, role=Role.SECRETARY, group_id=morning.group_id)
    page = _text(Browser(app.test_client(), token).get(here))
    assert "/o/rounds" not in page
    assert f"/run/{morning.meeting_uid}" not in page
    assert f'action="{here}/close"' in page


def test_over_an_open_network_the_pages_stay_on_the_laptop(morning: Morning, olga: Browser, here: str) -> None:
    for page in PAGES:
        reply = olga.get(here + page, environ_base={"REMOTE_ADDR": "192.0.2.7"})
        assert reply.status_code == 403


# --- the form of a meeting


def test_a_meeting_is_planned_at_the_wall_clock_with_its_agenda(morning: Morning, olga: Browser) -> None:
    reply = olga.submit("/o/meetings/new", FORM)
    made = _made(morning)
    view, agenda = meetings.show(morning.ctx, made)
    assert reply.location == f"/o/{view.uid}/people"
    assert view.starts_at.isoformat() == "2026-12-03T06:00:00+00:00"
    assert (view.rounds_wanted, view.round_seconds, view.table_size) == (4, 150, 3)
    assert [(line.kind, line.title, line.minutes) for line in agenda] == [
        ("welcome", "Welcome", 5),
        ("rounds", "Rounds", 30),
    ]


def test_sending_the_form_twice_plans_one_meeting(morning: Morning, olga: Browser) -> None:
    first = olga.submit("/o/meetings/new", FORM | {"op": "same"})
    assert olga.submit("/o/meetings/new", FORM | {"op": "same"}).location == first.location
    _made(morning)


def test_lines_are_added_moved_and_taken_out_without_a_script_and_nothing_is_stored(
    morning: Morning, olga: Browser
) -> None:
    def titles(page: str) -> list[str]:
        return re.findall(r'name="title" value="([^"]*)"', page)

    add = _text(olga.submit("/o/meetings/new", FORM | {"add": "1"}))
    assert titles(add) == ["Welcome", "Rounds", ""]
    up = _text(olga.submit("/o/meetings/new", FORM | {"up": "1"}))
    assert titles(up) == ["Rounds", "Welcome"]
    less = _text(olga.submit("/o/meetings/new", FORM | {"remove": "0"}))
    assert titles(less) == ["Rounds"]
    assert "Together 30 min, until 07:30" in less
    for odd in ({"remove": "9"}, {"up": "0"}, {"up": "x"}, {"remove": "-1"}):
        assert titles(_text(olga.submit("/o/meetings/new", FORM | odd))) == ["Welcome", "Rounds"]
    assert [name for name, *_ in _names(morning)] == ["Breakfast no. 214"]


def _names(morning: Morning) -> list[tuple[str, int, int]]:
    return [(view.name, e, c) for view, e, c in meetings.listed(morning.ctx, GroupId(morning.group_id))]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"name": " "}, "A name is missing here."),
    ({"name": "x" * 121}, "too long"),
    ({"place": "x" * 161}, "too long"),
    ({"date": "soon"}, "must be a date"),
    ({"time": "early"}, "must be a time"),
    ({"rounds": "many"}, "must be a whole number"),
    ({"rounds": "41"}, "Rounds: between 1 and 40."),
    ({"round_minutes": "61"}, "between half a minute and 60 minutes"),
    ({"round_minutes": "a while"}, "between half a minute and 60 minutes"),
    ({"round_minutes": "1e9"}, "between half a minute and 60 minutes"),
    ({"table_size": "13"}, "between 2 and 12 people"),
    ({"minutes": ["5", ""]}, "Whole minutes are needed here."),
    ({"minutes": ["5", "0"]}, "Minutes: between 1 and 480."),
    ({"title": ["Welcome", " "]}, "A name is missing here."),
    ({"kind": ["other"] * 41, "title": ["x"] * 41, "minutes": ["1"] * 41}, "at most 40 lines"),
]


def test_what_cannot_be_is_said_at_its_place_and_everything_typed_stays(olga: Browser) -> None:
    for wrong, said in WRONG:
        page = _text(olga.submit("/o/meetings/new", FORM | wrong), 422)
        assert said in page
        assert 'value="Hotel Corona"' in page or "place" in wrong
        if "kind" not in wrong:
            assert page.count('aria-invalid="true"') >= 1, wrong
            assert page.count('class="error"') == 1, wrong


def test_a_refused_line_is_counted_without_the_empty_ones(olga: Browser) -> None:
    wrong = {"kind": ["other"] * 3, "title": ["", "Welcome", "Rounds"], "minutes": ["", "5", "x"]}
    page = _text(olga.submit("/o/meetings/new", FORM | wrong), 422)
    assert 'id="line-2-error"' in page
    assert 'aria-describedby="line-2-error"' in page.split('value="Rounds"')[1].split(">")[0]


def test_a_changed_meeting_keeps_what_was_not_changed(morning: Morning, olga: Browser, here: str) -> None:
    assert olga.submit(f"{here}/edit", FORM | {"place": "Sala Limonaia", "kind": ["x", "rounds"]}).location == here
    plan = preparing.plan_of(morning.ctx, morning.meeting_id)
    assert (plan.place, plan.agenda[0].kind) == ("Sala Limonaia", "other")
    assert plan.starts_local == datetime(2026, 12, 3, 7, 0)  # noqa: DTZ001 - a wall clock
    page = _text(olga.get(f"{here}/edit"))
    assert 'value="2.5"' in page
    olga.submit(f"{here}/close")
    assert "This meeting is closed and stays as it is." in _text(olga.submit(f"{here}/edit", FORM), 422)


def test_the_next_meeting_is_offered_with_its_number_and_day(morning: Morning, olga: Browser) -> None:
    form = _text(olga.get("/o/meetings/new"))
    assert 'value="Breakfast no. 215"' in form
    assert 'value="2026-12-03"' in form
    assert 'value="07:00"' in form


def test_every_line_of_the_usual_agenda_has_a_name() -> None:
    assert set(meeting_form.TITLES) == {kind for kind, _ in DEFAULT_AGENDA} | {"break"}
    assert set(meeting_form.SCRIPTS) == set(meeting_form.TITLES)


# --- who is expected


def _statuses(morning: Morning) -> dict[str, AttendanceStatus]:
    return {p.given_name: p.status for p in attendance.everybody(morning.ctx, morning.meeting_id)}


def test_somebody_is_found_in_the_group_and_put_on_the_list(morning: Morning, olga: Browser) -> None:
    olga.submit("/o/meetings/new", FORM)
    new = meetings.show(morning.ctx, _made(morning))[0].uid
    page = _text(olga.get(f"/o/{new}/people?q=vik"))
    uid = re.search(r'name="person" value="(\w{16})"', page)
    assert uid is not None
    assert olga.submit(f"/o/{new}/people", {"person": uid.group(1)}).location == f"/o/{new}/people#add"
    names = {p.given_name for p in attendance.everybody(morning.ctx, _made(morning))}
    assert "Vik" in names
    assert "Nobody by this name" in _text(olga.get(f"/o/{new}/people?q=vik"))
    assert "no such person" in _text(olga.submit(f"/o/{new}/people", {"person": "0" * 16}), 422).casefold()


def test_a_visitor_is_added_once_however_often_the_form_is_sent(morning: Morning, olga: Browser, here: str) -> None:
    form = {"given_name": "Ada", "family_name": "Rossi", "company": "Rossi & figli", "op": "once"}
    for _ in range(2):
        assert olga.submit(f"{here}/people/visitors", form).location == f"{here}/people#visitor"
    assert list(_statuses(morning)).count("Ada") == 1
    page = _text(olga.submit(f"{here}/people/visitors", form | {"op": "again"}), 422)
    assert "The group knows somebody called Ada Rossi." in page
    assert 'value="Rossi &amp; figli"' in page
    olga.submit(f"{here}/people/visitors", form | {"op": "other", "somebody_else": "1"})
    assert len([p for p in attendance.everybody(morning.ctx, morning.meeting_id) if p.given_name == "Ada"]) == 2


def test_an_apology_and_its_undo(morning: Morning, olga: Browser, here: str) -> None:
    line = f"{here}/people/{morning.attendances['Max']}"
    olga.submit(f"{line}/apology")
    assert _statuses(morning)["Max"] is AttendanceStatus.APOLOGISED
    assert "Coming after all" in _text(olga.get(f"{here}/people"))
    olga.submit(f"{line}/coming")
    assert _statuses(morning)["Max"] is AttendanceStatus.EXPECTED
    everybody_in(morning, only=["Max"])
    assert "in the room already" in _text(olga.submit(f"{line}/apology"), 422)


def test_after_the_meeting_a_late_apology_is_still_written_down(morning: Morning, olga: Browser, here: str) -> None:
    olga.submit(f"{here}/close")
    line = f"{here}/people/{morning.attendances['Max']}"
    olga.submit(f"{line}/apology")
    assert _statuses(morning)["Max"] is AttendanceStatus.APOLOGISED
    olga.submit(f"{line}/coming")
    assert _statuses(morning)["Max"] is AttendanceStatus.ABSENT
    page = _text(olga.get(f"{here}/people"))
    assert "Add the visitor" not in page
    with morning.ctx.reading() as db:
        noted = db.execute(select(Action.key, Action.by_id, Action.params).order_by(Action.id)).all()[-2:]
    max_and_olga = (morning.people["Olga"], f'{{"person":"{morning.attendances["Max"]}"}}')
    assert [tuple(line) for line in noted] == [("apologised", *max_and_olga), ("not_excused", *max_and_olga)]


# --- figures


def test_figures_count_and_name_nobody(morning: Morning, olga: Browser, here: str) -> None:
    everybody_in(morning, but=["Max"])
    page = _text(olga.get(f"{here}/figures"))
    main = page.split("<main")[1].split("</main>")[0]
    assert 'role="img"' in main
    assert "<title" in main
    assert "<desc" in main
    assert "Show as table" in main
    for name in ("Mira", "Łukasik", "Vik", "Fiona"):
        assert name not in main


def test_what_became_of_referrals_is_told_of_five_givers_and_their_number_always(
    morning: Morning, olga: Browser, here: str
) -> None:
    everybody_in(morning)
    ring = ("Olga", "Fiona", "Dora", "Mira", "Max")

    def told() -> dict[str, str]:
        panel = _text(olga.get(f"{here}/figures")).split("Referrals given at this meeting", 1)[1].split("</section>")[0]
        rows = re.findall(r'<th scope="row">([^<]+)</th><td class="end num">(.*?)</td>', panel)
        withheld = "What became of the referrals is told when five people or more gave one." in panel
        return {name: re.sub("<[^>]+>", "", cell) for name, cell in rows} | ({"withheld": "yes"} if withheld else {})

    for giver, to in pairwise(ring):
        _give(morning, giver=giver, to=to)
    _give(morning, giver="Olga", to="Max")
    assert told() == {"Together": "5", "withheld": "yes"}, "five slips, four givers"
    _give(morning, giver="Max", to="Olga")
    assert told() == {"given": "6", "Together": "6"}


def test_the_attendance_list_opens_in_a_spreadsheet_with_local_times(
    morning: Morning, olga: Browser, here: str, clock: FakeClock
) -> None:
    everybody_in(morning, only=["Mira"])
    clock.pass_by(minutes=20)
    expected.add_visitor(morning.ctx, meeting_id=morning.meeting_id, visitor=Visitor("=1+1", "Rossi", "Rossi; figli"))
    check_ins.add_walk_in(morning.ctx, meeting_id=morning.meeting_id, given_name="Zoë", desk=DOOR)
    check_ins.leave(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=morning.attendances["Mira"], desk=DOOR)
    reply = olga.get(f"{here}/attendance.csv")
    assert reply.headers["Content-Disposition"] == 'attachment; filename="breakfast-2026-11-26.csv"'
    rows = list(csv.DictReader(io.StringIO(reply.data.decode("utf-8-sig"))))
    by_name = {row["Name"]: row for row in rows}
    assert by_name["Mira Łukasik"]["Came at"] == "2026-11-26 06:50"
    assert by_name["Mira Łukasik"]["Left at"] == "2026-11-26 07:10"
    assert (by_name["Zoë"]["Late"], by_name["Zoë"]["Walk-in"]) == ("yes", "yes")
    assert by_name["Vik"]["Guest of"] == "Mira Łukasik"
    assert by_name["Max D'Alò"]["Status"] == "expected"
    assert not any(cell.startswith("=") for row in rows for cell in row.values())


def test_in_italian_the_spreadsheet_has_semicolons(morning: Morning, olga: Browser, here: str) -> None:
    olga.client.set_cookie("coltiva_language", "it")
    first = olga.get(f"{here}/attendance.csv").data.decode("utf-8-sig").splitlines()[0]
    assert first.count(";") == 9


def test_the_numbers_show_meetings_that_were_opened(morning: Morning, olga: Browser, here: str) -> None:
    everybody_in(morning)
    olga.submit(f"{here}/close")
    olga.submit("/o/meetings/new", FORM)
    page = _text(olga.get("/o/numbers"))
    assert "Breakfast no. 214" in page
    assert "Breakfast no. 215" not in page
    assert "Last time 6 people came." in page


def test_the_list_of_meetings_puts_the_next_one_first(morning: Morning, olga: Browser) -> None:
    for number, day in ((216, "2026-12-10"), (215, "2026-12-03")):
        olga.submit("/o/meetings/new", FORM | {"name": f"Breakfast no. {number}", "date": day})
    page = _text(olga.get("/o/meetings"))
    assert page.index("no. 214") < page.index("no. 215") < page.index("no. 216")


def test_nobody_is_led_to_the_sign_in(browser: Open, here: str) -> None:
    reply = browser(None).get(here, headers={"Accept": "text/html"})
    assert (reply.status_code, "/sign-in" in reply.location) == (302, True)
