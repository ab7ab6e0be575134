"""What members do for each other beside referrals: written down, confirmed, counted for oneself.

Testimonials, advice and needed purchases name somebody else and count once they say so; trainings and duties are one's
own word. Visitors are counted from the door: whoever invited them has the credit, once for each person however often
they came.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from server.domain import activities as rules
from server.domain import names
from server.domain.activities import ActivityKind
from server.domain.errors import NotAllowed, NotFound
from server.domain.events import ActivityMoved
from server.domain.referrals import check_day
from server.domain.vocabulary import GroupId, MeetingId, PersonId, Standing, Uid
from server.persistence.models import Activity, Group
from server.persistence.queries import activities as queries
from server.services import receivers, slips
from server.services.context import Context, Json, Op, Tx
from server.services.slips import Someone

LOOKED_BACK = timedelta(weeks=26)


@dataclass(frozen=True)
class ActivityView:
    """One entry. `mine`: the viewer did it; otherwise it is about them."""

    uid: Uid
    kind: ActivityKind
    mine: bool
    other: Someone | None
    held_on: date
    minutes: int
    text: str
    counts: bool

    @property
    def waits_for_me(self) -> bool:
        """Whether the viewer is asked to confirm it."""
        return not self.mine and not self.counts


@dataclass(frozen=True)
class Held:
    """A one-to-one with somebody; `both`: whether both said so."""

    name: str
    held_on: date
    both: bool


@dataclass(frozen=True)
class Brought:
    """A visitor somebody invited, and to how many meetings they came."""

    name: str
    visits: int
    is_member: bool


@dataclass(frozen=True)
class ActivityPage:
    """One person's activity over the last 26 weeks. `done` counts what counts, by kind; nobody else sees it."""

    since: date
    entries: tuple[ActivityView, ...]
    done: dict[ActivityKind, int]
    one_to_ones: tuple[Held, ...]
    brought: tuple[Brought, ...]


@dataclass(frozen=True)
class ActivityFields:
    """What somebody writes down; `to` is a name as typed, or empty."""

    kind: ActivityKind
    to: str = ""
    held_on: date | None = None
    minutes: int = 0
    text: str = ""


def page(ctx: Context, group_id: GroupId, person_id: PersonId) -> ActivityPage:
    """What one person did and was given. Four statements."""
    with ctx.reading() as db:
        zone = ZoneInfo(db.get_one(Group, group_id).time_zone)
        since = ctx.now().astimezone(zone).date() - LOOKED_BACK
        begins = datetime(since.year, since.month, since.day, tzinfo=zone)
        entries = tuple(_view(row, person_id) for row in queries.of_person(db, group_id, person_id, since))
        return ActivityPage(
            since=since,
            entries=entries,
            done={
                kind: sum(1 for each in entries if each.mine and each.counts and each.kind is kind)
                for kind in ActivityKind
            },
            one_to_ones=tuple(
                Held(names.full_name(given, family), on, both)
                for given, family, on, both in queries.one_to_ones(db, group_id, person_id, since)
            ),
            brought=tuple(
                Brought(names.full_name(given, family), visits, standing is Standing.MEMBER)
                for given, family, standing, visits in queries.brought(db, group_id, person_id, begins)
            ),
        )


def all_of(ctx: Context, group_id: GroupId, person_id: PersonId) -> tuple[ActivityView, ...]:
    """All that one person ever wrote down or was given, newest first. One statement."""
    with ctx.reading() as db:
        return tuple(_view(row, person_id) for row in queries.of_person(db, group_id, person_id, date.min))


def write(ctx: Context, *, group_id: GroupId, person: PersonId, fields: ActivityFields, op: Op | None = None) -> Json:
    """Somebody writes down what they did. Answers `{uid, counts}`.

    Raises what the other's name, the day and `domain.activities.check` raise.
    """

    def work(tx: Tx) -> Json:
        between = fields.kind in rules.BETWEEN_TWO
        other = (
            receivers.meant(tx.db, group_id, person, fields.to, (Standing.MEMBER,))
            if between and fields.to.strip()
            else None
        )
        rules.check(fields.kind, person, PersonId(other.id) if other else None, fields.minutes)
        today = tx.now.astimezone(ZoneInfo(tx.db.get_one(Group, group_id).time_zone)).date()
        held_on = fields.held_on or today
        check_day(held_on, today, "held_on")
        row = Activity(
            group_id=group_id,
            person_id=person,
            other_id=other.id if other else None,
            kind=fields.kind,
            held_on=held_on,
            minutes=fields.minutes,
            text=names.tidy(fields.text),
            created_at=tx.now,
        )
        tx.db.add(row)
        tx.db.flush()
        _tell(tx, row)
        return {"uid": row.uid, "counts": rules.counts(row.kind, confirmed=False)}

    return ctx.transaction(work, op=op)


def confirm(ctx: Context, *, group_id: GroupId, person: PersonId, uid: str, op: Op | None = None) -> Json:
    """The other one says: yes, so it was. Raises NotFound("activity_unknown") for everybody else."""

    def work(tx: Tx) -> Json:
        row = _found(tx, group_id, person, uid)
        if row.other_id != person:
            raise NotFound("activity_unknown")
        row.confirmed_at = row.confirmed_at or tx.now
        _tell(tx, row)
        return {"uid": row.uid}

    return ctx.transaction(work, op=op)


def take_away(ctx: Context, *, group_id: GroupId, person: PersonId, uid: str, op: Op | None = None) -> Json:
    """Its author takes an entry back, or the other one says that it was not so; a confirmed one stays with its author.

    Raises NotFound("activity_unknown"), NotAllowed("activity_unknown").
    """

    def work(tx: Tx) -> Json:
        row = _found(tx, group_id, person, uid)
        if row.confirmed_at is not None and row.person_id != person:
            raise NotAllowed("activity_unknown")
        tx.db.delete(row)
        _tell(tx, row)
        return {"uid": row.uid}

    return ctx.transaction(work, op=op)


def _found(tx: Tx, group_id: GroupId, person: PersonId, uid: str) -> Activity:
    row = queries.own(tx.db, group_id, person, uid)
    if row is None:
        raise NotFound("activity_unknown")
    return row


def _tell(tx: Tx, row: Activity) -> None:
    tx.record(ActivityMoved(MeetingId(0), tuple(PersonId(who) for who in (row.person_id, row.other_id) if who)))


def _view(row: Activity, viewer: PersonId) -> ActivityView:
    mine = row.person_id == viewer
    other = row.other if mine else row.person
    return ActivityView(
        uid=Uid(row.uid),
        kind=row.kind,
        mine=mine,
        other=slips.someone(other) if other else None,
        held_on=row.held_on,
        minutes=row.minutes,
        text=row.text,
        counts=rules.counts(row.kind, confirmed=row.confirmed_at is not None),
    )
