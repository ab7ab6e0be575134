"""The monthly letters as messages: who wants them, who has had which, sent by themselves where a group says so.

What a letter says is its reader's business: it is put into words by `views.letters` and handed through to the mail
server. Without one the organiser has a list of messages that hold a link and no figure. A row and its unique key see to
it that nobody gets two letters about one month, whatever restarts and however many processes look.
"""

import contextlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from server.domain import letters as rules
from server.domain import names
from server.domain.errors import NotFound, RuleViolation
from server.domain.leading import Month
from server.domain.messages import MessageState
from server.domain.vocabulary import GroupId, PersonId, Standing, Uid
from server.persistence.base import new_uid
from server.persistence.models import Group, LetterDeclined, LetterSetting, Membership, MonthlyLetter, Person
from server.services import mailing
from server.services.context import Context, Json, Op, Tx


@dataclass(frozen=True)
class Reader:
    """A member with their letter of a month. `state` OPEN: nobody has written to them; `declined`: wants none."""

    id: PersonId
    uid: Uid
    given_name: str
    name: str
    email: str
    phone: str
    state: MessageState
    problem: str
    declined: bool


@dataclass(frozen=True)
class Page:
    """The letters of a group about its last whole month, by name."""

    group: str
    language: str
    base_url: str
    month: Month
    automatic: bool
    mailing: bool
    readers: tuple[Reader, ...]

    @property
    def wanted(self) -> tuple[Reader, ...]:
        """Those who want one."""
        return tuple(each for each in self.readers if not each.declined)


@dataclass(frozen=True)
class Due:
    """The letters of one group that are to go now."""

    group_id: GroupId
    group: str
    language: str
    base_url: str
    month: Month
    readers: tuple[PersonId, ...]


@dataclass(frozen=True)
class Text:
    """A letter in words."""

    subject: str
    text: str


def page(ctx: Context, group_id: GroupId) -> Page:
    """The letters of the last whole month. Three statements."""
    now = ctx.now()
    with ctx.reading() as db:
        group = db.get_one(Group, group_id)
        month = rules.month_before(now, ZoneInfo(group.time_zone))
        setting = db.scalar(select(LetterSetting).where(LetterSetting.group_id == group_id))
        return Page(
            group=group.name,
            language=group.language,
            base_url=group.base_url,
            month=month,
            automatic=setting is not None and setting.automatic,
            mailing=mailing.is_set_up(ctx),
            readers=tuple(
                _reader(person, letter, declined, now)
                for person, letter, declined in db.execute(_readers(group_id, month.first))
            ),
        )


def wants(ctx: Context, group_id: GroupId, person_id: PersonId) -> bool:
    """Whether a member wants the letters of a group, and its reminders. One statement."""
    with ctx.reading() as db:
        return _no(db, group_id, person_id) is None


def choose(ctx: Context, *, group_id: GroupId, person_id: PersonId, wanted: bool, op: Op | None = None) -> Json:
    """A member wants letters and reminders, or none. Saying it twice is saying it once. Answers `{wanted}`."""

    def work(tx: Tx) -> Json:
        row = _no(tx.db, group_id, person_id)
        if wanted and row is not None:
            tx.db.delete(row)
        elif not wanted and row is None:
            tx.db.add(LetterDeclined(group_id=group_id, person_id=person_id, declined_at=tx.now))
        return {"wanted": wanted}

    return ctx.transaction(work, op=op)


def switch(ctx: Context, *, group_id: GroupId, automatic: bool, by: PersonId, op: Op | None = None) -> Json:
    """Letters go by themselves from now on, or not. Answers `{automatic}`.

    Raises RuleViolation("mail_not_set_up" | "mail_not_private") where they could not.
    """
    if automatic:
        mailing.check(ctx)

    def work(tx: Tx) -> Json:
        tx.db.get_one(Group, group_id, with_for_update=True)
        row = tx.db.scalar(select(LetterSetting).where(LetterSetting.group_id == group_id))
        if row is None:
            row = LetterSetting(group_id=group_id)
            tx.db.add(row)
        row.automatic, row.changed_by_id, row.changed_at = automatic, by, tx.now
        return {"automatic": automatic}

    return ctx.transaction(work, op=op)


def mark_written(ctx: Context, *, group_id: GroupId, month: date, person_uid: str) -> None:
    """Somebody wrote by hand that a letter is there. Twice is once. Raises NotFound("person_unknown")."""

    def work(tx: Tx) -> None:
        person_id = _member(tx, group_id, person_uid)
        row = _row(tx, group_id, person_id, month)
        if row is None:
            row = MonthlyLetter(uid=new_uid(), group_id=group_id, person_id=person_id, month=month)
            tx.db.add(row)
        if row.state is None or not row.state.is_done:
            row.state, row.problem, row.changed_at = MessageState.WRITTEN, "", tx.now

    ctx.transaction(work)


def take_back(ctx: Context, *, group_id: GroupId, month: date, person_uid: str) -> None:
    """It was not written after all; what was sent stays sent. Raises NotFound("person_unknown")."""

    def work(tx: Tx) -> None:
        row = _row(tx, group_id, _member(tx, group_id, person_uid), month)
        if row is not None and row.state is MessageState.WRITTEN:
            tx.db.delete(row)

    ctx.transaction(work)


