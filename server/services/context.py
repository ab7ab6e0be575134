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
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import update
from sqlalchemy.event import listen
from sqlalchemy.orm import Session

from server.config import Settings
from server.domain.errors import Conflict, RuleViolation
from server.domain.events import Event
from server.domain.vocabulary import SHARED_AUDIENCES, Audience
from server.persistence.database import Busy, Database, Retry
from server.persistence.models import Meeting, Operation
from server.services.bus import Bus, Told

Json = dict[str, Any]
T = TypeVar("T")
_TRIES = 8


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
    events: list[Event] = field(default_factory=list)

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
            yield shared

    def transaction(self, work: Callable[[Tx], T], *, op: Op | None = None) -> T:
        """Run the work in one write transaction; see the module's promise.

        Raises Conflict("operation_reused") when the operation id came before with another body, and
        RuleViolation("database_busy") when another program holds the file.
        """
        for attempt in range(_TRIES):
            try:
                with self.database.writing() as session:
                    tx = Tx(db=session, now=self.now())
                    answer = self._once(tx, work, op)
                    told = self._count(tx)
            except Retry as error:
                if attempt == _TRIES - 1:
                    raise RuleViolation("database_busy") from error
                time.sleep(random.uniform(0.005, 0.03) * (attempt + 1))
                continue
            except Busy as error:
                raise RuleViolation("database_busy") from error
            for item in told:
                self.bus.publish(item)
            return answer
        raise AssertionError("the last try returns or raises")

    def _once(self, tx: Tx, work: Callable[[Tx], T], op: Op | None) -> T:
        if op is None:
            return work(tx)
        before = tx.db.get(Operation, op.id)
        if before is not None:
            if not hmac.compare_digest(before.body_hash, op.body_hash):
                raise Conflict("operation_reused")
            return json.loads(before.answer)  # type: ignore[no-any-return]  # what the first run stored
        answer = work(tx)
        tx.db.add(
            Operation(
                id=op.id, kind=op.kind, body_hash=op.body_hash, answer=json.dumps(answer), done_at=tx.now
            )
        )
        return answer

    def _count(self, tx: Tx) -> list[Told]:
        """Move the counters last, one step an audience and event, and give the events their numbers."""
        tx.db.flush()
        told = []
        for event in tx.events:
            shared = [audience for audience in event.heard_by if audience in SHARED_AUDIENCES]
            if not shared or not event.meeting_id:
                told.append(Told(event, {}))
                continue
            columns = {audience: getattr(Meeting, f"seq_{audience.value}") for audience in shared}
            numbers = tx.db.execute(
                update(Meeting)
                .where(Meeting.id == event.meeting_id)
                .values({column: column + 1 for column in columns.values()})
                .returning(*columns.values())
                .execution_options(synchronize_session=False)
            ).one()
            told.append(Told(event, dict(zip(columns, map(int, numbers), strict=True))))
        return told


def counters_of(meeting: Meeting) -> dict[Audience, int]:
    """The four counters as they stand in a loaded row."""
    return {audience: int(getattr(meeting, f"seq_{audience.value}")) for audience in SHARED_AUDIENCES}
