"""Badges: who has which, and what is printed on it. The code is recomputed, only its hash is stored."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.domain import badge_code
from server.domain.vocabulary import Standing
from server.persistence.base import new_uid
from server.persistence.models import Badge
from server.services.context import Context, Tx


def code_of(ctx: Context, badge: Badge) -> str:
    """The code printed on a badge."""
    return badge_code.make_code(ctx.key, badge.uid, badge.generation)


def issue(
    ctx: Context, tx: Tx, people: Iterable[tuple[int, Standing]], *, group_id: int, meeting_id: int
) -> dict[int, Badge]:
    """A helper of the use-cases: the valid badge of each person, made where missing.

    Members get one badge for good; visitors one for this meeting. Keys are person ids.
    """
    wanted = {person: (None if standing is Standing.MEMBER else meeting_id) for person, standing in people}
    found = {
        badge.person_id: badge
        for badge in tx.db.scalars(
            select(Badge).where(
                Badge.person_id.in_(wanted), Badge.group_id == group_id, Badge.revoked_at.is_(None)
            )
        )
        if badge.meeting_id == wanted[badge.person_id]
    }
    for person, meeting in wanted.items():
        if person in found:
            continue
        uid = new_uid()
        code = badge_code.make_code(ctx.key, uid, 1)
        found[person] = Badge(
            uid=uid,
            person_id=person,
            group_id=group_id,
            meeting_id=meeting,
            generation=1,
            code_hash=badge_code.hash_code(code),
            created_at=tx.now,
        )
        tx.db.add(found[person])
    tx.db.flush()
    return found


def find(db: Session, text: str) -> Badge | None:
    """The badge behind whatever was scanned or typed; Y and Z are tried swapped on a miss (German keyboards).

    Raises RuleViolation("badge_malformed") when the text holds no code.
    """
    code = badge_code.read_code(text)
    codes = {badge_code.hash_code(code): 0, badge_code.hash_code(badge_code.yz_swapped(code)): 1}
    found = db.scalars(select(Badge).where(Badge.code_hash.in_(codes))).all()
    return min(found, key=lambda badge: codes[badge.code_hash], default=None)
