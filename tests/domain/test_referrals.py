"""A slip moves only as the table says, and only in the hands of the side whose turn it is."""

from dataclasses import replace

import pytest

from server.domain.errors import NotAllowed, RuleViolation, WrongPhase
from server.domain.referrals import (
    INTRODUCTION_LEVELS,
    MOVES,
    REASON_CODES,
    VOUCH_REASONS,
    Side,
    Slip,
    check_not_self,
    check_submittable,
    counts,
    is_open,
    kind_of,
    missing_fields,
    move,
    moves_for,
)
from server.domain.vocabulary import PersonId, ReferralKind, ReferralState

MIRA, MAX = PersonId(1), PersonId(2)
SLIP = Slip(
    giver=MIRA,
    receiver=MAX,
    prospect_name="Olga Wiśniewska",
    reach="+48 600 700 800",
    need="a roof before winter",
    level=3,
    vouch="used_it",
    consent=True,
)

GIVER = {"draft": {"given"}}
RECEIVER = {
    "given": {"accepted", "declined"},
    "accepted": {"contacted", "no_answer"},
    "contacted": {"in_progress", "won", "lost", "no_answer", "not_a_fit"},
    "in_progress": {"won", "lost", "no_answer", "not_a_fit"},
    "no_answer": {"contacted"},
}


def _reason(to):
    return REASON_CODES[to][0] if to in REASON_CODES else None


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("to", ReferralState)
@pytest.mark.parametrize("state", ReferralState)
def test_every_move_by_either_side_is_allowed_or_refused_as_the_table_says(state, to, side):
    own, others = (GIVER, RECEIVER) if side is Side.GIVER else (RECEIVER, GIVER)
    if to.value in own.get(state.value, set()):
        assert move(state, to, side, _reason(to)) is to
        assert to in moves_for(state, side)
    else:
        wrong = NotAllowed if to.value in others.get(state.value, set()) else WrongPhase
        code = "referral_not_yours" if wrong is NotAllowed else "referral_wrong_phase"
        with pytest.raises(wrong) as refused:
            move(state, to, side, _reason(to))
        assert refused.value.code == code
        assert refused.value.params == {"state": state.value, "to": to.value}
        assert to not in moves_for(state, side)


def test_the_receiver_chooses_in_the_order_of_the_work():
    assert moves_for(ReferralState.CONTACTED, Side.RECEIVER) == (
        ReferralState.IN_PROGRESS,
        ReferralState.WON,
        ReferralState.LOST,
        ReferralState.NO_ANSWER,
        ReferralState.NOT_A_FIT,
    )


def test_every_state_can_be_reached_from_a_draft():
    reached = {ReferralState.DRAFT}
    for _ in ReferralState:
        reached |= {to for before, to in MOVES if before in reached}
    assert reached == set(ReferralState)


def test_a_slip_is_open_while_somebody_has_something_to_do():
    closed = {state.value for state in ReferralState if not is_open(state)}
    assert closed == {"won", "lost", "not_a_fit", "declined"}


@pytest.mark.parametrize(
    ("state", "verdict"),
    [(ReferralState.GIVEN, ReferralState.DECLINED), (ReferralState.CONTACTED, ReferralState.NOT_A_FIT)],
)
def test_a_hard_verdict_needs_a_reason_from_its_list(state, verdict):
    for reason, code in (
        (None, "referral_reason_missing"),
        ("", "referral_reason_missing"),
        ("mood", "referral_reason_unknown"),
    ):
        with pytest.raises(RuleViolation) as refused:
            move(state, verdict, Side.RECEIVER, reason)
        assert refused.value.code == code
    for reason in REASON_CODES[verdict]:
        assert move(state, verdict, Side.RECEIVER, reason) is verdict


def test_a_complete_slip_can_be_given():
    check_submittable(SLIP)
    assert missing_fields(SLIP) == ()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"prospect_name": " "}, "prospect_name"),
        ({"reach": ""}, "reach"),
        ({"need": ""}, "need"),
        ({"consent": False}, "consent"),
        ({"vouch": ""}, "vouch"),
        ({"level": 1, "vouch": ""}, "vouch"),
        ({"level": 1, "consent": False, "reach": ""}, "reach"),
    ],
)
def test_an_incomplete_slip_names_the_field_that_is_missing(change, field):
    slip = replace(SLIP, **change)
    with pytest.raises(RuleViolation) as refused:
        check_submittable(slip)
    assert refused.value.code == "slip_incomplete"
    assert refused.value.params == {"field": field}


def test_all_gaps_of_an_empty_slip_are_known_in_the_order_of_the_form():
    empty = Slip(MIRA, MAX, "", "", "", level=2, vouch="", consent=False)
    assert missing_fields(empty) == ("prospect_name", "reach", "need", "consent", "vouch")


def test_a_name_passed_on_without_consent_is_a_lead_and_needs_no_voucher():
    check_submittable(replace(SLIP, level=1, consent=False, vouch=""))
    assert kind_of(consent=False) is ReferralKind.LEAD
    assert kind_of(consent=True) is ReferralKind.REFERRAL


@pytest.mark.parametrize("level", [0, 6, -1])
def test_an_introduction_has_a_level_from_one_to_five(level):
    assert list(INTRODUCTION_LEVELS) == [1, 2, 3, 4, 5]
    with pytest.raises(RuleViolation) as refused:
        check_submittable(replace(SLIP, level=level))
    assert refused.value.code == "slip_level_unknown"


def test_whoever_vouches_says_why_from_a_list():
    for vouch in VOUCH_REASONS:
        check_submittable(replace(SLIP, vouch=vouch))
    with pytest.raises(RuleViolation) as refused:
        check_submittable(replace(SLIP, vouch="nice_person"))
    assert refused.value.code == "slip_vouch_unknown"


def test_nobody_refers_to_themselves():
    check_not_self(MIRA, MAX)
    with pytest.raises(RuleViolation) as refused:
        check_submittable(replace(SLIP, receiver=MIRA))
    assert refused.value.code == "referral_to_self"


def test_leads_and_drafts_never_count():
    assert counts(ReferralKind.REFERRAL, ReferralState.GIVEN)
    assert counts(ReferralKind.REFERRAL, ReferralState.LOST)
    assert not counts(ReferralKind.REFERRAL, ReferralState.DRAFT)
    assert not counts(ReferralKind.LEAD, ReferralState.WON)


def test_codes_fit_their_columns():
    codes = [code for reasons in REASON_CODES.values() for code in reasons]
    assert all(len(code) <= 24 for code in (*codes, *VOUCH_REASONS))
