"""Referral slips: written, kept as drafts, given, moved, read. Giver and receiver see a slip, nobody else does.

A slip that lacks something is kept as a draft instead of being refused. Every change compares the version that its
author saw: whoever is second is told, and nothing changes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain import names
from server.domain import referrals as rules
from server.domain.errors import Conflict, NotFound, RuleViolation, WrongPhase
from server.domain.events import ReferralMoved
from server.domain.referrals import Side
from server.domain.vocabulary import (
    GroupId,
    MeetingId,
    MeetingStatus,
    PersonId,
    ReferralKind,
    ReferralState,
    Uid,
)
from server.persistence.models import Person, Referral, ReferralMove
from server.persistence.queries import referrals as queries
from server.services import receivers
from server.services.context import Context, Json, Op, Tx

KEPT_ON_THE_BOARD = timedelta(weeks=26)
"""How long an outcome stays on the board; the export has them all."""
OPEN_STATES = frozenset(state for state in ReferralState if rules.is_open(state))
_ANSWER_WITHIN = timedelta(days=2)
_WORD_WITHIN = timedelta(days=14)


@dataclass(frozen=True)
class Someone:
    """Giver or receiver of a slip."""

    id: PersonId
    uid: Uid
    name: str
    given: str


@dataclass(frozen=True)
class SlipFields:
    """What the giver writes. None leaves a draft's own value: over an open line private fields do not travel."""

    need: str
    level: int
    vouch: str
    consent: bool
    prospect_name: str | None = None
    reach: str | None = None
    comments: str | None = None


@dataclass(frozen=True)
class SlipView:
    """A slip as one of its two people sees it. `moves`: where this side may move it now."""

    uid: Uid
    kind: ReferralKind
    state: ReferralState
    side: Side
    giver: Someone
    receiver: Someone
    prospect_name: str
    reach: str
    need: str
    level: int
    vouch: str
    consent: bool
    comments: str
    version: int
    created_at: datetime
    changed_at: datetime
    moves: tuple[ReferralState, ...]

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

    def quiet_days(self, now: datetime) -> int:
        """Whole days without a word when that is too long: two days for an answer, fourteen later; otherwise 0."""
        if self.state is ReferralState.DRAFT or self.state not in OPEN_STATES:
            return 0
        waiting = self.state in (ReferralState.GIVEN, ReferralState.ACCEPTED)
        quiet = now - self.changed_at
        return quiet.days if quiet >= (_ANSWER_WITHIN if waiting else _WORD_WITHIN) else 0


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
        return tuple(_view(row, person_id) for row in found)


def all_of(ctx: Context, person_id: PersonId, group_id: GroupId) -> tuple[SlipView, ...]:
    """Every slip of one person in a group, however old; for the export."""
    with ctx.reading() as db:
        found = queries.seen_by(db, person_id, open_states=OPEN_STATES, closed_since=None, group_id=group_id)
        return tuple(_view(row, person_id) for row in found)


def look(ctx: Context, person_id: PersonId, uid: Uid) -> SlipView | None:
    """One slip as the board shows it; None when it is not, or no longer, there for this person."""
    with ctx.reading() as db:
        row = queries.one_seen_by(db, person_id, uid)
        return None if row is None else _view(row, person_id)


def show(ctx: Context, group_id: GroupId, person_id: PersonId, uid: str) -> tuple[SlipView, tuple[Step, ...]]:
    """A slip with its history. Raises NotFound for everybody but its two people. Two statements."""
    with ctx.reading() as db:
        row = _found(queries.one_seen_by(db, person_id, uid, group_id=group_id))
        steps = tuple(
            Step(
                actor=names.full_name(person.given_name, person.family_name) if person else "",
                by_viewer=move.actor_id == person_id,
                from_state=move.from_state,
                to_state=move.to_state,
                reason=move.reason,
                note=move.note,
                moved_at=move.moved_at,
            )
            for move, person in queries.moves_of(db, row.id)
        )
        return _view(row, person_id), steps


