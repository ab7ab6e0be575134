"""Reminders of slips by mail: who is due one, sent once for each wait where a group says so.

What a mail says is put into words by `views.slip_reminders`. A row and its unique key see to it that nobody is reminded
twice of one wait, whatever restarts and however many processes look; and nobody gets two mails on one day.
"""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.domain import letters as letter_rules
from server.domain import names
from server.domain import slip_reminders as rules
from server.domain.errors import RuleViolation
from server.domain.messages import MessageState
from server.domain.slip_reminders import Awaited
from server.domain.vocabulary import GroupId, PersonId
from server.persistence.base import new_uid
from server.persistence.models import Group, SlipReminder, SlipReminderSetting
from server.persistence.queries import slip_reminders as queries
from server.persistence.queries.slip_reminders import Waiting
from server.services import mailing, referral_rules
from server.services.context import Context, Json, Op, Tx
from server.services.letters import Text

COUNTED = timedelta(days=7)
"""How far back the page looks."""


@dataclass(frozen=True)
class Page:
    """How a group reminds. `obstacle`: why no mail can go; `reminded`: how many people were in the last seven days."""

    automatic: bool
    obstacle: RuleViolation | None
    reminded: int
    problems: tuple[str, ...]
    """What went wrong in that time, each once."""


@dataclass(frozen=True)
class Reader:
    """Somebody whose slips wait: what each awaits, and since when."""

    id: PersonId
    name: str
    slips: tuple[tuple[int, Awaited, datetime], ...]

    def count(self, what: Awaited) -> int:
        """How many await this."""
        return sum(awaited is what for _, awaited, _ in self.slips)


@dataclass(frozen=True)
class Due:
    """Those of one group who are to be reminded now."""

    group_id: GroupId
    group: str
    language: str
    base_url: str
    readers: tuple[Reader, ...]


def page(ctx: Context, group_id: GroupId) -> Page:
    """How a group reminds, and how it went. Two statements."""
    now = ctx.now()
    with ctx.reading() as db:
        setting = queries.setting(db, group_id)
        rows = queries.sent_since(db, group_id, now - COUNTED)
        told = [letter_rules.known(row.state, row.problem, row.changed_at, now) for row in rows]
        return Page(
            automatic=setting is not None and setting.automatic,
            obstacle=_obstacle(ctx),
            reminded=len({row.person_id for row in rows if row.state is MessageState.SENT}),
            problems=tuple(sorted({problem for state, problem in told if state is MessageState.FAILED})),
        )


def _obstacle(ctx: Context) -> RuleViolation | None:
    try:
        mailing.check(ctx)
    except RuleViolation as refused:
        return refused
    return None


def switch(ctx: Context, *, group_id: GroupId, automatic: bool, by: PersonId, op: Op | None = None) -> Json:
    """Receivers are reminded by mail from now on, or not. Answers `{automatic}`.

    Raises RuleViolation("mail_not_set_up" | "mail_not_private") where they could not be.
    """
    if automatic:
        mailing.check(ctx)

    def work(tx: Tx) -> Json:
        tx.db.get_one(Group, group_id, with_for_update=True)
        row = queries.setting(tx.db, group_id)
        if row is None:
            row = SlipReminderSetting(group_id=group_id)
            tx.db.add(row)
        row.automatic, row.changed_by_id, row.changed_at = automatic, by, tx.now
        return {"automatic": automatic}

    return ctx.transaction(work, op=op)


def due(ctx: Context) -> tuple[Due, ...]:
    """Who is to be reminded now, in every group that wants it. One statement, and two for each of these groups in
    whose daytime it is, however many slips wait.
    """
    if _obstacle(ctx) is not None:
        return ()
    now = ctx.now()
    found = []
    with ctx.reading() as db:
        for group in queries.switched_on(db):
            readers = tuple(reader for reader, _ in _waiting(db, group, now))
            if readers:
                found.append(Due(GroupId(group.id), group.name, group.language, group.base_url, readers))
    return tuple(found)


