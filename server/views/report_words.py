"""What the two reports say, in the reader's language: values become sections with texts, plots and tables."""

import functools
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Protocol

import babel.dates
from flask import url_for
from flask_babel import format_decimal, gettext

from server.domain.reports import Promises, Referred, Sector
from server.domain.vocabulary import AttendanceStatus
from server.services.attendance import RoomPerson
from server.services.report_sheets import Column, Links, Section, Sheet, Table
from server.services.reports import GroupReport, MeetingReport
from server.views import languages, pages, report_plots
from server.views.figures import STANDINGS, STATUSES, arrivals, rows_of


class Leads(Protocol):
    """Where the rows stand that a figure counts."""

    def __call__(self, what: str, **asked: Any) -> str: ...


_NOWHERE: Links = {}


def meeting_sheet(found: MeetingReport) -> Sheet:
    """The report of one meeting."""
    meeting = found.meeting
    day = pages.local_day(meeting.starts_at, meeting.time_zone)
    when = f"{day}, {pages.local_time(meeting.starts_at, meeting.time_zone)}"
    return Sheet(
        title=meeting.name,
        subtitle=" · ".join(part for part in (gettext("Meeting report"), when, meeting.place, found.group) if part),
        sections=(
            _grown(
                found.promises,
                found.referred,
                gettext("this meeting"),
                gettext("What grew from it"),
                functools.partial(rows_of, meeting),
            ),
            _came(found),
            _met(found),
            _missing(found),
            _everybody(found),
        ),
        foot=_foot(meeting.name, day),
        language=languages.current(),
    )


def group_sheet(found: GroupReport) -> Sheet:
    """The report of a group about the last weeks."""
    span = gettext("%(since)s to %(until)s", since=_day(found.since), until=_day(found.until))
    return Sheet(
        title=found.group,
        subtitle=" · ".join((gettext("Group report"), span)),
        sections=(
            _grown(found.promises, found.referred, span, gettext("Quality and follow-up"), _of_weeks(found), found),
            _held(found, span),
            _sectors(found),
            _members(found),
        ),
        foot=_foot(found.group, span),
        language=languages.current(),
    )


def _foot(name: str, when: str) -> str:
    """What stands on every page of paper: what it is, and whom it is for."""
    return " · ".join((name, when, gettext("for those who lead the group")))


def _grown(
    promises: Promises,
    referred: Referred,
    period: str,
    heading: str,
    rows_at: Leads,
    group: GroupReport | None = None,
) -> Section:
    """What became of promises and referrals: how well first, how many last."""
    texts = []
    if promises.made and not promises.told:
        texts.append(gettext("What became of the promises is told when they are five people's or more."))
    if referred.given and not referred.told:
        texts.append(gettext("What became of the referrals is told when five people or more gave one."))
    plots = []
    if referred.told:
        plots.append(report_plots.flow(referred, period, rows_at("given", part="1")))
    if group and group.exchanged:
        plots.append(report_plots.balance(group.exchanged, period))
    rows, links = _promise_rows(promises), {}
    if group:
        links[len(rows), 1] = rows_at("both-confirmed")
        rows += [
            (gettext("One-to-ones confirmed by both"), str(group.one_to_ones)),
            (gettext("One-to-ones waiting for the other's word"), str(group.one_to_ones_waiting)),
        ]
    told = _referral_rows(referred)
    last = len(told) - 2
    part = {(at, 1): rows_at("given", part="1") for at in range(last)}
    whole = {(last, 1): rows_at("given"), (last + 1, 1): rows_at("leads")}
    tables = (_figures(gettext("Follow-up"), rows, links), _figures(gettext("Referrals"), told, part | whole))
    return Section(heading, tuple(texts), tuple(plots), tables)


def _promise_rows(promises: Promises) -> list[tuple[str, str]]:
    made = (gettext("Promises made"), str(promises.made))
    if not promises.told:
        return [made]
    return [
        (gettext("Promises kept in time"), _of(promises.kept_in_time, promises.settled)),
        (gettext("Promises kept late"), str(promises.kept_late)),
        (gettext("Promises let go"), str(promises.let_go)),
        (gettext("Promises overdue"), str(promises.overdue)),
        (gettext("Promises not due yet"), str(promises.waiting)),
        made,
    ]


def _referral_rows(referred: Referred) -> list[tuple[str, str]]:
    count = [
        (gettext("Referrals given"), str(referred.given)),
        (gettext("Leads, kept apart: the prospect was not asked"), str(referred.leads)),
    ]
    if not referred.told:
        return count
    return [
        (gettext("Level of introduction, in the middle (1–5)"), format_decimal(referred.level)),
        (gettext("Answered within 48 hours"), _of(referred.in_time, referred.answerable)),
        (gettext("With a known outcome"), _of(referred.ended, referred.given)),
        (gettext("Won"), _of(referred.won, referred.ended)),
        *count,
    ]


