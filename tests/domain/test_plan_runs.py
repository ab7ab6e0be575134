"""Who may begin to plan while somebody else does, and what becomes of the run before."""

from datetime import UTC, datetime, timedelta

import pytest

from server.domain import plan_runs as rules
from server.domain.errors import Conflict
from server.domain.plan_runs import RunState

TOLD = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
SOON = TOLD + timedelta(seconds=1)
LATE = TOLD + rules.LOST_AFTER


def test_while_the_next_round_is_seated_nobody_begins_another_run() -> None:
    with pytest.raises(Conflict) as refused:
        rules.check_may_begin(RunState.SEATING, TOLD, SOON)
    assert refused.value.code == "plan_under_way"


@pytest.mark.parametrize("state", [state for state in RunState if state is not RunState.SEATING])
def test_every_other_run_gives_way(state: RunState) -> None:
    rules.check_may_begin(state, TOLD, SOON)


def test_a_run_that_died_stops_nobody() -> None:
    assert not rules.is_live(RunState.SEATING, TOLD, LATE)
    rules.check_may_begin(RunState.SEATING, TOLD, LATE)
    assert rules.replaced(RunState.SEATING, TOLD, LATE) is RunState.LOST


def test_a_run_that_improves_is_overtaken_by_the_next_and_one_that_ended_stays_as_it_ended() -> None:
    assert rules.replaced(RunState.IMPROVING, TOLD, SOON) is RunState.OVERTAKEN
    assert rules.replaced(RunState.STOPPED, TOLD, SOON) is RunState.STOPPED
