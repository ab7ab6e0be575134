"""One member's own numbers: given and received with outcomes, the balance, who refers them, what to do next.

Private to the person and to those who care for the members.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from server.domain import balance as rules
from server.domain import leading, names, slip_reminders, touches
from server.domain.activities import ActivityKind, counts
from server.domain.balance import INTRODUCED_FROM, Balance, Band, Gift, Other, Rule, Situation
from server.domain.errors import NotFound
from server.domain.leading import Month
from server.domain.scoring import Reminders
from server.domain.slip_reminders import Awaited
from server.domain.touches import Rate, Touch
from server.domain.vocabulary import GroupId, PersonId, ReferralState, Uid
from server.persistence.models import Group
from server.persistence.queries import activities, referrals
from server.persistence.queries import mine as queries
from server.persistence.queries import touches as touched
from server.persistence.queries.mine import Attended as Attended
from server.persistence.queries.mine import OwnSlip, Somebody
from server.persistence.queries.touches import Begun
from server.services import referral_rules
from server.services.context import Context

LOOKED_BACK = timedelta(weeks=26)
TRENDS = (6, 12)
"""Months of the two trends."""
_KINDS = {
    ActivityKind.TESTIMONIAL: Gift.TESTIMONIAL,
    ActivityKind.ADVICE: Gift.ADVICE,
    ActivityKind.PURCHASE: Gift.PURCHASE,
    ActivityKind.DUTY: Gift.DUTY,
}


@dataclass(frozen=True)
class Step:
    """One thing worth doing, and the rule that says so. `name`: whom it is about."""

    rule: Rule
    uid: Uid | None
    name: str
    params: Mapping[str, object]


@dataclass(frozen=True)
class Referrer:
    """Somebody who refers the person: how often in 26 weeks, and how many of these became business."""

    uid: Uid
    name: str
    sector: str
    slips: int
    won: int


@dataclass(frozen=True)
class Reach:
    """How well the group reaches the sector that somebody looks for: who is of it, who knows its market."""

    sector: str
    there: tuple[str, ...]
    informed: tuple[str, ...]
    """Members who say that they can inform about it."""


@dataclass(frozen=True)
class Mine:
    """One member's numbers. Outcomes and balance are those of 26 weeks."""

    name: str
    since: date
    until: date
    balance: Balance
    came: int
    expected: int
    """To how many of the meetings that are over or on one came, of how many one was expected at as a member."""
    rate: Rate
    """How many contacts made at meetings were followed up."""
    given: Mapping[ReferralState, int]
    received: Mapping[ReferralState, int]
    months: tuple[tuple[Month, int, int], ...]
    """Month, given, received; twelve of them."""
    referrers: tuple[Referrer, ...]
    sectors: tuple[tuple[str, int], ...]
    reach: Reach | None
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Contact:
    """Somebody with whom one exchanged contacts at a meeting, and whether one followed it up within two weeks."""

    name: str
    on: date
    in_time: bool


@dataclass(frozen=True)
class Named:
    """A member of whom the care role may open the numbers."""

    uid: Uid
    name: str


