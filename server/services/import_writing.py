"""People of a file written into the group, so that the whole of it can be taken back."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import insert, select, update

from server.domain.vocabulary import AttendanceStatus, GroupId, MeetingStatus, Standing
from server.persistence.models import Attendance, Group, Membership, Person
from server.persistence.queries import people as queries
from server.services import people, standings, takebacks
from server.services.context import Tx
from server.services.matching import Fate, Matched
from server.services.row_changes import Changes, packed, table_called

KIND = "people_import"
"""The journal's word for an import."""
PORTION = 500
"""People written between two words about how far it is."""
Watch = Callable[[str, int, int], None]
"""Told the stage, how many are done and of how many; ends the import by raising."""


def unwatched(stage: str, done: int, of: int) -> None:
    """Nobody wants to know how far it is."""


def write(tx: Tx, group: Group, matched: tuple[Matched, ...], standing: Standing, *, watch: Watch, tell: bool) -> None:
    """New people in portions, then what changed. Whoever invited may be new: their keys are known by then.

    Without `tell` the lists of meetings are not told; the caller does it.
    """
    new = [item for item in matched if item.fate is Fate.NEW]
    changed = [item for item in matched if item.fate is Fate.CHANGED]
    if not new and not changed:
        return
    changes = Changes(tx.db)
    ids = _add_people(tx, group, new, changes, watch, len(changed))
    _change_people(tx, group, changed, changes)
    for item in changed:
        _change_membership(tx, group, item, ids, changes)
    rows = [
        {
            "group_id": group.id,
            "person_id": ids[item.wish.line],
            "standing": item.wish.standing or standing,
            "invited_by_id": _inviter_id(item, ids),
        }
        for item in new
    ]
    changes.added(table_called("memberships"), _inserted(tx, Membership, rows))
    joined = [ids[item.wish.line] for item in new if (item.wish.standing or standing) is Standing.MEMBER]
    _expect(tx, GroupId(group.id), joined, changes)
    if tell:
        takebacks.tell_lists(tx, GroupId(group.id))
    watch("writing", len(new) + len(changed), len(new) + len(changed))
    about = [*ids.values(), *(item.known.id for item in changed if item.known)]
    takebacks.write(tx, KIND, changes.steps, group_id=GroupId(group.id), about=about, beside=changes.people())


def _inserted(tx: Tx, model: Any, rows: list[dict[str, Any]]) -> list[int]:
    """Rows in bulk; answers with their keys in the same order."""
    if not rows:
        return []
    return list(tx.db.scalars(insert(model).returning(model.id, sort_by_parameter_order=True), rows))


def _add_people(
    tx: Tx, group: Group, new: list[Matched], changes: Changes, watch: Watch, changed: int
) -> dict[int, int]:
    """The new people; answers with their keys by the line they begin at."""
    found: dict[int, int] = {}
    for begin in range(0, len(new), PORTION):
        watch("writing", begin, len(new) + changed)
        portion = new[begin : begin + PORTION]
        rows = [
            vars(item.wish.fields) | people.keys_of(item.wish.fields, group.language) | {"created_at": tx.now}
            for item in portion
        ]
        made = _inserted(tx, Person, rows)
        found |= zip((item.wish.line for item in portion), made, strict=True)
    changes.added(table_called("people"), list(found.values()))
    return found


def _inviter_id(item: Matched, ids: dict[int, int]) -> int | None:
    if item.inviter is None:
        return None
    return item.inviter.known or ids.get(item.inviter.line)


def _change_people(tx: Tx, group: Group, changed: list[Matched], changes: Changes) -> None:
    """Fields that the file says differently, in bulk."""
    table = table_called("people")
    rows = []
    for item in changed:
        assert item.known is not None, "only somebody known can change"
        values = item.values()
        if not values:
            continue
        had = item.known.fields
        before = {name: getattr(had, name) for name in values} | people.keys_of(had, group.language)
        values |= people.keys_of(replace(had, **values), group.language)
        fresh = {name: value for name, value in values.items() if value != before[name]}
        changes.altered(table, item.known.id, {name: packed(before[name]) for name in fresh}, fresh)
        rows.append({"id": item.known.id, **fresh})
    if rows:
        tx.db.execute(update(Person), rows)


def _change_membership(tx: Tx, group: Group, item: Matched, ids: dict[int, int], changes: Changes) -> None:
    """Who invited somebody, and another standing with all that follows from it."""
    if item.known is None or not {"standing", "invited_by"} & set(item.changes):
        return
    mine = (Membership.group_id == group.id, Membership.person_id == item.known.id)
    membership = tx.db.scalars(select(Membership).where(*mine)).one()
    if "standing" in item.changes and item.wish.standing is not None:
        standings.write(changes, tx, group, membership, item.wish.standing)
    if "invited_by" in item.changes:
        changes.alter(table_called("memberships"), membership.id, {"invited_by_id": _inviter_id(item, ids)})


def _expect(tx: Tx, group_id: GroupId, joined: list[int], changes: Changes) -> None:
    """New members are expected at the meetings that have not begun."""
    for meeting_id, status in queries.not_closed(tx.db, group_id):
        if status is MeetingStatus.DRAFT and joined:
            listed = set(tx.db.scalars(select(Attendance.person_id).where(Attendance.meeting_id == meeting_id)))
            rows = [
                {
                    "meeting_id": meeting_id,
                    "person_id": person_id,
                    "standing": Standing.MEMBER,
                    "status": AttendanceStatus.EXPECTED,
                }
                for person_id in joined
                if person_id not in listed
            ]
            changes.added(table_called("attendances"), _inserted(tx, Attendance, rows))
