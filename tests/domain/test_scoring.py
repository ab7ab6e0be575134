"""A referral's quality is the weighted mean of what is known of it, and nothing of what nobody can know yet."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import referrals, scoring
from server.domain.errors import RuleViolation
from server.domain.referrals import Served
from server.domain.scoring import TABLE, USUAL, Part, Reminders, Scored, Weights
from server.domain.vocabulary import ReferralKind, ReferralState

State = ReferralState
FRESH = Scored(ReferralKind.REFERRAL, State.GIVEN, level=3, filled=5)


def test_a_fresh_slip_has_the_quality_of_what_its_giver_did():
    found = scoring.quality(FRESH)
    assert [(point.part, point.points, point.weight) for point in found.points] == [
        (Part.INTRODUCTION, 60, 3),
        (Part.COMPLETENESS, 100, 1),
    ]
    assert (found.value, found.version) == (70, 0)


def test_a_client_well_served_after_an_introduction_in_person_has_all_points():
    slip = Scored(ReferralKind.REFERRAL, State.WON, level=5, filled=5, served=Served.YES)
    found = scoring.quality(slip)
    assert found.value == 100
    assert [point.part for point in found.points] == list(Part)


@pytest.mark.parametrize(
    ("state", "reason", "verdict", "outcome"),
    [
        (State.ACCEPTED, "", "taken_on", None),
        (State.CONTACTED, "", "taken_on", None),
        (State.IN_PROGRESS, "", "taken_on", "in_progress"),
        (State.NO_ANSWER, "", "taken_on", "no_answer"),
        (State.WON, "", "taken_on", "won"),
        (State.LOST, "", "taken_on", "lost"),
        (State.DECLINED, "not_my_work", "not_wanted", None),
        (State.DECLINED, "no_capacity", "no_fault", None),
        (State.NOT_A_FIT, "budget", "not_wanted", "not_a_fit"),
        (State.NOT_A_FIT, "timing", "no_fault", "not_a_fit"),
    ],
)
def test_what_the_receiver_says_becomes_verdict_and_outcome(state, reason, verdict, outcome):
    points = {point.part: point.word for point in scoring.quality(replace(FRESH, state=state, reason=reason)).points}
    assert points.get(Part.VERDICT) == verdict
    assert points.get(Part.OUTCOME) == outcome


def test_without_consent_there_is_no_referral_and_no_quality():
    assert scoring.quality(replace(FRESH, kind=ReferralKind.LEAD)) is None
    assert scoring.quality(replace(FRESH, state=State.DRAFT)) is None


def test_every_word_that_can_be_said_has_points():
    assert set(TABLE[Part.INTRODUCTION]) == {str(level) for level in referrals.INTRODUCTION_LEVELS}
    assert set(TABLE[Part.SERVICE]) == {served.value for served in Served}
    assert set(TABLE[Part.OUTCOME]) <= {state.value for state in State}
    assert all(0 <= points <= 100 for words in TABLE.values() for points in words.values())
    known = {reason for reasons in referrals.REASON_CODES.values() for reason in reasons}
    assert known >= scoring.NO_FAULT


SLIPS = st.builds(
    Scored,
    kind=st.just(ReferralKind.REFERRAL),
    state=st.sampled_from([state for state in State if state is not State.DRAFT]),
    level=st.integers(1, 5),
    filled=st.integers(0, 5),
    reason=st.sampled_from(["", "timing", "budget", "no_capacity"]),
    served=st.sampled_from([None, *Served]),
)
WEIGHTS = st.builds(
    Weights,
    introduction=st.integers(1, 10),
    completeness=st.integers(0, 10),
    verdict=st.integers(0, 10),
    outcome=st.integers(0, 10),
    service=st.integers(0, 10),
)


@given(SLIPS, WEIGHTS)
def test_quality_is_the_mean_by_weight_rounded_half_up(slip, weights):
    found = scoring.quality(slip, weights)
    whole = sum(point.weight for point in found.points)
    mean = Fraction(sum(point.weight * point.points for point in found.points), whole)
    assert found.value == int(mean + Fraction(1, 2))
    assert 0 <= found.value <= 100


@given(SLIPS)
def test_a_word_of_good_service_never_harms(slip):
    before = scoring.quality(replace(slip, served=None))
    assert scoring.quality(replace(slip, served=Served.YES)).value >= before.value


def test_the_middle_is_that_of_those_that_have_a_quality():
    low, high = replace(FRESH, level=1), replace(FRESH, level=5)
    lead = scoring.quality(replace(FRESH, kind=ReferralKind.LEAD))
    assert scoring.middle([scoring.quality(low), lead, scoring.quality(high)]) == (40 + 100) / 2
    assert scoring.middle([lead]) is None


def _with(part: Part, word: str, points: int) -> Weights:
    """Our table but for one word."""
    return replace(USUAL, points={**TABLE, part: {**TABLE[part], word: points}})


def test_a_group_s_own_points_hold_for_its_referrals():
    found = scoring.quality(FRESH, _with(Part.INTRODUCTION, "3", 90))
    assert found.points[0].points == 90
    assert found.value == 93  # (3 * 90 + 100) / 4 = 92.5
    assert scoring.quality(FRESH).value == 70


@given(st.data())
def test_points_come_back_from_the_way_they_are_written(data):
    points = {part: {word: data.draw(st.integers(0, 100)) for word in TABLE[part]} for part in scoring.DECIDED}
    whole = {**TABLE, **points}
    assert scoring.points_read(scoring.points_written(whole)) == whole


def test_what_a_group_did_not_decide_on_is_ours():
    assert scoring.points_read("") == TABLE
    assert scoring.points_read("service no:10") == _with(Part.SERVICE, "no", 10).points


@pytest.mark.parametrize(
    ("weights", "reminders", "code", "field"),
    [
        (replace(USUAL, verdict=11), Reminders(), "weight_range", "verdict"),
        (replace(USUAL, service=-1), Reminders(), "weight_range", "service"),
        (_with(Part.INTRODUCTION, "2", 101), Reminders(), "points_range", "introduction-2"),
        (_with(Part.SERVICE, "no", -1), Reminders(), "points_range", "service-no"),
        (replace(USUAL, introduction=0, completeness=0), Reminders(), "weights_nothing", "introduction"),
        (USUAL, Reminders(answer_hours=0), "reminder_range", "answer_hours"),
        (USUAL, Reminders(answer_hours=337), "reminder_range", "answer_hours"),
        (USUAL, Reminders(word_days=91), "reminder_range", "word_days"),
    ],
)
def test_rules_that_make_no_sense_are_refused_at_their_field(weights, reminders, code, field):
    with pytest.raises(RuleViolation) as refused:
        scoring.check(weights, reminders)
    assert (refused.value.code, refused.value.params["field"]) == (code, field)


def test_the_usual_rules_are_in_order():
    scoring.check(USUAL, Reminders())
    scoring.check(replace(USUAL, completeness=0), Reminders(1, 1))
