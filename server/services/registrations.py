"""Registering for a meeting from outside, and taking it back with the link that only whoever registered has.

The page is open to anybody who has its link, so it tells nothing that it did not just hear: somebody who is known is
taken for themselves without a word of it, and nothing that was there before is changed.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.domain import attendance as attendance_rules
from server.domain import names
from server.domain import registration as rules
from server.domain.errors import NotAllowed, NotFound, RuleViolation
from server.domain.events import AttendanceChanged
from server.domain.registration import RegistrationState
from server.domain.vocabulary import (
    ContactField,
    GroupId,
    MeetingId,
    MeetingStatus,
    PersonId,
    Standing,
    Uid,
)
from server.persistence.models import (
    Attendance,
    Group,
    Meeting,
    Membership,
    Person,
    Registration,
    RegistrationPage,
)
from server.services import consents, people, places, signed_links, visits
from server.services.context import Context, Json, Op, Tx
from server.services.people import PersonFields

PAGE, INVITATION, OWN = "registration", "invitation", "registered"
"""What the three kinds of links are for."""
TRIES = 5
TRIES_OF_ALL = 80
TRIES_WITHIN = timedelta(minutes=10)
OPENED = (ContactField.EMAIL, ContactField.PHONE)
"""What a form asks consent for: who exchanges contacts may keep it."""


@dataclass(frozen=True)
class Entrance:
    """What a link of the page opens. `inviter` is a first name and an initial, of the member whose link it is."""

    meeting_id: MeetingId
    group_id: GroupId
    group: str
    name: str
    place: str
    starts_at: datetime
    time_zone: str
    own_network: bool
    inviter_id: PersonId | None = None
    inviter: str = ""


@dataclass(frozen=True)
class Newcomer:
    """Somebody as typed into the form, and what they open to those they exchange contacts with."""

    fields: PersonFields
    opened: frozenset[ContactField] = frozenset()
    language: str = "en"
    browser: str = ""
    """What tells this browser from others; only its hash is kept."""


@dataclass(frozen=True)
class Own:
    """What whoever registered sees of it."""

    link: str
    state: RegistrationState
    entrance: Entrance
    may_change: bool
    """Before the meeting begins, and before they came."""


def entrance(ctx: Context, link: str) -> Entrance:
    """The meeting behind the public link, or behind a member's own. Raises NotFound("registration_unknown"),
    WrongPhase as `rules.check_open`.
    """
    with ctx.reading() as db:
        meeting, inviter = _meeting_of(ctx, db, link)
        _check_open(db, meeting, ctx.now())
        return _entrance(db, meeting, inviter)


def page_link(ctx: Context, meeting_uid: Uid, generation: int) -> str:
    """The public link of a meeting's page."""
    return signed_links.make(ctx, PAGE, meeting_uid, generation)


def invitation_link(ctx: Context, attendance_uid: str) -> str:
    """A member's own link to the same page."""
    return signed_links.make(ctx, INVITATION, attendance_uid)


def register(ctx: Context, *, link: str, newcomer: Newcomer, private: bool, op: Op | None = None) -> Json:
    """Somebody registers. Answers `{link}`, the way to their own page.

    `private`: e-mail and phone may travel this way; then an e-mail is needed, otherwise both are left out.
    Raises what `entrance` and `people.checked` raise, RuleViolation("email_needed" | "registration_full"), and
    NotAllowed("registration_too_often") for the sixth within ten minutes from one browser.
    """
    fields = people.checked(newcomer.fields if private else replace(newcomer.fields, email="", phone=""))
    if private and not fields.email:
        raise RuleViolation("email_needed", field="email")

    def work(tx: Tx) -> Json:
        meeting, inviter = _meeting_of(ctx, tx.db, link)
        # Two who want the last place take turns.
        tx.db.refresh(meeting, with_for_update=True)
        page = _check_open(tx.db, meeting, tx.now)
        browser = bytes.fromhex(ctx.secret("registering browser", newcomer.browser))
        _check_tries(tx, meeting.id, browser)
        person, is_new = _person(tx, meeting, fields, inviter)
        if is_new:
            for field in sorted(newcomer.opened & set(OPENED)):
                consents.write(
                    tx, PersonId(person.id), field, given=True, language=newcomer.language, channel="registration"
                )
        row = Registration(
            meeting_id=meeting.id,
            person_id=person.id,
            invited_by_id=None if inviter == person.id else inviter,
            state=RegistrationState.WAITING,
            browser=browser,
            created_at=tx.now,
            queued_at=tx.now,
        )
        tx.db.add(row)
        tx.db.flush()
        _place(ctx, tx, meeting, page, row)
        return {"link": signed_links.make(ctx, OWN, row.uid)}

    return ctx.transaction(work, op=op)


