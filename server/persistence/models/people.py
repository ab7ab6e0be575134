"""A Person is a human; a Membership is what that human is to one group; and what a group keeps about its people."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship, validates
from sqlalchemy.types import TypeEngine

from server.domain import names
from server.domain.vocabulary import Standing
from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, by_value, col, key, to, uid


def by_bytes(length: int) -> TypeEngine[str]:
    """Text compared by bytes on both databases; PostgreSQL must be told so."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class Person(Base):
    """A human, once per installation. Names are kept exactly as typed; the columns called `…_key` are derived.

    `merged_at`: turned out to be somebody else who is here too. Such a row has no membership and nothing points to
    it; it waits only so that the merge can be taken back.
    """

    __tablename__ = "people"
    __table_args__ = (
        Index("ix_people_email", "email"),
        Index("ix_people_sort_key", "sort_key"),
        Index("ix_people_company_key", "company_key"),
        Index("ix_people_sector_key", "sector_key"),
    )

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
    markets: Mapped[str] = col(String(300), marks.PROFILE, default="")
    interests: Mapped[str] = col(String(300), marks.PROFILE, default="")
    stories: Mapped[str] = col(String(1000), marks.PROFILE, default="")
    search_key: Mapped[str] = col(String(700), marks.NAME, default="")
    sort_key: Mapped[str] = col(by_bytes(300), marks.NAME, default="")
    company_key: Mapped[str] = col(by_bytes(160), marks.NAME, default="")
    sector_key: Mapped[str] = col(by_bytes(120), marks.PROFILE, default="")
    created_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
    merged_at: Mapped[datetime | None] = col(UtcDateTime, marks.UNDO, nullable=True)

    memberships: Mapped[list["Membership"]] = relationship(back_populates="person", foreign_keys="Membership.person_id")

    @validates("company", "sector")
    def _fold(self, name: str, value: str) -> str:
        """Whoever writes the text writes its key. Statements without objects bring both."""
        length = self.__table__.c[f"{name}_key"].type.length  # type: ignore[attr-defined]  # a String
        setattr(self, f"{name}_key", names.folded(value)[:length])
        return value


class Membership(Base):
    """What a person is to a group: member, visitor or former, since when, invited by whom.

    The columns called `…_key` are the person's, kept here too so that a page of a list is found without reading
    everybody. Triggers of the database write them, whoever writes the person or the membership; a rebuild of either
    table must make them anew. `visits_allowed`: as often as the group allows, where nothing is said.
    """

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("group_id", "person_id"),
        Index("ix_memberships_group_id_sort_key", "group_id", "sort_key", "person_id", "id"),
        Index("ix_memberships_group_id_company_key", "group_id", "company_key", "sort_key", "person_id", "id"),
        Index("ix_memberships_group_id_sector_key", "group_id", "sector_key", "sort_key", "person_id", "id"),
    )

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    group_id: Mapped[int] = to("groups.id")
    person_id: Mapped[int] = to("people.id")
    standing: Mapped[Standing] = col(by_value(Standing), marks.PROFILE)
    since: Mapped[date | None] = col(Date, marks.PROFILE, nullable=True)
    until: Mapped[date | None] = col(Date, marks.PROFILE, nullable=True)
    invited_by_id: Mapped[int | None] = to("people.id", ondelete="SET NULL", nullable=True)
    visits_allowed: Mapped[int | None] = col(Integer, marks.PROFILE, nullable=True)
    sort_key: Mapped[str] = col(by_bytes(300), marks.NAME, default="")
    company_key: Mapped[str] = col(by_bytes(160), marks.NAME, default="")
    sector_key: Mapped[str] = col(by_bytes(120), marks.PROFILE, default="")

    person: Mapped[Person] = relationship(back_populates="memberships", foreign_keys=[person_id])


class PersonWord(Base):
    """A word of somebody's search key, so that a beginning is looked up and not searched for.

    Written by triggers of the database, whoever writes the person; a rebuild of `people` must make them anew.
    """

    __tablename__ = "person_words"

    word: Mapped[str] = col(by_bytes(120), marks.NAME, primary_key=True)
    person_id: Mapped[int] = to("people.id", primary_key=True)


class TwoPeople(Base):
    """Somebody has looked and said: these two are not one. `first_id` is the smaller one."""

    __tablename__ = "two_people"
    __table_args__ = (UniqueConstraint("group_id", "first_id", "other_id"),)

    id: Mapped[int] = key()
    group_id: Mapped[int] = to("groups.id", index=False)
    first_id: Mapped[int] = to("people.id")
    other_id: Mapped[int] = to("people.id")


class Sector(Base):
    """A trade of the group's tree. `key` is the folded name; with a seat, one member of this trade is wanted."""

    __tablename__ = "sectors"
    __table_args__ = (UniqueConstraint("group_id", "key"),)

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    group_id: Mapped[int] = to("groups.id", marks.SETTING, index=False)
    parent_id: Mapped[int | None] = to("sectors.id", marks.SETTING, nullable=True)
    name: Mapped[str] = col(String(120), marks.SETTING)
    key: Mapped[str] = col(by_bytes(120), marks.SETTING)
    has_seat: Mapped[bool] = col(Boolean, marks.SETTING, default=True)


class SectorAffinity(Base):
    """Two trades that do each other good, and how much (1 to 9). `first_id` is the smaller one."""

    __tablename__ = "sector_affinities"
    __table_args__ = (UniqueConstraint("first_id", "other_id"),)

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    group_id: Mapped[int] = to("groups.id", marks.SETTING)
    first_id: Mapped[int] = to("sectors.id", marks.SETTING, index=False)
    other_id: Mapped[int] = to("sectors.id", marks.SETTING)
    weight: Mapped[int] = col(Integer, marks.SETTING)


class SavedColumns(Base):
    """What the columns of a file with these headers hold, as somebody of the group has settled it. JSON in `chosen`."""

    __tablename__ = "saved_columns"
    __table_args__ = (UniqueConstraint("group_id", "signature"),)

    id: Mapped[int] = key()
    group_id: Mapped[int] = to("groups.id", marks.SETTING, index=False)
    signature: Mapped[str] = col(String(64), marks.SETTING)
    chosen: Mapped[str] = col(Text, marks.SETTING)
    saved_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)


class PastVisits(Base):
    """How often somebody who is no longer kept had visited: a keyed hash and a count, nothing else."""

    __tablename__ = "past_visits"
    __table_args__ = (UniqueConstraint("group_id", "who_hash"),)

    id: Mapped[int] = key()
    group_id: Mapped[int] = to("groups.id", index=False)
    who_hash: Mapped[bytes] = col(LargeBinary(32), marks.AUDIT)
    visits: Mapped[int] = col(Integer, marks.AUDIT)
