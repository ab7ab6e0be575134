"""A single table of a round that does not count: skipped while the round is to come or goes on, void afterwards.

Whoever has a seat there has met nobody in that round, and may be seated with the same people again.
"""

from collections.abc import Collection
from enum import StrEnum

from server.domain.errors import WrongPhase
from server.domain.vocabulary import RoundPhase


class TableState(StrEnum):
    """Why a table takes no part."""

    SKIPPED = "skipped"
    VOID = "void"


_STATES = {
    RoundPhase.PLANNED: TableState.SKIPPED,
    RoundPhase.RUNNING: TableState.SKIPPED,
    RoundPhase.PAUSED: TableState.SKIPPED,
    RoundPhase.ENDED: TableState.VOID,
}


def state_for(phase: RoundPhase) -> TableState:
    """What a table becomes that is taken out of a round in this phase. Raises WrongPhase("round_is_void")."""
    if phase not in _STATES:
        raise WrongPhase("round_is_void")
    return _STATES[phase]


def check_laid(table: int, laid: Collection[int], closed: Collection[int]) -> None:
    """Whether a table can be taken out: people sit there, and it is not out yet.

    Raises WrongPhase("nobody_at_table") or WrongPhase("table_out_already"), both with `table`.
    """
    if table not in laid or table < 1:
        raise WrongPhase("nobody_at_table", table=table)
    if table in closed:
        raise WrongPhase("table_out_already", table=table)
