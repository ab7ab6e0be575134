"""What the doors hear of late scans, conflicts, substitutes and groups: every screen keeps up by its news alone."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask

from server.domain.vocabulary import Uid
from server.services import check_ins, conflicts, paper_ticks, self_check_in, walk_ins
from server.services.check_ins import Desk, Sent
from server.services.paper_ticks import Tick
from server.services.walk_ins import Newcomer
from tests.conftest import FakeClock
from tests.mornings import Morning
from tests.screens import Screen

FIRST, SECOND = Desk(None, "Door 1"), Desk(None, "Door 2")


def test_every_screen_keeps_up_with_whatever_happens_at_the_doors(
    app: Flask, morning: Morning, clock: FakeClock
) -> None:
    screens = [Screen(app, morning, who) for who in ("Dora", "Olga", "Fiona", "display", "Mira")]
    here: dict[str, Any] = {"meeting_id": morning.meeting_id}

    def settled() -> None:
        for screen in screens:
            screen.hear()
            assert screen.behind() == []

    def saved(who: str, desk: Desk, minutes: int) -> None:
        now = int(clock.now.timestamp() * 1000)
        sent = Sent(now - minutes * 60_000, now, saved=True)
        check_ins.check_in(morning.ctx, scanned=morning.codes[who], desk=desk, sent=sent, **here)
        settled()

    clock.pass_by(hours=1)
    saved("Mira", FIRST, 5)
    saved("Mira", SECOND, 9)
    assert [clash["name"] for clash in screens[0].snapshot["conflicts"].values()] == ["Mira Łukasik"]
    assert "conflicts" not in screens[4].snapshot, "a phone hears nothing of the doors"
    (found,) = conflicts.listed(morning.ctx, morning.meeting_id)
    conflicts.settle(morning.ctx, conflict_uid=found.uid, verdict="same", desk=FIRST, **here)
    settled()
    assert not screens[0].snapshot.get("conflicts")
    absent = morning.attendances["Max"]
    walk_ins.come_for(morning.ctx, absent_uid=absent, who=Newcomer("Zoë"), desk=FIRST, **here)
    settled()
    together = [morning.attendances[who] for who in ("Vik", "Olga")]
    check_ins.admit_together(morning.ctx, attendance_uids=together, desk=FIRST, **here)
    settled()
    check_ins.undo(morning.ctx, attendance_uid=Uid(together[0]), desk=FIRST, **here)
    settled()
    self_check_in.by_person(morning.ctx, person_id=morning.people["Fiona"], desk=SECOND, **here)
    settled()
    ten_minutes_ago = (clock.now - timedelta(minutes=10)).astimezone(ZoneInfo("Europe/Rome"))
    ticks = [Tick(morning.attendances["Vik"], ten_minutes_ago.time())]
    paper_ticks.tick_back(morning.ctx, ticks=ticks, desk=Desk(None, "Paper"), **here)
    settled()
