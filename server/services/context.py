"""What every use-case is handed: the database, the clock, the key, the bus; and the one way to write.

`ctx.transaction(work, op=…)` runs `work(tx)` in one write transaction and publishes what it recorded after the
commit. It runs the work again when the database asks for it, so the work has no effect outside its transaction.
With an operation id the answer is stored beside the effect, and a retry gets the first answer back.
"""

import copy
import hashlib
import hmac
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.event import listen
from sqlalchemy.orm import Session

from server.config import Settings
from server.domain.errors import Conflict, RuleViolation
from server.domain.events import Event
from server.domain.vocabulary import SHARED_AUDIENCES, Audience, MeetingId
from server.persistence.database import Busy, Database, Lost, Retry
from server.persistence.lean import Lean
from server.persistence.models import Meeting, Operation
from server.persistence.turns import breathe as breathe
from server.services.bus import Bus, Told
from server.services.lulls import Lull, Lulls, passing

Json = dict[str, Any]
T = TypeVar("T")
_TRIES = 8
_AWAY = 0.05

# Asked in every transaction, so put together once, and asked past the session: a row of bookkeeping is no object.
_BEFORE = Lean(select(Operation.body_hash, Operation.answer).where(Operation.id == bindparam("op")))
_DONE = Lean(insert(Operation), "id", "kind", "body_hash", "done_at", "answer")


@dataclass(frozen=True)
class Op:
    """A write of a device that may be sent again: its id, its kind and the body it came with."""

    id: str
    kind: str
    body: Json

    @property
    def body_hash(self) -> bytes:
        """Hash of the body, so that one id cannot stand for two writes."""
        return hashlib.sha256(json.dumps([self.kind, self.body], sort_keys=True).encode()).digest()


@dataclass
class Tx:
    """One write transaction: the session and what it will tell afterwards."""

    db: Session
    now: datetime
    database: Database
    events: list[Event] = field(default_factory=list)

    @cached_property
    def sql(self) -> Connection:
        """The connection itself, for what every scan asks or writes; flush the session before it must see its own."""
        return self.db.connection()

    def together(self) -> AbstractContextManager[None]:
        """Lean statements in the block travel together; see `Database.together`."""
        return self.database.together(self.sql)

    def record(self, event: Event) -> None:
        """Remember what happened; told after the commit."""
        self.events.append(event)


