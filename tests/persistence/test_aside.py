"""A great transaction of SQLite is put on the disk beside the loop, and is as whole as any other."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, insert, select

from server.persistence import database
from server.persistence.base import new_uid
from server.persistence.models import Person
from server.services.context import Context, Tx


@pytest.fixture
def aside(ctx: Context) -> list[int]:
    """How many people others saw before and after each commit that went aside."""
    seen: list[int] = []

    def put(work: Callable[[], object]) -> object:
        seen.append(_people(ctx))
        answer = work()
        seen.append(_people(ctx))
        return answer

    ctx.database.aside = put
    return seen


def _people(ctx: Context) -> int:
    with ctx.reading() as db:
        return db.scalar(select(func.count(Person.id))) or 0


def _many(tx: Tx, number: int) -> None:
    rows = [{"uid": new_uid(), "given_name": f"Guest {each}", "created_at": tx.now} for each in range(number)]
    tx.db.execute(insert(Person), rows)


def test_what_changes_many_rows_is_committed_aside_and_whole(ctx: Context, aside: list[int]) -> None:
    ctx.transaction(lambda tx: _many(tx, database.MANY_CHANGES + 1))
    # PostgreSQL commits in processes of its own: there the loop waits for nobody.
    assert aside == ([0, database.MANY_CHANGES + 1] if ctx.database.is_sqlite else [])
    assert _people(ctx) == database.MANY_CHANGES + 1


def test_what_changes_little_is_committed_at_once(ctx: Context, aside: list[int]) -> None:
    ctx.transaction(lambda tx: _many(tx, 3))
    assert aside == []
    assert _people(ctx) == 3


def test_what_fails_after_many_changes_leaves_nothing(ctx: Context, aside: list[int]) -> None:
    def work(tx: Tx) -> None:
        _many(tx, database.MANY_CHANGES + 1)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        ctx.transaction(work)
    assert aside == []
    assert _people(ctx) == 0
    ctx.transaction(lambda tx: _many(tx, 1))
    assert _people(ctx) == 1, "the next one may write"
