"""A group with years of anything behind it, made by chance from a seed; and every sum that its leaders can read."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete

from server.domain.activities import ActivityKind
from server.domain.fees import FeeState
from server.domain.referrals import Served
from server.domain.vocabulary import (
    AttendanceStatus,
    ExchangeState,
    FollowUpKind,
    GroupId,
    MeetingId,
    MeetingStatus,
    PersonId,
    ReferralKind,
    ReferralState,
    RoundPhase,
    Standing,
)
from server.persistence.models import (
    Activity,
    Attendance,
    Exchange,
    FollowUp,
    Group,
    Meeting,
    Membership,
    OneToOne,
    Person,
    Referral,
    Round,
    Seat,
    Substitute,
    Thanks,
)
from server.persistence.queries import folded
from server.persistence.queries import thanks as deals
from server.services import (
    encounters,
    fees,
    figures,
    folding,
    growth,
    leading,
    meetings,
    passed,
    quality,
    reports,
    thanks,
    weeks,
)
from server.services.context import Context, Tx
from tests import builders

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
ZONE = "Europe/Warsaw"
HELD = (
    (datetime(2025, 12, 31, 22, 50, tzinfo=UTC), ZONE),  # ten to midnight on the last of the year
    (datetime(2026, 8, 31, 21, 50, tzinfo=UTC), ZONE),  # and on the 31st, in summer
    (datetime(2026, 10, 31, 22, 50, tzinfo=UTC), ZONE),
    (datetime(2026, 11, 1, 1, 30, tzinfo=UTC), "America/New_York"),  # there it is still October
    (datetime(2026, 11, 19, 6, 0, tzinfo=UTC), "Europe/Rome"),
    (datetime(2026, 12, 10, 6, 0, tzinfo=UTC), ZONE),  # still to come
)
MOMENTS = (
    *(datetime(2026, month, day, 22, 50, tzinfo=UTC) for month, day in ((1, 31), (3, 31), (8, 31), (10, 31), (11, 22))),
    datetime(2025, 11, 25, 23, 0, tzinfo=UTC),
    datetime(2026, 5, 24, 22, 0, tzinfo=UTC),  # the first minute of the 26 weeks
    datetime(2026, 8, 23, 21, 59, tzinfo=UTC),
    datetime(2026, 8, 23, 22, 0, tzinfo=UTC),
    datetime(2026, 11, 1, 0, 0, tzinfo=UTC),
    datetime(2026, 11, 25, 12, 0, tzinfo=UTC),
)
DAYS = tuple(sorted({moment.astimezone(ZoneInfo(ZONE)).date() for moment in MOMENTS}))


@dataclass(frozen=True)
class History:
    """The group, its people and its meetings."""

    group_id: GroupId
    people: tuple[PersonId, ...]
    meetings: tuple[MeetingId, ...]


def make(ctx: Context, seed: int, size: int, people: int = 14) -> History:
    """A group in Warsaw with so many people, `size` of each kind of thing, and meetings at awkward hours."""
    chance = Random(seed)

    def work(tx: Tx) -> History:
        group = builders.a_group(tx, f"Group {seed}", time_zone=ZONE, currency="PLN")
        known = [_somebody(tx, group, chance, number) for number in range(people)]
        held = [_meeting(tx, group, chance, number, known) for number in range(len(HELD))]
        keys = [person.id for person in known]
        history = _Making(tx, group, chance, keys, [meeting.id for meeting in held])
        for _ in range(size):
            history.add()
        tx.db.flush()
        return History(GroupId(group.id), tuple(map(PersonId, keys)), tuple(MeetingId(each.id) for each in held))

    return ctx.transaction(work)


def _somebody(tx: Tx, group: Group, chance: Random, number: int) -> Person:
    person = Person(given_name=f"Person {number}", family_name="Nowak", search_key="", created_at=tx.now)
    tx.db.add(person)
    tx.db.flush()
    standing = chance.choice((Standing.MEMBER, Standing.MEMBER, Standing.MEMBER, Standing.FORMER, Standing.VISITOR))
    tx.db.add(
        Membership(
            group_id=group.id,
            person_id=person.id,
            standing=standing,
            since=chance.choice((None, date(2020, 5, 4), date(2025, 11, 23), date(2025, 11, 24), date(2026, 2, 1))),
            until=chance.choice((date(2026, 3, 1), date(2025, 11, 23))) if standing is Standing.FORMER else None,
        )
    )
    return person


def _meeting(tx: Tx, group: Group, chance: Random, number: int, known: list[Person]) -> Meeting:
    starts, zone = HELD[number]
    was = starts < NOW
    meeting: Meeting = builders.a_meeting(
        tx,
        group,
        starts,
        slug=f"meeting-{number}",
        time_zone=zone,
        status=MeetingStatus.CLOSED
        if was and chance.random() < 0.7
        else MeetingStatus.OPEN
        if was
        else MeetingStatus.DRAFT,
        closed_at=None,
        member_fee_cents=1250,
        visitor_fee_cents=2001,
    )
    rows = [_line(tx, meeting, person, known, chance, was=was) for person in known if chance.random() < 0.8]
    there = [row for row in rows if row.entered_at is not None]
    away = [row for row in rows if row.entered_at is None]
    for row in there:
        if away and chance.random() < 0.3:
            absent = away.pop()
            absent.status = AttendanceStatus.SUBSTITUTED
            tx.db.add(Substitute(attendance_id=row.id, stands_for_id=absent.id))
    for this in (1, 2) if was and len(there) > 1 else ():
        chance.shuffle(there)
        half = max(2, len(there) // 2)
        held = Round(
            meeting_id=meeting.id,
            number=this,
            phase=RoundPhase.ENDED,
            length_ms=300_000,
            starts_at=starts,
            ends_at=starts + timedelta(minutes=5),
            seats=[Seat(attendance=row, table_number=1 + (at >= half), missed=False) for at, row in enumerate(there)],
        )
        tx.db.add(held)
        tx.db.flush()
        encounters.keep(tx, meeting, held)
    return meeting


def _line(tx: Tx, meeting: Meeting, person: Person, known: list[Person], chance: Random, *, was: bool) -> Attendance:
    came = was and chance.random() < 0.7
    paid = chance.random() < 0.5
    starts = meeting.starts_at
    return builders.an_attendance(
        tx,
        meeting,
        person,
        chance.choice((Standing.MEMBER, Standing.MEMBER, Standing.VISITOR)),
        status=AttendanceStatus.PRESENT if came else chance.choice([*AttendanceStatus]),
        entered_at=starts + timedelta(minutes=chance.choice((-25, -3, 0, 12, 200))) if came else None,
        left_at=starts + timedelta(minutes=chance.choice((10, 90))) if came and chance.random() < 0.3 else None,
        is_walk_in=came and chance.random() < 0.2,
        invited_by_id=chance.choice((None, *(each.id for each in known if each is not person))),
        fee_paid_at=starts if paid else None,
        fee_paid_cents=chance.choice((None, 1250, 333)) if paid else None,
        fee_waived=chance.random() < 0.2,
    )


@dataclass(frozen=True)
class _Making:
    """One more of everything."""

    tx: Tx
    group: Group
    chance: Random
    people: list[int]
    meetings: list[int]

    def add(self) -> None:
        chance, group = self.chance, self.group.id
        self._slip()
        self._thanks()
        first, second = sorted(chance.sample(self.people, 2))
        day = (
            date(2020, 1, 1) + timedelta(days=len(self.tx.db.new) % 300)
            if chance.random() < 0.1
            else chance.choice(DAYS)
        )
        if not self._taken(first, second, day):
            self.tx.db.add(
                OneToOne(
                    group_id=group,
                    first_id=first,
                    second_id=second,
                    held_on=day,
                    first_confirmed_at=None if (only := chance.choice(("", "second", "first"))) == "second" else NOW,
                    second_confirmed_at=None if only == "first" else NOW,
                )
            )
        one, other = chance.sample(self.people, 2)
        self.tx.db.add(
            Activity(
                group_id=group,
                person_id=one,
                other_id=chance.choice((None, other)),
                kind=chance.choice([*ActivityKind]),
                held_on=chance.choice(DAYS),
                created_at=NOW,
                confirmed_at=chance.choice((None, NOW)),
            )
        )
        self._follow_up()

    def _taken(self, *key: Any) -> bool:
        seen: set[Any] = self.tx.db.info.setdefault(("held", self.group.id), set())
        taken = key in seen
        seen.add(key)
        return taken

    def _slip(self) -> None:
        chance = self.chance
        giver, receiver = chance.sample(self.people, 2)
        given = chance.choice(MOMENTS)
        state = chance.choice([*ReferralState])
        self.tx.db.add(
            Referral(
                group_id=self.group.id,
                meeting_id=chance.choice((None, *self.meetings[:5])),
                giver_id=giver,
                receiver_id=receiver,
                kind=chance.choice((ReferralKind.REFERRAL, ReferralKind.REFERRAL, ReferralKind.LEAD)),
                state=state,
                given_on=None if state is ReferralState.DRAFT else chance.choice(DAYS),
                inside=chance.random() < 0.5,
                level=chance.randint(1, 5),
                served=chance.choice((None, *Served)) if state is ReferralState.WON else None,
                given_at=chance.choice((None, given)),
                answered_at=chance.choice((None, given + timedelta(hours=chance.choice((3, 60))))),
                created_at=given,
                changed_at=given,
            )
        )

    def _thanks(self) -> None:
        chance = self.chance
        thanker, thanked = chance.sample(self.people, 2)
        self.tx.db.add(
            Thanks(
                group_id=self.group.id,
                meeting_id=chance.choice((None, *self.meetings[:5])),
                thanker_id=thanker,
                thanked_id=thanked,
                cents=chance.randint(1, 10**12),
                currency=chance.choice(("PLN", "EUR", "EUR")),
                thanked_on=chance.choice(DAYS),
                created_at=NOW,
                confirmed_at=chance.choice((None, NOW, NOW)),
                denied_at=chance.choice((None, None, NOW)),
            )
        )

    def _follow_up(self) -> None:
        chance = self.chance
        owner, about = chance.sample(self.people, 2)
        made = chance.choice(MOMENTS)
        due = made.date() + timedelta(days=chance.choice((0, 14, 100)))
        self.tx.db.add(
            FollowUp(
                group_id=self.group.id,
                meeting_id=chance.choice((None, *self.meetings[:5])),
                owner_id=owner,
                about_id=about,
                kind=chance.choice([*FollowUpKind]),
                due_on=due,
                done_at=chance.choice((None, datetime(due.year, due.month, due.day, 22, 50, tzinfo=UTC))),
                dropped_at=chance.choice((None, None, NOW)),
                created_at=made,
            )
        )
        meeting = chance.choice(self.meetings[:5])
        if not self._taken("exchange", meeting, owner, about):
            self.tx.db.add(
                Exchange(
                    meeting_id=meeting,
                    asker_id=owner,
                    asked_id=about,
                    state=chance.choice([*ExchangeState]),
                    asked_at=NOW,
                    answered_at=NOW,
                )
            )


def approve(ctx: Context, history: History, every: int = 2) -> None:
    """Every second of the weeks that anything lies in is approved, up to the last that is over."""
    for monday in mondays()[::every]:
        if monday < date(2026, 11, 23):
            weeks.approve(ctx, group_id=history.group_id, monday=monday, by=history.people[-1])


def mondays() -> list[date]:
    """The weeks in which anything may lie."""
    days = {*DAYS, *(starts.astimezone(ZoneInfo(zone)).date() for starts, zone in HELD if starts < NOW)}
    return sorted({day - timedelta(days=day.weekday()) for day in days})


def erase(ctx: Context, history: History, person: PersonId) -> None:
    """Folded, and then the row goes with all that hangs on it."""

    def work(tx: Tx) -> None:
        folding.fold(tx, history.group_id, person)
        tx.db.execute(delete(Person).where(Person.id == person))

    ctx.transaction(work)


WITHHELD = "withheld"
Sums = dict[Any, Any]


def sums(ctx: Context, history: History) -> Sums:
    """Every sum of the group that a page, a file or a display tells; `WITHHELD` where too few stand behind it."""
    found: Sums = {}
    _weeks(ctx, history, found)
    _money(ctx, history, found)
    _of_group(ctx, history, found)
    for meeting in history.meetings[:5]:
        _at_meeting(ctx, meeting, found)
    for view, expected, came in meetings.listed(ctx, history.group_id):
        if view.status is not MeetingStatus.DRAFT:
            found["listed", view.slug] = (expected, came)
    for row in figures.of_group(ctx, history.group_id):
        found["figures", row.meeting.slug] = (row.expected, row.came, row.visitors, row.referrals)
    for meeting in history.meetings:
        found["received", meeting] = fees.sheet(ctx, meeting).cash.received
    return found


def _weeks(ctx: Context, history: History, found: Sums) -> None:
    for row in weeks.listed(ctx, history.group_id):
        found["week in the list", row.monday] = dict(row.total)
    for monday in mondays():
        week = weeks.show(ctx, history.group_id, monday)
        found["week", monday] = dict(week.total)
        rows = [*(line.figures for line in week.lines), week.beside.others, week.beside.gone]
        assert {column: sum(row[column] for row in rows) for column in week.total} == week.total
    for back in weeks.PERIODS:
        found["weeks", back] = dict(weeks.report(ctx, history.group_id, back=back).total)


def _money(ctx: Context, history: History, found: Sums) -> None:
    """The cents of each month, of each week and of the totals' own span, whether or not they may be told."""
    starts = [*mondays(), *(date(2026, month, 1) for month in range(1, 12)), date(2025, 11, 24)]
    with ctx.reading() as db:
        for since in starts:
            cents: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
            for deal in deals.deals(db, history.group_id, since=since):
                number, whole = cents[deal.currency]
                cents[deal.currency] = (number + 1, whole + deal.cents)
            for left in folded.thanks(db, history.group_id, since=since):
                number, whole = cents[left.currency]
                cents[left.currency] = (number + left.deals, whole + left.cents)
            found["money", since] = dict(cents)
    page = thanks.page(ctx, history.group_id, history.people[0], money=True)
    for total in page.totals:
        found["thanks", total.currency] = total.deals
        found["cents", total.currency] = WITHHELD if total.cents is None else total.cents


