"""What every stored column owes people: how private it is, what for, how long, and what erasure does.

A `Privacy` value stands on every column from the first migration. The record of processing, the nightly
retention and the erasure of a person are all read from these marks, so a mark that promises too little is
refused here.
"""

from dataclasses import dataclass
from enum import StrEnum


class PrivacyClass(StrEnum):
    """How private a value is."""

    NONE = "none"
    IDENTITY = "identity"
    CONTACT = "contact"
    NOTE = "note"
    MONEY = "money"
    SECRET = "secret"
    ACTIVITY = "activity"


class Purpose(StrEnum):
    """What a value is kept for; the legal basis hangs on it."""

    OPERATION = "operation"
    """The installation works at all: keys, settings, counters."""
    MEETING = "meeting"
    """The meeting is run: who comes, who sits where, what stands on the badge."""
    EXCHANGE = "exchange"
    """Others may see it, by consent, field by field."""
    REFERRALS = "referrals"
    """A referral reaches its receiver and its giver learns what became of it."""
    FOLLOW_UP = "follow_up"
    """Somebody remembers what was promised to whom."""
    SIGN_IN = "sign_in"
    """A browser is known, and can be forgotten."""
    PROOF = "proof"
    """It can be shown later who agreed to what."""


class Retention(StrEnum):
    """How long a value stays, counted from its last use."""

    KEPT = "kept"
    """As long as the person or the thing it describes."""
    REQUEST = "request"
    LOG = "log"
    VISITOR = "visitor"
    SCAN = "scan"
    UNDO = "undo"
    SESSION = "session"
    SEATING = "seating"
    NOTE = "note"
    REFERRAL = "referral"
    PROOF = "proof"

    @property
    def days(self) -> int | None:
        """Days until the value is due to go; None: no term of its own."""
        return _DAYS[self]


_DAYS: dict[Retention, int | None] = {
    Retention.KEPT: None,
    Retention.REQUEST: 7,
    Retention.LOG: 14,
    Retention.VISITOR: 30,
    Retention.SCAN: 30,
    Retention.UNDO: 30,
    Retention.SESSION: 90,
    Retention.SEATING: 396,
    Retention.NOTE: 731,
    Retention.REFERRAL: 731,
    Retention.PROOF: 731,
}


class OnErase(StrEnum):
    """What happens to the value when the person it is about asks to be erased."""

    DELETE = "delete"
    """The row goes."""
    BLANK = "blank"
    """The row stays, the value is emptied."""
    KEEP = "keep"
    """Nothing: it says nothing about anybody, or the law wants the proof."""
    FOLD = "fold"
    """The row goes into monthly totals and is deleted."""


_ABOUT_SOMEBODY = frozenset(
    {PrivacyClass.IDENTITY, PrivacyClass.CONTACT, PrivacyClass.NOTE, PrivacyClass.MONEY, PrivacyClass.SECRET}
)


@dataclass(frozen=True)
class Privacy:
    """The mark of one column. `ValueError` when it would keep a personal value after an erasure."""

    class_: PrivacyClass
    purpose: Purpose
    retention: Retention
    on_erase: OnErase

    def __post_init__(self) -> None:
        survives = self.on_erase is OnErase.KEEP and self.purpose is not Purpose.PROOF
        if self.class_ in _ABOUT_SOMEBODY and survives:
            raise ValueError(f"{self.class_.value} may not survive an erasure")

    @property
    def is_personal(self) -> bool:
        """Whether the value says anything about a person."""
        return self.class_ is not PrivacyClass.NONE


def nothing_personal(purpose: Purpose = Purpose.OPERATION) -> Privacy:
    """A key, a setting, a counter: kept with the thing it belongs to."""
    return Privacy(PrivacyClass.NONE, purpose, Retention.KEPT, OnErase.KEEP)


def identity(
    purpose: Purpose = Purpose.MEETING,
    retention: Retention = Retention.KEPT,
    on_erase: OnErase = OnErase.BLANK,
) -> Privacy:
    """Who somebody is: names, company, sector."""
    return Privacy(PrivacyClass.IDENTITY, purpose, retention, on_erase)


def contact(
    purpose: Purpose = Purpose.EXCHANGE,
    retention: Retention = Retention.KEPT,
    on_erase: OnErase = OnErase.BLANK,
) -> Privacy:
    """How somebody is reached: e-mail, telephone."""
    return Privacy(PrivacyClass.CONTACT, purpose, retention, on_erase)


def note(
    purpose: Purpose = Purpose.FOLLOW_UP,
    retention: Retention = Retention.NOTE,
    on_erase: OnErase = OnErase.BLANK,
) -> Privacy:
    """Free text by or about somebody."""
    return Privacy(PrivacyClass.NOTE, purpose, retention, on_erase)


def money(
    purpose: Purpose = Purpose.REFERRALS,
    retention: Retention = Retention.REFERRAL,
    on_erase: OnErase = OnErase.FOLD,
) -> Privacy:
    """Amounts; only totals outlive the person."""
    return Privacy(PrivacyClass.MONEY, purpose, retention, on_erase)


def secret(
    purpose: Purpose = Purpose.SIGN_IN,
    retention: Retention = Retention.SESSION,
    on_erase: OnErase = OnErase.DELETE,
) -> Privacy:
    """Hashes of codes, tokens and passwords."""
    return Privacy(PrivacyClass.SECRET, purpose, retention, on_erase)


def activity(
    purpose: Purpose = Purpose.MEETING,
    retention: Retention = Retention.KEPT,
    on_erase: OnErase = OnErase.DELETE,
) -> Privacy:
    """What somebody did and when: scans, seats, moves."""
    return Privacy(PrivacyClass.ACTIVITY, purpose, retention, on_erase)
