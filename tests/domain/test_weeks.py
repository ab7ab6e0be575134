"""The attendance report's letters: what each status becomes, what counts, what a correction changes."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain import weeks
from server.domain.errors import RuleViolation
from server.domain.vocabulary import AttendanceStatus
from server.domain.weeks import Change, Column


@pytest.mark.parametrize(
    ("status", "came", "over", "expected"),
    [
        (AttendanceStatus.APOLOGISED, True, False, Column.PRESENT),
        (AttendanceStatus.SUBSTITUTED, False, False, Column.SUBSTITUTE),
        (AttendanceStatus.MEDICAL, False, True, Column.MEDICAL),
        (AttendanceStatus.APOLOGISED, False, False, Column.ABSENT),
        (AttendanceStatus.ABSENT, False, False, Column.ABSENT),
        (AttendanceStatus.EXPECTED, False, True, Column.ABSENT),
        (AttendanceStatus.EXPECTED, False, False, None),
    ],
)
def test_a_status_becomes_a_letter(status: AttendanceStatus, came: bool, over: bool, expected: Column | None) -> None:
    assert weeks.letter(status, came=came, over=over) is expected


@settings(deadline=None)
@given(st.dates())
def test_a_week_begins_on_its_monday(day: date) -> None:
    assert weeks.monday(weeks.monday(day)) == weeks.monday(day) <= day


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(Column), st.integers(0, 99))))
def test_lines_add_up_column_by_column(lines: list[dict[Column, int]]) -> None:
    total = weeks.added(lines)
    assert set(total) == set(Column)
    assert all(total[column] == sum(line.get(column, 0) for line in lines) for column in Column)


def test_only_the_letters_that_the_group_counts_are_weeks() -> None:
    line = {Column.PRESENT: 3, Column.ABSENT: 1, Column.LATE: 2, Column.MEDICAL: 1, Column.SUBSTITUTE: 1}
    assert (weeks.countable(line), weeks.countable(line, "PA")) == (6, 4)
    assert weeks.check_countable("s p") == "PS"
    for wrong in ("A", "PL"):
        with pytest.raises(RuleViolation, match="countable_letters"):
            weeks.check_countable(wrong)


def test_a_correction_changes_what_differs_and_nothing_else() -> None:
    kept = {Column.VISITORS: 2}
    wanted = {Column.VISITORS: 1, Column.PRESENT: 0, Column.ABSENT: 1}
    assert weeks.changes(kept, wanted) == (Change(Column.ABSENT, 0, 1), Change(Column.VISITORS, 2, 1))
    for wrong in (-1, 1000):
        with pytest.raises(RuleViolation, match="figure_range"):
            weeks.changes(kept, {Column.VISITORS: wrong})


def test_a_reason_is_some_words() -> None:
    assert weeks.check_reason("  The  list ") == "The list"
    for wrong, code in (("", "correction_reason"), ("x" * 201, "text_too_long")):
        with pytest.raises(RuleViolation, match=code):
            weeks.check_reason(wrong)