class Context:
    """The surroundings of every use-case. `now` gives aware UTC times; `key` is the installation key."""

    def __init__(
        self,
        *,
        database: Database,
        now: Callable[[], datetime],
        key: bytes,
        settings: Settings,
        bus: Bus | None = None,
    ) -> None:
        self.database = database
        self.now = now
        self.key = key
        self.settings = settings
        self.bus = bus or Bus()
        self._lulls = Lulls(database.revision)

    def lull(self) -> Lull:
        """What may be kept of this moment: it ends with the next write of anybody."""
        return self._lulls.at(self.now())

    def secret(self, purpose: str, value: str) -> str:
        """A keyed hash of a value for one purpose, as hex; nobody without the installation key can make it."""
        return hmac.new(self.key, f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()

    def reading(self) -> AbstractContextManager[Session]:
        """A session for questions."""
        return self.database.reading()

    @contextmanager
    def one_moment(self) -> Iterator["Context"]:
        """The same surroundings with one session for all questions asked in between: a page that adds up.

        A row that was read stays in the session, so that asking for it by its key again costs nothing.
        """
        with self.reading() as db:
            kept: list[object] = []
            listen(db, "loaded_as_persistent", lambda _, row: kept.append(row))
            shared = copy.copy(self)
            shared.reading = lambda: nullcontext(db)  # type: ignore[method-assign]  # of this copy only
            shared.lull = lambda: passing(self.now())  # type: ignore[method-assign]  # what this session sees may be over
            yield shared

    def transaction(self, work: Callable[[Tx], T], *, op: Op | None = None) -> T:
        """Run the work in one write transaction; see the module's promise.

        Raises Conflict("operation_reused") when the operation id came before with another body,
        RuleViolation("database_busy") when another program holds the file, and RuleViolation("database_lost") when the
        connection was, and nobody knows whether the work was done; with an operation id only after eight tries.
        """
        for attempt in range(_TRIES):
            try:
                with self.database.writing() as session:
                    tx = Tx(db=session, now=self.now(), database=self.database)
                    answer, done = self._once(tx, work, op)
                    told = self._count(tx, done)
            except Retry as error:
                if attempt == _TRIES - 1:
                    raise RuleViolation("database_busy") from error
                time.sleep(random.uniform(0.005, 0.03) * (attempt + 1))
                continue
            except Lost as error:
                # With an operation id a commit that was heard after all is found by the next try. Its news are not
                # told then: the counters, which come every few seconds, say that something was missed.
                if op is None or attempt == _TRIES - 1:
                    raise RuleViolation("database_lost") from error
                time.sleep(_AWAY * (attempt + 1))
                continue
            except Busy as error:
                raise RuleViolation("database_busy") from error
            for item in told:
                self.bus.publish(item)
            return answer
        raise AssertionError("the last try returns or raises")

    def answered(self, op: Op | None) -> Json | None:
        """The first answer of a write that was sent before; for use-cases that think before their transaction.

        Raises Conflict("operation_reused").
        """
        if op is None:
            return None
        with self.reading() as db:
            before = self._before(db.connection(), op)
        return None if before is None else dict(json.loads(before))

    def _before(self, sql: Connection, op: Op) -> str | None:
        """The first answer, as it was stored."""
        with self.database.together(sql):  # the beginning of the transaction travels along
            found = _BEFORE.run(sql, {"op": op.id})
        before = found.all()
        if not before:
            return None
        body_hash, answer = before[0]
        if not hmac.compare_digest(body_hash, op.body_hash):
            raise Conflict("operation_reused")
        return str(answer)

    def _once(self, tx: Tx, work: Callable[[Tx], T], op: Op | None) -> tuple[T, Json | None]:
        """The answer, and what must be written down so that it is given only once."""
        if op is None:
            return work(tx), None
        before = self._before(tx.sql, op)
        if before is not None:
            return json.loads(before), None
        answer = work(tx)
        done = {"id": op.id, "kind": op.kind, "body_hash": op.body_hash, "done_at": tx.now}
        return answer, done | {"answer": json.dumps(answer)}

    def _count(self, tx: Tx, done: Json | None) -> list[Told]:
        """Move the counters last, a step for each audience of each event, and give the events their numbers."""
        tx.db.flush()
        steps: dict[MeetingId, Counter[Audience]] = defaultdict(Counter)
        for event in tx.events:
            if event.meeting_id:
                steps[event.meeting_id].update(_shared(event))
        # One statement a meeting, however much happened there: the last event has the numbers that come back.
        moving = [(meeting_id, each) for meeting_id, each in steps.items() if each]
        numbers = self._moved(tx, moving, done) if moving or done else {}
        told = []
        for event in reversed(tx.events):
            after = numbers.get(event.meeting_id, {})
            heard = [audience for audience in _shared(event) if audience in after]
            told.append(Told(event, {audience: after[audience] for audience in heard}))
            for audience in heard:
                after[audience] -= 1
        return told[::-1]

    def _moved(
        self, tx: Tx, moving: Sequence[tuple[MeetingId, Mapping[Audience, int]]], done: Json | None
    ) -> dict[MeetingId, dict[Audience, int]]:
        """The counters of meetings after so many steps each. Everybody at the door waits for this row, so it comes
        last and travels with the commit.
        """
        answers = []
        with self.database.together(tx.sql, commit=True):
            if done is not None:
                _DONE.run(tx.sql, done)
            for meeting_id, steps in moving:
                moved = {"meeting": meeting_id} | {f"by_{audience.value}": by for audience, by in steps.items()}
                answers.append((meeting_id, tuple(steps), _moving(tuple(steps)).run(tx.sql, moved)))
        return {
            meeting_id: dict(zip(audiences, map(int, answer.one()), strict=True))
            for meeting_id, audiences, answer in answers
        }


@lru_cache(maxsize=64)
def _moving(audiences: tuple[Audience, ...]) -> Lean:
    """The statement that moves these counters; every transaction that tells anybody anything needs one."""
    columns = {audience: getattr(Meeting, f"seq_{audience.value}") for audience in audiences}
    return Lean(
        update(Meeting)
        .where(Meeting.id == bindparam("meeting"))
        .values({column: column + bindparam(f"by_{audience.value}") for audience, column in columns.items()})
        .returning(*columns.values())
    )


def _shared(event: Event) -> list[Audience]:
    return [audience for audience in event.heard_by if audience in SHARED_AUDIENCES]


def counters_of(meeting: Meeting) -> dict[Audience, int]:
    """The four counters as they stand in a loaded row."""
    return {audience: int(getattr(meeting, f"seq_{audience.value}")) for audience in SHARED_AUDIENCES}
