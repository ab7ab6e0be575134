"""The display code: what a projector shows to hear a meeting's news, or to become one of its displays for a day."""

import hmac
from datetime import timedelta

from sqlalchemy import func, select

from server.domain import names
from server.domain.errors import NotAllowed, NotFound
from server.domain.vocabulary import MeetingId, MeetingStatus, PersonId, Role, Uid
from server.persistence.models import GrantRow, Meeting, Person, SessionRow
from server.services.context import Context, Tx
from server.services.sessions import DEVICE_HOURS, Opened, open_session, token_hash


def code_for(ctx: Context, *, meeting_id: MeetingId) -> str:
    """The display code of a meeting: ten characters from the installation key, the same until the meeting is over."""

    def work(tx: Tx) -> str:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        code = ctx.secret("display", meeting.uid)[:10].upper()
        meeting.display_code_hash = token_hash(code)
        return code

    return ctx.transaction(work)


def check_code(ctx: Context, *, meeting_id: MeetingId, code: str) -> None:
    """Raises NotAllowed("display_code_wrong") unless the code is this meeting's."""
    with ctx.reading() as db:
        stored = db.scalar(select(Meeting.display_code_hash).where(Meeting.id == meeting_id))
    if stored is None or not hmac.compare_digest(stored, token_hash(code.strip().upper())):
        raise NotAllowed("display_code_wrong")


def sign_in(ctx: Context, *, code: str, label: str) -> tuple[Opened, Uid]:
    """A screen becomes a display of the meeting whose code was typed; gives its session and the meeting's uid.

    Raises NotAllowed("display_code_wrong") for a code of no meeting that is still to come or on, and
    NotAllowed("display_code_full") when as many displays of the meeting are signed in as one code may feed.
    """
    most = ctx.settings.max_per_code

    def work(tx: Tx) -> tuple[Opened, Uid]:
        meeting = tx.db.scalar(
            select(Meeting)
            .where(
                Meeting.display_code_hash == token_hash(code.strip().upper()),
                Meeting.status != MeetingStatus.CLOSED,
            )
            .with_for_update()
        )
        if meeting is None:
            raise NotAllowed("display_code_wrong")
        signed_in = tx.db.scalar(
            select(func.count(SessionRow.id.distinct()))
            .join(GrantRow, GrantRow.session_id == SessionRow.id)
            .where(
                GrantRow.role == Role.DISPLAY,
                GrantRow.meeting_id == meeting.id,
                SessionRow.revoked_at.is_(None),
                SessionRow.expires_at > tx.now,
            )
        )
        if (signed_in or 0) >= most:
            raise NotAllowed("display_code_full", most=most)
        opened, row = open_session(tx, person_id=None, label=label, life=timedelta(hours=DEVICE_HOURS))
        tx.db.add(
            GrantRow(
                session_id=row.id,
                role=Role.DISPLAY,
                group_id=meeting.group_id,
                meeting_id=meeting.id,
                expires_at=row.expires_at,
                created_at=tx.now,
            )
        )
        return opened, Uid(meeting.uid)

    return ctx.transaction(work)


def called(ctx: Context, person_id: PersonId) -> tuple[str, str]:
    """What a wall calls somebody, first name and initial, and their company. One statement."""
    with ctx.reading() as db:
        person = db.get_one(Person, person_id)
        return names.short_name(person.given_name, person.family_name), person.company


def meeting_behind(ctx: Context, *, name: str) -> MeetingId:
    """A meeting by uid or slug, or `today` for the one that is open or next. Raises NotFound."""
    with ctx.reading() as db:
        question = select(Meeting.id).order_by(Meeting.starts_at.desc())
        if name == "today":
            day = ctx.now().date()
            rows = db.execute(select(Meeting.id, Meeting.starts_at).order_by(Meeting.starts_at)).all()
            coming = [row[0] for row in rows if row[1].date() >= day]
            found = coming[0] if coming else (rows[-1][0] if rows else None)
        else:
            found = db.scalar(question.where((Meeting.uid == name) | (Meeting.slug == name)).limit(1))
    if found is None:
        raise NotFound("meeting_unknown")
    return MeetingId(found)
