"""The bells of a meeting and the displays that can be heard, on both databases."""

import threading
from datetime import timedelta

import pytest

from server.domain.errors import RuleViolation
from server.domain.sound import Sound
from server.domain.vocabulary import PersonId, Uid
from server.services import action_log, sound, undoing
from tests.conftest import FakeClock
from tests.mornings import Morning


def _sound(morning: Morning) -> Sound:
    return sound.of_meeting(morning.ctx, morning.meeting_id).sound


def _lines(morning: Morning) -> list[tuple[str, object]]:
    return [(line.key, line.params) for line in action_log.whole(morning.ctx, morning.meeting_id)]


def test_a_meeting_has_bells_before_anybody_sets_them(morning: Morning) -> None:
    assert sound.of_meeting(morning.ctx, morning.meeting_id) == sound.SoundView(Sound())


def test_one_thing_is_set_and_the_others_stay(morning: Morning) -> None:
    here = {"meeting_id": morning.meeting_id, "by": PersonId(morning.people["Fiona"])}
    sound.change(morning.ctx, level=35, **here)
    sound.change(morning.ctx, half_time=False, **here)
    sound.change(morning.ctx, last_seconds=0, **here)
    sound.change(morning.ctx, last_seconds=0, **here)
    sound.change(morning.ctx, last_seconds=60, half_time=False, **here)
    sound.change(morning.ctx, half_time=True, **here)
    assert _sound(morning) == Sound(35, True, 60)
    assert _lines(morning) == [
        ("sound_level", {"level": 35}),
        ("half_time_off", {}),
        ("last_seconds_off", {"last": 0}),
        ("last_seconds_on", {"last": 60}),
        ("half_time_on", {}),
    ]


def test_a_loudness_that_does_not_exist_changes_nothing(morning: Morning) -> None:
    with pytest.raises(RuleViolation):
        sound.change(morning.ctx, meeting_id=morning.meeting_id, level=101)
    assert _sound(morning) == Sound()


def test_a_test_rings_anew_each_time_and_is_heard_at_one_loudness(morning: Morning, clock: FakeClock) -> None:
    here = {"meeting_id": morning.meeting_id}
    one = sound.try_out(morning.ctx, **here)["uid"]
    clock.pass_by(seconds=5)
    other = sound.try_out(morning.ctx, **here)["uid"]
    sound.heard(morning.ctx, **here)
    sound.heard(morning.ctx, **here)
    found = sound.of_meeting(morning.ctx, morning.meeting_id)
    assert one != other == found.test_uid
    assert found.test_at == found.heard_at == clock.now
    assert [key for key, _ in _lines(morning)] == ["sound_tested", "sound_tested", "sound_heard"]
    sound.change(morning.ctx, half_time=False, **here)
    assert sound.of_meeting(morning.ctx, morning.meeting_id).heard_at is not None
    sound.change(morning.ctx, level=90, **here)
    assert sound.of_meeting(morning.ctx, morning.meeting_id).heard_at is None, "nobody has heard that yet"


def test_a_change_of_the_bells_can_be_taken_back(morning: Morning) -> None:
    sound.change(morning.ctx, meeting_id=morning.meeting_id, level=10)
    undoable = action_log.last(morning.ctx, morning.meeting_id).undoable
    undoing.take_back(morning.ctx, meeting_id=morning.meeting_id, action=Uid(undoable or ""))
    assert _sound(morning) == Sound()


def test_each_display_speaks_for_itself_and_is_forgotten_an_hour_later(morning: Morning, clock: FakeClock) -> None:
    def told() -> dict[str, bool]:
        return {screen: on for screen, (on, _) in sound.walls(morning.ctx, morning.meeting_id).items()}

    def tell(screen: str, is_on: bool) -> None:
        sound.tell(morning.ctx, meeting_id=morning.meeting_id, screen=screen, is_on=is_on)

    tell("large", False)
    tell("small", True)
    tell("large", True)
    assert told() == {"large": True, "small": True}
    clock.pass_by(seconds=timedelta(minutes=59).total_seconds())
    tell("small", False)
    assert told() == {"large": True, "small": False}
    clock.pass_by(seconds=90)
    tell("small", False)
    assert told() == {"small": False}


def test_two_consoles_that_set_the_bells_at_once_make_one_line(morning: Morning) -> None:
    wrong: list[Exception] = []

    def set_to(level: int) -> None:
        try:
            sound.change(morning.ctx, meeting_id=morning.meeting_id, level=level)
        except Exception as error:  # noqa: BLE001 - of a thread, told below
            wrong.append(error)

    threads = [threading.Thread(target=set_to, args=(level,)) for level in (20, 80)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert _sound(morning).level in {20, 80}
