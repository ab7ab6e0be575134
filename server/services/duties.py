"""Who holds which duty at a meeting: suggested, settled by hand, offered and taken over, and kept in the balance.

Duties of a meeting that was closed are part of what somebody gave: each becomes an activity of whoever held it and
was there, and goes again when the meeting is opened once more.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session, joinedload

from server.domain import duties as rules
from server.domain import names
from server.domain.activities import ActivityKind
from server.domain.duties import Duty, Held, Place
from server.domain.errors import Conflict, NotFound, RuleViolation, WrongPhase
from server.domain.vocabulary import AttendanceStatus, GroupId, MeetingId, MeetingStatus, PersonId, Standing, Uid
from server.persistence.models import Activity, Attendance, DutyRow, JournalEntry, Meeting, Person
from server.services import journal
from server.services.context import Context, Json, Op, Tx

KIND = "duties"
"""The journal's word for a roster that was changed."""
LOOKED_BACK = timedelta(weeks=26)
_COMING = (AttendanceStatus.EXPECTED, AttendanceStatus.PRESENT)
Key = tuple[Duty, int]


@dataclass(frozen=True)
class Candidate:
    """A member who is coming: how many duties they held in the last 26 weeks, and whether that is too often."""

    id: PersonId
    uid: Uid
    name: str
    times: int
    too_often: bool


@dataclass(frozen=True)
class PlaceView:
    """One place of the roster and who has it; `offered`: they ask for somebody else."""

    duty: Duty
    number: int
    holder: Uid | None
    name: str
    offered: bool
    coming: bool


@dataclass(frozen=True)
class Roster:
    """The duties of a meeting. `last_change` names what can be taken back."""

    places: tuple[PlaceView, ...]
    people: tuple[Candidate, ...]
    is_over: bool
    last_change: Uid | None

    @property
    def too_often(self) -> tuple[Candidate, ...]:
        """Who held duties too often of late, the most burdened first."""
        return tuple(sorted((one for one in self.people if one.too_often), key=lambda one: -one.times))


@dataclass(frozen=True)
class MyDuty:
    """A duty at a meeting to come: one's own, or one that somebody offers."""

    uid: Uid
    duty: Duty
    mine: bool
    offered: bool
    holder: str


def roster(ctx: Context, meeting_id: MeetingId) -> Roster:
    """The duties of a meeting, who could hold them and how often they did. Five statements."""
    with ctx.reading() as db:
        meeting = db.get_one(Meeting, meeting_id)
        coming = _coming(db, meeting_id)
        history = _history(db, meeting)
        rows = {(row.duty, row.number): row for row in _rows(db, meeting_id)}
        last = db.scalar(_changes(meeting_id))
        times = Counter(each.person for each in history)
        often = rules.too_often([PersonId(person.id) for person in coming], history)
        here = {person.id for person in coming}
        places = []
        for place in rules.empty_roster():
            row = rows.get((place.duty, place.number))
            if row is None:
                places.append(PlaceView(place.duty, place.number, None, "", False, True))
                continue
            named = names.full_name(row.person.given_name, row.person.family_name)
            places.append(
                PlaceView(
                    place.duty,
                    place.number,
                    Uid(row.person.uid),
                    named,
                    row.offered_at is not None,
                    row.person_id in here,
                )
            )
        people = tuple(
            Candidate(
                PersonId(one.id),
                Uid(one.uid),
                names.full_name(one.given_name, one.family_name),
                times[PersonId(one.id)],
                one.id in often,
            )
            for one in coming
        )
        return Roster(
            tuple(places), people, meeting.status is MeetingStatus.CLOSED, Uid(last) if last is not None else None
        )


def suggest(ctx: Context, *, meeting_id: MeetingId, op: Op | None = None) -> int:
    """The empty places are filled fairly from those who are coming. Answers how many were."""

    def work(tx: Tx) -> Json:
        meeting = _open(tx, meeting_id)
        coming = [PersonId(person.id) for person in _coming(tx.db, meeting_id)]
        before = _settled(tx, meeting_id)
        # Whoever is not coming any more leaves the place to somebody else.
        kept = {key: person for key, person in before.items() if person in set(coming)}
        wanted = [Place(p.duty, p.number, kept.get((p.duty, p.number))) for p in rules.empty_roster()]
        filled = rules.suggest(wanted, coming, _history(tx.db, meeting))
        after = {(place.duty, place.number): place.person for place in filled if place.person is not None}
        _write(tx, meeting, before, after)
        return {"filled": sum(before.get(key) != person for key, person in after.items())}

    return int(ctx.transaction(work, op=op)["filled"])


