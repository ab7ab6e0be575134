"""A slip moves only as the table says, and only in the hands of the side whose turn it is."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from server.domain.errors import NotAllowed, RuleViolation, WrongPhase
from server.domain.referrals import (
    COLUMNS,
    INTRODUCTION_LEVELS,
    MOVES,
    REASON_CODES,
    VOUCH_REASONS,
    WAYS,
    Served,
    Side,
    Slip,
    check_day,
    check_not_self,
    check_served,
    check_submittable,
    column,
    counts,
    is_burst,
    is_open,
    kind_of,
    missing_fields,
    move,
    moves_for,
    ways_of,
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


def test_the_ways_of_an_introduction_are_kept_as_a_set_in_the_order_of_the_form():
    assert ways_of(["written", "card_given", "written"]) == "card_given written"
    assert ways_of([]) == ""
    with pytest.raises(RuleViolation) as refused:
        ways_of(["card_given", "shouted"])
    assert (refused.value.code, refused.value.params["way"]) == ("slip_way_unknown", "shouted")
    assert len(" ".join(WAYS)) <= 80


def test_a_slip_from_paper_is_of_today_or_of_the_last_year():
    today = date(2026, 11, 26)
    check_day(today, today)
    check_day(today - timedelta(days=366), today)
    for day, code in ((today + timedelta(days=1), "slip_day_future"), (date(2025, 11, 24), "slip_day_far")):
        with pytest.raises(RuleViolation) as refused:
            check_day(day, today)
        assert (refused.value.code, refused.value.params) == (code, {"field": "given_on"})


def test_the_fourth_slip_of_one_date_and_place_is_a_burst():
    assert [is_burst(already) for already in range(5)] == [False, False, False, True, True]


def test_the_giver_alone_says_once_after_business_how_the_prospect_was_served():
    check_served(ReferralState.WON, Side.GIVER, None)
    with pytest.raises(NotAllowed, match="served_not_yours"):
        check_served(ReferralState.WON, Side.RECEIVER, None)
    with pytest.raises(WrongPhase, match="served_already"):
        check_served(ReferralState.WON, Side.GIVER, Served.MIXED)
    for state in ReferralState:
        if state is not ReferralState.WON:
            with pytest.raises(WrongPhase, match="served_too_early"):
                check_served(state, Side.GIVER, None)


def test_every_state_stands_in_exactly_one_column_of_the_board():
    assert sorted(state for states in COLUMNS.values() for state in states) == sorted(ReferralState)
    assert {column(state) for state in ReferralState} == set(COLUMNS)
