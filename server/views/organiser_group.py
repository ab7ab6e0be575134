"""The organiser's group: its settings, and which devices are signed in for it."""

from zoneinfo import available_timezones

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from server.domain import thanks
from server.domain.access import Verb
from server.domain.vocabulary import MeetingStatus, Role
from server.services import devices, groups, meetings
from server.views import addresses, forms, guards, pages, public
from server.views.guards import Visit

bp = Blueprint("group", __name__, url_prefix="/o/group")


def role_labels() -> dict[Role, str]:
    """What a device may be, in words."""
    return {
        Role.GREETER: _("Door: scan, search, add walk-ins"),
        Role.STEWARD: _("Door: scan only"),
        Role.FACILITATOR: _("Facilitator: rounds and clock"),
        Role.DISPLAY: _("Display: the wall everybody reads"),
    }


@bp.get("")
@guards.needs(Verb.MANAGE_GROUP)
def settings(visit: Visit) -> str:
    """What the group is called, speaks and prints."""
    with visit.ctx.reading() as db:
        values = vars(groups.view(db, visit.group_id).settings)
    return render_template(
        "organiser/settings.html",
        values=forms.typed(values),
        zones=sorted(available_timezones()),
        currencies=thanks.CURRENCIES,
    )


@bp.post("")
@guards.needs(Verb.MANAGE_GROUP)
@forms.or_show_again(settings)
def change(visit: Visit) -> ResponseReturnValue:
    """The settings are changed."""
    groups.change_settings(visit.ctx, group_id=visit.group_id, settings=public.read_settings())
    return redirect(url_for("group.settings", saved=1), code=303)


def _devices_page(visit: Visit, link: devices.Link | None = None) -> str:
    coming = [
        (meeting.uid, f"{meeting.name}, {pages.local_day(meeting.starts_at, meeting.time_zone)}")
        for meeting, *_counts in meetings.listed(visit.ctx, visit.group_id)
        if meeting.status is not MeetingStatus.CLOSED
    ]
    return render_template(
        "organiser/devices.html",
        devices=devices.listed(visit.ctx, visit.group_id),
        meetings=coming,
        roles=role_labels(),
        values=forms.typed({"role": Role.GREETER.value, "meeting": coming[-1][0] if coming else ""}),
        link=link,
        shown_link=addresses.for_phones(visit, "public.look_at_link", token=link.token) if link else None,
    )


@bp.get("/devices")
@guards.needs(Verb.MANAGE_GROUP)
def listed_devices(visit: Visit) -> str:
    """Every browser that is signed in, and the way to sign another one in."""
    return _devices_page(visit)


@bp.post("/devices")
@guards.needs(Verb.MANAGE_GROUP)
@forms.or_show_again(listed_devices)
def create_link(visit: Visit) -> ResponseReturnValue:
    """A link for a device, shown once, as an address and as a QR."""
    link = devices.link_for_device(
        visit.ctx,
        group_id=visit.group_id,
        meeting_uid=forms.text("meeting", limit=16),
        role=forms.text("role", limit=24),
    )
    return _devices_page(visit, link)


@bp.post("/devices/<device>/revoke")
@guards.needs(Verb.MANAGE_GROUP)
def revoke(visit: Visit, device: str) -> ResponseReturnValue:
    """A browser is sent away."""
    devices.revoke(visit.ctx, group_id=visit.group_id, session_uid=device)
    return redirect(url_for("group.listed_devices"), code=303)
