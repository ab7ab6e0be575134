"""What one person owes and whom they met: the read side of follow-ups, for the page and for the exports.

Where private things may not travel (`private` False), notes, promises, e-mail, telephone and stages are not in the
answer at all.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from server.domain import follow_ups as rules
from server.domain import names, relationships
from server.domain.follow_ups import FollowUpState
from server.domain.relationships import Evidence, EvidenceKind, StageResult
from server.domain.vocabulary import (
    ContactField,
    FollowUpKind,
    GroupId,
    MeetingId,
    MeetingStatus,
    PersonId,
    StayInTouch,
    Uid,
)
from server.persistence.models import FollowUp, Group, Meeting, Person
from server.persistence.queries import follow_ups as queries
from server.persistence.queries import one_to_ones
from server.persistence.queries import relationships as evidence
from server.persistence.queries.follow_ups import Pair
from server.persistence.queries.relationships import Fact
from server.services import contacts, follow_ups
from server.services.context import Context

CLOSED_FOR = timedelta(days=60)
"""How long something done or dropped is still shown, and can be taken back."""
MEETINGS_SHOWN = 12


@dataclass(frozen=True)
class About:
    """Somebody the owner met or owes something."""

    id: PersonId
    uid: Uid
    given_name: str
    family_name: str
    company: str
    sector: str

    @property
    def name(self) -> str:
        """The whole name as typed."""
        return names.full_name(self.given_name, self.family_name)

    @property
    def initials(self) -> str:
        """One letter of each name, for the disc beside it."""
        parts = (self.given_name, self.family_name)
        return "".join(next((letter for letter in part if letter.isalnum()), "") for part in parts).upper()


@dataclass(frozen=True)
class Occasion:
    """A meeting as follow-ups name it: `day` is the day at its place."""

    id: MeetingId
    uid: Uid
    name: str
    day: date
    is_open: bool


@dataclass(frozen=True)
class Owed:
    """Something to do about somebody. `reason` is a key of `domain.follow_ups.Proposal`, empty for promises;
    `round_number` is where the two met, when it is known here."""

    uid: Uid
    kind: FollowUpKind
    about: About
    occasion: Occasion | None
    text: str
    reason: str
    round_number: int | None
    due_on: date
    state: FollowUpState
    closed_at: datetime | None
    created_at: datetime
    is_late: bool


@dataclass(frozen=True)
class MetPerson:
    """Somebody met at one meeting: in which rounds, what one wrote down, what they show, how far one has come."""

    about: About
    occasion: Occasion
    rounds: tuple[int, ...]
    note: str
    stay: StayInTouch | None
    promises: tuple[str, ...]
    email: str
    phone: str
    stage: StageResult | None


@dataclass(frozen=True)
class Claim:
    """Somebody says that the two had a one-to-one; it waits for one's word."""

    uid: Uid
    who: About
    held_on: date
    place: str


@dataclass(frozen=True)
class OwedPage:
    """The whole page: what is late, what comes, what is closed, what waits for a word, and whom one met."""

    today: date
    late: tuple[Owed, ...]
    coming: tuple[Owed, ...]
    closed: tuple[Owed, ...]
    claims: tuple[Claim, ...]
    occasions: tuple[Occasion, ...]
    shown: Occasion | None
    met: tuple[MetPerson, ...]


@dataclass(frozen=True)
class _Look:
    """One look at the database: who looks, in which group, when, and whether private things may travel."""

    db: Session
    group_id: GroupId
    owner: PersonId
    now: datetime
    zone: ZoneInfo
    private: bool

    @property
    def today(self) -> date:
        """The group's day."""
        return self.now.astimezone(self.zone).date()


def page(
    ctx: Context, group_id: GroupId, owner: PersonId, *, meeting_id: MeetingId | None = None, private: bool
) -> OwedPage:
    """What somebody owes in a group, or from one meeting, and whom they met there (else: at the last one they came to).

    Eight statements.
    """
    with ctx.reading() as db:
        look = _look(ctx, db, group_id, owner, private)
        attended = queries.meetings_attended(db, group_id, owner, limit=MEETINGS_SHOWN)
        occasions = tuple(map(_occasion, attended))
        shown = _shown(db, occasions, meeting_id)
        pairs = queries.pairs(db, group_id, meeting_id=shown.id, owner=owner) if shown else ()
        since = look.now - CLOSED_FOR
        rows = queries.owed(db, group_id, owner, meeting_id=meeting_id, closed_since=since)
        every = _every(look, rows, pairs)
        still = [each for each in every if each.state is FollowUpState.OPEN]
        closed = [each for each in every if each.closed_at is not None]
        return OwedPage(
            today=look.today,
            late=tuple(each for each in still if each.is_late),
            coming=tuple(each for each in still if not each.is_late),
            closed=tuple(sorted(closed, key=lambda each: each.closed_at or each.created_at, reverse=True)),
            claims=tuple(
                Claim(Uid(row.uid), about(person), row.held_on, row.place)
                for row, person in one_to_ones.claims_on(db, group_id, owner)
            ),
            occasions=occasions,
            shown=shown,
            met=_met(look, {shown.id: shown} if shown else {}, pairs, every),
        )


def everything(
    ctx: Context, group_id: GroupId, owner: PersonId, *, meeting_id: MeetingId | None = None, private: bool
) -> tuple[tuple[Owed, ...], tuple[MetPerson, ...]]:
    """All that somebody ever owed and everybody they ever met in a group, or at one meeting; for the exports."""
    with ctx.reading() as db:
        look = _look(ctx, db, group_id, owner, private)
        pairs = queries.pairs(db, group_id, meeting_id=meeting_id, owner=owner)
        where = queries.meetings(db, group_id, {pair.meeting_id for pair in pairs})
        occasions = {MeetingId(meeting.id): _occasion(meeting) for meeting in where}
        rows = queries.owed(db, group_id, owner, meeting_id=meeting_id, closed_since=None)
        every = _every(look, rows, pairs)
        return every, _met(look, occasions, pairs, every)


