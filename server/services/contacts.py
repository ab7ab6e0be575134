"""Whom one has met, and what one writes down about them; and one's own card.

A contact is a private card of its owner: a note and the answer to "stay in touch?". A promise is a follow-up with a
day. Fields of the other person are never copied into it: they are read through exchange and consent each time.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, delete, or_, select
from sqlalchemy.orm import Session, aliased

from server.domain import contacts as rules
from server.domain import follow_ups as follow_up_rules
from server.domain import names
from server.domain.errors import NotFound, RuleViolation
from server.domain.events import AttendanceChanged, PromiseChanged, SeatingPlanned
from server.domain.vocabulary import (
    ContactField,
    ExchangeState,
    FollowUpKind,
    GroupId,
    MeetingId,
    MeetingStatus,
    PersonId,
    StayInTouch,
    Uid,
)
from server.persistence.models import Attendance, Contact, FollowUp, Group, Meeting, Person
from server.persistence.queries import exchanges as queries
from server.services import consents, follow_ups, people
from server.services.context import Context, Json, Op, Tx
from server.services.seating import MetBefore

NOTE_MOST = 2000
PROMISE_MOST = 300
_OF_PERSON = {
    ContactField.EMAIL: "email",
    ContactField.PHONE: "phone",
    ContactField.COMPANY: "company",
    ContactField.LOOKS_FOR: "looks_for",
    ContactField.OFFERS: "offers",
}
_OPEN_PROMISE = and_(
    FollowUp.kind == FollowUpKind.PROMISE, FollowUp.done_at.is_(None), FollowUp.dropped_at.is_(None)
)


@dataclass(frozen=True)
class Jotting:
    """What one writes down about somebody; None leaves as it is, an empty text takes it away."""

    note: str | None = None
    stay: StayInTouch | None = None
    promise: str | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class MetView:
    """Somebody met at a meeting, for the one who met them: in which rounds (none: by exchange alone), and one's own
    words. `due_on` is the day of the promise, or the day it would get."""

    person_id: PersonId
    uid: Uid
    name: str
    company: str
    sector: str
    looks_for: str
    offers: str
    rounds: tuple[int, ...]
    note: str
    stay: StayInTouch | None
    promise: str
    due_on: date


@dataclass(frozen=True)
class AboutView(MetView):
    """The same with the past: where they last sat together at an earlier meeting, and what one still owes."""

    before: MetBefore | None
    owed: str


@dataclass(frozen=True)
class OwnCard:
    """One's own card as its owner sees it, and what others may see of it."""

    fields: people.PersonFields
    opened: frozenset[ContactField]


def card_of(person: Person) -> dict[ContactField, str]:
    """A helper: every field of a person that a card can have."""
    return {field: str(getattr(person, name)) for field, name in _OF_PERSON.items()}


def granted(
    db: Session, group_id: GroupId, owner: PersonId, only: Collection[PersonId] | None = None
) -> dict[PersonId, Mapping[ContactField, str]]:
    """A helper: what the owner may see today of everybody they exchanged contacts with in a group. One statement.

    Whoever is not in it has shown nothing. E-mail and phone still need a safe way to travel.
    """
    found = queries.granted(db, group_id, owner, only)
    return {key: rules.visible(opened, card_of(person)) for key, (person, opened) in found.items()}


def met(ctx: Context, meeting_id: MeetingId, person_id: PersonId) -> tuple[MetView, ...]:
    """Everybody somebody met at a meeting, in the order they met; then those met by exchange alone. Five statements."""
    with ctx.reading() as db:
        meeting = db.get_one(Meeting, meeting_id)
        found = queries.met_in_rounds(db, meeting_id, person_id)
        seen = {person.id for person, _ in found}
        found += [
            (person, ())
            for row, person in queries.circle(db, meeting_id, person_id).rows
            if person.id not in seen and row.state is ExchangeState.ACCEPTED
        ]
        return _views(db, meeting, person_id, found)


def about(ctx: Context, meeting_id: MeetingId, person_id: PersonId, uid: Uid) -> AboutView:
    """One attendee of the same meeting with what one knows and wrote down. Raises NotFound("person_not_here").

    Seven statements.
    """
    with ctx.reading() as db:
        person = _attendee(db, meeting_id, person_id, uid)
        other = PersonId(person.id)
        rounds = {met.id: numbers for met, numbers in queries.met_in_rounds(db, meeting_id, person_id)}
        meeting = db.get_one(Meeting, meeting_id)
        group_id = GroupId(meeting.group_id)
        last = queries.sat_together(db, group_id, person_id, other, before=meeting.starts_at)
        view = _views(db, meeting, person_id, [(person, rounds.get(person.id, ()))])[0]
        return AboutView(
            **vars(view),
            before=MetBefore(_day(last.starts_at, last.time_zone), last.number) if last else None,
            owed=_owed(db, group_id, person_id, other),
        )


