"""The meetings to come as a member sees them: I cannot come, somebody comes for me, and visitors of one's own."""

from dataclasses import replace

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.domain.access import Verb
from server.services import apologies, people
from server.services.apologies import Coming
from server.services.people import PersonFields
from server.views import addresses, calendars, forms, guards, pages
from server.views.guards import Visit
from server.views.member import bp
from server.views.member_frame import frame, meeting_uid, sent
from server.views.ready_messages import Ready

__all__ = ["bp"]
FIELDS = ("given_name", "family_name", "company", "email")


@bp.get("/meetings", endpoint="meetings")
@guards.needs(Verb.OWN_PAGES)
def coming_meetings(visit: Visit) -> str:
    """The next meetings, what one has said about each, and the link for one's visitors."""
    with visit.ctx.one_moment() as ctx:
        here = replace(visit, ctx=ctx)
        found = apologies.listed(ctx, visit.group_id, visit.person_id)
        return render_template(
            "member/meetings.html",
            meetings=[(each, invitation(here, each) if each.link else None) for each in found],
            at=meeting_uid(),
            values=forms.typed(dict.fromkeys(FIELDS, "")),
            longest=people.LONGEST,
            calendar_address=calendars.address(here, visit.person_id) if visit.may(Verb.USE_BOARD) else None,
            **frame(here, "meetings"),
        )


def invitation(visit: Visit, meeting: Coming) -> tuple[str, Ready]:
    """The address for visitors, and the message that carries it."""
    address = addresses.for_phones(visit, "registration.page", link=meeting.link)
    day = pages.local_day(meeting.starts_at, meeting.time_zone)
    hour = pages.local_time(meeting.starts_at, meeting.time_zone)
    when = ", ".join(part for part in (day, hour, meeting.place) if part)
    text = gettext(
        "I would like you to come along as my guest: %(meeting)s, %(when)s. You can register here: %(link)s",
        meeting=meeting.name,
        when=when,
        link=address,
    )
    return address, Ready(str(gettext("Come along: %(meeting)s", meeting=meeting.name)), str(text))


@bp.post("/meetings/<meeting>/apology")
@guards.needs(Verb.OWN_PAGES)
@forms.or_show_again(coming_meetings)
def apologise(visit: Visit) -> ResponseReturnValue:
    """I cannot come."""
    apologies.apologise(
        visit.ctx,
        meeting_id=visit.meeting_id,
        person_id=visit.person_id,
        op=visit.op("apology", {"meeting": visit.meeting_id}),
    )
    return _back()


@bp.post("/meetings/<meeting>/substitute")
@guards.needs(Verb.OWN_PAGES)
@forms.or_show_again(coming_meetings)
def send_substitute(visit: Visit) -> ResponseReturnValue:
    """Somebody comes for me."""
    allowed = FIELDS if visit.secure else FIELDS[:3]
    apologies.send(
        visit.ctx,
        meeting_id=visit.meeting_id,
        person_id=visit.person_id,
        who=PersonFields(**{name: forms.text(name, limit=people.LONGEST[name]) for name in allowed}),
        op=visit.op("substitute", sent() | {"meeting": visit.meeting_id}),
    )
    return _back()


@bp.post("/meetings/<meeting>/coming")
@guards.needs(Verb.OWN_PAGES)
@forms.or_show_again(coming_meetings)
def come_after_all(visit: Visit) -> ResponseReturnValue:
    """What was said is taken back."""
    apologies.come_after_all(
        visit.ctx,
        meeting_id=visit.meeting_id,
        person_id=visit.person_id,
        op=visit.op("coming", {"meeting": visit.meeting_id}),
    )
    return _back()


def _back() -> ResponseReturnValue:
    assert request.view_args is not None, "the address names the meeting"
    uid = request.view_args["meeting"]
    return redirect(url_for("member.meetings", _anchor=f"m-{uid}"), code=303)
