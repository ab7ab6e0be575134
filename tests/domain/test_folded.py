"""Sums of people who are no longer here: where time is cut, and what they add to what is told."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.domain import growth, leading, reports, weeks
from server.domain.folded import NOBODY, PEOPLE, Gone, piece
from server.domain.growth import Harvest
from server.domain.leading import Belongs, Month, Visitor
from server.domain.referrals import Served
from server.domain.thanks import Deal, totals
from server.domain.thanks import Gone as Thanked
from server.domain.vocabulary import PersonId, Standing
from server.domain.weeks import Column

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))
NOW = datetime(2026, 11, 26, tzinfo=UTC)


@given(DAYS, st.integers(0, 40))
def test_two_days_are_kept_apart_where_a_week_or_a_month_may_begin_between_them(day: date, further: int) -> None:
    later = day + timedelta(days=further)
    together = weeks.monday(day) == weeks.monday(later) and (day.year, day.month) == (later.year, later.month)
    assert (piece(day) == piece(later)) is together
    assert piece(day) <= day
    assert piece(piece(day)) == piece(day)


def test_what_nobody_did_is_none() -> None:
    gone = Gone({"won:2": 3, PEOPLE: 2})
    assert (gone["won:2"], gone["lost:2"], gone.people, gone.counter) == (3, 0, 2, {"won:2": 3})


def test_a_month_tells_the_whole_and_counts_those_who_went_among_its_people() -> None:
    month = Month(2026, 10)
    done = [(PersonId(who), date(2026, 10, who), 1) for who in (1, 2, 3, 4)] + [(NOBODY, date(2026, 10, 1), 5)]
    assert [each.number for each in leading.trend(done, (month,), {month: 1})] == [9]
    assert [each.number for each in leading.trend(done, (month,))] == [None]


def test_visitors_and_members_who_went_stay_in_the_count() -> None:
    came = [Visitor(PersonId(who), 1 + who % 2, Standing.VISITOR) for who in range(4)]
    assert leading.funnel(came, Gone({"came": 2, "again": 1, "joined": 1})) == leading.Funnel(True, 6, 3, 1)
    assert not leading.funnel(came).told
    members = [Belongs(PersonId(who), None, None) for who in range(4)]
    left = Gone({"since": 3, "until": 1})
    assert leading.retention(members, date(2026, 11, 26), left) == leading.Retention(True, 6, 4)
    assert not leading.retention(members, date(2026, 11, 26)).told


@given(DAYS)
def test_a_year_ago_ends_with_a_week_so_that_no_first_day_is_cut(day: date) -> None:
    asked = leading.year_ago(day)
    assert asked.weekday() == 6
    assert timedelta(days=366) <= day - asked <= timedelta(days=372)


def test_promises_and_slips_add_up_with_those_of_people_who_went() -> None:
    gone = Gone({"let_go": 2, PEOPLE: 5})
    assert reports.promises((), date(2026, 11, 26), gone) == reports.Promises(2, told=True, let_go=2)
    assert reports.promises((), date(2026, 11, 26), Gone({"let_go": 2, PEOPLE: 4})) == reports.Promises(2, told=False)
    slips = Gone({"leads": 1, "won:0": 2, "lost:2": 1, "level:5": 2, "level:1": 1, "due": 3, "in_time": 1, PEOPLE: 5})
    found = reports.referred((), NOW, slips)
    assert (found.given, found.leads, found.told, found.level) == (3, 1, True, 5.0)
    assert (found.answerable, found.in_time, found.ended, found.won) == (3, 1, 3, 2)
    assert [(state.value, steps) for state, steps in found.flow] == [("won", (2, 0, 0)), ("lost", (0, 0, 1))]


def test_who_was_asked_how_they_were_served_and_who_well() -> None:
    answers = [None, Served.YES, Served.MIXED, Served.YES]
    assert reports.served_tallied(answers) == {reports.ASKED: 3, reports.WELL: 2}


def test_what_grew_with_people_who_went_stays_with_its_round() -> None:
    gone = Gone({"one_to_ones:2": 1, "referrals:2": 2, "won:2": 1, "well_served": 1})
    found = growth.grown(date(2026, 11, 26), (), {}, (), (), gone)
    assert (found.whole, found.well_served) == (Harvest(1, 2, 1), 1)
    assert (found.rounds, found.traces) == (((2, Harvest(1, 2, 1)),), ())


def test_totals_stay_to_the_cent_in_each_currency() -> None:
    deals = [Deal(PersonId(who), 100 + who, "EUR") for who in (1, 2, 1)]
    gone = [Thanked("EUR", 2, 5, 1), Thanked("PLN", 5, 7, 2)]
    assert [(each.currency, each.deals, each.people, each.cents) for each in totals(deals, gone)] == [
        ("EUR", 5, 3, 309),
        ("PLN", 5, 2, None),
    ]


def test_only_what_nobody_s_going_explains_is_pointed_out_in_an_approved_week() -> None:
    anna, bela = PersonId(1), PersonId(2)
    kept = {anna: {Column.PRESENT: 1, Column.RECEIVED_INSIDE: 2}, bela: {Column.PRESENT: 1}}
    live = {anna: {Column.PRESENT: 1, Column.RECEIVED_INSIDE: 1}, NOBODY: {Column.RECEIVED_INSIDE: 1}}
    assert weeks.unexplained(kept, live) == {Column.PRESENT}
    assert weeks.unexplained(kept | {NOBODY: {Column.RECEIVED_INSIDE: 1}}, live) == {
        Column.PRESENT,
        Column.RECEIVED_INSIDE,
    }
