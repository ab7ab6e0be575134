"""The people of a group: looked up, added, changed, taken out. Nobody outside the group is ever found here.

Whoever becomes a member is expected at every meeting that has not begun; whoever leaves the group is no longer.
Search and sort keys are computed with every change.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
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
from server.persistence.queries.people import Filter as Filter
from server.services import countries
from server.services.context import Context, Op, Tx

PAGE = 50
"""People on one page of the list."""
Folds = Counter[tuple[str, ...]]
_EMAIL = re.compile(r"[^@\s<>,;:\"()]+@[^@\s<>,;:\"()]+\.[^@\s<>,;:\"().]{2,}")


@dataclass(frozen=True)
class PersonFields:
    """What is kept about somebody, as typed; `country` is two letters."""

    given_name: str = ""
    family_name: str = ""
    company: str = ""
    sector: str = ""
    region: str = ""
    country: str = ""
    languages: str = ""
    email: str = ""
    phone: str = ""
    looks_for: str = ""
    wants_sector: str = ""
    offers: str = ""


FIELDS = tuple(PersonFields.__dataclass_fields__)
LONGEST: dict[str, int] = {name: int(Person.__table__.c[name].type.length) for name in FIELDS}  # type: ignore[attr-defined]  # all are String(n)
"""How many characters each field may have."""


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


@dataclass(frozen=True)
class Known:
    """Somebody who may be named as the one who invited: `label` is unique in the group."""

    id: PersonId
    uid: Uid
    label: str


@dataclass(frozen=True)
class Change:
    """What an organiser decides about somebody: the fields, the standing, the label of who invited them."""

    fields: PersonFields = field(default_factory=PersonFields)
    standing: Standing = Standing.MEMBER
    invited_by: str = ""


def wanted(text: str = "", standing: Standing | None = None, sector: str = "") -> Filter:
    """A filter from what somebody typed and chose."""
    return Filter(names.query_words(text), standing, sector)


def listed(ctx: Context, group_id: GroupId, which: Filter, *, page: int = 1) -> Listing:
    """One page of the group's people by name. Four statements."""
    with ctx.reading() as db:
        total = queries.count(db, group_id, which)
        pages = max(1, -(-total // PAGE))
        at = min(max(1, page), pages)
        rows = queries.found(db, group_id, which, limit=PAGE, offset=(at - 1) * PAGE)
        return Listing(
            people=tuple(as_view(*row) for row in rows),
            total=total,
            page=at,
            pages=pages,
            standings=queries.standings(db, group_id),
            sectors=queries.sectors(db, group_id),
        )


def card(ctx: Context, group_id: GroupId, uid: str) -> PersonCard:
    """One person of the group. Raises NotFound. Three statements."""
    with ctx.reading() as db:
        person = as_view(*_found(queries.one(db, group_id, uid)))
        return PersonCard(
            person, queries.roles(db, group_id, person.id), queries.visits(db, group_id, person.id)
        )


def sectors(ctx: Context, group_id: GroupId) -> tuple[str, ...]:
    """Every sector somebody of the group has, to choose from."""
    with ctx.reading() as db:
        return queries.sectors(db, group_id)


def inviters(ctx: Context, group_id: GroupId) -> tuple[Known, ...]:
    """Everybody who may have invited somebody, by name."""
    with ctx.reading() as db:
        return known_people(db, group_id)


def known_people(db: Session, group_id: GroupId) -> tuple[Known, ...]:
    """A helper of the use-cases: everybody of today with a label; namesakes are told apart by company, then by uid."""
    rows = queries.names(db, group_id)
    plain = [names.full_name(given, family) for _, _, given, family, _ in rows]
    longer = [f"{name}, {row[4]}" if row[4] else name for name, row in zip(plain, rows, strict=True)]
    often = Counter(map(names.query_words, plain)) + Counter(map(names.query_words, set(longer) - set(plain)))
    often_longer = Counter(map(names.query_words, longer))
    return tuple(
        Known(key, uid, _label(name, long, uid, often, often_longer))
        for (key, uid, *_), name, long in zip(rows, plain, longer, strict=True)
    )


def _label(name: str, long: str, uid: Uid, often: Folds, often_longer: Folds) -> str:
    """The shortest label that nobody else in the group has."""
    if often[names.query_words(name)] == 1:
        return name
    return long if often_longer[names.query_words(long)] == 1 else f"{long} ({uid[:6]})"


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

    ctx.transaction(work)


def remove(ctx: Context, *, group_id: GroupId, uid: str) -> None:
    """Somebody leaves the group: former from today, no role, expected nowhere. What happened stays.

    Raises WrongPhase("last_organiser") for the only one who can run the group.
    """

    def work(tx: Tx) -> None:
        _, membership, _ = _found(queries.one(tx.db, group_id, uid, lock=True))
        _move(tx, tx.db.get_one(Group, group_id), membership, Standing.FORMER)

    ctx.transaction(work)


def checked(fields: PersonFields) -> PersonFields:
    """The fields, tidied. Raises RuleViolation naming the first field that cannot be."""
    tidied = PersonFields(**{name: names.tidy(value) for name, value in vars(fields).items()})
    if not (tidied.given_name or tidied.family_name):
        raise RuleViolation("name_missing", field="given_name")
    if not tidied.given_name:
        # A mononym is a given name, wherever it was typed.
        tidied = replace(tidied, given_name=tidied.family_name, family_name="")
    for name in FIELDS:
        if len(getattr(tidied, name)) > LONGEST[name] and name != "country":
            raise RuleViolation("text_too_long", field=name, most=LONGEST[name])
    if tidied.email and not _EMAIL.fullmatch(tidied.email):
        raise RuleViolation("email_malformed", field="email")
    if tidied.phone and not any(letter.isdigit() for letter in tidied.phone):
        raise RuleViolation("phone_malformed", field="phone")
    country = countries.code_of(tidied.country)
    if country is None:
        raise RuleViolation("country_unknown", field="country", value=tidied.country)
    return replace(tidied, country=country)


def keys_of(fields: PersonFields, language: str) -> dict[str, str]:
    """The derived columns of a person in a group that sorts by this language."""
    return {
        "search_key": names.search_key(fields.given_name, fields.family_name, fields.company),
        "sort_key": names.sort_key(fields.family_name, fields.given_name, language),
    }


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
    found = by_label(known_people(db, group_id)).get(names.query_words(label))
    if found is None or found == but:
        raise RuleViolation("inviter_unknown", field="invited_by", value=names.tidy(label)[:80])
    return found


def by_label(people: Iterable[Known]) -> dict[tuple[str, ...], PersonId]:
    """Folded labels to people."""
    return {names.query_words(known.label): known.id for known in people}


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
    tx.db.execute(
        delete(GrantRow).where(GrantRow.group_id == group.id, GrantRow.person_id == membership.person_id)
    )


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
