"""Which of one's own slips a figure counts: its address says it, and the list of slips shows just these."""

import contextlib
from dataclasses import dataclass
from datetime import date

from flask import request, url_for
from flask_babel import gettext, lazy_gettext

from server.domain.balance import INTRODUCED_FROM
from server.domain.leading import Month
from server.domain.vocabulary import ReferralKind, ReferralState, Uid
from server.services.slips import SlipView
from server.views.member_words import OUTCOMES, day

ANY, INTRODUCED = "any", "introduced"
_MORE = {ANY: lazy_gettext("referrals"), INTRODUCED: lazy_gettext("of these introduced (levels 4 and 5)")}


@dataclass(frozen=True)
class Figure:
    """A figure of one's own numbers: what it counts, from which day to which, both included, with whom."""

    outcome: str
    since: date | None = None
    until: date | None = None
    who: str = ""

    def counts(self, slip: SlipView) -> bool:
        """Whether it counts the slip; a lead is never counted."""
        if slip.kind is not ReferralKind.REFERRAL or slip.given_on is None or slip.state is ReferralState.DRAFT:
            return False
        return (
            (self.since is None or slip.given_on >= self.since)
            and (self.until is None or slip.given_on <= self.until)
            and (not self.who or self.who in (slip.giver.uid, slip.receiver.uid))
            and (self.outcome != INTRODUCED or slip.level >= INTRODUCED_FROM)
            and (self.outcome not in OUTCOMES or slip.state in OUTCOMES[self.outcome][1])
        )

    def words(self, today: date) -> str:
        """What the list shows, in a line."""
        text = gettext(OUTCOMES[self.outcome][0]) if self.outcome in OUTCOMES else str(_MORE[self.outcome])
        said = [text[:1].upper() + text[1:]]
        if self.since is not None:
            said.append(gettext("since %(day)s", day=day(self.since, today)))
        if self.until is not None:
            said.append(gettext("until %(day)s", day=day(self.until, today)))
        return " · ".join(said)


def asked() -> Figure | None:
    """The figure whose slips the address asks for; None where it asks for none."""
    outcome = request.args.get("outcome", "")
    if outcome not in OUTCOMES and outcome not in _MORE:
        return None
    return Figure(outcome, _day("since"), _day("until"), request.args.get("who", "")[:16])


def address(show: str, outcome: str = ANY, *, since: date, until: date | None = None, who: Uid | None = None) -> str:
    """Where the slips of a figure stand; `show`: the ones "given" or "received"."""
    ends = until.isoformat() if until else None
    return url_for("member.slip_list", show=show, outcome=outcome, since=since.isoformat(), until=ends, who=who)


def of_month(show: str, month: Month) -> str:
    """Where the slips of a month stand."""
    return address(show, since=month.first, until=month.last)


def _day(name: str) -> date | None:
    with contextlib.suppress(ValueError):
        return date.fromisoformat(request.args.get(name, ""))
    return None
