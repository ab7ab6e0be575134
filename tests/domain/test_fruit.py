"""What seating bore: one table for each deal, nothing told of few, suggestions with their numbers."""

from datetime import date, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from server.domain import fruit
from server.domain.fruit import Deal, Kind, Suggestion, Table, Trades, Yield
from server.domain.reports import LEAST_CONTRIBUTORS, Pair
from server.domain.vocabulary import PersonId

DAY = date(2026, 3, 5)


def pair(one: int, other: int) -> Pair:
    return PersonId(min(one, other)), PersonId(max(one, other))


def table(
    one: int, other: int, *, day: int = 0, number: int = 1, size: int = 4, kinds: set[Kind] | None = None
) -> Table:
    return Table(pair(one, other), DAY + timedelta(days=day), number, size, frozenset(kinds or ()))


def deal(one: int, other: int, *, day: int = 0) -> Deal:
    return Deal(pair(one, other), DAY + timedelta(days=day))


def test_a_deal_belongs_to_the_last_table_before_it_and_to_no_other() -> None:
    first, second, later = table(1, 2), table(1, 2, number=2), table(1, 2, day=7)
    assert fruit.roots([later, second, first], [deal(1, 2)]) == [(second, deal(1, 2))]
    assert fruit.roots([first, later], [deal(1, 2, day=9)]) == [(later, deal(1, 2, day=9))]
    assert fruit.roots([later], [deal(1, 2, day=6), deal(1, 3, day=9)]) == []


def test_nothing_is_told_while_fewer_than_five_had_business() -> None:
    tables = [table(1, 2), table(3, 4), table(1, 5)]
    few = fruit.borne(tables, fruit.roots(tables, [deal(1, 2), deal(3, 4)]))
    assert (few.told, few.kinds, few.whole) == (False, {}, Yield(3, told=False))
    enough = fruit.borne(tables, fruit.roots(tables, [deal(1, 2), deal(3, 4), deal(1, 5)]))
    assert (enough.told, enough.whole) == (True, Yield(3, 3))


def test_what_few_brought_does_not_come_out_by_subtraction_either() -> None:
    tables = [table(one, other, kinds={Kind.FIRST}, size=4) for one, other in combinations(range(1, 6), 2)]
    tables.append(table(8, 9, kinds={Kind.AGAIN}, size=2))
    all_first = fruit.borne(tables, fruit.roots(tables, [deal(1, 2), deal(2, 3), deal(4, 5)]))
    assert all_first.kinds[Kind.FIRST] == Yield(10, 3)
    assert all_first.kinds[Kind.AGAIN] == Yield(1, 0)
    mixed = fruit.borne(tables, fruit.roots(tables, [deal(1, 2), deal(2, 3), deal(4, 5), deal(8, 9)]))
    assert not mixed.kinds[Kind.FIRST].told
    assert not mixed.kinds[Kind.AGAIN].told
    assert all(not part.told for part in mixed.sizes.values())
    assert mixed.whole.won == 4


def test_sizes_are_told_when_each_of_them_may_be() -> None:
    tables = [table(one, other, size=2 + one % 3) for one, other in combinations(range(1, 9), 2)]
    rooted = fruit.roots(tables, [deal(*each.pair) for each in tables])
    told = fruit.borne(tables, rooted).sizes
    assert sum(part.won for part in told.values()) == len(tables)
    assert all(part.told for part in told.values())
    assert Yield(0).of_thousand == 0.0
    assert told[2, 2].of_thousand == 1000.0


# Ten people: builders 1 to 5 under "building", lawyers 6 to 10; 1 is a roofer under building.
CHAINS = {
    PersonId(n): (("roof", "building") if n == 1 else ("building",)) if n <= 5 else ("law",) for n in range(1, 11)
}
BETWEEN = Trades("building", "law")


