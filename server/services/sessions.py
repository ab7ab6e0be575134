"""Signing in and staying signed in: sessions, passwords, one-time links, grants.

Tokens are 128 random bits or more, known only to the browser; the database keeps their SHA-256. A revoked session
is refused at its next request and its next socket event.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import bindparam, literal, null, or_, select, union_all
from sqlalchemy.orm import Session

from server.domain import names
from server.domain.access import NOBODY, Actor, Grant, at_rest
from server.domain.errors import NotAllowed, NotFound, RuleViolation
from server.domain.vocabulary import GroupId, MeetingId, PersonId, Role, Standing, Uid
from server.persistence.models import (
    Account,
    Attendance,
    GrantRow,
    Meeting,
    Membership,
    OneTimeLink,
    Person,
    SessionRow,
)
from server.services.context import Context, Tx

PERSON_DAYS = 90
"""A signed-in device stays signed in this long."""
DEVICE_HOURS = 18
"""A door, kiosk or display lives one day."""
ATTENDEE_DAYS = 60
"""How long somebody keeps the pages of a meeting attended."""
MIN_PASSWORD = 10
_hasher = PasswordHasher()
_WRONG = _hasher.hash("nobody has this password")


@dataclass(frozen=True)
class Opened:
    """A new session: the token for the cookie and how long it lives."""

    token: str
    expires_at: datetime
    uid: Uid


@dataclass(frozen=True)
class LinkInfo:
    """What a one-time link would do, shown before it is consumed."""

    purpose: str
    role: Role | None
    name: str
    meeting_uid: Uid | None
    meeting_name: str
    loopback_only: bool


def token_hash(token: str) -> bytes:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).digest()


@dataclass(frozen=True)
class Known:
    """The actor behind a token, until the session expires."""

    actor: Actor
    expires_at: datetime


LIVE = (
    select(
        SessionRow.id,
        SessionRow.token_hash,
        SessionRow.uid,
        SessionRow.label,
        SessionRow.language,
        SessionRow.joined_by_badge,
        SessionRow.locked_at,
        SessionRow.expires_at,
        SessionRow.person_id,
        Person.uid.label("person_uid"),
        Person.given_name,
        Person.family_name,
    )
    .outerjoin(Person, Person.id == SessionRow.person_id)
    .where(SessionRow.revoked_at.is_(None))
)
"""Sessions that were not revoked, with whose they are."""

OF_TOKEN = (
    LIVE.add_columns(GrantRow.role, GrantRow.group_id, GrantRow.meeting_id, GrantRow.expires_at.label("until"))
    .outerjoin(GrantRow, GrantRow.session_id == SessionRow.id)
    .where(SessionRow.token_hash == bindparam("token"))
)
"""One of them with what was given to the device itself, a row for each grant. Put together once: every request asks."""


def actor_for(ctx: Context, token: str | None) -> Actor:
    """The actor behind a cookie; NOBODY for an unknown, expired or revoked one. At most two statements, and none
    while nobody has written anything since it was last asked.
    """
    if not token:
        return NOBODY
    hashed = token_hash(token)
    known = ctx.lull().once(("session", hashed), lambda: _known(ctx, hashed))
    return NOBODY if known is None or ctx.now() >= known.expires_at else known.actor


def _known(ctx: Context, hashed: bytes) -> Known | None:
    with ctx.reading() as db:
        return known(db, db.connection().execute(OF_TOKEN, {"token": hashed}).all(), ctx.now())


def known(db: Session, rows: Sequence[Any], now: datetime) -> Known | None:
    """The actor of the rows of `OF_TOKEN`. No statement for a device, one for a person."""
    if not rows or rows[0].person_id is None:
        return of_device(rows)
    return as_known(rows[0], _grants(db, rows[0], now))


def of_device(rows: Sequence[Any]) -> Known | None:
    """The same, where they are no person's."""
    if not rows:
        return None
    session = rows[0]
    given = ((row.role, row.group_id, row.meeting_id, row.until) for row in rows if row.role is not None)
    return as_known(session, tuple(_grant(*each) for each in given))


