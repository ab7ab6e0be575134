"""The empty chair: whom to invite next, with the invitation ready and a tent card to print."""

from dataclasses import dataclass

from flask import render_template
from flask_babel import force_locale, gettext

from server.domain.access import Verb
from server.services import chairs, groups, meetings, print_setup, registration_desk
from server.services.chairs import EmptyChair
from server.services.groups import GroupSettings
from server.services.meetings import MeetingView
from server.views import addresses, guards, message_words, messages, plan_words
from server.views.guards import Visit
from server.views.organiser import bp as bp
from server.views.ready_messages import Ready


@dataclass(frozen=True)
class ShownChair:
    """A chair with what the planner says in words, and the message to whoever should sit there."""

    chair: EmptyChair
    lines: tuple[str, ...]
    invitation: Ready


@bp.get("/<meeting>/empty-chair")
@guards.needs(Verb.PREPARE_MEETING)
def empty_chair(visit: Visit) -> str:
    """The chairs, the best first; or in one sentence why there are none."""
    with visit.ctx.one_moment() as ctx:
        with ctx.reading() as db:
            meeting = meetings.view(db, visit.meeting_id)
            group = groups.view(db, visit.group_id).settings
        invites_with = registration_desk.open_link(ctx, visit.meeting_id)
        paper = print_setup.setup(ctx, visit.group_id).paper
    found = chairs.find(visit.ctx, visit.meeting_id)
    names = {key: each.name for key, each in found.people.items()}
    link = addresses.for_phones(visit, "registration.page", link=invites_with) if invites_with else ""
    return render_template(
        "organiser/empty_chair.html",
        meeting=meeting,
        paper=paper,
        why_not=messages.sentence(found.refusal) if found.refusal else "",
        registers=bool(link),
        chairs=[
            ShownChair(
                chair,
                tuple(plan_words.remark(told, names) for told in chair.told),
                invitation(group, meeting, chair, link),
            )
            for chair in found.chairs
        ],
    )


def invitation(group: GroupSettings, meeting: MeetingView, chair: EmptyChair, link: str) -> Ready:
    """What somebody who might sit there is told, in the language of the group: how many wait, and no names."""
    with force_locale(group.language):
        facts = message_words.when_and_where(meeting)
        lines = [
            gettext("Hello,"),
            gettext("at our next meeting a chair is waiting for: %(sector)s.", sector=chair.sector),
            ", ".join(part for part in (facts["meeting"], facts["day"], facts["hour"], facts["place"]) if part),
        ]
        if chair.wishes:
            lines.insert(2, gettext("People there who look for exactly that: %(n)s.", n=chair.wishes))
        if link:
            lines.append(gettext("You can register here: %(link)s", link=link))
        lines.append(group.name)
        return Ready(str(gettext("A chair for you: %(meeting)s", **facts)), "\n\n".join(map(str, lines)))
