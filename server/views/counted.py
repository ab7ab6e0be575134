"""The rows behind a figure: every number of the leaders' pages leads to the list of what it counts.

The list holds what its reader may see. What else is in the figure is said below it, so that list and sentences add up
to the figure.
"""

from collections.abc import Callable
from datetime import date, datetime

import babel.dates
from flask import Blueprint, request, url_for
from flask_babel import format_decimal, gettext, lazy_gettext

from server.domain.access import Verb
from server.domain.errors import NotFound
from server.domain.leading import STEPS, month_of
from server.domain.vocabulary import AttendanceStatus, Uid
from server.domain.weeks import Column
from server.services import counted, counted_lines, leading, reports
from server.services.attendance import RoomPerson
from server.services.counted import Rows, Somebody, Together
from server.services.figures import COUNTED
from server.services.meetings import MeetingView
from server.views import agenda_words, counted_seating, guards, languages, pages
from server.views.counted_page import SLIPS, Shown, asked_weeks, day_words, given, heads, lines, page
from server.views.figures import STANDINGS, STATUSES
from server.views.guards import Visit
from server.views.leading import MISSING, SHOWN, TRENDS
from server.views.weeks import COLUMNS

bp = Blueprint("counted", __name__, url_prefix="/o")
EVERY = 10**9
PEOPLE = {
    "expected": lazy_gettext("Expected"),
    "came": lazy_gettext("Came"),
    "members": lazy_gettext("Members who came"),
    "visitors": lazy_gettext("Visitors who came"),
    "walk_ins": lazy_gettext("Walk-ins"),
    "late": lazy_gettext("Came late"),
    "left_early": lazy_gettext("Left early"),
    "apologised": lazy_gettext("Apologised"),
    "missing": lazy_gettext("Did not come, without a word"),
}
VISITORS = {
    "came": lazy_gettext("came as visitors"),
    "again": lazy_gettext("came again or joined"),
    "joined": lazy_gettext("are members today"),
}
LISTED = {
    "listed": lazy_gettext("Expected"),
    "came": lazy_gettext("Came"),
    "excused": lazy_gettext("Apologised"),
}
LINES = {name.replace("_", "-"): name for name in TRENDS}


@bp.get("/<meeting>/counted/<what>")
@guards.needs(Verb.SEE_NUMBERS)
def of_meeting(visit: Visit, what: str) -> str:
    """What a figure of one meeting counts."""
    if what in COUNTED:
        meeting, people = counted.attended(visit.ctx, visit.meeting_id, what)
        return page(_people(meeting, people, str(PEOPLE[what])), visit)
    if what in SLIPS:
        meeting, slips = counted.slips_at(visit.ctx, visit.meeting_id, what)
        return page(given(slips, what, _figures(meeting), over=meeting.name), visit)
    if what in counted_seating.GREW:
        return page(counted_seating.grew(visit, what), visit)
    if what not in _OF_MEETING:
        raise NotFound("page_unknown")
    return page(_OF_MEETING[what](visit), visit)


@bp.get("/counted/<what>")
@guards.needs(Verb.SEE_NUMBERS)
def of_group(visit: Visit, what: str) -> str:
    """What a figure of the group counts."""
    if what not in _OF_GROUP:
        raise NotFound("page_unknown")
    return page(_OF_GROUP[what](visit, what), visit)


def _figures(meeting: MeetingView) -> str:
    return url_for("figures.meeting", meeting=meeting.uid)


def _people(meeting: MeetingView, found: Rows[RoomPerson], title: str) -> Shown:
    zone = meeting.time_zone
    return Shown(
        title,
        heads(gettext("Name"), gettext("Company"), gettext("Standing"), gettext("Status"), gettext("Came at"),
               gettext("Left at")),
        tuple(
            (
                each.name, each.company, str(STANDINGS[each.standing]), str(STATUSES[each.status]),
                _time(each.entered_at, zone), _time(each.left_at, zone),
            )
            for each in found.rows
        ),
        _figures(meeting),
        over=meeting.name,
        gone=found.gone,
    )  # fmt: skip


def _arrived(visit: Visit) -> Shown:
    begins = _moment()
    meeting, found = counted.arrived(visit.ctx, visit.meeting_id, begins)
    since = pages.local_time(begins, meeting.time_zone)
    return _people(meeting, found, gettext("Came in the ten minutes from %(time)s", time=since))


def _sector_there(visit: Visit) -> Shown:
    sector = _sector()
    meeting, found = counted.of_sector(visit.ctx, visit.meeting_id, sector, wanted=False)
    return _people(meeting, found, gettext("In the room: %(sector)s", sector=sector))


