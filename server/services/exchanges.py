"""Exchanging contacts at a meeting: ask, answer, take back. Both sides see every step at once.

Only what a person has opened is ever shown, and only while the exchange stands: what is shown is read from the
consents and the exchange each time, never copied. Every use-case first locks the two attendances, in one order, so
that two people asking each other in the same moment become one exchange.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from server.domain import contacts as rules
from server.domain import meetings as meeting_rules
from server.domain import names
from server.domain.contacts import Side
from server.domain.errors import NotFound, WrongPhase
from server.domain.events import ExchangeMoved
from server.domain.vocabulary import ContactField, ExchangeState, GroupId, MeetingId, PersonId, Uid
from server.persistence.models import Attendance, Exchange, Meeting, Person
from server.persistence.queries import exchanges as queries
from server.services import contacts
from server.services.context import Context, Json, Op, Tx


@dataclass(frozen=True)
class ExchangeView:
    """One exchange as one of the two sees it: `mine` if they asked; `card` holds what the other has opened."""

    uid: Uid
    state: ExchangeState
    mine: bool
    person_id: PersonId
    person_uid: Uid
    name: str
    company: str
    card: Mapping[ContactField, str]


@dataclass(frozen=True)
class CircleView:
    """All exchanges of one person at one meeting, and the fields they themselves have opened."""

    exchanges: tuple[ExchangeView, ...]
    opened: frozenset[ContactField]


def of_person(ctx: Context, meeting_id: MeetingId, person_id: PersonId) -> CircleView:
    """The exchanges of a person at a meeting. One statement."""
    with ctx.reading() as db:
        return circle(db, meeting_id, person_id)


def circle(db: Session, meeting_id: MeetingId, person_id: PersonId) -> CircleView:
    """The same inside a session of the caller."""
    return _view_of(queries.circle(db, meeting_id, person_id), person_id)


def of_people(
    ctx: Context, meeting_id: MeetingId, people: Collection[PersonId]
) -> dict[PersonId, CircleView]:
    """The exchanges of several people at a meeting. At most three statements."""
    with ctx.reading() as db:
        found = queries.circles(db, meeting_id, people)
        return {person: _view_of(found[person], person) for person in people}


def _view_of(found: queries.Circle, person_id: PersonId) -> CircleView:
    views = tuple(
        ExchangeView(
            uid=Uid(row.uid),
            state=row.state,
            mine=row.asker_id == person_id,
            person_id=PersonId(person.id),
            person_uid=Uid(person.uid),
            name=names.full_name(person.given_name, person.family_name),
            company=person.company,
            card=(
                rules.visible(found.open_fields.get(PersonId(person.id), ()), contacts.card_of(person))
                if row.state is ExchangeState.ACCEPTED
                else {}
            ),
        )
        for row, person in found.rows
    )
    return CircleView(views, found.open_fields.get(person_id, frozenset()))


def ask(
    ctx: Context, *, meeting_id: MeetingId, asker: PersonId, asked: Uid, op: Op | None = None
) -> Json:
    """Ask somebody at the same meeting for their contacts. Asking twice is asking once; asking back is accepting.

    Answers `{uid, state}`: accepted at once if the other has opened any field. Raises
    WrongPhase("meeting_not_open"), WrongPhase("exchange_only_here") unless both have come,
    RuleViolation("exchange_with_self"), NotFound("person_not_here").
    """

    def work(tx: Tx) -> Json:
        meeting = tx.db.get_one(Meeting, meeting_id)
        meeting_rules.check_open(meeting.status)
        other = _person(tx, meeting_id, asked)
        rules.check_not_self(asker, other)
        entries = _lock(tx, meeting_id, asker, other)
        if len(entries) < 2 or None in entries:
            raise WrongPhase("exchange_only_here")
        row = _between(tx, meeting_id, asker, other)
        fields = queries.open_fields(tx.db, (asker, other))
        if row is None:
            row = Exchange(
                meeting_id=meeting_id,
                asker_id=asker,
                asked_id=other,
                state=rules.exchange_outcome(fields[other], fields[asker]),
                asked_at=tx.now,
            )
            tx.db.add(row)
        else:
            before = row.state
            row.state = _again(row, asker, fields[other], fields[asker])
            if row.state is before:
                return {"uid": row.uid, "state": row.state.value}
            if row.state is ExchangeState.WAITING or before is ExchangeState.DECLINED:
                row.asker_id, row.asked_id, row.asked_at = asker, other, tx.now
        _settle(tx, row, GroupId(meeting.group_id))
        return {"uid": row.uid, "state": row.state.value}

    return ctx.transaction(work, op=op)


def answer(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    person_id: PersonId,
    exchange: Uid,
    accept: bool,
    op: Op | None = None,
) -> Json:
    """The one who was asked says yes or not now; also after the meeting.

    Saying the same twice is saying it once. Raises NotFound("exchange_unknown"),
    WrongPhase("exchange_wrong_phase"), NotAllowed("exchange_not_yours").
    """
    return _move(
        ctx, meeting_id, person_id, exchange, ExchangeState.ACCEPTED if accept else ExchangeState.DECLINED, op
    )


def withdraw(
    ctx: Context, *, meeting_id: MeetingId, person_id: PersonId, exchange: Uid, op: Op | None = None
) -> Json:
    """Take a request back, or end an exchange: from now on neither sees the other's card, whatever the meeting.

    Raises as `answer`.
    """
    return _move(ctx, meeting_id, person_id, exchange, ExchangeState.WITHDRAWN, op)


def _move(
    ctx: Context, meeting_id: MeetingId, person_id: PersonId, uid: Uid, to: ExchangeState, op: Op | None
) -> Json:
    def work(tx: Tx) -> Json:
        mine = or_(Exchange.asker_id == person_id, Exchange.asked_id == person_id)
        row = tx.db.scalar(select(Exchange).where(Exchange.meeting_id == meeting_id, Exchange.uid == uid, mine))
        if row is None:
            raise NotFound("exchange_unknown")
        _lock(tx, meeting_id, PersonId(row.asker_id), PersonId(row.asked_id))
        tx.db.refresh(row)
        if row.state is to:
            return {"uid": row.uid, "state": row.state.value}
        before, side = row.state, Side.ASKER if row.asker_id == person_id else Side.ASKED
        row.state = rules.move(row.state, to, side)
        group_id = GroupId(tx.db.get_one(Meeting, meeting_id).group_id)
        _settle(tx, row, group_id)
        if before is ExchangeState.ACCEPTED:
            _end_others(tx, group_id, row)
        return {"uid": row.uid, "state": row.state.value}

    return ctx.transaction(work, op=op)


def _again(
    row: Exchange,
    asker: PersonId,
    fields_of_other: frozenset[ContactField],
    fields: frozenset[ContactField],
) -> ExchangeState:
    """What asking makes of a request that is already there, made by either of the two."""
    if row.asker_id == asker:
        return rules.ask_again(row.state, fields_of_other, fields)
    if row.state is ExchangeState.WAITING:
        return rules.move(row.state, ExchangeState.ACCEPTED, Side.ASKED)
    if row.state is ExchangeState.DECLINED:
        # Who declined and now asks has changed their mind: a request of their own.
        return rules.exchange_outcome(fields_of_other, fields)
    return rules.ask_again(row.state, fields_of_other, fields)


def _settle(tx: Tx, row: Exchange, group_id: GroupId) -> None:
    """What follows from the new state: once accepted, both keep a card of the other."""
    asker, asked, meeting_id = PersonId(row.asker_id), PersonId(row.asked_id), MeetingId(row.meeting_id)
    row.answered_at = None if row.state is ExchangeState.WAITING else tx.now
    tx.db.flush()
    if row.state is ExchangeState.ACCEPTED:
        contacts.keep(tx, asker, asked, group_id=group_id, meeting_id=meeting_id)
        contacts.keep(tx, asked, asker, group_id=group_id, meeting_id=meeting_id)
    tx.record(ExchangeMoved(meeting_id, (asker, asked)))


def _end_others(tx: Tx, group_id: GroupId, row: Exchange) -> None:
    """Taking back means that nothing is shown any more: what was accepted at other meetings ends too."""
    asker, asked = PersonId(row.asker_id), PersonId(row.asked_id)
    for other in queries.accepted(tx.db, group_id, asker, asked):
        other.state, other.answered_at = ExchangeState.WITHDRAWN, tx.now
        tx.record(ExchangeMoved(MeetingId(other.meeting_id), (asker, asked)))
    contacts.forget_empty(tx, asker, asked, group_id=group_id)


def _person(tx: Tx, meeting_id: MeetingId, uid: Uid) -> PersonId:
    found = tx.db.scalar(
        select(Person.id)
        .join(Attendance, Attendance.person_id == Person.id)
        .where(Person.uid == uid, Attendance.meeting_id == meeting_id)
    )
    if found is None:
        raise NotFound("person_not_here")
    return PersonId(found)


def _lock(tx: Tx, meeting_id: MeetingId, one: PersonId, other: PersonId) -> list[datetime | None]:
    """Both attendances are locked, in the order of their keys; when each came in."""
    rows = tx.db.scalars(
        select(Attendance)
        .where(Attendance.meeting_id == meeting_id, Attendance.person_id.in_((one, other)))
        .order_by(Attendance.id)
        .with_for_update(of=Attendance)
    )
    return [row.entered_at for row in rows]


def _between(tx: Tx, meeting_id: MeetingId, one: PersonId, other: PersonId) -> Exchange | None:
    return tx.db.scalar(
        select(Exchange).where(
            Exchange.meeting_id == meeting_id,
            or_(
                and_(Exchange.asker_id == one, Exchange.asked_id == other),
                and_(Exchange.asker_id == other, Exchange.asked_id == one),
            ),
        )
    )
