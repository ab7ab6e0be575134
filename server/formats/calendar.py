"""Calendar files: meetings and one-to-ones at their time, follow-ups on their day.

An entry keeps its UID for ever and raises its SEQUENCE on every change, so that opening a newer file
moves the entry instead of doubling it. Times carry their IANA zone together with its rules, dates carry
none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vDuration, vText

from server.formats.content_lines import one_kind_of_break

_YEARS_OF_ZONE_RULES = 3


@dataclass(frozen=True)
class TimedEntry:
    """A meeting or a one-to-one. The three times have a zone; `zone` is the IANA name of the place, like
    "Europe/Rome", in which people read them.
    """

    uid: str
    stamped_at: datetime
    starts_at: datetime
    ends_at: datetime
    zone: str
    summary: str
    description: str = ""
    location: str = ""
    url: str = ""
    sequence: int = 0
    cancelled: bool = False

    def __post_init__(self) -> None:
        if any(moment.tzinfo is None for moment in (self.stamped_at, self.starts_at, self.ends_at)):
            raise ValueError("a calendar entry has times with a zone")
        if self.ends_at < self.starts_at:
            raise ValueError("a calendar entry ends after it starts")


@dataclass(frozen=True)
class DayEntry:
    """Something due on a day, at no time of it: a follow-up, a promise. It does not block the day."""

    uid: str
    stamped_at: datetime
    day: date
    summary: str
    description: str = ""
    url: str = ""
    sequence: int = 0
    cancelled: bool = False

    def __post_init__(self) -> None:
        if self.stamped_at.tzinfo is None:
            raise ValueError("a calendar entry is stamped at a time with a zone")


Entry = TimedEntry | DayEntry


def write_calendar(entries: Iterable[Entry], *, name: str, refresh: timedelta | None = None) -> bytes:
    """The entries in their order as one `.ics` file; `name` is what calendars call it.

    `refresh`: how often a program that has subscribed should look again.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Coltiva//Coltiva//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    # Without its type the library would write the name of a calendar unescaped.
    calendar.add("x-wr-calname", vText(one_kind_of_break(name)))
    if refresh is not None:
        calendar.add("refresh-interval", vDuration(refresh), parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", vDuration(refresh))
    kept = list(entries)
    for entry in kept:
        calendar.add_component(_event(entry))
    years = [entry.starts_at.year for entry in kept if isinstance(entry, TimedEntry)]
    if years:
        # Rules of a zone for the years in question, not for all since 1970: the file goes to phones.
        calendar.add_missing_timezones(
            first_date=date(min(years) - 1, 1, 1),
            last_date=date(max(years) + _YEARS_OF_ZONE_RULES, 1, 1),
        )
    written: bytes = calendar.to_ical(sorted=False)
    return written


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.stamped_at.astimezone(UTC))
    event.add("sequence", entry.sequence)
    match entry:
        case TimedEntry():
            zone = ZoneInfo(entry.zone)
            event.add("dtstart", entry.starts_at.astimezone(zone))
            event.add("dtend", entry.ends_at.astimezone(zone))
            texts = {"summary": entry.summary, "location": entry.location, "description": entry.description}
        case DayEntry():
            event.add("dtstart", entry.day)
            event.add("dtend", entry.day + timedelta(days=1))
            event.add("transp", "TRANSPARENT")
            texts = {"summary": entry.summary, "description": entry.description}
    for property_name, text in texts.items():
        if text:
            event.add(property_name, one_kind_of_break(text))
    if entry.url:
        event.add("url", "".join(one_kind_of_break(entry.url).split()))
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    return event