def _sector_wanted(visit: Visit) -> Shown:
    sector = _sector()
    meeting, found = counted.of_sector(visit.ctx, visit.meeting_id, sector, wanted=True)
    return _people(meeting, found, gettext("Looked for by: %(sector)s", sector=sector))


def _rounds(visit: Visit) -> Shown:
    meeting, found = counted.rounds(visit.ctx, visit.meeting_id)
    rows = tuple(
        (gettext("Round %(number)s", number=number), _time(at, meeting.time_zone)) for number, at in found.rows
    )
    return Shown(
        gettext("Rounds held"), heads(gettext("Round"), gettext("From")), rows, _figures(meeting), over=meeting.name
    )


def _first_time(visit: Visit) -> Shown:
    meeting, found = counted.pairs_of(visit.ctx, visit.meeting_id, again=False)
    return _together(found, gettext("Pairs who met for the first time"), _figures(meeting), over=meeting.name)


def _again(visit: Visit) -> Shown:
    meeting, found = counted.pairs_of(visit.ctx, visit.meeting_id, again=True)
    return _together(found, gettext("Pairs who met again"), _figures(meeting), over=meeting.name)


def _together(found: Rows[Together], title: str, back: str, *, over: str = "") -> Shown:
    dated = any(pair.day for pair in found.rows)
    texts = (gettext("One"), gettext("The other"), *((gettext("When"),) if dated else ()))
    rows = tuple((pair.one, pair.other, *((day_words(pair.day),) if dated else ())) for pair in found.rows)
    return Shown(title, heads(*texts), rows, back, over=over, gone=found.gone)


def _week_lines(visit: Visit, what: str) -> Shown:
    """Columns of whole weeks, as they were approved."""
    columns = frozenset(each for each in Column if each.value in request.args.get("columns", "").split(","))
    since, until = _argument_day("since"), _argument_day("until")
    is_weeks = since.weekday() == 0 and until.weekday() == 6 and since < until < since + counted_lines.LONGEST
    if not columns or not is_weeks:
        raise NotFound("page_unknown")
    found = counted_lines.of(
        visit.ctx,
        visit.group_id,
        since=since,
        until=until,
        columns=columns,
        whose=request.args.get("whose", "")[:16],
        approved=True,
    )
    title = ", ".join(f"{column.value}, {word}" for column, word in COLUMNS.items() if column in columns)
    return lines(found, title, url_for("weeks.listed"), f"{day_words(since)} – {day_words(until)}")


def _month_lines(visit: Visit, what: str) -> Shown:
    """What a month of a trend counts."""
    month = month_of(_argument_day("month", "-01"))
    found = counted_lines.of_month(visit.ctx, visit.group_id, LINES[what], month)
    over = babel.dates.format_date(month.first, "LLLL y", locale=languages.current())
    return lines(found, str(TRENDS[LINES[what]]), url_for("leading.group"), over)


def _slips(visit: Visit, what: str) -> Shown:
    weeks = asked_weeks(reports.PERIODS)
    found = counted.slips_of(visit.ctx, visit.group_id, what, weeks=weeks)
    return given(found, what, url_for("reports.group", weeks=weeks), over=_span(weeks))


def _one_to_ones(visit: Visit, what: str) -> Shown:
    weeks = asked_weeks(reports.PERIODS)
    found = counted.one_to_ones(visit.ctx, visit.group_id, weeks=weeks)
    title = gettext("One-to-ones confirmed by both")
    return _together(found, title, url_for("reports.group", weeks=weeks), over=_span(weeks))


def _acquainted(visit: Visit, what: str) -> Shown:
    weeks = asked_weeks(reports.PERIODS)
    found = counted.acquainted(visit.ctx, visit.group_id, weeks=weeks, fresh=what == "fresh")
    title = {
        "acquainted": gettext("Pairs of members who have sat together"),
        "fresh": gettext("Of these for the first time in these weeks"),
    }[what]
    return _together(found, title, url_for("reports.group", weeks=weeks), over=_span(weeks))


def _at_meetings(visit: Visit, what: str) -> Shown:
    weeks = asked_weeks(reports.PERIODS)
    uid = Uid(request.args.get("whose", "")[:16])
    found = counted.at_meetings(visit.ctx, visit.group_id, uid, what, weeks=weeks)
    return Shown(
        str(LISTED[what]),
        heads(gettext("Meeting"), gettext("When"), gettext("Status")),
        tuple(
            (
                each.meeting, pages.local_day(each.starts_at, each.time_zone),
                str(STATUSES[AttendanceStatus.PRESENT if each.came else each.status]),
            )
            for each in found.rows
        ),
        url_for("reports.group", weeks=weeks),
        over=_span(weeks),
    )  # fmt: skip


