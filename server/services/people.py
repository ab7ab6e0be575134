"""The people of a group: looked up, added, changed, taken out. Nobody outside the group is ever found here.

Whoever becomes a member is expected at every meeting that has not begun; whoever leaves the group is no longer.
Search and sort keys are computed with every change. What is kept is told in `people_fields`.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, delete, select
from sqlalchemy.orm import Session

from server.domain import names
from server.domain.errors import NotFound, RuleViolation, WrongPhase
from server.domain.events import AttendanceChanged
from server.domain.vocabulary import (
    AttendanceStatus,
    GroupId,
    MeetingId,
    MeetingStatus,
    PersonId,
    Role,
    Standing,
    Uid,
)
from server.persistence.models import Attendance, GrantRow, Group, Membership, Person
from server.persistence.queries import people as queries
from server.persistence.queries.people import MISSING as MISSING
from server.persistence.queries.people import Filter as Filter
from server.persistence.queries.people import Order as Order
from server.services import known_people, places
from server.services import sectors as sectors_
from server.services.context import Context, Op, Tx
from server.services.people_fields import FIELDS as FIELDS
from server.services.people_fields import LONGEST as LONGEST
from server.services.people_fields import PersonFields as PersonFields
from server.services.people_fields import checked as checked
from server.services.people_fields import keys_of as keys_of

PAGE = 50
"""People on one page of the list."""
MANY = 1000
"""People of a group in which the numbers and choices around the list are read at most every ten seconds."""
COUNTED = 1000
"""How far the people found by a word are counted."""


@dataclass(frozen=True)
class PersonView:
    """Somebody of the group as the organiser's pages show it."""

    id: PersonId
    uid: Uid
    fields: PersonFields
    standing: Standing
    since: date | None
    until: date | None
    inviter_id: PersonId | None = None
    inviter: str = ""

    @property
    def name(self) -> str:
        """The whole name as typed."""
        return names.full_name(self.fields.given_name, self.fields.family_name)

    @property
    def initials(self) -> str:
        """One letter of each name, for the disc beside it."""
        parts = (self.fields.given_name, self.fields.family_name)
        return "".join(next((letter for letter in part if letter.isalnum()), "") for part in parts).upper()


@dataclass(frozen=True)
class PersonCard:
    """One person with what the group knows: roles held, how often they came and when last (UTC)."""

    person: PersonView
    roles: tuple[Role, ...]
    visits: queries.Visits


@dataclass(frozen=True)
class Listing:
    """One page of the list, and the numbers around it."""

    people: tuple[PersonView, ...]
    total: int
    page: int
    pages: int
    standings: dict[Standing, int]
    sectors: tuple[str, ...]
    countries: tuple[str, ...] = ()
    more: bool = False
    """More are found than were counted."""


@dataclass(frozen=True)
class Change:
    """What an organiser decides about somebody: the fields, the standing, the label of who invited them."""

    fields: PersonFields = field(default_factory=PersonFields)
    standing: Standing = Standing.MEMBER
    invited_by: str = ""


def wanted(text: str = "", standing: Standing | None = None, sector: str = "", **others: Any) -> Filter:
    """A filter from what somebody typed and chose."""
    return Filter(names.query_words(text), standing, sector, **others)


def looked_up(db: Session, group_id: GroupId, which: Filter) -> Filter:
    """A helper of the use-cases: a sector stands for everything below it in the group's tree, and the word that
    fewest people have is known. Two statements at most.
    """
    keys = sectors_.under(db, group_id, which.sector) if which.sector else frozenset()
    return replace(which, sector_keys=keys, rare=queries.rarest(db, which.words))


