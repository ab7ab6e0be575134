"""Before somebody's rows go, what they added up to is kept without a name.

What would no longer be counted without the person is asked for by the very questions that the pages ask, narrowed to
the person; so a day is the same day here as there, and a slip at ten to midnight on the 31st stays in its month.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.domain import growth as rules
from server.domain import leading, referrals, reports
from server.domain.folded import ALWAYS, DEALS, PEOPLE, Kind, piece
from server.domain.vocabulary import GroupId, PersonId, Standing
from server.persistence import turns
from server.persistence.base import Base
from server.persistence.models import (
    Activity,
    Attendance,
    Exchange,
    FoldedAtMeeting,
    FoldedFigure,
    FoldedTotal,
    FollowUp,
    Group,
    Meeting,
    Membership,
    OneToOne,
    Person,
    Referral,
    Thanks,
    Week,
    WeekCorrection,
    WeekFigure,
)
from server.persistence.queries import growth, weeks
from server.persistence.queries import leading as leaders
from server.persistence.queries import reports as reported
from server.persistence.queries import thanks as thanked
from server.persistence.queries.visits import was_visit
from server.services import fees, figures, meetings, passed
from server.services.context import Tx
from server.services.leading import TRENDS

FEW = 5
"""Of meetings, each of which is much work."""
_Side = InstrumentedAttribute[int] | InstrumentedAttribute[int | None]


@dataclass
class _Sums:
    """What is to be added, by figure: how often and how many cents."""

    in_time: dict[tuple[Kind, date, str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    at_meetings: dict[tuple[int, Kind, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def add(self, kind: Kind, day: date, tally: Mapping[str, int], *, cents: int = 0, currency: str = "") -> None:
        for what, number in tally.items():
            line = self.in_time[kind, piece(day), what, currency]
            line[0] += number
            line[1] += cents

    def contributed(self, kind: Kind, days: Iterable[date], currency: str = "") -> None:
        """Somebody counts as one who contributed in the last of the pieces alone.

        A span that goes on until today counts them exactly once, and no two pieces tell that one person did both.
        """
        last = max(days, default=None)
        if last is not None:
            self.add(kind, last, {PEOPLE: 1}, currency=currency)

    def at(self, meeting: int | None, kind: Kind, tally: Mapping[str, int], *, cents: int = 0) -> None:
        if meeting is None:
            return
        for what, number in tally.items():
            line = self.at_meetings[meeting, kind, what]
            line[0] += number
            line[1] += cents


@dataclass(frozen=True)
class _Asked:
    """Whose rows, of which group, and when."""

    db: Session
    group: Group
    group_id: GroupId
    person: PersonId
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.group.time_zone)

    def day(self, moment: datetime) -> date:
        """The day of the group's calendar."""
        return moment.astimezone(self.zone).date()


def fold(tx: Tx, group_id: GroupId, person_id: int) -> None:
    """A helper of the use-cases: inside the transaction that erases somebody, before their row goes.

    Everything that counts of the person in this group is added to its nameless sums, and the rows that were counted
    are deleted: folding somebody twice adds nothing. Other people's rows stay, but for what names both of them. What
    the transaction has to tell afterwards about their attendances must be read before.
    """
    tx.db.flush()
    person = PersonId(person_id)
    # The group's row first, as everywhere: two erasures, or an approval of a week, take turns. Nothing new can refer
    # to somebody whose row is locked, and nothing can move a slip while it is being counted.
    group = tx.db.get_one(Group, group_id, with_for_update=True)
    tx.db.scalar(select(Person.id).where(Person.id == person).with_for_update())
    held = _hold(tx.db, group_id, person)
    asked = _Asked(tx.db, group, group_id, person, tx.now)
    sums = _Sums()
    for counted in (_columns, _money, _slips, _promises, _contacts, _visits, _meetings, _growth):
        counted(asked, sums)
        turns.breathe()
    _approved(asked)
    turns.breathe()
    _write(asked, sums)
    _delete(asked, held)


