"""The fee of a meeting: who has paid, who owes, who is free, and what lies in the cash box. Integer cents throughout.

What was paid stays what it was when the fee is changed later.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from server.domain.vocabulary import Standing


class FeeState(StrEnum):
    """Where somebody stands with the fee."""

    PAID = "paid"
    OWES = "owes"
    FREE = "free"


@dataclass(frozen=True)
class Fee:
    """What is asked of somebody, in cents, and what came of it. `waived`: somebody decided that they are free."""

    asked: int
    paid_at: datetime | None = None
    paid_cents: int | None = None
    waived: bool = False

    @property
    def state(self) -> FeeState:
        """Paid money is paid, whatever was decided since."""
        if self.paid_at is not None:
            return FeeState.PAID
        return FeeState.FREE if self.waived or not self.asked else FeeState.OWES

    @property
    def received(self) -> int:
        """Cents in the cash box. A payment without its amount is of a time before amounts were kept."""
        if self.paid_at is None:
            return 0
        return self.asked if self.paid_cents is None else self.paid_cents

    @property
    def due(self) -> int:
        """Cents that are still asked for."""
        return self.asked if self.state is FeeState.OWES else 0


def asked(standing: Standing, *, of_members: int, of_visitors: int) -> int:
    """What the meeting asks of somebody, in cents."""
    return of_members if standing is Standing.MEMBER else of_visitors


@dataclass(frozen=True)
class Cash:
    """The sums of a meeting in cents: in the box, and owed by those who came."""

    received: int
    owed: int


def cash(fees: Iterable[tuple[Fee, bool]]) -> Cash:
    """The sums over (fee, whether the person came); who has not come owes nothing yet."""
    received = owed = 0
    for fee, came in fees:
        received += fee.received
        owed += fee.due if came else 0
    return Cash(received, owed)