def _suggested(
    won: int, *, holds: int = 0, said: int = 0, times: int = 4, others: int = 0, by: int = 5
) -> tuple[Suggestion, ...]:
    """Everybody shared a table with everybody; `won` deals lie between builders and lawyers, `others` elsewhere."""
    tables = [table(*two, day=7 * week) for week in range(times) for two in combinations(range(1, 11), 2)]
    between = [(2 + n % (by - 1), 6 + n % by) for n in range(won)]
    deals = [deal(*two, day=90) for two in [*between, *[(6, 7)] * others]]
    return fruit.suggest(
        tables, fruit.roots(tables, deals), CHAINS, {BETWEEN: holds} if holds else {}, {BETWEEN: said} if said else {}
    )


def test_trades_whose_tables_bring_more_than_usual_get_more_weight() -> None:
    [found] = _suggested(12)
    assert (found.trades, found.before, found.after, found.won, found.few) == (BETWEEN, 0, 3, 12, False)
    assert found.sat == 4 * 25
    assert round(found.usual, 2) == round(12 * 100 / 180, 2)
    assert found.people == 9


def test_few_deals_few_people_or_a_weight_that_holds_suggest_nothing() -> None:
    assert _suggested(2) == ()
    assert _suggested(12, by=2) == ()
    assert _suggested(12, holds=3) == ()
    assert _suggested(0) == ()
    assert fruit.suggest([], [], {}, {}, {}) == ()


def test_a_weight_that_brought_little_goes_down_by_a_step() -> None:
    assert [(each.before, each.after) for each in _suggested(0, holds=6, said=6, others=12)] == [(6, 3)]
    assert [(each.before, each.after) for each in _suggested(0, holds=3, said=3, others=12)] == [(3, 0)]
    assert _suggested(0, holds=6, others=12) == ()


def test_narrow_trades_come_before_wide_ones_and_are_counted_once() -> None:
    tables = [table(*two, day=week) for week in range(4) for two in combinations(range(1, 11), 2)]
    chains = {PersonId(n): ("roof", "building") if n <= 4 else ("law",) for n in range(1, 11)}
    deals = [deal(1 + n % 4, 5 + n % 6, day=90) for n in range(12)]
    found = fruit.suggest(tables, fruit.roots(tables, deals), chains, {}, {})
    assert [each.trades for each in found] == [Trades("law", "roof")]


pairs = st.sampled_from([pair(*two) for two in combinations(range(1, 10), 2)])


@given(
    st.lists(st.tuples(pairs, st.integers(0, 20), st.integers(1, 3), st.sets(st.sampled_from(Kind))), max_size=25),
    st.lists(st.tuples(pairs, st.integers(0, 25)), max_size=20),
)
def test_what_is_told_equals_a_naive_recount(
    sat: list[tuple[Pair, int, int, set[Kind]]], won: list[tuple[Pair, int]]
) -> None:
    tables = [Table(two, DAY + timedelta(days=day), number, 4, frozenset(kinds)) for two, day, number, kinds in sat]
    deals = [Deal(two, DAY + timedelta(days=day)) for two, day in won]
    rooted = fruit.roots(tables, deals)
    for root, each in rooted:
        assert root.pair == each.pair
        shared = [one for one in tables if one.pair == each.pair and one.on <= each.on]
        assert (root.on, root.number) == max((one.on, one.number) for one in shared)
    assert len(rooted) == sum(any(one.pair == each.pair and one.on <= each.on for one in tables) for each in deals)
    found = fruit.borne(tables, rooted)
    takers = {person for _, each in rooted for person in each.pair}
    assert found.told == (len(takers) >= LEAST_CONTRIBUTORS)
    for kind, part in found.kinds.items():
        assert part.sat == sum(kind in one.kinds for one in tables)
        inside = [each for root, each in rooted if kind in root.kinds]
        if part.told:
            assert part.won == len(inside)
            assert not inside or len({person for each in inside for person in each.pair}) >= LEAST_CONTRIBUTORS
