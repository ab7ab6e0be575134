"""After a meeting there are few things to do, each with its day, and always the same few."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.errors import WrongPhase
from server.domain.follow_ups import (
    FollowUpCommand,
    FollowUpState,
    Met,
    due_for,
    is_overdue,
    move,
    propose_one_to_ones,
)
from server.domain.vocabulary import FollowUpKind, PersonId, StayInTouch

DAY = date(2026, 3, 12)
YES, MAYBE, NO = StayInTouch.YES, StayInTouch.MAYBE, StayInTouch.NO


def people(*numbers, sector="", round_number=1):
    return [Met(PersonId(number), sector, round_number) for number in numbers]


def propose(met, mine=(), theirs=(), affine=(), **more):
    return propose_one_to_ones(met, dict(mine), dict(theirs), affine=dict(affine), meeting_date=DAY, **more)


@pytest.mark.parametrize(("kind", "days"), [("stay_in_touch", 2), ("promise", 7), ("one_to_one", 14)])
def test_each_kind_has_its_term(kind, days):
    assert due_for(FollowUpKind(kind), DAY) == DAY + timedelta(days=days)


def test_every_kind_is_due_after_the_meeting():
    assert all(due_for(kind, DAY) > DAY for kind in FollowUpKind)


def test_overdue_is_after_the_day_and_only_while_open():
    assert not is_overdue(DAY, DAY)
    assert is_overdue(DAY, DAY + timedelta(days=1))
    assert not is_overdue(DAY, DAY + timedelta(days=1), FollowUpState.DONE)
    assert not is_overdue(DAY, DAY + timedelta(days=1), FollowUpState.DROPPED)


ALLOWED = {
    ("open", "do"): "done",
    ("open", "drop"): "dropped",
    ("done", "reopen"): "open",
    ("dropped", "reopen"): "open",
}


@pytest.mark.parametrize("command", FollowUpCommand)
@pytest.mark.parametrize("state", FollowUpState)
def test_what_is_ticked_off_or_dropped_can_be_taken_back(state, command):
    after = ALLOWED.get((state.value, command.value))
    if after is None:
        with pytest.raises(WrongPhase) as refused:
            move(state, command)
        assert refused.value.code == "follow_up_wrong_phase"
    else:
        assert move(state, command).value == after


def test_both_said_yes_comes_before_one_did_and_affine_sectors_come_last():
    met = [*people(1, 2, 3), *people(4, sector="notary"), *people(5)]
    proposals = propose(met, {3: YES, 2: YES}, {3: YES, 1: YES}, {"notary": 2})
    assert [(each.person, each.key) for each in proposals] == [
        (3, "both_want_to"),
        (2, "you_want_to"),
        (1, "you_met"),
        (4, "sectors_help_each_other"),
    ]
    assert proposals[3].params == {"sector": "notary"}


def test_the_others_yes_is_not_given_away():
    inside, outside = propose(
        [*people(1, round_number=3), *people(2, round_number=None)], {}, {1: YES, 2: YES}
    )[::-1]
    assert (inside.key, inside.params) == ("you_met", {"round": 3})
    assert (outside.key, outside.params) == ("you_met", {})


@pytest.mark.parametrize(
    ("mine", "theirs"), [(YES, NO), (NO, YES), (NO, None), (None, NO), (MAYBE, None), (None, None)]
)
def test_nobody_is_proposed_against_a_no_or_without_a_reason(mine, theirs):
    assert propose(people(1), {1: mine}, {1: theirs}) == ()


def test_a_no_ends_it_among_affine_sectors_too():
    assert propose(people(1, sector="notary"), {}, {1: NO}, {"notary": 5}) == ()


def test_what_is_already_planned_is_not_proposed_again():
    assert [each.person for each in propose(people(1, 2), {1: YES, 2: YES}, already={PersonId(1)})] == [2]


def test_stronger_affinity_comes_first_and_then_the_earlier_round():
    met = [*people(1, sector="weak"), *people(2, sector="strong", round_number=4)]
    met += people(3, sector="strong", round_number=2)
    proposals = propose(met, affine={"weak": 1, "strong": 3, "none": 0})
    assert [each.person for each in proposals] == [3, 2, 1]


def test_somebody_met_twice_is_proposed_once():
    met = [*people(1, round_number=4), *people(1, round_number=2), *people(1, round_number=3)]
    assert [each.params for each in propose(met, {}, {1: YES})] == [{"round": 2}]


def test_there_are_at_most_five_one_a_week():
    proposals = propose(people(*range(1, 30)), dict.fromkeys(range(1, 30), YES))
    assert [each.due_on - DAY for each in proposals] == [
        timedelta(days=days) for days in (14, 21, 28, 35, 42)
    ]


@pytest.mark.parametrize(("limit", "count"), [(0, 0), (-1, 0), (2, 2), (50, 5)])
def test_a_lower_limit_holds_and_a_higher_one_does_not(limit, count):
    assert len(propose(people(*range(1, 9)), dict.fromkeys(range(1, 9), YES), limit=limit)) == count


_answers = st.dictionaries(st.integers(1, 12), st.sampled_from(StayInTouch))


@settings(deadline=None)
@given(st.permutations(range(1, 13)), _answers, _answers)
def test_the_order_in_which_people_were_met_changes_nothing(order, mine, theirs):
    sectors = {number: "notary" if number % 3 else "florist" for number in order}
    met = [Met(PersonId(number), sectors[number], 1 + number % 4) for number in order]
    proposals = propose(met, mine, theirs, {"notary": 1})
    assert proposals == propose(sorted(met, key=lambda each: each.person), mine, theirs, {"notary": 1})
    assert all(NO not in (mine.get(each.person), theirs.get(each.person)) for each in proposals)
