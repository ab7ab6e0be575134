"""How many screens are online, over all processes, on both databases."""

from server.domain.vocabulary import MeetingId
from server.services import online
from server.services.online import Online
from tests.conftest import FakeClock
from tests.mornings import Morning


def _now(morning: Morning) -> Online:
    return online.online(morning.ctx, morning.meeting_id)


def test_the_screens_of_all_processes_are_one_sum(morning: Morning) -> None:
    here = morning.meeting_id
    assert _now(morning) == Online()
    online.write_down(morning.ctx, "one", {here: Online(phones=12, displays=1)})
    online.write_down(morning.ctx, "two", {here: Online(phones=8, consoles=1)})
    assert _now(morning) == Online(phones=20, displays=1, consoles=1)
    online.write_down(morning.ctx, "one", {here: Online(phones=11, displays=1)})
    assert _now(morning) == Online(phones=19, displays=1, consoles=1)
    online.write_down(morning.ctx, "two", {})
    assert _now(morning) == Online(phones=11, displays=1)


def test_a_process_that_died_takes_its_screens_along(morning: Morning, clock: FakeClock) -> None:
    online.write_down(morning.ctx, "one", {morning.meeting_id: Online(phones=12)})
    clock.now += online.GONE_AFTER
    assert _now(morning).phones == 12
    clock.pass_by(seconds=1)
    assert _now(morning) == Online()


def test_other_meetings_are_other_sums(morning: Morning) -> None:
    online.write_down(morning.ctx, "one", {morning.meeting_id: Online(phones=1)})
    assert online.online(morning.ctx, MeetingId(morning.meeting_id + 1)) == Online()
