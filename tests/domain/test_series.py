"""The days of a series: what people mean by "every Thursday" and "every second Thursday of the month"."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.errors import RuleViolation
from server.domain.series import MEETINGS_MOST, Rhythm, days_after, is_last, place_in_month, rhythms_of

THURSDAY = date(2026, 12, 10)
starts = st.dates(date(2000, 1, 1), date(2100, 1, 1))
spans = st.integers(0, 400).map(timedelta)


def test_every_thursday_goes_on_over_the_end_of_the_year():
    assert days_after(THURSDAY, Rhythm.WEEKLY, date(2027, 1, 7)) == (
        date(2026, 12, 17), date(2026, 12, 24), date(2026, 12, 31), date(2027, 1, 7)
    )  # fmt: skip


def test_every_second_week_leaves_one_out():
    assert days_after(THURSDAY, Rhythm.FORTNIGHTLY, date(2027, 1, 7)) == (date(2026, 12, 24), date(2027, 1, 7))


def test_the_second_thursday_is_found_in_every_month():
    assert days_after(THURSDAY, Rhythm.MONTHLY, date(2027, 4, 1)) == (
        date(2027, 1, 14), date(2027, 2, 11), date(2027, 3, 11)
    )  # fmt: skip


def test_the_last_thursday_is_the_fourth_or_the_fifth():
    assert days_after(date(2026, 12, 31), Rhythm.MONTHLY_LAST, date(2027, 4, 30)) == (
        date(2027, 1, 28), date(2027, 2, 25), date(2027, 3, 25), date(2027, 4, 29)
    )  # fmt: skip


def test_only_rhythms_that_the_day_can_begin_are_offered():
    assert rhythms_of(THURSDAY) == (Rhythm.WEEKLY, Rhythm.FORTNIGHTLY, Rhythm.MONTHLY)
    assert rhythms_of(date(2026, 12, 31)) == (Rhythm.WEEKLY, Rhythm.FORTNIGHTLY, Rhythm.MONTHLY_LAST)
    assert Rhythm.MONTHLY_LAST in rhythms_of(date(2027, 2, 25))
    with pytest.raises(RuleViolation, match="series_rhythm_not_from_here"):
        days_after(THURSDAY, Rhythm.MONTHLY_LAST, date(2027, 4, 30))


@pytest.mark.parametrize("until", [date(2020, 1, 1), THURSDAY, date(2026, 12, 16)])
def test_a_series_that_ends_before_its_next_day_is_refused(until):
    with pytest.raises(RuleViolation, match="series_ends_too_soon"):
        days_after(THURSDAY, Rhythm.WEEKLY, until)


def test_more_than_a_year_of_weeks_is_refused():
    assert len(days_after(THURSDAY, Rhythm.WEEKLY, THURSDAY + MEETINGS_MOST * timedelta(weeks=1))) == MEETINGS_MOST
    with pytest.raises(RuleViolation, match="series_too_long"):
        days_after(THURSDAY, Rhythm.WEEKLY, date.max)


def test_the_end_of_all_calendars_is_no_fault():
    with pytest.raises(RuleViolation, match="series_ends_too_soon"):
        days_after(date.max - timedelta(days=3), Rhythm.MONTHLY_LAST, date.max)


@given(starts, spans, st.sampled_from(Rhythm))
def test_every_day_has_the_weekday_of_the_first_and_its_place_in_the_month(first, span, rhythm):
    try:
        days = days_after(first, rhythm, first + span)
    except RuleViolation:
        return
    assert {day.weekday() for day in days} == {first.weekday()}
    assert list(days) == sorted(set(days))
    assert first < days[0] <= days[-1] <= first + span
    if rhythm is Rhythm.MONTHLY:
        assert {place_in_month(day) for day in days} == {place_in_month(first)}
        months = [day.year * 12 + day.month for day in (first, *days)]
        assert months == list(range(months[0], months[0] + len(months)))
    if rhythm is Rhythm.MONTHLY_LAST:
        assert all(is_last(day) for day in days)
