"""Calendar files, read back by their own library and by one that is not theirs."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from server.formats.calendar import DayEntry, TimedEntry, write_calendar

NOW = datetime(2026, 10, 1, 7, 30, tzinfo=UTC)
ROME = ZoneInfo("Europe/Rome")
MEETING = TimedEntry(
    uid="0123456789ABCDEF@coltiva",
    stamped_at=NOW,
    starts_at=datetime(2026, 11, 5, 6, 0, tzinfo=UTC),
    ends_at=datetime(2026, 11, 5, 7, 30, tzinfo=UTC),
    zone="Europe/Rome",
    summary="Colazione; round 2, tavolo 4",
    description="Ospiti:\nŁucja",
    location="Caffè, via Po 1",
    url="https://home.example/m/7",
    sequence=3,
)
FOLLOW_UP = DayEntry(uid="F@coltiva", stamped_at=NOW, day=date(2026, 11, 12), summary="Call Łucja", sequence=1)

printable = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"))
words = st.text(printable, min_size=1, max_size=90).map(str.strip)
texts = st.lists(words, max_size=3).map("\n".join)
zones = st.sampled_from(["Europe/Rome", "Europe/Warsaw", "Europe/London", "America/New_York", "Asia/Kolkata", "UTC"])
starts = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 given
    lambda moment: moment.replace(microsecond=0)
)


def read(data: bytes) -> Calendar:
    return Calendar.from_ical(data)


def test_a_meeting_keeps_its_time_its_zone_and_its_words():
    calendar = read(write_calendar([MEETING], name="Colazione"))
    (event,) = calendar.events
    assert (event["uid"], event["sequence"]) == ("0123456789ABCDEF@coltiva", 3)
    assert event.decoded("dtstamp") == NOW
    assert event.decoded("dtstart") == datetime(2026, 11, 5, 7, 0, tzinfo=ROME)
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=90)
    assert event["dtstart"].params["TZID"] == "Europe/Rome"
    assert (event["summary"], event["location"]) == (MEETING.summary, MEETING.location)
    assert (event["description"], event["url"]) == ("Ospiti:\nŁucja", "https://home.example/m/7")
    assert (event["status"], calendar["method"], calendar["version"]) == ("CONFIRMED", "PUBLISH", "2.0")


@pytest.mark.parametrize("month", range(1, 13))
def test_the_rules_of_the_zone_come_with_the_file_and_are_right(month):
    starts_at = datetime(2026, month, 5, 7, 0, tzinfo=ROME)
    entry = TimedEntry("a", NOW, starts_at, starts_at + timedelta(hours=1), "Europe/Rome", "Breakfast")
    (zone,) = read(write_calendar([entry], name="x")).timezones
    assert zone["tzid"] == "Europe/Rome"
    by_the_file = starts_at.replace(tzinfo=None)
    assert zone.to_tz(lookup_tzid=False).utcoffset(by_the_file) == starts_at.utcoffset()


def test_a_follow_up_is_a_whole_day_that_does_not_block_it():
    (event,) = read(write_calendar([FOLLOW_UP], name="Follow-ups")).events
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2026, 11, 12), date(2026, 11, 13))
    assert (event["transp"], event["sequence"], "TZID" in event["dtstart"].params) == ("TRANSPARENT", 1, False)


def test_a_cancelled_meeting_says_so_under_its_old_uid():
    cancelled = TimedEntry("a", NOW, NOW, NOW, "UTC", "Breakfast", sequence=2, cancelled=True)
    (event,) = read(write_calendar([cancelled], name="x")).events
    assert (event["uid"], event["status"], event["sequence"]) == ("a", "CANCELLED", 2)


def test_equal_entries_make_equal_files():
    assert write_calendar([MEETING, FOLLOW_UP], name="x") == write_calendar([MEETING, FOLLOW_UP], name="x")


def test_an_empty_follow_up_list_is_a_calendar_without_events():
    assert read(write_calendar([], name="x")).events == []


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\r", "\u2028", "\u0085", "\x0b"])
def test_nobody_can_add_a_line_to_the_calendar_of_another(break_):
    text = f"Breakfast{break_}END:VEVENT{break_}ATTENDEE:x\0"
    entry = DayEntry("a", NOW, date(2026, 11, 12), text, text, url=f"https://x.example{break_}ATTENDEE:x")
    data = write_calendar([entry], name=text).decode()
    assert not any(line.startswith("ATTENDEE") for line in data.splitlines())
    assert data.count("\r\nEND:VEVENT") == 1
    assert "\0" not in data


@pytest.mark.parametrize("moment", ["stamped_at", "starts_at", "ends_at"])
def test_a_time_without_a_zone_is_a_mistake_of_ours(moment):
    times = {"stamped_at": NOW, "starts_at": NOW, "ends_at": NOW, moment: NOW.replace(tzinfo=None)}
    with pytest.raises(ValueError, match="zone"):
        TimedEntry(uid="a", zone="UTC", summary="x", **times)


def test_a_meeting_does_not_end_before_it_starts():
    with pytest.raises(ValueError, match="ends"):
        TimedEntry("a", NOW, NOW, NOW - timedelta(minutes=1), "UTC", "x")


@given(st.lists(st.tuples(starts, zones, words.filter(bool), texts), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_what_was_written_reads_back(written):
    entries = [
        TimedEntry(f"{place}@coltiva", NOW, start, start + timedelta(hours=1), zone, summary, description=text)
        for place, (start, zone, summary, text) in enumerate(written)
    ]
    data = write_calendar(entries, name="x")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    events = read(data).events
    assert [str(event["uid"]) for event in events] == [entry.uid for entry in entries]
    for entry, event in zip(entries, events, strict=True):
        assert event.decoded("dtstart").astimezone(UTC) == entry.starts_at
        assert str(event["summary"]) == entry.summary
        assert str(event.get("description", "")) == entry.description


def test_another_reader_finds_the_same():
    calendar = vobject.readOne(write_calendar([MEETING, FOLLOW_UP], name="x").decode())
    meeting, follow_up = calendar.vevent_list
    assert meeting.dtstart.value.astimezone(UTC) == MEETING.starts_at
    assert (meeting.summary.value, meeting.description.value) == (MEETING.summary, MEETING.description)
    assert (follow_up.dtstart.value, follow_up.uid.value) == (date(2026, 11, 12), "F@coltiva")
