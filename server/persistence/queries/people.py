"""Who belongs to a group: the questions that lists, forms, imports and exports ask of people.

Every question takes the group. A person without a membership of the group is never found here.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from server.domain.names import folded
from server.domain.vocabulary import GroupId, MeetingId, MeetingStatus, PersonId, Role, Standing, Uid
from server.persistence.models import Attendance, GrantRow, Meeting, Membership, Person, PersonWord

Inviter = aliased(Person, name="inviter")


class Order(StrEnum):
    """What a list is sorted by; names decide between equals."""

    NAME = "name"
    COMPANY = "company"
    SECTOR = "sector"
    NEWEST = "newest"


MISSING = ("email", "phone", "sector", "company", "country")
"""What somebody may look for who wants to complete the list."""
LAST = "\U0010ffff"
RARE = 2_000
"""A word of more people than this is not worth looking up."""


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to: folded words that must all be found, a standing, a sector as somebody says it (or,
    once looked up, the keys of it and of everything below it), a country, what is missing; and its order.
    """

    words: tuple[str, ...] = ()
    standing: Standing | None = None
    sector: str = ""
    sector_keys: frozenset[str] = frozenset()
    country: str = ""
    without: str = ""
    order: Order = Order.NAME
    rare: str = ""
    """Once looked up: the word that fewest have."""


@dataclass(frozen=True)
class Visits:
    """How often somebody came to meetings of the group, and when last."""

    times: int
    last: datetime | None


def has_words(words: tuple[str, ...]) -> ColumnElement[bool]:
    """Every word begins a word of the person's search key. The words are folded: letters and digits only."""
    return and_(
        True, *(or_(Person.search_key.startswith(word), Person.search_key.contains(f" {word}")) for word in words)
    )


def _begins(word: str) -> ColumnElement[bool]:
    return and_(PersonWord.word >= word, PersonWord.word < word + LAST)


def rarest(db: Session, words: tuple[str, ...]) -> str:
    """The word that fewest people have; empty when each is had by more than `RARE`. One statement."""
    if not words:
        return ""
    counts = [
        select(func.count())
        .select_from(select(PersonWord.person_id).where(_begins(word)).limit(RARE).subquery())
        .scalar_subquery()
        for word in words
    ]
    times, word = min(zip(db.execute(select(*counts)).one(), words, strict=True))
    return word if times < RARE else ""


def _of_group(group_id: GroupId, wanted: Filter) -> list[ColumnElement[bool]]:
    """The conditions of a filter. A rare word is looked up."""
    conditions: list[ColumnElement[bool]] = [Membership.group_id == group_id]
    if wanted.rare:
        conditions.append(Person.id.in_(select(PersonWord.person_id).where(_begins(wanted.rare))))
    if rest := tuple(word for word in wanted.words if word != wanted.rare):
        conditions.append(has_words(rest))
    if wanted.standing is not None:
        conditions.append(Membership.standing == wanted.standing)
    if wanted.sector_keys or wanted.sector:
        keys = wanted.sector_keys or {folded(wanted.sector)[:120]}
        conditions.append(Membership.sector_key.in_(sorted(keys)))
    if wanted.country:
        conditions.append(Person.country == wanted.country)
    if wanted.without in MISSING:
        conditions.append(getattr(Person, wanted.without) == "")
    return conditions


def _ordered(wanted: Filter) -> tuple[ColumnElement[Any], ...]:
    """In the group's own order, which is walked until enough are found; few, found by a rare word, are sorted."""
    if wanted.order is Order.NEWEST:
        return (Membership.person_id.desc(),)
    kept: type[Membership | Person] = Person if wanted.rare else Membership
    first: list[ColumnElement[Any]] = []
    if wanted.order is not Order.NAME:
        key = kept.company_key if wanted.order is Order.COMPANY else kept.sector_key
        # Who has none stands last; a membership says so itself.
        first = [(key == "").asc(), key.asc()] if wanted.rare else [key.asc()]
    return (*first, kept.sort_key.asc(), Membership.person_id.asc())


def _with_inviter() -> Select[Person, Membership, Person]:
    return (
        select(Person, Membership, Inviter)
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(Inviter, Inviter.id == Membership.invited_by_id)
    )


def found(db: Session, group_id: GroupId, wanted: Filter) -> list[tuple[Person, Membership, Person | None]]:
    """Everybody of the group who fits, in the order asked for, with membership and inviter. One statement."""
    question = _with_inviter().where(*_of_group(group_id, wanted)).order_by(*_ordered(wanted))
    return [(row[0], row[1], row[2]) for row in db.execute(question)]


def page(
    db: Session, group_id: GroupId, wanted: Filter, columns: Sequence[ColumnElement[Any]], *, limit: int, offset: int
) -> Sequence[Row[Any]]:
    """Columns of the people of one page. One statement: keys are sorted, and only these people are then read.

    Whoever has a rare word is sought by key, which an index of the group holds too: their memberships are not read.
    """
    key = Membership.person_id if wanted.rare else Membership.id
    fitting = _of_people(select(key.label("key")), group_id, wanted).order_by(*_ordered(wanted))
    chosen = fitting.limit(limit).offset(offset).subquery()
    # The key of a membership says all: with its group beside it PostgreSQL would read every membership of the group.
    theirs = and_(key == chosen.c.key, Membership.group_id == group_id) if wanted.rare else key == chosen.c.key
    question = (
        select(*columns)
        .select_from(chosen)
        .join(Membership, theirs)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(Inviter, Inviter.id == Membership.invited_by_id)
    )
    return db.execute(question.order_by(*_ordered(wanted))).all()


