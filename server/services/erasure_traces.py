"""Where somebody stands without a foreign key: in JSON, in answers, in labels. A helper of erasure.

What is named in `TABLES` is looked through here; a test reads every table and fails when one that may hold something
about a person is neither reached by a foreign key nor named here.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.domain import names
from server.domain.vocabulary import GroupId
from server.persistence.models import (
    Action,
    CheckInEvent,
    DoorAttempt,
    JournalEntry,
    OneTimeLink,
    Operation,
    Person,
    PlanRun,
    SeatingPlan,
    SessionRow,
)
from server.services.context import Tx, breathe
from server.services.erasure_rows import Hanging, in_group
from server.services.row_changes import chunks, table_called

TABLES = frozenset({"operations", "actions", "journal", "seating_plans", "plan_runs", "sessions", "one_time_links"})
"""Tables that may say something about a person in a text or a label."""
_UID = re.compile(r"[0-9A-HJKMNP-TV-Z]{16}")
_OVERLAP = timedelta(minutes=1)
_PORTION = 1000


@dataclass(frozen=True)
class Called:
    """How somebody is named in texts: their names and addresses, and the uids of everything that goes with them."""

    names: tuple[str, ...]
    uids: frozenset[str]

    def is_in(self, text: str) -> bool:
        """Whether JSON text says anything of them."""
        if not self.uids.isdisjoint(_UID.findall(text)):
            return True
        if not any(json.dumps(name)[1:-1] in text for name in self.names):
            return False
        # Somebody called Vik is not in every text about Viktor.
        plain = json.dumps(json.loads(text), ensure_ascii=False)
        return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", plain) for name in self.names)


def called(db: Session, people: Collection[int], hanging: Hanging) -> Called:
    """How the people whose rows go are named. A statement a table."""
    said: set[str] = set()
    for person in db.scalars(select(Person).where(Person.id.in_(people)).order_by(Person.id)):
        said |= {names.full_name(person.given_name, person.family_name), person.email, person.phone}
    uids: set[str] = set(db.scalars(select(Person.uid).where(Person.id.in_(people))))
    for name, keys in hanging.going.items():
        table = table_called(name)
        if "uid" in table.c:
            for chunk in chunks(keys):
                uids |= set(db.scalars(select(table.c.uid).where(table.c.id.in_(chunk))))
    return Called(tuple(sorted(each for each in said if each.strip())), frozenset(uids))


def answers(db: Session, who: Called, *, since: datetime | None = None) -> list[str]:
    """The operations whose stored answer names them: all there are, in portions, or inside a transaction those that
    were done `since`.
    """
    question = select(Operation.id, Operation.answer).order_by(Operation.id).limit(_PORTION)
    if since is not None:
        question = question.where(Operation.done_at >= since - _OVERLAP)
    found: list[str] = []
    last = ""
    while portion := db.execute(question.where(Operation.id > last)).all():
        found += [key for key, answer in portion if who.is_in(answer)]
        last = portion[-1][0]
        if since is None:
            breathe()
    return found


def wipe(tx: Tx, group_id: GroupId, who: Called, hanging: Hanging, operations: Iterable[str]) -> None:
    """Blank or drop every such place."""
    for chunk in chunks(operations):  # type: ignore[arg-type]  # chunks of keys, whatever they are
        tx.db.execute(delete(Operation).where(Operation.id.in_(chunk)))
    for meeting_id in _meetings(tx.db, hanging):
        _wipe_meeting(tx, meeting_id, who)
    _wipe_journal(tx, group_id, hanging)
    _wipe_labels(tx, group_id, who, hanging)
    tx.db.expire_all()


def _meetings(db: Session, hanging: Hanging) -> set[int]:
    """Every meeting that somebody was on the list of, or had a duty at."""
    found: set[int] = set()
    for name in ("attendances", "duties", "messages", "exchanges"):
        table = table_called(name)
        for chunk in chunks(hanging.keys(name)):
            found |= set(db.scalars(select(table.c.meeting_id).where(table.c.id.in_(chunk))))
    return found


def _wipe_meeting(tx: Tx, meeting_id: int, who: Called) -> None:
    """Plans as they were made say who was to sit with whom; the log says what was done to whom."""
    tx.db.execute(delete(SeatingPlan).where(SeatingPlan.meeting_id == meeting_id))
    tx.db.execute(update(PlanRun).where(PlanRun.meeting_id == meeting_id, PlanRun.refusal != "").values(refusal=""))
    lines = tx.db.execute(select(Action.id, Action.params).where(Action.meeting_id == meeting_id)).all()
    for chunk in chunks(key for key, params in lines if who.is_in(params)):
        tx.db.execute(delete(Action).where(Action.id.in_(chunk)))
    # What it takes to take a press back is made of keys, and a key may be somebody else's one day.
    told = update(Action).where(Action.meeting_id == meeting_id, Action.undo != "")
    tx.db.execute(told.values(undo="", undo_until=None))


def _wipe_journal(tx: Tx, group_id: GroupId, hanging: Hanging) -> None:
    """Seats and duties that could be put back."""
    keys = hanging.keys("people") | hanging.keys("attendances") | hanging.keys("memberships")
    entries = select(JournalEntry).where(JournalEntry.group_id == group_id, JournalEntry.meeting_id.is_not(None))
    for entry in tx.db.scalars(entries).all():
        if not keys.isdisjoint(_numbers(json.loads(entry.body))):
            tx.db.delete(entry)
    tx.db.flush()


def _numbers(said: Any) -> Iterator[int]:
    """Every whole number in JSON: any may be a key. One entry too many only ends its undo."""
    if isinstance(said, dict):
        for value in said.values():
            yield from _numbers(value)
    elif isinstance(said, list):
        for value in said:
            yield from _numbers(value)
    elif isinstance(said, int) and not isinstance(said, bool):
        yield said


def _wipe_labels(tx: Tx, group_id: GroupId, who: Called, hanging: Hanging) -> None:
    """Who stood at the door is written down by name; a device or a link may be called after somebody."""
    for table in (CheckInEvent, DoorAttempt):
        for chunk in chunks(hanging.keys("sessions")):
            tx.db.execute(update(table).where(table.session_id.in_(chunk)).values(desk=""))
        here = in_group(table.__tablename__, group_id)
        tx.db.execute(update(table).where(here, _names(table.desk, who)).values(desk=""))
    here = in_group("door_attempts", group_id)
    tx.db.execute(update(DoorAttempt).where(here, _names(DoorAttempt.settled_by, who)).values(settled_by=""))
    for label in (SessionRow, OneTimeLink):
        tx.db.execute(update(label).where(_names(label.label, who)).values(label=""))


def _names(column: InstrumentedAttribute[str], who: Called) -> ColumnElement[bool]:
    return or_(*(column.contains(name, autoescape=True) for name in who.names))
