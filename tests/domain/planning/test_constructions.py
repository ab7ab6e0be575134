"""The theorems: in designed rounds everybody sits once a round and nobody meets anybody twice."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.planning import construct, designs, differences, fields, matrices, spaces, symmetry

Rounds = list[list[list[int]]]
quick = settings(max_examples=60, deadline=None)


def nobody_twice(rounds: Rounds) -> bool:
    met: set[tuple[int, int]] = set()
    for part in rounds:
        for table in part:
            for pair in combinations(sorted(table), 2):
                if pair in met:
                    return False
                met.add(pair)
    return True


def everybody_once(rounds: Rounds, points: int) -> bool:
    return all(sorted(point for table in part for point in table) == list(range(points)) for part in rounds)


@quick
@given(st.integers(1, 40).map(lambda half: 2 * half))
def test_the_circle_pairs_everybody_with_everybody_once(n: int) -> None:
    rounds = construct.circle(n, n - 1)
    assert len(rounds) == n - 1
    assert everybody_once(rounds, n)
    assert nobody_twice(rounds)


@quick
@given(st.integers(1, 30).map(lambda half: 2 * half + 1))
def test_an_odd_number_of_people_takes_turns_at_sitting_out(n: int) -> None:
    rounds, over = construct.pairs_by_design(n, n)
    assert sorted(over) == list(range(n))
    assert nobody_twice(rounds)
    for part, left in zip(rounds, over, strict=True):
        assert sorted([left, *(point for pair in part for point in pair)]) == list(range(n))


@quick
@given(st.integers(3, 60), st.data())
def test_shifts_never_repeat_a_pair_while_the_theorem_holds(g: int, data: st.DataObject) -> None:
    p = data.draw(st.integers(2, min(g, 8)))
    rounds = data.draw(st.integers(1, (g - 1) // (p - 1) + 1))
    multipliers = construct.shift_multipliers(g, p, rounds)
    assert len(multipliers) == rounds
    made = [[[i * g + (t + r * i) % g for i in range(p)] for t in range(g)] for r in multipliers]
    assert everybody_once(made, g * p)
    assert nobody_twice(made)


@pytest.mark.parametrize("q", [2, 3, 4, 5, 7, 8, 9, 16, 25, 27])
def test_a_field_has_inverses_and_distributes(q: int) -> None:
    made = fields.field(q)
    assert made is not None
    add, mul = made
    for x in range(q):
        assert sorted(add[x]) == list(range(q))
        assert x == 0 or sorted(mul[x]) == list(range(q))
        for y in range(q):
            for z in range(0, q, 3):
                assert mul[x][add[y][z]] == add[mul[x][y]][mul[x][z]]


@pytest.mark.parametrize("q", [1, 6, 10, 12, 15])
def test_there_is_no_field_of_another_order(q: int) -> None:
    assert fields.field(q) is None


@pytest.mark.parametrize(
    ("g", "p", "rounds"),
    [
        (7, 7, 8),
        (8, 8, 9),
        (8, 4, 9),
        (9, 3, 13),
        (6, 6, 3),
        (125, 8, 6),
        (25, 4, 12),
        (20, 5, 10),
        (5, 5, 6),
        (3, 3, 4),
        (10, 8, 3),
    ],
)
def test_known_schedules_are_built_without_search(g: int, p: int, rounds: int) -> None:
    made = construct.design(g, p, rounds)
    assert len(made) == rounds
    assert everybody_once(made, g * p)
    assert nobody_twice(made)


@pytest.mark.parametrize("base", designs.BASES, ids=lambda base: f"{base.tables}-{base.size}-{base.order}")
def test_every_base_round_of_the_table_develops_into_a_design(base: designs.Base) -> None:
    made = base.developed()
    assert len(made) > len(construct.design(base.tables, base.size, 99))
    assert everybody_once(made, base.tables * base.size)
    assert nobody_twice(made)


@quick
@given(st.integers(4, 90), st.integers(3, 8), st.integers(1, 12), st.booleans())
def test_uneven_tables_differ_by_one_and_repeat_nobody(heads: int, size: int, rounds: int, hosts: bool) -> None:
    tables = min(-(-heads // size), heads // 2)
    made = construct.seat_by_design(heads, tables, rounds, hosts=hosts)
    assert everybody_once(made, heads)
    assert nobody_twice(made)
    for part in made:
        sizes = [len(table) for table in part]
        assert max(sizes) - min(sizes) <= 1
        assert not hosts or construct.keeps_row_zero(part, tables)


def test_a_table_larger_than_the_number_of_tables_gives_one_round() -> None:
    assert construct.design(3, 5, 4) == [[[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [10, 11, 12, 13, 14]]]


def test_points_left_out_of_a_table_design_never_sat_together() -> None:
    assert len(construct.seat_by_design(58, 10, 8)) == 8


def test_one_round_is_lost_when_the_points_left_out_have_to_meet() -> None:
    assert [len(construct.seat_by_design(heads, 10, 13)) for heads in (40, 39, 38, 36)] == [13, 13, 12, 12]


def test_a_design_in_which_all_meet_has_no_room_for_hosts() -> None:
    (everybody_meets,) = designs.developed(7, 3)
    assert construct.renumbered(everybody_meets, 7, 21, hosts=True) == []


def test_base_rounds_are_found_again_by_the_search_that_made_the_table() -> None:
    base = symmetry.find_base(5, 3, 7, 1, seed=1, tries=20)
    assert base is not None
    made = [[[symmetry.turned(point, k, 7, 14) for point in table] for table in base[0]] for k in range(7)]
    assert everybody_once(made, 15)
    assert nobody_twice(made)


def test_the_search_for_base_rounds_gives_up_when_there_are_none() -> None:
    assert symmetry.find_base(3, 4, 2, 1, seed=1, tries=1) is None


def test_the_space_of_order_three_packs_into_spreads_in_which_everybody_meets() -> None:
    packed = spaces.packing(3, 5)
    (entry,) = [base for base in designs.BASES if (base.tables, base.size, base.order) == (10, 4, 5)]
    assert packed is not None
    assert entry.rounds == " ; ".join(" | ".join(" ".join(map(str, line)) for line in part) for part in packed)


def test_the_smallest_space_has_no_packing_with_a_turn_of_five() -> None:
    assert len(spaces.spreads(spaces.lines_of_space(2, 5))) == 56
    assert spaces.packing(2, 5) is None


def is_a_difference_matrix(orders: tuple[int, ...], rows: list[list[int]]) -> bool:
    minus = differences.subtraction(orders)
    return all(
        len({minus[a][b] for a, b in zip(one, other, strict=True)}) == len(one) for one, other in combinations(rows, 2)
    )


@pytest.mark.parametrize("matrix", matrices.MATRICES, ids=lambda matrix: f"{matrix.orders}-{matrix.text.count(';')}")
def test_every_matrix_of_the_table_keeps_its_differences_apart_upright_and_on_its_side(
    matrix: matrices.Matrix,
) -> None:
    rows = matrix.rows()
    assert len(rows) >= len(rows[0])
    assert is_a_difference_matrix(matrix.orders, rows)
    assert is_a_difference_matrix(matrix.orders, [list(column) for column in zip(*rows, strict=True)])


@pytest.mark.parametrize(
    ("g", "p", "rounds"), [(10, 5, 7), (10, 8, 6), (12, 4, 11), (12, 6, 9), (14, 8, 8), (20, 8, 12)]
)
def test_tables_of_a_number_without_a_field_keep_their_hosts_and_repeat_nobody(g: int, p: int, rounds: int) -> None:
    made = construct.seat_by_design(g * p, g, rounds, hosts=True)
    assert len(made) == rounds
    assert everybody_once(made, g * p)
    assert nobody_twice(made)
    assert all(construct.keeps_row_zero(part, g) for part in made)


def test_matrices_are_found_again_by_the_search_that_made_the_table() -> None:
    found = differences.find_matrix((2, 2), 4, 4, seed=1, tries=5)
    assert found is not None
    assert is_a_difference_matrix((2, 2), found)


def test_there_are_no_three_rows_over_a_cycle_of_two() -> None:
    assert differences.find_matrix((2,), 3, 2, seed=1, tries=1) is None
