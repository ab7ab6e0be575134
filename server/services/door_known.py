"""People whom the group knows and nobody expects today: offered to the door before a walk-in is written down again.

The door never lists them. They are shown one by one to whoever may add walk-ins, when a name is typed that is theirs or
nearly theirs: name, company, whether member or visitor, and nothing else.
"""

from dataclasses import dataclass

from sqlalchemy import exists, or_, select

from server.domain import names
from server.domain.errors import NotFound
from server.domain.vocabulary import GroupId, MeetingId, PersonId, Standing, Uid
from server.persistence.models import Attendance, Meeting, Membership, Person
from server.services import attendance, door_book, places
from server.services.context import Context, Tx

LETTERS = 2
"""Two names are compared when a word of one begins like a word of the other, by so many letters."""


@dataclass(frozen=True)
class KnownPerson:
    """Somebody of the group who is not on the list."""

    uid: Uid
    name: str
    company: str
    standing: Standing


def likely(
    ctx: Context,
    group_id: GroupId,
    meeting_id: MeetingId,
    *,
    given_name: str,
    family_name: str = "",
    company: str = "",
    limit: int = 3,
) -> tuple[KnownPerson, ...]:
    """People of the group who may be the walk-in, the likeliest first. One statement."""
    typed = attendance.Typed.of(given_name, family_name, company)
    if typed is None:
        return ()
    begins = {word[:LETTERS] for word in typed.words}
    question = (
        select(Person.uid, Person.given_name, Person.family_name, Person.company, Membership.standing)
        .join(Membership, (Membership.person_id == Person.id) & (Membership.group_id == group_id))
        .where(
            Person.merged_at.is_(None),
            or_(*(Person.search_key.startswith(word) | Person.search_key.contains(f" {word}") for word in begins)),
            ~exists().where(Attendance.meeting_id == meeting_id, Attendance.person_id == Person.id),
        )
        .order_by(Person.sort_key, Person.id)
    )
    with ctx.reading() as db:
        rows = db.connection().execute(question).all()
    rated = [(typed.alike(row.given_name, row.family_name, row.company), row) for row in rows]
    found = sorted((pair for pair in rated if pair[0] >= attendance.ALIKE), key=lambda pair: -pair[0])
    return tuple(
        KnownPerson(Uid(row.uid), names.full_name(row.given_name, row.family_name), row.company, _today(row.standing))
        for _, row in found[:limit]
    )


def put(ctx: Context, tx: Tx, meeting: Meeting, person_uid: Uid) -> Attendance:
    """A helper of the use-cases: the line of somebody of the group, made where there is none. The meeting is locked.

    Raises NotFound("person_unknown").
    """
    found = tx.db.execute(
        select(Person.id, Membership.standing, Membership.invited_by_id)
        .join(Membership, (Membership.person_id == Person.id) & (Membership.group_id == meeting.group_id))
        .where(Person.uid == person_uid, Person.merged_at.is_(None))
    ).one_or_none()
    if found is None:
        raise NotFound("person_unknown")
    meeting_id = MeetingId(meeting.id)
    line = tx.db.scalar(
        select(Attendance.uid).where(Attendance.meeting_id == meeting.id, Attendance.person_id == found.id)
    )
    if line is None:
        standing = _today(found.standing)
        host = found.invited_by_id if standing is Standing.VISITOR else None
        line = places.put(ctx, tx, meeting, PersonId(found.id), standing, invited_by=host).uid
    return door_book.locked(tx, meeting_id, Uid(line))


def _today(standing: Standing) -> Standing:
    """A former member comes as a visitor."""
    return Standing.MEMBER if standing is Standing.MEMBER else Standing.VISITOR
