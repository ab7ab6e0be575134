"""Planning on the wire: how far the run is, and which seats a screen must have seen before it changes any.

Codes and numbers only: screens of one audience speak different languages.
"""

from server.domain.vocabulary import MeetingId
from server.services import plan_runs, seating
from server.services.context import Context, Json
from server.services.plan_runs import RunView

SHOWN = ("forbidden", "must_meet_missed", "thirds", "repeats", "same_sector", "wishes_missed", "seats_changed")
"""The levels of the cost that a progress bar has words for."""


def run_of(run: RunView | None) -> Json | None:
    """A run as screens show it: its state, whole percent of the stage, the best cost so far."""
    if run is None:
        return None
    return {
        "uid": run.uid,
        "state": run.state.value,
        "live": run.live,
        "enough": run.enough,
        "share": run.share,
        "cost": {name: run.cost.get(name) for name in SHOWN},
    }


def plan(ctx: Context, meeting_id: MeetingId) -> Json:
    """The section `plan`: the version of the seats and what was settled by hand, and the last run."""
    return {"version": seating.version(ctx, meeting_id), "run": run_of(plan_runs.latest(ctx, meeting_id))}
