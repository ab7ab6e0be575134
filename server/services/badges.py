"""Badges: who has which, what is printed on it, and whether it was. The code is recomputed, only its hash is stored.

A badge counts as printed when somebody says that the paper came out well, not when a file was made. A lost badge gets
a new generation, and so a new code; the old code stays known, so that the door can say why it no longer opens.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from server.domain import attendance as rules
from server.domain import badge_code, names
from server.domain.errors import NotFound, RuleViolation
from server.domain.vocabulary import MeetingId, Standing, Uid
from server.persistence.base import new_uid
from server.persistence.models import Attendance, Badge, Meeting, RetiredCode
from server.persistence.queries import papers as queries
from server.services.context import Context, Op, Tx


@dataclass(frozen=True)
class Holder:
    """Somebody on the list of a meeting with the badge they hold; `badge_uid` is None before one was issued."""

    attendance_uid: Uid
    badge_uid: Uid | None
    given_name: str
    family_name: str
    company: str
    sector: str
    standing: Standing
    code: str
    """As printed; empty before a badge was issued."""
    printed_at: datetime | None
    """When it last came out of a printer."""
    said: str
    """Fingerprint of what it said then; empty when that is not known."""
    is_walk_in: bool
    sort_key: str
    seats: tuple[int | None, ...] = ()
    """Table in each round that is planned or held; None sits out."""
    stands_for: str = ""
    """Whose place a substitute takes."""

    @property
    def name(self) -> str:
        """The whole name as typed."""
        return names.full_name(self.given_name, self.family_name)

    @property
    def table(self) -> int | None:
        """The first table of the morning."""
        return next((table for table in self.seats if table), None)


def code_of(ctx: Context, badge: Badge) -> str:
    """The code printed on a badge."""
    return badge_code.make_code(ctx.key, badge.uid, badge.generation)


def fingerprint(ctx: Context, holder: Holder, *, address: str, table: bool = False, seats: bool = False) -> str:
    """What a badge says, as sixteen characters that give nothing of it away.

    `table`: the first table stands on it; `seats`: the person's own rounds stand on its back.
    """
    says = [
        *(holder.given_name, holder.family_name, holder.company, holder.sector, holder.standing.value),
        *(holder.code, address, holder.table if table else None, holder.seats if seats else None),
        *([holder.stands_for] if holder.stands_for else []),  # what other badges said before stays what they said
    ]
    return ctx.secret("badge", json.dumps(says))[:16]


def has_changed(ctx: Context, holder: Holder, *, address: str) -> bool:
    """Whether the badge in somebody's hand says something else than it would say now."""
    if holder.printed_at is None or not holder.said:
        return False
    return holder.said not in (
        fingerprint(ctx, holder, address=address, table=table, seats=seats)
        for table in (False, True)
        for seats in (False, True)
    )


def issue(
    ctx: Context, tx: Tx, people: Iterable[tuple[int, Standing]], *, group_id: int, meeting_id: int
) -> dict[int, Badge]:
    """A helper of the use-cases: the valid badge of each person, made where missing.

    Members get one badge for good; visitors one for this meeting. A revoked one comes back with the next
    generation, so that the old paper stays worthless. Keys are person ids.
    """
    wanted = {person: (None if standing is Standing.MEMBER else meeting_id) for person, standing in people}
    found = {
        badge.person_id: badge
        for badge in tx.db.scalars(
            select(Badge).where(
                Badge.person_id.in_(wanted),
                Badge.group_id == group_id,
                or_(Badge.meeting_id.is_(None), Badge.meeting_id == meeting_id),
            )
        )
        if badge.meeting_id == wanted[badge.person_id]
    }
    for person, meeting in wanted.items():
        badge = found.get(person)
        if badge is None:
            found[person] = badge = Badge(
                uid=new_uid(), person_id=person, group_id=group_id, meeting_id=meeting, generation=0
            )
            tx.db.add(badge)
        elif badge.revoked_at is None:
            continue
        _renew(ctx, tx, badge)
    tx.db.flush()
    return found


def _renew(ctx: Context, tx: Tx, badge: Badge) -> None:
    """The next generation: a new code, not printed yet; the old one is kept to be recognised."""
    if badge.generation:
        tx.db.add(
            RetiredCode(badge_id=badge.id, generation=badge.generation, code_hash=badge.code_hash, retired_at=tx.now)
        )
    badge.generation += 1
    badge.code_hash = badge_code.hash_code(code_of(ctx, badge))
    badge.revoked_at = badge.printed_at = None
    badge.created_at = tx.now


