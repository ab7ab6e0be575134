"""Operations already done: a retried write finds its first answer here."""

from datetime import datetime

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped

from server.persistence import marks
from server.persistence.base import Base, UtcDateTime, col


class Operation(Base):
    """One write of one device, stored in the same transaction as its effect."""

    __tablename__ = "operations"

    id: Mapped[str] = col(String(40), marks.ACTIVITY, primary_key=True)
    kind: Mapped[str] = col(String(40), marks.ACTIVITY)
    body_hash: Mapped[bytes] = col(LargeBinary(32), marks.ACTIVITY)
    answer: Mapped[str] = col(Text, marks.ACTIVITY)
    done_at: Mapped[datetime] = col(UtcDateTime, marks.ACTIVITY)
