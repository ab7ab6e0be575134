"""When a slip is late, for the board, the numbers and the mail alike; and when a mail may go."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import referrals
from server.domain import slip_reminders as rules
from server.domain.scoring import Reminders
from server.domain.slip_reminders import Awaited
from server.domain.vocabulary import ReferralState

State = ReferralState
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
WARSAW = ZoneInfo("Europe/Warsaw")
MINUTE = timedelta(minutes=1)
ages = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=200))
agreed = st.builds(Reminders, answer_hours=st.integers(1, 336), word_days=st.integers(1, 90))
waiting_states = st.sampled_from([state for state in State if rules.awaited(state)])


def test_of_every_open_slip_that_was_given_something_is_awaited_and_of_no_other():
    for state in State:
        is_waiting = referrals.is_open(state) and state is not State.DRAFT
        assert (rules.awaited(state) is not None) is is_waiting
    assert {rules.awaited(state) for state in (State.GIVEN, State.ACCEPTED)} == {Awaited.ANSWER}
    assert {rules.awaited(state) for state in (State.CONTACTED, State.IN_PROGRESS)} == {Awaited.WORD}


@pytest.mark.parametrize(
    ("state", "age", "late"),
    [
        (State.GIVEN, timedelta(hours=48) - MINUTE, None),
        (State.GIVEN, timedelta(hours=48), Awaited.ANSWER),
        (State.ACCEPTED, timedelta(hours=48), Awaited.ANSWER),
        (State.CONTACTED, timedelta(days=14) - MINUTE, None),
        (State.CONTACTED, timedelta(days=14), Awaited.WORD),
        (State.NO_ANSWER, timedelta(days=14), Awaited.WORD),
        (State.WON, timedelta(days=90), None),
        (State.DRAFT, timedelta(days=90), None),
    ],
)
def test_two_days_for_an_answer_and_two_weeks_for_a_word_where_nothing_else_was_agreed(
    state: State, age: timedelta, late: Awaited | None
):
    assert rules.late(state, NOW - age, NOW, Reminders()) is late


@given(state=st.sampled_from(State), age=ages, reminders=agreed, more=ages)
def test_what_is_late_stays_late_until_it_moves(state: State, age: timedelta, reminders: Reminders, more: timedelta):
    what = rules.late(state, NOW - age, NOW, reminders)
    assert what in (None, rules.awaited(state))
    if what is not None:
        assert age >= rules.patience(what, reminders)
        assert rules.late(state, NOW - age, NOW + more, reminders) is what


@given(state=waiting_states, age=ages, reminders=agreed)
def test_a_mail_is_for_what_is_late_for_thirty_days_at_most(state: State, age: timedelta, reminders: Reminders):
    what = rules.awaited(state)
    over = age - rules.patience(what, reminders)
    assert rules.is_for_mail(state, NOW - age, NOW, reminders) is (timedelta(0) <= over <= timedelta(days=30))


@given(state=st.sampled_from(State), age=ages, reminders=agreed)
def test_nothing_for_a_mail_lies_outside_the_span_that_is_asked_for(state: State, age: timedelta, reminders: Reminders):
    first, last = rules.span(NOW, reminders)
    if rules.is_for_mail(state, NOW - age, NOW, reminders):
        assert first <= NOW - age <= last


@given(moment=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 bounds
def test_mails_go_by_day_and_the_day_is_the_groups(moment: datetime):
    begins = rules.day_begins(moment, WARSAW)
    assert begins <= moment < begins + timedelta(hours=25)
    local = moment.astimezone(WARSAW)
    assert (begins.date(), begins.hour, begins.minute) == (local.date(), 0, 0)
    assert rules.may_go(moment, WARSAW) is (8 <= local.hour < 20)
