"""The monthly letters: which month they are about, and who is due one."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.domain.leading import Month, month_of
from server.domain.messages import MessageState

NOT_BEFORE = time(8)
"""On the first of a month letters go from this hour on, by the group's clock."""
AGAIN = frozenset({"mail_unreachable", "mail_not_private", "mail_sign_in_refused"})
"""Problems of the mail server's own, before it took any letter: those letters are tried again by themselves."""

LOST_AFTER = timedelta(minutes=5)
"""A letter that is on its way so long was left by a process that died."""


def month_before(now: datetime, zone: ZoneInfo) -> Month:
    """The last whole month of a group's own calendar."""
    return month_of(now.astimezone(zone).date()).back(1)


def may_go(now: datetime, zone: ZoneInfo) -> bool:
    """Whether it is late enough on the first of the month; on any later day at any hour."""
    local = now.astimezone(zone)
    return local.day > 1 or local.time() >= NOT_BEFORE


def is_due(state: MessageState | None, problem: str) -> bool:
    """Whether somebody's letter is still to be sent: never tried, or not taken for a reason of the server's own.

    One that was left on its way by a process that died is not: it may have arrived.
    """
    return state is None or (state is MessageState.FAILED and problem in AGAIN)


def known(state: MessageState, problem: str, changed_at: datetime, now: datetime) -> tuple[MessageState, str]:
    """State and problem of a letter as they are told: one that was left on its way counts as failed."""
    if state is MessageState.SENDING and now - changed_at > LOST_AFTER:
        return MessageState.FAILED, "mail_line_lost"
    return state, problem