def _rows(group_id: GroupId, person: PersonId) -> tuple[tuple[type[Base], ColumnElement[bool]], ...]:
    """The tables that are folded, and which of their rows."""
    held = select(Meeting.id).where(Meeting.group_id == group_id)
    return (
        (Thanks, and_(Thanks.group_id == group_id, _either(person, Thanks.thanker_id, Thanks.thanked_id))),
        (Referral, and_(Referral.group_id == group_id, _either(person, Referral.giver_id, Referral.receiver_id))),
        (OneToOne, and_(OneToOne.group_id == group_id, _either(person, OneToOne.first_id, OneToOne.second_id))),
        (Activity, and_(Activity.group_id == group_id, _either(person, Activity.person_id, Activity.other_id))),
        (FollowUp, and_(FollowUp.group_id == group_id, _either(person, FollowUp.owner_id, FollowUp.about_id))),
        (Exchange, and_(Exchange.meeting_id.in_(held), _either(person, Exchange.asker_id, Exchange.asked_id))),
        (Attendance, and_(Attendance.meeting_id.in_(held), Attendance.person_id == person)),
        (Membership, and_(Membership.group_id == group_id, Membership.person_id == person)),
    )


def _either(person: PersonId, *sides: _Side) -> ColumnElement[bool]:
    return or_(*(side == person for side in sides))


def _hold(db: Session, group_id: GroupId, person: PersonId) -> list[tuple[type[Base], list[int]]]:
    """Nobody moves what is being counted. Answers with the keys of it, table by table."""
    found = []
    for table, these in _rows(group_id, person):
        found.append((table, list(db.scalars(select(table.__table__.c.id).where(these).with_for_update()))))
        turns.breathe()
    return found


def _columns(asked: _Asked, sums: _Sums) -> None:
    """The columns of the attendance report, whoever's line they stand in, and who contributed to the trends."""
    found = list(weeks.traces(asked.db, asked.group_id, asked.person, asked.now))
    for each in turns.unhurried(found):
        sums.add(Kind.WEEK, each.day, {each.column.value: each.number})
    for name, columns in TRENDS.items():
        months = {
            leading.month_of(each.day).first
            for each in turns.unhurried(found)
            if each.person == asked.person and each.column in columns
        }
        for first in months:
            sums.add(Kind.MONTH, first, {name: 1})


def _money(asked: _Asked, sums: _Sums) -> None:
    """Thanks that are confirmed; those that wait stand in no total."""
    own: dict[str, list[date]] = defaultdict(list)
    for day, deal in thanked.traces(asked.db, asked.group_id, asked.person):
        sums.add(Kind.THANKS, day, {DEALS: 1}, cents=deal.cents, currency=deal.currency)
        if deal.thanker == asked.person:
            own[deal.currency].append(day)
    for currency, days in own.items():
        sums.contributed(Kind.THANKS, days, currency)
    for meeting in asked.db.scalars(passed.thanks_of(asked.group_id, asked.person)):
        sums.at(meeting, Kind.PASSED, {"thanks": 1})


def _slips(asked: _Asked, sums: _Sums) -> None:
    """What became of slips, by the moment they were given, by the day on them, and at their meetings."""
    moments: list[date] = []
    days: list[date] = []
    gave_at: set[int] = set()
    for meeting, slip, inside, on, served in reported.slips_of(asked.db, asked.group_id, asked.person):
        tally = reports.slips_tallied([slip], asked.now)
        counts = referrals.counts(slip.kind, slip.state)
        sums.add(Kind.SLIP, asked.day(slip.given_at), tally)
        if on is not None:
            sums.add(Kind.QUALITY, on, tally + reports.served_tallied([served] if counts else []))
        sums.at(meeting, Kind.SLIP, tally)
        if counts:
            sums.at(meeting, Kind.GIVEN, {slip.state.value: 1})
            sums.at(meeting, Kind.PASSED, {"slips": 1, "inside": int(inside)})
        if counts and slip.giver == asked.person:
            moments.append(asked.day(slip.given_at))
            days += [on] if on is not None else []
            gave_at |= {meeting} if meeting is not None else set()
    sums.contributed(Kind.SLIP, moments)
    sums.contributed(Kind.QUALITY, days)
    for where in gave_at:
        sums.at(where, Kind.SLIP, {PEOPLE: 1})
        sums.at(where, Kind.PASSED, {PEOPLE: 1})


