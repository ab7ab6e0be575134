"""Registering for a meeting from outside: the page with its limit, and everybody who sent it."""

from datetime import datetime

from sqlalchemy import Boolean, Integer, LargeBinary
from sqlalchemy.orm import Mapped, relationship

from server.domain.registration import RegistrationState
from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, by_value, col, key, to, uid
from server.persistence.models.people import Person


class RegistrationPage(Base):
    """How a meeting takes registrations. `places` 0: no limit; without `closes_at` it closes at the start.

    `generation` is part of the link: with the next one the old link opens nothing.
    """

    __tablename__ = "registration_pages"

    id: Mapped[int] = key()
    meeting_id: Mapped[int] = to("meetings.id", marks.SETTING, index=False, unique=True)
    is_on: Mapped[bool] = col(Boolean, marks.SETTING, default=False)
    closes_at: Mapped[datetime | None] = col(UtcDateTime, marks.SETTING, nullable=True)
    places: Mapped[int] = col(Integer, marks.SETTING, default=0)
    generation: Mapped[int] = col(Integer, marks.SETTING, default=1)


class Registration(Base):
    """Somebody who registered. The page is open to anybody, so it never touches what was there before it:
    `made_line` says that the line on the list came from here, and only such a line goes with a withdrawal.
    """

    __tablename__ = "registrations"

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    meeting_id: Mapped[int] = to("meetings.id")
    person_id: Mapped[int] = to("people.id")
    invited_by_id: Mapped[int | None] = to("people.id", ondelete="SET NULL", nullable=True)
    state: Mapped[RegistrationState] = col(by_value(RegistrationState), marks.ACTIVITY)
    made_line: Mapped[bool] = col(Boolean, marks.ACTIVITY, default=False)
    needs_word: Mapped[bool] = col(Boolean, marks.ACTIVITY, default=False)
    """Has visited as often as the group allows: somebody of the group decides."""
    browser: Mapped[bytes] = col(LargeBinary(32), marks.SECRET)
    """A hash that tells one browser from another, so that none sends too often."""
    created_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
    queued_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
    moved_up_at: Mapped[datetime | None] = col(UtcDateTime, marks.ACTIVITY, nullable=True)
    withdrawn_at: Mapped[datetime | None] = col(UtcDateTime, marks.ACTIVITY, nullable=True)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
