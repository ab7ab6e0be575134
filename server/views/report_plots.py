"""The plots of the two reports with their words: what each is, of when, what it says in a sentence."""

from collections.abc import Callable, Sequence
from datetime import datetime

from flask_babel import format_decimal, gettext

from server.domain.reports import MOST_OF_ONE, Acquaintances, Exchanged, Known, Referred, Sector
from server.services.report_sheets import Fill, Form, Plot, Row, Series
from server.services.reports import Turnout
from server.views import pages
from server.views.figures import STATES, turnout_links

SECTORS_SHOWN = 10
"""More bars than this make a picture nobody reads; the table has them all."""


def flow(referred: Referred, period: str, rows_at: str) -> Plot:
    """Where referrals stand, by the effort of the introduction. `rows_at`: where they are listed."""
    return Plot(
        key="flow",
        form=Form.BARS,
        title=gettext("Where referrals stand, by introduction"),
        period=period,
        finding=gettext(
            "With a known outcome: %(ended)s of %(given)s. Won: %(won)s.",
            ended=referred.ended,
            given=referred.given,
            won=referred.won,
        ),
        name_word=gettext("State"),
        series=(
            Series(gettext("introduced (levels 4 and 5)")),
            Series(gettext("spoken for (level 3)"), Fill.HATCHED),
            Series(gettext("name or material (levels 1 and 2)"), Fill.OPEN),
        ),
        rows=tuple(Row(str(STATES[state]), counts) for state, counts in referred.flow),
        links={(at, step): rows_at for at, (_, counts) in enumerate(referred.flow) for step in range(len(counts))},
    )


def balance(spread: Sequence[Exchanged], period: str) -> Plot:
    """How many members gave so many referrals, and how many received that many; nobody by name."""
    both = sum(one.gave for one in spread if one.number), sum(one.received for one in spread if one.number)
    last = spread[-1].number
    return Plot(
        key="balance",
        form=Form.SIDES,
        title=gettext("Giving and receiving"),
        period=gettext("how many members gave or received so many referrals; %(period)s", period=period),
        finding=gettext(
            "Members who gave: %(gave)s. Members who received: %(received)s.", gave=both[0], received=both[1]
        ),
        name_word=gettext("Referrals"),
        series=(Series(gettext("gave")), Series(gettext("received"), Fill.HATCHED)),
        rows=tuple(
            Row(f"{one.number}+" if one.number == last == MOST_OF_ONE else str(one.number), (one.gave, one.received))
            for one in spread
        ),
    )


def turnout(held: Sequence[Turnout], period: str) -> Plot:
    """How many came to each meeting, members and visitors."""
    last = held[-1]
    return Plot(
        key="turnout",
        form=Form.COLUMNS,
        title=gettext("How many came"),
        period=period,
        finding=gettext(
            "The last column: %(came)s came of %(expected)s expected.", came=last.came, expected=last.expected
        ),
        name_word=gettext("Meeting"),
        series=(Series(gettext("Members")), Series(gettext("Visitors"), Fill.HATCHED)),
        rows=tuple(
            Row(_short(one.meeting.starts_at, one.meeting.time_zone), (one.came - one.visitors, one.visitors))
            for one in held
        ),
        links=turnout_links([one.meeting for one in held]),
    )


def acquaintances(met: Acquaintances) -> Plot:
    """How many people somebody sat with for the first time, and how many people that is true of."""
    return Plot(
        key="spread",
        form=Form.COLUMNS,
        title=gettext("New acquaintances"),
        period=gettext("people somebody sat with for the first time"),
        finding=gettext("In the middle: %(n)s.", n=format_decimal(met.middle)),
        name_word=gettext("New acquaintances"),
        series=(Series(gettext("People")),),
        rows=_spread(met.spread),
    )


def known(found: Known) -> Plot:
    """How many other members somebody has ever sat with."""
    return Plot(
        key="spread",
        form=Form.COLUMNS,
        title=gettext("Members who know each other"),
        period=gettext("other members somebody has ever sat with"),
        finding=gettext(
            "Pairs who have sat together: %(pairs)s of %(possible)s.", pairs=found.pairs, possible=found.possible
        ),
        name_word=gettext("Other members"),
        series=(Series(gettext("Members")),),
        rows=_spread(found.spread),
    )


def sectors(found: Sequence[Sector], period: str, rows_at: Callable[[str], str]) -> Plot:
    """Which sectors are looked for, and which of them nobody covers. `rows_at`: where it stands who looks for one."""
    missing = [one.name for one in found if one.is_missing]
    return Plot(
        key="sectors",
        form=Form.BARS,
        title=gettext("Sectors people look for"),
        period=period,
        finding=gettext("Missing: %(sectors)s.", sectors=", ".join(missing))
        if missing
        else gettext("None is missing."),
        name_word=gettext("Sector"),
        series=(Series(gettext("somebody is there")), Series(gettext("missing"), Fill.OPEN)),
        rows=tuple(
            Row(one.name, (0, one.wished) if one.is_missing else (one.wished, 0)) for one in found[:SECTORS_SHOWN]
        ),
        links={(at, side): rows_at(one.name) for at, one in enumerate(found[:SECTORS_SHOWN]) for side in range(2)},
    )


def _spread(spread: Sequence[tuple[int, int]]) -> tuple[Row, ...]:
    """A column for each number; where these are many, for so many numbers together."""
    together = next(step for step, most in ((1, 20), (5, 100), (10, 200), (100, 10**9)) if len(spread) <= most)
    if together == 1:
        return tuple(Row(str(number), (people,)) for number, people in spread)
    counted = dict.fromkeys(range(spread[0][0] // together, spread[-1][0] // together + 1), 0)
    for number, people in spread:
        counted[number // together] += people
    return tuple(Row(f"{at * together}–{(at + 1) * together - 1}", (people,)) for at, people in counted.items())


def _short(moment: datetime, zone: str) -> str:
    return pages.local_time(moment, zone, "d MMM")
