"""Who sits where, read for the screens: the whole room for facilitator and display, one's own table for a phone.

What somebody has met before, and promised, is told to that person only, from their own records.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.domain import names
from server.domain.vocabulary import (
    FollowUpKind,
    GroupId,
    MeetingId,
    PersonId,
    RoundPhase,
    Standing,
    Uid,
)
from server.persistence.models import Attendance, FollowUp, Meeting, Person, Round, Seat
from server.persistence.queries import seating as queries
from server.services import rounds
from server.services.context import Context


@dataclass(frozen=True)
class Seated:
    """Somebody with a seat. `missed`: was not in the room."""

    uid: Uid
    person_id: PersonId
    person_uid: Uid
    given_name: str
    family_name: str
    company: str
    sector: str
    looks_for: str
    offers: str
    standing: Standing
    table: int
    missed: bool
    came_from: int | None = None
    """The table of the round before, for the room's picture of who moves; None for somebody new to the rounds."""

    @property
    def name(self) -> str:
        """The whole name as typed."""
        return names.full_name(self.given_name, self.family_name)

    @property
    def short(self) -> str:
        """First name and initial, all that a projector shows."""
        return names.short_name(self.given_name, self.family_name)


@dataclass(frozen=True)
class RoundSeating:
    """One round and everybody with a seat in it, by table (0: sits out)."""

    number: int
    phase: RoundPhase
    tables: Mapping[int, tuple[Seated, ...]]


@dataclass(frozen=True)
class MetBefore:
    """When two people last sat together, and what the viewer promised (only the viewer learns it)."""

    day: date
    number: int


@dataclass(frozen=True)
class Partner:
    """Somebody at one's table, with what one knows about them."""

    who: Seated
    met: MetBefore | None
    promise: str


@dataclass(frozen=True)
class OwnRound:
    """One's own round: the table (None: sits out), the partners."""

    phase: RoundPhase
    table: int | None
    partners: tuple[Partner, ...]


@dataclass(frozen=True)
class Mine:
    """One person's morning: are they in the room, and where they sit in each round (None: no seat)."""

    uid: Uid
    person_id: PersonId
    name: str
    in_room: bool
    rounds: Mapping[int, OwnRound | None]
    now: int | None


def room(ctx: Context, meeting_id: MeetingId) -> tuple[RoundSeating, ...]:
    """The seating of the current and the next round. Two statements."""
    with ctx.reading() as db:
        return shown(db, meeting_id, rounds.all_rounds(db, meeting_id))


def shown(
    db: Session, meeting_id: MeetingId, every: tuple[rounds.RoundView, ...]
) -> tuple[RoundSeating, ...]:
    """The seating of the current and the next of these rounds. One statement."""
    both = [each for each in (rounds.current_of(every), rounds.following_of(every)) if each is not None]
    before = {each.number: _before(every, each) for each in both}
    seats = _seats(db, meeting_id, {*before, *before.values()} - {0})
    return tuple(
        RoundSeating(
            each.number, each.phase, _by_table(_coming(seats[each.number], seats.get(before[each.number], [])))
        )
        for each in both
    )


def most_tables(ctx: Context, meeting_id: MeetingId) -> int:
    """More tables than any plan of this meeting can have: two people need one."""
    with ctx.reading() as db:
        people = db.scalars(select(Attendance.id).where(Attendance.meeting_id == meeting_id)).all()
    return len(people) // 2 + 1


def mine(ctx: Context, meeting_id: MeetingId, person_id: PersonId) -> Mine | None:
    """The morning of one person; None for somebody who is not on the list."""
    return next(iter(everybodys(ctx, meeting_id, only=person_id)), None)


def person_behind(ctx: Context, meeting_id: MeetingId, uid: Uid) -> PersonId | None:
    """Whose attendance it is."""
    with ctx.reading() as db:
        found = db.scalar(
            select(Attendance.person_id).where(Attendance.meeting_id == meeting_id, Attendance.uid == uid)
        )
    return None if found is None else PersonId(found)


