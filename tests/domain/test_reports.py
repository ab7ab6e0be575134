"""What a report may say, worked out by hand; and that it says nothing about one person."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import reports
from server.domain.reports import Exchanged, Given, Promised, Sat, Sector
from server.domain.vocabulary import PersonId, ReferralKind, ReferralState

TODAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
ANNA, BRUNO, CARLA, DARIO, ELENA, FABIO = map(PersonId, range(1, 7))
ALL = (ANNA, BRUNO, CARLA, DARIO, ELENA, FABIO)


def a_promise(owner: PersonId, due: int, kept: int | None = None, dropped: int | None = None) -> Promised:
    """Days count from today."""

    def day(days: int | None) -> date | None:
        return None if days is None else TODAY + timedelta(days=days)

    return Promised(owner, TODAY + timedelta(days=due), day(kept), day(dropped))


def a_slip(
    giver: PersonId,
    receiver: PersonId = ANNA,
    state: ReferralState = ReferralState.GIVEN,
    level: int = 3,
    *,
    given: int = 100,
    answered: int | None = None,
    kind: ReferralKind = ReferralKind.REFERRAL,
) -> Given:
    """Given so many hours ago, answered so many hours later."""
    at = NOW - timedelta(hours=given)
    return Given(giver, receiver, kind, state, level, at, None if answered is None else at + timedelta(hours=answered))


# --- acquaintances


def test_whom_people_met_for_the_first_time_and_again() -> None:
    tables = [Sat(1, 1, (ANNA, BRUNO)), Sat(1, 2, (CARLA, DARIO)), Sat(2, 1, (ANNA, CARLA, BRUNO))]
    found = reports.acquaintances(tables, {(ANNA, BRUNO)}, ALL)
    assert found is not None
    # Anna–Bruno again; Carla–Dario, Anna–Carla, Bruno–Carla new; Elena and Fabio sat with nobody.
    assert (found.first_time, found.again) == (3, 1)
    assert found.spread == ((0, 2), (1, 3), (2, 0), (3, 1))
    assert found.middle == 1
    assert found.alone == (ELENA, FABIO)


def test_pairs_are_the_same_either_way_round() -> None:
    found = reports.acquaintances([Sat(1, 1, (BRUNO, ANNA))], {(ANNA, BRUNO)}, (ANNA, BRUNO))
    assert found is not None
    assert (found.first_time, found.again, found.spread) == (0, 1, ((0, 2),))


@pytest.mark.parametrize("tables", [[], [Sat(1, 1, (ANNA,))]])
def test_where_nobody_met_there_is_nothing_to_tell(tables: list[Sat]) -> None:
    assert reports.acquaintances(tables, (), ALL) is None


@given(st.lists(st.integers(0, 40), max_size=60))
def test_a_spread_has_no_gaps_and_counts_everybody(numbers: list[int]) -> None:
    spread = reports.without_gaps(numbers)
    assert sum(count for _, count in spread) == len(numbers)
    named = [number for number, _ in spread]
    assert named == list(range(min(numbers), max(numbers) + 1) if numbers else ())


def test_who_of_the_members_knows_whom() -> None:
    days = {(ANNA, BRUNO): TODAY, (ANNA, CARLA): TODAY - timedelta(days=99), (ANNA, FABIO): TODAY}
    found = reports.known(days, (ANNA, BRUNO, CARLA, DARIO), TODAY - timedelta(days=7))
    assert found is not None
    assert (found.pairs, found.possible, found.fresh) == (2, 6, 1)
    assert found.spread == ((0, 1), (1, 2), (2, 1))
    assert reports.known(days, (BRUNO, CARLA), TODAY) is None


# --- promises


def test_promises_are_kept_in_time_late_let_go_overdue_or_not_due() -> None:
    made = [
        a_promise(ANNA, due=0, kept=0),
        a_promise(BRUNO, due=-2, kept=-1),
        a_promise(CARLA, due=-3, dropped=-1),
        a_promise(DARIO, due=-1),
        a_promise(ELENA, due=0),
        a_promise(ANNA, due=-1, kept=-3),
    ]
    found = reports.promises(made, TODAY)
    assert vars(found) == {
        "made": 6, "told": True, "kept_in_time": 2, "kept_late": 1, "let_go": 1, "waiting": 1, "overdue": 1,
    }  # fmt: skip
    assert found.settled == 5


def test_what_became_of_four_peoples_promises_is_not_told() -> None:
    made = [a_promise(owner, due=-1) for owner in (ANNA, BRUNO, CARLA, DARIO)] * 3
    found = reports.promises(made, TODAY)
    assert (found.made, found.told, found.overdue, found.settled) == (12, False, 0, 0)


# --- referrals


def test_quality_is_told_before_the_count_and_a_lead_counts_for_nothing() -> None:
    slips = [
        a_slip(ANNA, BRUNO, ReferralState.WON, 5, answered=48),
        a_slip(BRUNO, CARLA, ReferralState.LOST, 4, answered=49),
        a_slip(CARLA, DARIO, ReferralState.GIVEN, 2),
        a_slip(DARIO, ELENA, ReferralState.GIVEN, 1, given=47),
        a_slip(ELENA, FABIO, ReferralState.DECLINED, 3, given=47, answered=1),
        a_slip(FABIO, ANNA, ReferralState.GIVEN, 1, kind=ReferralKind.LEAD),
        a_slip(FABIO, ANNA, ReferralState.DRAFT, 1),
    ]
    found = reports.referred(slips, NOW)
    assert (found.given, found.leads, found.told, found.level) == (5, 1, True, 3)
    # Dario's waits since yesterday only; Carla's for four days without an answer.
    assert (found.in_time, found.answerable) == (2, 4)
    assert (found.won, found.ended) == (1, 2)
    assert found.flow == (
        (ReferralState.GIVEN, (0, 0, 2)),
        (ReferralState.WON, (1, 0, 0)),
        (ReferralState.LOST, (1, 0, 0)),
        (ReferralState.DECLINED, (0, 1, 0)),
    )


def test_what_became_of_four_givers_referrals_is_not_told() -> None:
    slips = [a_slip(giver, ELENA, ReferralState.WON) for giver in (ANNA, BRUNO, CARLA, DARIO)]
    found = reports.referred(slips, NOW)
    assert (found.given, found.told, found.won, found.flow) == (4, False, 0, ())
    assert reports.give_and_receive(slips, ALL) == ()


def test_giving_and_receiving_spread_over_the_members_without_names() -> None:
    slips = [a_slip(giver, ANNA) for giver in (BRUNO, CARLA, DARIO, ELENA)] + [a_slip(ANNA, BRUNO)] * 7
    found = reports.give_and_receive(slips, ALL)
    assert found == (
        Exchanged(0, gave=1, received=4),
        Exchanged(1, gave=4, received=0),
        Exchanged(2, gave=0, received=0),
        Exchanged(3, gave=0, received=0),
        Exchanged(4, gave=0, received=1),
        Exchanged(5, gave=1, received=1),
    )


def test_whoever_left_the_group_is_nobody_of_the_five() -> None:
    slips = [a_slip(giver, ELENA) for giver in ALL]
    assert reports.give_and_receive(slips, ALL[:4]) == ()


# --- sectors


def test_an_empty_seat_of_the_list_comes_behind_what_is_looked_for_and_before_the_rest() -> None:
    found = reports.sectors(["Notary"], ["Baker"], ["Florist", "baker ", "notary"])
    assert [(one.name, one.is_missing, one.is_empty) for one in found] == [
        ("notary", True, True),
        ("Florist", False, True),
        ("Baker", False, False),
    ]


def test_missing_sectors_come_first_then_what_is_wished_most() -> None:
    found = reports.sectors(["notary", " Notary", "Baker", "", "Florist"], ["florist", "Baker", "baker", "Plumber", ""])
    assert found == (
        Sector("notary", wished=2, there=0),
        Sector("Baker", wished=1, there=2),
        Sector("florist", wished=1, there=1),
        Sector("Plumber", wished=0, there=1),
    )
    assert [one.is_missing for one in found] == [True, False, False, False]


def test_a_sector_is_the_same_however_it_is_written() -> None:
    assert reports.same_sector(" Interior  design", "interior Design")
    assert not reports.same_sector("Florist", "Florists")
