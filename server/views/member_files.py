"""One's own thanks and other activity for a spreadsheet: all there ever was, also what the pages no longer show."""

from collections.abc import Sequence

from flask import Response
from flask_babel import gettext

from server.domain.access import Verb
from server.domain.thanks import TIERS
from server.services import activities, exports, fees, thanks
from server.services.activities import ActivityView
from server.services.thanks import ThanksView
from server.views import guards, languages
from server.views.guards import Visit
from server.views.member import bp
from server.views.member_frame import file_of
from server.views.member_thanks import money_may_travel
from server.views.member_words import say
from server.views.slip_words import KINDS

__all__ = ["bp"]


@bp.get("/thanks.<any(csv, xlsx):kind>")
@guards.needs(Verb.USE_BOARD)
def thanks_file(visit: Visit, kind: str) -> Response:
    """What one thanked for and was thanked for. A sum stands there for its author, over a safe line only."""
    money = money_may_travel(visit)
    heads = [gettext("Day"), gettext("What"), gettext("Who"), gettext("New or repeat business?")]
    heads += [gettext("How far did it grow?"), gettext("State")]
    if money:
        heads += [gettext("Sum"), gettext("Currency"), gettext("Need"), gettext("Comments")]
    found = thanks.all_of(visit.ctx, visit.group_id, visit.person_id, money=money)
    return _file(kind, "thanks", heads, [_of_thanks(each, money=money) for each in found])


@bp.get("/activity.<any(csv, xlsx):kind>")
@guards.needs(Verb.USE_BOARD)
def activity_file(visit: Visit, kind: str) -> Response:
    """What one did for others and others for oneself."""
    heads = [gettext("Day"), gettext("What"), gettext("Who"), gettext("State"), gettext("Minutes"), gettext("Comments")]
    found = activities.all_of(visit.ctx, visit.group_id, visit.person_id)
    return _file(kind, "activity", heads, list(map(_of_activity, found)))


def _of_thanks(each: ThanksView, *, money: bool) -> list[str]:
    state = gettext("confirmed") if each.confirmed else gettext("waits for a yes")
    if each.denied:
        state = gettext("not from their referral") if each.mine else gettext("not from your referral")
    row = [
        each.thanked_on.isoformat(),
        gettext("You thanked") if each.mine else gettext("You were thanked"),
        each.other.name,
        (gettext("repeat") if each.is_repeat else gettext("new")) if each.mine else "",
        _tier(each.tier) if each.mine else "",
        state,
    ]
    if money:
        known = each.cents is not None
        row += [fees.amount(each.cents or 0) if known else "", each.currency if known else "", each.need, each.comments]
    return row


def _tier(tier: int) -> str:
    return f"{tier}+" if tier == max(TIERS) else str(tier)


def _of_activity(each: ActivityView) -> list[str]:
    return [
        each.held_on.isoformat(),
        say(KINDS[each.kind]),
        each.other.name if each.other else "",
        gettext("counts") if each.counts else gettext("waits for a yes"),
        str(each.minutes or ""),
        each.text,
    ]


def _file(kind: str, name: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Response:
    return file_of(exports.table(kind, heads, rows, languages.current()), kind, name)
