"""Sums of people who are no longer here: by piece of time, at a meeting, in an approved week. Nothing tells who."""

from datetime import date

from sqlalchemy import BigInteger, Date, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from server.domain import weeks
from server.domain.folded import Kind
from server.persistence import marks
from server.persistence.base import Base, by_value, col, key, to


class FoldedTotal(Base):
    """How often, and how many cents, in one piece of a group's time; `since` is its first day (`folded.piece`)."""

    __tablename__ = "folded_totals"
    __table_args__ = (UniqueConstraint("group_id", "kind", "since", "what", "currency"),)

    id: Mapped[int] = key()
    group_id: Mapped[int] = to("groups.id", marks.SETTING, index=False)
    kind: Mapped[Kind] = col(by_value(Kind), marks.SETTING)
    since: Mapped[date] = col(Date, marks.SETTING)
    what: Mapped[str] = col(String(40), marks.SETTING)
    currency: Mapped[str] = col(String(3), marks.SETTING, default="")
    """Of thanks; empty for everything that is no money."""
    number: Mapped[int] = col(Integer, marks.SETTING)
    cents: Mapped[int] = col(BigInteger, marks.SETTING, default=0)


class FoldedAtMeeting(Base):
    """The same of one meeting; cents are of the group's currency."""

    __tablename__ = "folded_at_meetings"
    __table_args__ = (UniqueConstraint("meeting_id", "kind", "what"),)

    id: Mapped[int] = key()
    meeting_id: Mapped[int] = to("meetings.id", marks.SETTING, index=False)
    kind: Mapped[Kind] = col(by_value(Kind), marks.SETTING)
    what: Mapped[str] = col(String(40), marks.SETTING)
    number: Mapped[int] = col(Integer, marks.SETTING)
    cents: Mapped[int] = col(BigInteger, marks.SETTING, default=0)


class FoldedFigure(Base):
    """One figure of an approved week, of everybody who is no longer here together."""

    __tablename__ = "folded_figures"
    __table_args__ = (UniqueConstraint("week_id", "column"),)

    id: Mapped[int] = key()
    week_id: Mapped[int] = to("weeks.id", marks.SETTING, index=False)
    column: Mapped[weeks.Column] = col(by_value(weeks.Column), marks.SETTING)
    number: Mapped[int] = col(Integer, marks.SETTING)
