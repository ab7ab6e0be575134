"""When a scan happened, whatever the desk's clock says, and where a late one belongs in the book."""

from datetime import UTC, datetime, timedelta

import pytest

from server.domain.door_book import LONGEST_WAIT, Moment, Place, Stay, moment, place

NOW = datetime(2026, 3, 12, 7, 2, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)


def _after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize("off", [0, 10, -10, 60 * 24 * 365], ids=lambda off: f"{off} minutes")
def test_a_desks_wrong_clock_changes_nothing_but_is_measured(off: int) -> None:
    clock = NOW_MS + off * 60_000
    found = moment(scanned_ms=clock - 240_000, sent_ms=clock, now=NOW)
    assert found == Moment(_after(-4), timedelta(minutes=off))


def test_a_scan_without_a_clock_happened_now() -> None:
    assert moment(scanned_ms=None, sent_ms=NOW_MS, now=NOW) == Moment(NOW, timedelta())
    assert moment(scanned_ms=NOW_MS, sent_ms=None, now=NOW) == Moment(NOW, timedelta())


def test_a_scan_is_never_in_the_future_and_never_older_than_a_device_lives() -> None:
    assert moment(scanned_ms=NOW_MS + 5000, sent_ms=NOW_MS, now=NOW).at == NOW
    assert moment(scanned_ms=0, sent_ms=NOW_MS, now=NOW).at == NOW - LONGEST_WAIT


@pytest.mark.parametrize(
    ("at", "where"),
    [
        (-1, Place.EARLIER),
        (0, Place.INSIDE),
        (9, Place.INSIDE),
        (10, Place.EARLIER),
        (20, Place.INSIDE),
        (99, Place.INSIDE),
    ],
)
def test_a_late_scan_is_the_entry_when_it_was_first_and_else_the_second(at: float, where: Place) -> None:
    stays = [Stay(_after(0), _after(10)), Stay(_after(20))]
    assert place(stays, _after(at)) is where


def test_whoever_never_came_or_went_out_comes_in() -> None:
    assert place([], NOW) is Place.ENTERS
    assert place([Stay(_after(-9), _after(-5))], NOW) is Place.ENTERS