def _visitors(visit: Visit, what: str) -> Shown:
    step = what.removeprefix("visitors-")
    return _named(counted.visitors(visit.ctx, visit.group_id, step), str(VISITORS[step]).capitalize())


def _stayed(visit: Visit, what: str) -> Shown:
    still = what == "members-still"
    title = gettext("Members of a year ago who are members today") if still else gettext("Members of a year ago")
    return _named(counted.stayed(visit.ctx, visit.group_id, still=still), title)


def _named(found: Rows[Somebody], title: str) -> Shown:
    rows = tuple((each.name,) for each in found.rows)
    return Shown(title, heads(gettext("Name")), rows, url_for("leading.group"), gone=found.gone)


def _sector_members(visit: Visit, what: str) -> Shown:
    sector, wanted = _sector(), what == "sector-wanted"
    found = counted.members_of_sector(visit.ctx, visit.group_id, sector, wanted=wanted)
    return Shown(
        gettext("Looked for by: %(sector)s", sector=sector)
        if wanted
        else gettext("In the group: %(sector)s", sector=sector),
        heads(gettext("Name"), gettext("Sector"), gettext("Looks for")),
        tuple((each.name, each.sector, each.wants_sector) for each in found.rows),
        url_for("leading.group"),
    )  # fmt: skip


def _items(visit: Visit, what: str) -> Shown:
    kind = request.args.get("kind", "")[:24]
    return Shown(
        str(agenda_words.TITLES.get(kind, agenda_words.OTHER)),
        heads(gettext("Meeting"), gettext("When"), gettext("Minutes planned"), gettext("Minutes over")),
        tuple(
            (
                item.meeting.name, pages.local_day(item.meeting.starts_at, item.meeting.time_zone),
                str(item.held.planned), format_decimal(round(item.held.took - item.held.planned, 1)),
            )
            for item in counted.items(visit.ctx, visit.group_id, kind).rows
        ),
        url_for("leading.group"),
    )  # fmt: skip


def _missing_ties(visit: Visit, what: str) -> Shown:
    show = request.args.get("show", "")
    weeks = asked_weeks(leading.PERIODS)
    if show not in SHOWN:
        raise NotFound("page_unknown")
    found = leading.ties(visit.ctx, visit.group_id, wanted=SHOWN[show], weeks=weeks, most=EVERY)
    return Shown(
        gettext("Whom to bring together"),
        heads(gettext("One"), gettext("The other")),
        tuple((one.name, other.name) for one, other in found.work),
        url_for("leading.matrix", show=show, weeks=weeks),
        over=str(MISSING[show]),
    )


def _time(moment: datetime | None, zone: str) -> str:
    return pages.local_time(moment, zone) if moment else ""


def _span(weeks: int) -> str:
    return str(gettext("%(n)s weeks", n=weeks))


def _moment() -> datetime:
    try:
        found = datetime.fromisoformat(request.args.get("at", ""))
    except ValueError:
        raise NotFound("page_unknown") from None
    if found.tzinfo is None:
        raise NotFound("page_unknown")
    return found


def _sector() -> str:
    return request.args.get("name", "").strip()[:120]


def _argument_day(name: str, rest: str = "") -> date:
    try:
        return date.fromisoformat(request.args.get(name, "") + rest)
    except ValueError:
        raise NotFound("page_unknown") from None


_OF_MEETING: dict[str, Callable[[Visit], Shown]] = {
    "arrived": _arrived,
    "sector-there": _sector_there,
    "sector-wanted": _sector_wanted,
    "rounds": _rounds,
    "first-time": _first_time,
    "again": _again,
}
_OF_GROUP: dict[str, Callable[[Visit, str], Shown]] = {
    "weeks": _week_lines,
    **dict.fromkeys(LINES, _month_lines),
    "given": _slips,
    "leads": _slips,
    "both-confirmed": _one_to_ones,
    "acquainted": _acquainted,
    "fresh": _acquainted,
    **dict.fromkeys(LISTED, _at_meetings),
    **dict.fromkeys((f"visitors-{step}" for step in STEPS), _visitors),
    "members-then": _stayed,
    "members-still": _stayed,
    "sector-there": _sector_members,
    "sector-wanted": _sector_members,
    "item": _items,
    "pairs": _missing_ties,
    "tied": counted_seating.tied,
    "seated": counted_seating.seated,
    "bore": counted_seating.bore,
}