def write(
    ctx: Context,
    *,
    group_id: GroupId,
    giver: PersonId,
    to: str,
    fields: SlipFields,
    give: bool,
    op: Op | None = None,
) -> Json:
    """A new slip: given when it is complete and `give` is asked for, otherwise kept as a draft.

    Answers `{uid, state, version, missing}`. Raises RuleViolation naming the field for what cannot even be kept.
    """

    def work(tx: Tx) -> Json:
        receiver = receivers.meant(tx.db, group_id, giver, to)
        slip = Referral(
            group_id=group_id,
            giver_id=giver,
            receiver_id=receiver.id,
            state=ReferralState.DRAFT,
            prospect_name="",
            prospect_reach="",
            comments="",
            version=0,
            created_at=tx.now,
        )
        _fill(tx, slip, fields)
        tx.db.add(slip)
        tx.db.flush()
        return _kept(tx, slip, give=give)

    return ctx.transaction(work, op=op)


def rewrite(
    ctx: Context,
    *,
    group_id: GroupId,
    giver: PersonId,
    uid: str,
    version: int,
    to: str,
    fields: SlipFields,
    give: bool,
    op: Op | None = None,
) -> Json:
    """The giver goes on with a draft. Answers as `write`; raises WrongPhase once the slip is given."""

    def work(tx: Tx) -> Json:
        slip = _locked_draft(tx, group_id, giver, uid, version)
        slip.receiver_id = receivers.meant(tx.db, group_id, giver, to).id
        _fill(tx, slip, fields)
        return _kept(tx, slip, give=give)

    return ctx.transaction(work, op=op)


def throw_away(
    ctx: Context, *, group_id: GroupId, giver: PersonId, uid: str, version: int, op: Op | None = None
) -> Json:
    """The giver does away with a draft; nobody else ever saw it."""

    def work(tx: Tx) -> Json:
        slip = _locked_draft(tx, group_id, giver, uid, version)
        tx.db.delete(slip)
        tx.record(ReferralMoved(MeetingId(0), (giver,), Uid(slip.uid)))
        return {"uid": slip.uid}

    return ctx.transaction(work, op=op)


def move(
    ctx: Context,
    *,
    group_id: GroupId,
    actor: PersonId,
    uid: str,
    version: int,
    to: ReferralState,
    note: str = "",
    reason: str = "",
    op: Op | None = None,
) -> Json:
    """Say what became of a slip, with a note to the other one; a verdict also needs a reason.

    Answers `{uid, state, version}`. Raises Conflict("slip_moved_on") when somebody was first, and what
    `domain.referrals.move` raises.
    """

    def work(tx: Tx) -> Json:
        slip = _found(queries.one_seen_by(tx.db, actor, uid, group_id=group_id, lock=True))
        _check_version(slip, version)
        if to is ReferralState.GIVEN:
            # A draft is given from its form, where it can be seen whether anything is missing.
            raise WrongPhase("referral_wrong_phase", state=slip.state.value, to=to.value)
        rules.move(slip.state, to, _side(slip, actor), reason or None)
        _step(tx, slip, actor, to, note=names.tidy(note), reason=reason if to in rules.REASON_CODES else "")
        return {"uid": slip.uid, "state": slip.state.value, "version": slip.version}

    return ctx.transaction(work, op=op)


def _kept(tx: Tx, slip: Referral, *, give: bool) -> Json:
    """Keep the draft, or give it when nothing is missing."""
    as_slip = _as_slip(slip)
    missing = rules.missing_fields(as_slip) if give else ()
    if give and not missing:
        rules.check_submittable(as_slip)
        to = rules.move(slip.state, ReferralState.GIVEN, Side.GIVER)
        slip.meeting_id = queries.meeting_attended_now(
            tx.db, GroupId(slip.group_id), PersonId(slip.giver_id), (MeetingStatus.OPEN,)
        )
        _step(tx, slip, PersonId(slip.giver_id), to)
    else:
        slip.version += 1
        tx.record(ReferralMoved(MeetingId(0), (PersonId(slip.giver_id),), Uid(slip.uid)))
    return {
        "uid": slip.uid,
        "state": slip.state.value,
        "version": slip.version,
        "missing": list(missing),
    }


