"""What is settled before a meeting: agendas kept to begin with, and who holds which duty."""

from datetime import datetime

from sqlalchemy import Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from server.domain.duties import Duty
from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, by_value, col, key, to, uid
from server.persistence.models.people import Person


class AgendaTemplate(Base):
    """An agenda that a group keeps. `lines` is JSON: kind, title, minutes and script of each, in order."""

    __tablename__ = "agenda_templates"
    __table_args__ = (UniqueConstraint("group_id", "name"),)

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    group_id: Mapped[int] = to("groups.id", marks.SETTING, index=False)
    name: Mapped[str] = col(String(80), marks.SETTING)
    rounds: Mapped[int] = col(Integer, marks.SETTING)
    round_seconds: Mapped[int] = col(Integer, marks.SETTING)
    table_size: Mapped[int] = col(Integer, marks.SETTING)
    lines: Mapped[str] = col(Text, marks.SETTING)
    saved_at: Mapped[datetime] = col(UtcDateTime, marks.SETTING)


class DutyRow(Base):
    """Somebody holds a duty at a meeting. `number` counts the places of a duty, from 0. `offered_at`: whoever holds it
    asks for somebody else; `activity_id`: what it became in the balance, once the meeting was over.
    """

    __tablename__ = "duties"
    __table_args__ = (UniqueConstraint("meeting_id", "duty", "number"),)

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    meeting_id: Mapped[int] = to("meetings.id", index=False)
    person_id: Mapped[int] = to("people.id")
    duty: Mapped[Duty] = col(by_value(Duty), marks.ACTIVITY)
    number: Mapped[int] = col(Integer, marks.ACTIVITY)
    offered_at: Mapped[datetime | None] = col(UtcDateTime, marks.ACTIVITY, nullable=True)
    activity_id: Mapped[int | None] = to("activities.id", ondelete="SET NULL", nullable=True)

    person: Mapped[Person] = relationship()
