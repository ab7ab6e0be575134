"""A visitor whose visits are used up, in a real browser: let in like everybody, with a quiet word for the door."""

import pytest
from playwright.sync_api import expect

from server.domain.vocabulary import Standing
from server.persistence.models import Group, Person
from server.services.context import Context, Tx
from tests import builders
from tests.web.door.doors import PATIENCE, Door, OpenDesk, answered, usb

pytestmark = pytest.mark.browser


def test_the_door_says_quietly_that_visits_are_used_up(door: Door, desk: OpenDesk) -> None:
    morning = door.morning

    def came_before(ctx: Context) -> None:
        def work(tx: Tx) -> None:
            group, vik = tx.db.get_one(Group, morning.group_id), tx.db.get_one(Person, morning.people["Vik"])
            for number in range(2):
                meeting = builders.a_meeting(tx, group, slug=f"earlier-{number}")
                builders.an_attendance(tx, meeting, vik, Standing.VISITOR, entered_at=tx.now)

        ctx.transaction(work)

    door.beside(came_before)
    page = desk()
    usb(page, morning.codes["Mira"])
    answered(page, "in", "Mira Łukasik")
    expect(page.locator("[data-result]")).not_to_contain_text("Visits used up")
    usb(page, morning.codes["Vik"])
    answered(page, "in", "Visits used up: this is number 3, 2 are allowed")
    line = page.locator(f"[data-last] [data-uid='{morning.attendances['Vik']}']")
    expect(line).to_contain_text("visitor · visits used up", timeout=PATIENCE)
    page.reload()
    expect(line).to_contain_text("visitor · visits used up", timeout=PATIENCE)
    expect(page.locator("[data-last]").get_by_text("visits used up")).to_have_count(1)
