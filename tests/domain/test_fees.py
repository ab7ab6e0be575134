"""Fees: paid, owes or free; what was paid stays what it was; sums are whole cents."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from server.domain import fees as rules
from server.domain.fees import Cash, Fee, FeeState
from server.domain.vocabulary import Standing

THEN = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)


def test_a_fee_is_paid_owed_or_free() -> None:
    assert Fee(1250).state is FeeState.OWES
    assert Fee(0).state is FeeState.FREE
    assert Fee(1250, waived=True).state is FeeState.FREE
    assert Fee(1250, THEN, 1250, waived=True).state is FeeState.PAID
    assert (Fee(1250).due, Fee(1250, waived=True).due, Fee(1250, THEN, 1250).due) == (1250, 0, 0)


def test_what_was_paid_stays_when_the_fee_is_changed() -> None:
    assert Fee(1500, THEN, 1250).received == 1250
    assert Fee(1500, THEN).received == 1500, "paid before amounts were kept"
    assert Fee(1500, paid_cents=1250).received == 0


def test_members_and_visitors_are_asked_for_their_own() -> None:
    assert rules.asked(Standing.MEMBER, of_members=10, of_visitors=20) == 10
    assert rules.asked(Standing.VISITOR, of_members=10, of_visitors=20) == 20


FEES = st.builds(
    Fee,
    st.integers(0, 10_000_00),
    st.none() | st.just(THEN),
    st.none() | st.integers(0, 10_000_00),
    st.booleans(),
)


@given(st.lists(st.tuples(FEES, st.booleans())))
def test_the_sums_are_those_of_the_lines(fees: list[tuple[Fee, bool]]) -> None:
    sums = rules.cash(fees)
    assert sums.received == sum(fee.received for fee, _ in fees)
    assert sums.owed == sum(fee.due for fee, came in fees if came)
    assert rules.cash([]) == Cash(0, 0)