def settle(ctx: Context, *, meeting_id: MeetingId, holders: Mapping[Key, str], op: Op | None = None) -> None:
    """The organiser decides: each place named gets the member of this uid, or nobody ("").

    Raises RuleViolation("duty_needs_member") for somebody who is not coming as a member.
    """

    def work(tx: Tx) -> Json:
        meeting = _open(tx, meeting_id)
        coming = {person.uid: PersonId(person.id) for person in _coming(tx.db, meeting_id)}
        before = _settled(tx, meeting_id)
        after = dict(before)
        known = {(place.duty, place.number) for place in rules.empty_roster()}
        rows = {row.person.uid: PersonId(row.person_id) for row in _rows(tx.db, meeting_id)}
        for key, uid in holders.items():
            if key not in known or (uid and uid not in coming and uid not in rows):
                raise RuleViolation("duty_needs_member")
            after.pop(key, None)
            if uid:
                after[key] = coming.get(uid) or rows[uid]
        _write(tx, meeting, before, after)
        return {}

    ctx.transaction(work, op=op)


def take_back(ctx: Context, *, meeting_id: MeetingId, entry: str, op: Op | None = None) -> None:
    """The last change of the roster is undone. Raises Conflict("undo_moved_on") when something came after it."""

    def work(tx: Tx) -> Json:
        _open(tx, meeting_id)
        newest = tx.db.scalar(_changes(meeting_id))
        row = tx.db.scalars(select(JournalEntry).where(JournalEntry.uid == newest)).one_or_none()
        if row is None or newest != entry:
            raise Conflict("undo_moved_on")
        body = json.loads(row.body)
        if _packed(_settled(tx, meeting_id)) != body["after"]:
            raise Conflict("undo_moved_on")
        row.undone_at = tx.now
        known = set(tx.db.scalars(select(Person.id).where(Person.id.in_([person for *_, person in body["before"]]))))
        _replace(tx, meeting_id, {(Duty(d), n): PersonId(p) for d, n, p in body["before"] if p in known})
        return {}

    ctx.transaction(work, op=op)


def of_member(ctx: Context, group_id: GroupId, person_id: PersonId) -> dict[Uid, tuple[MyDuty, ...]]:
    """By meeting to come: one's own duties, and those that others offer. One statement."""
    question = (
        select(DutyRow, Meeting.uid)
        .join(Meeting, Meeting.id == DutyRow.meeting_id)
        .join(Attendance, (Attendance.meeting_id == Meeting.id) & (Attendance.person_id == person_id))
        .join(Person, Person.id == DutyRow.person_id)
        .add_columns(Person.given_name, Person.family_name)
        .where(
            Meeting.group_id == group_id,
            Meeting.status != MeetingStatus.CLOSED,
            Attendance.standing == Standing.MEMBER,
            (DutyRow.person_id == person_id) | DutyRow.offered_at.is_not(None),
        )
        .order_by(Meeting.starts_at, DutyRow.id)
    )
    found: dict[Uid, tuple[MyDuty, ...]] = {}
    with ctx.reading() as db:
        for row, meeting, given, family in db.execute(question):
            one = MyDuty(
                Uid(row.uid),
                row.duty,
                row.person_id == person_id,
                row.offered_at is not None,
                names.short_name(given, family),
            )
            found[Uid(meeting)] = (*found.get(Uid(meeting), ()), one)
    return found


def offer(ctx: Context, *, group_id: GroupId, person: PersonId, uid: str, offered: bool, op: Op | None = None) -> None:
    """Whoever holds a duty asks for somebody else, or keeps it after all. Raises NotFound("duty_unknown")."""

    def work(tx: Tx) -> Json:
        row = _own(tx, group_id, uid)
        if row.person_id != person:
            raise NotFound("duty_unknown")
        row.offered_at = (row.offered_at or tx.now) if offered else None
        return {}

    ctx.transaction(work, op=op)


def take_over(ctx: Context, *, group_id: GroupId, person: PersonId, uid: str, op: Op | None = None) -> None:
    """A member who is coming takes a duty that was offered. Raises NotFound("duty_unknown"), Conflict("duty_taken")."""

    def work(tx: Tx) -> Json:
        row = _own(tx, group_id, uid)
        if person not in {one.id for one in _coming(tx.db, MeetingId(row.meeting_id))}:
            raise NotFound("duty_unknown")
        if row.person_id == person:
            return {}
        if row.offered_at is None:
            raise Conflict("duty_taken")
        row.person_id, row.offered_at = person, None
        return {}

    ctx.transaction(work, op=op)


def keep(tx: Tx, meeting: Meeting) -> None:
    """A helper of closing: every duty of somebody who was there counts as given."""
    there = select(Attendance.person_id).where(Attendance.meeting_id == meeting.id, Attendance.entered_at.is_not(None))
    day = meeting.starts_at.astimezone(ZoneInfo(meeting.time_zone)).date()
    held = select(DutyRow).where(DutyRow.meeting_id == meeting.id, DutyRow.person_id.in_(there))
    for row in tx.db.scalars(held.where(DutyRow.activity_id.is_(None)).order_by(DutyRow.id)).all():
        given = Activity(
            group_id=meeting.group_id,
            person_id=row.person_id,
            kind=ActivityKind.DUTY,
            held_on=day,
            created_at=tx.now,
        )
        tx.db.add(given)
        tx.db.flush()
        row.activity_id = given.id


