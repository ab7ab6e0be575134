"""What the room is to hear of a round."""

import pytest

from server.domain.errors import RuleViolation
from server.domain.sound import Sound


def test_a_meeting_rings_at_half_time_and_half_a_minute_before_the_end_unless_told_otherwise() -> None:
    assert Sound() == Sound(level=70, half_time=True, last_seconds=30)


@pytest.mark.parametrize("level", [-1, 101])
def test_a_loudness_outside_its_scale_is_refused(level: int) -> None:
    with pytest.raises(RuleViolation) as refused:
        Sound(level=level)
    assert refused.value.code == "sound_level_out_of_range"


@pytest.mark.parametrize("seconds", [1, 45, 61])
def test_the_last_seconds_are_one_of_four_lengths(seconds: int) -> None:
    with pytest.raises(RuleViolation) as refused:
        Sound(last_seconds=seconds)
    assert refused.value.code == "last_seconds_unknown"
    assert [Sound(last_seconds=each).last_seconds for each in (0, 15, 30, 60)] == [0, 15, 30, 60]
