"""Slips from paper: the secretary enters a batch, with the days on which they were given.

A batch is entered whole or not at all. What looks like a slip that is there already is pointed out, and entered only
when the secretary is sure; what lacks something goes to its giver as a draft.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from server.domain import names
from server.domain import referrals as rules
from server.domain.errors import Conflict, RuleViolation
from server.domain.referrals import Side
from server.domain.vocabulary import GroupId, MeetingId, PersonId, ReferralState, Standing
from server.persistence.models import Meeting, Referral
from server.persistence.queries import referrals as queries
from server.services import receivers, referrals
from server.services.context import Context, Json, Op, Tx

SAME_WITHIN = timedelta(days=7)
NOBODY = PersonId(0)


@dataclass(frozen=True)
class PaperSlip:
    """One line of the batch as typed. `number` is where it stands; `sure`: entered although it looks like another.
    `home_group`: the group of a receiver who is not on the list.
    """

    number: int
    giver: str
    to: str
    prospect_name: str
    reach: str
    need: str
    level: int
    vouch: str
    consent: bool
    given_on: date | None = None
    inside: bool = False
    ways: tuple[str, ...] = ()
    comments: str = ""
    sure: bool = False
    home_group: str = ""


def enter(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    group_id: GroupId,
    clerk: PersonId,
    lines: Sequence[PaperSlip],
    op: Op | None = None,
) -> Json:
    """Enter a batch. Answers `{given, drafts}`: how many went to their receivers, how many to their givers to complete.

    Raises RuleViolation naming the field as `name-number` for the first line that cannot be, "slips_nothing", and
    Conflict("slips_twice") with `lines`, the numbers of all that look like slips there are.
    """
    if not lines:
        raise RuleViolation("slips_nothing", field="giver-0")

    def work(tx: Tx) -> Json:
        meeting = tx.db.get_one(Meeting, meeting_id)
        day = meeting.starts_at.astimezone(ZoneInfo(meeting.time_zone)).date()
        today = referrals.today_of(tx, group_id)
        made: list[Referral] = []
        twice = []
        for line in lines:
            slip = _slip(tx, group_id, line, line.given_on or min(day, today), today)
            if not line.sure and _is_there(tx, slip, made):
                twice.append(line.number)
            made.append(slip)
        if twice:
            raise Conflict("slips_twice", lines=twice)
        given = sum(_keep(tx, slip, clerk, meeting_id if slip.given_on == day else None) for slip in made)
        return {"given": given, "drafts": len(made) - given}

    return ctx.transaction(work, op=op)


def _slip(tx: Tx, group_id: GroupId, line: PaperSlip, given_on: date, today: date) -> Referral:
    """The line as a draft, not yet kept."""
    try:
        giver = receivers.meant(tx.db, group_id, NOBODY, line.giver, (Standing.MEMBER,))
    except RuleViolation as refused:
        raise _at(line, refused, "giver") from refused
    try:
        receiver = receivers.meant_or_met(tx, group_id, PersonId(giver.id), line.to, names.tidy(line.home_group))
        rules.check_day(given_on, today)
        ways = rules.ways_of(line.ways)
        rules.check_submittable(
            rules.Slip(
                PersonId(giver.id), PersonId(receiver.id), "-", "-", "-", line.level, line.vouch or "used_it", True
            )
        )
    except RuleViolation as refused:
        raise _at(line, refused) from refused
    return Referral(
        group_id=group_id,
        giver_id=giver.id,
        receiver_id=receiver.id,
        kind=rules.kind_of(line.consent),
        state=ReferralState.DRAFT,
        given_on=given_on,
        prospect_name=names.tidy(line.prospect_name),
        prospect_reach=names.tidy(line.reach),
        prospect_consent=line.consent,
        need=names.tidy(line.need),
        level=line.level,
        vouch=line.vouch,
        inside=line.inside,
        ways=ways,
        comments=line.comments.strip(),
        version=1,
        created_at=tx.now,
        changed_at=tx.now,
    )


def _at(line: PaperSlip, refused: RuleViolation, field: str | None = None) -> RuleViolation:
    """The same refusal at the field of its line."""
    named = field or str(refused.params.get("field", "to"))
    return RuleViolation(refused.code, **(refused.params | {"field": f"{named}-{line.number}"}))


def _is_there(tx: Tx, slip: Referral, made: Sequence[Referral]) -> bool:
    """Whether the same two have a slip about the same prospect within a week, kept or in this batch."""
    kept = queries.near_in_time(tx.db, slip, SAME_WITHIN)
    others = [*kept, *(each for each in made if _same_two(each, slip))]
    return any(names.folded(each.prospect_name) == names.folded(slip.prospect_name) for each in others)


def _same_two(one: Referral, other: Referral) -> bool:
    return (one.giver_id, one.receiver_id) == (other.giver_id, other.receiver_id)


def _keep(tx: Tx, slip: Referral, clerk: PersonId, meeting_id: MeetingId | None) -> bool:
    """Keep the slip; give it when nothing is missing. True: it was given."""
    tx.db.add(slip)
    tx.db.flush()
    if rules.missing_fields(referrals.as_slip(slip)):
        referrals.tell(tx, slip)
        return False
    slip.meeting_id = meeting_id
    referrals.step(tx, slip, clerk, rules.move(slip.state, ReferralState.GIVEN, Side.GIVER))
    return True
