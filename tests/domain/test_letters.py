"""When letters go, about which month, and to whom once more."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.domain import letters
from server.domain.leading import Month
from server.domain.messages import MessageState

WARSAW = ZoneInfo("Europe/Warsaw")


@pytest.mark.parametrize(
    ("hour", "day", "month", "goes"),
    [(22, 30, Month(2026, 10), True), (23, 30, Month(2026, 11), False)],
)
def test_a_month_is_over_when_it_is_over_where_the_group_is(hour: int, day: int, month: Month, goes: bool) -> None:
    moment = datetime(2026, 11, day, hour, 30, tzinfo=UTC)
    assert letters.month_before(moment, WARSAW) == month
    assert letters.may_go(moment, WARSAW) is goes


def test_on_the_first_they_wait_for_the_morning_and_in_summer_too() -> None:
    assert not letters.may_go(datetime(2026, 7, 1, 5, 59, tzinfo=UTC), WARSAW)
    assert letters.may_go(datetime(2026, 7, 1, 6, 0, tzinfo=UTC), WARSAW)
    assert letters.may_go(datetime(2026, 7, 2, 0, 0, tzinfo=UTC), WARSAW)
    assert letters.month_before(datetime(2027, 1, 5, 12, 0, tzinfo=UTC), WARSAW) == Month(2026, 12)


@pytest.mark.parametrize(
    ("state", "problem", "due"),
    [
        (None, "", True),
        (MessageState.FAILED, "mail_unreachable", True),
        (MessageState.FAILED, "mail_address_refused", False),
        (MessageState.FAILED, "mail_line_lost", False),
        (MessageState.SENDING, "", False),
        (MessageState.SENT, "", False),
        (MessageState.WRITTEN, "", False),
    ],
)
def test_only_what_surely_never_went_is_tried_again(state: MessageState | None, problem: str, due: bool) -> None:
    assert letters.is_due(state, problem) is due


@pytest.mark.parametrize(
    ("state", "age", "told"),
    [
        (MessageState.SENDING, timedelta(minutes=5), (MessageState.SENDING, "")),
        (MessageState.SENDING, timedelta(minutes=5, seconds=1), (MessageState.FAILED, "mail_line_lost")),
        (MessageState.SENT, timedelta(days=9), (MessageState.SENT, "")),
    ],
)
def test_what_was_left_on_its_way_is_told_as_lost(
    state: MessageState, age: timedelta, told: tuple[MessageState, str]
) -> None:
    now = datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert letters.known(state, "", now - age, now) == told
