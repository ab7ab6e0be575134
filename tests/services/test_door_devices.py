"""The devices of the door: a name, a role, a rest that four digits end, and a way to be sent away."""

import pytest

from server.domain.access import Scope, Verb, may
from server.domain.errors import NotAllowed, NotFound, RuleViolation
from server.domain.vocabulary import GroupId, Role, Uid
from server.services import door_devices, meetings, sessions
from server.services.context import Context
from server.services.door_devices import Device, DoorLink
from tests.conftest import FakeClock
from tests.mornings import Morning


def _link(morning: Morning, role: str = "greeter", name: str = "Desk 2, Anna") -> DoorLink:
    return door_devices.make_link(
        morning.ctx, group_id=GroupId(morning.group_id), meeting_id=morning.meeting_id, role=role, name=name
    )


def _opened(ctx: Context, link: DoorLink) -> sessions.Opened:
    return sessions.consume_link(ctx, token=link.token, label="Chrome", from_this_computer=False)


def test_a_device_is_called_as_the_organiser_says(morning: Morning) -> None:
    opened = _opened(morning.ctx, _link(morning))
    assert sessions.actor_for(morning.ctx, opened.token).name == "Desk 2, Anna"
    assert door_devices.how_many(morning.ctx, morning.meeting_id) == 2


def test_a_resting_door_scans_and_does_nothing_else_until_its_digits_are_typed(morning: Morning) -> None:
    link = _link(morning)
    opened = _opened(morning.ctx, link)
    scope = Scope(GroupId(morning.group_id), morning.meeting_id)

    def can(verb: Verb) -> bool:
        return may(sessions.actor_for(morning.ctx, opened.token), verb, scope, now=morning.ctx.now())

    assert door_devices.device(morning.ctx, opened.uid) == Device(can_rest=True)
    assert door_devices.rest(morning.ctx, session_uid=opened.uid)
    assert door_devices.device(morning.ctx, opened.uid).rests
    assert (can(Verb.ADMIT), can(Verb.SEARCH_ROOM), can(Verb.UNDO_ADMISSION)) == (True, False, False)
    with pytest.raises(NotAllowed, match="pin_wrong"):
        door_devices.wake(morning.ctx, session_uid=opened.uid, pin="12345")
    door_devices.wake(morning.ctx, session_uid=opened.uid, pin=f" {link.pin} ")
    assert can(Verb.SEARCH_ROOM)
    assert not door_devices.device(morning.ctx, opened.uid).rests
    door_devices.wake(morning.ctx, session_uid=opened.uid, pin="12345")  # nobody is asked while it is awake


def test_five_wrong_tries_sign_the_device_out(morning: Morning) -> None:
    opened = _opened(morning.ctx, _link(morning))
    door_devices.rest(morning.ctx, session_uid=opened.uid)
    said = []
    for _ in range(5):
        with pytest.raises(NotAllowed) as refused:
            door_devices.wake(morning.ctx, session_uid=opened.uid, pin="none")
        said.append(refused.value.code)
    assert said == ["pin_wrong"] * 4 + ["pin_used_up"]
    assert door_devices.standing(morning.ctx, opened.token) == "revoked"


def test_a_door_without_digits_never_rests(morning: Morning) -> None:
    assert door_devices.standing(morning.ctx, morning.tokens["Dora"]) == "in"
    dora = sessions.actor_for(morning.ctx, morning.tokens["Dora"])
    assert not door_devices.rest(morning.ctx, session_uid=dora.session_uid)
    assert not door_devices.rest(morning.ctx, session_uid=Uid("0" * 16))
    assert door_devices.device(morning.ctx, dora.session_uid) == Device()
    assert door_devices.device(morning.ctx, None) == Device()


def test_a_browser_learns_whether_it_was_sent_away_or_only_forgotten(morning: Morning, clock: FakeClock) -> None:
    opened = _opened(morning.ctx, _link(morning, role="kiosk"))
    clock.pass_by(hours=19)
    assert door_devices.standing(morning.ctx, opened.token) == "expired"
    assert door_devices.standing(morning.ctx, "made up") == "unknown"
    assert door_devices.standing(morning.ctx, None) == "unknown"


def test_only_doors_are_made_here_and_only_before_the_end(morning: Morning) -> None:
    with pytest.raises(RuleViolation, match="role_unknown"):
        _link(morning, role=Role.ORGANISER.value)
    with pytest.raises(RuleViolation, match="text_too_long"):
        _link(morning, name="x" * 81)
    meetings.close(morning.ctx, meeting_id=morning.meeting_id)
    with pytest.raises(NotFound, match="meeting_unknown"):
        _link(morning)
