"""What the planner says, in the reader's language: the best so far while it thinks.

The script of the console says the same while a run goes on; a test holds the two against each other.
"""

from collections.abc import Mapping

from flask_babel import gettext, ngettext

from server.domain.pins import PairWish
from server.domain.plan_runs import RunState
from server.services.context import Json
from server.services.plan_runs import RunView
from server.services.seat_moves import Weighed
from server.views import messages
from server.views.sentences import remarks


def best(cost: Mapping[str, int]) -> str:
    """The best plan so far in a few words, "2 meetings of people who met before"; empty before there is one."""
    if not cost:
        return ""
    repeats, same, open_wishes = (cost.get(name) or 0 for name in ("repeats", "same_sector", "wishes_missed"))
    said = [
        ngettext("%(num)s meeting of people who met before", "%(num)s meetings of people who met before", repeats)
        if repeats
        else gettext("Nobody meets the same person again")
    ]
    if same:
        said.append(ngettext("%(num)s pair of one sector at a table", "%(num)s pairs of one sector at a table", same))
    if open_wishes:
        said.append(ngettext("%(num)s wish still open", "%(num)s wishes still open", open_wishes))
    return " · ".join(map(str, said))


def title(run: RunView) -> str:
    """What a run that goes on is doing."""
    if run.state is RunState.IMPROVING:
        return str(gettext("Looking for better later rounds"))
    return str(gettext("Planning the rounds"))


def ended(run: RunView) -> str:
    """How a run ended, where that is worth a sentence."""
    if run.refusal is not None:
        return messages.sentence(run.refusal)
    if run.state is RunState.LOST:
        return str(gettext("The planning broke off. What was announced stands; plan again."))
    if run.state is RunState.STOPPED:
        return str(gettext("Stopped. The best plan so far was kept."))
    return ""


def pair_settled(wish: PairWish, found: Weighed) -> list[str]:
    """What was settled of two people, and whether the seats follow it already."""
    if found.answer.said is None:
        return [str(gettext("This is settled, but there is no way to it now. Plan again when people have changed."))]
    if not found.moves and wish is PairWish.APART:
        return [str(gettext("They sit at no table together in the rounds to come, and that stays so."))]
    if not found.moves:
        return [str(gettext("They meet already, and that stays so."))]
    if wish is PairWish.APART:
        return [str(gettext("They still sit together. Make this change, or plan again."))]
    return [str(gettext("They do not meet yet. Make this change, or plan again."))]


def remark(told: Json, names: Mapping[int, str]) -> str:
    """A remark of the planner in words."""
    return remarks.worded(told["key"], told["params"], lambda key: names.get(key, ""), gettext)
