"""Who sees how to reach whom: consent field by field, and the request between two attendees of one meeting.

Consent is a list of facts that only grows; the latest fact about a field counts. Nothing is shown that was
not opened by the person it belongs to.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from server.domain.errors import NotAllowed, RuleViolation, WrongPhase
from server.domain.vocabulary import ContactField, ExchangeState, PersonId


@dataclass(frozen=True)
class Consent:
    """One fact: at this moment a person opened a field to others, or closed it."""

    field: ContactField
    given: bool
    at: datetime


class Side(StrEnum):
    """The two people of a request."""

    ASKER = "asker"
    ASKED = "asked"


MOVES: Mapping[tuple[ExchangeState, ExchangeState], frozenset[Side]] = {
    (ExchangeState.WAITING, ExchangeState.ACCEPTED): frozenset({Side.ASKED}),
    (ExchangeState.WAITING, ExchangeState.DECLINED): frozenset({Side.ASKED}),
    (ExchangeState.WAITING, ExchangeState.WITHDRAWN): frozenset({Side.ASKER}),
    (ExchangeState.ACCEPTED, ExchangeState.WITHDRAWN): frozenset({Side.ASKER, Side.ASKED}),
}
"""From, to, and who may. Once accepted, either side may take it back."""


def shown_fields(consents: Iterable[Consent]) -> frozenset[ContactField]:
    """The fields open to others today. Of two facts of one moment the later in the list counts."""
    latest = {consent.field: consent.given for consent in sorted(consents, key=lambda consent: consent.at)}
    return frozenset(field for field, given in latest.items() if given)


def exchange_outcome(
    asked_fields_of_other: Collection[ContactField], asker_fields: Collection[ContactField]
) -> ExchangeState:
    """What a request becomes: accepted at once if the other shows any field, otherwise it waits.

    What the asker shows is not a price: who shows nothing may ask, and only their own card stays empty.
    """
    del asker_fields  # part of the question, so that callers need not know that it does not decide
    return ExchangeState.ACCEPTED if asked_fields_of_other else ExchangeState.WAITING


def visible(
    fields_granted: Collection[ContactField], card: Mapping[ContactField, str]
) -> dict[ContactField, str]:
    """What one person sees of another's card: granted fields that hold something, in the card's order."""
    return {field: value for field, value in card.items() if field in fields_granted and value}


def check_not_self(asker: PersonId, asked: PersonId) -> None:
    """Nobody exchanges contacts with themselves; raises `RuleViolation("exchange_with_self")`."""
    if asker == asked:
        raise RuleViolation("exchange_with_self")


def moves_for(state: ExchangeState, side: Side) -> tuple[ExchangeState, ...]:
    """The answers that this side may give now, in the order of the table."""
    return tuple(to for (before, to), who in MOVES.items() if before is state and side in who)


def move(state: ExchangeState, to: ExchangeState, side: Side) -> ExchangeState:
    """Move a request and return its new state.

    Raises `WrongPhase("exchange_wrong_phase")` for a move outside the table and
    `NotAllowed("exchange_not_yours")` for the other side's: nobody accepts in another's name.
    """
    who = MOVES.get((state, to))
    if who is None:
        raise WrongPhase("exchange_wrong_phase", state=state.value, to=to.value)
    if side not in who:
        raise NotAllowed("exchange_not_yours", state=state.value, to=to.value)
    return to


def ask_again(
    state: ExchangeState,
    asked_fields_of_other: Collection[ContactField],
    asker_fields: Collection[ContactField],
) -> ExchangeState:
    """What asking once more at the same meeting makes of a request: asking twice is asking once.

    A waiting request is accepted if the other has opened a field meanwhile. A withdrawn one waits for the
    other, who may be the one that withdrew. A decline stands, so that nobody is pressed.
    """
    if state is ExchangeState.WAITING:
        return exchange_outcome(asked_fields_of_other, asker_fields)
    return ExchangeState.WAITING if state is ExchangeState.WITHDRAWN else state
