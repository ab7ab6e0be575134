"""Before the demo serves: made once, moved to today when its meeting was never opened, greeted with links at start.

A new demo is built beside the old one and takes its place in one step, so that whatever interrupts it leaves either
the old one or none.
"""

import gc
import os
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from server.app import create_context, utc_now
from server.config import Settings, SettingsError
from server.demo.cast import MEMBERS, VISITORS, made_up_people
from server.demo.story import WEEKS, ZONE, Clock, Story
from server.domain.rounds import GOING_ON
from server.domain.vocabulary import MeetingStatus, Role, Standing
from server.services import (
    badges,
    demo_days,
    expected,
    groups,
    meetings,
    preparing,
    rounds,
    sessions,
    workbench,
)
from server.services.context import Context
from server.services.demo_days import DemoMeeting
from server.serving import addresses, only_one, say_qr

Say = Callable[[str], None]
Now = Callable[[], datetime]
SOON = timedelta(minutes=10)
"""Today's meeting starts at the first full quarter of an hour after this."""
LINKS_LIVE = timedelta(hours=24)
STALE = timedelta(minutes=30)
"""A meeting that nobody opened and that should have begun so long ago starts soon again."""
_SIDE_FILES = ("", "-wal", "-shm")


def prepare(settings: Settings, *, fresh: bool, seed: int, say: Say, now: Now = utc_now) -> None:
    """Have a made-up group with a meeting today. `fresh` makes a new one even where there is one.

    Raises SettingsError when the folder holds somebody's own group, is served already, or a database is named.
    """
    if settings.database:
        raise SettingsError("The demo keeps its made-up group in a file of its own; start it without --database.")
    with only_one(settings.instance):
        _remove(_aside(settings))
        if not fresh and _refresh(settings, now):
            return
        if fresh:
            _check_made_up(settings, now)
        _make(settings, seed, say, now)


def soon(now: datetime) -> datetime:
    """When a meeting of today that is about to begin starts: at a full quarter of an hour of the same local day."""
    local = now.astimezone(ZoneInfo(ZONE)).replace(second=0, microsecond=0)
    start = local + SOON
    start += timedelta(minutes=-start.minute % 15)
    return start if start.date() == local.date() else local.replace(hour=23, minute=45)


@contextmanager
def _opened(settings: Settings, now: Now, *, bulk: bool = False) -> Iterator[Context]:
    ctx = create_context(settings, now, bulk=bulk)
    try:
        yield ctx
    finally:
        ctx.database.close()


def _file(settings: Settings) -> Path:
    return settings.instance / "coltiva.db"


def _aside(settings: Settings) -> Path:
    return settings.instance / ".making.db"


def _remove(path: Path) -> None:
    for ending in _SIDE_FILES:
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _check_made_up(settings: Settings, now: Now) -> None:
    """A group that somebody set up is never replaced."""
    if not _file(settings).exists():
        return
    with _opened(settings, now) as ctx:
        _newest(ctx, settings)


def _newest(ctx: Context, settings: Settings) -> DemoMeeting | None:
    found = demo_days.newest(ctx)
    if found is None and groups.count(ctx):
        raise SettingsError(
            f"{settings.instance} holds a group of its own; the demo needs another folder (--instance)."
        )
    return found


def _refresh(settings: Settings, now: Now) -> bool:
    """Bring the demo that is there to today; False when there is none."""
    if not _file(settings).exists():
        return False
    with _opened(settings, now) as ctx:
        last = _newest(ctx, settings)
        if last is None:
            return False
        start = soon(now())
        missed = last.day == start.date() and last.local_start < now() - STALE
        if last.status is MeetingStatus.DRAFT and (last.day < start.date() or missed):
            demo_days.move(ctx, meeting_id=last.id, starts_local=start.replace(tzinfo=None))
        elif last.status is not MeetingStatus.DRAFT and last.day < start.date():
            _next_meeting(ctx, last, start)
        return True


