"""Several people changed at once, by hand or by filter, so that it can be taken back."""

from collections.abc import Collection
from dataclasses import replace

from server.domain.errors import NotFound, RuleViolation
from server.domain.vocabulary import GroupId, PersonId, Standing
from server.persistence.models import Group, Membership, Person
from server.persistence.queries import people as queries
from server.services import people, places, standings, takebacks
from server.services.context import Context, Json, Op, Tx
from server.services.people import FIELDS, Filter, PersonFields
from server.services.row_changes import Changes, table_called

KIND = "people_bulk"
"""The journal's word for a change of several."""
CHANGEABLE = ("sector", "company", "country", "region", "languages", "wants_sector")
"""What many people may have alike."""


def change(
    ctx: Context,
    *,
    group_id: GroupId,
    uids: Collection[str] = (),
    which: Filter | None = None,
    field: str = "",
    value: str = "",
    standing: Standing | None = None,
    op: Op | None = None,
) -> int:
    """Write one field, or the standing, of the people named or of everybody found. Answers how many changed.

    Raises nobody_chosen, bulk_field_unknown, WrongPhase("last_organiser"), NotFound("person_unknown") and what a form
    of one person refuses.
    """
    if standing is None and field not in CHANGEABLE:
        raise RuleViolation("bulk_field_unknown", field="field")
    if not uids and which is None:
        raise RuleViolation("nobody_chosen")
    tidied = getattr(people.checked(PersonFields(**{"given_name": "x", field: value})), field) if field else ""

    def work(tx: Tx) -> Json:
        group = tx.db.get_one(Group, group_id, with_for_update=True)
        found = _chosen(tx, group_id, uids, which)
        changes = Changes(tx.db)
        changed = []
        for person, membership in found:
            if standing is None:
                did = _write_field(changes, group, person, field, tidied)
            else:
                did = standings.write(changes, tx, group, membership, standing)
            if did:
                changed.append(PersonId(person.id))
        if changed:
            tx.db.expire_all()
            takebacks.write(tx, KIND, changes.steps, group_id=group_id, about=changed, beside=changes.people())
            takebacks.tell_lists(tx, group_id)
            if standing is Standing.FORMER:
                places.move_up_everywhere(ctx, tx, group_id)
        return {"changed": len(changed)}

    return int(ctx.transaction(work, op=op)["changed"])


def _chosen(tx: Tx, group_id: GroupId, uids: Collection[str], which: Filter | None) -> list[tuple[Person, Membership]]:
    if which is not None:
        narrowed = people.looked_up(tx.db, group_id, which)
        return [(person, membership) for person, membership, _ in queries.found(tx.db, group_id, narrowed)]
    found = queries.by_uids(tx.db, group_id, uids, lock=True)
    if len(found) != len(set(uids)):
        raise NotFound("person_unknown")
    return found


def _write_field(changes: Changes, group: Group, person: Person, field: str, value: str) -> bool:
    if getattr(person, field) == value:
        return False
    fields = replace(PersonFields(**{name: getattr(person, name) for name in FIELDS}), **{field: value})
    changes.alter(table_called("people"), person.id, {field: value} | people.keys_of(fields, group.language))
    return True
