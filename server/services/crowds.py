"""Who somebody is at one meeting, asked by everybody at once: the sessions of the whole list are read together."""

from datetime import timedelta

from sqlalchemy import and_, or_, select

from server.domain.access import NOBODY, Actor, Grant, Scope
from server.domain.vocabulary import GroupId, MeetingId, Role, Standing
from server.persistence.models import Attendance, GrantRow, Meeting, Membership, SessionRow
from server.services import sessions
from server.services.context import Context
from server.services.lulls import Lull
from server.services.sessions import Known

FEW = 2
"""So many are looked up one by one in a lull before the whole list is read."""


def actor_at(ctx: Context, token: str | None, scope: Scope, lull: Lull) -> Actor:
    """The actor behind a cookie as far as one meeting is concerned; NOBODY as in `sessions.actor_for`."""
    if not token:
        return NOBODY
    hashed = sessions.token_hash(token)
    crowd = lull.get(("crowd", scope))
    if not isinstance(crowd, dict):
        asked = lull.get(("asked", scope))
        so_far = asked if isinstance(asked, int) else 0
        lull.keep({("asked", scope): so_far + 1})
        if so_far < FEW:
            return sessions.actor_for(ctx, token)
        crowd = lull.once(("crowd", scope), lambda: at_meeting(ctx, scope))
    known: Known | None = crowd.get(hashed)
    if known is None:  # a device, or somebody who is not on the list
        return sessions.actor_for(ctx, token)
    return NOBODY if ctx.now() >= known.expires_at else known.actor


def at_meeting(ctx: Context, scope: Scope) -> dict[bytes, Known]:
    """Everybody on the list of a meeting with a live session, by the hash of their token: what they may do there.

    The grants are those that can reach this meeting and no others. Three statements, however many they are.
    """
    with ctx.reading() as db:
        listed = select(Attendance.person_id).where(Attendance.meeting_id == scope.meeting_id)
        rows = db.execute(sessions.LIVE.where(SessionRow.person_id.in_(listed))).all()
        given = db.execute(
            select(
                GrantRow.person_id,
                GrantRow.session_id,
                GrantRow.role,
                GrantRow.group_id,
                GrantRow.meeting_id,
                GrantRow.expires_at,
            ).where(
                or_(GrantRow.group_id.is_(None), GrantRow.group_id == scope.group_id),
                or_(
                    GrantRow.person_id.in_(listed),
                    GrantRow.session_id.in_(select(SessionRow.id).where(SessionRow.person_id.in_(listed))),
                ),
            )
        ).all()
        belonging = db.execute(
            select(Attendance.person_id, Meeting.starts_at, Membership.standing)
            .join(Meeting, Meeting.id == Attendance.meeting_id)
            .outerjoin(
                Membership,
                and_(Membership.person_id == Attendance.person_id, Membership.group_id == Meeting.group_id),
            )
            .where(Attendance.meeting_id == scope.meeting_id)
        ).all()
    since = ctx.now() - timedelta(days=sessions.ATTENDEE_DAYS)
    grants: dict[tuple[str, int | None], list[Grant]] = {}
    for person_id, session_id, role, group_id, meeting_id, expires_at in given:
        grant = Grant(
            role, GroupId(group_id) if group_id else None, MeetingId(meeting_id) if meeting_id else None, expires_at
        )
        for owner in (("session", session_id), ("person", person_id)):
            grants.setdefault(owner, []).append(grant)
    member, attendee = Grant(Role.MEMBER, scope.group_id), Grant(Role.ATTENDEE, scope.group_id, scope.meeting_id)
    plain = {
        person_id: ((member,) if standing is Standing.MEMBER else ()) + ((attendee,) if starts_at > since else ())
        for person_id, starts_at, standing in belonging
    }
    return {
        row.token_hash: sessions.as_known(
            row,
            (
                *grants.get(("session", row.id), ()),
                *(() if row.joined_by_badge else grants.get(("person", row.person_id), ())),
                *plain.get(row.person_id, ()),
            ),
        )
        for row in rows
    }
