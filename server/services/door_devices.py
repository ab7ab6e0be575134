"""The devices of a meeting's door: made by a link with a name of their own, resting when nobody touches them.

A device that rests goes on scanning, shows no names and does nothing else, until somebody types its four digits.
Five wrong tries sign it out.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from server.domain.errors import NotAllowed, NotFound, RuleViolation
from server.domain.vocabulary import GroupId, MeetingId, MeetingStatus, Role, Uid
from server.persistence.models import GrantRow, Meeting, SessionRow
from server.services import sessions
from server.services.context import Context, Tx

DOOR_ROLES = (Role.GREETER, Role.STEWARD, Role.KIOSK)
PIN_DIGITS = 4
PIN_TRIES = 5
LINK_LIFE = timedelta(hours=24)
NAME_MOST = 80


@dataclass(frozen=True)
class DoorLink:
    """A link that makes one device of the door, the digits that wake it, and what it is called."""

    token: str
    role: Role
    name: str
    pin: str


def pin_hash(pin: str) -> bytes:
    """What the database keeps of the digits. They protect a screen on a table for a day, not an account."""
    return hashlib.sha256(f"door:{pin}".encode()).digest()


def make_link(ctx: Context, *, group_id: GroupId, meeting_id: MeetingId, role: str, name: str) -> DoorLink:
    """A link for one device of this meeting's door. An empty name becomes the next number after those there are.

    Raises RuleViolation("role_unknown" | "text_too_long"), NotFound("meeting_unknown") for a closed meeting.
    """
    if role not in DOOR_ROLES:
        raise RuleViolation("role_unknown", field="role")
    if len(name) > NAME_MOST:
        raise RuleViolation("text_too_long", field="name", most=NAME_MOST)
    pin = f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"

    def work(tx: Tx) -> DoorLink:
        meeting = tx.db.get_one(Meeting, meeting_id)
        if meeting.status is MeetingStatus.CLOSED:
            raise NotFound("meeting_unknown")
        wakes = role != Role.KIOSK
        token = sessions.add_link(
            tx,
            purpose="device",
            life=LINK_LIFE,
            role=Role(role),
            group_id=group_id,
            meeting_id=meeting_id,
            label=name.strip(),
            pin_hash=pin_hash(pin) if wakes else None,
        )
        return DoorLink(token, Role(role), name.strip(), pin if wakes else "")

    return ctx.transaction(work)


def how_many(ctx: Context, meeting_id: MeetingId) -> int:
    """How many devices this meeting's door has had; the next one's number is one more. One statement."""
    with ctx.reading() as db:
        found = db.scalar(
            select(func.count(GrantRow.id)).where(GrantRow.meeting_id == meeting_id, GrantRow.role.in_(DOOR_ROLES))
        )
        return found or 0


def standing(ctx: Context, token: str | None) -> str:
    """What became of the browser that shows this cookie: `in`, `expired`, `revoked` or `unknown`. One statement."""
    if not token:
        return "unknown"
    with ctx.reading() as db:
        row = db.scalar(select(SessionRow).where(SessionRow.token_hash == sessions.token_hash(token)))
    if row is None:
        return "unknown"
    if row.revoked_at is not None:
        return "revoked"
    return "in" if ctx.now() < row.expires_at else "expired"


@dataclass(frozen=True)
class Device:
    """Whether a device of the door has digits that would wake it, and whether it waits for them."""

    can_rest: bool = False
    rests: bool = False


def device(ctx: Context, session_uid: Uid | None) -> Device:
    """How it is with this device. One statement."""
    with ctx.reading() as db:
        row = db.execute(
            select(SessionRow.pin_hash, SessionRow.locked_at).where(SessionRow.uid == session_uid)
        ).one_or_none()
    return Device() if row is None else Device(row.pin_hash is not None, row.locked_at is not None)


def rest(ctx: Context, *, session_uid: Uid | None) -> bool:
    """Nobody has touched this device for a while. Answers whether it rests: one without digits never does."""

    def work(tx: Tx) -> bool:
        row = tx.db.scalar(select(SessionRow).where(SessionRow.uid == session_uid).with_for_update())
        if row is None or row.pin_hash is None:
            return False
        row.locked_at = row.locked_at or tx.now
        return True

    return ctx.transaction(work)


def wake(ctx: Context, *, session_uid: Uid | None, pin: str) -> None:
    """The digits wake the device. Raises NotAllowed("pin_wrong" | "pin_used_up"); a wrong try counts."""

    def work(tx: Tx) -> str:
        row = tx.db.scalar(select(SessionRow).where(SessionRow.uid == session_uid).with_for_update())
        if row is None or row.pin_hash is None or row.locked_at is None:
            return ""
        if hmac.compare_digest(row.pin_hash, pin_hash(pin.strip())):
            row.locked_at, row.pin_tries = None, 0
            return ""
        row.pin_tries += 1
        if row.pin_tries >= PIN_TRIES:
            row.revoked_at = tx.now
            return "pin_used_up"
        return "pin_wrong"  # refused only after the commit, so that the try counts

    if refusal := ctx.transaction(work):
        raise NotAllowed(refusal)