def _look(ctx: Context, db: Session, group_id: GroupId, owner: PersonId, private: bool) -> _Look:
    return _Look(db, group_id, owner, ctx.now(), ZoneInfo(db.get_one(Group, group_id).time_zone), private)


def about(person: Person) -> About:
    """A helper: a loaded row as a value."""
    return About(
        PersonId(person.id),
        Uid(person.uid),
        person.given_name,
        person.family_name,
        person.company,
        person.sector,
    )


def _occasion(meeting: Meeting) -> Occasion:
    day = meeting.starts_at.astimezone(ZoneInfo(meeting.time_zone)).date()
    is_open = meeting.status is MeetingStatus.OPEN
    return Occasion(MeetingId(meeting.id), Uid(meeting.uid), meeting.name, day, is_open)


def _shown(db: Session, occasions: Collection[Occasion], meeting_id: MeetingId | None) -> Occasion | None:
    if meeting_id is None:
        return next(iter(occasions), None)
    found = next((each for each in occasions if each.id == meeting_id), None)
    # Somebody who was expected and never came may still have promises of that meeting.
    return found or _occasion(db.get_one(Meeting, meeting_id))


def _every(
    look: _Look, rows: Iterable[tuple[FollowUp, Person, Meeting | None]], pairs: Iterable[Pair]
) -> tuple[Owed, ...]:
    """Follow-ups as values; where private things may not travel, without promises."""
    rounds = _rounds(pairs)
    found = []
    for row, person, meeting in rows:
        if row.kind is FollowUpKind.PROMISE and not look.private:
            continue
        state = follow_ups.state_of(row)
        numbers = rounds.get((MeetingId(row.meeting_id or 0), PersonId(row.about_id)), ())
        found.append(
            Owed(
                uid=Uid(row.uid),
                kind=row.kind,
                about=about(person),
                occasion=_occasion(meeting) if meeting else None,
                text=row.text,
                reason=row.reason,
                round_number=numbers[0] if numbers else None,
                due_on=row.due_on,
                state=state,
                closed_at=row.done_at or row.dropped_at,
                created_at=row.created_at,
                is_late=rules.is_overdue(row.due_on, look.today, state),
            )
        )
    return tuple(found)


def _rounds(pairs: Iterable[Pair]) -> dict[tuple[MeetingId, PersonId], tuple[int, ...]]:
    """Everybody met at each meeting, in the order of meeting them, with the rounds (none: by exchange alone)."""
    found: dict[tuple[MeetingId, PersonId], tuple[int, ...]] = {}
    for pair in pairs:
        numbers = () if pair.round_number is None else (pair.round_number,)
        key = (pair.meeting_id, pair.other)
        found[key] = found.get(key, ()) + numbers
    return found


def _met(
    look: _Look, occasions: dict[MeetingId, Occasion], pairs: Iterable[Pair], every: Iterable[Owed]
) -> tuple[MetPerson, ...]:
    """Everybody met, each once a meeting. Three statements."""
    rounds = _rounds(pairs)
    ids = {person for _, person in rounds}
    people = queries.people(look.db, look.owner, ids)
    shown = contacts.granted(look.db, look.group_id, look.owner, ids) if look.private else {}
    stages = _stages(look, ids) if look.private else {}
    promises: dict[tuple[MeetingId, PersonId], tuple[str, ...]] = defaultdict(tuple)
    for each in every:
        if each.kind is FollowUpKind.PROMISE and each.state is FollowUpState.OPEN and each.occasion:
            promises[each.occasion.id, each.about.id] += (each.text,)
    found = []
    for (meeting, person_id), numbers in rounds.items():
        person, card = people[person_id]
        written = card if look.private else None
        fields = shown.get(person_id, {})
        found.append(
            MetPerson(
                about=about(person),
                occasion=occasions[meeting],
                rounds=numbers,
                note=written.note if written else "",
                stay=written.stay_in_touch if written else None,
                promises=promises[meeting, person_id],
                email=fields.get(ContactField.EMAIL, ""),
                phone=fields.get(ContactField.PHONE, ""),
                stage=stages.get(person_id),
            )
        )
    return tuple(found)


def _stages(look: _Look, people: Collection[PersonId]) -> dict[PersonId, StageResult]:
    """How far the owner has come with each of these people. One statement."""
    found: dict[PersonId, list[Evidence]] = {person: [] for person in people}
    for fact in evidence.facts(look.db, look.group_id, look.owner, people):
        found[fact.other].extend(_evidence(fact, look))
    return {person: relationships.stage(facts, look.now) for person, facts in found.items()}


def _evidence(fact: Fact, look: _Look) -> Iterable[Evidence]:
    """A stored fact as evidence: a promise is kept by the end of its day, later broken, settled once it is closed."""
    if fact.due_on is None:
        if fact.at is not None:
            yield Evidence(EvidenceKind(fact.kind), fact.at)
        return
    over = datetime.combine(fact.due_on + timedelta(days=1), time(), look.zone)
    if fact.at is not None and fact.at < over:
        yield Evidence(EvidenceKind.PROMISE_KEPT, fact.at)
    elif (fact.settled_at is None or fact.settled_at >= over) and over <= look.now:
        yield Evidence(EvidenceKind.PROMISE_BROKEN, over, settled_at=fact.at or fact.settled_at)
