"""The whole state of one screen: what `join` acknowledges and /state answers."""

from collections.abc import Collection, Iterable

from server.domain.vocabulary import SHARED_AUDIENCES, Audience, MeetingId
from server.services import meetings
from server.services.context import Context, Json
from server.wire import sections
from server.wire.sections import Viewer
from server.wire.times import ms


def state(
    ctx: Context,
    meeting_id: MeetingId,
    audiences: Iterable[Audience],
    viewer: Viewer,
    *,
    leave_out: Collection[str] = (),
) -> Json:
    """Counters first, then the sections: what is newer than its counter is only told twice, never missed.

    `leave_out` names sections that a first paint does without, until its script joins.
    """
    heard = [audience for audience in Audience if audience in set(audiences)]
    with ctx.reading() as db:
        seqs = meetings.view(db, meeting_id).seqs
    return {
        "ok": True,
        "server_now": ms(ctx.now()),
        "audiences": {audience.value: seqs[audience] for audience in heard if audience in SHARED_AUDIENCES},
        "snapshot": sections.build(
            ctx, meeting_id, [name for name in sections.of_audiences(heard) if name not in leave_out], viewer
        ),
    }


def own_state(ctx: Context, viewer: Viewer) -> Json:
    """The state of a screen that watches no meeting and hears its person's own news only."""
    return {"ok": True, "server_now": ms(ctx.now()), "audiences": {}, "snapshot": sections.own(ctx, viewer)}
