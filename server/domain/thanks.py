"""Thanks for business: what may be written down, and what may be said of sums.

A sum is whole cents of one currency and is seen by whoever wrote it. Everybody else sees totals, and those only where
enough deals by enough people stand behind them, so that no total tells what one of them was.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.domain.errors import NotAllowed, RuleViolation, WrongPhase
from server.domain.vocabulary import PersonId

TIERS = (1, 2, 3)
"""The referral itself, somebody it led to, and everything that grew from there."""
CURRENCIES = ("EUR", "PLN", "GBP", "CHF", "USD")
"""Offered first wherever one is written; any other of three letters will do."""
CENTS_MOST = 10**13
LEAST_DEALS = 5
LEAST_PEOPLE = 3
_SUM = re.compile(
    r"(?P<whole>[0-9]{1,3}(?P<between>[.,])[0-9]{3}(?:(?P=between)[0-9]{3}){0,3}|[0-9]{1,13})"
    r"(?:(?P<mark>[.,])(?P<part>[0-9]{1,2}))?"
)


@dataclass(frozen=True)
class Deal:
    """One confirmed piece of business as totals see it."""

    thanker: PersonId
    cents: int
    currency: str
    is_repeat: bool = False
    tier: int = 1


@dataclass(frozen=True)
class Total:
    """What a currency adds up to. `cents` None: too few deals or people to say."""

    currency: str
    deals: int
    people: int
    cents: int | None


def check(thanker: PersonId, thanked: PersonId, cents: int, tier: int) -> None:
    """Raises RuleViolation: thanks_to_self (`to`), thanks_cents (`amount`), thanks_tier (`tier`)."""
    if thanker == thanked:
        raise RuleViolation("thanks_to_self", field="to")
    if not 0 < cents <= CENTS_MOST:
        raise RuleViolation("thanks_cents", field="amount")
    if tier not in TIERS:
        raise RuleViolation("thanks_tier", field="tier")


def check_answer(viewer: PersonId, thanked: PersonId, *, answered: bool) -> None:
    """Only the one who is thanked says whether it came from their referral, and only once.

    Raises NotAllowed("thanks_not_yours"), WrongPhase("thanks_answered").
    """
    if viewer != thanked:
        raise NotAllowed("thanks_not_yours")
    if answered:
        raise WrongPhase("thanks_answered")


def may_tell(deals: int, people: int) -> bool:
    """Whether a total hides each of the deals in it."""
    return deals >= LEAST_DEALS and people >= LEAST_PEOPLE


@dataclass(frozen=True)
class Gone:
    """Business of people who are no longer here, in one currency. `people`: how many of them, at least, thanked."""

    currency: str
    deals: int
    cents: int
    people: int


def totals(deals: Iterable[Deal], gone: Sequence[Gone] = ()) -> tuple[Total, ...]:
    """Each currency apart, never converted, by its code; with what is left of people who are no longer here."""
    by_currency: dict[str, list[Deal]] = {each.currency: [] for each in gone}
    left = {each.currency: each for each in gone}
    for deal in deals:
        by_currency.setdefault(deal.currency, []).append(deal)
    found = []
    for currency, every in sorted(by_currency.items()):
        more = left.get(currency, Gone(currency, 0, 0, 0))
        number = len(every) + more.deals
        people = len({deal.thanker for deal in every}) + more.people
        cents = sum(deal.cents for deal in every) + more.cents if may_tell(number, people) else None
        found.append(Total(currency, number, people, cents))
    return tuple(found)


def currency_of(typed: str) -> str:
    """A currency by its three letters (ISO 4217). Raises RuleViolation("currency_unknown") for anything else."""
    currency = typed.strip().upper()
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
        raise RuleViolation("currency_unknown", field="currency")
    return currency


def cents_of(typed: str) -> int:
    """The cents of a sum as people type it: "1250", "1 250,50", "1.250,50", "1,250.50", "'1'250.5".

    A comma or point followed by one or two digits at the end begins the cents; one followed by three separates
    thousands. Raises RuleViolation("thanks_amount", field="amount").
    """
    kept = "".join(letter for letter in typed if not letter.isspace() and letter not in "'’")
    found = _SUM.fullmatch(kept)
    if found is None or found["between"] == found["mark"] is not None:
        raise RuleViolation("thanks_amount", field="amount")
    return int(re.sub("[.,]", "", found["whole"])) * 100 + int((found["part"] or "").ljust(2, "0"))
