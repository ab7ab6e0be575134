"""Consent per field, requests for contacts, and the private cards that come of them."""

from datetime import datetime

from sqlalchemy import Boolean, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from server.domain.vocabulary import ContactField, ExchangeState, StayInTouch
from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, by_value, col, key, to, uid
from server.persistence.models.people import Person


class Consent(Base):
    """Append-only: a person said yes or no to showing one field. The latest line counts."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_person_field", "person_id", "field", "id"),)

    id: Mapped[int] = key()
    person_id: Mapped[int] = to("people.id", index=False)
    field: Mapped[ContactField] = col(by_value(ContactField), marks.CONSENT)
    given: Mapped[bool] = col(Boolean, marks.CONSENT)
    text_version: Mapped[str] = col(String(24), marks.CONSENT)
    language: Mapped[str] = col(String(5), marks.CONSENT)
    channel: Mapped[str] = col(String(16), marks.CONSENT)
    said_at: Mapped[datetime] = col(UtcDateTime, marks.CONSENT)


class Exchange(Base):
    """A asked B for contacts at a meeting. Asking twice is asking once."""

    __tablename__ = "exchanges"
    __table_args__ = (UniqueConstraint("meeting_id", "asker_id", "asked_id"),)

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    meeting_id: Mapped[int] = to("meetings.id", index=False)
    asker_id: Mapped[int] = to("people.id")
    asked_id: Mapped[int] = to("people.id")
    state: Mapped[ExchangeState] = col(by_value(ExchangeState), marks.ACTIVITY)
    asked_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
    answered_at: Mapped[datetime | None] = col(UtcDateTime, marks.ACTIVITY, nullable=True)

    asker: Mapped[Person] = relationship(foreign_keys=[asker_id])
    asked: Mapped[Person] = relationship(foreign_keys=[asked_id])


class Contact(Base):
    """A private card of one owner about one person: a note and the answer to "stay in touch?"."""

    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("owner_id", "person_id"),)

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    owner_id: Mapped[int] = to("people.id", index=False)
    person_id: Mapped[int] = to("people.id")
    group_id: Mapped[int] = to("groups.id")
    met_at_id: Mapped[int | None] = to("meetings.id", ondelete="SET NULL", nullable=True)
    note: Mapped[str] = col(String(2000), marks.NOTE, default="")
    stay_in_touch: Mapped[StayInTouch | None] = col(by_value(StayInTouch), marks.NOTE, nullable=True)
    created_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
    changed_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
