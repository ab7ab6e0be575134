"""The organiser's lists as tables: narrowed by words, sorted by any column, taken away as a file.

What a list holds is told once, for the page and for the file. Addresses and numbers of people are in the list of people
only, which has a page of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Response, render_template, request, url_for
from flask_babel import gettext

from server.domain import listing
from server.domain.access import Verb
from server.domain.fees import FeeState
from server.domain.listing import Cell, Row
from server.domain.messages import MessageKind, MessageState
from server.domain.registration import RegistrationState
from server.domain.vocabulary import MeetingStatus, Standing
from server.services import apologies, attendance, duties, fees, list_files, meetings, registration_desk, reminders
from server.services.context import Context
from server.services.meetings import MeetingView
from server.views import duty_words, guards, languages, message_words, pages
from server.views.figures import STATUSES
from server.views.guards import Visit
from server.views.member_frame import FILES
from server.views.organiser import bp as bp

_WHICH = "<any(people, registrations, duties, messages, fees):which>"
_KIND = "<any(csv, xlsx):kind>"
MOST = 2_000
"""Meetings in one list: forty years of weeks."""


@dataclass(frozen=True)
class Listed:
    """A list: its name, the heads of its columns, its rows as they stand, what to do while it is empty, and where."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    empty: str
    back: str


@bp.get(f"/<meeting>/lists/{_WHICH}", endpoint="list_of_meeting")
@guards.needs(Verb.PREPARE_MEETING)
def of_meeting(visit: Visit, which: str) -> str:
    """A list of one meeting."""
    meeting, found = _of_meeting(visit, which)
    return _page(found, meeting, url_for("organiser.list_of_meeting", meeting=meeting.uid, which=which))


@bp.get(f"/<meeting>/lists/{_WHICH}.{_KIND}", endpoint="list_of_meeting_file")
@guards.needs(Verb.PREPARE_MEETING)
def of_meeting_file(visit: Visit, which: str, kind: str) -> Response:
    """The same as a file, narrowed and sorted alike."""
    meeting, found = _of_meeting(visit, which)
    return _file(found, f"{which}-{meeting.slug}", kind)


@bp.get("/meetings/list", endpoint="list_of_meetings")
@guards.needs(Verb.PREPARE_MEETING)
def of_group(visit: Visit) -> str:
    """Every meeting of the group."""
    return _page(_meetings(visit), None, url_for("organiser.list_of_meetings"))


@bp.get(f"/meetings/list.{_KIND}", endpoint="list_of_meetings_file")
@guards.needs(Verb.PREPARE_MEETING)
def of_group_file(visit: Visit, kind: str) -> Response:
    """The same as a file."""
    return _file(_meetings(visit), "meetings", kind)


def _asked(found: Listed) -> tuple[str, int, bool, tuple[Row, ...]]:
    """What is looked for, the column to sort by (-1: as it stands), backwards or not, and the rows for it."""
    text = request.args.get("find", "").strip()[:80]
    by = request.args.get("by", "")
    column = int(by) if by.isdecimal() and len(by) < 3 else -1
    backwards = "down" in request.args
    rows = listing.narrowed(found.rows, text)
    return text, column, backwards, listing.ordered(rows, column, languages.current(), backwards=backwards)


def _page(found: Listed, meeting: MeetingView | None, address: str) -> str:
    text, column, backwards, rows = _asked(found)
    asked = {"find": text or None, "by": column if column >= 0 else None, "down": "1" if backwards else None}
    shown = [at for at in range(len(found.heads)) if any(row[at].text for row in rows)]
    return render_template(
        "organiser/list.html",
        meeting=meeting,
        found=found,
        # What nobody has is no column here; in the file it is.
        heads=[found.heads[at] for at in shown],
        rows=[[row[at].text or "–" for at in shown] for row in rows],
        find=text,
        by=column,
        down=backwards,
        address=address,
        asked={name: value for name, value in asked.items() if value is not None},
    )