def of_person(ctx: Context, group_id: GroupId, person_id: PersonId) -> Mine:
    """The numbers of one member. Nine statements. Raises NotFound("person_unknown") for anybody else."""
    now = ctx.now()
    with ctx.reading() as db:
        zone = ZoneInfo(db.get_one(Group, group_id).time_zone)
        until = now.astimezone(zone).date()
        begins = _begins(until, zone)
        since = begins.date()
        shown = leading.months(until, max(TRENDS))
        people = {each.id: each for each in queries.members(db, group_id)}
        if person_id not in people:
            raise NotFound("person_unknown")
        slips = queries.slips(db, group_id, person_id, min(since, shown[0].first))
        done = activities.of_person(db, group_id, person_id, since)
        sat = queries.sat_with(db, group_id, person_id, since)
        one_to_ones = queries.one_to_ones(db, group_id, person_id, until - 2 * LOOKED_BACK)
        held = {who for who, _ in one_to_ones}
        started = touched.begun(db, group_id, begins, zone, person_id)
        reminders = referral_rules.current(db, group_id).reminders
        me = people[person_id]
        recent = [slip for slip in slips if slip.day >= since]
        kinds = [
            (_KINDS[each.kind], each.person_id == person_id)
            for each in done
            if each.kind in _KINDS and counts(each.kind, confirmed=each.confirmed_at is not None)
        ]
        balance = _balance(recent, kinds, started.visitors)
        there = queries.attended(db, group_id, person_id, begins, now)
        situation = _situation(
            me, people, recent, balance.band, now, reminders, {who: sat[who] for who in sat if who not in held}
        )
        return Mine(
            name=_name(me),
            since=since,
            until=until,
            balance=balance,
            came=sum(each.came for each in there),
            expected=len(there),
            rate=touches.rate(started.contacts, _touches(person_id, started, one_to_ones, slips), until),
            given=Counter(slip.state for slip in recent if slip.gave),
            received=Counter(slip.state for slip in recent if not slip.gave),
            months=_months(slips, shown),
            referrers=_referrers(recent, people),
            sectors=_sectors(recent, people),
            reach=_reach(me, people),
            steps=tuple(
                Step(step.rule, *_who(people, step.person), step.params) for step in rules.next_steps(situation)
            ),
        )


def of_uid(ctx: Context, group_id: GroupId, uid: str) -> PersonId:
    """Which member a uid means, for the care role. Raises NotFound("person_unknown")."""
    with ctx.reading() as db:
        found = next((each for each in queries.members(db, group_id) if each.uid == uid), None)
    if found is None:
        raise NotFound("person_unknown")
    return found.id


def attended(ctx: Context, group_id: GroupId, person_id: PersonId) -> tuple[Attended, ...]:
    """The meetings that the numbers of one member count, the newest first. Two statements."""
    now = ctx.now()
    with ctx.reading() as db:
        zone = ZoneInfo(db.get_one(Group, group_id).time_zone)
        begins = _begins(now.astimezone(zone).date(), zone)
        return tuple(queries.attended(db, group_id, person_id, begins, now))


def contacts(ctx: Context, group_id: GroupId, person_id: PersonId) -> tuple[Contact, ...]:
    """The contacts that the numbers of one member count, the newest first. Five statements."""
    with ctx.reading() as db:
        zone = ZoneInfo(db.get_one(Group, group_id).time_zone)
        until = ctx.now().astimezone(zone).date()
        begins = _begins(until, zone)
        started = touched.begun(db, group_id, begins, zone, person_id)
        one_to_ones = queries.one_to_ones(db, group_id, person_id, begins.date())
        slips = queries.slips(db, group_id, person_id, begins.date())
        found = touches.made(started.contacts, _touches(person_id, started, one_to_ones, slips), until)
        called = referrals.called(db, {each.contact.other for each in found})
    rows = []
    for contact, in_time in found:
        _, _, given, family = called[contact.other]
        rows.append(Contact(names.full_name(given, family), contact.on, in_time))
    return tuple(sorted(rows, key=lambda each: (-each.on.toordinal(), each.name)))


def _touches(
    person: PersonId, started: Begun, one_to_ones: Iterable[tuple[PersonId, date]], slips: Iterable[OwnSlip]
) -> list[Touch]:
    """What one did about others."""
    return [
        *started.done,
        *(Touch(person, who, on) for who, on in one_to_ones),
        *(Touch(person, slip.other, slip.day) for slip in slips if slip.gave),
    ]


def _begins(until: date, zone: ZoneInfo) -> datetime:
    """When the weeks that are looked at began, at the group's place."""
    since = until - LOOKED_BACK
    return datetime(since.year, since.month, since.day, tzinfo=zone)


def listed(ctx: Context, group_id: GroupId) -> tuple[Named, ...]:
    """The members by name, for the care role."""
    with ctx.reading() as db:
        return tuple(Named(Uid(each.uid), _name(each)) for each in queries.members(db, group_id))


