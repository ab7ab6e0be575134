"""Which slips the address asks for: the same answer for a page, what it refreshes, its print and its files."""

from collections.abc import Iterable

from flask import request

from server.domain import names
from server.domain.referrals import COLUMNS, Side
from server.services.slips import GroupSlip, SlipView
from server.views import member_figures
from server.views.guards import Visit
from server.views.member_words import COLUMNS as COLUMN_WORDS
from server.views.member_words import say

SHOWN: dict[str, Side | None] = {"all": None, "given": Side.GIVER, "received": Side.RECEIVER}
_OF_A_FIGURE = ("outcome", "since", "until", "who")


def asked() -> dict[str, str]:
    """What the address asks to see: `show` (a side), `q` (beginnings of words), `column`, `waits`; empty: all."""
    show, column = request.args.get("show", "all"), request.args.get("column", "")
    return {
        "show": show if show in SHOWN else "all",
        "q": request.args.get("q", "").strip()[:80],
        "column": column if column in COLUMNS else "",
        "waits": "1" if request.args.get("waits") else "",
    }


def figured() -> dict[str, str]:
    """What the address says of the figure whose slips it asks for; empty where it asks for none."""
    return {name: request.args[name] for name in _OF_A_FIGURE if member_figures.asked() and name in request.args}


def own(visit: Visit, every: Iterable[SlipView]) -> list[SlipView]:
    """One's own slips, narrowed to what the address asks for."""
    wants, figure = asked(), member_figures.asked()
    side, words = SHOWN[wants["show"]], names.query_words(wants["q"])
    return [
        slip
        for slip in every
        if (side is None or slip.side is side)
        and (not wants["column"] or slip.state in COLUMNS[wants["column"]])
        and _has(words, slip.giver.name, slip.receiver.name, slip.need)
        and (not wants["waits"] or slip.quiet_days(visit.now) or slip.moves or slip.asks_served)
        and (figure is None or figure.counts(slip))
    ]


def of_group(every: Iterable[GroupSlip]) -> list[GroupSlip]:
    """The group's slips, narrowed by name and column: more is not told of them."""
    wants = asked()
    words = names.query_words(wants["q"])
    return [
        slip
        for slip in every
        if wants["column"] in ("", slip.column) and _has(words, slip.giver.name, slip.receiver.name)
    ]


def columns() -> list[tuple[str, str]]:
    """The columns to choose from, by key, as they are called."""
    return [(key, say(heading)) for key, heading, *_ in COLUMN_WORDS]


def _has(wanted: Iterable[str], *texts: str) -> bool:
    """Whether every word sought begins a word of the texts."""
    there = [word for text in texts for word in names.query_words(text)]
    return all(any(word.startswith(each) for word in there) for each in wanted)
