"""Slips as they are read. Giver and receiver see a slip with everything on it; the group sees that it was given.

Somebody who has no board of their own, a visitor or a former member, tells the giver what became of a slip: then the
giver makes the receiver's moves.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from server.domain import names, scoring, slip_reminders
from server.domain import referrals as rules
from server.domain.errors import NotFound
from server.domain.referrals import Served, Side
from server.domain.scoring import Quality, Reminders
from server.domain.vocabulary import GroupId, PersonId, ReferralKind, ReferralState, Uid
from server.persistence.models import Person, Referral
from server.persistence.queries import referrals as queries
from server.services import referral_rules
from server.services.context import Context

KEPT_ON_THE_BOARD = timedelta(weeks=26)
"""How long an outcome stays on the board; the export has them all."""
KEPT_FOR_THE_GROUP = timedelta(weeks=6)
"""How long the group sees that a slip has come to its end."""
OPEN_STATES = frozenset(state for state in ReferralState if rules.is_open(state))


@dataclass(frozen=True)
class Someone:
    """Giver or receiver of a slip."""

    id: PersonId
    uid: Uid
    name: str
    given: str


@dataclass(frozen=True)
class SlipView:
    """A slip as one of its two people sees it. `moves`: where this side may move it now.

    `stands_in`: the viewer gave it to somebody without a board, and makes the receiver's moves.
    """

    uid: Uid
    kind: ReferralKind
    state: ReferralState
    side: Side
    giver: Someone
    receiver: Someone
    given_on: date | None
    inside: bool
    ways: tuple[str, ...]
    prospect_name: str
    reach: str
    need: str
    level: int
    vouch: str
    consent: bool
    comments: str
    served: Served | None
    version: int
    created_at: datetime
    changed_at: datetime
    moves: tuple[ReferralState, ...]
    stands_in: bool
    reminders: Reminders = scoring.USUAL_REMINDERS

    @property
    def other(self) -> Someone:
        """The one on the other side."""
        return self.receiver if self.side is Side.GIVER else self.giver

    @property
    def missing(self) -> tuple[str, ...]:
        """What a draft still lacks to be given, in the order of the form."""
        slip = rules.Slip(
            self.giver.id,
            self.receiver.id,
            self.prospect_name,
            self.reach,
            self.need,
            self.level,
            self.vouch,
            self.consent,
        )
        return rules.missing_fields(slip)

    @property
    def filled(self) -> int:
        """How many of the five descriptions of a slip are there."""
        return sum(map(bool, (self.prospect_name, self.reach, self.need, self.vouch, self.ways)))

    @property
    def asks_served(self) -> bool:
        """Whether the viewer, its giver, is to ask the prospect how they were served."""
        counts = rules.counts(self.kind, self.state)
        return counts and self.side is Side.GIVER and self.state is ReferralState.WON and self.served is None

    def quiet_days(self, now: datetime) -> int:
        """Whole days without a word when that is longer than the group's rule allows; otherwise 0."""
        if slip_reminders.late(self.state, self.changed_at, now, self.reminders) is None:
            return 0
        # A rule of a few hours is over before the first whole day.
        return max((now - self.changed_at).days, 1)


@dataclass(frozen=True)
class Step:
    """One line of a slip's history. The reason is known to giver and receiver only."""

    actor: str
    by_viewer: bool
    from_state: ReferralState
    to_state: ReferralState
    reason: str
    note: str
    moved_at: datetime


@dataclass(frozen=True)
class Shown:
    """A slip on its own page: with its history, and its quality as far as it is known."""

    slip: SlipView
    steps: tuple[Step, ...]
    quality: Quality | None


@dataclass(frozen=True)
class GroupSlip:
    """A slip as the group sees it: who gave to whom, how far introduced, and whether it has come to its end.

    Neither prospect nor need; an outcome is the two people's business, and so are verdicts.
    """

    uid: Uid
    giver: Someone
    receiver: Someone
    level: int
    column: str
    """offered, agreed, talking or outcome."""
    given_on: date | None


@dataclass(frozen=True)
class ServedSlip:
    """What a prospect answered about the service of a receiver, without what it was about."""

    giver: Someone
    receiver: Someone
    served: Served
    told_at: datetime


def board(ctx: Context, person_id: PersonId, *, group_id: GroupId | None = None) -> tuple[SlipView, ...]:
    """The slips one person sees, newest change first: open ones and recent outcomes. One statement.

    Without a group: of every group to which the person belongs.
    """
    with ctx.reading() as db:
        found = queries.seen_by(
            db,
            person_id,
            open_states=OPEN_STATES,
            closed_since=ctx.now() - KEPT_ON_THE_BOARD,
            group_id=group_id,
        )
        return tuple(_view(each, person_id) for each in found)


def boards(ctx: Context, people: Collection[PersonId]) -> dict[PersonId, tuple[SlipView, ...]]:
    """The boards of several people. At most two statements."""
    with ctx.reading() as db:
        found = queries.seen_by_people(db, people, open_states=OPEN_STATES, closed_since=ctx.now() - KEPT_ON_THE_BOARD)
        return {person: tuple(_view(each, person) for each in rows) for person, rows in found.items()}