def _situation(
    me: Somebody,
    people: Mapping[PersonId, Somebody],
    slips: Sequence[OwnSlip],
    band: Band,
    now: datetime,
    reminders: Reminders,
    sat: Mapping[PersonId, date],
) -> Situation:
    """What the next steps are found from; those sat with last come first."""
    fresh = sorted(sat, key=lambda who: (-sat[who].toordinal(), who))
    return Situation(
        band=band,
        unanswered=_waiting(slips, now, reminders, Awaited.ANSWER),
        quiet=_waiting(slips, now, reminders, Awaited.WORD),
        unasked=[slip.other for slip in slips if slip.gave and slip.state is ReferralState.WON and slip.served is None],
        sat_with=[_other(people[who]) for who in fresh if who in people and who != me.id],
        members=[_other(each) for each in people.values() if each.id != me.id],
        wants=me.wants_sector,
    )


def _balance(slips: Sequence[OwnSlip], kinds: Sequence[tuple[Gift, bool]], brought: int) -> Balance:
    sides: tuple[Counter[Gift], Counter[Gift]] = Counter(), Counter()
    for slip in slips:
        side = sides[0 if slip.gave else 1]
        side[Gift.REFERRAL] += 1
        side[Gift.INTRODUCTION] += slip.level >= INTRODUCED_FROM
    for gift, gave in kinds:
        sides[0 if gave else 1][gift] += 1
    sides[0][Gift.VISITOR] += brought
    return Balance(*({gift: side[gift] for gift in Gift if side[gift]} for side in sides))


def _waiting(slips: Sequence[OwnSlip], now: datetime, reminders: Reminders, what: Awaited) -> list[PersonId]:
    """Givers who wait for it longer than the rule allows."""
    return [
        slip.other
        for slip in slips
        if not slip.gave and slip_reminders.late(slip.state, slip.changed_at, now, reminders) is what
    ]


def _months(slips: Sequence[OwnSlip], shown: Sequence[Month]) -> tuple[tuple[Month, int, int], ...]:
    counted = Counter((leading.month_of(slip.day), slip.gave) for slip in slips)
    return tuple((month, counted[month, True], counted[month, False]) for month in shown)


def _referrers(slips: Sequence[OwnSlip], people: Mapping[PersonId, Somebody]) -> tuple[Referrer, ...]:
    """By name: this is a list of whom to thank and no ranking."""
    given = Counter(slip.other for slip in slips if not slip.gave)
    won = Counter(slip.other for slip in slips if not slip.gave and slip.state is ReferralState.WON)
    return tuple(
        Referrer(Uid(person.uid), _name(person), person.sector, given[who], won[who])
        for who, person in people.items()
        if who in given
    )


def _sectors(slips: Sequence[OwnSlip], people: Mapping[PersonId, Somebody]) -> tuple[tuple[str, int], ...]:
    found = Counter(people[slip.other].sector for slip in slips if not slip.gave and slip.other in people)
    return tuple(sorted((sector, number) for sector, number in found.items() if sector))


def _reach(me: Somebody, people: Mapping[PersonId, Somebody]) -> Reach | None:
    wanted = set(names.query_words(me.wants_sector))
    if not wanted:
        return None
    there, informed = [], []
    for person in people.values():
        if person.id == me.id:
            continue
        if wanted <= set(names.query_words(person.sector)):
            there.append(_name(person))
        elif wanted & set(names.query_words(person.markets)):
            informed.append(_name(person))
    return Reach(me.wants_sector, tuple(there), tuple(informed))


def _other(person: Somebody) -> Other:
    return Other(person.id, person.sector, person.looks_for)


def _who(people: Mapping[PersonId, Somebody], who: PersonId | None) -> tuple[Uid | None, str]:
    if who is None or who not in people:
        return None, ""
    return Uid(people[who].uid), _name(people[who])


def _name(person: Somebody) -> str:
    return names.full_name(person.given_name, person.family_name)