def _promises(asked: _Asked, sums: _Sums) -> None:
    """What became of promises: in the group's days by when they were made, at a meeting in the days of its place."""
    made: list[date] = []
    owned: set[int] = set()
    places = select(Meeting.id, Meeting.time_zone).where(Meeting.group_id == asked.group_id)
    zones = {row.id: row.time_zone for row in asked.db.execute(places)}
    for zone in {asked.group.time_zone, *zones.values()}:
        today = asked.now.astimezone(ZoneInfo(zone)).date()
        for kept in reported.promises_of(asked.db, asked.group_id, zone, asked.person):
            tally = reports.promises_tallied([kept.promise], today)
            own = kept.promise.owner == asked.person
            if zone == asked.group.time_zone:
                sums.add(Kind.PROMISE, asked.day(kept.made_at), tally)
                made += [asked.day(kept.made_at)] if own else []
            if kept.meeting is not None and zones[kept.meeting] == zone:
                sums.at(kept.meeting, Kind.PROMISE, tally)
                owned |= {kept.meeting} if own else set()
    sums.contributed(Kind.PROMISE, made)
    for where in owned:
        sums.at(where, Kind.PROMISE, {PEOPLE: 1})


def _contacts(asked: _Asked, sums: _Sums) -> None:
    """One-to-ones by their day; exchanges and what was noted to follow at their meetings."""
    for day, both, one in reported.one_to_ones_of(asked.db, asked.group_id, asked.person):
        sums.add(Kind.ONE_TO_ONE, day, {"both": both, "one": one})
    for meeting, asked_for, accepted in figures.exchanges_of(asked.db, asked.group_id, asked.person):
        sums.at(meeting, Kind.EXCHANGE, {"asked": asked_for, "accepted": accepted})
    for where, kind, number in figures.follow_ups_of(asked.db, asked.group_id, asked.person):
        sums.at(where, Kind.FOLLOW_UP, {kind.value: number})


def _visits(asked: _Asked, sums: _Sums) -> None:
    """The way of a visitor, and first and last days of a membership."""
    moments, membership = leaders.visits_of(asked.db, asked.group_id, asked.person)
    days = sorted(map(asked.day, moments))
    joined = membership is not None and membership.standing is Standing.MEMBER
    if days:
        # A span that goes on until today holds the last visit or none, and came again if it holds the last but one.
        sums.add(Kind.VISITOR, days[-1], {"came": 1, "joined": int(joined)})
        if joined or len(days) > 1:
            sums.add(Kind.VISITOR, days[-1] if joined else days[-2], {"again": 1})
    if membership is not None and membership.standing in leaders.BELONGED:
        since, until = membership.since or ALWAYS, membership.until or asked.day(asked.now)
        if since < until:
            sums.add(Kind.MEMBER, since, {"since": 1})
            sums.add(Kind.MEMBER, until, {"until": 1})


def _meetings(asked: _Asked, sums: _Sums) -> None:
    """Who came to what was, and the cash boxes; a place at what is still to come is simply free again."""
    question = (
        select(Attendance, Meeting, was_visit())
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .where(Meeting.group_id == asked.group_id, Attendance.person_id == asked.person)
    )
    for row, meeting, visited in turns.rows(asked.db, question, FEW):
        was = row.entered_at is not None or weeks.is_over(meeting.status, meeting.starts_at, asked.now)
        if was:
            shown = meetings.as_view(meeting)
            # The end is asked for only where it says something about the person.
            ends_at = figures.end_of(asked.db, shown) if row.left_at is not None else meeting.starts_at
            sums.at(meeting.id, Kind.TURNOUT, vars(figures.attendance_of([row], meeting.starts_at, ends_at)))
            if visited:
                sums.at(meeting.id, Kind.PASSED, {"visitors": 1})
            if row.entered_at is not None:
                sums.at(meeting.id, Kind.ARRIVAL, {figures.slot_of(row.entered_at, shown).isoformat(): 1})
        if was or row.fee_paid_at is not None:
            for what, (number, cents) in fees.tallied(meeting, row).items():
                sums.at(meeting.id, Kind.FEE, {what: number}, cents=cents)


