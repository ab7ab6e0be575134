"""Taking the last action back: which one it is, and for how long. What it takes is each action's own affair."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.errors import Conflict
from server.domain.vocabulary import Uid

UNDO_FOR = timedelta(minutes=10)
"""How long an action can be taken back, unless it says otherwise."""
CLOCK_FOR = timedelta(minutes=2)
"""A clock that runs for longer is the room's business; a start or a pause is taken back at once or not at all."""
OVER_FOR = timedelta(minutes=5)
"""A round that was ended, or did not count, by mistake."""


@dataclass(frozen=True)
class Done:
    """An action as far as taking back goes. `until` is None for what cannot be taken back."""

    uid: Uid
    until: datetime | None
    undone: bool


def last(actions: Iterable[Done]) -> Done | None:
    """The action to take back: the newest (`actions` come newest first) that can be and has not been."""
    return next((each for each in actions if each.until is not None and not each.undone), None)


def check(wanted: Uid, found: Done | None, now: datetime) -> None:
    """Whether the action that somebody wants to take back is the one to take back now.

    Raises Conflict("nothing_to_take_back"), Conflict("undo_moved_on") when somebody did something later, and
    Conflict("too_late_to_take_back").
    """
    if found is None or found.until is None:
        raise Conflict("nothing_to_take_back")
    if found.uid != wanted:
        raise Conflict("undo_moved_on")
    if now > found.until:
        raise Conflict("too_late_to_take_back")
