"""What grew is traced to the last table at which the two sat before it, and agrees with a naive recount."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.domain.growth import Grown, Harvest, Link, LinkKind, SatTogether, Slip, Trace, grown
from server.domain.referrals import Served
from server.domain.reports import pair
from server.domain.vocabulary import PersonId, ReferralState

DAY = date(2026, 3, 12)
MIRA_MAX, MIRA_OLGA = pair(PersonId(1), PersonId(2)), pair(PersonId(3), PersonId(1))
WON, LOST = ReferralState.WON, ReferralState.LOST


def _after(days: int) -> date:
    return DAY + timedelta(days=days)


def test_a_morning_of_which_nothing_is_known_has_grown_nothing():
    assert grown(DAY, [], {}, [], []) == Grown(Harvest(), 0, (), ())


def test_business_is_traced_back_over_its_evidence_to_round_and_table():
    sat = [SatTogether(MIRA_MAX, 2, 7), SatTogether(MIRA_OLGA, 1, 3)]
    links = [
        Link(MIRA_MAX, LinkKind.ONE_TO_ONE, _after(6)),
        Link(MIRA_MAX, LinkKind.EXCHANGE, DAY),
        Link(MIRA_MAX, LinkKind.PROMISE, _after(2)),
        Link(MIRA_MAX, LinkKind.ONE_TO_ONE, _after(30)),
        Link(MIRA_OLGA, LinkKind.ONE_TO_ONE, _after(3)),
    ]
    slips = [Slip(MIRA_MAX, _after(9), WON, Served.YES), Slip(MIRA_OLGA, _after(9), LOST, Served.YES)]
    found = grown(DAY, sat, {}, links, slips)
    assert found.whole == Harvest(one_to_ones=3, referrals=2, won=1)
    assert found.well_served == 1
    assert found.rounds == ((1, Harvest(1, 1, 0)), (2, Harvest(2, 1, 1)))
    assert found.traces == (
        Trace(
            2,
            7,
            (
                Link(MIRA_MAX, LinkKind.EXCHANGE, DAY),
                Link(MIRA_MAX, LinkKind.PROMISE, _after(2)),
                Link(MIRA_MAX, LinkKind.ONE_TO_ONE, _after(6)),
            ),
            _after(9),
        ),
    )


def test_what_comes_after_they_sat_together_again_grew_from_there():
    sat, later = [SatTogether(MIRA_MAX, 1, 1)], {MIRA_MAX: [_after(7)]}
    before, after = Slip(MIRA_MAX, _after(6), WON), Slip(MIRA_MAX, _after(7), WON)
    assert grown(DAY, sat, later, [], [before, after]).whole.won == 1
    assert grown(_after(7), sat, {}, [], [before, after]).whole.won == 1


def test_of_two_rounds_together_the_last_one_counts():
    sat = [SatTogether(MIRA_MAX, 3, 9), SatTogether(MIRA_MAX, 1, 1)]
    [trace] = grown(DAY, sat, {}, [], [Slip(MIRA_MAX, DAY, WON)]).traces
    assert (trace.round_number, trace.table) == (3, 9)


def test_people_who_never_sat_together_that_morning_are_no_part_of_it():
    links, slips = [Link(MIRA_OLGA, LinkKind.ONE_TO_ONE, DAY)], [Slip(MIRA_OLGA, DAY, WON)]
    assert grown(DAY, [SatTogether(MIRA_MAX, 1, 1)], {}, links, slips).whole == Harvest()


PAIRS = st.sampled_from([pair(PersonId(a), PersonId(b)) for a in range(1, 5) for b in range(a + 1, 5)])
WEEKS = st.integers(0, 4)
STORY = st.lists(st.tuples(PAIRS, st.integers(0, 34), st.sampled_from([WON, LOST, ReferralState.GIVEN])), max_size=25)


@given(st.lists(st.tuples(PAIRS, WEEKS), max_size=20), STORY)
def test_every_referral_belongs_to_the_last_morning_together_and_to_no_other(meetings, story):
    sat_on = {}
    for who, week in meetings:
        sat_on.setdefault(who, set()).add(_after(7 * week))
    found = []
    for week in range(5):
        day = _after(7 * week)
        sat = [SatTogether(who, 1, 1) for who, days in sat_on.items() if day in days]
        later = {who: sorted(each for each in days if each > day) for who, days in sat_on.items()}
        slips = [Slip(who, _after(on), state) for who, on, state in story]
        found.append(grown(day, sat, later, [], slips).whole)
    naive = [0] * 5
    for who, on, _ in story:
        before = [day for day in sat_on.get(who, ()) if day <= _after(on)]
        if before:
            naive[(max(before) - DAY).days // 7] += 1
    assert [each.referrals for each in found] == naive
