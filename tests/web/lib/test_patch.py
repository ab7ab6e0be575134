"""A merge patch is what the standard says, in the browser as on the server."""

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]

pytestmark = pytest.mark.browser

RFC_7396 = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


def test_a_patch_does_what_the_standard_says_and_changes_nothing_it_was_given(run: Run) -> None:
    results = run(
        """const { apply } = await lib("patch");
        return cases.map(([target, patch]) => {
          const before = JSON.stringify([target, patch]);
          const result = apply(target, patch);
          return { result, untouched: JSON.stringify([target, patch]) === before };
        });""",
        cases=[case[:2] for case in RFC_7396],
    )
    assert results == [{"result": expected, "untouched": True} for _, _, expected in RFC_7396]


def test_a_patch_cannot_reach_beyond_the_state(run: Run) -> None:
    assert run(
        """const { apply } = await lib("patch");
        const result = apply({}, JSON.parse('{"__proto__": {"admin": true}}'));
        return [result.admin ?? null, ({}).admin ?? null, Object.keys(result)];""",
    ) == [None, None, ["__proto__"]]