def _next_meeting(ctx: Context, last: DemoMeeting, start: datetime) -> None:
    """The meeting of an earlier day was opened: it stays what it became, and there is a new one today."""
    if last.status is MeetingStatus.OPEN:
        for each in rounds.listed(ctx, last.id):
            if each.phase in GOING_ON:
                rounds.end(ctx, meeting_id=last.id, number=each.number, version=each.clock.version)
        meetings.close(ctx, meeting_id=last.id)
    plan = preparing.suggested(ctx, last.group_id)
    assert plan is not None, "there was a meeting"
    plan = replace(plan, starts_local=start.replace(tzinfo=None))
    uid = meetings.create(ctx, group_id=last.group_id, plan=plan, is_demo=True)
    meeting_id = meetings.find(ctx, uid).id
    for known in expected.candidates(ctx, meeting_id):
        if known.standing is Standing.VISITOR:
            expected.add(ctx, meeting_id=meeting_id, person_uid=known.uid)
    badges.issue_for_meeting(ctx, meeting_id=meeting_id)


def _make(settings: Settings, seed: int, say: Say, now: Now) -> None:
    """Build the group beside what is there, then put it in its place."""
    aside = _aside(settings)
    say(f"Making a group to look around in: {MEMBERS} members, {VISITORS} visitors, {WEEKS} breakfasts.")
    began = now()
    clock = Clock(began)
    chance = random.Random(seed)
    try:
        with _opened(replace(settings, database=f"sqlite:///{aside}"), clock, bulk=True) as ctx, _rare_collections():
            story = Story(ctx, clock, made_up_people(chance), chance, soon(began))
            story.lay_out(_progress)
            story.run_until(began)
        with aside.open("rb+") as file:
            os.fsync(file.fileno())
        _remove(_file(settings))
        aside.replace(_file(settings))
    finally:
        _remove(aside)
        workbench.stop_all()


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Thousands of short transactions make much to look at and little to collect."""
    usual = gc.get_threshold()
    gc.set_threshold(20_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _progress(weeks_ago: int) -> None:
    """One line that fills, where somebody looks at it."""
    if not sys.stdout.isatty():
        return
    done = WEEKS - weeks_ago + 1
    bar = "#" * (done * 2) + "." * ((WEEKS + 1 - done) * 2)
    sys.stdout.write(f"\r  [{bar}] " + ("\n" if weeks_ago == 0 else ""))
    sys.stdout.flush()


def greet(say: Say) -> Callable[[Context, Settings], None]:
    """What the console says once the port is known: addresses, four links for one use, the way to one's own group."""

    def welcome(ctx: Context, settings: Settings) -> None:
        here, phones = addresses(settings)
        demo = demo_days.newest(ctx)
        assert demo is not None, "prepared before the server started"
        say(f"Coltiva shows a made-up group: {demo.group_name}, {demo.members} members.")
        say(f"{demo.name} is today at {demo.local_start:%H:%M} ({ZONE}). On this computer: {here}")
        say("")
        for name, token in _links(ctx, demo):
            say(f"  {name:<12} {here}/link/{token}")
        say("")
        say("Each link works once, on this computer, within a day. The organiser may open every screen;")
        say("open the others in another browser or a private window.")
        if phones != here:
            say(f"Phones and other computers: {phones}")
            say_qr(say, phones)
        say("Your own group: python3 run.py serve   (Windows: py run.py serve; installed: coltiva serve)")
        say(f"Data: {settings.instance}   A new demo: --fresh   Stop: Ctrl-C")

    return welcome


def _links(ctx: Context, demo: DemoMeeting) -> Iterator[tuple[str, str]]:
    yield (
        "Organiser",
        sessions.make_link(ctx, purpose="person", life=LINKS_LIVE, person_id=demo.organiser_id, loopback_only=True),
    )
    devices = (("Facilitator", Role.FACILITATOR), ("Door", Role.GREETER), ("Display", Role.DISPLAY))
    for name, role in devices:
        yield (
            name,
            sessions.make_link(
                ctx,
                purpose="device",
                life=LINKS_LIVE,
                role=role,
                group_id=demo.group_id,
                meeting_id=demo.id,
                loopback_only=True,
            ),
        )
