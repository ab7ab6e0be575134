"""How well a group refers: quality first, then follow-up, counts last; and the business that was thanked for.

Nobody is named and nobody ranked. What fewer than five givers contributed to is not told.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from server.domain import reports, scoring, touches, weeks
from server.domain.folded import Kind
from server.domain.thanks import Total
from server.domain.touches import Rate
from server.domain.vocabulary import GroupId
from server.persistence.models import Group
from server.persistence.queries import folded
from server.persistence.queries import quality as queries
from server.persistence.queries import thanks as thanked
from server.persistence.queries import touches as touched
from server.persistence.queries.quality import Known
from server.services import referral_rules
from server.services.context import Context
from server.services.referral_rules import Agreed

WEEKS = 26


@dataclass(frozen=True)
class Quality:
    """The group's referrals since the Monday of so many weeks ago. `told` False: too few givers for more than their
    number. Sums count people who are no longer here; `middle` and `rate` are of those who are.

    `middle` is the median quality of 100; `answerable` and `in_time` are about the first answer within 48 hours.
    """

    since: date
    agreed: Agreed
    told: bool
    middle: float | None
    answerable: int
    in_time: int
    given: int
    won: int
    well_served: int
    asked: int
    served_told: bool
    """Whether the answers of prospects came by so many givers that they may be told."""
    totals: tuple[Total, ...]
    rate: Rate
    """Of contacts made at meetings: how many were followed up. Empty while fewer than five people made them."""


def of_group(ctx: Context, group_id: GroupId, *, money: bool) -> Quality:
    """The group's quality; `money`: whether totals may travel this line. Eight statements."""
    now = ctx.now()
    with ctx.reading() as db:
        zone = ZoneInfo(db.get_one(Group, group_id).time_zone)
        since = weeks.monday(now.astimezone(zone).date() - timedelta(weeks=WEEKS))
        agreed = referral_rules.current(db, group_id)
        known = queries.scored(db, group_id, since=since)
        begins = datetime(since.year, since.month, since.day, tzinfo=zone)
        started = touched.begun(db, group_id, begins, zone)
        rate = touches.rate(
            started.contacts,
            [*started.done, *touched.met_and_referred(db, group_id, since)],
            now.astimezone(zone).date(),
        )
        gone = folded.of_group(db, group_id, [Kind.QUALITY], since=since)[Kind.QUALITY]
        totals = thanked.totals(db, group_id, since=since) if money else ()
    # Many slips are alike in everything that is scored.
    alike = {scored: scoring.quality(scored, agreed.weights) for scored in {one.scored for one in known}}
    every = [alike[one.scored] for one in known]
    counted = [one for one, value in zip(known, every, strict=True) if value is not None]
    followed = reports.referred(map(_given, known), now, gone)
    served = reports.served_tallied(one.scored.served for one in counted) + gone.counter
    return Quality(
        since=since,
        agreed=agreed,
        told=followed.told,
        middle=scoring.middle(every) if followed.told and len(counted) else None,
        answerable=followed.answerable,
        in_time=followed.in_time,
        given=followed.given,
        won=followed.won,
        well_served=served[reports.WELL] if followed.told else 0,
        asked=served[reports.ASKED] if followed.told else 0,
        served_told=reports.may_tell(one.giver for one in counted if one.scored.served is not None),
        totals=totals,
        rate=rate if rate.people >= reports.LEAST_CONTRIBUTORS else Rate(),
    )


def _given(one: Known) -> reports.Given:
    """The slip as the reports count its first answer."""
    slip = one.scored
    return reports.Given(one.giver, one.receiver, slip.kind, slip.state, slip.level, one.given_at, one.answered_at)