def everybodys(ctx: Context, meeting_id: MeetingId, *, only: PersonId | None = None) -> tuple[Mine, ...]:
    """The morning of everybody on the list, or of one of them. Six statements however many people."""
    with ctx.reading() as db:
        group_id = GroupId(db.get_one(Meeting, meeting_id).group_id)
        every = rounds.all_rounds(db, meeting_id)
        seats = _seats(db, meeting_id, [each.number for each in every])
        # While nobody sits anywhere, as at the door, nobody has partners to know anything about.
        seated = any(seats.values())
        met = queries.last_met(db, group_id, meeting_id, only=only) if seated else {}
        promises = _promises(db, group_id, only) if seated else {}
        question = (
            select(Attendance, Person)
            .join(Person, Person.id == Attendance.person_id)
            .where(Attendance.meeting_id == meeting_id)
            .order_by(Attendance.id)
        )
        if only is not None:
            question = question.where(Attendance.person_id == only)
        people = [(row, person) for row, person in db.execute(question)]
    current = rounds.current_of(every)
    tables = {number: _by_table(seated) for number, seated in seats.items()}
    places = {number: {seat.person_id: seat for seat in seated} for number, seated in seats.items()}
    known = {pair: MetBefore(last.day, last.number) for pair, last in met.items()}
    return tuple(
        Mine(
            uid=Uid(row.uid),
            person_id=PersonId(row.person_id),
            name=names.full_name(person.given_name, person.family_name),
            in_room=row.entered_at is not None and row.left_at is None,
            rounds={
                each.number: _own(
                    each,
                    places[each.number].get(PersonId(row.person_id)),
                    tables[each.number],
                    known,
                    promises,
                )
                for each in every
            },
            now=current.number if current else None,
        )
        for row, person in people
    )


def _own(
    this_round: rounds.RoundView,
    seat: Seated | None,
    tables: Mapping[int, tuple[Seated, ...]],
    known: Mapping[tuple[PersonId, PersonId], MetBefore],
    promises: Mapping[tuple[PersonId, PersonId], str],
) -> OwnRound | None:
    if seat is None:
        return None
    if seat.table == 0:
        return OwnRound(this_round.phase, None, ())
    over = this_round.phase is RoundPhase.ENDED
    # Whoever did not come was nobody's partner; before the end they may still come.
    others = [each for each in tables[seat.table] if each.uid != seat.uid and not (over and each.missed)]
    return OwnRound(
        this_round.phase,
        seat.table,
        tuple(
            Partner(each, known.get(pair), promises.get(pair, ""))
            for each in others
            for pair in [(seat.person_id, each.person_id)]
        ),
    )


def _before(every: Iterable[rounds.RoundView], this_round: rounds.RoundView) -> int:
    """The number of the round from which everybody comes, 0 for none."""
    earlier = [e.number for e in every if e.number < this_round.number and e.phase is not RoundPhase.VOID]
    return max(earlier, default=0)


def _coming(seats: Iterable[Seated], before: Iterable[Seated]) -> list[Seated]:
    """The seats with the table each person comes from."""
    tables = {seat.uid: seat.table for seat in before if seat.table and not seat.missed}
    return [replace(seat, came_from=tables.get(seat.uid)) for seat in seats]


def _seats(db: Session, meeting_id: MeetingId, numbers: Iterable[int]) -> dict[int, list[Seated]]:
    """Everybody with a seat in these rounds, in the order of their names. One statement."""
    wanted = list(numbers)
    found: dict[int, list[Seated]] = {number: [] for number in wanted}
    question = (
        select(Round.number, Seat.table_number, Seat.missed, Attendance.uid, Attendance.standing, Person)
        .join(Seat, Seat.round_id == Round.id)
        .join(Attendance, Attendance.id == Seat.attendance_id)
        .join(Person, Person.id == Attendance.person_id)
        .where(Round.meeting_id == meeting_id, Round.number.in_(wanted))
        .order_by(Round.number, Seat.table_number, Person.sort_key, Attendance.id)
    )
    for number, table, missed, uid, standing, person in db.execute(question):
        found[number].append(
            Seated(
                uid=Uid(uid),
                person_id=PersonId(person.id),
                person_uid=Uid(person.uid),
                given_name=person.given_name,
                family_name=person.family_name,
                company=person.company,
                sector=person.sector,
                looks_for=person.looks_for,
                offers=person.offers,
                standing=standing,
                table=int(table),
                missed=bool(missed),
            )
        )
    return found


def _by_table(seated: Iterable[Seated]) -> dict[int, tuple[Seated, ...]]:
    tables: dict[int, list[Seated]] = defaultdict(list)
    for seat in seated:
        tables[seat.table].append(seat)
    return {table: tuple(people) for table, people in tables.items()}


def _promises(
    db: Session, group_id: GroupId, only: PersonId | None
) -> dict[tuple[PersonId, PersonId], str]:
    """What each owner still owes whom; of several promises the one that is due first. One statement."""
    question = (
        select(FollowUp.owner_id, FollowUp.about_id, FollowUp.text)
        .where(
            FollowUp.group_id == group_id,
            FollowUp.kind == FollowUpKind.PROMISE,
            FollowUp.done_at.is_(None),
            FollowUp.dropped_at.is_(None),
        )
        .order_by(FollowUp.due_on.desc(), FollowUp.id.desc())
    )
    if only is not None:
        question = question.where(FollowUp.owner_id == only)
    return {(PersonId(owner), PersonId(about)): text for owner, about, text in db.execute(question)}


