"""Public holidays, held against the calendar of another library and against years that people remember."""

from datetime import date

from dateutil.easter import easter as easter_by_dateutil

from server.domain.holidays import Holiday, easter, holidays


def test_easter_is_where_another_library_has_it_for_six_centuries():
    assert [easter(year) for year in range(1583, 2200)] == [easter_by_dateutil(year) for year in range(1583, 2200)]


def test_italy_stays_at_home_on_these_days_of_2026():
    assert sorted(holidays("Europe/Rome", [2026])) == [
        date(2026, 1, 1), date(2026, 1, 6), date(2026, 4, 5), date(2026, 4, 6), date(2026, 4, 25), date(2026, 5, 1),
        date(2026, 6, 2), date(2026, 8, 15), date(2026, 10, 4), date(2026, 11, 1), date(2026, 12, 8),
        date(2026, 12, 25), date(2026, 12, 26),
    ]  # fmt: skip


def test_poland_stays_at_home_on_these_days_of_2026():
    assert sorted(holidays("Europe/Warsaw", [2026])) == [
        date(2026, 1, 1), date(2026, 1, 6), date(2026, 4, 5), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 3),
        date(2026, 5, 24), date(2026, 6, 4), date(2026, 8, 15), date(2026, 11, 1), date(2026, 11, 11),
        date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 26),
    ]  # fmt: skip


def test_a_day_is_a_holiday_from_the_year_of_its_law():
    assert date(2024, 12, 24) not in holidays("Europe/Warsaw", [2024, 2025])
    assert holidays("Europe/Warsaw", [2024, 2025])[date(2025, 12, 24)] is Holiday.CHRISTMAS_EVE
    assert date(2025, 10, 4) not in holidays("Europe/Rome", [2025])


def test_easter_monday_on_liberation_day_is_liberation_day():
    assert holidays("Europe/Rome", [2011])[date(2011, 4, 25)] is Holiday.LIBERATION


def test_elsewhere_no_holiday_is_known():
    assert holidays("Europe/Vienna", [2026]) == {}
