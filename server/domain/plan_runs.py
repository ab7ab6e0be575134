"""A planning run that everybody can see: how far it is, who may begin another one, and when it counts as lost.

A run first seats the next round, which is announced at once, and then looks for better later rounds behind it.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.errors import Conflict

LOST_AFTER = timedelta(seconds=8)
"""A run that said nothing for so long has died with its process."""


class RunState(StrEnum):
    """Where a run stands."""

    SEATING = "seating"
    """Nothing is announced yet."""
    IMPROVING = "improving"
    """The next round is announced; later ones are being looked at."""
    DONE = "done"
    STOPPED = "stopped"
    """Somebody had enough; the best so far was kept."""
    OVERTAKEN = "overtaken"
    """The rounds went on, or another plan was begun; what was announced stands."""
    REFUSED = "refused"
    """It could not be planned; the run says why."""
    LOST = "lost"


LIVE = frozenset({RunState.SEATING, RunState.IMPROVING})


def is_live(state: RunState, told_at: datetime, now: datetime) -> bool:
    """Whether somebody works on it at this moment."""
    return state in LIVE and now - told_at < LOST_AFTER


def check_may_begin(state: RunState, told_at: datetime, now: datetime) -> None:
    """Whether another run may begin beside the last one. One that only improves gives way.

    Raises `Conflict("plan_under_way")`.
    """
    if state is RunState.SEATING and is_live(state, told_at, now):
        raise Conflict("plan_under_way")


def replaced(state: RunState, told_at: datetime, now: datetime) -> RunState:
    """What becomes of the last run when another begins."""
    if state not in LIVE:
        return state
    return RunState.OVERTAKEN if is_live(state, told_at, now) else RunState.LOST