def listed(ctx: Context, group_id: GroupId, which: Filter, *, page: int = 1) -> Listing:
    """One page of the group's people. Five statements at most.

    Of those found by words only the first `COUNTED` are counted. What stands around the list of more than `MANY` people
    may be ten seconds old.
    """
    with ctx.reading() as db:
        around = _around(ctx, db, group_id)
        which = looked_up(db, group_id, which)
        plain = which == Filter(order=which.order)
        everybody = sum(around.standings.values())
        total = everybody if plain else queries.count(db, group_id, which, most=COUNTED if which.words else None)
        many = total == COUNTED and bool(which.words)
        pages = max(1, -(-total // PAGE))
        at = min(max(1, page), pages)
        rows = queries.page(db, group_id, which, _SHOWN, limit=PAGE, offset=(at - 1) * PAGE)
        return Listing(
            people=tuple(map(_shown, rows)),
            total=total,
            page=at,
            pages=pages,
            standings=around.standings,
            sectors=around.sectors,
            countries=around.countries,
            more=many,
        )


_SHOWN = (
    Person.id, Person.uid, Membership.standing, Membership.since, Membership.until, queries.Inviter.id,
    queries.Inviter.given_name, queries.Inviter.family_name, *(getattr(Person, name) for name in FIELDS),
)  # fmt: skip
"""What a line of the list is made of: plain columns, because rows of objects cost four times as much."""


def _shown(row: Row[Any]) -> PersonView:
    key, uid, standing, since, until, inviter_id, given, family, *fields = tuple(row)
    inviter = names.full_name(given, family) if inviter_id is not None else ""
    return PersonView(key, uid, PersonFields(*fields), standing, since, until, inviter_id, inviter)


@dataclass(frozen=True)
class _Around:
    """What stands around every list of a group."""

    standings: dict[Standing, int]
    sectors: tuple[str, ...]
    countries: tuple[str, ...]


def _around(ctx: Context, db: Session, group_id: GroupId) -> _Around:
    """Kept until somebody writes something; of many people for some seconds more. One statement."""
    key, lull, now = ("people", group_id), ctx.lull(), ctx.now()
    noted = lull.lately(key, now)
    if isinstance(noted, _Around):
        return noted
    around = lull.once(key, lambda: _Around(*queries.around(db, group_id)))
    if sum(around.standings.values()) > MANY:
        lull.note(key, around, now)
    return around


def card(ctx: Context, group_id: GroupId, uid: str) -> PersonCard:
    """One person of the group. Raises NotFound. Three statements."""
    with ctx.reading() as db:
        person = as_view(*_found(queries.one(db, group_id, uid)))
        return PersonCard(person, queries.roles(db, group_id, person.id), queries.visits(db, group_id, person.id))


def sectors(ctx: Context, group_id: GroupId) -> tuple[str, ...]:
    """Every sector somebody of the group has, to choose from."""
    with ctx.reading() as db:
        return queries.sectors(db, group_id)


def create(ctx: Context, *, group_id: GroupId, change: Change, op: Op | None = None) -> Uid:
    """Somebody new in the group. Answers with the uid."""
    fields = checked(change.fields)

    def work(tx: Tx) -> Uid:
        group = tx.db.get_one(Group, group_id)
        person = Person(created_at=tx.now)
        _fill(person, fields, group.language)
        tx.db.add(person)
        tx.db.flush()
        today = tx.now.astimezone(ZoneInfo(group.time_zone)).date()
        tx.db.add(
            Membership(
                group_id=group_id,
                person_id=person.id,
                standing=change.standing,
                since=today if change.standing is Standing.MEMBER else None,
                invited_by_id=_inviter(tx.db, group_id, change.invited_by, but=None),
            )
        )
        _follow(tx, group_id, PersonId(person.id), change.standing)
        return Uid(person.uid)

    return Uid(ctx.transaction(work, op=op))


def edit(ctx: Context, *, group_id: GroupId, uid: str, change: Change) -> None:
    """The organiser changes what is known about somebody. Screens that show the name hear of it."""
    fields = checked(change.fields)

    def work(tx: Tx) -> None:
        person, membership, _ = _found(queries.one(tx.db, group_id, uid, lock=True))
        group = tx.db.get_one(Group, group_id)
        _fill(person, fields, group.language)
        membership.invited_by_id = _inviter(tx.db, group_id, change.invited_by, but=PersonId(person.id))
        _move(tx, group, membership, change.standing)
        tx.db.flush()
        if change.standing is Standing.FORMER:
            places.move_up_everywhere(ctx, tx, group_id)

    ctx.transaction(work)


def remove(ctx: Context, *, group_id: GroupId, uid: str) -> None:
    """Somebody leaves the group: former from today, no role, expected nowhere. What happened stays.

    Raises WrongPhase("last_organiser") for the only one who can run the group.
    """

    def work(tx: Tx) -> None:
        _, membership, _ = _found(queries.one(tx.db, group_id, uid, lock=True))
        _move(tx, tx.db.get_one(Group, group_id), membership, Standing.FORMER)
        places.move_up_everywhere(ctx, tx, group_id)

    ctx.transaction(work)


def as_view(person: Person, membership: Membership, inviter: Person | None) -> PersonView:
    """A helper of the use-cases: loaded rows as a value."""
    return PersonView(
        id=PersonId(person.id),
        uid=Uid(person.uid),
        fields=PersonFields(**{name: getattr(person, name) for name in FIELDS}),
        standing=membership.standing,
        since=membership.since,
        until=membership.until,
        inviter_id=PersonId(inviter.id) if inviter else None,
        inviter=names.full_name(inviter.given_name, inviter.family_name) if inviter else "",
    )


def _found(row: tuple[Person, Membership, Person | None] | None) -> tuple[Person, Membership, Person | None]:
    if row is None:
        raise NotFound("person_unknown")
    return row


def _fill(person: Person, fields: PersonFields, language: str) -> None:
    for name, value in (vars(fields) | keys_of(fields, language)).items():
        setattr(person, name, value)


def _inviter(db: Session, group_id: GroupId, label: str, *, but: PersonId | None) -> int | None:
    """The person behind a label of `known_people`, however it is spelled. Raises inviter_unknown."""
    if not names.query_words(label):
        return None
    found = known_people.by_label(known_people.everybody(db, group_id)).get(names.query_words(label))
    if found is None or found == but:
        raise RuleViolation("inviter_unknown", field="invited_by", value=names.tidy(label)[:80])
    return found


def _move(tx: Tx, group: Group, membership: Membership, to: Standing) -> None:
    """Another standing, with its day, and what follows for roles and for the lists of meetings."""
    before = membership.standing
    today = tx.now.astimezone(ZoneInfo(group.time_zone)).date()
    if to is not before:
        membership.standing = to
        membership.until = today if to is Standing.FORMER else None
        if to is Standing.MEMBER:
            membership.since = today
    if to is Standing.FORMER:
        _take_roles(tx, group, membership)
    _follow(tx, GroupId(group.id), PersonId(membership.person_id), to)


def _take_roles(tx: Tx, group: Group, membership: Membership) -> None:
    organisers = select(GrantRow.person_id).where(
        GrantRow.group_id == group.id, GrantRow.role == Role.ORGANISER, GrantRow.person_id.is_not(None)
    )
    if set(tx.db.scalars(organisers)) == {membership.person_id}:
        raise WrongPhase("last_organiser")
    tx.db.execute(delete(GrantRow).where(GrantRow.group_id == group.id, GrantRow.person_id == membership.person_id))


def _follow(tx: Tx, group_id: GroupId, person_id: PersonId, standing: Standing) -> None:
    """Bring the lists of the meetings up to date with one person's name and standing; doors hear of each line."""
    tx.db.flush()
    listed_at = set()
    for row, status in queries.places(tx.db, group_id, person_id):
        if row.person_id == person_id:
            listed_at.add(row.meeting_id)
            if status is MeetingStatus.DRAFT and row.entered_at is None:
                _stand(tx, row, standing)
        tx.record(AttendanceChanged(MeetingId(row.meeting_id), Uid(row.uid)))
    if standing is Standing.MEMBER:
        for meeting_id, status in queries.not_closed(tx.db, group_id):
            if status is not MeetingStatus.DRAFT or meeting_id in listed_at:
                continue
            expected = Attendance(
                meeting_id=meeting_id, person_id=person_id, standing=standing, status=AttendanceStatus.EXPECTED
            )
            tx.db.add(expected)
            tx.db.flush()
            tx.record(AttendanceChanged(meeting_id, Uid(expected.uid)))


def _stand(tx: Tx, row: Attendance, standing: Standing) -> None:
    if standing is Standing.FORMER:
        tx.db.delete(row)
    else:
        row.standing = standing


def sort_anew(tx: Tx, group_id: GroupId, language: str) -> None:
    """A helper of the use-cases: the group speaks another language, so its names stand in another order."""
    for person, _, _ in queries.found(tx.db, group_id, Filter()):
        person.sort_key = names.sort_key(person.family_name, person.given_name, language)
