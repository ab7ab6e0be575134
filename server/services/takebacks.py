"""Changes of people that can be taken back: merges, imports, changes of many at once.

Each is an entry of the journal with the steps that it made and the people it is about. They are taken back in any
order, except that what came later about the same people goes first.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, insert, select
from sqlalchemy.orm import Session, aliased

from server.domain import names
from server.domain.errors import Conflict, NotFound
from server.domain.events import ListChanged
from server.domain.privacy import Retention
from server.domain.vocabulary import GroupId, MeetingId, PersonId, Uid
from server.persistence.models import Group, JournalEntry, JournalPerson, Person
from server.persistence.queries import people as queries
from server.services import journal, places
from server.services.context import Context, Json, Op, Tx
from server.services.row_changes import Kept, chunks, put_back, without

KINDS = ("people_merge", "people_import", "people_bulk")
FOR_MANY = ("people_import", "people_bulk")
"""Those about many people at once."""
NAMED = 3
"""So many people of an entry are named in the list."""


@dataclass(frozen=True)
class Entry:
    """One change as the list shows it: which kind, when, how many people, the first few by name."""

    uid: Uid
    kind: str
    done_at: datetime
    undone_at: datetime | None
    people: int
    names: tuple[str, ...]
    waits: bool
    """Something later about the same people has to be taken back first."""


def write(
    tx: Tx,
    kind: str,
    steps: Collection[Json],
    *,
    group_id: GroupId,
    about: Collection[int],
    beside: Collection[int] = (),
) -> Uid:
    """A helper of the use-cases: remember a change, whom it is about and in whose rows it wrote besides.

    What is overdue goes.
    """
    term = Retention.UNDO.days
    assert term is not None, "the journal is not kept for ever"
    tx.db.execute(delete(Person).where(Person.merged_at < tx.now - timedelta(days=term)))
    uid = journal.write(tx, kind, {"steps": list(steps)}, group_id=group_id)
    tx.db.flush()
    entry_id = tx.db.scalars(select(JournalEntry.id).where(JournalEntry.uid == uid)).one()
    people = dict.fromkeys(about, False) | dict.fromkeys(set(beside) - set(about), True)
    for chunk in chunks(sorted(people)):
        rows = [{"entry_id": entry_id, "person_id": person, "beside": people[person]} for person in chunk]
        tx.db.execute(insert(JournalPerson), rows)
    return uid


def listed(ctx: Context, group_id: GroupId) -> tuple[Entry, ...]:
    """What was done to many people at once within the term, the newest first. Three statements."""
    term = Retention.UNDO.days
    assert term is not None, "the journal is not kept for ever"
    with ctx.reading() as db:
        rows = db.execute(
            select(JournalEntry, func.count(JournalPerson.person_id))
            .outerjoin(JournalPerson, and_(JournalPerson.entry_id == JournalEntry.id, JournalPerson.beside.is_(False)))
            .where(
                JournalEntry.group_id == group_id,
                JournalEntry.kind.in_(KINDS),
                JournalEntry.done_at >= ctx.now() - timedelta(days=term),
            )
            .group_by(JournalEntry.id)
            .order_by(JournalEntry.id.desc())
        ).all()
        called = _named(db, [entry.id for entry, _ in rows])
        waiting = _waiting(db, group_id)
        return tuple(
            Entry(
                uid=Uid(entry.uid),
                kind=entry.kind,
                done_at=entry.done_at,
                undone_at=entry.undone_at,
                people=count,
                names=called.get(entry.id, ()),
                waits=entry.id in waiting,
            )
            for entry, count in rows
        )


def _named(db: Session, entries: list[int]) -> dict[int, tuple[str, ...]]:
    """The first few people of each entry."""
    place = func.row_number().over(partition_by=JournalPerson.entry_id, order_by=JournalPerson.person_id)
    first = (
        select(JournalPerson.entry_id, JournalPerson.person_id, place.label("place"))
        .where(JournalPerson.entry_id.in_(entries), JournalPerson.beside.is_(False))
        .subquery()
    )
    question = (
        select(first.c.entry_id, Person.given_name, Person.family_name)
        .join(Person, Person.id == first.c.person_id)
        .where(first.c.place <= NAMED)
        .order_by(first.c.entry_id, first.c.place)
    )
    found: dict[int, tuple[str, ...]] = {}
    for entry, given, family in db.execute(question):
        found[entry] = (*found.get(entry, ()), names.full_name(given, family))
    return found


def _waiting(db: Session, group_id: GroupId, entry_id: int | None = None) -> set[int]:
    """Entries that something later, not taken back, is about the same people as."""
    mine, theirs, later = aliased(JournalPerson), aliased(JournalPerson), aliased(JournalEntry)
    question = (
        select(mine.entry_id)
        .join(theirs, theirs.person_id == mine.person_id)
        .join(later, later.id == theirs.entry_id)
        .where(later.group_id == group_id, later.undone_at.is_(None), theirs.entry_id > mine.entry_id)
        .distinct()
    )
    if entry_id is not None:
        question = question.where(mine.entry_id == entry_id)
    return set(db.scalars(question))


def take_back(ctx: Context, *, group_id: GroupId, entry: str, op: Op | None = None) -> Kept:
    """Undo a change; places that come free go to whoever waits. Answers with what had to stay as it is by now.

    Raises NotFound("take_back_unknown") also when its term is over, Conflict("taken_back_already") and
    Conflict("take_back_later_first").
    """

    def work(tx: Tx) -> Json:
        tx.db.get_one(Group, group_id, with_for_update=True)
        row = tx.db.scalars(
            select(JournalEntry)
            .where(JournalEntry.group_id == group_id, JournalEntry.uid == entry, JournalEntry.kind.in_(KINDS))
            .with_for_update()
        ).one_or_none()
        term = Retention.UNDO.days
        assert term is not None, "the journal is not kept for ever"
        if row is None or row.done_at < tx.now - timedelta(days=term):
            raise NotFound("take_back_unknown")
        if row.undone_at is not None:
            raise Conflict("taken_back_already")
        if _waiting(tx.db, group_id, row.id):
            raise Conflict("take_back_later_first")
        row.undone_at = tx.now
        steps = json.loads(row.body)["steps"]
        # What was before is back in its rows; the entry needs to say no more than that it was.
        row.body = json.dumps({"steps": []})
        tx.db.flush()
        kept = put_back(tx.db, steps)
        tx.db.expire_all()
        tell_lists(tx, group_id)
        places.move_up_everywhere(ctx, tx, group_id)
        return {"fields": kept.fields, "rows": kept.rows}

    return Kept(**ctx.transaction(work, op=op))


def forget(
    tx: Tx,
    person_ids: Collection[int],
    gone: Mapping[str, Collection[int]] | None = None,
    *,
    group_id: GroupId | None = None,
) -> None:
    """A helper of erasure: whatever could bring these people back goes. `gone`: the rows that go with them, by table;
    `group_id`: only what this group did.

    What made one of them of two, or gave them roles, cannot be taken back any more; a file that was brought in and a
    change of many can, for everybody else.
    """
    missing = {name: set(keys) for name, keys in (gone or {}).items()}
    missing["people"] = missing.get("people", set()) | set(person_ids)
    named = JournalPerson.person_id.in_(person_ids)
    found = select(JournalEntry).join(JournalPerson).where(named).order_by(JournalEntry.id).distinct()
    if group_id is not None:
        found = found.where(JournalEntry.group_id == group_id)
    main = set(tx.db.scalars(select(JournalPerson.entry_id).where(named, JournalPerson.beside.is_(False))))
    entries = tx.db.scalars(found).all()
    for entry in entries:
        steps = without(json.loads(entry.body)["steps"], missing)
        if (steps or entry.undone_at) and (entry.kind in FOR_MANY or entry.id not in main):
            entry.body = json.dumps({"steps": steps}, separators=(",", ":"))
        else:
            tx.db.delete(entry)
    tx.db.flush()
    for chunk in chunks(entry.id for entry in entries):
        mine = delete(JournalPerson).where(named, JournalPerson.entry_id.in_(chunk))
        tx.db.execute(mine, execution_options={"synchronize_session": False})


def tell_lists(tx: Tx, group_id: GroupId) -> None:
    """A helper of the use-cases: the lists of meetings that are not closed may show other names."""
    for meeting_id, _ in queries.not_closed(tx.db, group_id):
        tx.record(ListChanged(MeetingId(meeting_id)))


def person_ids(db: Session, group_id: GroupId, uids: Collection[str]) -> list[PersonId]:
    """The keys of people of the group, by uid."""
    found = queries.by_uids(db, group_id, uids)
    return [PersonId(person.id) for person, _ in found]
