"""One-to-ones: one says it took place, the other confirms, and only then it counts.

A claim ticks off what its author had planned with the other; the other's word does the same on their side. A "no"
takes the claim away and the plan comes back.
"""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from server.domain import names
from server.domain.errors import NotFound, RuleViolation
from server.domain.referrals import is_burst
from server.domain.vocabulary import GroupId, PersonId, Uid
from server.persistence.models import Group, OneToOne
from server.persistence.queries import follow_ups as people
from server.persistence.queries import one_to_ones as queries
from server.services.context import Context, Json, Op, Tx

SAME_WITHIN = timedelta(days=6)
"""Two people rarely agree on the day: what both say within a week is one meeting."""
TOLD_WITHIN = timedelta(days=366)
PLACE_MOST = 120


def say_held(
    ctx: Context,
    *,
    group_id: GroupId,
    teller: PersonId,
    other: Uid,
    held_on: date,
    place: str = "",
    sure: bool = False,
    op: Op | None = None,
) -> Json:
    """Somebody says that a one-to-one took place. If the other said so first, this confirms it.

    More than a few with one date and place look like a social and not like one-to-ones: their author is told, and says
    so again with `sure`. Answers `{uid, confirmed}`. Raises NotFound("person_unknown") and RuleViolation:
    one_to_one_with_self, one_to_one_burst (count), held_day_future, held_day_far, text_too_long.
    """
    kept_place = names.tidy(place)
    if len(kept_place) > PLACE_MOST:
        raise RuleViolation("text_too_long", field="place", most=PLACE_MOST)

    def work(tx: Tx) -> Json:
        person = people.of_the_group(tx.db, group_id, other)
        if person is None:
            raise NotFound("person_unknown")
        if person.id == teller:
            raise RuleViolation("one_to_one_with_self", field="other")
        _check_day(tx, group_id, held_on)
        first, second = sorted((int(teller), person.id))
        # The group's row serialises the two of them telling it at the same moment.
        tx.db.get_one(Group, group_id, with_for_update=True)
        near = queries.near(tx.db, group_id, first, second, held_on - SAME_WITHIN, held_on + SAME_WITHIN)
        row = near[0] if near else None
        if row is None:
            already = queries.told_of_one_place(tx.db, group_id, teller, held_on, kept_place)
            if is_burst(already) and not sure:
                raise RuleViolation("one_to_one_burst", field="held_on", count=already)
            row = OneToOne(group_id=group_id, first_id=first, second_id=second, held_on=held_on, place=kept_place)
            tx.db.add(row)
            tx.db.flush()
        _sign(tx, row, teller)
        return {"uid": row.uid, "confirmed": _is_confirmed(row)}

    return ctx.transaction(work, op=op)


def confirm(ctx: Context, *, group_id: GroupId, person: PersonId, uid: str, op: Op | None = None) -> Json:
    """The other one says: yes, we met. Answers `{uid, confirmed: true}`; raises NotFound("one_to_one_unknown")."""

    def work(tx: Tx) -> Json:
        row = queries.own(tx.db, group_id, person, uid)
        if row is None:
            raise NotFound("one_to_one_unknown")
        _sign(tx, row, person)
        return {"uid": row.uid, "confirmed": _is_confirmed(row)}

    return ctx.transaction(work, op=op)


def deny(ctx: Context, *, group_id: GroupId, person: PersonId, uid: str, op: Op | None = None) -> Json:
    """The other one says: not yet. The claim goes, its author's plan comes back. A confirmed one stays."""

    def work(tx: Tx) -> Json:
        row = queries.own(tx.db, group_id, person, uid)
        if row is None or _is_confirmed(row):
            raise NotFound("one_to_one_unknown")
        author = PersonId(row.second_id if row.first_id == person else row.first_id)
        said_at = row.first_confirmed_at or row.second_confirmed_at
        for planned in queries.ticked_off(tx.db, group_id, author, person, said_at):
            planned.done_at = None
        tx.db.delete(row)
        return {"uid": uid}

    return ctx.transaction(work, op=op)


def _check_day(tx: Tx, group_id: GroupId, held_on: date) -> None:
    today = tx.now.astimezone(ZoneInfo(tx.db.get_one(Group, group_id).time_zone)).date()
    if held_on > today:
        raise RuleViolation("held_day_future", field="held_on")
    if held_on < today - TOLD_WITHIN:
        raise RuleViolation("held_day_far", field="held_on")


def _sign(tx: Tx, row: OneToOne, person: PersonId) -> None:
    """One side's word, once, and what that side had planned is done."""
    if row.first_id == person:
        row.first_confirmed_at = row.first_confirmed_at or tx.now
        other = PersonId(row.second_id)
    else:
        row.second_confirmed_at = row.second_confirmed_at or tx.now
        other = PersonId(row.first_id)
    for planned in queries.planned(tx.db, GroupId(row.group_id), person, other):
        planned.done_at = tx.now


def _is_confirmed(row: OneToOne) -> bool:
    return row.first_confirmed_at is not None and row.second_confirmed_at is not None
