"""Getting a rehearsal ready in a copy of a group: a meeting of its own, as many people as wanted, shortened lengths.

It refuses to touch anything but an instance that was made for a rehearsal: the folder says so with a file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update

from server.domain import meetings as limits
from server.domain import names
from server.domain.errors import RuleViolation
from server.domain.vocabulary import AttendanceStatus, MeetingId, MeetingStatus, Role, Standing, Uid
from server.persistence.models import (
    AgendaItem,
    Attendance,
    GrantRow,
    Group,
    Meeting,
    Membership,
    Person,
    SessionRow,
)
from server.services import badges, sessions
from server.services.context import Context, Tx

MARK = ".rehearsal"
"""The file that says that a folder holds a copy which may be played with."""
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Extra:
    """Somebody made up, where the group is smaller than the rehearsal."""

    given: str
    family: str
    company: str


@dataclass(frozen=True)
class Wanted:
    """What is to be rehearsed. `speed` divides every length."""

    people: int
    rounds: int
    speed: float
    doors: int = 2


@dataclass(frozen=True)
class Prepared:
    """The meeting, the codes on the badges, and what signs in each device."""

    meeting_id: MeetingId
    meeting_uid: Uid
    group_name: str
    codes: tuple[str, ...]
    made_up: int
    facilitator: str
    display: str
    doors: tuple[str, ...]
    link: str
    """One-time link for a person's console, for this computer only."""
    display_link: str


def has_group(ctx: Context) -> bool:
    """Whether there is a group to rehearse with."""
    with ctx.reading() as db:
        return db.scalar(select(Group.id).limit(1)) is not None


def prepare(ctx: Context, wanted: Wanted, cast: Sequence[Extra]) -> Prepared:
    """A meeting whose doors are open, in the first group there is; one is made where there is none.

    Raises RuleViolation("rehearsal_not_here") outside an instance made for rehearsals, and what
    `meetings.check_shape` raises for numbers that no meeting has.
    """
    if not (ctx.settings.instance / MARK).is_file():
        raise RuleViolation("rehearsal_not_here")
    if not limits.ROUNDS[0] <= wanted.rounds <= limits.ROUNDS[1]:
        raise RuleViolation("rounds_out_of_bounds", least=limits.ROUNDS[0], most=limits.ROUNDS[1])

    def work(tx: Tx) -> Prepared:
        group = tx.db.scalar(select(Group).order_by(Group.id).limit(1)) or _a_group(tx)
        # In the copy nothing else is on, and nobody is signed in.
        tx.db.execute(update(Meeting).where(Meeting.status == MeetingStatus.OPEN).values(status=MeetingStatus.CLOSED))
        tx.db.execute(update(SessionRow).where(SessionRow.revoked_at.is_(None)).values(revoked_at=tx.now))
        meeting = _meeting(tx, group, wanted)
        people, made_up = _people(tx, group, meeting, wanted.people, cast)
        made = badges.issue(ctx, tx, people, group_id=group.id, meeting_id=meeting.id)

        def device(label: str, role: Role) -> str:
            opened, row = sessions.open_session(tx, person_id=None, label=label, life=DAY)
            grant = GrantRow(session_id=row.id, role=role, group_id=group.id, meeting_id=meeting.id, created_at=tx.now)
            tx.db.add(grant)
            return opened.token

        def link(role: Role) -> str:
            return sessions.add_link(
                tx,
                purpose="device",
                life=DAY,
                role=role,
                group_id=group.id,
                meeting_id=meeting.id,
                loopback_only=True,
            )

        return Prepared(
            meeting_id=MeetingId(meeting.id),
            meeting_uid=Uid(meeting.uid),
            group_name=group.name,
            codes=tuple(badges.code_of(ctx, made[person]) for person, _ in people),
            made_up=made_up,
            facilitator=device("Rehearsal", Role.FACILITATOR),
            display=device("Rehearsal", Role.DISPLAY),
            doors=tuple(device(f"Rehearsal {number}", Role.GREETER) for number in range(1, wanted.doors + 1)),
            link=link(Role.FACILITATOR),
            display_link=link(Role.DISPLAY),
        )

    return ctx.transaction(work)


def _a_group(tx: Tx) -> Group:
    group = Group(
        name="Coltiva", language="en", time_zone="Europe/Rome", currency="EUR", base_url="", created_at=tx.now
    )
    tx.db.add(group)
    tx.db.flush()
    return group


def _meeting(tx: Tx, group: Group, wanted: Wanted) -> Meeting:
    """Today's meeting of the rehearsal: shaped as the group's last one, with every length divided."""
    last = tx.db.scalar(select(Meeting).where(Meeting.group_id == group.id).order_by(Meeting.starts_at.desc()).limit(1))
    seconds = last.round_seconds if last else 300
    meeting = Meeting(
        group_id=group.id,
        slug=f"rehearsal-{tx.now:%Y%m%d%H%M%S}",
        name=last.name if last else "Rehearsal",
        starts_at=tx.now,
        opened_at=tx.now,
        time_zone=group.time_zone,
        status=MeetingStatus.OPEN,
        rounds_wanted=wanted.rounds,
        round_seconds=max(1, round(seconds / wanted.speed)),
        table_size=last.table_size if last else 4,
        is_demo=True,
    )
    items = last.agenda if last else []
    meeting.agenda = [
        AgendaItem(
            position=item.position,
            kind=item.kind,
            title=item.title,
            minutes=max(1, round(item.minutes / wanted.speed)),
        )
        for item in items
    ]
    tx.db.add(meeting)
    tx.db.flush()
    return meeting


def _people(
    tx: Tx, group: Group, meeting: Meeting, wanted: int, cast: Sequence[Extra]
) -> tuple[list[tuple[int, Standing]], int]:
    """So many people on the list: the group's own first, then made-up visitors; and how many are made up."""
    known = tx.db.execute(
        select(Membership.person_id, Membership.standing)
        .where(Membership.group_id == group.id, Membership.standing != Standing.FORMER)
        .order_by(Membership.standing, Membership.id)
        .limit(wanted)
    ).all()
    guests = []
    for number in range(wanted - len(known)):
        extra = cast[number % len(cast)]
        family = extra.family if number < len(cast) else f"{extra.family} {number // len(cast) + 1}"
        guests.append(
            Person(
                given_name=extra.given,
                family_name=family,
                company=extra.company,
                created_at=tx.now,
                search_key=names.search_key(extra.given, family, extra.company),
                sort_key=names.sort_key(family, extra.given, group.language),
            )
        )
    tx.db.add_all(guests)
    tx.db.flush()
    tx.db.add_all(Membership(group_id=group.id, person_id=guest.id, standing=Standing.VISITOR) for guest in guests)
    rows = [(person, standing) for person, standing in known] + [(guest.id, Standing.VISITOR) for guest in guests]
    tx.db.execute(delete(Attendance).where(Attendance.meeting_id == meeting.id))
    tx.db.add_all(
        Attendance(meeting_id=meeting.id, person_id=person, standing=standing, status=AttendanceStatus.EXPECTED)
        for person, standing in rows
    )
    tx.db.flush()
    return rows, len(guests)