def _of_group(ctx: Context, history: History, found: Sums) -> None:
    how = quality.of_group(ctx, history.group_id, money=False)
    found["quality given"] = how.given
    found["quality"] = (how.won, how.well_served, how.asked, how.answerable, how.in_time) if how.told else WITHHELD
    for back in reports.PERIODS:
        report = reports.of_group(ctx, history.group_id, weeks=back)
        _report(("group", back), report.promises, report.referred, found)
        found["one-to-ones", back] = (report.one_to_ones, report.one_to_ones_waiting)
        found["turnout", back] = [(each.expected, each.came, each.visitors) for each in report.turnout]
    lead = leading.of_group(ctx, history.group_id)
    for name, numbers in lead.trends.items():
        for each in numbers:
            found["trend", name, each.month] = WITHHELD if each.number is None else each.number
    way = lead.funnel
    found["funnel"] = (way.came, way.again, way.joined) if way.told else WITHHELD
    found["members a year ago"] = lead.retention.then if lead.retention.told else WITHHELD


def _report(key: Any, promises: Any, referred: Any, found: Sums) -> None:
    found[key, "promises"] = promises.made
    found[key, "kept"] = vars(promises) if promises.told else WITHHELD
    found[key, "slips"] = (referred.given, referred.leads)
    found[key, "became"] = vars(referred) if referred.told else WITHHELD


