"""The connection to PostgreSQL ends in the middle: what was done is done once, and nothing is said that is not so.

Each test puts an end to the connection at one moment of a scan: before it, between two statements, right before the
commit that travels with the last of them, and after the commit but before its answer.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, String, bindparam, create_engine, func, select, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from server.domain.errors import RuleViolation
from server.persistence.database import Database
from server.persistence.lean import Lean
from server.persistence.models import CheckInEvent, Operation
from server.services import check_ins, door_book, door_usual
from server.services.check_ins import Desk
from server.services.context import Context, Json, Op, Tx
from tests.mornings import Morning

DESK = Desk(None, "Door 1")


ON_POSTGRES = pytest.mark.parametrize(
    "database", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
"""SQLite has no connection to lose."""


def _end_all(database: Database) -> None:
    """The server ends every connection to this database but the one that asks it to."""
    admin = create_engine(database.url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    admin.dispose()


def _scan(morning: Morning, op: str = "one") -> Json:
    return check_ins.check_in(
        morning.ctx,
        meeting_id=morning.meeting_id,
        scanned=morning.codes["Mira"],
        desk=DESK,
        op=Op(op, "check_in", {}),
    )


def _written(ctx: Context) -> tuple[int, int]:
    """How many lines the door's book has, and how many operations are kept."""
    with ctx.reading() as db:
        lines = db.scalar(select(func.count()).select_from(CheckInEvent))
        return int(lines or 0), int(db.scalar(select(func.count()).select_from(Operation)) or 0)


class Once:
    """Does something the first time it is passed by."""

    def __init__(self, do: Callable[[], None]) -> None:
        self._do = do
        self.passed = 0

    def __call__(self) -> None:
        """Somebody passes by."""
        self.passed += 1
        if self.passed == 1:
            self._do()


@ON_POSTGRES
def test_connections_that_died_at_rest_cost_nobody_a_scan(morning: Morning) -> None:
    with morning.ctx.reading() as one, morning.ctx.reading() as other:
        one.connection(), other.connection()  # two connections lie in the pool, used a moment ago
    _end_all(morning.ctx.database)
    assert _scan(morning)["answer"] == "welcome"
    assert _written(morning.ctx) == (1, 1)


@ON_POSTGRES
def test_a_scan_whose_connection_ends_between_two_statements_is_done_once(
    morning: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, usual = morning.ctx.database, door_usual.find
    end = Once(lambda: _end_all(database))

    def find(*arguments: Any) -> Any:
        found = usual(*arguments)
        end()
        return found

    monkeypatch.setattr(door_usual, "find", find)
    assert _scan(morning)["answer"] == "welcome"
    assert end.passed == 2, "the whole scan ran again"
    assert _written(morning.ctx) == (1, 1)


@ON_POSTGRES
def test_a_scan_whose_connection_ends_before_its_commit_is_done_once(
    morning: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, welcome = morning.ctx.database, door_book.welcome
    end = Once(lambda: _end_all(database))

    def entered(*arguments: Any) -> Any:
        answer = welcome(*arguments)
        end()  # what is left is the last word, with which the commit travels
        return answer

    monkeypatch.setattr(door_book, "welcome", entered)
    first = _scan(morning)
    assert first["answer"] == "welcome"
    assert end.passed == 2
    assert _written(morning.ctx) == (1, 1)
    assert _scan(morning) == first, "sent again, it gets its first answer"


def _cut_after_commit(database: Database, monkeypatch: pytest.MonkeyPatch) -> Once:
    """The commit is heard, its answer is not."""
    together = database.together

    def lose() -> None:
        raise OperationalError("several statements", None, Exception("server closed the connection unexpectedly"))

    cut = Once(lose)

    @contextmanager
    def cut_off(connection: Connection, *, commit: bool = False) -> Iterator[None]:
        with together(connection, commit=commit):
            yield
        if commit:
            cut()

    monkeypatch.setattr(database, "together", cut_off)
    return cut


@ON_POSTGRES
def test_a_commit_whose_answer_was_lost_is_found_and_not_done_again(
    morning: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = _cut_after_commit(morning.ctx.database, monkeypatch)
    answer = _scan(morning)
    assert answer["answer"] == "welcome", "not 'already in': the desk hears what the first run said"
    assert cut.passed == 1, "the second run found the first one's answer and had nothing to commit"
    assert _written(morning.ctx) == (1, 1)
    assert _scan(morning) == answer


@ON_POSTGRES
def test_without_an_operation_id_an_unknown_end_is_told_and_never_repeated(
    morning: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    _cut_after_commit(morning.ctx.database, monkeypatch)
    with pytest.raises(RuleViolation, match="database_lost"):
        check_ins.check_in(
            morning.ctx, meeting_id=morning.meeting_id, scanned=morning.codes["Mira"], desk=DESK, op=None
        )
    assert _written(morning.ctx)[0] == 1


@ON_POSTGRES
def test_a_last_word_that_is_refused_takes_the_whole_scan_back(
    morning: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    welcome, others = door_book.welcome, {"answer": "theirs"}
    body_hash = Op("one", "check_in", {}).body_hash

    def somebody_was_faster() -> None:
        # Another process has done this very operation meanwhile: the last word stumbles over its row.
        def work(tx: Tx) -> None:
            row = Operation(id="one", kind="check_in", body_hash=body_hash, answer=json.dumps(others), done_at=tx.now)
            tx.db.add(row)

        morning.ctx.transaction(work)

    faster = Once(somebody_was_faster)

    def entered(*arguments: Any) -> Any:
        answer = welcome(*arguments)
        faster()
        return answer

    monkeypatch.setattr(door_book, "welcome", entered)
    assert _scan(morning) == others, "one operation has one answer"
    assert faster.passed == 1
    assert _written(morning.ctx) == (0, 1), "what the first run wrote is gone"


def test_who_scans_while_another_holds_the_line_waits_and_hears_who_was_first(morning: Morning) -> None:
    """Twelve operations of one badge at once: the statements that travel together are refused or done together."""
    answers = _at_once(12, lambda number: _scan(morning, f"op {number}"))
    assert sorted(answer["answer"] for answer in answers) == ["already_in"] * 11 + ["welcome"]
    assert {answer["counts"]["in_room"] for answer in answers} == {1}
    assert _written(morning.ctx) == (1, 12)


def test_many_senders_of_one_operation_get_one_answer(morning: Morning) -> None:
    answers = _at_once(12, lambda number: _scan(morning))
    assert [answer["answer"] for answer in answers] == ["welcome"] * 12
    assert all(answer == answers[0] for answer in answers)
    assert _written(morning.ctx) == (1, 1)


def _at_once(number: int, send: Callable[[int], Json]) -> list[Json]:
    answers: list[Json] = []
    together = threading.Barrier(number)

    def sender(mine: int) -> None:
        together.wait(timeout=60)
        answers.append(send(mine))

    threads = [threading.Thread(target=sender, args=(mine,)) for mine in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@ON_POSTGRES
def test_a_statement_that_fails_fails_as_it_always_did(database: Database) -> None:
    lean = Lean(select(Operation.id).where(Operation.done_at == bindparam("at", type_=String)))
    with database.engine.connect() as connection, pytest.raises(ProgrammingError) as raised:
        lean.all(connection, {"at": "x"})
    assert raised.value.params is None, "values are nobody's business"
    with database.engine.connect() as connection, pytest.raises(ProgrammingError), database.together(connection):
        lean.run(connection, {"at": "x"})
