"""What one owes after a meeting: a few one-to-ones worth planning, and ticking off, moving or dropping what is owed.

Proposals are made when the meeting is closed and again when somebody answers later; doing it twice adds nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from server.domain import follow_ups as rules
from server.domain import names
from server.domain.errors import NotFound, RuleViolation, WrongPhase
from server.domain.events import PromiseChanged
from server.domain.follow_ups import FollowUpCommand, FollowUpState, Met, Proposal
from server.domain.vocabulary import FollowUpKind, GroupId, MeetingId, MeetingStatus, PersonId, StayInTouch
from server.persistence.models import FollowUp, Group, Meeting, Person
from server.persistence.queries import follow_ups as queries
from server.persistence.queries import one_to_ones
from server.services.context import Context, Json, Op, Tx

NOT_AGAIN_FOR = timedelta(days=90)
"""Whoever met on purpose, or let a proposal go, is not proposed again so soon."""
MOVED_AT_MOST = timedelta(days=366)
_LOOKS_FOR_THEM, _LOOKED_FOR = 2, 1
Answers = Mapping[PersonId, StayInTouch]


@dataclass(frozen=True)
class _Morning:
    """What proposals are made of: the people, whom each met, what each answered, what is planned already."""

    meeting_id: MeetingId
    day: date
    people: Mapping[PersonId, Person]
    met: Mapping[PersonId, tuple[Met, ...]]
    answers: Mapping[PersonId, Answers]
    planned: Mapping[PersonId, tuple[FollowUp, ...]]
    held: frozenset[tuple[PersonId, PersonId]]


def after_meeting(ctx: Context, *, meeting_id: MeetingId) -> int:
    """Make, once the meeting is closed, everybody's proposals; how many are new. Before that nothing happens."""

    def work(tx: Tx) -> int:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        return propose(tx, meeting) if meeting.status is MeetingStatus.CLOSED else 0

    return ctx.transaction(work)


def propose(tx: Tx, meeting: Meeting, *, only: Collection[PersonId] | None = None) -> int:
    """A helper of the use-cases: bring the proposed one-to-ones of everybody who came up to date; how many are new.

    Called inside the transaction that closes the meeting, and by later answers with `only` the two people. Locks
    the meeting. What somebody has done, moved or dropped stays; a "no" takes back what was proposed, on both sides.
    """
    tx.db.get_one(Meeting, meeting.id, with_for_update=True)
    morning = _morning(tx, meeting)
    made = 0
    for owner in morning.people if only is None else only:
        if owner in morning.people:
            made += _propose_to(tx, meeting, morning, owner)
    tx.db.flush()
    return made


def _morning(tx: Tx, meeting: Meeting) -> _Morning:
    """Six statements however many people came."""
    group_id, meeting_id = GroupId(meeting.group_id), MeetingId(meeting.id)
    people = {PersonId(person.id): person for person in queries.who_came(tx.db, meeting_id)}
    day = meeting.starts_at.astimezone(ZoneInfo(meeting.time_zone)).date()
    met: dict[PersonId, list[Met]] = defaultdict(list)
    for pair in queries.pairs(tx.db, group_id, meeting_id=meeting_id):
        if pair.owner in people and pair.other in people:
            met[pair.owner].append(Met(pair.other, _fold(people[pair.other].sector), pair.round_number))
    planned: dict[PersonId, list[FollowUp]] = defaultdict(list)
    for row in queries.one_to_ones_proposed(tx.db, group_id, people, tx.now - NOT_AGAIN_FOR):
        planned[PersonId(row.owner_id)].append(row)
    return _Morning(
        meeting_id=meeting_id,
        day=day,
        people=people,
        met={owner: tuple(others) for owner, others in met.items()},
        answers=queries.answers(tx.db, people),
        planned={owner: tuple(rows) for owner, rows in planned.items()},
        held=one_to_ones.held(tx.db, group_id, people, day - NOT_AGAIN_FOR),
    )


def _propose_to(tx: Tx, meeting: Meeting, morning: _Morning, owner: PersonId) -> int:
    """Take back what a "no" ended, bring reasons up to date, add what is missing up to the few that are worth it."""
    mine = morning.answers[owner]
    theirs = {other: answers[owner] for other, answers in morning.answers.items() if owner in answers}
    here = [row for row in morning.planned.get(owner, ()) if row.meeting_id == morning.meeting_id]
    kept = []
    for row in here:
        about = PersonId(row.about_id)
        if StayInTouch.NO in (mine.get(about), theirs.get(about)) and state_of(row) is FollowUpState.OPEN:
            tx.db.delete(row)
        else:
            kept.append(row)
    elsewhere = {PersonId(row.about_id) for row in morning.planned.get(owner, ()) if row not in here}
    elsewhere |= {other for one, other in morning.held if one == owner}
    wanted = rules.propose_one_to_ones(
        morning.met.get(owner, ()),
        mine,
        theirs,
        already=elsewhere,
        affine=_affine(morning, owner),
        meeting_date=morning.day,
    )
    return _add(tx, meeting, owner, kept, wanted)