def _growth(asked: _Asked, sums: _Sums) -> None:
    """What grew between the person and others, at the table of its root, by the rule of the page."""
    for meeting, day, sat, later, links, slips in turns.unhurried(
        growth.traces(asked.db, asked.group_id, asked.person), FEW
    ):
        grown = rules.grown(day, sat, later, links, slips)
        for number, harvest in grown.rounds:
            sums.at(meeting, Kind.GREW, {f"{part}:{number}": getattr(harvest, part) for part in rules.PARTS})
        sums.at(meeting, Kind.GREW, {rules.WELL_SERVED: grown.well_served})


def _approved(asked: _Asked) -> None:
    """Approved weeks keep their figures, on a line without a name; corrections lose the person and the words."""
    own = select(Week.id).where(Week.group_id == asked.group_id)
    rows = asked.db.execute(
        select(WeekFigure.week_id, WeekFigure.column, WeekFigure.number).where(
            WeekFigure.week_id.in_(own), WeekFigure.person_id == asked.person
        )
    )
    _upsert(
        asked.db,
        FoldedFigure,
        ("week_id", "column"),
        [{"week_id": week, "column": column, "number": number} for week, column, number in rows],
    )
    asked.db.execute(delete(WeekFigure).where(WeekFigure.week_id.in_(own), WeekFigure.person_id == asked.person))
    turns.breathe()
    asked.db.execute(
        update(WeekCorrection)
        .where(
            WeekCorrection.week_id.in_(own), _either(asked.person, WeekCorrection.person_id, WeekCorrection.actor_id)
        )
        .values(reason="")
    )
    asked.db.execute(
        update(WeekCorrection)
        .where(WeekCorrection.week_id.in_(own), WeekCorrection.person_id == asked.person)
        .values(person_id=None)
    )


def _write(asked: _Asked, sums: _Sums) -> None:
    """The sums are added to what stands there."""
    _upsert(
        asked.db,
        FoldedTotal,
        ("group_id", "kind", "since", "what", "currency"),
        (
            {
                "group_id": asked.group_id,
                "kind": kind,
                "since": since,
                "what": what,
                "currency": currency,
                "number": number,
                "cents": cents,
            }
            for (kind, since, what, currency), (number, cents) in sorted(sums.in_time.items())
            if number or cents
        ),
    )
    _upsert(
        asked.db,
        FoldedAtMeeting,
        ("meeting_id", "kind", "what"),
        (
            {"meeting_id": meeting, "kind": kind, "what": what, "number": number, "cents": cents}
            for (meeting, kind, what), (number, cents) in sorted(sums.at_meetings.items())
            if number or cents
        ),
    )


def _upsert(db: Session, table: type[Base], key: tuple[str, ...], rows: Iterable[dict[str, object]]) -> None:
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    line = insert(table.__table__)  # type: ignore[arg-type]  # a declared table is a Table
    added = [name for name in ("number", "cents") if name in line.table.c]
    adding = line.on_conflict_do_update(
        index_elements=list(key), set_={name: line.table.c[name] + line.excluded[name] for name in added}
    )
    for portion in turns.portions(rows):
        db.execute(adding, portion)


def _delete(asked: _Asked, counted: list[tuple[type[Base], list[int]]]) -> None:
    """What was counted goes, so that it can never be counted twice."""
    for table, keys in counted:
        for portion in turns.portions(keys):
            # Past the session, which would go through all it has loaded for each portion.
            asked.db.execute(delete(table.__table__).where(table.__table__.c.id.in_(portion)))  # type: ignore[arg-type]
    # Whoever was brought stays; the credit for it lies in the sums.
    held = select(Meeting.id).where(Meeting.group_id == asked.group_id)
    asked.db.execute(
        update(Attendance)
        .where(Attendance.meeting_id.in_(held), Attendance.invited_by_id == asked.person)
        .values(invited_by_id=None)
    )
