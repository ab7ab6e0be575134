"""Questions about presentations in turn: the rota that goes on, who has a turn, who could have one."""

from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from server.domain.speaking import TurnState
from server.domain.vocabulary import GroupId, MeetingId, Standing
from server.persistence.models import Attendance, Meeting, Person, TalkRota, TalkTurn

_IN_ROOM = Attendance.entered_at.is_not(None) & Attendance.left_at.is_(None)


class Voiced(NamedTuple):
    """Somebody with a turn, and the names of their host where that one is on the list too."""

    attendance: Attendance
    person: Person
    host_given: str | None
    host_family: str | None


# Put together once: it is asked with every scan of the door.
_OPEN = select(TalkRota).where(TalkRota.meeting_id == bindparam("meeting"), TalkRota.put_away_at.is_(None))
_OPEN_LOCKED = _OPEN.with_for_update()


def open_rota(db: Session, meeting_id: MeetingId, *, lock: bool = False) -> TalkRota | None:
    """The rota that goes on."""
    return db.scalar(_OPEN_LOCKED if lock else _OPEN, {"meeting": meeting_id})


def voices(db: Session, rota_id: int) -> list[Voiced]:
    """Everybody with a turn. One statement."""
    host, host_row = aliased(Person), aliased(Attendance)
    question = (
        select(Attendance, Person, host.given_name, host.family_name)
        .join(TalkTurn, TalkTurn.attendance_id == Attendance.id)
        .join(Person, Person.id == Attendance.person_id)
        .outerjoin(
            host_row, (host_row.person_id == Attendance.invited_by_id) & (host_row.meeting_id == Attendance.meeting_id)
        )
        .outerjoin(host, (host.id == host_row.person_id) & (Attendance.standing == Standing.VISITOR))
        .where(TalkTurn.rota_id == rota_id)
    )
    return [Voiced(*row) for row in db.execute(question)]


def in_room(db: Session, meeting_id: MeetingId) -> list[tuple[Attendance, Person]]:
    """Everybody in the room. One statement."""
    question = (
        select(Attendance, Person)
        .join(Person, Person.id == Attendance.person_id)
        .where(Attendance.meeting_id == meeting_id, _IN_ROOM)
    )
    return [(row, person) for row, person in db.execute(question)]


def count_in_room(db: Session, meeting_id: MeetingId) -> int:
    """How many are in the room. One statement."""
    return db.scalar(select(func.count()).where(Attendance.meeting_id == meeting_id, _IN_ROOM)) or 0


def keys(db: Session, meeting_id: MeetingId, uid: str) -> int | None:
    """The key of an attendance. One statement."""
    return db.scalar(select(Attendance.id).where(Attendance.meeting_id == meeting_id, Attendance.uid == uid))


def of_person(db: Session, meeting_id: int, person_id: int) -> int | None:
    """The key of somebody's attendance. One statement."""
    return db.scalar(
        select(Attendance.id).where(Attendance.meeting_id == meeting_id, Attendance.person_id == person_id)
    )


def last_first(db: Session, group_id: GroupId | int, *, but: int) -> tuple[str, int] | None:
    """Sort key and person of whoever spoke first in the last rota of the group's other meetings. One statement."""
    found = db.execute(
        select(Person.sort_key, Person.id)
        .join(Attendance, Attendance.person_id == Person.id)
        .join(TalkTurn, TalkTurn.attendance_id == Attendance.id)
        .join(TalkRota, TalkRota.id == TalkTurn.rota_id)
        .join(Meeting, Meeting.id == TalkRota.meeting_id)
        .where(
            Meeting.group_id == group_id,
            Meeting.id != but,
            TalkTurn.number == 1,
            TalkTurn.state == TurnState.SPOKE,
        )
        .order_by(TalkRota.began_at.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else (found[0], found[1])
