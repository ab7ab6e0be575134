"""A Person is a human; a Membership is what that human is to one group."""

from datetime import date, datetime

from sqlalchemy import Date, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from server.domain.vocabulary import Standing
from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, by_value, col, key, to, uid


class Person(Base):
    """A human, once per installation. Names are kept exactly as typed; `search_key` and `sort_key` are derived."""

    __tablename__ = "people"
    __table_args__ = (Index("ix_people_email", "email"), Index("ix_people_sort_key", "sort_key"))

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    given_name: Mapped[str] = col(String(120), marks.NAME)
    family_name: Mapped[str] = col(String(120), marks.NAME, default="")
    company: Mapped[str] = col(String(160), marks.NAME, default="")
    sector: Mapped[str] = col(String(120), marks.PROFILE, default="")
    region: Mapped[str] = col(String(120), marks.PROFILE, default="")
    country: Mapped[str] = col(String(2), marks.PROFILE, default="")
    languages: Mapped[str] = col(String(60), marks.PROFILE, default="")
    email: Mapped[str] = col(String(254), marks.CONTACT, default="")
    phone: Mapped[str] = col(String(40), marks.CONTACT, default="")
    looks_for: Mapped[str] = col(String(300), marks.PROFILE, default="")
    wants_sector: Mapped[str] = col(String(120), marks.PROFILE, default="")
    offers: Mapped[str] = col(String(300), marks.PROFILE, default="")
    search_key: Mapped[str] = col(String(700), marks.NAME, default="")
    # Compared by bytes on both databases; PostgreSQL must be told so.
    sort_key: Mapped[str] = col(
        String(300).with_variant(String(300, collation="C"), "postgresql"), marks.NAME, default=""
    )
    created_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)

    memberships: Mapped[list["Membership"]] = relationship(back_populates="person", foreign_keys="Membership.person_id")


class Membership(Base):
    """What a person is to a group: member, visitor or former, since when, invited by whom."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("group_id", "person_id"),)

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    group_id: Mapped[int] = to("groups.id")
    person_id: Mapped[int] = to("people.id")
    standing: Mapped[Standing] = col(by_value(Standing), marks.PROFILE)
    since: Mapped[date | None] = col(Date, marks.PROFILE, nullable=True)
    until: Mapped[date | None] = col(Date, marks.PROFILE, nullable=True)
    invited_by_id: Mapped[int | None] = to("people.id", ondelete="SET NULL", nullable=True)

    person: Mapped[Person] = relationship(back_populates="memberships", foreign_keys=[person_id])
