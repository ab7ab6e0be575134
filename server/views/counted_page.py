"""A list of what a figure counts, as a page: its rows, and below them what else is in the figure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import babel.dates
from flask import render_template, request
from flask_babel import gettext, lazy_gettext

from server.domain.errors import NotFound
from server.services.counted import Given, Rows
from server.services.counted_lines import Lines
from server.services.report_sheets import Links
from server.views import languages
from server.views.guards import Visit
from server.views.member_frame import place
from server.views.weeks import COLUMNS

MOST = 500
"""Rows on one page; of pairs in a great group there are more."""
SLIPS = {
    "given": lazy_gettext("Referrals given"),
    "leads": lazy_gettext("Leads, kept apart: the prospect was not asked"),
}


@dataclass(frozen=True)
class Shown:
    """A list: what it is of, the heads of its columns, its rows, and what else the figure counts. `number`: the column
    that is added up; where there is none, rows are counted.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    back: str
    over: str = ""
    gone: int = 0
    private: int = 0
    number: int | None = None
    note: str = ""
    links: Links = field(default_factory=dict)

    @property
    def total(self) -> int:
        """The figure."""
        rows = len(self.rows) if self.number is None else sum(int(row[self.number]) for row in self.rows)
        return rows + self.gone + self.private


def asked_weeks(periods: Iterable[int]) -> int:
    """The weeks of the address. Raises NotFound("page_unknown") where they are none of these."""
    wanted = request.args.get("weeks", "")
    if wanted not in set(map(str, periods)):
        raise NotFound("page_unknown")
    return int(wanted)


def page(shown: Shown, visit: Visit, nav: str = "numbers") -> str:
    """The list as a page."""
    return render_template("organiser/counted.html", shown=shown, most=MOST, **place(visit, nav))


def given(found: Rows[Given], what: str, back: str, *, over: str = "") -> Shown:
    """Slips as everybody of the group may see them."""
    part = gettext("The figure counts some of these slips. Which of them, is seen by their two people only.")
    return Shown(
        str(SLIPS[what]),
        heads(gettext("From"), gettext("For"), gettext("Given on")),
        tuple((slip.giver, slip.receiver, day_words(slip.day)) for slip in found.rows),
        back,
        over=over,
        gone=found.gone,
        private=found.private,
        note=part if "part" in request.args else "",
    )


def lines(found: Lines, title: str, back: str, over: str) -> Shown:
    """Columns of weeks, row by row."""
    changed = gettext("put right, or changed after the week was approved")
    return Shown(
        title,
        heads(gettext("Member"), gettext("When"), gettext("What"), gettext("Number")),
        tuple(
            (row.name, day_words(row.day), changed if row.put_right else str(COLUMNS[row.column]), str(row.number))
            for row in found.rows
        ),
        back,
        over=over,
        gone=found.gone,
        number=3,
    )


def heads(*texts: object) -> tuple[str, ...]:
    """The heads of the columns."""
    return tuple(map(str, texts))


def day_words(day: date | None) -> str:
    """A day with its year; nothing of none."""
    return babel.dates.format_date(day, "medium", locale=languages.current()) if day else ""