def _step(
    tx: Tx, slip: Referral, actor: PersonId, to: ReferralState, *, note: str = "", reason: str = ""
) -> None:
    """Move the slip, write the line of its history, tell both."""
    tx.db.add(
        ReferralMove(
            referral_id=slip.id,
            actor_id=actor,
            from_state=slip.state,
            to_state=to,
            reason=reason,
            note=note,
            moved_at=tx.now,
        )
    )
    slip.state = to
    slip.version += 1
    slip.changed_at = tx.now
    both = (PersonId(slip.giver_id), PersonId(slip.receiver_id))
    tx.record(ReferralMoved(MeetingId(slip.meeting_id or 0), both, Uid(slip.uid)))


def _fill(tx: Tx, slip: Referral, fields: SlipFields) -> None:
    if fields.level not in rules.INTRODUCTION_LEVELS:
        raise RuleViolation("slip_level_unknown", field="level", level=fields.level)
    if fields.vouch and fields.vouch not in rules.VOUCH_REASONS:
        raise RuleViolation("slip_vouch_unknown", field="vouch", vouch=fields.vouch)
    slip.kind = rules.kind_of(fields.consent)
    slip.prospect_consent = fields.consent
    slip.need = names.tidy(fields.need)
    slip.level = fields.level
    slip.vouch = fields.vouch
    slip.changed_at = tx.now
    if fields.prospect_name is not None:
        slip.prospect_name = names.tidy(fields.prospect_name)
    if fields.reach is not None:
        slip.prospect_reach = names.tidy(fields.reach)
    if fields.comments is not None:
        slip.comments = fields.comments.strip()


def _locked_draft(tx: Tx, group_id: GroupId, giver: PersonId, uid: str, version: int) -> Referral:
    slip = _found(queries.one_seen_by(tx.db, giver, uid, group_id=group_id, lock=True))
    _check_version(slip, version)
    if slip.state is not ReferralState.DRAFT:
        raise WrongPhase("slip_already_given")
    return slip


def _check_version(slip: Referral, version: int) -> None:
    if slip.version != version:
        raise Conflict("slip_moved_on")


def _found(slip: Referral | None) -> Referral:
    if slip is None:
        raise NotFound("slip_unknown")
    return slip


def _side(slip: Referral, person_id: PersonId) -> Side:
    return Side.GIVER if slip.giver_id == person_id else Side.RECEIVER


def _as_slip(row: Referral) -> rules.Slip:
    """The slip as a value for the rules."""
    return rules.Slip(
        giver=PersonId(row.giver_id),
        receiver=PersonId(row.receiver_id),
        prospect_name=row.prospect_name,
        reach=row.prospect_reach,
        need=row.need,
        level=row.level,
        vouch=row.vouch,
        consent=row.prospect_consent,
    )


def _someone(person: Person) -> Someone:
    name = names.full_name(person.given_name, person.family_name)
    return Someone(PersonId(person.id), Uid(person.uid), name, person.given_name)


def _view(row: Referral, viewer: PersonId) -> SlipView:
    side = _side(row, viewer)
    return SlipView(
        uid=Uid(row.uid),
        kind=row.kind,
        state=row.state,
        side=side,
        giver=_someone(row.giver),
        receiver=_someone(row.receiver),
        prospect_name=row.prospect_name,
        reach=row.prospect_reach,
        need=row.need,
        level=row.level,
        vouch=row.vouch,
        consent=row.prospect_consent,
        comments=row.comments,
        version=row.version,
        created_at=row.created_at,
        changed_at=row.changed_at,
        moves=rules.moves_for(row.state, side),
    )
