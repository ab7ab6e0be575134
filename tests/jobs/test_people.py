"""What the child does with people keeps within its limits."""

import sys

import pytest

from server.domain.errors import RuleViolation
from server.jobs import people


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems know no such limit")
def test_a_file_that_needs_too_much_memory_is_refused_and_the_child_goes_on() -> None:
    with pytest.raises(RuleViolation) as refused, people._limited("huge.xlsx"):
        bytearray(4_000_000_000)
    assert (refused.value.code, refused.value.params) == ("file_needs_too_much", {"name": "huge.xlsx"})
    with people._limited("small.csv"):
        assert len(bytearray(1_000_000)) == 1_000_000


def test_pairs_come_with_their_reason() -> None:
    asked = {"records": [[1, "Anna Nowak", "", "a@b.pl"], [2, "Nowak Anna", "", "A@b.pl"]], "apart": []}
    assert people.duplicates(asked, None) == {"pairs": [[1, 2, "email", 100]]}  # type: ignore[arg-type]  # says nothing
