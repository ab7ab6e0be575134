"""A single table that takes no part in a round."""

import pytest

from server.domain import table_states
from server.domain.errors import WrongPhase
from server.domain.table_states import TableState
from server.domain.vocabulary import RoundPhase


@pytest.mark.parametrize("phase", [RoundPhase.PLANNED, RoundPhase.RUNNING, RoundPhase.PAUSED])
def test_a_table_is_skipped_as_long_as_the_round_is_not_over(phase: RoundPhase) -> None:
    assert table_states.state_for(phase) is TableState.SKIPPED


def test_afterwards_it_is_void() -> None:
    assert table_states.state_for(RoundPhase.ENDED) is TableState.VOID


def test_a_void_round_has_no_tables_to_take_out() -> None:
    with pytest.raises(WrongPhase) as refused:
        table_states.state_for(RoundPhase.VOID)
    assert refused.value.code == "round_is_void"


def test_only_a_table_with_people_that_is_not_out_yet_is_taken_out() -> None:
    table_states.check_laid(2, {0, 1, 2}, {1})
    for table, code in ((3, "nobody_at_table"), (0, "nobody_at_table"), (1, "table_out_already")):
        with pytest.raises(WrongPhase) as refused:
            table_states.check_laid(table, {0, 1, 2}, {1})
        assert (refused.value.code, refused.value.params) == (code, {"table": table})
