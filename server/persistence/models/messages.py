"""Messages that were written or sent to people about a meeting. Their text is not kept."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped

from server.domain.messages import MessageKind, MessageState
from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, by_value, col, key, to, uid


class Message(Base):
    """One message to one person about a meeting; without a row nobody has written yet.

    The uid is part of the mail's Message-ID: a letter that was sent twice because a process died is known by it.
    """

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("meeting_id", "person_id", "kind"),)

    id: Mapped[int] = key()
    uid: Mapped[str] = uid()
    meeting_id: Mapped[int] = to("meetings.id", index=False)
    person_id: Mapped[int] = to("people.id")
    kind: Mapped[MessageKind] = col(by_value(MessageKind), marks.ACTIVITY)
    state: Mapped[MessageState] = col(by_value(MessageState), marks.ACTIVITY)
    problem: Mapped[str] = col(String(40), marks.ACTIVITY, default="")
    changed_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