def _came(found: MeetingReport) -> Section:
    came = found.attendance
    rows = [
        (gettext("Expected"), came.expected, "expected"),
        (gettext("Came"), came.came, "came"),
        (gettext("of these members"), came.members, "members"),
        (gettext("of these visitors"), came.visitors, "visitors"),
        (gettext("of these walk-ins"), came.walk_ins, "walk_ins"),
        (gettext("Came late"), came.late, "late"),
        (gettext("Left early"), came.left_early, "left_early"),
        (gettext("Apologised"), came.apologised, "apologised"),
        (gettext("Did not come, without a word"), came.missing, "missing"),
    ]
    plots = [plot for plot in (arrivals(found.meeting, found.arrivals),) if plot]
    if found.turnout:
        plots.append(report_plots.turnout(found.turnout, gettext("this meeting and those before it")))
    if found.met:
        plots.append(report_plots.acquaintances(found.met))
    links = {(at, 1): rows_of(found.meeting, what) for at, (_, _, what) in enumerate(rows)}
    table = _figures(gettext("Attendance"), [(name, str(value)) for name, value, _ in rows], links)
    return Section(gettext("Who came"), plots=tuple(plots), tables=(table,))


def _met(found: MeetingReport) -> Section:
    if found.met is None:
        return Section(gettext("Who sat with whom"), (gettext("No round was held."),))
    columns = (
        Column(gettext("Round"), 0.12),
        Column(gettext("Table"), 0.12),
        Column(gettext("People"), 0.76),
    )
    tables = Table(
        gettext("Tables of each round"),
        columns,
        tuple((str(one.round_number), str(one.number), ", ".join(one.names)) for one in found.tables),
    )
    pairs = [
        (gettext("Pairs who met for the first time"), str(found.met.first_time)),
        (gettext("Pairs who met again"), str(found.met.again)),
    ]
    links = {(0, 1): rows_of(found.meeting, "first-time"), (1, 1): rows_of(found.meeting, "again")}
    met = _figures(gettext("Meetings at the tables"), pairs, links)
    return Section(gettext("Who sat with whom"), tables=(met, tables))


def _missing(found: MeetingReport) -> Section:
    tables = []
    texts = []
    if found.awaited:
        tables.append(_people(gettext("Expected, and did not come without a word"), found.awaited))
    else:
        texts.append(gettext("Everybody who was expected came or sent word."))
    if found.alone:
        texts.append(gettext("Came and sat with nobody: %(names)s.", names=", ".join(found.alone)))
    plots = []
    if found.sectors:
        rows_at: Leads = functools.partial(rows_of, found.meeting)
        wanted = functools.partial(_wanted, rows_at)
        plots.append(report_plots.sectors(found.sectors, gettext("looked for by those who came"), wanted))
        tables.append(_sector_table(found.sectors, gettext("In the room"), rows_at))
    return Section(gettext("What is missing"), tuple(texts), tuple(plots), tuple(tables))


def _wanted(rows_at: Leads, sector: str) -> str:
    return rows_at("sector-wanted", name=sector)


def _sector_table(sectors: Sequence[Sector], there: str, rows_at: Leads) -> Table:
    columns = (
        Column(gettext("Sector"), 0.6),
        Column(gettext("Looked for by"), 0.2, is_number=True),
        Column(there, 0.2, is_number=True),
    )
    return Table(
        gettext("Sectors, the missing ones first"),
        columns,
        tuple((one.name, str(one.wished), str(one.there)) for one in sectors),
        {
            (at, column): rows_at(what, name=one.name)
            for at, one in enumerate(sectors)
            for column, what in ((1, "sector-wanted"), (2, "sector-there"))
        },
    )


def _people(caption: str, people: Iterable[RoomPerson]) -> Table:
    columns = (Column(gettext("Name"), 0.4), Column(gettext("Company"), 0.4), Column(gettext("Standing"), 0.2))
    rows = tuple((person.name, person.company, str(STANDINGS[person.standing])) for person in people)
    return Table(caption, columns, rows)


def _everybody(found: MeetingReport) -> Section:
    heading = gettext("Everybody on the list")
    gone = found.gone
    texts = (
        (
            gettext(
                "People no longer here are counted above and not listed: expected %(expected)s, came %(came)s.",
                expected=gone.expected,
                came=gone.came,
            ),
        )
        if any(vars(gone).values())
        else ()
    )
    if not found.people and not texts:
        return Section(heading, (gettext("Nobody is on the list yet."),))
    columns = (
        Column(gettext("Name"), 0.3),
        Column(gettext("Company"), 0.28),
        Column(gettext("Standing"), 0.14),
        Column(gettext("Status"), 0.14),
        Column(gettext("Came at"), 0.07),
        Column(gettext("Left at"), 0.07),
    )
    zone = found.meeting.time_zone

    def cells(person: RoomPerson) -> tuple[str, ...]:
        came = AttendanceStatus.PRESENT if person.entered_at else person.status
        return (
            person.name,
            person.company,
            str(STANDINGS[person.standing]),
            str(STATUSES[came]),
            _time(person.entered_at, zone),
            _time(person.left_at, zone),
        )

    return Section(heading, texts, tables=(Table(gettext("By name"), columns, tuple(map(cells, found.people))),))


