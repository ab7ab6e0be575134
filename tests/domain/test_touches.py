"""The share of contacts that were followed up, against a naive recount; only those whose two weeks are over."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.domain.touches import Rate, Touch, rate
from server.domain.vocabulary import PersonId

DAY = date(2026, 3, 5)
LATER = DAY + timedelta(days=60)


def touch(owner: int, other: int, day: int) -> Touch:
    return Touch(PersonId(owner), PersonId(other), DAY + timedelta(days=day))


def test_a_touch_counts_for_its_owner_within_two_weeks_and_not_before() -> None:
    contacts = [touch(1, 2, 0), touch(2, 1, 0)]
    assert rate(contacts, [touch(1, 2, 14)], LATER) == Rate(2, 1, 2)
    assert rate(contacts, [touch(1, 2, 15), touch(1, 2, -1)], LATER) == Rate(2, 0, 2)


def test_contacts_of_the_last_two_weeks_wait_for_their_term() -> None:
    assert rate([touch(1, 2, 0)], [touch(1, 2, 1)], DAY + timedelta(days=14)) == Rate()
    assert rate([touch(1, 2, 0)], [touch(1, 2, 1)], DAY + timedelta(days=15)) == Rate(1, 1, 1)


def test_low_is_below_thirty_of_a_hundred_and_nothing_is_not_low() -> None:
    assert not Rate().is_low
    assert Rate(10, 2, 5).is_low
    assert not Rate(10, 3, 5).is_low


lines = st.lists(st.builds(touch, st.integers(1, 4), st.integers(1, 4), st.integers(0, 40)), max_size=25)


@given(lines, lines)
def test_it_agrees_with_a_naive_recount(contacts: list[Touch], touches: list[Touch]) -> None:
    found = rate(contacts, touches, LATER)
    due = [each for each in contacts if (LATER - each.on).days > 14]
    touched = [each for each in due if [t for t in touches if t[:2] == each[:2] and 0 <= (t.on - each.on).days <= 14]]
    assert found == Rate(len(due), len(touched), len({each.owner for each in due}))
