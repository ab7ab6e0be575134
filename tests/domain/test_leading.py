"""The leaders' rules against a naive recount: months, matrices, funnels, retention, drift, never of fewer than five."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain import leading
from server.domain.leading import ALL_THREE, Belongs, Held, Month, Tie, Visitor
from server.domain.reports import pair
from server.domain.vocabulary import PersonId, Standing

PEOPLE = [PersonId(number) for number in range(1, 8)]
DAYS = st.dates(min_value=date(2025, 1, 1), max_value=date(2026, 12, 31))
DONE = st.lists(st.tuples(st.sampled_from(PEOPLE), DAYS, st.integers(1, 3)), max_size=80)
PAIRS = st.lists(st.lists(st.sampled_from(PEOPLE), min_size=2, max_size=2, unique=True), max_size=30)
TODAY = date(2026, 11, 26)


def test_months_go_back_over_the_new_year() -> None:
    assert leading.months(date(2026, 2, 28), 3) == (Month(2025, 12), Month(2026, 1), Month(2026, 2))
    assert Month(2026, 1).first == date(2026, 1, 1)
    assert [Month(2024, 2).last, Month(2026, 12).last] == [date(2024, 2, 29), date(2026, 12, 31)]


@settings(deadline=None)
@given(DONE)
def test_a_month_says_its_sum_and_only_of_five_people(done: list[tuple[PersonId, date, int]]) -> None:
    shown = leading.months(date(2026, 12, 31), 24)
    for told in leading.trend(done, shown):
        here = [each for each in done if (each[1].year, each[1].month) == (told.month.year, told.month.number)]
        people, number = {each[0] for each in here}, sum(each[2] for each in here)
        assert told.number == (number if not here or len(people) >= 5 else None)


@settings(deadline=None)
@given(PAIRS, PAIRS, PAIRS)
def test_a_cell_says_what_the_histories_say(
    met: list[list[PersonId]], held: list[list[PersonId]], gave: list[list[PersonId]]
) -> None:
    members = PEOPLE[:6]  # the seventh is no member: nothing is said of them
    met_pairs = {pair(one, other) for one, other in met}
    held_pairs = {pair(one, other) for one, other in held}
    slips = {(one, other) for one, other in gave}
    found = leading.matrix(members, met_pairs, held_pairs, slips)
    for at, one in enumerate(members):
        for there, other in enumerate(members):
            tie = found.rows[at][there]
            assert bool(tie & Tie.MET) == (one != other and pair(one, other) in met_pairs)
            assert bool(tie & Tie.ONE_TO_ONE) == (one != other and pair(one, other) in held_pairs)
            assert bool(tie & Tie.GAVE) == ((one, other) in slips)
    for wanted in (Tie.MET, Tie.GAVE, ALL_THREE):
        work = leading.to_do(found, wanted, most=99)
        expected = {
            (at, there)
            for at in range(6)
            for there in range(at + 1, 6)
            if not (found.rows[at][there] | found.rows[there][at]) & wanted
        }
        assert set(work) == expected
        assert leading.to_do(found, wanted, most=2) == work[:2]


def test_who_lacks_most_is_brought_together_first() -> None:
    # The first has met all but the last; the last has met nobody, and the third nobody but the first.
    met = {pair(PEOPLE[0], PEOPLE[1]), pair(PEOPLE[0], PEOPLE[2]), pair(PEOPLE[1], PEOPLE[2])}
    found = leading.matrix(PEOPLE[:4], met, (), ())
    assert leading.to_do(found, Tie.MET, most=9) == ((0, 3), (1, 3), (2, 3))


def test_visitors_are_told_from_five_on() -> None:
    def visitor(number: int, visits: int = 1, standing: Standing | None = Standing.VISITOR) -> Visitor:
        return Visitor(PersonId(number), visits, standing)

    four = [visitor(1), visitor(2, 2), visitor(3, 1, Standing.MEMBER), visitor(4, 1, None)]
    assert not leading.funnel(four).told
    found = leading.funnel([*four, visitor(5, 3, Standing.MEMBER)])
    assert (found.told, found.came, found.again, found.joined) == (True, 5, 3, 2)


def test_members_of_a_year_ago_who_stayed() -> None:
    members = [Belongs(PersonId(number), None, None) for number in range(4)]
    members += [
        Belongs(PersonId(10), date(2020, 1, 1), date(2026, 3, 1)),
        Belongs(PersonId(11), date(2026, 1, 1), None),
        Belongs(PersonId(12), date(2020, 1, 1), date(2025, 3, 1)),
    ]
    found = leading.retention(members, TODAY)
    assert (found.told, found.then, found.still) == (True, 5, 4)
    assert not leading.retention(members[:4], TODAY).told


def test_drift_is_told_by_kind_the_worst_first() -> None:
    found = leading.drift([Held("rounds", 30, 34), Held("rounds", 30, 36), Held("welcome", 5, 4)])
    assert [(each.kind, each.times, each.planned, each.over) for each in found] == [
        ("rounds", 2, 30, 5),
        ("welcome", 1, 5, -1),
    ]


def test_each_step_of_the_funnel_counts_the_visitors_it_says() -> None:
    people = [Visitor(PersonId(at), 1 + at % 2, Standing.MEMBER if at < 2 else Standing.VISITOR) for at in range(6)]
    found = leading.funnel(people)
    for step, is_at in leading.STEPS.items():
        assert sum(map(is_at, people)) == getattr(found, step), step


def test_members_of_a_day_are_those_who_had_come_and_not_yet_gone() -> None:
    day = date(2026, 1, 5)
    people = [
        Belongs(PersonId(1), None, None),
        Belongs(PersonId(2), day, None),
        Belongs(PersonId(3), date(2026, 1, 6), None),
        Belongs(PersonId(4), None, day),
        Belongs(PersonId(5), None, date(2026, 1, 6)),
    ]
    assert [each.person for each in leading.members_then(people, day)] == [1, 2, 5]
