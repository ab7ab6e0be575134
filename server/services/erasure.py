"""Somebody is erased: whatever a group holds about a person goes, and no copy brings it back.

What is left says nothing about anybody: totals (`folding`), how often somebody visited under a keyed hash (`visits`),
and a line of the ledger (`erasure_ledger`). Who is known to another group stays there; only this group forgets them.
There is no undo.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from server.domain.errors import NotFound, RuleViolation, WrongPhase
from server.domain.events import ExchangeMoved, ReferralMoved, SeatingPlanned
from server.domain.vocabulary import GroupId, MeetingId, MeetingStatus, PersonId, Role, Uid
from server.persistence.models import (
    Attendance,
    Exchange,
    GrantRow,
    Group,
    JournalEntry,
    JournalPerson,
    Meeting,
    Membership,
    Person,
    Referral,
    SessionRow,
)
from server.persistence.queries import people as queries
from server.services import (
    erasure_ledger,
    erasure_traces,
    folding,
    merging,
    people,
    places,
    takebacks,
    uploads,
    visits,
    workbench,
)
from server.services.context import Context, Json, Op, Tx
from server.services.erasure_rows import Hanging, in_group
from server.services.people import PersonView
from server.services.row_changes import table_called

log = logging.getLogger(__name__)
AT_ONCE = 64 * 2**20
"""Bytes: a greater file is not written anew while people wait, but at the next start."""


COUNTED = {
    "meetings": ("attendances", "person_id"),
    "badges": ("badges", "person_id"),
    "cards": ("contacts", "owner_id"),
    "cards_of_others": ("contacts", "person_id"),
    "promises": ("follow_ups", "owner_id"),
    "promises_of_others": ("follow_ups", "about_id"),
    "one_to_ones": ("one_to_ones", "first_id", "second_id"),
    "slips": ("referrals", "giver_id", "receiver_id"),
    "thanks": ("thanks", "thanker_id", "thanked_id"),
    "duties": ("duties", "person_id"),
}
"""What is counted before: kind → table and the columns in which somebody may stand."""


@dataclass(frozen=True)
class WhatGoes:
    """What erasing somebody would take away: kind → how many, kinds with none left out.

    `elsewhere`: another group knows them too, and keeps what it knows. `visits` are counted on under a keyed hash.
    `refusal`: why they cannot be erased now.
    """

    person: PersonView
    counts: Mapping[str, int]
    visits: int
    elsewhere: bool
    refusal: RuleViolation | None


def what_goes(ctx: Context, group_id: GroupId, uid: str) -> WhatGoes:
    """What would go with this person. Raises NotFound("person_unknown"). At most nine statements."""
    with ctx.reading() as db:
        found = queries.one(db, group_id, uid)
        if found is None:
            raise NotFound("person_unknown")
        person = found[0]
        row = db.execute(select(*(each.label(kind) for kind, each in _counts(group_id, person.id).items()))).one()
        return WhatGoes(
            person=people.as_view(*found),
            counts={kind: int(count) for kind, count in row._mapping.items() if count},
            visits=visits.known(ctx, db, group_id, person).times,
            elsewhere=_elsewhere(db, group_id, person.id),
            refusal=_refusal(ctx, db, group_id, person.id),
        )


def _counts(group_id: GroupId, person: int) -> dict[str, ColumnElement[int]]:
    """Kind → how many rows of it the group holds about somebody."""
    mine = {
        kind: select(func.count()).where(
            in_group(table, group_id), or_(*(table_called(table).c[it] == person for it in of))
        )
        for kind, (table, *of) in COUNTED.items()
    }
    signed_in = select(func.count()).where(SessionRow.person_id == person)
    return {kind: question.scalar_subquery() for kind, question in (mine | {"signed_in": signed_in}).items()}


def _elsewhere(db: Session, group_id: GroupId, person: int) -> bool:
    """Whether another group knows somebody."""
    known = select(Membership.id).where(Membership.person_id == person, Membership.group_id != group_id)
    return db.scalar(known.limit(1)) is not None


def _refusal(ctx: Context, db: Session, group_id: GroupId, person: int) -> RuleViolation | None:
    """Why somebody cannot be erased now."""
    open_now = (
        select(Meeting.name)
        .join(Attendance, Attendance.meeting_id == Meeting.id)
        .where(Meeting.group_id == group_id, Meeting.status == MeetingStatus.OPEN, Attendance.person_id == person)
    )
    name = db.scalar(open_now.order_by(Meeting.starts_at).limit(1))
    if name is not None:
        return WrongPhase("erase_meeting_open", meeting=name)
    organisers = select(GrantRow.person_id).where(
        GrantRow.group_id == group_id,
        GrantRow.role == Role.ORGANISER,
        GrantRow.person_id.is_not(None),
        GrantRow.meeting_id.is_(None),
        or_(GrantRow.expires_at.is_(None), GrantRow.expires_at > ctx.now()),
    )
    return WrongPhase("last_organiser") if set(db.scalars(organisers)) == {person} else None


def erase(ctx: Context, *, group_id: GroupId, uid: str, op: Op | None = None) -> bool:
    """Erase a person of the group for good; True when another group still knows them.

    Raises NotFound("person_unknown"), WrongPhase("erase_meeting_open") and WrongPhase("last_organiser"). Whoever has
    a page open that shows them is told; their own browsers are signed out and cut.
    """
    told = _answers(ctx, group_id, uid)

    def work(tx: Tx) -> Json:
        # Merges, imports, roles and erasures of a group take turns.
        group = tx.db.get_one(Group, group_id, with_for_update=True)
        found = queries.one(tx.db, group_id, uid, lock=True)
        if found is None:
            raise NotFound("person_unknown")
        refusal = _refusal(ctx, tx.db, group_id, found[0].id)
        if refusal is not None:
            raise refusal
        return {"elsewhere": _go(ctx, tx, group, found[0], told)}

    answer = ctx.transaction(work, op=op)
    _clean_up(ctx)
    return bool(answer["elsewhere"])


def replay(ctx: Context) -> int:
    """At every start: whoever was erased and is there again, because an older copy was put back, goes again.

    Answers how many. Nobody is asked: not a meeting that was open, nor whether somebody is left who runs the group.
    """
    marks = erasure_ledger.read(ctx)
    with ctx.reading() as db:
        known = db.execute(
            select(Group.id, Group.uid, Person.uid)
            .join(Membership, Membership.group_id == Group.id)
            .join(Person, Person.id == Membership.person_id)
            .order_by(Membership.id)
        ).all()
    back = [(key, uid) for key, group, uid in known if erasure_ledger.mark(ctx, group, uid) in marks]
    for key, uid in back:
        _again(ctx, GroupId(key), uid)
    if back:
        log.warning("an older copy of the database had erased people in it: %d were erased again", len(back))
    if erasure_ledger.is_owed(ctx):
        uploads.clear(ctx)
        if ctx.database.scrub():  # of whatever size: nobody waits yet
            erasure_ledger.settle(ctx)
    return len(back)


def _clean_up(ctx: Context) -> None:
    """After the commit: no file of the instance keeps what the rows said. What cannot be done now waits for the next
    start, and whoever pressed is not told of it: the rows are gone.
    """
    uploads.clear(ctx)
    if not ctx.database.is_sqlite:
        erasure_ledger.settle(ctx)
        return
    asked = {"database": ctx.database.url, "at_most": AT_ONCE}
    try:
        done = workbench.idle().do("cleaning.scrub", asked)["done"]
    except RuleViolation as refused:
        log.warning("the file of the database will be cleaned at the next start: %s", refused.code)
        return
    if done:
        erasure_ledger.settle(ctx)


def _again(ctx: Context, group_id: GroupId, uid: str) -> None:
    told = _answers(ctx, group_id, uid)

    def work(tx: Tx) -> None:
        group = tx.db.get_one(Group, group_id, with_for_update=True)
        found = queries.one(tx.db, group_id, uid, lock=True)
        if found is not None:  # another process that starts now was first
            _go(ctx, tx, group, found[0], told)

    ctx.transaction(work)


def _answers(ctx: Context, group_id: GroupId, uid: str) -> list[str]:
    """Stored answers that name somebody, looked for before the transaction: there are many."""
    with ctx.reading() as db:
        found = queries.one(db, group_id, uid)
        if found is None:
            return []
        hanging, everybody = _hanging(db, group_id, found[0].id)
        return erasure_traces.answers(db, erasure_traces.called(db, everybody, hanging))


def _hanging(db: Session, group_id: GroupId, person: int) -> tuple[Hanging, set[int]]:
    """What goes, and whose records it is about: those that were merged into this one are the same human."""
    merged = _merged_into(db, person)
    hanging = Hanging(db)
    hanging.take("people", merged)
    if _elsewhere(db, group_id, person):
        hanging.take_of_group({person}, group_id)
    else:
        hanging.take("people", {person})
    return hanging, merged | {person}


def _merged_into(db: Session, person: int) -> set[int]:
    """Records that are kept only so that a merge can be taken back."""
    mine, other = aliased(JournalPerson), aliased(JournalPerson)
    found: set[int] = set()
    fresh = {person}
    while fresh:
        question = (
            select(Person.id)
            .join(other, other.person_id == Person.id)
            .join(JournalEntry, JournalEntry.id == other.entry_id)
            .join(mine, mine.entry_id == other.entry_id)
            .where(
                JournalEntry.kind == merging.KIND,
                Person.merged_at.is_not(None),
                other.beside.is_(False),
                mine.beside.is_(False),
                mine.person_id.in_(fresh),
                Person.id.not_in(found | {person}),
            )
        )
        fresh = set(db.scalars(question))
        found |= fresh
    return found


def _go(ctx: Context, tx: Tx, group: Group, person: Person, told: Iterable[str]) -> bool:
    """Everything goes, in this order: what is counted on, what is told, what is named in texts, the rows."""
    group_id, day = GroupId(group.id), tx.now.astimezone(ZoneInfo(group.time_zone)).date()
    hanging, everybody = _hanging(tx.db, group_id, person.id)
    stays = person.id not in hanging.keys("people")
    who = erasure_traces.called(tx.db, everybody, hanging)
    marks = [
        erasure_ledger.mark(ctx, group.uid, uid)
        for uid in tx.db.scalars(select(Person.uid).where(Person.id.in_(everybody)))
    ]
    visits.keep_count(ctx, tx, group_id, person.id)
    tx.db.flush()
    _tell(tx, hanging, everybody)
    takebacks.forget(tx, everybody, hanging.going, group_id=group_id if stays else None)
    since = erasure_traces.answers(tx.db, who, since=tx.now)
    erasure_traces.wipe(tx, group_id, who, hanging, {*told, *since})
    folding.fold(tx, group_id, person.id)
    hanging.write()
    takebacks.tell_lists(tx, group_id)
    places.move_up_everywhere(ctx, tx, group_id)
    tx.db.flush()
    # Last, when nothing can refuse any more; but before the commit, so that no crash lies between the two.
    erasure_ledger.owe(ctx)
    erasure_ledger.add(ctx, marks, day)
    return stays


def _tell(tx: Tx, hanging: Hanging, everybody: set[int]) -> None:
    """Whose pages change: cards and slips of others disappear, seats that were planned are free."""
    exchanges = select(Exchange).where(Exchange.id.in_(hanging.keys("exchanges"))).order_by(Exchange.id)
    for exchange in tx.db.scalars(exchanges):
        others = _but(everybody, exchange.asker_id, exchange.asked_id)
        tx.record(ExchangeMoved(MeetingId(exchange.meeting_id), others, (Uid(exchange.uid),)))
    slips = select(Referral).where(Referral.id.in_(hanging.keys("referrals"))).order_by(Referral.id)
    for slip in tx.db.scalars(slips):
        tx.record(ReferralMoved(MeetingId(0), _but(everybody, slip.giver_id, slip.receiver_id), Uid(slip.uid)))
    planned = (
        select(Meeting)
        .join(Attendance, Attendance.meeting_id == Meeting.id)
        .where(
            Attendance.id.in_(hanging.keys("attendances")),
            Meeting.status != MeetingStatus.CLOSED,
            Meeting.seating_version > 0,
        )
    )
    for meeting in tx.db.scalars(planned.order_by(Meeting.id).with_for_update(of=Meeting)).unique():
        meeting.seating_version += 1
        tx.record(SeatingPlanned(MeetingId(meeting.id)))


def _but(everybody: set[int], *two: int) -> tuple[PersonId, ...]:
    return tuple(PersonId(each) for each in two if each not in everybody)
