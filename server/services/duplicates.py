"""Pairs of records that may be one person, put before the organiser; and the word that they are two."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.domain import names
from server.domain.duplicates import Because
from server.domain.errors import NotFound
from server.domain.vocabulary import GroupId
from server.persistence.models import Group, Membership, Person, TwoPeople
from server.persistence.queries import people as queries
from server.services import workbench
from server.services.context import Context, Tx
from server.services.people import PersonView, as_view

MOST = 100
"""Pairs on one page; with the first ones settled the next ones come."""


@dataclass(frozen=True)
class Suspects:
    """Two people who may be one, and why."""

    one: PersonView
    other: PersonView
    because: Because
    alike: int


@dataclass(frozen=True)
class Found:
    """The surest pairs, and how many there are in all."""

    pairs: tuple[Suspects, ...]
    total: int


def found(ctx: Context, group_id: GroupId) -> Found:
    """Who may be here twice. The child compares. Three statements."""
    with ctx.reading() as db:
        asked = {"records": _records(db, group_id), "apart": _apart(db, group_id)}
    pairs = workbench.idle().do("people.duplicates", asked)["pairs"]
    shown = pairs[:MOST]
    with ctx.reading() as db:
        wanted = {key for first, other, *_ in shown for key in (first, other)}
        views = {row[0].id: as_view(*row) for row in queries.by_keys(db, group_id, wanted)}
    return Found(
        tuple(
            Suspects(views[first], views[other], Because(because), alike)
            for first, other, because, alike in shown
            if first in views and other in views
        ),
        len(pairs),
    )


def _records(db: Session, group_id: GroupId) -> list[list[object]]:
    question = (
        select(Person.id, Person.given_name, Person.family_name, Person.company, Person.email)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.group_id == group_id)
        .order_by(Person.id)
    )
    return [
        [key, names.full_name(given, family), company, email]
        for key, given, family, company, email in db.execute(question)
    ]


def _apart(db: Session, group_id: GroupId) -> list[list[int]]:
    question = select(TwoPeople.first_id, TwoPeople.other_id).where(TwoPeople.group_id == group_id)
    return [[first, other] for first, other in db.execute(question)]


def are_two(ctx: Context, *, group_id: GroupId, one: str, other: str) -> None:
    """Somebody has looked: these are two people. Saying it twice is saying it once. Raises NotFound."""

    def work(tx: Tx) -> None:
        # Whoever says it at the same moment waits here, and then finds it said.
        tx.db.get_one(Group, group_id, with_for_update=True)
        people = queries.by_uids(tx.db, group_id, {one, other})
        if len(people) != 2:
            raise NotFound("person_unknown")
        first, second = sorted(person.id for person, _ in people)
        known = select(TwoPeople.id).where(
            TwoPeople.group_id == group_id, TwoPeople.first_id == first, TwoPeople.other_id == second
        )
        if tx.db.scalar(known) is None:
            tx.db.add(TwoPeople(group_id=group_id, first_id=first, other_id=second))

    ctx.transaction(work)
