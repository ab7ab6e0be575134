"""Starting the demo again: today is always today, nothing is ever half there, nobody's own group is touched."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from server import demo
from server.app import create_app
from server.config import Settings, SettingsError
from server.demo.start import soon
from server.demo.story import Story
from server.domain.errors import NotFound
from server.domain.vocabulary import MeetingId, MeetingStatus, Role, RoundPhase, Standing
from server.persistence.models import Attendance, FollowUp, Meeting, OneToOne, Referral, Round, SessionRow
from server.services import attendance, check_ins, demo_days, meetings, planning, rounds, sessions
from server.services.check_ins import Desk
from server.services.context import Context, Tx
from server.serving import only_one
from tests import builders
from tests.demo.conftest import Demo

ROME = ZoneInfo("Europe/Rome")
Dates = dict[str, list[datetime | date | None]]


def _today(ctx: Context) -> demo_days.DemoMeeting:
    found = demo_days.newest(ctx)
    assert found is not None
    return found


def _dates(ctx: Context) -> Dates:
    """Some of everything that has a time, on the wall clock of the group."""

    def local(moment: datetime | None) -> datetime | None:
        return None if moment is None else moment.astimezone(ROME).replace(tzinfo=None)

    with ctx.reading() as db:
        return {
            "starts": [local(each) for each in db.scalars(select(Meeting.starts_at).order_by(Meeting.id))][:-1],
            "entered": [local(each) for each in db.scalars(select(Attendance.entered_at).order_by(Attendance.id))],
            "slips": [local(each) for each in db.scalars(select(Referral.created_at).order_by(Referral.id))],
            "due": list(db.scalars(select(FollowUp.due_on).order_by(FollowUp.id))),
            "held": list(db.scalars(select(OneToOne.held_on).order_by(OneToOne.id))),
        }


@pytest.mark.parametrize(
    ("now", "start"),
    [("07:00", "07:15"), ("07:04", "07:15"), ("07:06", "07:30"), ("23:20", "23:30"), ("23:40", "23:45")],
)
def test_a_meeting_of_today_starts_soon_and_today(now: str, start: str) -> None:
    moment = datetime.combine(date(2026, 11, 26), datetime.strptime(now, "%H:%M").time(), ROME)  # noqa: DTZ007  # a wall clock
    assert f"{soon(moment.astimezone(UTC)):%d %H:%M}" == f"26 {start}"


def test_the_second_start_of_a_day_changes_nothing(own_demo: Demo) -> None:
    file = own_demo.settings.instance / "coltiva.db"
    before = file.read_bytes()
    own_demo.now += timedelta(minutes=15)
    assert own_demo.start() == []
    assert file.read_bytes() == before


def test_a_meeting_that_nobody_opened_all_morning_starts_soon_again(own_demo: Demo) -> None:
    own_demo.now += timedelta(hours=5)
    own_demo.start()
    with own_demo.opened() as ctx:
        assert f"{_today(ctx).local_start:%d %H:%M}" == "26 12:00"


@pytest.mark.parametrize("days", [1, 7, 150])
def test_an_unopened_meeting_moves_to_today_with_its_whole_history(own_demo: Demo, days: int) -> None:
    with own_demo.opened() as ctx:
        before, was = _dates(ctx), _today(ctx)
        signed_in = ctx.transaction(
            lambda tx: sessions.open_session(tx, person_id=None, label="Door 1", life=timedelta(days=1))[0]
        )
    own_demo.now += timedelta(days=days)
    assert own_demo.start() == []
    with own_demo.opened() as ctx:
        after, now = _dates(ctx), _today(ctx)
        with ctx.reading() as db:
            slugs = db.scalars(select(Meeting.slug).order_by(Meeting.id)).all()
            expiry = db.scalar(select(SessionRow.expires_at).where(SessionRow.uid == signed_in.uid))
    assert (now.uid, now.name) == (was.uid, was.name)
    assert now.day == was.day + timedelta(days=days)
    by = timedelta(days=days)
    # On the wall clock: half past seven stays half past seven, also over the change of the clocks.
    assert after == {name: [each and each + by for each in found] for name, found in before.items()}
    assert slugs[-1] == f"breakfast-no-214-{now.day}"
    assert expiry == signed_in.expires_at, "a browser is of today, not of the story"


def test_a_meeting_opened_on_an_earlier_day_stays_and_another_is_ready_today(own_demo: Demo) -> None:
    with own_demo.opened() as ctx:
        old = _today(ctx)
        meetings.open_doors(ctx, meeting_id=old.id)
        for person in attendance.everybody(ctx, old.id)[:6]:
            check_ins.admit_by_name(ctx, meeting_id=old.id, attendance_uid=person.uid, desk=Desk(None, "Door 1"))
        planning.plan(ctx, meeting_id=old.id, seconds=20, steps=5)
        rounds.start(ctx, meeting_id=old.id, number=1, version=0)
        before = _dates(ctx)
    own_demo.now += timedelta(days=1)
    own_demo.start()
    with own_demo.opened() as ctx:
        new = _today(ctx)
        assert new.uid != old.uid
        assert (new.name, new.day, new.status) == ("Breakfast no. 215", own_demo.now.date(), MeetingStatus.DRAFT)
        with ctx.reading() as db:
            assert db.get_one(Meeting, old.id).status is MeetingStatus.CLOSED
            phases = set(db.scalars(select(Round.phase).where(Round.meeting_id == old.id, Round.number == 1)))
            standings = db.scalars(select(Attendance.standing).where(Attendance.meeting_id == new.id)).all()
        assert phases == {RoundPhase.ENDED}
        assert (standings.count(Standing.MEMBER), standings.count(Standing.VISITOR)) == (48, 9)
        assert _dates(ctx)["slips"] == before["slips"], "history stays where it was"
    own_demo.start()
    with own_demo.opened() as ctx:
        assert _today(ctx).uid == new.uid


def test_a_closed_meeting_of_today_stays_what_it_is(own_demo: Demo) -> None:
    with own_demo.opened() as ctx:
        old = _today(ctx)
        meetings.open_doors(ctx, meeting_id=old.id)
        meetings.close(ctx, meeting_id=old.id)
    own_demo.now += timedelta(hours=6)
    own_demo.start()
    with own_demo.opened() as ctx:
        assert _today(ctx).uid == old.uid


def test_only_a_made_up_meeting_is_ever_moved(own_demo: Demo) -> None:
    with own_demo.opened() as ctx:

        def own_group(tx: Tx) -> MeetingId:
            return MeetingId(builders.a_meeting(tx, builders.a_group(tx, "Ours")).id)

        real = ctx.transaction(own_group)
        with pytest.raises(NotFound):
            demo_days.move(ctx, meeting_id=real, starts_local=datetime(2026, 12, 1, 9, 0))  # noqa: DTZ001  # a wall clock


def _interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the middle of the story."""
    whole = Story.run_until

    def half(story: Story, now: datetime) -> None:
        whole(story, now - timedelta(weeks=11))
        raise KeyboardInterrupt

    monkeypatch.setattr(Story, "run_until", half)


