"""Slips that wait for a word longer than their group's rule allows, and which of them are reminded of by mail.

The board, a member's own numbers and the mail ask the same question here: `late`.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from server.domain.referrals import is_open
from server.domain.scoring import Reminders
from server.domain.vocabulary import ReferralState


class Awaited(StrEnum):
    """What a receiver owes the giver of a slip."""

    ANSWER = "answer"
    """The first word: until the prospect has been spoken with."""
    WORD = "word"
    """The next one, as long as the slip is open."""


_FIRST = (ReferralState.GIVEN, ReferralState.ACCEPTED)
STATES: Mapping[Awaited, tuple[ReferralState, ...]] = {
    Awaited.ANSWER: _FIRST,
    Awaited.WORD: tuple(
        state for state in ReferralState if is_open(state) and state not in (ReferralState.DRAFT, *_FIRST)
    ),
}
"""In which states what is awaited; in every other one nothing is."""
NO_MORE = timedelta(days=30)
"""Whatever is late for longer is not written about any more: a mail would not change it."""
FROM, UNTIL = time(8), time(20)
"""By the group's clock mails of reminders go in these hours only."""


def awaited(state: ReferralState) -> Awaited | None:
    """What is awaited of a slip in this state."""
    return next((what for what, states in STATES.items() if state in states), None)


def patience(what: Awaited, reminders: Reminders) -> timedelta:
    """How long the group waits for it."""
    return timedelta(hours=reminders.answer_hours) if what is Awaited.ANSWER else timedelta(days=reminders.word_days)


def late(state: ReferralState, since: datetime, now: datetime, reminders: Reminders) -> Awaited | None:
    """What a slip that last moved at `since` has waited for too long; None when it can wait, or awaits nothing."""
    what = awaited(state)
    return what if what is not None and now - since >= patience(what, reminders) else None


def is_for_mail(state: ReferralState, since: datetime, now: datetime, reminders: Reminders) -> bool:
    """Whether a slip is late, and not so long that nobody is reminded of it any more."""
    what = late(state, since, now, reminders)
    return what is not None and now - since - patience(what, reminders) <= NO_MORE


def span(now: datetime, reminders: Reminders) -> tuple[datetime, datetime]:
    """From when until when a slip last moved that can be one for a mail."""
    every = [patience(what, reminders) for what in Awaited]
    return now - max(every) - NO_MORE, now - min(every)


def may_go(now: datetime, zone: ZoneInfo) -> bool:
    """Whether it is daytime where the group is."""
    return FROM <= now.astimezone(zone).time() < UNTIL


def day_begins(now: datetime, zone: ZoneInfo) -> datetime:
    """When the group's day began: nobody gets two mails of reminders on one."""
    return datetime.combine(now.astimezone(zone).date(), time.min, tzinfo=zone)
