"""How many contacts were followed up: for the group from five people on, for a member their own."""

from datetime import timedelta

from server.domain.touches import Rate
from server.domain.vocabulary import GroupId, MeetingId
from server.persistence.models import FollowUp
from server.services import mine, quality
from server.services.context import Tx
from tests.conftest import FakeClock
from tests.follow_ups import exchange, promise
from tests.mornings import Morning
from tests.rooms import an_earlier_morning
from tests.services.test_growth import _held
from tests.services.test_slips import _give

PAIRS = (("Mira", "Max"), ("Olga", "Dora"), ("Fiona", "Mira"))


def _a_meeting_with_contacts(morning: Morning) -> None:
    """Three pairs exchanged contacts three weeks ago."""
    earlier = MeetingId(an_earlier_morning(morning, [[("Mira", "Max"), ("Olga", "Dora")]], days_ago=21))
    for one, other in PAIRS:
        exchange(morning, earlier, one, other)


def _rate(morning: Morning) -> Rate:
    return quality.of_group(morning.ctx, GroupId(morning.group_id), money=False).rate


def _own(morning: Morning, who: str) -> Rate:
    asked = morning.ctx, GroupId(morning.group_id), morning.people[who]
    rate, rows = mine.of_person(*asked).rate, mine.contacts(*asked)
    assert (len(rows), sum(each.in_time for each in rows)) == (rate.made, rate.touched), "a figure equals its rows"
    return rate


def test_a_one_to_one_touches_both_a_slip_its_giver_and_a_kept_promise_its_owner(morning: Morning) -> None:
    _a_meeting_with_contacts(morning)
    assert _rate(morning) == Rate(6, 0, 5)
    today = morning.ctx.now().date()
    _held(morning, "Mira", "Max", today - timedelta(days=10))
    assert _rate(morning) == Rate(6, 2, 5)
    _give(morning, giver="Olga", to="Dora", given_on=today - timedelta(days=9), consent=False)
    assert (_rate(morning), _own(morning, "Olga")) == (Rate(6, 2, 5), Rate(1, 0, 1)), "a lead is kept and never counted"
    _give(morning, giver="Olga", to="Dora", given_on=today - timedelta(days=9))
    assert _rate(morning) == Rate(6, 3, 5)
    promise(morning, morning.meeting_id, "Fiona", "Mira", "a number", today)

    def kept(tx: Tx) -> None:
        for row in tx.db.query(FollowUp):
            row.done_at = tx.now - timedelta(days=12)

    morning.ctx.transaction(kept)
    assert _rate(morning) == Rate(6, 4, 5)
    assert (_own(morning, "Mira"), _own(morning, "Olga"), _own(morning, "Dora")) == (
        Rate(2, 1, 1),
        Rate(1, 1, 1),
        Rate(1, 0, 1),
    )


def test_nothing_is_told_of_a_group_while_fewer_than_five_made_contacts(morning: Morning, clock: FakeClock) -> None:
    exchange(morning, morning.meeting_id, "Mira", "Max")
    clock.pass_by(days=15)
    assert _rate(morning) == Rate()
    assert _own(morning, "Mira") == Rate(1, 0, 1)


def test_other_groups_contacts_are_not_counted(morning: Morning) -> None:
    _a_meeting_with_contacts(morning)
    assert quality.of_group(morning.ctx, GroupId(morning.other_group_id), money=False).rate == Rate()
