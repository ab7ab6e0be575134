"""The line that stands on all screens: shown, taken away, and put as it was before."""

from server.domain.errors import Conflict
from server.domain.events import MeetingChanged
from server.domain.vocabulary import MeetingId, PersonId
from server.persistence.models import Meeting
from server.services import action_log
from server.services.context import Context, Json, Op, Tx

VERB = "message"
MOST = 200


def say(ctx: Context, *, meeting_id: MeetingId, message: str, by: PersonId | None = None, op: Op | None = None) -> Json:
    """A message on all screens; an empty one takes it away. Answers `{message}`."""
    line = message.strip()[:MOST]

    def work(tx: Tx) -> Json:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        before, meeting.message = meeting.message, line
        if before != line:
            key, params = ("message_shown", {"text": line}) if line else ("message_gone", {})
            undo = {"verb": VERB, "before": before, "after": line}
            action_log.note(tx, meeting_id=meeting_id, key=key, params=params, by=by, undo=undo)
            tx.record(MeetingChanged(meeting_id))
        return {"message": line}

    return ctx.transaction(work, op=op)


def put_back(tx: Tx, asked: Json) -> None:
    """The line of before. Raises Conflict("undo_in_the_way") when somebody wrote another one since."""
    meeting = tx.db.get_one(Meeting, asked["meeting_id"], with_for_update=True)
    if meeting.message != asked["after"]:
        raise Conflict("undo_in_the_way")
    meeting.message = asked["before"]
    tx.record(MeetingChanged(asked["meeting_id"]))