def _held(found: GroupReport, span: str) -> Section:
    if not found.turnout:
        return Section(gettext("Meetings"), (gettext("No meeting was held in these weeks."),))
    plots = [report_plots.turnout(found.turnout, span)]
    known = []
    if found.known:
        plots.append(report_plots.known(found.known))
        known = [
            (gettext("Pairs of members who have sat together"), _of(found.known.pairs, found.known.possible)),
            (gettext("Of these for the first time in these weeks"), str(found.known.fresh)),
        ]
    columns = (
        Column(gettext("When"), 0.3),
        Column(gettext("Meeting"), 0.34),
        Column(gettext("Came"), 0.18),
        Column(gettext("Visitors"), 0.18, is_number=True),
    )
    rows = tuple(
        (
            pages.local_day(one.meeting.starts_at, one.meeting.time_zone),
            one.meeting.name,
            _of(one.came, one.expected),
            str(one.visitors),
        )
        for one in reversed(found.turnout)
    )
    links = {
        (at, column): rows_of(one.meeting, what)
        for at, one in enumerate(reversed(found.turnout))
        for column, what in ((2, "expected"), (3, "visitors"))
    }
    tables = [Table(gettext("Meetings that were held"), columns, rows, links)]
    if known:
        rows_at = _of_weeks(found)
        ties = {(0, 1): rows_at("acquainted"), (1, 1): rows_at("fresh")}
        tables.insert(0, _figures(gettext("Who knows whom"), known, ties))
    return Section(gettext("Meetings"), plots=tuple(plots), tables=tuple(tables))


def _sectors(found: GroupReport) -> Section:
    wished = [one for one in found.sectors if one.wished]
    texts = () if wished else (gettext("Nobody has said whom they look for."),)
    rows_at = _of_weeks(found)
    wanted = functools.partial(_wanted, rows_at)
    plots = (report_plots.sectors(wished, gettext("looked for by members"), wanted),) if wished else ()
    tables = (_sector_table(found.sectors, gettext("In the group"), rows_at),) if found.sectors else ()
    return Section(gettext("Sectors"), texts, plots, tables)


def _members(found: GroupReport) -> Section:
    quiet = [row.name for row in found.members if row.is_quiet]
    new = [row.name for row in found.members if row.is_new]
    texts = []
    if new:
        texts.append(gettext("New members: %(names)s.", names=", ".join(new)))
    if quiet:
        texts.append(gettext("Often expected and never there, so worth a call: %(names)s.", names=", ".join(quiet)))
    columns = (
        Column(gettext("Name"), 0.28),
        Column(gettext("Company"), 0.26),
        Column(gettext("Sector"), 0.2),
        Column(gettext("Came"), 0.13),
        Column(gettext("Apologised"), 0.13, is_number=True),
    )
    # Said once for all who came as often: in a group of a thousand it is a thousand look-ups otherwise.
    came = {each: _of(each.came, each.listed) for each in {row.came for row in found.members}}
    rows = tuple((row.name, row.company, row.sector, came[row.came], str(row.came.excused)) for row in found.members)
    # Asked for once: an address made for each of a thousand members takes long.
    listed, excused = (_of_weeks(found)(what) + "&whose=" for what in ("listed", "excused"))
    links = {(at, 3): listed + row.uid for at, row in enumerate(found.members)}
    links |= {(at, 4): excused + row.uid for at, row in enumerate(found.members)}
    return Section(gettext("Members"), tuple(texts), tables=(Table(gettext("By name"), columns, rows, links),))


def _of_weeks(found: GroupReport) -> Leads:
    """Where the rows stand that a figure of a group's weeks counts."""
    return lambda what, **asked: url_for("counted.of_group", what=what, weeks=found.weeks, **asked)


def _figures(caption: str, rows: Iterable[tuple[str, str]], links: Links = _NOWHERE) -> Table:
    columns = (Column(gettext("What"), 0.66), Column(gettext("Number"), 0.34, is_number=True))
    return Table(caption, columns, tuple(rows), links)


def _of(part: int, whole: int) -> str:
    return str(gettext("%(part)s of %(whole)s", part=part, whole=whole))


def _time(moment: datetime | None, zone: str) -> str:
    return pages.local_time(moment, zone) if moment else ""


def _day(day: date) -> str:
    return babel.dates.format_date(day, "long", locale=languages.current())
