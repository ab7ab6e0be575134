"""Slips from paper: entered whole or not at all, with their own days; what is there already is pointed out."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from server.domain.errors import Conflict, RuleViolation
from server.domain.vocabulary import ReferralState
from server.services import slip_paper, slips
from server.services.context import Json
from server.services.slip_paper import PaperSlip
from tests.conftest import FakeClock
from tests.mornings import Morning
from tests.services.test_slips import _give

LINE = PaperSlip(
    number=0,
    giver="Mira",
    to="Max",
    prospect_name="Chiara D'Amico",
    reach="031 555",
    need="Twelve rooms",
    level=3,
    vouch="used_it",
    consent=True,
)


@pytest.fixture(autouse=True)
def in_the_evening(clock: FakeClock) -> None:
    """The secretary sits down with the pile of paper."""
    clock.pass_by(hours=12)


def _enter(morning: Morning, *lines: PaperSlip) -> Json:
    return slip_paper.enter(
        morning.ctx,
        meeting_id=morning.meeting_id,
        group_id=morning.group_id,  # type: ignore[arg-type]
        clerk=morning.people["Olga"],
        lines=lines,
    )


def _board(morning: Morning, who: str) -> list[slips.SlipView]:
    return list(slips.board(morning.ctx, morning.people[who]))


def test_a_batch_goes_to_its_receivers_with_its_days_and_says_who_entered_it(morning: Morning) -> None:
    answer = _enter(
        morning, LINE, replace(LINE, number=1, giver="Max", to="Vik", given_on=date(2026, 11, 19), need="A sink")
    )
    assert answer == {"given": 2, "drafts": 0}
    found = {slip.need: slip for slip in _board(morning, "Max")}
    assert {need: slip.given_on for need, slip in found.items()} == {
        "Twelve rooms": date(2026, 11, 26),
        "A sink": date(2026, 11, 19),
    }
    shown = slips.show(
        morning.ctx,
        morning.group_id,  # type: ignore[arg-type]
        morning.people["Max"],
        found["Twelve rooms"].uid,
    )
    assert [step.actor for step in shown.steps] == ["Olga Marchetti"]


def test_what_lacks_something_goes_to_its_giver_to_complete(morning: Morning) -> None:
    assert _enter(morning, replace(LINE, reach="")) == {"given": 0, "drafts": 1}
    [draft] = _board(morning, "Mira")
    assert (draft.state, draft.missing) == (ReferralState.DRAFT, ("reach",))
    assert _board(morning, "Max") == []


def test_a_slip_that_is_there_already_is_pointed_out_and_entered_when_sure(morning: Morning) -> None:
    _give(morning, prospect_name="chiara  d'amico")
    other = replace(LINE, number=1, prospect_name="Somebody else")
    again = replace(LINE, number=2, prospect_name="Somebody Else")
    with pytest.raises(Conflict, match="slips_twice") as refused:
        _enter(morning, LINE, other, again)
    assert refused.value.params == {"lines": [0, 2]}
    assert len(_board(morning, "Max")) == 1
    assert _enter(morning, replace(LINE, sure=True), other)["given"] == 2


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"giver": "Zoroaster"}, "receiver_unknown", "giver-3"),
        ({"giver": "Vik"}, "receiver_unknown", "giver-3"),
        ({"giver": ""}, "receiver_missing", "giver-3"),
        ({"to": "Mira"}, "referral_to_self", "to-3"),
        ({"to": "Sam"}, "receiver_unknown", "to-3"),
        ({"given_on": date(2026, 12, 1)}, "slip_day_future", "given_on-3"),
        ({"level": 9}, "slip_level_unknown", "level-3"),
        ({"vouch": "shouted"}, "slip_vouch_unknown", "vouch-3"),
    ],
)
def test_one_line_that_cannot_be_keeps_the_whole_batch_out(
    morning: Morning, change: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(RuleViolation) as refused:
        _enter(morning, LINE, replace(LINE, number=3, prospect_name="Another", **change))
    assert (refused.value.code, refused.value.params["field"]) == (code, field)
    assert _board(morning, "Mira") == []


def test_an_empty_batch_is_refused(morning: Morning) -> None:
    with pytest.raises(RuleViolation, match="slips_nothing"):
        _enter(morning)