def _add(tx: Tx, meeting: Meeting, owner: PersonId, kept: list[FollowUp], wanted: Iterable[Proposal]) -> int:
    by_person = {row.about_id: row for row in kept}
    made = 0
    for proposal in wanted:
        if proposal.person in by_person:
            by_person[proposal.person].reason = proposal.key
        elif len(kept) + made < rules.PROPOSALS_MOST:
            # One a week: what is added later comes after what was there.
            first = rules.due_for(FollowUpKind.ONE_TO_ONE, _day(meeting))
            tx.db.add(
                FollowUp(
                    owner_id=owner,
                    about_id=proposal.person,
                    group_id=meeting.group_id,
                    meeting_id=meeting.id,
                    kind=FollowUpKind.ONE_TO_ONE,
                    reason=proposal.key,
                    due_on=first + rules.PACE * (len(kept) + made),
                    created_at=tx.now,
                )
            )
            made += 1
    return made


def _affine(morning: _Morning, owner: PersonId) -> dict[str, int]:
    """Which sectors go with the owner's: the one they look for, and those whose people look for theirs."""
    me = morning.people[owner]
    strength: dict[str, int] = {}
    for met in morning.met.get(owner, ()):
        them = morning.people[met.person]
        if met.sector and met.sector == _fold(me.wants_sector):
            strength[met.sector] = _LOOKS_FOR_THEM
        elif met.sector and _fold(me.sector) and _fold(me.sector) == _fold(them.wants_sector):
            strength.setdefault(met.sector, _LOOKED_FOR)
    return strength


def tick(
    ctx: Context,
    *,
    group_id: GroupId,
    owner: PersonId,
    uid: str,
    command: FollowUpCommand,
    op: Op | None = None,
) -> Json:
    """Tick something off, drop it, or take that back. Raises NotFound or WrongPhase("follow_up_wrong_phase")."""

    def work(tx: Tx) -> Json:
        row = _locked(tx, group_id, owner, uid)
        after = rules.move(state_of(row), command)
        row.done_at = tx.now if after is FollowUpState.DONE else None
        row.dropped_at = tx.now if after is FollowUpState.DROPPED else None
        tell(tx, row)
        return {"uid": row.uid, "state": after.value}

    return ctx.transaction(work, op=op)


def postpone(
    ctx: Context, *, group_id: GroupId, owner: PersonId, uid: str, due_on: date, op: Op | None = None
) -> Json:
    """Another day for something that is still owed: today or later, within a year.

    Raises RuleViolation("due_day_past" | "due_day_far") for the field `due_on`, NotFound, or WrongPhase.
    """

    def work(tx: Tx) -> Json:
        row = _locked(tx, group_id, owner, uid)
        if state_of(row) is not FollowUpState.OPEN:
            raise WrongPhase("follow_up_wrong_phase", state=state_of(row).value, command="move")
        today = tx.now.astimezone(ZoneInfo(tx.db.get_one(Group, group_id).time_zone)).date()
        if due_on < today:
            raise RuleViolation("due_day_past", field="due_on")
        if due_on > today + MOVED_AT_MOST:
            raise RuleViolation("due_day_far", field="due_on")
        row.due_on = due_on
        tell(tx, row)
        return {"uid": row.uid, "due_on": due_on.isoformat()}

    return ctx.transaction(work, op=op)


def _locked(tx: Tx, group_id: GroupId, owner: PersonId, uid: str) -> FollowUp:
    row = queries.own(tx.db, group_id, owner, uid, lock=True)
    if row is None:
        raise NotFound("follow_up_unknown")
    return row


def tell(tx: Tx, row: FollowUp) -> None:
    """A helper of the use-cases: phones in an open meeting show what their owner promised."""
    if row.kind is not FollowUpKind.PROMISE:
        return
    owner = PersonId(row.owner_id)
    for meeting_id in queries.open_meetings(tx.db, GroupId(row.group_id), owner):
        tx.record(PromiseChanged(meeting_id, owner))


def state_of(row: FollowUp) -> FollowUpState:
    """A helper: where a follow-up stands, from its two dates."""
    if row.done_at is not None:
        return FollowUpState.DONE
    return FollowUpState.OPEN if row.dropped_at is None else FollowUpState.DROPPED


def _day(meeting: Meeting) -> date:
    return meeting.starts_at.astimezone(ZoneInfo(meeting.time_zone)).date()


def _fold(sector: str) -> str:
    return names.tidy(sector).casefold()
