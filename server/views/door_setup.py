"""The organiser's side of the door: its devices, the poster for checking oneself in, fees, the list back from paper."""

from datetime import time

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from server.domain.access import Verb
from server.domain.errors import RuleViolation
from server.domain.vocabulary import MeetingStatus, Role, Uid
from server.services import (
    attendance,
    conflicts,
    door_devices,
    door_settings,
    meetings,
    paper_ticks,
    self_check_in,
)
from server.services.attendance import RoomPerson
from server.services.check_ins import Desk
from server.services.context import Json
from server.services.paper_ticks import Tick
from server.views import addresses, forms, guards
from server.views.guards import Visit

bp = Blueprint("door_setup", __name__, url_prefix="/o/<meeting>/door")


def roles() -> dict[str, str]:
    """What a device of the door may be, in words."""
    return {
        Role.GREETER.value: _("Door: scan, search, add walk-ins"),
        Role.STEWARD.value: _("Door: scan only"),
        Role.KIOSK.value: _("Kiosk: people check themselves in"),
    }


def _page(visit: Visit, link: door_devices.DoorLink | None = None) -> str:
    with visit.ctx.one_moment() as ctx:
        meeting, _agenda = meetings.show(ctx, visit.meeting_id)
        found = door_settings.view(ctx, visit.meeting_id)
        number = door_devices.how_many(ctx, visit.meeting_id) + 1
        open_conflicts = sum(not each.settled for each in conflicts.listed(ctx, visit.meeting_id))
    poster = self_check_in.token(visit.ctx, meeting.uid)
    return render_template(
        "organiser/door.html",
        meeting=meeting,
        door=found,
        roles=roles(),
        link=link,
        shown_link=addresses.for_phones(visit, "public.look_at_link", token=link.token) if link else None,
        poster=addresses.for_phones(visit, "kiosk.here", poster=poster),
        conflicts=open_conflicts,
        may_make=visit.may(Verb.MANAGE_GROUP) and meeting.status is not MeetingStatus.CLOSED,
        values=forms.typed(
            {
                "role": Role.GREETER.value,
                "name": _("Door %(number)s", number=number),
                "member_fee": door_settings.written(found.member_fee_cents),
                "visitor_fee": door_settings.written(found.visitor_fee_cents),
            }
        ),
    )


@bp.get("")
@guards.needs(Verb.PREPARE_MEETING)
def page(visit: Visit) -> str:
    """Devices, poster, fees, paper."""
    return _page(visit)


@bp.post("/devices")
@guards.needs(Verb.MANAGE_GROUP)
@forms.or_show_again(page)
def create_device(visit: Visit) -> ResponseReturnValue:
    """A link for one device of the door, shown once with its square and its digits."""
    link = door_devices.make_link(
        visit.ctx,
        group_id=visit.group_id,
        meeting_id=visit.meeting_id,
        role=forms.text("role", limit=24),
        name=forms.text("name", limit=80),
    )
    return _page(visit, link)


@bp.post("/poster")
@guards.needs(Verb.PREPARE_MEETING)
def switch_poster(visit: Visit) -> ResponseReturnValue:
    """People may check themselves in from the poster, or no longer."""
    self_check_in.switch(visit.ctx, meeting_id=visit.meeting_id, on=forms.ticked("on"))
    return _back("poster")


@bp.get("/poster")
@guards.needs(Verb.PREPARE_MEETING)
def poster_page(visit: Visit) -> str:
    """The poster itself, for the browser's print dialog."""
    meeting, _agenda = meetings.show(visit.ctx, visit.meeting_id)
    token = self_check_in.token(visit.ctx, meeting.uid)
    address = addresses.for_phones(visit, "kiosk.here", poster=token)
    return render_template("front_desk/poster.html", meeting=meeting, address=address)


@bp.post("/fees")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(page)
def change_fees(visit: Visit) -> ResponseReturnValue:
    """What the door asks of members and of visitors."""
    door_settings.change_fees(
        visit.ctx,
        meeting_id=visit.meeting_id,
        member=forms.text("member_fee", limit=12),
        visitor=forms.text("visitor_fee", limit=12),
    )
    return _back("fees")


@bp.get("/paper")
@guards.needs(Verb.PREPARE_MEETING)
def paper(visit: Visit) -> str:
    """The list by family name, to tick back what stands on paper."""
    meeting, _agenda = meetings.show(visit.ctx, visit.meeting_id)
    done = [int(request.args[name]) for name in ("came", "left", "known") if request.args.get(name, "").isdecimal()]
    return render_template(
        "organiser/door_paper.html",
        meeting=meeting,
        people=attendance.everybody(visit.ctx, visit.meeting_id),
        start=f"{meeting.local_start:%H:%M}",
        done=done,
        typed=request.form,
    )


@bp.post("/paper")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(paper)
def tick_back(visit: Visit) -> ResponseReturnValue:
    """The ticks and their times are written into the door's book."""
    people = attendance.everybody(visit.ctx, visit.meeting_id)
    ticks = [_tick(person) for person in people if forms.ticked(f"t-{person.uid}")]
    body: Json = {tick.uid: [str(tick.came), str(tick.left)] for tick in ticks}
    learned = paper_ticks.tick_back(
        visit.ctx,
        meeting_id=visit.meeting_id,
        ticks=ticks,
        desk=Desk(visit.actor.session_uid, _("Paper")),
        op=visit.op("paper_ticks", body),
    )
    assert request.view_args is not None, "the address names the meeting"
    return redirect(url_for("door_setup.paper", meeting=request.view_args["meeting"], **learned), code=303)


def _tick(person: RoomPerson) -> Tick:
    came = _wall_time(f"came-{person.uid}")
    if came is None:
        raise RuleViolation("paper_time_needed", field=f"came-{person.uid}")
    return Tick(Uid(person.uid), came, _wall_time(f"left-{person.uid}"))


def _wall_time(name: str) -> time | None:
    typed = forms.text(name, limit=8)
    if not typed:
        return None
    try:
        return time.fromisoformat(typed.zfill(5))
    except ValueError:
        raise RuleViolation("paper_time_needed", field=name) from None


def _back(part: str) -> ResponseReturnValue:
    """To the page again, where the button was."""
    assert request.view_args is not None, "the address names the meeting"
    return redirect(url_for("door_setup.page", meeting=request.view_args["meeting"], _anchor=part), code=303)
