"""Stages are climbed by evidence, step by step, and lost with it; first time and again are unmistakable."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from server.domain.relationships import (
    DEFAULT_THRESHOLDS,
    Encounter,
    Evidence,
    EvidenceKind,
    Stage,
    met_before_line,
    stage,
)

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def fact(kind, days_ago, **more):
    return Evidence(kind, NOW - timedelta(days=days_ago), **more)


MET = fact(EvidenceKind.MET_IN_ROUND, 40)
SCAN = fact(EvidenceKind.MUTUAL_SCAN, 30)
ONE_TO_ONE = fact(EvidenceKind.ONE_TO_ONE, 20)
KEPT = fact(EvidenceKind.PROMISE_KEPT, 15)
OUTCOME = fact(EvidenceKind.REFERRAL_OUTCOME, 5)
ALL = (OUTCOME, KEPT, ONE_TO_ONE, SCAN, MET)


def test_without_evidence_two_people_are_strangers_who_could_meet_in_a_round():
    result = stage([], NOW)
    assert (result.stage, result.evidence, result.next_step) == (Stage.STRANGER, (), "meet_in_round")


@pytest.mark.parametrize("encounter", [MET, SCAN])
def test_one_encounter_makes_visible(encounter):
    result = stage([encounter], NOW)
    assert (result.stage, result.evidence) == (Stage.VISIBLE, (encounter,))
    assert (result.next_step, result.missing) == ("plan_one_to_one", ("plan_one_to_one", "keep_promise"))


def test_a_one_to_one_and_a_kept_promise_after_three_weeks_make_credible():
    result = stage([KEPT, ONE_TO_ONE, MET], NOW)
    assert (result.stage, result.evidence) == (Stage.CREDIBLE, (MET, ONE_TO_ONE, KEPT))
    assert result.next_step == "ask_for_referral"


def test_a_referral_with_an_outcome_makes_profitable_and_then_one_keeps_in_touch():
    result = stage(ALL, NOW)
    assert (result.stage, result.evidence) == (Stage.PROFITABLE, (MET, SCAN, ONE_TO_ONE, KEPT, OUTCOME))
    assert (result.next_step, result.missing) == ("keep_in_touch", ())


@pytest.mark.parametrize(
    ("known_days", "reached", "step", "params"),
    [
        (19, "visible", "give_it_time", {"days": 2}),
        (20.5, "visible", "give_it_time", {"days": 1}),
        (21, "credible", "ask_for_referral", {}),
    ],
)
def test_trust_needs_three_weeks_and_says_how_many_days_are_left(known_days, reached, step, params):
    met = fact(EvidenceKind.MUTUAL_SCAN, known_days)
    result = stage([met, fact(EvidenceKind.ONE_TO_ONE, 3), fact(EvidenceKind.PROMISE_KEPT, 1)], NOW)
    assert (result.stage.value, result.next_step, result.next_params) == (reached, step, params)


def test_taking_evidence_away_lowers_the_stage():
    assert stage(ALL, NOW).stage is Stage.PROFITABLE
    without = {
        "promise": [each for each in ALL if each is not KEPT],
        "encounters": [OUTCOME, KEPT, ONE_TO_ONE],
        "outcome": [each for each in ALL if each is not OUTCOME],
    }
    assert {gone: stage(rest, NOW).stage.value for gone, rest in without.items()} == {
        "promise": "visible",
        "encounters": "stranger",
        "outcome": "credible",
    }
    assert stage(without["promise"], NOW).next_step == "keep_promise"


def test_what_lies_ahead_does_not_count_yet():
    assert stage([fact(EvidenceKind.MET_IN_ROUND, -1)], NOW).stage is Stage.STRANGER


def test_a_broken_promise_freezes_the_stage_until_it_is_settled():
    broken = fact(EvidenceKind.PROMISE_BROKEN, 18, params={"promise": "the address of a notary"})
    frozen = stage([*ALL, broken], NOW)
    assert (frozen.stage, frozen.evidence) == (Stage.VISIBLE, (MET, SCAN))
    assert frozen.next_step == "settle_promise"
    assert frozen.next_params == {"promise": "the address of a notary"}
    assert frozen.missing[1:] == ("keep_promise",)
    settled = stage([*ALL, replace(broken, settled_at=NOW - timedelta(days=1))], NOW)
    assert settled.stage is Stage.PROFITABLE
    assert broken not in settled.evidence
    assert stage([*ALL, replace(broken, settled_at=NOW + timedelta(days=1))], NOW).stage is Stage.VISIBLE


def test_a_broken_promise_takes_away_no_stage_that_was_reached_before():
    broken = fact(EvidenceKind.PROMISE_BROKEN, 1)
    result = stage([*ALL, broken], NOW)
    assert (result.stage, result.next_step) == (Stage.PROFITABLE, "settle_promise")


def test_a_group_may_ask_for_more():
    strict = replace(DEFAULT_THRESHOLDS, encounters=3, known_for=timedelta(days=60))
    assert stage(ALL, NOW, strict).stage is Stage.STRANGER
    assert stage(ALL, NOW, replace(strict, encounters=2)).next_params == {"days": 20}


DAY = date(2026, 3, 12)


@pytest.mark.parametrize(
    ("met", "promise", "line"),
    [
        (None, None, ("met_first_time", {})),
        (None, "a name", ("met_first_time", {"promise": "a name"})),
        (Encounter(DAY, "Breakfast"), "", ("met_at_meeting", {"on": DAY, "meeting": "Breakfast"})),
        (
            Encounter(DAY, "Breakfast", 3),
            "a name",
            ("met_in_round", {"on": DAY, "meeting": "Breakfast", "round": 3, "promise": "a name"}),
        ),
    ],
)
def test_first_time_or_again_with_the_day_the_round_and_the_promise(met, promise, line):
    assert met_before_line(met, promise) == line
