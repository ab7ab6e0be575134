"""How often somebody has visited, also when nothing else of them is kept any more: a keyed hash and a count.

A visit is a meeting that somebody came to as a visitor. A group allows so many of them (two by default) before
somebody joins, and may allow one person more or fewer; who has used them up needs a word of the organiser to register.
More is said, and never refused at the door.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from server.domain import names
from server.domain.errors import NotFound, RuleViolation
from server.domain.vocabulary import DoorAnswer, GroupId, PersonId, Standing
from server.persistence.lean import Lean
from server.persistence.models import Attendance, Group, Meeting, Membership, PastVisits, Person
from server.persistence.queries import people as queries
from server.persistence.queries.visits import was_visit
from server.services.context import Context, Json, Tx

MOST = 99
USUAL = 2
"""What a new group allows."""


@dataclass(frozen=True)
class Visits:
    """Visits of somebody, those before they were forgotten included; `allowed` 0: as many as they like.

    `own`: what is allowed is said for this person alone.
    """

    times: int
    allowed: int
    own: bool = False

    @property
    def used_up(self) -> bool:
        """Whether there is none left."""
        return 0 < self.allowed <= self.times


def of(ctx: Context, group_id: GroupId, person_id: int) -> Visits:
    """How often this person has visited. Four statements."""
    with ctx.reading() as db:
        return known(ctx, db, group_id, db.get_one(Person, person_id))


def known(ctx: Context, db: Session, group_id: GroupId, person: Person) -> Visits:
    """A helper of the use-cases: the same of a loaded person. Three statements."""
    return of_many(ctx, db, group_id, [person])[PersonId(person.id)]


def of_many(ctx: Context, db: Session, group_id: GroupId, people: Sequence[Person]) -> dict[PersonId, Visits]:
    """A helper of the use-cases: the same of several loaded people. Three statements."""
    keys = [person.id for person in people]
    marks = {person.id: _hashes(ctx, group_id, person) for person in people}
    settings = db.execute(
        select(Membership.person_id, Membership.visits_allowed, Group.visits_allowed)
        .join(Group, Group.id == Membership.group_id)
        .where(Membership.group_id == group_id, Membership.person_id.in_(keys))
    )
    allowed = {key: (own, usual) for key, own, usual in settings}
    past = select(PastVisits.who_hash, PastVisits.visits).where(
        PastVisits.group_id == group_id, PastVisits.who_hash.in_({mark for each in marks.values() for mark in each})
    )
    before = {bytes(mark): int(times) for mark, times in db.execute(past)}
    counted = _counted(db, group_id, keys)
    found = {}
    for key in keys:
        own, usual = allowed.get(key, (None, 0))
        times = counted.get(key, 0) + max((before.get(mark, 0) for mark in marks[key]), default=0)
        found[PersonId(key)] = Visits(times, usual if own is None else own, own is not None)
    return found


def allow(ctx: Context, *, group_id: GroupId, uid: str, times: int | None) -> None:
    """How often this person may visit; 0: as often as they like, None: as often as the group allows.

    Raises number_out_of_range and NotFound("person_unknown").
    """
    if times is not None and not 0 <= times <= MOST:
        raise RuleViolation("number_out_of_range", field="visits_allowed", least=0, most=MOST)

    def work(tx: Tx) -> None:
        found = queries.one(tx.db, group_id, uid, lock=True)
        if found is None:
            raise NotFound("person_unknown")
        found[1].visits_allowed = times

    ctx.transaction(work)


def keep_count(ctx: Context, tx: Tx, group_id: GroupId, person_id: int) -> None:
    """A helper of erasure, before somebody is forgotten: what is left is how often they came, under keyed hashes of
    address and name.
    """
    person = tx.db.get_one(Person, person_id)
    times = _counted(tx.db, group_id, [person_id]).get(person_id, 0)
    for mark in _hashes(ctx, group_id, person) if times else ():
        row = tx.db.scalars(
            select(PastVisits).where(PastVisits.group_id == group_id, PastVisits.who_hash == mark)
        ).one_or_none()
        if row is None:
            row = PastVisits(group_id=group_id, who_hash=mark, visits=0)
            tx.db.add(row)
        row.visits += times
    tx.db.flush()


def _counted(db: Session, group_id: GroupId, person_ids: Sequence[int]) -> dict[int, int]:
    """Visits by person; who never came is left out. One statement."""
    question = (
        select(Attendance.person_id, func.count())
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .where(Meeting.group_id == group_id, Attendance.person_id.in_(person_ids), was_visit(Attendance))
        .group_by(Attendance.person_id)
    )
    return {int(key): int(times) for key, times in db.execute(question)}


def _question_of_door() -> Any:
    other, that = aliased(Attendance), aliased(Meeting)
    earlier = (
        select(func.count())
        .select_from(other)
        .join(that, that.id == other.meeting_id)
        .where(that.group_id == Meeting.group_id, other.person_id == Attendance.person_id)
        .where(other.id != Attendance.id, was_visit(other))
        .correlate(Attendance, Meeting)
    )
    allowed = func.coalesce(Membership.visits_allowed, Group.visits_allowed)
    return (
        select(
            *(Attendance.id, Attendance.visit_beyond, Meeting.group_id, allowed.label("allowed")),
            *(Person.given_name, Person.family_name, Person.email, Person.company_key),
            earlier.scalar_subquery().label("earlier"),
            exists().where(PastVisits.group_id == Meeting.group_id).label("some_forgotten"),
        )
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .join(Group, Group.id == Meeting.group_id)
        .join(Person, Person.id == Attendance.person_id)
        .join(Membership, (Membership.person_id == Person.id) & (Membership.group_id == Group.id))
        .where(Attendance.uid == bindparam("uid"), was_visit(Attendance))
    )


_AT_DOOR = Lean(_question_of_door())
_PAST = Lean(
    select(func.max(PastVisits.visits).label("times")).where(
        PastVisits.group_id == bindparam("group"),
        PastVisits.who_hash.in_([bindparam("one"), bindparam("other")]),
    )
)
_BEYOND = Lean(update(Attendance).where(Attendance.id == bindparam("row")).values(visit_beyond=bindparam("number")))


def said_at_door(ctx: Context, tx: Tx, answer: Json) -> Json:
    """A helper of the door: its answer, and for a visitor who is let in although none of their visits was left, which
    one this is (`visits`: `{number, allowed}`). The line of the list keeps the number.

    Nothing is asked about a member; one statement about a visitor, one more where the group has forgotten somebody,
    and one to keep it.
    """
    if answer.get("answer") != DoorAnswer.WELCOME.value or answer["standing"] != Standing.VISITOR.value:
        return answer
    tx.db.flush()
    found = _AT_DOOR.all(tx.sql, {"uid": answer["uid"]})
    if not found:
        return answer
    row = found[0]
    times = int(row.earlier)
    if row.some_forgotten and times < row.allowed:
        marks = _hashes(ctx, row.group_id, row)
        times += _PAST.one(tx.sql, {"group": row.group_id, "one": marks[0], "other": marks[-1]}).times or 0
    number = times + 1 if Visits(times, row.allowed).used_up else None
    if number != row.visit_beyond:
        _BEYOND.run(tx.sql, {"row": row.id, "number": number})
    return answer if number is None else answer | {"visits": {"number": number, "allowed": row.allowed}}


def _hashes(ctx: Context, group_id: GroupId, person: Person | Any) -> list[bytes]:
    """The address, and the name with the company, each of which tells somebody again."""
    told = [person.email.strip().casefold()]
    told.append(f"{names.folded(names.full_name(person.given_name, person.family_name))}|{person.company_key}")
    return [bytes.fromhex(ctx.secret("visits", f"{group_id}:{each}")) for each in told if each]
