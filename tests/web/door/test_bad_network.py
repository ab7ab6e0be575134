"""The door's page through a network that delays, resets, doubles and goes away: nobody lost, nobody counted twice."""

import itertools
from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from server.domain.vocabulary import CheckInKind
from server.persistence.models import Attendance, CheckInEvent
from server.services import attendance
from server.services.context import Context
from tests.fault_proxy import FaultProxy, Faults
from tests.web.door.doors import PATIENCE, Door, OpenDesk, answered, in_room, usb

BAD = Faults(delay=(0.0, 0.1), lost_before=0.2, lost_after=0.2, twice=0.3)
"""Two writes of five are answered by nobody, and of the rest every third arrives twice."""


@pytest.fixture
def network(door: Door) -> Iterator[FaultProxy]:
    made = FaultProxy(door.served.port)
    yield made
    made.close()


def _entries(ctx: Context) -> Counter[str]:
    """How many lines of the book let each person in."""
    with ctx.reading() as db:
        lines = db.execute(
            select(Attendance.uid, func.count())
            .join(CheckInEvent, CheckInEvent.attendance_id == Attendance.id)
            .where(CheckInEvent.kind == CheckInKind.ENTRY)
            .group_by(Attendance.uid)
        )
        return Counter({str(uid): int(number) for uid, number in lines.all()})


def test_on_a_bad_network_that_goes_away_the_door_loses_nobody_and_doubles_nobody(
    door: Door, desk: OpenDesk, network: FaultProxy
) -> None:
    page, codes = desk(url=network.url), door.morning.codes
    network.faults = BAD
    for who in ("Olga", "Fiona", "Mira"):
        usb(page, codes[who])
    page.get_by_role("button", name="Walk-in").first.click()
    page.get_by_label("First name").fill("Zoë")
    page.get_by_role("button", name="Add and let in").click()
    answered(page, "in", "Zoë")  # one after another: all before are answered, too, and none is sent again later
    in_room(page, 4)
    # Somebody may be in whose answer was lost: that scan still waits, and is sent again.
    unanswered = page.locator("[data-last] li .wait")
    expect(unanswered).to_have_count(0, timeout=2 * PATIENCE)
    network.out()
    for who in ("Max", "Vik"):
        usb(page, codes[who])
    expect(page.locator("[data-net]")).to_contain_text("2 scans waiting", timeout=PATIENCE)
    network.back()
    in_room(page, 6)
    expect(unanswered).to_have_count(0, timeout=2 * PATIENCE)
    usb(page, codes["Max"])
    expect(page.locator("[data-result]")).to_contain_text("Already in", timeout=2 * PATIENCE)
    counted = network.counted
    # What is drawn hangs on how many requests there are: go on until the network was bad enough to tell something.
    for who in itertools.cycle(("Vik", "Olga", "Fiona", "Mira", "Max")):
        if counted.lost_before + counted.lost_after + counted.twice >= 3:
            break
        usb(page, codes[who])
        answered(page, "already", who)
    assert door.beside(lambda ctx: attendance.counts(ctx, door.morning.meeting_id).in_room) == 6
    assert set(door.beside(_entries).values()) == {1}
