"""The journal of changes that can be taken back, one for all features."""

from datetime import datetime

from sqlalchemy import Boolean, String, Text
from sqlalchemy.orm import Mapped

from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, col, key, to, uid


class JournalEntry(Base):
    """One change that can be taken back: `body` (JSON) holds what was before and after.

    `kind` is the feature that wrote it and that alone reads it. A body holds keys; where it must hold values of
    people, the people are named in `journal_people`, and the entry goes when one of them is erased. Entries go after
    the term of their mark.
    """

    __tablename__ = "journal"

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    group_id: Mapped[int] = to("groups.id")
    meeting_id: Mapped[int | None] = to("meetings.id", nullable=True)
    kind: Mapped[str] = col(String(24), marks.UNDO)
    body: Mapped[str] = col(Text, marks.UNDO)
    done_at: Mapped[datetime] = col(UtcDateTime, marks.UNDO)
    undone_at: Mapped[datetime | None] = col(UtcDateTime, marks.UNDO, nullable=True)


class JournalPerson(Base):
    """Somebody whom an entry of the journal is about, or (`beside`) in whose rows it wrote something."""

    __tablename__ = "journal_people"

    entry_id: Mapped[int] = to("journal.id", marks.UNDO, primary_key=True, index=False)
    person_id: Mapped[int] = to("people.id", marks.UNDO, primary_key=True)
    beside: Mapped[bool] = col(Boolean, marks.UNDO, default=False)