def _owed(db: Session, group_id: GroupId, owner: PersonId, other: PersonId) -> str:
    """The promise to somebody that is due first, whatever the meeting. One statement."""
    question = (
        select(FollowUp.text)
        .where(_OPEN_PROMISE, FollowUp.group_id == group_id, FollowUp.owner_id == owner, FollowUp.about_id == other)
        .order_by(FollowUp.due_on, FollowUp.id)
        .limit(1)
    )
    return db.scalar(question) or ""


def write_down(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    owner: PersonId,
    about: Uid,
    jotting: Jotting,
    op: Op | None = None,
) -> Json:
    """Keep a note, the answer to "stay in touch?" and a promise about somebody of the same meeting.

    Raises NotFound("person_not_here") and RuleViolation("text_too_long").
    """
    note, promise = _checked(jotting.note, "note", NOTE_MOST), _checked(jotting.promise, "promise", PROMISE_MOST)

    def work(tx: Tx) -> Json:
        meeting = tx.db.get_one(Meeting, meeting_id)
        other = PersonId(_attendee(tx.db, meeting_id, owner, about).id)
        answers_late = jotting.stay is not None and meeting.status is MeetingStatus.CLOSED
        if answers_late:
            # Locked first, as whoever closes a meeting does.
            tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        tx.db.get_one(Person, owner, with_for_update=True)
        card = keep(tx, owner, other, group_id=GroupId(meeting.group_id), meeting_id=meeting_id)
        if note is not None and note != card.note:
            card.note, card.changed_at = note, tx.now
        if jotting.stay is not None and jotting.stay is not card.stay_in_touch:
            card.stay_in_touch, card.changed_at = jotting.stay, tx.now
            if meeting.status is MeetingStatus.CLOSED:
                tx.db.flush()
                follow_ups.propose(tx, meeting, only=(owner, other))
            if answers_late:
                follow_ups.propose(tx, meeting, only={owner, other})
        if (promise is not None or jotting.due_on is not None) and _promise(
            tx, meeting, owner, other, promise, jotting.due_on
        ):
            tx.record(PromiseChanged(meeting_id, owner))
        return {"person": about}

    return ctx.transaction(work, op=op)


def keep(tx: Tx, owner: PersonId, person: PersonId, *, group_id: GroupId, meeting_id: MeetingId) -> Contact:
    """A helper of the use-cases: the owner's card of a person, made where missing."""
    card = tx.db.scalar(
        select(Contact).where(Contact.owner_id == owner, Contact.person_id == person).with_for_update(of=Contact)
    )
    if card is None:
        card = Contact(
            owner_id=owner,
            person_id=person,
            group_id=group_id,
            met_at_id=meeting_id,
            created_at=tx.now,
            changed_at=tx.now,
        )
        tx.db.add(card)
        tx.db.flush()
    return card


def forget_empty(tx: Tx, one: PersonId, other: PersonId, *, group_id: GroupId) -> None:
    """A helper of the use-cases: cards that the two keep of each other go, unless something was written on them."""
    tx.db.execute(
        delete(Contact).where(
            Contact.group_id == group_id,
            or_(
                and_(Contact.owner_id == one, Contact.person_id == other),
                and_(Contact.owner_id == other, Contact.person_id == one),
            ),
            Contact.note == "",
            Contact.stay_in_touch.is_(None),
        )
    )


def own_card(ctx: Context, person_id: PersonId) -> OwnCard:
    """One's own card. Two statements."""
    with ctx.reading() as db:
        return OwnCard(_fields(db.get_one(Person, person_id)), consents.of(db, person_id))


