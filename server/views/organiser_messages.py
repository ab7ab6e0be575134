"""Messages of a meeting, ready to go: the head-count for the venue, and how far the others are."""

from flask import render_template
from flask_babel import gettext

from server.domain.access import Verb
from server.domain.messages import MessageKind
from server.services import groups, head_counts, meetings, reminders
from server.services.meetings import MeetingView
from server.views import guards, message_words
from server.views.guards import Visit
from server.views.organiser import bp as bp
from server.views.ready_messages import Ready


@bp.get("/<meeting>/messages")
@guards.needs(Verb.PREPARE_MEETING)
def messages(visit: Visit) -> str:
    """What can be sent now."""
    with visit.ctx.one_moment() as ctx:
        meeting, _agenda = meetings.show(ctx, visit.meeting_id)
        count = head_counts.of(ctx, visit.meeting_id)
        with ctx.reading() as db:
            group = groups.view(db, visit.group_id).settings.name
        people = {kind: reminders.listed(ctx, visit.meeting_id, kind) for kind in MessageKind}
    return render_template(
        "organiser/messages.html",
        meeting=meeting,
        count=count,
        venue=for_venue(group, meeting, count),
        kinds=[(kind, sum(each.state.is_done for each in found), len(found)) for kind, found in people.items()],
        titles=message_words.TITLES,
        explained=message_words.EXPLAINED,
    )


def for_venue(group: str, meeting: MeetingView, count: head_counts.HeadCount) -> Ready:
    """How many chairs, in words for whoever lays the tables. No names."""
    facts = message_words.when_and_where(meeting) | {"group": group}
    lines = [
        gettext("%(group)s: %(meeting)s", **facts),
        gettext("%(day)s, %(hour)s", **facts) + (f", {meeting.place}" if meeting.place else ""),
        gettext("People: %(n)s (members: %(members)s, visitors: %(visitors)s)", n=count.together, **vars(count)),
        gettext("If the number changes, we will write again. Thank you."),
    ]
    return Ready(str(gettext("Number of people: %(meeting)s", **facts)), "\n".join(map(str, lines)))