def issue_for_meeting(ctx: Context, *, meeting_id: MeetingId) -> None:
    """Everybody who is expected has a badge from now on; before the doors open this is how paper gets its codes."""

    def work(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        issue_expected(ctx, tx, meeting)

    ctx.transaction(work)


def issue_expected(ctx: Context, tx: Tx, meeting: Meeting) -> None:
    """A helper of the use-cases: a badge for everybody on the list who has not excused themselves."""
    people = tx.db.execute(
        select(Attendance.person_id, Attendance.standing).where(
            Attendance.meeting_id == meeting.id, Attendance.status.not_in(rules.AWAY)
        )
    )
    issue(
        ctx,
        tx,
        [(person, standing) for person, standing in people],
        group_id=meeting.group_id,
        meeting_id=meeting.id,
    )


def replace_lost(ctx: Context, *, meeting_id: MeetingId, attendance_uid: Uid, op: Op | None = None) -> str:
    """A badge was lost: from now on its code opens nothing, and a new one waits to be printed. Gives its uid.

    Raises NotFound("attendance_unknown").
    """

    def work(tx: Tx) -> str:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        found = tx.db.execute(
            select(Attendance.person_id, Attendance.standing).where(
                Attendance.meeting_id == meeting_id, Attendance.uid == attendance_uid
            )
        ).one_or_none()
        if found is None:
            raise NotFound("attendance_unknown")
        person, standing = found
        lost = tx.db.scalar(
            select(Badge)
            .where(
                Badge.person_id == person,
                Badge.group_id == meeting.group_id,
                Badge.meeting_id.is_(None) if standing is Standing.MEMBER else Badge.meeting_id == meeting.id,
                Badge.revoked_at.is_(None),
            )
            .with_for_update()
        )
        if lost is None:
            made = issue(ctx, tx, [(person, standing)], group_id=meeting.group_id, meeting_id=meeting.id)
            return made[person].uid
        _renew(ctx, tx, lost)
        return lost.uid

    return str(ctx.transaction(work, op=op))


def holders(ctx: Context, meeting_id: MeetingId, *, only: Uid | None = None) -> tuple[Holder, ...]:
    """Everybody who is expected at a meeting, by name, with the badge they hold; or one of them. Three statements."""
    question = queries.held(meeting_id)
    if only is not None:
        question = question.where(Attendance.uid == only)
    with ctx.reading() as db:
        seats, standing_in = queries.seats(db, meeting_id), queries.substitutes(db, meeting_id)
        nowhere = (None,) * len(seats.rounds)
        return tuple(
            Holder(
                attendance_uid=Uid(row.uid),
                badge_uid=Uid(badge.uid) if badge else None,
                given_name=person.given_name,
                family_name=person.family_name,
                company=person.company,
                sector=person.sector,
                standing=row.standing,
                code=code_of(ctx, badge) if badge else "",
                printed_at=badge.printed_at if badge else None,
                said=said or "",
                is_walk_in=row.is_walk_in,
                sort_key=person.sort_key,
                seats=seats.tables.get(Uid(row.uid), nowhere),
                stands_for=names.full_name(*standing_in.get(Uid(row.uid), ("", ""))),
            )
            for row, person, badge, said in db.execute(question)
        )


def unprinted(db: Session, meeting_id: MeetingId) -> int:
    """How many of the expected have no printed badge. One statement."""
    waiting = queries.held(meeting_id).where(Badge.printed_at.is_(None)).order_by(None).subquery()
    return db.scalar(select(func.count()).select_from(waiting)) or 0


_OF_CODE = select(Badge).where(Badge.code_hash.in_(bindparam("codes", expanding=True)))
"""Put together once: it is asked with every scan."""


def find(db: Session, text: str) -> Badge | None:
    """The badge behind whatever was scanned or typed; Y and Z are tried swapped on a miss (German keyboards).

    Raises RuleViolation: "badge_malformed" when the text holds no code, "revoked_badge" for the code of a badge that
    was replaced.
    """
    code = badge_code.read_code(text)
    codes = {badge_code.hash_code(code): 0, badge_code.hash_code(badge_code.yz_swapped(code)): 1}
    found = db.scalars(_OF_CODE, {"codes": list(codes)}).all()
    if not found and db.scalar(select(RetiredCode.id).where(RetiredCode.code_hash.in_(codes)).limit(1)):
        raise RuleViolation("revoked_badge")
    return min(found, key=lambda badge: codes[badge.code_hash], default=None)
