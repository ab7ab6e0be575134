"""The roles a group gives to its members: given and taken by whoever manages the group, with a way back.

A role of the group holds at every meeting of it. Somebody is always left who can run the group, also after a change is
taken back.
"""

import json
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import Select, or_, select

from server.domain import access
from server.domain.errors import NotFound, RuleViolation, WrongPhase
from server.domain.privacy import Retention
from server.domain.vocabulary import GroupId, Role, Standing, Uid
from server.persistence.models import GrantRow, Group, JournalEntry, JournalPerson
from server.persistence.queries import people as queries
from server.services import takebacks
from server.services.context import Context, Json, Op, Tx
from server.services.row_changes import Changes, put_back, table_called

KIND = "people_roles"
"""The journal's word for roles given or taken."""


def give(ctx: Context, *, group_id: GroupId, uid: str, roles: Collection[Role], op: Op | None = None) -> int:
    """A member holds exactly these roles of the group from now on. Answers how many were given or taken.

    Raises NotFound("person_unknown"), RuleViolation("role_needs_member") and ("group_role_unknown"),
    WrongPhase("last_organiser").
    """
    wanted = set(roles)
    if not wanted <= set(access.GROUP_ROLES):
        raise RuleViolation("group_role_unknown")

    def work(tx: Tx) -> Json:
        # Two who take the role of the last two organisers at once must not both find the other one left.
        tx.db.get_one(Group, group_id, with_for_update=True)
        found = queries.one(tx.db, group_id, uid, lock=True)
        if found is None:
            raise NotFound("person_unknown")
        person, membership, _ = found
        if membership.standing is not Standing.MEMBER and wanted:
            raise RuleViolation("role_needs_member")
        held = select(GrantRow).where(
            GrantRow.group_id == group_id,
            GrantRow.person_id == person.id,
            GrantRow.meeting_id.is_(None),
            GrantRow.role.in_(access.GROUP_ROLES),
        )
        rows = tx.db.scalars(held.order_by(GrantRow.id)).all()
        lost = [row.id for row in rows if row.role not in wanted]
        fresh = sorted(wanted - {row.role for row in rows})
        if not lost and not fresh:
            return {"changed": 0}
        changes = Changes(tx.db)
        grants = table_called("grants")
        for role in fresh:
            values = {"person_id": person.id, "role": role, "group_id": group_id, "created_at": tx.now}
            changes.add(grants, values)
        changes.remove(grants, lost)
        _somebody_is_left(tx, group_id)
        takebacks.write(tx, KIND, changes.steps, group_id=group_id, about=[person.id])
        tx.db.expire_all()
        return {"changed": len(lost) + len(fresh)}

    return int(ctx.transaction(work, op=op)["changed"])


def last_change(ctx: Context, group_id: GroupId, person_id: int) -> Uid | None:
    """The change of somebody's roles that can be taken back now, if there is one. One statement."""
    with ctx.reading() as db:
        found = db.scalar(_newest(ctx, group_id).where(JournalPerson.person_id == person_id))
        return Uid(found) if found else None


def take_back(ctx: Context, *, group_id: GroupId, uid: str, entry: str, op: Op | None = None) -> None:
    """The last change of somebody's roles is undone.

    Raises NotFound("take_back_unknown") when it is not the last one any more, WrongPhase("last_organiser").
    """

    def work(tx: Tx) -> Json:
        tx.db.get_one(Group, group_id, with_for_update=True)
        found = queries.one(tx.db, group_id, uid, lock=True)
        if found is None:
            raise NotFound("person_unknown")
        newest = tx.db.scalar(_newest(ctx, group_id).where(JournalPerson.person_id == found[0].id))
        if newest is None or newest != entry:
            raise NotFound("take_back_unknown")
        row = tx.db.scalars(select(JournalEntry).where(JournalEntry.uid == entry)).one()
        steps = json.loads(row.body)["steps"]
        row.undone_at = tx.now
        row.body = json.dumps({"steps": []})
        tx.db.flush()
        put_back(tx.db, steps)
        tx.db.expire_all()
        _somebody_is_left(tx, group_id)
        return {}

    ctx.transaction(work, op=op)


def _newest(ctx: Context, group_id: GroupId) -> Select[str]:
    """Uids of the changes of roles within the term that were not taken back, the newest first."""
    term = Retention.UNDO.days
    assert term is not None, "the journal is not kept for ever"
    return (
        select(JournalEntry.uid)
        .join(JournalPerson, JournalPerson.entry_id == JournalEntry.id)
        .where(
            JournalEntry.group_id == group_id,
            JournalEntry.kind == KIND,
            JournalEntry.undone_at.is_(None),
            JournalEntry.done_at >= ctx.now() - timedelta(days=term),
        )
        .order_by(JournalEntry.id.desc())
        .limit(1)
    )


def _somebody_is_left(tx: Tx, group_id: GroupId) -> None:
    organisers = select(GrantRow.id).where(
        GrantRow.group_id == group_id,
        GrantRow.role == Role.ORGANISER,
        GrantRow.person_id.is_not(None),
        GrantRow.meeting_id.is_(None),
        or_(GrantRow.expires_at.is_(None), GrantRow.expires_at > tx.now),
    )
    if tx.db.scalar(organisers.limit(1)) is None:
        raise WrongPhase("last_organiser")