def let_go(tx: Tx, meeting_id: MeetingId) -> None:
    """A helper of opening again: what the duties became in the balance goes."""
    rows = tx.db.scalars(
        select(DutyRow).where(DutyRow.meeting_id == meeting_id, DutyRow.activity_id.is_not(None))
    ).all()
    gone = [row.activity_id for row in rows]
    for row in rows:
        row.activity_id = None
    tx.db.flush()
    tx.db.execute(delete(Activity).where(Activity.id.in_(gone)))


def _open(tx: Tx, meeting_id: MeetingId) -> Meeting:
    """The meeting, locked: two who settle its roster take turns."""
    meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
    if meeting.status is MeetingStatus.CLOSED:
        raise WrongPhase("duties_over")
    return meeting


def _own(tx: Tx, group_id: GroupId, uid: str) -> DutyRow:
    question = select(DutyRow).join(Meeting, Meeting.id == DutyRow.meeting_id)
    mine = question.where(DutyRow.uid == uid, Meeting.group_id == group_id, Meeting.status != MeetingStatus.CLOSED)
    row = tx.db.scalars(mine.with_for_update(of=DutyRow)).one_or_none()
    if row is None:
        raise NotFound("duty_unknown")
    return row


def _coming(db: Session, meeting_id: MeetingId) -> list[Person]:
    """Members who are expected or there, by name."""
    question = (
        select(Person)
        .join(Attendance, Attendance.person_id == Person.id)
        .where(
            Attendance.meeting_id == meeting_id,
            Attendance.standing == Standing.MEMBER,
            Attendance.status.in_(_COMING),
        )
    )
    return list(db.scalars(question.order_by(Person.sort_key, Person.id)))


def _rows(db: Session, meeting_id: MeetingId) -> list[DutyRow]:
    return list(
        db.scalars(
            select(DutyRow)
            .where(DutyRow.meeting_id == meeting_id)
            .options(joinedload(DutyRow.person))
            .order_by(DutyRow.id)
        )
    )


def _settled(tx: Tx, meeting_id: MeetingId) -> dict[Key, PersonId]:
    rows = _rows(tx.db, meeting_id)
    return {(row.duty, row.number): PersonId(row.person_id) for row in rows}


def _history(db: Session, meeting: Meeting) -> list[Held]:
    """Who held what at the group's other meetings of the last 26 weeks."""
    since: datetime = meeting.starts_at - LOOKED_BACK
    question = (
        select(DutyRow.person_id, DutyRow.duty, Meeting.starts_at)
        .join(Meeting, Meeting.id == DutyRow.meeting_id)
        .where(
            Meeting.group_id == meeting.group_id,
            Meeting.id != meeting.id,
            Meeting.starts_at >= since,
            Meeting.starts_at <= meeting.starts_at,
        )
        .order_by(DutyRow.id)
    )
    return [Held(PersonId(person), duty, at.date()) for person, duty, at in db.execute(question)]


def _changes(meeting_id: MeetingId) -> Select[Any]:
    newest = select(JournalEntry.uid).where(
        JournalEntry.meeting_id == meeting_id, JournalEntry.kind == KIND, JournalEntry.undone_at.is_(None)
    )
    return newest.order_by(JournalEntry.id.desc()).limit(1)


def _packed(holders: Mapping[Key, PersonId]) -> list[list[Any]]:
    return sorted([duty.value, number, int(person)] for (duty, number), person in holders.items())


def _write(tx: Tx, meeting: Meeting, before: Mapping[Key, PersonId], after: Mapping[Key, PersonId]) -> None:
    if dict(before) == dict(after):
        return
    _replace(tx, MeetingId(meeting.id), after)
    body = {"before": _packed(before), "after": _packed(after)}
    journal.write(tx, KIND, body, group_id=meeting.group_id, meeting_id=meeting.id)


def _replace(tx: Tx, meeting_id: MeetingId, wanted: Mapping[Key, PersonId]) -> None:
    rows = {(row.duty, row.number): row for row in _rows(tx.db, meeting_id)}
    for key, row in rows.items():
        if key not in wanted:
            tx.db.delete(row)
    for key, person in wanted.items():
        there = rows.get(key)
        if there is None:
            tx.db.add(DutyRow(meeting_id=meeting_id, person_id=person, duty=key[0], number=key[1]))
        elif there.person_id != person:
            there.person_id, there.offered_at = person, None
    tx.db.flush()
