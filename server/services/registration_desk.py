"""The organiser's side of registering: the link, the limit, the time it closes, who came from it, who waits."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import aliased

from server.domain import attendance as attendance_rules
from server.domain import meetings as meeting_rules
from server.domain import names
from server.domain import registration as rules
from server.domain.errors import NotFound, RuleViolation
from server.domain.registration import RegistrationState
from server.domain.vocabulary import AttendanceStatus, MeetingId, MeetingStatus, Uid
from server.persistence.models import Attendance, Meeting, Person, Registration, RegistrationPage
from server.services import places, registrations
from server.services.context import Context, Tx


@dataclass(frozen=True)
class Line:
    """Somebody who registered. `was_there`: on the list before, so that a withdrawal is only told, not done."""

    uid: Uid
    person_uid: Uid
    name: str
    company: str
    guest_of: str
    state: RegistrationState
    since: datetime
    moved_up_at: datetime | None
    needs_word: bool
    was_there: bool


@dataclass(frozen=True)
class Desk:
    """Everything about a meeting's registrations. Times in UTC; `free` None: no limit."""

    link: str
    is_on: bool
    is_open: bool
    places: int
    taken: int
    free: int | None
    closes_at: datetime
    waiting: tuple[Line, ...]
    listed: tuple[Line, ...]
    withdrawn: tuple[Line, ...]


def view(ctx: Context, meeting_id: MeetingId) -> Desk:
    """The page of the organiser. Four statements."""
    with ctx.reading() as db:
        meeting = db.get_one(Meeting, meeting_id)
        page = db.scalar(select(RegistrationPage).where(RegistrationPage.meeting_id == meeting_id))
        page = page or RegistrationPage(is_on=False, closes_at=None, places=0, generation=1)
        taken = places.taken(db, meeting_id)
        inviter = aliased(Person)
        rows = db.execute(
            select(Registration, Person, inviter, Attendance.status)
            .join(Person, Person.id == Registration.person_id)
            .outerjoin(inviter, inviter.id == Registration.invited_by_id)
            .outerjoin(
                Attendance,
                (Attendance.meeting_id == meeting_id) & (Attendance.person_id == Registration.person_id),
            )
            .where(Registration.meeting_id == meeting_id)
            .order_by(Registration.queued_at, Registration.id)
        ).all()
        lines = [_line(*row) for row in rows]
        return Desk(
            link=registrations.page_link(ctx, Uid(meeting.uid), page.generation),
            is_on=page.is_on,
            is_open=_is_open(ctx, meeting, page),
            places=page.places,
            taken=taken,
            free=rules.free(page.places, taken),
            closes_at=page.closes_at or meeting.starts_at,
            waiting=tuple(line for line in lines if line.state is RegistrationState.WAITING),
            listed=tuple(line for line in lines if line.state is RegistrationState.LISTED),
            withdrawn=tuple(line for line in lines if line.state is RegistrationState.WITHDRAWN),
        )


def open_link(ctx: Context, meeting_id: MeetingId) -> str:
    """The link that visitors may register with now; empty while they cannot. Two statements."""
    with ctx.reading() as db:
        meeting = db.get_one(Meeting, meeting_id)
        page = db.scalar(select(RegistrationPage).where(RegistrationPage.meeting_id == meeting_id))
        if page is None or not _is_open(ctx, meeting, page):
            return ""
        return registrations.page_link(ctx, Uid(meeting.uid), page.generation)


def _is_open(ctx: Context, meeting: Meeting, page: RegistrationPage) -> bool:
    return (
        page.is_on and meeting.status is not MeetingStatus.CLOSED and ctx.now() < (page.closes_at or meeting.starts_at)
    )


def _line(row: Registration, person: Person, inviter: Person | None, status: AttendanceStatus | None) -> Line:
    away = None if status is None else status in attendance_rules.AWAY
    return Line(
        uid=Uid(row.uid),
        person_uid=Uid(person.uid),
        name=names.full_name(person.given_name, person.family_name),
        company=person.company,
        guest_of=names.full_name(inviter.given_name, inviter.family_name) if inviter else "",
        state=rules.stands(row.state, made_line=row.made_line, away=away),
        since=row.queued_at,
        moved_up_at=row.moved_up_at,
        needs_word=row.needs_word,
        was_there=not row.made_line and row.state is not RegistrationState.WAITING,
    )


def change(ctx: Context, *, meeting_id: MeetingId, is_on: bool, limit: int, closes_local: datetime | None) -> int:
    """Switch the page, set its places (0: no limit) and when it closes on the meeting's own clock (None: at the start).

    More places let people move up at once; gives how many did. Raises RuleViolation("number_out_of_range" |
    "registration_closes_late"), WrongPhase("meeting_is_closed").
    """
    rules.check_places(limit)

    def work(tx: Tx) -> int:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        meeting_rules.check_changeable(meeting.status)
        page = _page(tx, meeting_id)
        closes_at = closes_local.replace(tzinfo=ZoneInfo(meeting.time_zone)) if closes_local else None
        if closes_at is not None and closes_at > meeting.starts_at:
            raise RuleViolation("registration_closes_late", field="closes_at")
        # The start itself is no time of its own: a meeting that is moved takes it along.
        page.closes_at = None if closes_at == meeting.starts_at else closes_at
        page.is_on, page.places = is_on, limit
        return places.move_up(ctx, tx, meeting_id)

    return int(ctx.transaction(work))


def new_link(ctx: Context, *, meeting_id: MeetingId) -> None:
    """From now on the old public link opens nothing; those of members and of who registered stay."""

    def work(tx: Tx) -> None:
        tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        _page(tx, meeting_id).generation += 1

    ctx.transaction(work)


def let_in(ctx: Context, *, meeting_id: MeetingId, uid: str) -> None:
    """Somebody who waits gets a place now, whatever the limit says. Twice is once.

    Raises NotFound("registration_unknown"), WrongPhase("meeting_is_closed").
    """

    def work(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        meeting_rules.check_changeable(meeting.status)
        row = _row(tx, meeting_id, uid)
        if row.state is RegistrationState.WAITING:
            places.give_place(ctx, tx, meeting, row)
            row.moved_up_at = tx.now

    ctx.transaction(work)


def take_off(ctx: Context, *, meeting_id: MeetingId, uid: str) -> None:
    """Somebody who waits no longer does. Twice is once. Raises NotFound("registration_unknown")."""

    def work(tx: Tx) -> None:
        row = _row(tx, meeting_id, uid)
        if row.state is RegistrationState.WAITING:
            row.state, row.withdrawn_at = RegistrationState.WITHDRAWN, tx.now

    ctx.transaction(work)


def _page(tx: Tx, meeting_id: MeetingId) -> RegistrationPage:
    """The page of a meeting whose row is locked, made where there is none yet."""
    found = tx.db.scalar(select(RegistrationPage).where(RegistrationPage.meeting_id == meeting_id))
    if found is None:
        found = RegistrationPage(meeting_id=meeting_id, is_on=False, places=0, generation=1)
        tx.db.add(found)
        tx.db.flush()
    return found


def _row(tx: Tx, meeting_id: MeetingId, uid: str) -> Registration:
    row = tx.db.scalar(
        select(Registration).where(Registration.meeting_id == meeting_id, Registration.uid == uid).with_for_update()
    )
    if row is None:
        raise NotFound("registration_unknown")
    return row