def _at_meeting(ctx: Context, meeting: MeetingId, found: Sums) -> None:
    report = reports.of_meeting(ctx, meeting)
    _report(("meeting", meeting), report.promises, report.referred, found)
    found["report", meeting] = vars(report.attendance)
    assert report.attendance.came - report.gone.came == sum(each.entered_at is not None for each in report.people)
    one = figures.of_meeting(ctx, meeting)
    found["figures of", meeting] = (
        vars(one.attendance),
        one.arrivals,
        (one.exchanges_asked, one.exchanges_accepted, one.one_to_ones, one.promises),
        one.referrals,
    )
    assert sum(each.came for each in one.arrivals) == one.attendance.came
    grown = growth.of_meeting(ctx, meeting).grown
    found["growth", meeting] = (grown.whole, grown.well_served, grown.rounds)
    sheet = fees.sheet(ctx, meeting)
    found["fees", meeting] = (
        sheet.cash,
        {each: (sheet.count(each), sheet.count(each, came=True)) for each in FeeState},
    )
    shown = passed.at(ctx, meeting)
    found["display", meeting] = (shown.slips, shown.inside, shown.thanks, shown.visitors)
    assert shown.visitors >= sum(each.kind == "visitor" for each in shown.recent)


def differences(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> dict[Any, Any]:
    """What says something else, and what was withheld and is told. To be withheld now is no difference: too few of
    those who contributed are known to be different people.
    """
    return {
        key: (value, after.get(key))
        for key, value in before.items()
        if after.get(key) != value and after.get(key) != WITHHELD
    } | {key: (None, value) for key, value in after.items() if key not in before}
