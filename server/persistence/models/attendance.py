"""One person at one meeting, the door's append-only book, and the badge that names a person."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Index, Integer, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, relationship

from server.domain.vocabulary import AttemptOutcome, AttendanceStatus, CheckInKind, Standing
from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, by_value, col, key, to, uid
from server.persistence.models.people import Person


class Attendance(Base):
    """One person at one meeting. `entered_at` and `left_at` mirror the door's book and move with it only.

    `visit_beyond`: which visit it is of somebody who had none left when the door let them in.
    """

    __tablename__ = "attendances"
    __table_args__ = (
        UniqueConstraint("meeting_id", "person_id"),
        Index("ix_attendances_meeting_entered", "meeting_id", "entered_at"),
    )

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    meeting_id: Mapped[int] = to("meetings.id", index=False)
    person_id: Mapped[int] = to("people.id")
    standing: Mapped[Standing] = col(by_value(Standing), marks.PROFILE)
    status: Mapped[AttendanceStatus] = col(by_value(AttendanceStatus), marks.ACTIVITY)
    invited_by_id: Mapped[int | None] = to("people.id", ondelete="SET NULL", nullable=True)
    is_walk_in: Mapped[bool] = col(Boolean, marks.ACTIVITY, default=False)
    entered_at: Mapped[datetime | None] = col(UtcDateTime, marks.ACTIVITY, nullable=True)
    left_at: Mapped[datetime | None] = col(UtcDateTime, marks.ACTIVITY, nullable=True)
    phone_session_id: Mapped[int | None] = to("sessions.id", ondelete="SET NULL", nullable=True)
    phone_joined_at: Mapped[datetime | None] = col(UtcDateTime, marks.ACTIVITY, nullable=True)
    join_code_hash: Mapped[bytes | None] = col(LargeBinary(32), marks.SECRET, nullable=True)
    join_code_until: Mapped[datetime | None] = col(UtcDateTime, marks.SECRET, nullable=True)
    join_code_tries: Mapped[int] = col(Integer, marks.SECRET, default=0)
    fee_paid_at: Mapped[datetime | None] = col(UtcDateTime, marks.ACTIVITY, nullable=True)
    fee_paid_cents: Mapped[int | None] = col(Integer, marks.MONEY, nullable=True)
    fee_waived: Mapped[bool] = col(Boolean, marks.ACTIVITY, default=False)
    visit_beyond: Mapped[int | None] = col(Integer, marks.ACTIVITY, nullable=True)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    invited_by: Mapped[Person | None] = relationship(foreign_keys=[invited_by_id])


class CheckInEvent(Base):
    """A line of the door's book, never deleted: an exit or an undo is a line of its own that closes an entry.

    `happened_at` is when somebody stood at the door, `arrived_at` when the server learned of it; `skew_ms` is how far
    the desk's own clock was ahead. `by_self`: nobody of the door saw the person (a kiosk, the poster).
    """

    __tablename__ = "check_in_events"
    __table_args__ = (
        Index(
            "uq_check_in_events_open_entry",
            "attendance_id",
            unique=True,
            sqlite_where=text("is_open"),
            postgresql_where=text("is_open"),
        ),
    )

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    attendance_id: Mapped[int] = to("attendances.id")
    kind: Mapped[CheckInKind] = col(by_value(CheckInKind), marks.ACTIVITY)
    happened_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
    arrived_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
    session_id: Mapped[int | None] = to("sessions.id", ondelete="SET NULL", nullable=True)
    desk: Mapped[str] = col(String(80), marks.ACTIVITY, default="")
    reason: Mapped[str] = col(String(120), marks.ACTIVITY, default="")
    closes_id: Mapped[int | None] = to("check_in_events.id", ondelete="SET NULL", nullable=True, index=False)
    is_open: Mapped[bool] = col(Boolean, marks.ACTIVITY, default=False)
    skew_ms: Mapped[int] = col(BigInteger, marks.ACTIVITY, default=0)
    by_self: Mapped[bool] = col(Boolean, marks.ACTIVITY, default=False)


class DoorAttempt(Base):
    """A scan that let nobody in: already inside, refused, or a conflict of two desks that a person settles."""

    __tablename__ = "door_attempts"

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    meeting_id: Mapped[int] = to("meetings.id")
    attendance_id: Mapped[int | None] = to("attendances.id", nullable=True)
    outcome: Mapped[AttemptOutcome] = col(by_value(AttemptOutcome), marks.ACTIVITY)
    reason: Mapped[str] = col(String(40), marks.ACTIVITY, default="")
    happened_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
    arrived_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
    skew_ms: Mapped[int] = col(BigInteger, marks.ACTIVITY, default=0)
    session_id: Mapped[int | None] = to("sessions.id", ondelete="SET NULL", nullable=True)
    desk: Mapped[str] = col(String(80), marks.ACTIVITY, default="")
    settled_at: Mapped[datetime | None] = col(UtcDateTime, marks.ACTIVITY, nullable=True)
    settled_by: Mapped[str] = col(String(80), marks.ACTIVITY, default="")


class Substitute(Base):
    """Somebody who comes for somebody else of the list; they were no visitor, also when that one is gone from it."""

    __tablename__ = "substitutes"

    id: Mapped[int] = key()
    attendance_id: Mapped[int] = to("attendances.id", index=False, unique=True)
    stands_for_id: Mapped[int | None] = to(
        "attendances.id", ondelete="SET NULL", nullable=True, index=False, unique=True
    )


class Badge(Base):
    """The paper that names a person. The code is recomputed for a reprint; only its hash is stored."""

    __tablename__ = "badges"
    __table_args__ = (
        UniqueConstraint("person_id", "group_id", "meeting_id"),
        Index(
            "uq_badges_permanent",
            "person_id",
            "group_id",
            unique=True,
            sqlite_where=text("meeting_id IS NULL"),
            postgresql_where=text("meeting_id IS NULL"),
        ),
    )

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    person_id: Mapped[int] = to("people.id", index=False)
    group_id: Mapped[int] = to("groups.id")
    meeting_id: Mapped[int | None] = to("meetings.id", nullable=True)
    generation: Mapped[int] = col(Integer, marks.SETTING, default=1)
    code_hash: Mapped[bytes] = col(LargeBinary(32), marks.SECRET, unique=True)
    revoked_at: Mapped[datetime | None] = col(UtcDateTime, marks.ACTIVITY, nullable=True)
    printed_at: Mapped[datetime | None] = col(UtcDateTime, marks.ACTIVITY, nullable=True)
    created_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