def all_of(ctx: Context, person_id: PersonId, group_id: GroupId) -> tuple[SlipView, ...]:
    """Every slip of one person in a group, however old; for the list and the files."""
    with ctx.reading() as db:
        found = queries.seen_by(db, person_id, open_states=OPEN_STATES, closed_since=None, group_id=group_id)
        return tuple(_view(each, person_id) for each in found)


def of_group(ctx: Context, group_id: GroupId) -> tuple[GroupSlip, ...]:
    """The referrals given in a group: open ones and recent outcomes, without leads and drafts. Two statements."""
    with ctx.reading() as db:
        found = queries.given_in(db, group_id, open_states=OPEN_STATES, closed_since=ctx.now() - KEPT_FOR_THE_GROUP)
        people = named(db, {person for *_, giver, receiver in found for person in (giver, receiver)})
        return tuple(
            GroupSlip(
                uid=Uid(uid),
                giver=people[giver],
                receiver=people[receiver],
                level=level,
                column=rules.column(state),
                given_on=given_on,
            )
            for uid, state, level, given_on, giver, receiver in found
        )


def served_in(ctx: Context, group_id: GroupId) -> tuple[ServedSlip, ...]:
    """How prospects of a group were served, newest answer first; for those who care for its members. One statement."""
    with ctx.reading() as db:
        found = queries.served_in(db, group_id, since=ctx.now() - KEPT_ON_THE_BOARD)
        return tuple(
            ServedSlip(someone(row.giver), someone(row.receiver), row.served, row.served_at)
            for row in found
            if row.served is not None and row.served_at is not None
        )


def look(ctx: Context, person_id: PersonId, uid: Uid) -> SlipView | None:
    """One slip as the board shows it; None when it is not, or no longer, there for this person."""
    with ctx.reading() as db:
        found = queries.one_seen_by(db, person_id, uid)
        return None if found is None else _view(found, person_id)


def show(ctx: Context, group_id: GroupId, person_id: PersonId, uid: str) -> Shown:
    """A slip with its history and quality. Raises NotFound for everybody but its two people. Two statements."""
    with ctx.reading() as db:
        found = queries.one_seen_by(db, person_id, uid, group_id=group_id)
        if found is None:
            raise NotFound("slip_unknown")
        row, _, agreed = found
        steps = _steps(db, row, person_id)
        view = _view(found, person_id)
        reason = steps[-1].reason if steps else ""
        known = scoring.Scored(row.kind, row.state, row.level, view.filled, reason, view.served)
        weights = referral_rules.agreed(agreed).weights
        return Shown(view, steps, scoring.quality(known, weights))


def someone(person: Person) -> Someone:
    """A helper: a loaded row as a value."""
    return _named(person.id, person.uid, person.given_name, person.family_name)


def named(db: Session, people: Collection[int]) -> dict[int, Someone]:
    """A helper: some people by their keys. One statement."""
    return {key: _named(*row) for key, row in queries.called(db, people).items()}


def _named(key: int, uid: str, given: str, family: str) -> Someone:
    return Someone(PersonId(key), Uid(uid), names.full_name(given, family), given)


def side_of(row: Referral, person_id: PersonId, *, boarded: bool) -> tuple[Side, Side]:
    """A helper: on which side somebody stands, and for which side they make moves."""
    side = Side.GIVER if row.giver_id == person_id else Side.RECEIVER
    stands_in = side is Side.GIVER and not boarded and row.state is not ReferralState.DRAFT
    return side, Side.RECEIVER if stands_in else side


def _steps(db: Session, row: Referral, viewer: PersonId) -> tuple[Step, ...]:
    return tuple(
        Step(
            actor=names.full_name(person.given_name, person.family_name) if person else "",
            by_viewer=move.actor_id == viewer,
            from_state=move.from_state,
            to_state=move.to_state,
            reason=move.reason,
            note=move.note,
            moved_at=move.moved_at,
        )
        for move, person in queries.moves_of(db, row.id)
    )


def _view(seen: queries.Seen, viewer: PersonId) -> SlipView:
    row, boarded, agreed = seen
    side, acts_for = side_of(row, viewer, boarded=boarded)
    return SlipView(
        uid=Uid(row.uid),
        kind=row.kind,
        state=row.state,
        side=side,
        giver=someone(row.giver),
        receiver=someone(row.receiver),
        given_on=row.given_on,
        inside=row.inside,
        ways=tuple(row.ways.split()),
        prospect_name=row.prospect_name,
        reach=row.prospect_reach,
        need=row.need,
        level=row.level,
        vouch=row.vouch,
        consent=row.prospect_consent,
        comments=row.comments,
        # The answer is the two people's; the receiver learns it from the same page.
        served=row.served,
        version=row.version,
        created_at=row.created_at,
        changed_at=row.changed_at,
        moves=rules.moves_for(row.state, acts_for),
        stands_in=side is not acts_for,
        reminders=referral_rules.agreed(agreed).reminders,
    )
