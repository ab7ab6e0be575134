"""What two people shared needs the other's name and word; a training or a duty is one's own."""

import pytest

from server.domain import activities
from server.domain.activities import BETWEEN_TWO, ActivityKind
from server.domain.errors import RuleViolation
from server.domain.vocabulary import PersonId

MIRA, MAX = PersonId(1), PersonId(2)


@pytest.mark.parametrize("kind", ActivityKind)
def test_what_is_between_two_needs_somebody_else_who_confirms_it(kind):
    activities.check(kind, MIRA, MAX, 30)
    if kind not in BETWEEN_TWO:
        activities.check(kind, MIRA, None, 0)
        assert activities.counts(kind, confirmed=False)
        return
    assert not activities.counts(kind, confirmed=False)
    assert activities.counts(kind, confirmed=True)
    for other, code in ((None, "activity_needs_other"), (MIRA, "activity_with_self")):
        with pytest.raises(RuleViolation) as refused:
            activities.check(kind, MIRA, other, 0)
        assert (refused.value.code, refused.value.params["field"]) == (code, "to")


@pytest.mark.parametrize("minutes", [-1, 24 * 60 + 1])
def test_nobody_trains_for_longer_than_a_day(minutes):
    with pytest.raises(RuleViolation, match="activity_minutes"):
        activities.check(ActivityKind.TRAINING, MIRA, None, minutes)
