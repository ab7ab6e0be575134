"""The group's view of its referrals: that they were given and how far they have come, to look at, print and keep.

No prospect, no need, no verdict and no ranking. No news tell a whole group of a slip, so the page looks again by
itself every few seconds, and at once when its reader's own slips move.
"""

from flask import Response, render_template
from flask_babel import gettext

from server.domain.access import Verb
from server.services import exports, slips
from server.services.slips import GroupSlip
from server.views import guards, languages, slip_filters
from server.views.guards import Visit
from server.views.member import bp
from server.views.member_frame import file_of, frame
from server.views.member_words import level

__all__ = ["bp"]


@bp.get("/referrals/group")
@guards.needs(Verb.USE_BOARD)
def group_board(visit: Visit) -> str:
    """What the group gave: from whom to whom and how far it has come."""
    every = slips.of_group(visit.ctx, visit.group_id)
    return render_template(
        "member/group_board.html",
        slips=slip_filters.of_group(every),
        total=len(every),
        asked=slip_filters.asked(),
        columns=slip_filters.columns(),
        **frame(visit, "referrals"),
    )


@bp.get("/referrals/group.<any(csv, xlsx):kind>")
@guards.needs(Verb.USE_BOARD)
def group_file(visit: Visit, kind: str) -> Response:
    """The same for a spreadsheet, narrowed in the same way."""
    heads = [gettext("Given on"), gettext("From"), gettext("For"), gettext("Introduction"), gettext("Where it stands")]
    columns = dict(slip_filters.columns())
    rows = [_cells(each, columns) for each in slip_filters.of_group(slips.of_group(visit.ctx, visit.group_id))]
    return file_of(exports.table(kind, heads, rows, languages.current()), kind, "referrals-group")


def _cells(each: GroupSlip, columns: dict[str, str]) -> list[str]:
    return [
        each.given_on.isoformat() if each.given_on else "",
        each.giver.name,
        each.receiver.name,
        f"{each.level} {level(each.level)[0]}",
        columns[each.column],
    ]
