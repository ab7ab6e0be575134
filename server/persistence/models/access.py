"""How a person signs in and what a session may do. Every secret is stored as a hash."""

from datetime import datetime

from sqlalchemy import Boolean, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped

from server.domain.vocabulary import Role
from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, by_value, col, key, to, uid


class Account(Base):
    """How a person signs in: an address and an argon2 hash."""

    __tablename__ = "accounts"

    id: Mapped[int] = key()
    person_id: Mapped[int] = to("people.id", unique=True)
    email: Mapped[str] = col(String(254), marks.CONTACT, unique=True)
    password_hash: Mapped[str] = col(String(200), marks.SECRET)
    created_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)


class SessionRow(Base):
    """A browser that is known: a person's, or a device with a role. Revocable, checked on every request.

    `joined_by_badge`: a phone that became somebody's at the door. A badge names and never authenticates, so such a
    session never holds the roles that were given to the person, whatever those are.
    """

    __tablename__ = "sessions"

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    token_hash: Mapped[bytes] = col(LargeBinary(32), marks.SECRET, unique=True)
    person_id: Mapped[int | None] = to("people.id", nullable=True)
    label: Mapped[str] = col(String(80), marks.ACTIVITY, default="")
    language: Mapped[str | None] = col(String(5), marks.PROFILE, nullable=True)
    joined_by_badge: Mapped[bool] = col(Boolean, marks.ACTIVITY, default=False)
    created_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
    expires_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
    revoked_at: Mapped[datetime | None] = col(UtcDateTime, marks.ACTIVITY, nullable=True)
    pin_hash: Mapped[bytes | None] = col(LargeBinary(32), marks.SECRET, nullable=True)
    """Of a door: the digits that wake it after it has rested."""
    pin_tries: Mapped[int] = col(Integer, marks.SECRET, default=0)
    locked_at: Mapped[datetime | None] = col(UtcDateTime, marks.ACTIVITY, nullable=True)


class GrantRow(Base):
    """A role for a person or for one session, inside a group or a meeting, until it expires."""

    __tablename__ = "grants"

    id: Mapped[int] = key()
    person_id: Mapped[int | None] = to("people.id", nullable=True)
    session_id: Mapped[int | None] = to("sessions.id", nullable=True)
    role: Mapped[Role] = col(by_value(Role), marks.SETTING)
    group_id: Mapped[int | None] = to("groups.id", nullable=True)
    meeting_id: Mapped[int | None] = to("meetings.id", nullable=True)
    expires_at: Mapped[datetime | None] = col(UtcDateTime, marks.SETTING, nullable=True)
    created_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)


class OneTimeLink(Base):
    """A link that works once: set-up, signing a person in, or making a device. Consumed by POST."""

    __tablename__ = "one_time_links"

    id: Mapped[int] = key()
    token_hash: Mapped[bytes] = col(LargeBinary(32), marks.SECRET, unique=True)
    purpose: Mapped[str] = col(String(16), marks.SETTING)
    person_id: Mapped[int | None] = to("people.id", nullable=True)
    role: Mapped[Role | None] = col(by_value(Role), marks.SETTING, nullable=True)
    group_id: Mapped[int | None] = to("groups.id", nullable=True)
    meeting_id: Mapped[int | None] = to("meetings.id", nullable=True)
    loopback_only: Mapped[bool] = col(Boolean, marks.SETTING, default=False)
    uses_left: Mapped[int] = col(Integer, marks.SETTING, default=1)
    label: Mapped[str] = col(String(80), marks.ACTIVITY, default="")
    pin_hash: Mapped[bytes | None] = col(LargeBinary(32), marks.SECRET, nullable=True)
    created_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
    expires_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
