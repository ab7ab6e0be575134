"""When somebody stood at the door, and what a scan that arrives late means for what the book says already.

A desk without a network keeps its scans and sends them later, in any order and from any number of desks. Whatever
the order, the earliest scan is the entry, and nobody is inside twice. Pure: times are aware and handed in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LONGEST_WAIT = timedelta(hours=18)
"""A scan that waited longer than a device lives is dated back no further."""


@dataclass(frozen=True)
class Moment:
    """When a scan happened by the server's clock, and by how much the desk's own clock is ahead of it."""

    at: datetime
    skew: timedelta


def moment(*, scanned_ms: int | None, sent_ms: int | None, now: datetime) -> Moment:
    """The moment of a scan from what the desk's clock said when it scanned and when it sent.

    Only the difference of the two counts, so a clock that is ten minutes off changes nothing. Without them the scan
    happened now. A scan is never in the future and never older than `LONGEST_WAIT`.
    """
    if scanned_ms is None or sent_ms is None:
        return Moment(now, timedelta())
    waited = min(max(timedelta(milliseconds=sent_ms - scanned_ms), timedelta()), LONGEST_WAIT)
    ahead = timedelta(milliseconds=sent_ms - int(now.timestamp() * 1000))
    return Moment(now - waited, ahead)


@dataclass(frozen=True)
class Stay:
    """One time in the room: from an entry that stands until the exit that closed it, or still going on."""

    entered_at: datetime
    left_at: datetime | None = None


class Place(StrEnum):
    """Where a scan belongs in the book."""

    ENTERS = "enters"
    """Somebody comes in."""
    INSIDE = "inside"
    """Somebody was in already at that time."""
    EARLIER = "earlier"
    """The entry that stands was later: this scan is the entry, and that one was the second."""


def place(stays: Sequence[Stay], at: datetime) -> Place:
    """Where a scan at `at` belongs among the stays of one person, the earliest first.

    Between two stays, and before the first, it is the beginning of the next one.
    """
    for stay in stays:
        if at < stay.entered_at:
            return Place.EARLIER
        if stay.left_at is None or at < stay.left_at:
            return Place.INSIDE
    return Place.ENTERS