def due(ctx: Context) -> tuple[Due, ...]:
    """What is to go by itself now, for every group that wants it. One statement, and two for each of these groups."""
    if not mailing.is_set_up(ctx):
        return ()
    now = ctx.now()
    with ctx.reading() as db:
        switched = db.scalars(
            select(LetterSetting.group_id).where(LetterSetting.automatic.is_(True)).order_by(LetterSetting.group_id)
        ).all()
        found = []
        for key in switched:
            group = db.get_one(Group, key)
            zone = ZoneInfo(group.time_zone)
            if not rules.may_go(now, zone):
                continue
            month = rules.month_before(now, zone)
            readers = tuple(
                PersonId(person.id)
                for person, letter, declined in db.execute(_readers(GroupId(key), month.first))
                if person.email and declined is None
                if rules.is_due(letter.state if letter else None, letter.problem if letter else "")
            )
            if readers:
                found.append(Due(GroupId(key), group.name, group.language, group.base_url, month, readers))
        return tuple(found)


def send(ctx: Context, *, group_id: GroupId, month: date, texts: Mapping[PersonId, Text], name: str) -> int:
    """Send letters to those who are still due one; gives how many are on their way. Answers before they are sent.

    Raises RuleViolation("mail_not_set_up" | "mail_not_private").
    """
    mailing.check(ctx)

    def work(tx: Tx) -> list[tuple[str, str, PersonId]]:
        # Two processes that look at the same moment take turns, and the second finds the letters on their way.
        tx.db.get_one(Group, group_id, with_for_update=True)
        taken: list[tuple[str, str, PersonId]] = []
        for person, letter, declined in tx.db.execute(_readers(group_id, month, texts)):
            if not person.email or declined is not None:
                continue
            if not rules.is_due(letter.state if letter else None, letter.problem if letter else ""):
                continue
            row = letter
            if row is None:
                row = MonthlyLetter(uid=new_uid(), group_id=group_id, person_id=person.id, month=month)
                tx.db.add(row)
            row.state, row.problem, row.changed_at = MessageState.SENDING, "", tx.now
            taken.append((row.uid, person.email, PersonId(person.id)))
        return taken

    post = [
        {"uid": uid, "to": email, "subject": texts[person].subject, "text": texts[person].text}
        for uid, email, person in ctx.transaction(work)
    ]
    mailing.dispatch(ctx, post, name, _settle)
    return len(post)


def _settle(ctx: Context, uids: Sequence[str], problem: str) -> None:
    """What became of letters that are on their way."""

    def work(tx: Tx) -> None:
        for row in tx.db.scalars(
            select(MonthlyLetter)
            .where(MonthlyLetter.uid.in_(uids), MonthlyLetter.state == MessageState.SENDING)
            .with_for_update()
        ):
            row.state = MessageState.FAILED if problem else MessageState.SENT
            row.problem, row.changed_at = problem, tx.now

    # A group whose database is busy finds these letters lost after a while.
    with contextlib.suppress(RuleViolation):
        ctx.transaction(work)


def _readers(
    group_id: GroupId, month: date, only: Collection[PersonId] | None = None
) -> Select[Person, MonthlyLetter, LetterDeclined]:
    """The members by name, each with their letter of a month and whether they want none."""
    question = (
        select(Person, MonthlyLetter, LetterDeclined)
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(
            MonthlyLetter,
            and_(
                MonthlyLetter.group_id == group_id,
                MonthlyLetter.person_id == Person.id,
                MonthlyLetter.month == month,
            ),
        )
        .outerjoin(LetterDeclined, and_(LetterDeclined.group_id == group_id, LetterDeclined.person_id == Person.id))
        .where(Membership.group_id == group_id, Membership.standing == Standing.MEMBER)
        .order_by(Person.sort_key, Person.id)
    )
    return question if only is None else question.where(Person.id.in_(only))


def _reader(person: Person, letter: MonthlyLetter | None, declined: LetterDeclined | None, now: datetime) -> Reader:
    state, problem = MessageState.OPEN, ""
    if letter is not None:
        state, problem = rules.known(letter.state, letter.problem, letter.changed_at, now)
    return Reader(
        id=PersonId(person.id),
        uid=Uid(person.uid),
        given_name=person.given_name,
        name=names.full_name(person.given_name, person.family_name),
        email=person.email,
        phone=person.phone,
        state=state,
        problem=problem,
        declined=declined is not None,
    )


def _no(db: Session, group_id: GroupId, person_id: PersonId) -> LetterDeclined | None:
    return db.scalar(
        select(LetterDeclined).where(LetterDeclined.group_id == group_id, LetterDeclined.person_id == person_id)
    )


def _member(tx: Tx, group_id: GroupId, uid: str) -> PersonId:
    found = tx.db.scalar(
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Person.uid == uid, Membership.group_id == group_id, Membership.standing == Standing.MEMBER)
    )
    if found is None:
        raise NotFound("person_unknown")
    return PersonId(found)


def _row(tx: Tx, group_id: GroupId, person_id: PersonId, month: date) -> MonthlyLetter | None:
    return tx.db.scalar(
        select(MonthlyLetter)
        .where(MonthlyLetter.group_id == group_id, MonthlyLetter.person_id == person_id, MonthlyLetter.month == month)
        .with_for_update()
    )
