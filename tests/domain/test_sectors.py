"""Trades stand below each other, have seats with gaps, and do each other good with everything below them."""

import pytest

from server.domain import sectors
from server.domain.errors import RuleViolation
from server.domain.sectors import Node

TREE = (
    Node("events", None, "Events", has_seat=False),
    Node("florist", "events", "Florist", has_seat=True),
    Node("catering", "events", "Catering", has_seat=True),
    Node("wedding florist", "florist", "Wedding florist", has_seat=True),
    Node("law", None, "Law", has_seat=True),
)


def test_the_tree_is_one_list_by_name() -> None:
    assert [(node.name, depth) for node, depth in sectors.in_order(TREE)] == [
        ("Events", 0), ("Catering", 1), ("Florist", 1), ("Wedding florist", 2), ("Law", 0),
    ]  # fmt: skip


def test_a_trade_stands_for_everything_below_it() -> None:
    assert sectors.under(TREE, "events") == {"events", "florist", "catering", "wedding florist"}
    assert sectors.under(TREE, "plumber") == {"plumber"}


def test_gaps_and_shared_seats_are_seen() -> None:
    found = {seat.node.key: seat for seat in sectors.seats(TREE, {"florist": ["Dora"], "law": ["Anna", "Bea"]})}
    assert found["catering"].is_gap
    assert not found["events"].is_gap, "nobody is wanted there"
    assert not found["florist"].is_gap
    assert (found["law"].is_shared, found["florist"].is_shared) == (True, False)


@pytest.mark.parametrize(
    ("key", "above", "code"),
    [
        ("events", "florist", "sector_below_itself"),
        ("law", "law", "sector_below_itself"),
        ("law", "nothing", "sector_unknown"),
        ("new", "wedding florist", "sector_too_deep"),
        ("florist", "law", None),
        ("events", "law", "sector_too_deep"),
        ("law", "florist", None),
        ("new", None, None),
    ],
)
def test_a_place_that_cannot_be_is_refused(key: str, above: str | None, code: str | None) -> None:
    if code is None:
        sectors.check_place(TREE, key, above)
    else:
        with pytest.raises(RuleViolation, match=code):
            sectors.check_place(TREE, key, above)


def test_what_does_good_does_it_for_everything_below_and_the_stronger_word_counts() -> None:
    found = sectors.affinities(TREE, [("events", "law", 2), ("florist", "law", 5), ("events", "florist", 3)])
    assert found["florist", "law"] == 5
    assert found["catering", "law"] == 2
    assert found["catering", "florist"] == 3
    assert all(one < other for one, other in found), "never with itself, in one order"
