"""Badges: who has which, what is printed on it, and whether it was. The code is recomputed, only its hash is stored.

A badge counts as printed when somebody says that the paper came out well, not when a file was made.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from server.domain import attendance as rules
from server.domain import badge_code, names
from server.domain.vocabulary import MeetingId, Standing, Uid
from server.persistence.base import new_uid
from server.persistence.models import Attendance, Badge, Meeting, Person
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

    @property
    def name(self) -> str:
        """The whole name as typed."""
        return names.full_name(self.given_name, self.family_name)


def code_of(ctx: Context, badge: Badge) -> str:
    """The code printed on a badge."""
    return badge_code.make_code(ctx.key, badge.uid, badge.generation)


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
        badge.generation += 1
        badge.code_hash = badge_code.hash_code(code_of(ctx, badge))
        badge.revoked_at = badge.printed_at = None
        badge.created_at = tx.now
    tx.db.flush()
    return found


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


def holders(ctx: Context, meeting_id: MeetingId) -> tuple[Holder, ...]:
    """Everybody who is expected at a meeting, by name, with the badge they hold. One statement."""
    with ctx.reading() as db:
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
            )
            for row, person, badge in db.execute(_held(meeting_id))
        )


def unprinted(db: Session, meeting_id: MeetingId) -> int:
    """How many of the expected have no printed badge. One statement."""
    waiting = _held(meeting_id).where(Badge.printed_at.is_(None)).order_by(None).subquery()
    return db.scalar(select(func.count()).select_from(waiting)) or 0


def _held(meeting_id: MeetingId) -> Select[Attendance, Person, Badge]:
    """Everybody expected, and beside them the badge that opens this meeting's door."""
    mine = (
        (Badge.person_id == Attendance.person_id)
        & (Badge.group_id == Meeting.group_id)
        & Badge.revoked_at.is_(None)
        & or_(
            (Attendance.standing == Standing.MEMBER) & Badge.meeting_id.is_(None),
            (Attendance.standing != Standing.MEMBER) & (Badge.meeting_id == Meeting.id),
        )
    )
    return (
        select(Attendance, Person, Badge)
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .join(Person, Person.id == Attendance.person_id)
        .outerjoin(Badge, mine)
        .where(Attendance.meeting_id == meeting_id, Attendance.status.not_in(rules.AWAY))
        .order_by(Person.sort_key, Attendance.id)
    )


def mark_printed(
    ctx: Context, *, meeting_id: MeetingId, badge_uids: Sequence[str], op: Op | None = None
) -> int:
    """These badges came out of the printer well. Answers how many were not printed before.

    Badges of people who are not on the meeting's list are left alone, and so is the day of a first print.
    """

    def work(tx: Tx) -> int:
        group_id = tx.db.scalars(select(Meeting.group_id).where(Meeting.id == meeting_id)).one()
        marked = tx.db.scalars(
            update(Badge)
            .where(
                Badge.uid.in_(badge_uids),
                Badge.group_id == group_id,
                Badge.person_id.in_(_on_list(meeting_id)),
                Badge.printed_at.is_(None),
            )
            .values(printed_at=tx.now)
            .returning(Badge.id)
            .execution_options(synchronize_session=False)
        ).all()
        return len(marked)

    return int(ctx.transaction(work, op=op))


def take_back_print(ctx: Context, *, meeting_id: MeetingId, printed_at: datetime) -> int:
    """The badges marked at this moment are to be printed again. Answers how many."""

    def work(tx: Tx) -> int:
        group_id = tx.db.scalars(select(Meeting.group_id).where(Meeting.id == meeting_id)).one()
        taken = tx.db.scalars(
            update(Badge)
            .where(
                Badge.group_id == group_id,
                Badge.person_id.in_(_on_list(meeting_id)),
                Badge.printed_at == printed_at,
            )
            .values(printed_at=None)
            .returning(Badge.id)
            .execution_options(synchronize_session=False)
        ).all()
        return len(taken)

    return ctx.transaction(work)


def _on_list(meeting_id: MeetingId) -> Select[int]:
    return select(Attendance.person_id).where(Attendance.meeting_id == meeting_id)


def find(db: Session, text: str) -> Badge | None:
    """The badge behind whatever was scanned or typed; Y and Z are tried swapped on a miss (German keyboards).

    Raises RuleViolation("badge_malformed") when the text holds no code.
    """
    code = badge_code.read_code(text)
    codes = {badge_code.hash_code(code): 0, badge_code.hash_code(badge_code.yz_swapped(code)): 1}
    found = db.scalars(select(Badge).where(Badge.code_hash.in_(codes))).all()
    return min(found, key=lambda badge: codes[badge.code_hash], default=None)
