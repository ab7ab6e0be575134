"""The display code: what a projector without a session shows to hear a meeting's news."""

import hmac

from sqlalchemy import select

from server.domain.errors import NotAllowed, NotFound
from server.domain.vocabulary import MeetingId
from server.persistence.models import Meeting
from server.services.context import Context, Tx
from server.services.sessions import token_hash


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