def test_an_interrupted_start_leaves_no_half_demo(empty_demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    _interrupted(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        empty_demo.start()
    assert {each.name for each in empty_demo.settings.instance.iterdir()} == {"installation.key", ".lock"}


def test_an_interrupted_new_demo_leaves_the_old_one_whole(own_demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    file = own_demo.settings.instance / "coltiva.db"
    before = file.read_bytes()
    _interrupted(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        own_demo.start(fresh=True)
    assert file.read_bytes() == before
    own_demo.start()


def test_what_a_killed_start_left_behind_is_swept_away(own_demo: Demo) -> None:
    left = own_demo.settings.instance / ".making.db"
    left.write_bytes(b"half a demo")
    own_demo.start()
    assert not left.exists()


@pytest.mark.parametrize("fresh", [False, True])
def test_somebodys_own_group_is_never_touched(empty_demo: Demo, fresh: bool) -> None:
    with empty_demo.opened() as ctx:
        ctx.transaction(lambda tx: builders.a_group(tx, "Ours"))
    before = (empty_demo.settings.instance / "coltiva.db").read_bytes()
    with pytest.raises(SettingsError, match="holds a group of its own"):
        empty_demo.start(fresh=fresh)
    assert (empty_demo.settings.instance / "coltiva.db").read_bytes() == before


def test_a_demo_that_is_being_served_is_not_replaced(own_demo: Demo) -> None:
    with only_one(own_demo.settings.instance), pytest.raises(SettingsError, match="already serves"):
        own_demo.start(fresh=True)


def test_the_demo_has_a_file_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="without --database"):
        Demo(Settings(instance=tmp_path, demo=True, database="postgresql+psycopg://somewhere/else")).start()


def test_a_new_demo_takes_the_place_of_the_old_one(own_demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    def only_the_founder(story: Story, told: object) -> None:
        story.at(story.clock.now - timedelta(days=1), story._found)

    monkeypatch.setattr(Story, "lay_out", only_the_founder)
    assert own_demo.start(fresh=True, seed=2)[0].startswith("Making a group")
    with sqlite3.connect(own_demo.settings.instance / "coltiva.db") as file:
        assert file.execute("select count(*) from people").fetchone() == (1,)
    assert not (own_demo.settings.instance / ".making.db").exists()


Greeting = tuple[list[str], Callable[[str], str]]


@pytest.fixture
def greeting(own_demo: Demo) -> Greeting:
    """What the console says, and how to find the token behind a name."""
    lines: list[str] = []
    with own_demo.opened() as ctx:
        demo.greet(lines.append)(ctx, Settings(instance=own_demo.settings.instance, demo=True, port=8093))

    def token(name: str) -> str:
        line = next(line for line in lines if line.strip().startswith(name))
        return line.rsplit("/", 1)[1]

    return lines, token


def test_the_console_says_where_to_go_and_how_to_start_ones_own(greeting: Greeting) -> None:
    text = "\n".join(greeting[0])
    assert "http://localhost:8093\n" in text
    assert "Kitchen Garden Breakfast, 48 members" in text
    assert "Breakfast no. 214 is today at 07:00" in text
    assert "python3 run.py serve" in text
    assert "py run.py serve" in text


def test_the_four_links_open_the_four_screens_once_and_on_this_computer(own_demo: Demo, greeting: Greeting) -> None:
    _, token = greeting
    screens = {"Organiser": "/o/", "Facilitator": "/run/", "Door": "/desk/", "Display": "/display/"}
    roles = {"Organiser": None, "Facilitator": Role.FACILITATOR, "Door": Role.GREETER, "Display": Role.DISPLAY}
    with own_demo.opened() as ctx:
        app = create_app(own_demo.settings, ctx.now, context=ctx)
        app.testing = True
        for name, path in screens.items():
            info = sessions.look_at_link(ctx, token=token(name))
            assert (info.role, info.loopback_only) == (roles[name], True)
            client = app.test_client()
            page = client.get(f"/link/{token(name)}").get_data(as_text=True)
            csrf = page.split('name="csrf" content="')[1].split('"')[0]
            far = client.post(
                f"/link/{token(name)}", data={"csrf_token": csrf}, environ_base={"REMOTE_ADDR": "192.168.1.9"}
            )
            assert far.status_code == 403, "another computer cannot use it"
            used = client.post(f"/link/{token(name)}", data={"csrf_token": csrf})
            assert (used.status_code, used.headers["Location"][: len(path)]) == (303, path), name
            shown = client.get(used.headers["Location"])
            assert shown.status_code == 200, name
            assert client.get(f"/link/{token(name)}").status_code == 404


def test_the_first_page_says_how_to_start_ones_own_group(own_demo: Demo) -> None:
    with own_demo.opened() as ctx:
        app = create_app(own_demo.settings, ctx.now, context=ctx)
        page = app.test_client().get("/").get_data(as_text=True)
    assert "python3 run.py serve" in page
    assert "py run.py serve" in page