def own(ctx: Context, link: str) -> Own:
    """What became of somebody's own registration. Raises NotFound("registration_unknown")."""
    with ctx.reading() as db:
        row = _own(ctx, db, link)
        meeting = db.get_one(Meeting, row.meeting_id)
        line = _line(db, row)
        came = row.made_line and line is not None and line.entered_at is not None
        return Own(
            link=link,
            state=_stands(row, line),
            entrance=_entrance(db, meeting, None),
            may_change=not came and meeting.status is not MeetingStatus.CLOSED and ctx.now() < meeting.starts_at,
        )


def withdraw(ctx: Context, *, link: str) -> None:
    """Whoever registered is not coming; the place goes to whoever waits longest. Twice is once.

    Raises NotFound("registration_unknown"), WrongPhase("already_came").
    """

    def work(tx: Tx) -> None:
        row = _own(ctx, tx.db, link, lock=True)
        line = _line(tx.db, row)
        if _stands(row, line) is RegistrationState.WITHDRAWN:
            return
        if row.made_line and line is not None:
            line.status = attendance_rules.apologise(line.status)
            tx.record(AttendanceChanged(MeetingId(row.meeting_id), Uid(line.uid)))
        row.state, row.withdrawn_at = RegistrationState.WITHDRAWN, tx.now
        places.move_up(ctx, tx, MeetingId(row.meeting_id))

    ctx.transaction(work)


def come_after_all(ctx: Context, *, link: str) -> None:
    """A withdrawal is taken back: on the list where a place is free, otherwise at the end of those who wait.

    Raises what `entrance` raises, and RuleViolation("registration_full").
    """

    def work(tx: Tx) -> None:
        row = _own(ctx, tx.db, link)
        meeting = tx.db.get_one(Meeting, row.meeting_id, with_for_update=True)
        tx.db.refresh(row, with_for_update=True)
        if _stands(row, _line(tx.db, row)) is not RegistrationState.WITHDRAWN:
            return
        page = _check_open(tx.db, meeting, tx.now)
        row.queued_at, row.moved_up_at = tx.now, None
        _place(ctx, tx, meeting, page, row)

    ctx.transaction(work)


def _meeting_of(ctx: Context, db: Session, link: str) -> tuple[Meeting, PersonId | None]:
    """The meeting of a public link, or of a member's own with who it is."""
    uid = signed_links.uid_of(link)
    found = db.execute(
        select(Meeting, RegistrationPage.generation)
        .join(RegistrationPage, RegistrationPage.meeting_id == Meeting.id)
        .where(Meeting.uid == uid)
    ).one_or_none()
    if found is not None and signed_links.opens(ctx, PAGE, link, uid, found[1]):
        return found[0], None
    if signed_links.opens(ctx, INVITATION, link, uid):
        by = db.execute(
            select(Meeting, Attendance.person_id)
            .join(Meeting, Meeting.id == Attendance.meeting_id)
            .where(Attendance.uid == uid, Attendance.standing == Standing.MEMBER)
        ).one_or_none()
        if by is not None:
            return by[0], PersonId(by[1])
    raise NotFound("registration_unknown")


def _check_open(db: Session, meeting: Meeting, now: datetime) -> RegistrationPage | None:
    page = db.scalar(select(RegistrationPage).where(RegistrationPage.meeting_id == meeting.id))
    rules.check_open(
        meeting.status,
        is_on=page is not None and page.is_on,
        starts_at=meeting.starts_at,
        closes_at=page.closes_at if page else None,
        now=now,
    )
    return page


