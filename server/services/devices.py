"""Which browsers are signed in for a group, how another one is, and how one is sent away."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select

from server.domain import names
from server.domain.errors import NotFound, RuleViolation
from server.domain.vocabulary import GroupId, MeetingStatus, Role, Standing, Uid
from server.persistence.models import GrantRow, Meeting, Membership, OneTimeLink, Person, SessionRow
from server.persistence.queries import people as queries
from server.services import sessions
from server.services.context import Context, Tx

ROLES = (Role.GREETER, Role.STEWARD, Role.FACILITATOR, Role.DISPLAY)
"""What a device may become by a link: a door with the list, a door that only scans, the clock's desk, a wall."""
DEVICE_LINK = timedelta(hours=24)
PERSON_LINK = timedelta(days=7)
MOST = 200
"""Devices shown at once, the newest first."""


@dataclass(frozen=True)
class Device:
    """A browser that is signed in: somebody's own, or a device with a role in one meeting."""

    uid: Uid
    label: str
    person: str
    role: Role | None
    meeting: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Link:
    """A link that works once, for as long as `life`; `name` says for whom or for which meeting it is."""

    token: str
    name: str
    role: Role | None
    life: timedelta


def _of_group(ctx: Context, group_id: GroupId) -> Select[SessionRow, Person, GrantRow, Meeting]:
    mine = select(Membership.person_id).where(Membership.group_id == group_id)
    return (
        select(SessionRow, Person, GrantRow, Meeting)
        .outerjoin(Person, Person.id == SessionRow.person_id)
        .outerjoin(GrantRow, GrantRow.session_id == SessionRow.id)
        .outerjoin(Meeting, Meeting.id == GrantRow.meeting_id)
        .where(
            SessionRow.revoked_at.is_(None),
            SessionRow.expires_at > ctx.now(),
            or_(GrantRow.group_id == group_id, SessionRow.person_id.in_(mine)),
        )
    )


def listed(ctx: Context, group_id: GroupId) -> tuple[Device, ...]:
    """Every browser that is signed in for the group, the newest first. One statement."""
    with ctx.reading() as db:
        rows = db.execute(_of_group(ctx, group_id).order_by(SessionRow.created_at.desc(), SessionRow.id).limit(MOST))
        return tuple(
            Device(
                uid=Uid(session.uid),
                label=session.label,
                person=names.full_name(person.given_name, person.family_name) if person else "",
                role=grant.role if grant else None,
                meeting=meeting.name if meeting else "",
                since=session.created_at,
                until=session.expires_at,
            )
            for session, person, grant, meeting in rows
        )


def revoke(ctx: Context, *, group_id: GroupId, session_uid: str) -> None:
    """A browser is sent away: refused at its next request, its sockets cut. Raises NotFound("session_unknown")."""

    def work(tx: Tx) -> None:
        row = tx.db.execute(_of_group(ctx, group_id).where(SessionRow.uid == session_uid)).first()
        if row is None:
            raise NotFound("session_unknown")
        row[0].revoked_at = tx.now

    ctx.transaction(work)


def link_for_device(ctx: Context, *, group_id: GroupId, meeting_uid: str, role: str) -> Link:
    """A link that makes a device a door, the facilitator's or a display of one meeting, once."""
    if role not in ROLES:
        raise RuleViolation("role_unknown", field="role")

    def work(tx: Tx) -> Link:
        meeting = tx.db.scalar(
            select(Meeting).where(
                Meeting.group_id == group_id, Meeting.uid == meeting_uid, Meeting.status != MeetingStatus.CLOSED
            )
        )
        if meeting is None:
            raise NotFound("meeting_unknown", field="meeting")
        token = sessions.add_link(
            tx, purpose="device", life=DEVICE_LINK, role=Role(role), group_id=group_id, meeting_id=meeting.id
        )
        return Link(token, meeting.name, Role(role), DEVICE_LINK)

    return ctx.transaction(work)


def link_for_person(ctx: Context, *, group_id: GroupId, person_uid: str) -> Link:
    """A link that signs one member or visitor in, once; earlier ones that nobody used stop working."""

    def work(tx: Tx) -> Link:
        row = queries.one(tx.db, group_id, person_uid)
        if row is None or row[1].standing is Standing.FORMER:
            raise NotFound("person_unknown")
        person = row[0]
        for earlier in tx.db.scalars(
            select(OneTimeLink).where(OneTimeLink.person_id == person.id, OneTimeLink.purpose == "person")
        ):
            earlier.uses_left = 0
        token = sessions.add_link(tx, purpose="person", life=PERSON_LINK, person_id=person.id)
        return Link(token, names.full_name(person.given_name, person.family_name), None, PERSON_LINK)

    return ctx.transaction(work)