def _waiting(db: Session, group: Group, now: datetime, *, lock: bool = False) -> list[tuple[Reader, list[Waiting]]]:
    """Who is due a mail now, with the rows it is about; nobody at night. Two statements."""
    zone, group_id = ZoneInfo(group.time_zone), GroupId(group.id)
    if not rules.may_go(now, zone):
        return []
    reminders = referral_rules.current(db, group_id).reminders
    rows = [
        row
        for row in queries.waiting(db, group_id, rules.span(now, reminders), rules.day_begins(now, zone), lock=lock)
        if rules.is_for_mail(row.state, row.since, now, reminders)
        if row.reminder is None or letter_rules.is_due(row.reminder.state, row.reminder.problem)
    ]
    return [(_reader(mine), mine) for _, each in groupby(rows, key=lambda row: row.person.id) if (mine := list(each))]


def _reader(rows: Sequence[Waiting]) -> Reader:
    person = rows[0].person
    return Reader(
        id=PersonId(person.id),
        name=names.full_name(person.given_name, person.family_name),
        slips=tuple((row.referral_id, _what(row), row.since) for row in rows),
    )


def _what(row: Waiting) -> Awaited:
    what = rules.awaited(row.state)
    assert what is not None, "only slips that await something are asked for"
    return what


def send(ctx: Context, due: Due, texts: Mapping[PersonId, Text]) -> int:
    """Send each of those who were due their mail; gives how many are on their way. Answers before they are sent.

    Whoever has answered or moved one of their slips in the meantime, declined, left or been written to by another
    process gets nothing now: the next look sees what still waits. Four statements, and a write for each slip.
    """
    mailing.check(ctx)
    looked_at = set(due.readers)

    def work(tx: Tx) -> list[tuple[str, PersonId, list[str]]]:
        # Two processes that look at the same moment take turns, and the second finds the mails on their way.
        group = tx.db.get_one(Group, due.group_id, with_for_update=True)
        setting = queries.setting(tx.db, due.group_id)
        if setting is None or not setting.automatic:
            return []
        return [
            (mine[0].person.email, reader.id, [_take(tx, due.group_id, row) for row in mine])
            for reader, mine in _waiting(tx.db, group, tx.now, lock=True)
            if reader in looked_at
        ]

    taken = ctx.transaction(work)
    rows_of = {uids[0]: uids for _, _, uids in taken}

    def settle(ctx: Context, mails: Sequence[str], problem: str) -> None:
        _settle(ctx, [uid for mail in mails for uid in rows_of[mail]], problem)

    post = [
        {"uid": uids[0], "to": email, "subject": texts[person].subject, "text": texts[person].text}
        for email, person, uids in taken
    ]
    mailing.dispatch(ctx, post, due.group, settle)
    return len(post)


def _take(tx: Tx, group_id: GroupId, row: Waiting) -> str:
    """Write down that somebody is reminded of this slip; gives the uid of the row."""
    reminder = row.reminder
    if reminder is None:
        reminder = SlipReminder(uid=new_uid(), group_id=group_id, referral_id=row.referral_id, person_id=row.person.id)
        reminder.awaited, reminder.since = _what(row), row.since
        tx.db.add(reminder)
    reminder.state, reminder.problem, reminder.changed_at = MessageState.SENDING, "", tx.now
    return reminder.uid


def _settle(ctx: Context, uids: Sequence[str], problem: str) -> None:
    """What became of mails that are on their way."""

    def work(tx: Tx) -> None:
        for row in tx.db.scalars(
            select(SlipReminder)
            .where(SlipReminder.uid.in_(uids), SlipReminder.state == MessageState.SENDING)
            .order_by(SlipReminder.id)
            .with_for_update()
        ):
            row.state = MessageState.FAILED if problem else MessageState.SENT
            row.problem, row.changed_at = problem, tx.now

    # A group whose database is busy finds these mails lost after a while.
    with contextlib.suppress(RuleViolation):
        ctx.transaction(work)