def _entrance(db: Session, meeting: Meeting, inviter: PersonId | None) -> Entrance:
    group = db.get_one(Group, meeting.group_id)
    by = db.get_one(Person, inviter) if inviter else None
    return Entrance(
        meeting_id=MeetingId(meeting.id),
        group_id=GroupId(group.id),
        group=group.name,
        name=meeting.name,
        place=meeting.place,
        starts_at=meeting.starts_at,
        time_zone=meeting.time_zone,
        own_network=group.own_network,
        inviter_id=inviter,
        inviter=names.full_name(by.given_name, f"{by.family_name[0]}." if by.family_name else "") if by else "",
    )


def _check_tries(tx: Tx, meeting_id: int, browser: bytes) -> None:
    recent = (Registration.meeting_id == meeting_id, Registration.created_at > tx.now - TRIES_WITHIN)
    of_all = tx.db.scalar(select(func.count(Registration.id)).where(*recent)) or 0
    mine = tx.db.scalar(select(func.count(Registration.id)).where(*recent, Registration.browser == browser)) or 0
    if mine >= TRIES or of_all >= TRIES_OF_ALL:
        raise NotAllowed("registration_too_often")


def _person(tx: Tx, meeting: Meeting, fields: PersonFields, inviter: PersonId | None) -> tuple[Person, bool]:
    """Who this is: somebody of the group with this very address and name, otherwise somebody new."""
    words = sorted(names.query_words(names.full_name(fields.given_name, fields.family_name)))
    if fields.email:
        same_address = tx.db.scalars(
            select(Person)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.group_id == meeting.group_id, func.lower(Person.email) == fields.email.lower())
            .order_by(Person.id)
        )
        for known in same_address:
            if sorted(names.query_words(names.full_name(known.given_name, known.family_name))) == words:
                return known, False
    group = tx.db.get_one(Group, meeting.group_id)
    person = Person(created_at=tx.now, **vars(fields), **people.keys_of(fields, group.language))
    tx.db.add(person)
    tx.db.flush()
    tx.db.add(Membership(group_id=group.id, person_id=person.id, standing=Standing.VISITOR, invited_by_id=inviter))
    tx.db.flush()
    return person, True


def _place(ctx: Context, tx: Tx, meeting: Meeting, page: RegistrationPage | None, row: Registration) -> None:
    """On the list, or among those who wait. Whoever is on it already takes no second place."""
    here = _line(tx.db, row)
    if here is not None and (not row.made_line or here.status not in attendance_rules.AWAY):
        row.state, row.withdrawn_at = RegistrationState.LISTED, None
        return
    used_up = visits.known(ctx, tx.db, GroupId(meeting.group_id), row.person).used_up
    row.state = RegistrationState.WITHDRAWN  # so that it is not counted among those who wait
    tx.db.flush()
    state = rules.place_for(
        places=page.places if page else 0,
        taken=places.taken(tx.db, meeting.id),
        waiting=len(places.waiting(tx.db, meeting.id)),
        visits_used_up=used_up,
    )
    row.state, row.needs_word, row.withdrawn_at = state, used_up, None
    if state is RegistrationState.LISTED:
        places.give_place(ctx, tx, meeting, row)


def _own(ctx: Context, db: Session, link: str, *, lock: bool = False) -> Registration:
    uid = signed_links.uid_of(link)
    question = select(Registration).where(Registration.uid == uid)
    row = db.scalar(question.with_for_update() if lock else question)
    if row is None or not signed_links.opens(ctx, OWN, link, uid):
        raise NotFound("registration_unknown")
    return row


def _stands(row: Registration, line: Attendance | None) -> RegistrationState:
    away = None if line is None else line.status in attendance_rules.AWAY
    return rules.stands(row.state, made_line=row.made_line, away=away)


def _line(db: Session, row: Registration) -> Attendance | None:
    return db.scalar(
        select(Attendance).where(Attendance.meeting_id == row.meeting_id, Attendance.person_id == row.person_id)
    )
