"""Long work lets whatever waits have its turn: a socket, the door, somebody who reads.

A question with thousands of rows holds a process while they are made into values; here they come a few at a time.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Row
from sqlalchemy.orm import Session
from sqlalchemy.sql import Executable

PORTION = 20
"""Rows after which others have their turn, and that one statement takes away or adds to, so that none holds the
process long: each row that goes is overwritten in its table and in every index, and after years of many groups no two
of them lie on one page.
"""
_A_MOMENT = 0.0005
_Each = TypeVar("_Each")


def breathe() -> None:
    """In the middle of long work let whatever waits have its turn.

    Inside a transaction only where it lasts so long that others had better read meanwhile (`services.folding`): on
    SQLite whoever writes waits for its end.

    Not a sleep of nothing: gevent lets fifty of those pass before it looks at its sockets again.
    """
    time.sleep(_A_MOMENT)


def rows(db: Session, question: Executable, portion: int = PORTION) -> Iterator[Row[*tuple[Any, ...]]]:
    """The rows of a question as they are fetched, a portion at a time. One statement.

    To put a question together was work, too: others have their turn before it is asked.
    """
    breathe()
    return unhurried(db.execute(question, execution_options={"yield_per": portion}), portion)


def unhurried(each: Iterable[_Each], portion: int = PORTION) -> Iterator[_Each]:
    """One after the other, with a turn for others after each portion."""
    for number, one in enumerate(each, 1):
        yield one
        if number % portion == 0:
            breathe()


def portions(these: Iterable[_Each]) -> Iterator[Sequence[_Each]]:
    """The same for a statement each."""
    left = iter(these)
    while portion := list(islice(left, PORTION)):
        yield portion
        breathe()
