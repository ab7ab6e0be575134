"""Registering for a meeting from outside: until when, how many, who waits, and who moves up when a place is free.

First come, first served. Whoever has visited as often as the group allows waits for a word of the organiser and never
moves up alone. Nothing here knows names.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from server.domain.errors import RuleViolation, WrongPhase
from server.domain.vocabulary import MeetingStatus

PLACES_MOST = 2000
"""How many places a meeting may have; 0: as many as come."""
WAITING_MOST = 500
"""Nobody waits behind so many."""
T = TypeVar("T")


class RegistrationState(StrEnum):
    """Where somebody who registered stands."""

    LISTED = "listed"
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"


def check_places(places: int) -> int:
    """The places of a meeting. Raises `RuleViolation("number_out_of_range")` with `least` and `most`."""
    if not 0 <= places <= PLACES_MOST:
        raise RuleViolation("number_out_of_range", field="places", least=0, most=PLACES_MOST)
    return places


def check_open(
    meeting: MeetingStatus, *, is_on: bool, starts_at: datetime, closes_at: datetime | None, now: datetime
) -> None:
    """Whether people may register now; without a time of its own the page closes when the meeting starts.

    Raises `WrongPhase`: `registration_off` where nobody switched it on, `registration_over` after its time.
    """
    if not is_on:
        raise WrongPhase("registration_off")
    if meeting is MeetingStatus.CLOSED or now >= (closes_at or starts_at):
        raise WrongPhase("registration_over")


def free(places: int, taken: int) -> int | None:
    """How many places are free; None: there is no limit."""
    return max(0, places - taken) if places else None


def place_for(*, places: int, taken: int, waiting: int, visits_used_up: bool) -> RegistrationState:
    """Where somebody stands who registers now, `waiting` being how many already wait for a place.

    Raises `RuleViolation("registration_full")` behind a waiting list that nobody could ever come up.
    """
    left = free(places, taken)
    if not visits_used_up and (left is None or left > waiting):
        return RegistrationState.LISTED
    if waiting >= WAITING_MOST:
        raise RuleViolation("registration_full")
    return RegistrationState.WAITING


def move_up(queue: Sequence[T], *, places: int, taken: int) -> Sequence[T]:
    """Those of the queue, in its order, who get a place now."""
    return queue[: free(places, taken)]


def stands(state: RegistrationState, *, made_line: bool, away: bool | None) -> RegistrationState:
    """Where somebody stands once the list has its say: a line that came from here is the truth about it.

    `away`: whether the line says that they are not coming; None without a line.
    """
    if made_line and away is False:
        return RegistrationState.LISTED
    if made_line and state is RegistrationState.LISTED:
        return RegistrationState.WITHDRAWN
    return state
