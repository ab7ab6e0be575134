"""Moments on the wire: whole milliseconds since 1970 in UTC, or null."""

from datetime import datetime


def ms(moment: datetime | None) -> int | None:
    """A moment as epoch milliseconds."""
    return None if moment is None else round(moment.timestamp() * 1000)
