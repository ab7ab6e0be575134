"""Which action is taken back, and until when."""

from datetime import UTC, datetime, timedelta

import pytest

from server.domain import undo
from server.domain.errors import Conflict
from server.domain.undo import Done
from server.domain.vocabulary import Uid

NOW = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


def _done(name: str, until: datetime | None = LATER, *, undone: bool = False) -> Done:
    return Done(Uid(name), until, undone)


def test_the_newest_action_that_can_be_taken_back_is_the_one() -> None:
    assert undo.last([_done("c", None), _done("b", undone=True), _done("a")]) == _done("a")
    assert undo.last([_done("b", None)]) is None


def test_the_offered_action_is_taken_back() -> None:
    undo.check(Uid("a"), _done("a"), NOW)
    undo.check(Uid("a"), _done("a"), LATER)


@pytest.mark.parametrize(
    ("found", "now", "code"),
    [
        (None, NOW, "nothing_to_take_back"),
        (_done("a", None), NOW, "nothing_to_take_back"),
        (_done("b"), NOW, "undo_moved_on"),
        (_done("a"), LATER + timedelta(seconds=1), "too_late_to_take_back"),
    ],
)
def test_anything_else_is_refused_by_name(found: Done | None, now: datetime, code: str) -> None:
    with pytest.raises(Conflict) as refused:
        undo.check(Uid("a"), found, now)
    assert refused.value.code == code
