"""What grew from this morning: a page for those who lead the group, and a poster for the wall."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from server.domain.access import Verb
from server.domain.growth import PARTS, LinkKind, Trace
from server.services import growth, print_setup, report_sheets
from server.services.growth import Growth
from server.services.report_sheets import Column, Form, Plot, Row, Section, Series, Sheet, Table
from server.views import guards, languages, pages, sheet_files
from server.views.guards import Visit
from server.views.member_words import day as day_words

bp = Blueprint("growth", __name__, url_prefix="/o")


@bp.get("/<meeting>/growth")
@guards.needs(Verb.SEE_NUMBERS)
def meeting(visit: Visit) -> str:
    """What grew from one meeting: in all, by round, and the way of each referral that became business."""
    found = growth.of_meeting(visit.ctx, visit.meeting_id)
    return render_template(
        "member/growth.html",
        meeting=found.meeting,
        grown=found.grown,
        ways=[_way(trace, found) for trace in found.grown.traces],
        untold=_untold(found),
        summary=_summary(found),
        by_round=_by_round(found),
        bed=(bed := _bed(found) if found.grown.rounds else None),
        picture=report_sheets.pictures([bed])[bed.key] if bed else "",
        led={part: _rows(found, part) for part in PARTS},
    )


@bp.get("/<meeting>/growth.pdf")
@guards.needs(Verb.SEE_NUMBERS)
def poster(visit: Visit) -> ResponseReturnValue:
    """The same on one sheet, for the wall."""
    with visit.ctx.one_moment() as ctx:
        found = growth.of_meeting(ctx, visit.meeting_id)
        paper = print_setup.setup(ctx, visit.group_id).paper
    return sheet_files.pdf(_sheet(found), paper, f"{found.meeting.slug}-growth")


def _summary(found: Growth) -> str:
    """The morning in one line of labels."""
    whole = found.grown.whole
    parts = [
        ngettext("%(num)s one-to-one", "%(num)s one-to-ones", whole.one_to_ones),
        ngettext("%(num)s referral", "%(num)s referrals", whole.referrals),
        ngettext("%(num)s became business", "%(num)s became business", whole.won),
    ]
    if found.grown.well_served:
        parts.append(ngettext("%(num)s client well served", "%(num)s clients well served", found.grown.well_served))
    return ", ".join(parts)


def _untold(found: Growth) -> str:
    """Of how much business the way is not told, because somebody of it is no longer here; empty of none."""
    number = found.grown.whole.won - len(found.grown.traces)
    if not number:
        return ""
    return str(gettext("With people no longer here, and so without its way: %(n)s.", n=number))


def _way(trace: Trace, found: Growth) -> tuple[str, tuple[str, ...]]:
    """Where it began, and its steps."""
    words = {
        LinkKind.EXCHANGE: gettext("contacts exchanged"),
        LinkKind.PROMISE: gettext("a promise kept"),
        LinkKind.ONE_TO_ONE: gettext("a one-to-one"),
    }
    steps = [f"{words[link.kind]}, {day_words(link.on, found.day)}" for link in trace.links]
    # Counted from the morning: its own day reads "today" otherwise.
    steps = [step.replace(f", {day_words(found.day, found.day)}", "") for step in steps]
    steps.append(gettext("a referral, %(day)s", day=_day(trace, found)))
    steps.append(gettext("became business"))
    return gettext("Round %(number)s, table %(table)s", number=trace.round_number, table=trace.table), tuple(steps)


def _day(trace: Trace, found: Growth) -> str:
    if trace.given_on == found.day:
        return str(gettext("the same morning"))
    return day_words(trace.given_on, found.day)


def _by_round(found: Growth) -> Table:
    """What grew from each round; on the page each number leads to its rows."""
    number = 0.2
    columns = (
        Column(gettext("Round"), 0.4),
        Column(gettext("One-to-ones"), number, is_number=True),
        Column(gettext("Referrals"), number, is_number=True),
        Column(gettext("Became business"), number, is_number=True),
    )
    rows = tuple(
        (gettext("Round %(number)s", number=which), *(str(getattr(harvest, part)) for part in PARTS))
        for which, harvest in found.grown.rounds
    )
    links = {
        (at, column): _rows(found, part, which)
        for at, (which, _) in enumerate(found.grown.rounds)
        for column, part in enumerate(PARTS, start=1)
    }
    return Table(gettext("By round"), columns, rows, links)


def _bed(found: Growth) -> Plot:
    """A bed for each round, with a plant for each thing that grew: who reads it counts what they see."""
    most = max(found.grown.rounds, key=lambda each: (each[1].won, each[1].referrals, each[1].one_to_ones))
    return Plot(
        key="grew",
        form=Form.BEDS,
        title=gettext("A plant for each"),
        period=f"{found.meeting.name} · {pages.local_day(found.meeting.starts_at, found.meeting.time_zone)}",
        finding=gettext("Most grew from round %(number)s.", number=most[0]),
        name_word=gettext("Round"),
        series=(
            Series(gettext("one-to-ones")),
            Series(gettext("other referrals")),
            Series(gettext("became business")),
        ),
        rows=tuple(
            Row(
                gettext("Round %(number)s", number=which),
                (harvest.one_to_ones, harvest.referrals - harvest.won, harvest.won),
            )
            for which, harvest in found.grown.rounds
        ),
    )


def _rows(found: Growth, part: str, number: int | None = None) -> str:
    """Where the rows stand that a figure counts, of one round or of the whole morning."""
    what = f"grew-{part.replace('_', '-')}"
    return url_for("counted.of_meeting", meeting=found.meeting.uid, what=what, round=number)


def _sheet(found: Growth) -> Sheet:
    day = pages.local_day(found.meeting.starts_at, found.meeting.time_zone)
    rounds = _by_round(found)
    ways = tuple(f"{begun}: {' → '.join(steps)}" for begun, steps in (_way(each, found) for each in found.grown.traces))
    untold = (_untold(found),) if _untold(found) else ()
    return Sheet(
        title=gettext("What grew from this morning"),
        subtitle=f"{found.meeting.name} · {day} · {found.group}",
        sections=(
            Section(_summary(found), plots=(_bed(found),) if rounds.rows else ()),
            *((Section(gettext("From a table to business"), texts=ways + untold),) if ways or untold else ()),
        ),
        foot=f"{found.meeting.name} · {day}",
        language=languages.current(),
    )
