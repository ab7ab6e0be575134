"""Who is expected, who is here: the read side of the door, the console and the lists."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from server.domain import names
from server.domain.vocabulary import AttendanceStatus, MeetingId, PersonId, Standing, Uid
from server.persistence.models import Attendance, CheckInEvent, Person, SessionRow
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
    wants_sector: str
    standing: Standing
    status: AttendanceStatus
    entered_at: datetime | None
    left_at: datetime | None
    desk: str
    guest_of: str
    is_walk_in: bool
    has_phone: bool
    search_key: str
    visit_beyond: int | None
    """Which visit it is of a visitor who had none left."""

    @property
    def name(self) -> str:
        """The whole name as typed."""
        return names.full_name(self.given_name, self.family_name)

    @property
    def in_room(self) -> bool:
        """Whether the person is in the room now."""
        return self.entered_at is not None and self.left_at is None


def _question() -> Any:
    inviter = aliased(Person)
    return (
        select(
            *(Attendance.uid, Attendance.person_id, Person.given_name, Person.family_name, Person.company),
            *(Person.sector, Person.wants_sector, Attendance.standing, Attendance.status),
            *(Attendance.entered_at, Attendance.left_at),
            *(CheckInEvent.desk, Attendance.is_walk_in, Attendance.phone_session_id, Person.search_key),
            Attendance.visit_beyond,
            *(inviter.given_name.label("host_given"), inviter.family_name.label("host_family")),
        )
        .join(Person, Person.id == Attendance.person_id)
        .outerjoin(inviter, inviter.id == Attendance.invited_by_id)
        .outerjoin(CheckInEvent, (CheckInEvent.attendance_id == Attendance.id) & CheckInEvent.is_open.is_(True))
        .where(Attendance.meeting_id == bindparam("meeting"))
        .order_by(Person.sort_key, Attendance.id)
    )


# Put together once: one of them is asked after every scan.
_ROOM = _question()
_SOME = _ROOM.where(Attendance.uid.in_(bindparam("only", expanding=True)))
_LISTENING = select(Attendance.uid, Attendance.person_id).where(
    Attendance.meeting_id == bindparam("meeting"),
    Attendance.uid.in_(bindparam("only", expanding=True)),
    exists().where(
        SessionRow.person_id == Attendance.person_id,
        SessionRow.revoked_at.is_(None),
        SessionRow.expires_at > bindparam("now", type_=SessionRow.expires_at.type),
    ),
)


def room(db: Session, meeting_id: MeetingId, *, only: Collection[Uid] | None = None) -> tuple[RoomPerson, ...]:
    """Everybody on the list of a meeting, or some of them, in the order of their names. One statement."""
    asked: dict[str, object] = {"meeting": meeting_id} | ({} if only is None else {"only": list(only)})
    db.flush()
    return tuple(
        RoomPerson(
            uid=Uid(row.uid),
            person_id=PersonId(row.person_id),
            given_name=row.given_name,
            family_name=row.family_name,
            company=row.company,
            sector=row.sector,
            wants_sector=row.wants_sector,
            standing=row.standing,
            status=row.status,
            entered_at=row.entered_at,
            left_at=row.left_at,
            desk=row.desk or "",
            guest_of=names.full_name(row.host_given or "", row.host_family or ""),
            is_walk_in=row.is_walk_in,
            has_phone=row.phone_session_id is not None,
            search_key=row.search_key,
            visit_beyond=row.visit_beyond,
        )
        for row in db.connection().execute(_ROOM if only is None else _SOME, asked)
    )


def everybody(ctx: Context, meeting_id: MeetingId, *, only: Collection[Uid] | None = None) -> tuple[RoomPerson, ...]:
    """The list of a meeting, or some lines of it."""
    with ctx.reading() as db:
        return room(db, meeting_id, only=only)


def listening(ctx: Context, meeting_id: MeetingId, uids: Collection[Uid]) -> dict[Uid, PersonId]:
    """Whose attendances these are, of those who are signed in anywhere: nobody else has a screen. One statement."""
    with ctx.reading() as db:
        asked = {"meeting": meeting_id, "only": list(uids), "now": ctx.now()}
        return {Uid(uid): PersonId(person) for uid, person in db.connection().execute(_LISTENING, asked)}


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
    typed = Typed.of(given_name, family_name, company)
    if typed is None:
        return ()
    people = everybody(ctx, meeting_id)
    rated = [(typed.alike(person.given_name, person.family_name, person.company), person) for person in people]
    found = sorted((pair for pair in rated if pair[0] >= ALIKE), key=lambda pair: -pair[0])
    return tuple(person for _, person in found[:limit])


@dataclass(frozen=True)
class Typed:
    """A name and a company as somebody typed them at the door."""

    words: tuple[str, ...]
    firm: frozenset[str]

    @classmethod
    def of(cls, given_name: str, family_name: str, company: str) -> "Typed | None":
        """None before two characters are typed."""
        words = tuple(names.query_words(names.full_name(given_name, family_name)))
        return cls(words, frozenset(names.query_words(company))) if sum(map(len, words)) >= 2 else None

    def alike(self, given_name: str, family_name: str, company: str) -> float:
        """How well each typed word is met by some word of a known name, on average; one more for the same company."""
        known = names.search_key(given_name, family_name).split()
        best = sum(max((_same(word, other) for other in known), default=0.0) for word in self.words)
        alike = best / len(self.words)
        return alike + bool(self.firm & set(names.query_words(company))) if alike >= ALIKE else alike


def _same(one: str, other: str) -> float:
    # Most pairs share hardly a letter; only the rest are worth the slow comparison.
    if abs(len(one) - len(other)) > 2 or 2 * len(set(one) & set(other)) < len(set(one)):
        return 0.0
    return SequenceMatcher(None, one, other).ratio()
