"""Birthdays as other programs write them."""

import pytest

from server.formats.birthdays import DateOrder, guess_date_order, read_birthday


@pytest.mark.parametrize(
    ("text", "birthday"),
    [
        ("1988-06-15", "1988-06-15"),
        ("1988-06-15T00:00:00.000Z", "1988-06-15"),
        ("1988/6/5", "1988-06-05"),
        ("--12-01", "--12-01"),
        (" --0203", "--02-03"),
        ("1604-12-01", "--12-01"),
        ("--02-29", "--02-29"),
        ("15.6.1988", "1988-06-15"),
        ("15/06/1988", "1988-06-15"),
        ("06/15/1988 00:00", "1988-06-15"),
        ("15 Mar 2024", "2024-03-15"),
        ("March 15, 2024", "2024-03-15"),
        ("", ""),
        ("0/0/00", ""),
        ("03/04/1980", None),
        ("31/02/1980", None),
        ("spring", None),
        ("15 Foo 2024", None),
    ],
)
def test_a_birthday_is_understood_or_asked_for_never_guessed(text, birthday):
    assert read_birthday(text, None) == birthday


def test_the_answer_decides_what_the_cell_leaves_open():
    assert read_birthday("03/04/1980", DateOrder.DAY_FIRST) == "1980-04-03"
    assert read_birthday("03/04/1980", DateOrder.MONTH_FIRST) == "1980-03-04"


@pytest.mark.parametrize(
    ("column", "order"),
    [
        (["03/04/1980", "15/04/1980"], DateOrder.DAY_FIRST),
        (["03/04/1980", "04/15/1980"], DateOrder.MONTH_FIRST),
        (["15/04/1980", "04/15/1980"], None),
        (["03/04/1980"], None),
        (["15.04.1980"], None),
    ],
)
def test_one_value_above_twelve_decides_for_the_whole_column(column, order):
    assert guess_date_order(column) == order