def as_known(session: Any, grants: tuple[Grant, ...]) -> Known:
    """A row of `LIVE` with its grants as a value."""
    is_person = session.person_id is not None
    actor = Actor(
        session_uid=Uid(session.uid),
        person_id=PersonId(session.person_id) if is_person else None,
        person_uid=Uid(session.person_uid) if is_person else None,
        name=names.full_name(session.given_name, session.family_name) if is_person else session.label,
        language=session.language,
        grants=grants if session.locked_at is None else at_rest(grants),
    )
    return Known(actor, session.expires_at)


def _grants(db: Session, session: Any, now: datetime) -> tuple[Grant, ...]:
    """What a person's session may do. One statement."""
    mine = GrantRow.session_id == session.id
    given = select(GrantRow.role, GrantRow.group_id, GrantRow.meeting_id, GrantRow.expires_at)
    member = select(literal(Role.MEMBER.value), Membership.group_id, null(), null()).where(
        Membership.person_id == session.person_id, Membership.standing == Standing.MEMBER
    )
    attendee = (
        select(literal(Role.ATTENDEE.value), Meeting.group_id, Attendance.meeting_id, null())
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .where(
            Attendance.person_id == session.person_id,
            Meeting.starts_at > now - timedelta(days=ATTENDEE_DAYS),
        )
    )
    # A phone that joined by its badge gets no role of the person: whoever holds a badge is not the organiser.
    roles = mine if session.joined_by_badge else or_(mine, GrantRow.person_id == session.person_id)
    rows: Sequence[Any] = db.execute(union_all(given.where(roles), member, attendee)).all()
    return tuple(_grant(role, group, meeting, until) for role, group, meeting, until in rows)


def _grant(role: str, group: int | None, meeting: int | None, expires: datetime | None) -> Grant:
    return Grant(Role(role), GroupId(group) if group else None, MeetingId(meeting) if meeting else None, expires)


def open_session(
    tx: Tx,
    *,
    person_id: int | None,
    label: str,
    life: timedelta,
    language: str | None = None,
    by_badge: bool = False,
) -> tuple[Opened, SessionRow]:
    """A helper of the use-cases: a fresh session row inside their transaction."""
    token = secrets.token_urlsafe(32)
    row = SessionRow(
        token_hash=token_hash(token),
        person_id=person_id,
        label=label[:80],
        language=language,
        joined_by_badge=by_badge,
        created_at=tx.now,
        expires_at=tx.now + life,
    )
    tx.db.add(row)
    tx.db.flush()
    return Opened(token=token, expires_at=row.expires_at, uid=Uid(row.uid)), row


def hash_password(password: str) -> str:
    """The argon2id hash of a new password. Raises RuleViolation("password_too_short")."""
    if len(password) < MIN_PASSWORD:
        raise RuleViolation("password_too_short", field="password", least=MIN_PASSWORD)
    return _hasher.hash(password[:1000])


def sign_in(ctx: Context, *, email: str, password: str, label: str) -> Opened:
    """A person signs in with address and password. The refusal is the same for both being wrong."""
    with ctx.reading() as db:
        account = db.scalar(select(Account).where(Account.email == email.strip().casefold()))
    try:
        # The hash of nobody is checked too, so that an unknown address takes as long as a wrong password.
        _hasher.verify(account.password_hash if account else _WRONG, password[:1000])
    except (VerifyMismatchError, InvalidHashError):
        raise NotAllowed("sign_in_refused") from None
    if account is None:
        raise NotAllowed("sign_in_refused")
    person_id = account.person_id

    def work(tx: Tx) -> Opened:
        return open_session(tx, person_id=person_id, label=label, life=timedelta(days=PERSON_DAYS))[0]

    return ctx.transaction(work)


def sign_out(ctx: Context, *, session_uid: Uid) -> None:
    """This browser is forgotten at once; its sockets are cut at their next event."""

    def work(tx: Tx) -> None:
        row = tx.db.scalar(select(SessionRow).where(SessionRow.uid == session_uid))
        if row is not None and row.revoked_at is None:
            row.revoked_at = tx.now

    ctx.transaction(work)


