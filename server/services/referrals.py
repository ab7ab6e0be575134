"""Referral slips: written, kept as drafts, given, moved, and asked about. `services.slips` reads them.

A slip that lacks something is kept as a draft instead of being refused. Every change compares the version that its
author saw: whoever is second is told, and nothing changes.
"""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from server.domain import names
from server.domain import referrals as rules
from server.domain.errors import Conflict, NotFound, RuleViolation, WrongPhase
from server.domain.events import ReferralMoved
from server.domain.referrals import Served, Side
from server.domain.vocabulary import GroupId, MeetingId, MeetingStatus, PersonId, ReferralState, Uid
from server.persistence.models import Group, Referral, ReferralMove
from server.persistence.queries import referrals as queries
from server.services import receivers, slips
from server.services.context import Context, Json, Op, Tx


@dataclass(frozen=True)
class SlipFields:
    """What the giver writes. None leaves a draft's own value: over an open line private fields do not travel.

    `given_on` None: the day on which it is given. `sure`: the author has been told of a burst and means it.
    """

    need: str
    level: int
    vouch: str
    consent: bool
    prospect_name: str | None = None
    reach: str | None = None
    comments: str | None = None
    inside: bool = False
    ways: tuple[str, ...] = ()
    given_on: date | None = None
    sure: bool = False
    home_group: str = ""
    """The receiver's own group, where they are of another one and not on the list yet."""


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

    Answers `{uid, state, version, missing, burst}`; `burst` is how many slips of that day and place there are
    already when this one was kept for that. Raises RuleViolation naming the field for what cannot even be kept.
    """

    def work(tx: Tx) -> Json:
        receiver = receivers.meant_or_met(tx, group_id, giver, to, names.tidy(fields.home_group))
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
        return _kept(tx, slip, fields, give=give)

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
        slip.receiver_id = receivers.meant_or_met(tx, group_id, giver, to, names.tidy(fields.home_group)).id
        _fill(tx, slip, fields)
        return _kept(tx, slip, fields, give=give)

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
        slip, boarded, _ = _found(tx, group_id, actor, uid, version)
        if to is ReferralState.GIVEN:
            # A draft is given from its form, where it can be seen whether anything is missing.
            raise WrongPhase("referral_wrong_phase", state=slip.state.value, to=to.value)
        _, acts_for = slips.side_of(slip, actor, boarded=boarded)
        rules.move(slip.state, to, acts_for, reason or None)
        step(tx, slip, actor, to, note=names.tidy(note), reason=reason if to in rules.REASON_CODES else "")
        return {"uid": slip.uid, "state": slip.state.value, "version": slip.version}

    return ctx.transaction(work, op=op)


def tell_served(
    ctx: Context,
    *,
    group_id: GroupId,
    actor: PersonId,
    uid: str,
    version: int,
    served: Served,
    op: Op | None = None,
) -> Json:
    """The giver has asked the prospect, once, how they were served. Giver, receiver and the care role may know.

    Answers `{uid, version}`. Raises Conflict("slip_moved_on") and what `domain.referrals.check_served` raises.
    """

    def work(tx: Tx) -> Json:
        slip, boarded, _ = _found(tx, group_id, actor, uid, version)
        side, _ = slips.side_of(slip, actor, boarded=boarded)
        rules.check_served(slip.state, side, slip.served)
        slip.served, slip.served_at = served, tx.now
        slip.version += 1
        tell(tx, slip)
        return {"uid": slip.uid, "version": slip.version}

    return ctx.transaction(work, op=op)


def step(tx: Tx, slip: Referral, actor: PersonId, to: ReferralState, *, note: str = "", reason: str = "") -> None:
    """A helper of the use-cases: move the slip, write the line of its history, tell both."""
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
    if to is ReferralState.GIVEN:
        slip.given_at = tx.now
    elif to in rules.ANSWERS:
        slip.answered_at = slip.answered_at or tx.now
    slip.reason = reason or slip.reason
    slip.state = to
    slip.version += 1
    slip.changed_at = tx.now
    tell(tx, slip)


def as_slip(row: Referral) -> rules.Slip:
    """A helper of the use-cases: the slip as a value for the rules."""
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


def today_of(tx: Tx, group_id: int) -> date:
    """A helper of the use-cases: the day by the group's calendar."""
    return tx.now.astimezone(ZoneInfo(tx.db.get_one(Group, group_id).time_zone)).date()


def tell(tx: Tx, slip: Referral) -> None:
    """A helper of the use-cases: both hear of a slip that is given, of a draft only its giver."""
    hears = [PersonId(slip.giver_id)]
    if slip.state is not ReferralState.DRAFT:
        hears.append(PersonId(slip.receiver_id))
    tx.record(ReferralMoved(MeetingId(slip.meeting_id or 0), tuple(hears), Uid(slip.uid)))


def _kept(tx: Tx, slip: Referral, fields: SlipFields, *, give: bool) -> Json:
    """Keep the draft, or give it when nothing is missing and it is not one of too many at once."""
    value = as_slip(slip)
    missing = rules.missing_fields(value) if give else ()
    burst = 0
    if give and not missing:
        rules.check_submittable(value)
        to = rules.move(slip.state, ReferralState.GIVEN, Side.GIVER)
        meeting_id = queries.meeting_attended_now(
            tx.db, GroupId(slip.group_id), PersonId(slip.giver_id), (MeetingStatus.OPEN,)
        )
        given_on = fields.given_on or today_of(tx, slip.group_id)
        already = queries.same_morning(tx.db, slip, given_on, meeting_id)
        burst = already if rules.is_burst(already) and not fields.sure else 0
        if not burst:
            slip.meeting_id, slip.given_on = meeting_id, given_on
            step(tx, slip, PersonId(slip.giver_id), to)
    if slip.state is ReferralState.DRAFT:
        slip.version += 1
        tell(tx, slip)
    return {
        "uid": slip.uid,
        "state": slip.state.value,
        "version": slip.version,
        "missing": list(missing),
        "burst": burst,
    }


def _fill(tx: Tx, slip: Referral, fields: SlipFields) -> None:
    if fields.level not in rules.INTRODUCTION_LEVELS:
        raise RuleViolation("slip_level_unknown", field="level", level=fields.level)
    if fields.vouch and fields.vouch not in rules.VOUCH_REASONS:
        raise RuleViolation("slip_vouch_unknown", field="vouch", vouch=fields.vouch)
    if fields.given_on is not None:
        rules.check_day(fields.given_on, today_of(tx, slip.group_id))
    slip.ways = rules.ways_of(fields.ways)
    slip.inside = fields.inside
    slip.given_on = fields.given_on
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
    slip, *_ = _found(tx, group_id, giver, uid, version)
    if slip.state is not ReferralState.DRAFT:
        raise WrongPhase("slip_already_given")
    return slip


def _found(tx: Tx, group_id: GroupId, person: PersonId, uid: str, version: int) -> queries.Seen:
    """The slip, locked, as its author saw it, and what stands beside it."""
    found = queries.one_seen_by(tx.db, person, uid, group_id=group_id, lock=True)
    if found is None:
        raise NotFound("slip_unknown")
    if found[0].version != version:
        raise Conflict("slip_moved_on")
    return found