def _of_people(question: Select[Any], group_id: GroupId, wanted: Filter) -> Select[Any]:
    """Memberships that fit. People are not looked at where their membership says it all."""
    if wanted.words or wanted.country or wanted.without:
        question = question.join(Person, Person.id == Membership.person_id)
    return question.where(*_of_group(group_id, wanted))


def count(db: Session, group_id: GroupId, wanted: Filter, *, most: int | None = None) -> int:
    """How many are found, counted no further than `most`. One statement."""
    found = _of_people(select(Membership.id), group_id, wanted).limit(most)
    return db.scalar(select(func.count()).select_from(found.subquery())) or 0


def ids(db: Session, group_id: GroupId, wanted: Filter) -> list[PersonId]:
    """The keys of everybody found. One statement."""
    question = select(Person.id).join(Membership, Membership.person_id == Person.id)
    return [PersonId(key) for key in db.scalars(question.where(*_of_group(group_id, wanted)).order_by(Person.id))]


def around(db: Session, group_id: GroupId) -> tuple[dict[Standing, int], tuple[str, ...], tuple[str, ...]]:
    """How many of each standing, every sector as typed, every country. One statement that looks at everybody."""
    standings: Counter[Standing] = Counter()
    sectors, countries = set(), set()
    question = (
        select(Membership.standing, Person.sector, Person.country, func.count())
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.group_id == group_id)
    )
    for standing, sector, country, often in db.execute(
        question.group_by(Membership.standing, Person.sector, Person.country)
    ):
        standings[standing] += often
        sectors.add(sector)
        countries.add(country)
    return dict(standings), tuple(sorted(sectors - {""}, key=str.casefold)), tuple(sorted(countries - {""}))


def one(
    db: Session, group_id: GroupId, uid: str, *, lock: bool = False
) -> tuple[Person, Membership, Person | None] | None:
    """One person of the group, locked for a change when asked. One statement."""
    question = _with_inviter().where(Membership.group_id == group_id, Person.uid == uid)
    if lock:
        question = question.with_for_update(of=Person)
    row = db.execute(question).one_or_none()
    return (row[0], row[1], row[2]) if row else None


def sectors(db: Session, group_id: GroupId) -> tuple[str, ...]:
    """Every sector somebody of the group has, as typed. One statement."""
    question = (
        select(Person.sector)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.group_id == group_id, Person.sector != "")
        .distinct()
    )
    return tuple(sorted(db.scalars(question), key=str.casefold))


def names(db: Session, group_id: GroupId) -> list[tuple[PersonId, Uid, str, str, str]]:
    """Key, uid, given name, family name and company of members and visitors, by name. One statement."""
    question = (
        select(Person.id, Person.uid, Person.given_name, Person.family_name, Person.company)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.group_id == group_id, Membership.standing != Standing.FORMER)
        .order_by(Person.sort_key, Person.id)
    )
    return [(PersonId(row[0]), Uid(row[1]), row[2], row[3], row[4]) for row in db.execute(question)]


def visits(db: Session, group_id: GroupId, person_id: PersonId) -> Visits:
    """How often somebody was let in at meetings of the group. One statement."""
    question = (
        select(func.count(Attendance.entered_at), func.max(Meeting.starts_at))
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .where(Meeting.group_id == group_id, Attendance.person_id == person_id, Attendance.entered_at.is_not(None))
    )
    times, last = db.execute(question).one()
    return Visits(int(times), last)


def roles(db: Session, group_id: GroupId, person_id: PersonId) -> tuple[Role, ...]:
    """The roles granted to a person in the group, beyond being a member. One statement."""
    question = select(GrantRow.role).where(GrantRow.group_id == group_id, GrantRow.person_id == person_id).distinct()
    return tuple(sorted(db.scalars(question)))


def not_closed(db: Session, group_id: GroupId) -> list[tuple[MeetingId, MeetingStatus]]:
    """The meetings that are prepared or open, with their status. One statement."""
    question = select(Meeting.id, Meeting.status).where(
        Meeting.group_id == group_id, Meeting.status != MeetingStatus.CLOSED
    )
    return [(MeetingId(key), status) for key, status in db.execute(question.order_by(Meeting.id))]


def places(db: Session, group_id: GroupId, person_id: PersonId) -> list[tuple[Attendance, MeetingStatus]]:
    """Lines about somebody on the lists of meetings that are not closed: the own ones, and those of the people they
    invited, which name them. One statement.
    """
    question = (
        select(Attendance, Meeting.status)
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .where(
            Meeting.group_id == group_id,
            Meeting.status != MeetingStatus.CLOSED,
            or_(Attendance.person_id == person_id, Attendance.invited_by_id == person_id),
        )
        .order_by(Attendance.id)
    )
    return [(row, status) for row, status in db.execute(question)]


def by_uids(
    db: Session, group_id: GroupId, uids: Collection[str], *, lock: bool = False
) -> list[tuple[Person, Membership]]:
    """These people of the group, in the order of their keys, locked for a change when asked. One statement."""
    question = (
        select(Person, Membership)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.group_id == group_id, Person.uid.in_(uids))
        .order_by(Person.id)
    )
    if lock:
        question = question.with_for_update()
    return [(row[0], row[1]) for row in db.execute(question)]


def by_keys(db: Session, group_id: GroupId, keys: Collection[int]) -> list[tuple[Person, Membership, Person | None]]:
    """These people of the group with membership and inviter. One statement."""
    question = _with_inviter().where(Membership.group_id == group_id, Person.id.in_(keys)).order_by(Person.id)
    return [(row[0], row[1], row[2]) for row in db.execute(question)]
