"""The group's rules for referrals: what quality weighs, and after how long silence is pointed out.

A rule is never changed: a new version stands beside the old one, with its author and its moment.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from server.domain import names, scoring
from server.domain.errors import Conflict
from server.domain.scoring import Reminders, Weights
from server.domain.vocabulary import GroupId, PersonId
from server.persistence.models import Group, ReferralRules
from server.persistence.queries import referral_rules as queries
from server.services.context import Context, Json, Op, Tx


@dataclass(frozen=True)
class Agreed:
    """One version of the rules. `author` and `decided_at` are empty for ours, version 0."""

    weights: Weights = scoring.USUAL
    reminders: Reminders = scoring.USUAL_REMINDERS
    author: str = ""
    decided_at: datetime | None = None

    @property
    def version(self) -> int:
        """Which decision of the group it was."""
        return self.weights.version


def current(db: Session, group_id: GroupId) -> Agreed:
    """A helper: the rules as they stand. One statement."""
    return agreed(queries.newest(db, group_id))


def agreed(row: ReferralRules | None) -> Agreed:
    """A helper: a loaded version as a value; ours where the group never decided."""
    if row is None:
        return Agreed()
    return Agreed(
        Weights(
            row.introduction,
            row.completeness,
            row.verdict,
            row.outcome,
            row.service,
            row.version,
            scoring.points_read(row.points),
        ),
        Reminders(row.answer_hours, row.word_days),
        names.full_name(row.author.given_name, row.author.family_name) if row.author else "",
        row.decided_at,
    )


def versions(ctx: Context, group_id: GroupId) -> tuple[Agreed, ...]:
    """Every version, newest first, ours last. One statement."""
    with ctx.reading() as db:
        return (*map(agreed, queries.every(db, group_id)), Agreed())


def decide(
    ctx: Context,
    *,
    group_id: GroupId,
    author: PersonId,
    seen: int,
    weights: Weights,
    reminders: Reminders,
    op: Op | None = None,
) -> Json:
    """The group decides on another version; `seen` is the one its author looked at.

    Answers `{version}`. Raises what `scoring.check` raises, and Conflict("rules_moved_on").
    """
    scoring.check(weights, reminders)

    def work(tx: Tx) -> Json:
        # The group's row serialises two who decide at the same moment.
        tx.db.get_one(Group, group_id, with_for_update=True)
        before = current(tx.db, group_id).version
        if before != seen:
            raise Conflict("rules_moved_on")
        tx.db.add(
            ReferralRules(
                group_id=group_id,
                version=before + 1,
                introduction=weights.introduction,
                completeness=weights.completeness,
                verdict=weights.verdict,
                outcome=weights.outcome,
                service=weights.service,
                answer_hours=reminders.answer_hours,
                word_days=reminders.word_days,
                points=scoring.points_written(weights.points),
                author_id=author,
                decided_at=tx.now,
            )
        )
        return {"version": before + 1}

    return ctx.transaction(work, op=op)