def change_own_card(
    ctx: Context, *, person_id: PersonId, group_id: GroupId, change: Mapping[str, str], op: Op | None = None
) -> Json:
    """Somebody changes fields of their own card; `change` holds the new ones by name, the others stay.

    Raises what `people.checked` raises, naming the field. Every screen that shows the card hears of it.
    """

    def work(tx: Tx) -> Json:
        person = tx.db.get_one(Person, person_id, with_for_update=True)
        before = _fields(person)
        after = people.checked(replace(before, **change))
        if after == before:
            return {}
        language = tx.db.get_one(Group, group_id).language
        for name, value in (vars(after) | people.keys_of(after, language)).items():
            setattr(person, name, value)
        tx.db.flush()
        consents.tell_partners(tx, person_id)
        for row in tx.db.scalars(
            select(Attendance)
            .join(Meeting, Meeting.id == Attendance.meeting_id)
            .where(Attendance.person_id == person_id, Meeting.status == MeetingStatus.OPEN)
        ):
            tx.record(AttendanceChanged(MeetingId(row.meeting_id), Uid(row.uid)))
            tx.record(SeatingPlanned(MeetingId(row.meeting_id)))
        return {}

    return ctx.transaction(work, op=op)


def _fields(person: Person) -> people.PersonFields:
    return people.PersonFields(**{field.name: getattr(person, field.name) for field in fields(people.PersonFields)})


def _checked(text: str | None, field: str, most: int) -> str | None:
    if text is not None and len(text) > most:
        raise RuleViolation("text_too_long", field=field, most=most)
    return None if text is None else text.replace("\r\n", "\n").strip()


def _attendee(db: Session, meeting_id: MeetingId, viewer: PersonId, uid: Uid) -> Person:
    """Somebody else on the list of a meeting that has the viewer on it too."""
    own = aliased(Attendance)
    person = db.scalar(
        select(Person)
        .join(Attendance, Attendance.person_id == Person.id)
        .join(own, and_(own.meeting_id == Attendance.meeting_id, own.person_id == viewer))
        .where(Attendance.meeting_id == meeting_id, Person.uid == uid, Person.id != viewer)
    )
    if person is None:
        raise NotFound("person_not_here")
    return person


def _views(
    db: Session, meeting: Meeting, owner: PersonId, found: list[tuple[Person, tuple[int, ...]]]
) -> tuple[MetView, ...]:
    """Two statements: one's cards and one's open promises."""
    ids = [person.id for person, _ in found]
    cards = {
        card.person_id: card
        for card in db.scalars(select(Contact).where(Contact.owner_id == owner, Contact.person_id.in_(ids)))
    }
    promises = {
        row.about_id: row
        for row in db.scalars(_open_promises(MeetingId(meeting.id), owner).where(FollowUp.about_id.in_(ids)))
    }
    usual = _usual_day(meeting)
    return tuple(
        MetView(
            person_id=PersonId(person.id),
            uid=Uid(person.uid),
            name=names.full_name(person.given_name, person.family_name),
            company=person.company,
            sector=person.sector,
            looks_for=person.looks_for,
            offers=person.offers,
            rounds=rounds,
            note=cards[person.id].note if person.id in cards else "",
            stay=cards[person.id].stay_in_touch if person.id in cards else None,
            promise=promises[person.id].text if person.id in promises else "",
            due_on=promises[person.id].due_on if person.id in promises else usual,
        )
        for person, rounds in found
    )


def _promise(
    tx: Tx, meeting: Meeting, owner: PersonId, other: PersonId, text: str | None, due_on: date | None
) -> bool:
    """Write, change or take away the promise of this meeting; says whether anything changed."""
    row = tx.db.scalar(_open_promises(MeetingId(meeting.id), owner).where(FollowUp.about_id == other))
    if row is None:
        if not text:
            return False
        tx.db.add(
            FollowUp(
                owner_id=owner,
                about_id=other,
                group_id=meeting.group_id,
                meeting_id=meeting.id,
                kind=FollowUpKind.PROMISE,
                text=text,
                due_on=due_on or _usual_day(meeting),
                created_at=tx.now,
            )
        )
    elif text == "":
        tx.db.delete(row)
    else:
        changed = (row.text, row.due_on) != (text or row.text, due_on or row.due_on)
        row.text, row.due_on = text or row.text, due_on or row.due_on
        return changed
    return True


def _open_promises(meeting_id: MeetingId, owner: PersonId) -> Select[FollowUp]:
    return (
        select(FollowUp)
        .where(_OPEN_PROMISE, FollowUp.owner_id == owner, FollowUp.meeting_id == meeting_id)
        .order_by(FollowUp.id)
    )


def _usual_day(meeting: Meeting) -> date:
    """The day a promise of this meeting is due unless its owner says another."""
    return follow_up_rules.due_for(FollowUpKind.PROMISE, _day(meeting.starts_at, meeting.time_zone))


def _day(moment: datetime, zone: str) -> date:
    """The day of a moment at a place."""
    return moment.astimezone(ZoneInfo(zone)).date()
