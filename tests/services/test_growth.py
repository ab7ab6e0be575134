"""What grew from a meeting, out of the stored evidence."""

from datetime import date, timedelta
from typing import Any

import pytest

from server.domain.growth import Harvest, LinkKind
from server.domain.referrals import Served
from server.domain.vocabulary import MeetingId, ReferralState
from server.persistence.models import FollowUp, Person
from server.services import growth, one_to_ones
from tests.conftest import FakeClock, Statements
from tests.follow_ups import exchange, promise
from tests.mornings import Morning
from tests.rooms import an_earlier_morning
from tests.services.test_slips import _give, _move, _served

ROUNDS = [[("Mira", "Max"), ("Olga", "Dora")], [("Mira", "Olga"), ("Max", "Dora")]]


def _held(morning: Morning, one: str, other: str, day: date) -> None:
    for teller, about in ((one, other), (other, one)):
        with morning.ctx.reading() as db:
            uid = db.get_one(Person, morning.people[about]).uid
        one_to_ones.say_held(
            morning.ctx,
            group_id=morning.group_id,  # type: ignore[arg-type]
            teller=morning.people[teller],
            other=uid,  # type: ignore[arg-type]
            held_on=day,
        )


@pytest.fixture
def earlier(morning: Morning) -> MeetingId:
    """Last week's meeting with two rounds."""
    return MeetingId(an_earlier_morning(morning, ROUNDS))


def test_the_way_from_a_table_to_a_client_well_served(morning: Morning, earlier: MeetingId, clock: FakeClock) -> None:
    day = growth.of_meeting(morning.ctx, earlier).day
    exchange(morning, earlier, "Mira", "Max")
    promise(morning, earlier, "Mira", "Max", "a number", day + timedelta(days=5))
    morning.ctx.transaction(_keep_promises)
    _held(morning, "Max", "Mira", day + timedelta(days=3))
    slip = _move(morning, "Max", _give(morning), ReferralState.ACCEPTED, ReferralState.CONTACTED, ReferralState.WON)
    _served(morning, "Mira", slip, Served.YES)
    _give(morning, giver="Dora", to="Olga")
    _give(morning, giver="Fiona", to="Olga")
    _give(morning, giver="Mira", to="Olga", level=1, consent=False, vouch="")
    found = growth.of_meeting(morning.ctx, earlier).grown
    assert found.whole == Harvest(one_to_ones=1, referrals=2, won=1)
    assert (found.well_served, found.rounds) == (1, ((1, Harvest(1, 2, 1)),))
    [trace] = found.traces
    assert (trace.round_number, trace.table) == (1, 1)
    assert {link.kind for link in trace.links} == set(LinkKind)


def _keep_promises(tx: Any) -> None:
    for row in tx.db.query(FollowUp):
        row.done_at = tx.now


def test_an_earlier_morning_is_not_credited_for_what_grew_from_a_later_one(
    morning: Morning, earlier: MeetingId
) -> None:
    found = growth.of_meeting(morning.ctx, morning.meeting_id).grown
    assert found.whole == Harvest()


def test_it_takes_few_statements(morning: Morning, earlier: MeetingId, statements: Statements) -> None:
    with statements() as sent:
        growth.of_meeting(morning.ctx, earlier)
    assert len(sent) <= 8
