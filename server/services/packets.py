"""Seed packets: what somebody takes home on paper, and what comes back at the next door.

Packets for everybody, printed by the organiser, hold what the whole room may see: names, companies, sectors. One's own
also holds what others opened to its owner, and the owner's promises where private things may travel. Each line has a
short code; what is ticked is typed at a door, and then the promise is kept and the contact stays warm.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date

from sqlalchemy import select

from server.domain import names
from server.domain import packets as codes
from server.domain.errors import NotFound, RuleViolation
from server.domain.follow_ups import FollowUpState
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
from server.persistence.models import Attendance, FollowUp, Meeting, Person
from server.persistence.queries import exchanges
from server.persistence.queries import follow_ups as queries
from server.services import contacts, follow_ups, meetings, workbench
from server.services.context import Context, Json, Op, Tx
from server.services.meetings import MeetingView
from server.services.printing import Warned

PRIVATE = frozenset({ContactField.EMAIL, ContactField.PHONE})


@dataclass(frozen=True)
class MetLine:
    """Somebody met, in which rounds (none: by exchange alone), and what they show to the packet's owner."""

    code: str
    name: str
    company: str
    sector: str
    rounds: tuple[int, ...]
    card: Mapping[ContactField, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PromiseLine:
    """Something promised to somebody by a day."""

    code: str
    text: str
    about: str
    due_on: date


@dataclass(frozen=True)
class PacketView:
    """One person's packet."""

    owner: str
    met: tuple[MetLine, ...]
    promised: tuple[PromiseLine, ...] = ()


@dataclass(frozen=True)
class PacketText:
    """A line as it is printed."""

    name: str
    details: tuple[str, ...]
    code: str


@dataclass(frozen=True)
class PacketTexts:
    """A packet as it is printed, in words."""

    owner: str
    met: tuple[PacketText, ...]
    promised: tuple[PacketText, ...]


@dataclass(frozen=True)
class PacketWords:
    """What is the same on all packets: headings, hints, of which morning."""

    title: str
    occasion: str
    when: str
    met: str
    met_hint: str
    nobody: str
    promised: str
    promised_hint: str
    notes: str
    bring_back: str
    fold: str
    language: str


@dataclass(frozen=True)
class Printed:
    """Finished packets: the file, how many sheets, and what deserves a look."""

    pdf: bytes
    sheets: int
    warnings: tuple[Warned, ...]


def for_everybody(ctx: Context, meeting_id: MeetingId) -> tuple[MeetingView, tuple[PacketView, ...]]:
    """A packet for everybody who came, with what the room may see of whom they sat with. Four statements."""
    with ctx.reading() as db:
        meeting = meetings.view(db, meeting_id)
        came = queries.who_came(db, meeting_id)
        rounds: dict[PersonId, dict[PersonId, list[int]]] = {}
        for pair in queries.pairs(db, meeting.group_id, meeting_id=meeting_id):
            if pair.round_number is not None:
                rounds.setdefault(pair.owner, {}).setdefault(pair.other, []).append(pair.round_number)
        seated = {PersonId(person.id): person for person in came}
        elsewhere = {other for others in rounds.values() for other in others} - seated.keys()
        if elsewhere:
            seated |= {PersonId(p.id): p for p in db.scalars(select(Person).where(Person.id.in_(elsewhere)))}
    return meeting, tuple(
        PacketView(
            owner=_name(person),
            met=tuple(
                _met(ctx, meeting.uid, person, seated[other], tuple(numbers))
                for other, numbers in rounds.get(PersonId(person.id), {}).items()
            ),
        )
        for person in sorted(came, key=lambda one: (one.sort_key, one.id))
    )


def for_one(
    ctx: Context, meeting_id: MeetingId, person_id: PersonId, *, private: bool
) -> tuple[MeetingView, PacketView]:
    """One's own packet. Without `private` promises, e-mail and phone stay out of it. Six statements."""
    with ctx.reading() as db:
        meeting = meetings.view(db, meeting_id)
        owner = db.get_one(Person, person_id)
        found = exchanges.met_in_rounds(db, meeting_id, person_id)
        seen = {person.id for person, _ in found}
        found += [
            (person, ())
            for row, person in exchanges.circle(db, meeting_id, person_id).rows
            if person.id not in seen and row.state is ExchangeState.ACCEPTED
        ]
        cards = contacts.granted(db, meeting.group_id, person_id, [PersonId(person.id) for person, _ in found])
        owed = queries.owed(db, meeting.group_id, person_id, meeting_id=meeting_id, closed_since=ctx.now())
    return meeting, PacketView(
        owner=_name(owner),
        met=tuple(
            _met(ctx, meeting.uid, owner, person, numbers, _shown(cards.get(PersonId(person.id), {}), private))
            for person, numbers in found
        ),
        promised=tuple(
            PromiseLine(_promise_code(ctx, row), row.text, _name(about), row.due_on)
            for row, about, _ in owed
            if private and row.kind is FollowUpKind.PROMISE and follow_ups.state_of(row) is FollowUpState.OPEN
        ),
    )


def print_packets(packets: Iterable[PacketTexts], words: PacketWords, *, paper: str) -> Printed:
    """The packets as a PDF, one sheet a person or more. Raises what cannot be printed (`print_…`)."""
    made = workbench.desk.do(
        "reports.packet",
        {"packets": [asdict(packet) for packet in packets], "words": asdict(words), "paper": paper},
    )
    return Printed(
        pdf=workbench.as_bytes(made["pdf"]),
        sheets=int(made["pages"]),
        warnings=tuple(Warned(each["key"], each["params"]) for each in made["warnings"]),
    )


def bring_back(ctx: Context, *, meeting_id: MeetingId, attendance_uid: Uid, typed: str, op: Op | None = None) -> Json:
    """What somebody at a door ticked on their packets: promises are kept, contacts stay warm. All codes or none.

    Answers `{promises, in_touch}`, how many of each. The same code twice is once. Raises
    NotFound("attendance_unknown"), RuleViolation("packet_code_unknown") with the code that is on none of this
    person's packets, and what `domain.packets.read` raises.
    """
    wanted = codes.read(typed)

    def work(tx: Tx) -> Json:
        meeting = tx.db.get_one(Meeting, meeting_id)
        owner_id = tx.db.scalar(
            select(Attendance.person_id).where(Attendance.meeting_id == meeting_id, Attendance.uid == attendance_uid)
        )
        if owner_id is None:
            raise NotFound("attendance_unknown", field="who")
        owner = tx.db.get_one(Person, owner_id)
        group_id = GroupId(meeting.group_id)
        promises = {_promise_code(ctx, row): row for row in _promises(tx, group_id, owner)}
        people = _met_by_code(ctx, tx, group_id, owner)
        for code in wanted:
            if code not in promises and code not in people:
                raise RuleViolation("packet_code_unknown", field="codes", typed=f"{code[:3]} {code[3:]}")
        warm: dict[MeetingId, list[PersonId]] = {}
        for code in wanted:
            if code not in promises:
                warm.setdefault(people[code][0], []).append(people[code][1])
        _stay_in_touch(tx, owner, warm)
        kept = [promises[code] for code in wanted if code in promises]
        for row in kept:
            _keep_promise(tx, row)
        return {"promises": len(kept), "in_touch": sum(map(len, warm.values()))}

    return ctx.transaction(work, op=op)


def _promises(tx: Tx, group_id: GroupId, owner: Person) -> Iterable[FollowUp]:
    return tx.db.scalars(
        select(FollowUp)
        .where(
            FollowUp.group_id == group_id,
            FollowUp.owner_id == owner.id,
            FollowUp.kind == FollowUpKind.PROMISE,
        )
        .order_by(FollowUp.id)
    )


def _met_by_code(ctx: Context, tx: Tx, group_id: GroupId, owner: Person) -> dict[str, tuple[MeetingId, PersonId]]:
    """Everybody the owner ever met in the group, by the code of the line on a packet. Three statements."""
    met = {(pair.meeting_id, pair.other) for pair in queries.pairs(tx.db, group_id, owner=PersonId(owner.id))}
    where = {row.id: row for row in queries.meetings(tx.db, group_id, {meeting_id for meeting_id, _ in met})}
    known = queries.people(tx.db, PersonId(owner.id), {other for _, other in met})
    return {
        _met_code(ctx, where[meeting_id].uid, owner, known[other][0]): (meeting_id, other) for meeting_id, other in met
    }


def _keep_promise(tx: Tx, row: FollowUp) -> None:
    """Done, unless it was done or let go before."""
    tx.db.refresh(row, with_for_update=True)
    if follow_ups.state_of(row) is FollowUpState.OPEN:
        row.done_at = tx.now
        follow_ups.tell(tx, row)


def _stay_in_touch(tx: Tx, owner: Person, people: Mapping[MeetingId, Sequence[PersonId]]) -> None:
    """The same as the answer "yes" on the phone, with what follows from it; `people` by where they were met."""
    where = tx.db.scalars(select(Meeting).where(Meeting.id.in_(people)).order_by(Meeting.id).with_for_update()).all()
    # Meetings are locked before people, as whoever closes a meeting does.
    tx.db.get_one(Person, owner.id, with_for_update=True)
    for meeting in where:
        owner_id, group_id, meeting_id = PersonId(owner.id), GroupId(meeting.group_id), MeetingId(meeting.id)
        for other in people[meeting_id]:
            card = contacts.keep(tx, owner_id, other, group_id=group_id, meeting_id=meeting_id)
            if card.stay_in_touch is not StayInTouch.YES:
                card.stay_in_touch, card.changed_at = StayInTouch.YES, tx.now
        tx.db.flush()
        if meeting.status is MeetingStatus.CLOSED:
            follow_ups.propose(tx, meeting, only={owner_id, *people[meeting_id]})


def _met(
    ctx: Context,
    meeting_uid: str,
    owner: Person,
    person: Person,
    rounds: tuple[int, ...],
    card: Mapping[ContactField, str] | None = None,
) -> MetLine:
    return MetLine(
        _met_code(ctx, meeting_uid, owner, person), _name(person), person.company, person.sector, rounds, card or {}
    )


def _met_code(ctx: Context, meeting_uid: str, owner: Person, person: Person) -> str:
    return codes.code(ctx.secret("packet", f"{meeting_uid}:{owner.uid}:{person.uid}"))


def _promise_code(ctx: Context, row: FollowUp) -> str:
    return codes.code(ctx.secret("packet", row.uid))


def _shown(card: Mapping[ContactField, str], private: bool) -> dict[ContactField, str]:
    return {field: value for field, value in card.items() if value and (private or field not in PRIVATE)}


def _name(person: Person) -> str:
    return names.full_name(person.given_name, person.family_name)
