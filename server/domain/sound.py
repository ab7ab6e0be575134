"""What the room is to hear of a round: how loud, whether half-time rings, and when the last seconds begin."""

from dataclasses import dataclass
from datetime import timedelta

from server.domain.errors import RuleViolation

LEVELS = (0, 100)
LAST_SECONDS = (0, 15, 30, 60)
"""When the last seconds of a round may begin; 0: they are not announced."""
WALL_FORGOTTEN = timedelta(hours=1)
"""A display that has said nothing for so long is not known any more; each speaks once a minute."""


@dataclass(frozen=True)
class Sound:
    """The bells of a meeting as every screen rings them. `level` in per cent, `last_seconds` 0 for no announcement."""

    level: int = 70
    half_time: bool = True
    last_seconds: int = 30

    def __post_init__(self) -> None:
        """Raises `RuleViolation("sound_level_out_of_range")` and `RuleViolation("last_seconds_unknown")`."""
        least, most = LEVELS
        if not least <= self.level <= most:
            raise RuleViolation("sound_level_out_of_range", field="level", least=least, most=most)
        if self.last_seconds not in LAST_SECONDS:
            raise RuleViolation("last_seconds_unknown", field="last_seconds")
