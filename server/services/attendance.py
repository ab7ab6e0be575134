"""Who is expected, who is here: the read side of the door, the console and the lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from server.domain import names
from server.domain.vocabulary import AttendanceStatus, MeetingId, PersonId, Standing, Uid
from server.persistence.models import Attendance, CheckInEvent, Person
from server.services import check_ins
from server.services.context import Context

ALIKE = 0.75
"""How much two names resemble each other, 0 to 1, before the door asks whether they are one person."""


@dataclass(frozen=True)
class RoomPerson:
    """One line of the door's list. No e-mail, no phone: the desk does not need them."""

    uid: Uid
    person_id: PersonId
    given_name: str
    family_name: str
    company: str
    sector: str
    standing: Standing
    status: AttendanceStatus
    entered_at: datetime | None
    left_at: datetime | None
    desk: str
    guest_of: str
    is_walk_in: bool
    has_phone: bool
    search_key: str

    @property
    def name(self) -> str:
        """The whole name as typed."""
        return names.full_name(self.given_name, self.family_name)

    @property
    def in_room(self) -> bool:
        """Whether the person is in the room now."""
        return self.entered_at is not None and self.left_at is None


def room(db: Session, meeting_id: MeetingId, *, only: Uid | None = None) -> tuple[RoomPerson, ...]:
    """Everybody on the list of a meeting, in the order of their names. One statement."""
    inviter = aliased(Person)
    question = (
        select(Attendance, Person, inviter.given_name, inviter.family_name, CheckInEvent.desk)
        .join(Person, Person.id == Attendance.person_id)
        .outerjoin(inviter, inviter.id == Attendance.invited_by_id)
        .outerjoin(CheckInEvent, (CheckInEvent.attendance_id == Attendance.id) & CheckInEvent.is_open.is_(True))
        .where(Attendance.meeting_id == meeting_id)
        .order_by(Person.sort_key, Attendance.id)
    )
    if only is not None:
        question = question.where(Attendance.uid == only)
    return tuple(
        RoomPerson(
            uid=Uid(row.uid),
            person_id=PersonId(person.id),
            given_name=person.given_name,
            family_name=person.family_name,
            company=person.company,
            sector=person.sector,
            standing=row.standing,
            status=row.status,
            entered_at=row.entered_at,
            left_at=row.left_at,
            desk=desk or "",
            guest_of=names.full_name(given or "", family or ""),
            is_walk_in=row.is_walk_in,
            has_phone=row.phone_session_id is not None,
            search_key=person.search_key,
        )
        for row, person, given, family, desk in db.execute(question)
    )


def everybody(ctx: Context, meeting_id: MeetingId, *, only: Uid | None = None) -> tuple[RoomPerson, ...]:
    """The list of a meeting, or one line of it."""
    with ctx.reading() as db:
        return room(db, meeting_id, only=only)


def counts(ctx: Context, meeting_id: MeetingId) -> check_ins.Counts:
    """The numbers of the door."""
    with ctx.reading() as db:
        return check_ins.counts(db, meeting_id)


def search(ctx: Context, meeting_id: MeetingId, text: str, *, limit: int = 12) -> tuple[RoomPerson, ...]:
    """People of the list whose name or company has every word; nothing before two characters are typed."""
    words = names.query_words(text)
    if sum(map(len, words)) < 2:
        return ()
    with ctx.reading() as db:
        wanted = (
            select(Attendance.uid)
            .join(Person, Person.id == Attendance.person_id)
            .where(
                Attendance.meeting_id == meeting_id,
                *(or_(Person.search_key.startswith(word), Person.search_key.contains(f" {word}")) for word in words),
            )
            .limit(limit)
        )
        found = set(db.scalars(wanted))
        return tuple(person for person in room(db, meeting_id) if person.uid in found)


def likely(
    ctx: Context, meeting_id: MeetingId, *, given_name: str, family_name: str = "", company: str = "", limit: int = 4
) -> tuple[RoomPerson, ...]:
    """People of the list who may be the walk-in, the likeliest first: "Jon Smith" for "John Smyth, Acme"."""
    typed = names.query_words(names.full_name(given_name, family_name))
    firm = set(names.query_words(company))
    if sum(map(len, typed)) < 2:
        return ()
    found = []
    for person in everybody(ctx, meeting_id):
        alike = _alike(typed, names.search_key(person.given_name, person.family_name).split())
        if alike >= ALIKE:
            same_firm = bool(firm & set(names.query_words(person.company)))
            found.append((alike + same_firm, person))
    found.sort(key=lambda pair: -pair[0])
    return tuple(person for _, person in found[:limit])


def _alike(typed: Sequence[str], known: Sequence[str]) -> float:
    """How well each typed word is met by some word of a known name, on average."""
    best = (max((_same(word, other) for other in known), default=0.0) for word in typed)
    return sum(best) / len(typed)


def _same(one: str, other: str) -> float:
    # Most pairs share hardly a letter; only the rest are worth the slow comparison.
    if abs(len(one) - len(other)) > 2 or 2 * len(set(one) & set(other)) < len(set(one)):
        return 0.0
    return SequenceMatcher(None, one, other).ratio()