def _file(found: Listed, name: str, kind: str) -> Response:
    written = list_files.written(found.heads, _asked(found)[3], kind=kind, language=languages.current())
    response = Response(written, content_type=FILES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def _of_meeting(visit: Visit, which: str) -> tuple[MeetingView, Listed]:
    with visit.ctx.one_moment() as ctx:
        with ctx.reading() as db:
            meeting = meetings.view(db, visit.meeting_id)
        return meeting, _LISTS[which](ctx, meeting)


def _moment(at: datetime | None, zone: str) -> Cell:
    """A day and a time as a spreadsheet understands and sorts them."""
    return Cell(pages.local_time(at, zone, "yyyy-MM-dd HH:mm"), at.isoformat()) if at else Cell()


def _standing(standing: Standing) -> Cell:
    words = {
        Standing.MEMBER: gettext("member"),
        Standing.VISITOR: gettext("visitor"),
        Standing.FORMER: gettext("former member"),
    }
    return Cell(str(words[standing]))


def _people(ctx: Context, meeting: MeetingView) -> Listed:
    comes_for = apologies.substitutes(ctx, meeting.id)
    return Listed(
        str(gettext("Who is expected")),
        _heads(gettext("Name"), gettext("Company"), gettext("Sector"), gettext("Member or visitor"),
               gettext("State"), gettext("Guest of"), gettext("Substitute"), gettext("Came at")),
        tuple(
            (
                Cell(each.name), Cell(each.company), Cell(each.sector), _standing(each.standing),
                Cell(str(STATUSES[each.status])), Cell(each.guest_of), Cell(comes_for.get(each.uid, "")),
                _moment(each.entered_at, meeting.time_zone),
            )
            for each in attendance.everybody(ctx, meeting.id)
        ),
        str(gettext("Nobody yet. Add people of the group, or a visitor.")),
        url_for("expected.people", meeting=meeting.uid),
    )  # fmt: skip


def _registrations(ctx: Context, meeting: MeetingView) -> Listed:
    states = {
        RegistrationState.LISTED: gettext("registered"),
        RegistrationState.WAITING: gettext("waits"),
        RegistrationState.WITHDRAWN: gettext("withdrawn"),
    }
    desk = registration_desk.view(ctx, meeting.id)
    return Listed(
        str(gettext("Registration")),
        _heads(gettext("Name"), gettext("Company"), gettext("Guest of"), gettext("State"), gettext("Since")),
        tuple(
            (
                Cell(line.name), Cell(line.company), Cell(line.guest_of), Cell(str(states[line.state])),
                _moment(line.since, meeting.time_zone),
            )
            for line in (*desk.listed, *desk.waiting, *desk.withdrawn)
        ),
        str(gettext("Switch registration on and send the link: whoever registers stands here.")),
        url_for("organiser.registration", meeting=meeting.uid),
    )  # fmt: skip


def _duties(ctx: Context, meeting: MeetingView) -> Listed:
    return Listed(
        str(gettext("Duties")),
        _heads(gettext("Duty"), gettext("Who"), gettext("State")),
        tuple(
            (
                Cell(duty_words.title(place.duty, place.number)),
                Cell(place.name),
                Cell(str(gettext("asks for somebody else")) if place.offered else ""),
            )
            for place in duties.roster(ctx, meeting.id).places
        ),
        str(gettext("Nobody to choose from")),
        url_for("organiser.duties", meeting=meeting.uid),
    )


def _messages(ctx: Context, meeting: MeetingView) -> Listed:
    states = {
        MessageState.OPEN: gettext("not written yet"),
        MessageState.WRITTEN: gettext("written"),
        MessageState.SENDING: gettext("on its way"),
        MessageState.SENT: gettext("sent"),
        MessageState.FAILED: gettext("not sent"),
    }
    return Listed(
        str(gettext("Messages")),
        _heads(gettext("Message"), gettext("Name"), gettext("State"), gettext("What is wrong"), gettext("Since")),
        tuple(
            (
                Cell(str(message_words.TITLES[kind])), Cell(each.name), Cell(str(states[each.state])),
                Cell(message_words.problem(each.problem) if each.state is MessageState.FAILED else ""),
                _moment(each.changed_at, meeting.time_zone),
            )
            for kind in MessageKind
            for each in reminders.listed(ctx, meeting.id, kind)
        ),
        str(gettext("Nobody is expected yet.")),
        url_for("organiser.messages", meeting=meeting.uid),
    )  # fmt: skip


def _fees(ctx: Context, meeting: MeetingView) -> Listed:
    """Who paid and when; the sums have a file of their own, which not every line may carry."""
    states = {FeeState.PAID: gettext("paid"), FeeState.OWES: gettext("owes"), FeeState.FREE: gettext("free")}
    return Listed(
        str(gettext("Fees")),
        _heads(gettext("Name"), gettext("Company"), gettext("Member or visitor"), gettext("State"), gettext("Paid at")),
        tuple(
            (
                Cell(line.name), Cell(line.company), _standing(line.standing), Cell(str(states[line.fee.state])),
                _moment(line.fee.paid_at, meeting.time_zone),
            )
            for line in fees.sheet(ctx, meeting.id).lines
        ),
        str(gettext("Nobody is expected yet.")),
        url_for("fees.sheet", meeting=meeting.uid),
    )  # fmt: skip


def _meetings(visit: Visit) -> Listed:
    states = {
        MeetingStatus.DRAFT: gettext("being prepared"),
        MeetingStatus.OPEN: gettext("open"),
        MeetingStatus.CLOSED: gettext("closed"),
    }
    return Listed(
        str(gettext("Meetings")),
        _heads(gettext("Meeting"), gettext("When"), gettext("Where"), gettext("State"), gettext("Expected"),
               gettext("Came")),
        tuple(
            (
                Cell(meeting.name), _moment(meeting.starts_at, meeting.time_zone), Cell(meeting.place),
                Cell(str(states[meeting.status])), Cell(str(expected), f"{expected:06}"), Cell(str(came), f"{came:06}"),
            )
            for meeting, expected, came in meetings.listed(visit.ctx, visit.group_id, limit=MOST)
        ),
        str(gettext("Name, place, day and agenda: five minutes, and every member is expected.")),
        url_for("organiser.all_meetings"),
    )  # fmt: skip


def _heads(*heads: object) -> tuple[str, ...]:
    return tuple(map(str, heads))


_LISTS: dict[str, Callable[[Context, MeetingView], Listed]] = {
    "people": _people,
    "registrations": _registrations,
    "duties": _duties,
    "messages": _messages,
    "fees": _fees,
}
