"""What nearly every scan needs, in one question: a known badge, read as it was printed, of somebody on the list.

Values, not records: a scan in a queue is answered from them. They have the names that the records have.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import bindparam, exists, select

from server.domain.vocabulary import AttendanceStatus, MeetingId, MeetingStatus, Standing
from server.persistence.lean import Lean
from server.persistence.models import Attendance, Badge, Meeting, Person, TalkRota
from server.services.context import Tx


@dataclass(slots=True)
class TodaysMeeting:
    """As much of the meeting as its door needs."""

    id: int
    group_id: int
    status: MeetingStatus
    starts_at: datetime
    closed_at: datetime | None
    member_fee_cents: int
    visitor_fee_cents: int


@dataclass(slots=True)
class ShownBadge:
    """As much of a badge."""

    group_id: int
    meeting_id: int | None
    revoked_at: datetime | None


@dataclass(slots=True)
class Name:
    """Whose line it is."""

    given_name: str
    family_name: str
    company: str


@dataclass(slots=True)
class Line:
    """As much of a line of the list; locked."""

    person: Name
    id: int
    uid: str
    meeting_id: int
    person_id: int
    standing: Standing
    status: AttendanceStatus
    invited_by_id: int | None
    is_walk_in: bool
    entered_at: datetime | None
    left_at: datetime | None
    phone_session_id: int | None
    fee_paid_at: datetime | None
    fee_waived: bool


_PARTS = (
    (Meeting, TodaysMeeting),
    (Badge, ShownBadge),
    (Person, Name),
    (Attendance, Line),
)
_FIELDS = [(model, [name for name in shown.__slots__ if name != "person"]) for model, shown in _PARTS]
_USUAL = Lean(
    select(
        exists().where(TalkRota.meeting_id == Meeting.id, TalkRota.put_away_at.is_(None)).label("in_turn"),
        *(getattr(model, name) for model, names in _FIELDS for name in names),
    )
    .select_from(Meeting)
    .join(Badge, Badge.code_hash == bindparam("code"))
    .join(Attendance, (Attendance.meeting_id == Meeting.id) & (Attendance.person_id == Badge.person_id))
    .join(Person, Person.id == Attendance.person_id)
    .where(Meeting.id == bindparam("meeting"))
    .with_for_update(of=Attendance)
)
_ENDS = [1]
for _, _names in _FIELDS:
    _ENDS.append(_ENDS[-1] + len(_names))


def find(tx: Tx, meeting_id: MeetingId, code_hash: bytes) -> tuple[TodaysMeeting, ShownBadge, Line] | None:
    """None for everything that is less usual: another spelling, a stranger, or people who speak in turn just now."""
    found = _USUAL.all(tx.sql, {"meeting": meeting_id, "code": code_hash})
    if not found or found[0].in_turn:
        return None
    row = found[0]
    meeting, badge, name, line = (row[a:b] for a, b in pairwise(_ENDS))
    return TodaysMeeting(*meeting), ShownBadge(*badge), Line(Name(*name), *line)
