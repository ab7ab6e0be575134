"""What is still open in a meeting, counted in one statement."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select
from sqlalchemy.orm import Session

from server.domain.rounds import GOING_ON
from server.domain.vocabulary import AttendanceStatus, ExchangeState, MeetingId, ReferralState, Role, Uid
from server.persistence.models import (
    Attendance,
    CheckInEvent,
    Contact,
    Exchange,
    GrantRow,
    Referral,
    Round,
    SessionRow,
    TalkRota,
)

DEVICE_ROLES = (Role.GREETER, Role.STEWARD, Role.KIOSK, Role.DISPLAY, Role.FACILITATOR)


class Open(NamedTuple):
    """How much of each is open; `round_on` is its number and `round_version` its clock's, `talk_version` the rota's."""

    round_on: int | None
    round_version: int | None
    talk_version: int | None
    in_room: int
    never_came: int
    devices: int
    exchanges: int
    unanswered: int
    drafts: int


def devices_of(meeting_id: MeetingId, now: datetime, but: Uid | None) -> Select[SessionRow]:
    """Doors, displays, kiosks and consoles of a meeting without a person behind them, but the one that asks."""
    held = select(GrantRow.session_id).where(GrantRow.meeting_id == meeting_id, GrantRow.role.in_(DEVICE_ROLES))
    return select(SessionRow).where(
        SessionRow.id.in_(held),
        SessionRow.person_id.is_(None),
        SessionRow.revoked_at.is_(None),
        SessionRow.expires_at > now,
        SessionRow.uid != (but or ""),
    )


def still_open(db: Session, meeting_id: MeetingId, *, now: datetime, asker: Uid | None) -> Open:
    """What is open in a meeting. One statement."""
    here = Attendance.meeting_id == meeting_id
    on = select(Round.number).where(Round.meeting_id == meeting_id, Round.phase.in_(GOING_ON)).limit(1)
    version = select(Round.version).where(Round.meeting_id == meeting_id, Round.phase.in_(GOING_ON)).limit(1)
    talk = select(TalkRota.version).where(TalkRota.meeting_id == meeting_id, TalkRota.put_away_at.is_(None))
    devices = devices_of(meeting_id, now, asker).with_only_columns(func.count())
    row = db.execute(
        select(
            on.scalar_subquery(),
            version.scalar_subquery(),
            talk.scalar_subquery(),
            _count(here, Attendance.entered_at.is_not(None), Attendance.left_at.is_(None)),
            _count(here, Attendance.status == AttendanceStatus.EXPECTED, Attendance.entered_at.is_(None)),
            devices.scalar_subquery(),
            _count(Exchange.meeting_id == meeting_id, Exchange.state == ExchangeState.WAITING),
            _count(Contact.met_at_id == meeting_id, Contact.stay_in_touch.is_(None)),
            _count(Referral.meeting_id == meeting_id, Referral.state == ReferralState.DRAFT),
        )
    ).one()
    return Open(*row)


def open_entries(db: Session, meeting_id: MeetingId) -> list[tuple[CheckInEvent, Attendance]]:
    """The entry of everybody who is in the room. One statement."""
    question = (
        select(CheckInEvent, Attendance)
        .join(Attendance, Attendance.id == CheckInEvent.attendance_id)
        .where(Attendance.meeting_id == meeting_id, CheckInEvent.is_open.is_(True))
        .order_by(Attendance.id)
        .with_for_update(of=Attendance)
    )
    return [(entry, row) for entry, row in db.execute(question)]


def never_came(db: Session, meeting_id: MeetingId) -> list[Attendance]:
    """Everybody who was expected and never came. One statement."""
    question = select(Attendance).where(
        Attendance.meeting_id == meeting_id,
        Attendance.status == AttendanceStatus.EXPECTED,
        Attendance.entered_at.is_(None),
    )
    return list(db.scalars(question.order_by(Attendance.id).with_for_update()))


def _count(*where: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).where(*where).scalar_subquery()
