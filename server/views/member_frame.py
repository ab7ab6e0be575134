"""What all pages of a member share: the rail, the group's day, the words, files to take home."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, request, url_for
from flask_babel import gettext

from server.domain.access import Verb
from server.services import groups
from server.services.context import Json
from server.views import member_words as words
from server.views import slip_words
from server.views.guards import Visit

FILES = {
    "csv": "text/csv; charset=utf-8",
    "vcf": "text/vcard; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def frame(visit: Visit, nav: str) -> dict[str, Any]:
    """What all member pages share: the rail, the group's day and zone, whether the line is safe, the words."""
    with visit.ctx.reading() as db:
        zone = groups.view(db, visit.group_id).settings.time_zone
    today = visit.now.astimezone(ZoneInfo(zone)).date()
    return {
        **place(visit, nav),
        "zone": zone,
        "now": visit.now,
        "today": today,
        "secure": visit.secure,
        **words.WORDS,
        **slip_words.WORDS,
    }


def place(visit: Visit, nav: str) -> dict[str, Any]:
    """Where a page stands, and the rail. The numbers are a place of the console: there its own rail stays."""
    return {"nav": nav} if nav == "numbers" else {"nav": nav, "rail": rail(visit)}


def rail(visit: Visit) -> list[tuple[str, str, str, str]]:
    """The places this person may open; a visitor's list belongs to one meeting."""
    found = []
    if visit.may(Verb.PREPARE_MEETING):
        found.append(("today", gettext("Today"), "home", "/o/"))
    if visit.may(Verb.CARE_FOR_MEMBERS):
        found.append(("care", gettext("Care"), "heart", url_for("member.care")))
    if visit.may(Verb.USE_BOARD):
        found.append(("referrals", gettext("Referrals"), "slip", url_for("member.board")))
        found.append(("follow_ups", gettext("Follow-ups"), "calendar", url_for("member.follow_ups")))
        found.append(("meetings", gettext("Meetings"), "people", url_for("member.meetings")))
        found.append(("card", gettext("My card"), "person", "/me/card"))
    elif meeting_uid():
        found.append(("follow_ups", gettext("Follow-ups"), "calendar", owed_url()))
        found.append(("phone", gettext("Meeting"), "people", f"/me/{meeting_uid()}"))
    return found


def sent() -> Json:
    """The body of a form, for its operation id; what was ticked several times is a list."""
    lists = {name: values[0] if len(values) == 1 else values for name, values in request.form.lists()}
    return {name: value for name, value in lists.items() if name not in {"csrf_token", "op"}}


def meeting_uid() -> str:
    """The meeting in the address; empty for the pages of all meetings."""
    return str((request.view_args or {}).get("meeting", ""))


def owed_url(anchor: str | None = None) -> str:
    """The list one is on: of all meetings, or of the one in the address."""
    return url_for("member.follow_ups", _anchor=anchor, meeting=meeting_uid() or None)


def file_of(written: bytes, kind: str, name: str) -> Response:
    """A file to keep, under a plain name."""
    response = Response(written, content_type=FILES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