def gone(ctx: Context, uids: set[Uid]) -> set[Uid]:
    """Which of these sessions were revoked, have expired or are no more. One statement."""
    if not uids:
        return set()
    with ctx.reading() as db:
        alive = db.scalars(
            select(SessionRow.uid).where(
                SessionRow.uid.in_(uids), SessionRow.revoked_at.is_(None), SessionRow.expires_at > ctx.now()
            )
        )
        return uids - {Uid(uid) for uid in alive}


def choose_language(ctx: Context, *, session_uid: Uid, language: str) -> None:
    """A person or device reads the pages in another language from now on."""

    def work(tx: Tx) -> None:
        row = tx.db.scalar(select(SessionRow).where(SessionRow.uid == session_uid))
        if row is not None:
            row.language = language

    ctx.transaction(work)


def add_link(
    tx: Tx,
    *,
    purpose: str,
    life: timedelta,
    person_id: int | None = None,
    role: Role | None = None,
    group_id: int | None = None,
    meeting_id: int | None = None,
    loopback_only: bool = False,
    uses: int = 1,
    label: str = "",
    pin_hash: bytes | None = None,
) -> str:
    """A helper of the use-cases: the token of a new link inside their transaction."""
    token = secrets.token_urlsafe(24)
    tx.db.add(
        OneTimeLink(
            token_hash=token_hash(token),
            purpose=purpose,
            person_id=person_id,
            role=role,
            group_id=group_id,
            meeting_id=meeting_id,
            loopback_only=loopback_only,
            uses_left=uses,
            label=label[:80],
            pin_hash=pin_hash,
            created_at=tx.now,
            expires_at=tx.now + life,
        )
    )
    return token


def make_link(ctx: Context, *, purpose: str, life: timedelta, **more: Any) -> str:
    """A link token: `setup`, `person` (signs one person in) or `device` (a door, facilitator or display).

    `more` is what `add_link` takes.
    """
    return ctx.transaction(lambda tx: add_link(tx, purpose=purpose, life=life, **more))


def _live_link(db: Session, token: str, now: datetime) -> OneTimeLink:
    link = db.scalar(select(OneTimeLink).where(OneTimeLink.token_hash == token_hash(token)).with_for_update())
    if link is None or link.uses_left < 1 or now >= link.expires_at:
        raise NotFound("link_used_up")
    return link


def look_at_link(ctx: Context, *, token: str) -> LinkInfo:
    """What the link would do. Looking does not consume it: mail programs look too."""
    with ctx.reading() as db:
        link = _live_link(db, token, ctx.now())
        person = db.get(Person, link.person_id) if link.person_id else None
        meeting = db.get(Meeting, link.meeting_id) if link.meeting_id else None
        return LinkInfo(
            purpose=link.purpose,
            role=link.role,
            name=names.full_name(person.given_name, person.family_name) if person else "",
            meeting_uid=Uid(meeting.uid) if meeting else None,
            meeting_name=meeting.name if meeting else "",
            loopback_only=link.loopback_only,
        )


def consume_link(ctx: Context, *, token: str, label: str, from_this_computer: bool) -> Opened:
    """Use a `person` or `device` link once. Raises NotFound when it is used up, NotAllowed from another computer."""

    def work(tx: Tx) -> Opened:
        link = _live_link(tx.db, token, tx.now)
        if link.loopback_only and not from_this_computer:
            raise NotAllowed("link_this_computer_only")
        if link.purpose == "setup":
            raise NotFound("link_used_up")
        link.uses_left -= 1
        life = timedelta(days=PERSON_DAYS) if link.person_id else timedelta(hours=DEVICE_HOURS)
        opened, row = open_session(tx, person_id=link.person_id, label=link.label or label, life=life)
        row.pin_hash = link.pin_hash
        if link.role is not None:
            tx.db.add(
                GrantRow(
                    session_id=row.id,
                    role=link.role,
                    group_id=link.group_id,
                    meeting_id=link.meeting_id,
                    expires_at=row.expires_at,
                    created_at=tx.now,
                )
            )
        return opened

    return ctx.transaction(work)
