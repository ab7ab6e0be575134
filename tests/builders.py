"""Builders: rows with sensible defaults inside a transaction of the caller. They flush and never commit."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TypeVar

from sqlalchemy.orm import Session

from server.domain import names
from server.domain.vocabulary import AttendanceStatus, MeetingStatus, Role, Standing
from server.persistence.base import Base
from server.persistence.models import (
    Account,
    Attendance,
    GrantRow,
    Group,
    Meeting,
    Membership,
    Person,
)
from server.services import sessions
from server.services.context import Context, Tx
from tests.cast import MIRA, Character

START = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
"""Thursday, seven in the morning in Rome and Warsaw."""
STALE = timedelta(days=30)
"""Servers of tests live by the real clock, and a meeting opens doors for its visitors for some weeks only."""
PASSWORD = "eggs before seven"
T = TypeVar("T", bound=Base)


def _added(db: Session, row: T) -> T:
    db.add(row)
    db.flush()
    return row


def a_group(tx: Tx, name: str = "Colazione del giovedì", **fields: object) -> Group:
    """A group in Rome that prints an address of its own."""
    defaults: dict[str, object] = {
        "language": "en",
        "time_zone": "Europe/Rome",
        "currency": "EUR",
        "base_url": "https://meet.example.org",
    }
    return _added(tx.db, Group(name=name, created_at=tx.now, **(defaults | fields)))


def a_person(tx: Tx, who: Character = MIRA, **fields: object) -> Person:
    """One of the cast as a person."""
    person = Person(
        given_name=who.given,
        family_name=who.family,
        company=who.company,
        sector=who.sector,
        email=who.email,
        created_at=tx.now,
        search_key=names.search_key(who.given, who.family, who.company),
        sort_key=names.sort_key(who.family, who.given, "en"),
    )
    for name, value in fields.items():
        setattr(person, name, value)
    return _added(tx.db, person)


def a_member(tx: Tx, group: Group, who: Character = MIRA, standing: Standing = Standing.MEMBER) -> Person:
    """One of the cast with a membership."""
    person = a_person(tx, who)
    _added(tx.db, Membership(group_id=group.id, person_id=person.id, standing=standing))
    return person


@cache
def _password_hash() -> str:
    """Slow on purpose in the product, so made once in the tests."""
    return sessions.hash_password(PASSWORD)


def an_organiser(tx: Tx, group: Group, who: Character) -> Person:
    """A member who organises and can sign in with PASSWORD."""
    person = a_member(tx, group, who)
    _added(
        tx.db,
        Account(person_id=person.id, email=who.email, password_hash=_password_hash(), created_at=tx.now),
    )
    _added(tx.db, GrantRow(person_id=person.id, role=Role.ORGANISER, group_id=group.id, created_at=tx.now))
    return person


def start_near(now: datetime) -> datetime:
    """When the meeting of a test begins: `START`, or, when that is long over, on a Thursday within seven days."""
    if now < START + STALE:
        return START
    return START + timedelta(weeks=(now - START) // timedelta(weeks=1) + 1)


def a_meeting(tx: Tx, group: Group, starts: datetime | None = None, **fields: object) -> Meeting:
    """A meeting whose doors are open, unless told otherwise; near today, unless told when."""
    starts = starts or start_near(tx.now)
    defaults: dict[str, object] = {
        "name": "Breakfast no. 214",
        "place": "Hotel Corona",
        "time_zone": group.time_zone,
        "status": MeetingStatus.OPEN,
        "slug": f"breakfast-{starts:%Y-%m-%d}",
    }
    return _added(tx.db, Meeting(group_id=group.id, starts_at=starts, **(defaults | fields)))


def an_attendance(
    tx: Tx, meeting: Meeting, person: Person, standing: Standing = Standing.MEMBER, **fields: object
) -> Attendance:
    """Somebody expected at a meeting."""
    defaults: dict[str, object] = {"status": AttendanceStatus.EXPECTED}
    return _added(
        tx.db,
        Attendance(meeting_id=meeting.id, person_id=person.id, standing=standing, **(defaults | fields)),
    )


def signed_in(
    ctx: Context, person_id: int | None, *, label: str = "Chrome", role: Role | None = None, **scope: int
) -> str:
    """The token of a fresh session: of a person, or of a device with a role in `group_id` / `meeting_id`."""

    def work(tx: Tx) -> str:
        opened, row = sessions.open_session(tx, person_id=person_id, label=label, life=timedelta(days=1))
        if role is not None:
            tx.db.add(GrantRow(session_id=row.id, role=role, created_at=tx.now, **scope))
        return opened.token

    return ctx.transaction(work)
