"""Thanks for business: written by whoever got it, confirmed by whoever is thanked, added up for everybody.

The sum is seen by its author alone; the one who is thanked says yes or no without it; others see totals, and those
only where enough deals stand behind them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from server.domain import names, weeks
from server.domain import thanks as rules
from server.domain.errors import NotFound
from server.domain.events import ThanksMoved
from server.domain.referrals import check_day
from server.domain.thanks import Total
from server.domain.vocabulary import GroupId, MeetingId, MeetingStatus, PersonId, Standing, Uid
from server.persistence.models import Group, Thanks
from server.persistence.queries import referrals
from server.persistence.queries import thanks as queries
from server.persistence.queries.thanks import Said
from server.services import receivers, slips
from server.services.context import Context, Json, Op, Tx
from server.services.slips import Someone

TOTALS = timedelta(weeks=52)
"""How far back the group's totals go: from the Monday of that week."""
TO_WHOM = (Standing.MEMBER, Standing.FORMER, Standing.VISITOR)


@dataclass(frozen=True)
class ThanksView:
    """Thanks as one of the two sees them. `cents` None: the viewer is the one who is thanked, or the line is open."""

    uid: Uid
    mine: bool
    other: Someone
    cents: int | None
    currency: str
    is_repeat: bool
    tier: int
    thanked_on: date
    need: str
    """What the referral was about, when it is known from which one it came; otherwise empty."""
    comments: str
    confirmed: bool
    denied: bool

    @property
    def waits(self) -> bool:
        """Whether the one who is thanked has not answered yet."""
        return not (self.confirmed or self.denied)


@dataclass(frozen=True)
class ThanksPage:
    """One person's thanks, newest first, the group's totals, and the referrals that business may have come from."""

    thanks: tuple[ThanksView, ...]
    totals: tuple[Total, ...]
    currency: str
    from_slips: tuple[tuple[Uid, str], ...]


@dataclass(frozen=True)
class ThanksFields:
    """What the thanker writes. `slip`: the uid of the referral it came from, or empty."""

    cents: int
    currency: str = ""
    is_repeat: bool = False
    tier: int = 1
    thanked_on: date | None = None
    slip: str = ""
    comments: str = ""


def page(ctx: Context, group_id: GroupId, person_id: PersonId, *, money: bool) -> ThanksPage:
    """What one person thanked for and is thanked for; `money`: whether sums may travel this line. Six statements."""
    with ctx.reading() as db:
        group = db.get_one(Group, group_id)
        today = ctx.now().astimezone(ZoneInfo(group.time_zone)).date()
        rows = queries.of_person(db, group_id, person_id)
        people = slips.named(db, {each for row in rows for each in (row.thanker_id, row.thanked_id)})
        won = queries.won_by(db, group_id, person_id)
        return ThanksPage(
            thanks=tuple(_view(row, people, person_id, money) for row in rows),
            totals=queries.totals(db, group_id, since=weeks.monday(today - TOTALS)) if money else (),
            currency=group.currency,
            from_slips=tuple((Uid(slip.uid), f"{slips.someone(slip.giver).name}: {slip.need}") for slip in won),
        )


def all_of(ctx: Context, group_id: GroupId, person_id: PersonId, *, money: bool) -> tuple[ThanksView, ...]:
    """All that one person ever thanked for and was thanked for, newest first. Two statements."""
    with ctx.reading() as db:
        rows = queries.of_person(db, group_id, person_id, shown=None)
        people = slips.named(db, {each for row in rows for each in (row.thanker_id, row.thanked_id)})
        return tuple(_view(row, people, person_id, money) for row in rows)


def write(
    ctx: Context, *, group_id: GroupId, thanker: PersonId, to: str, fields: ThanksFields, op: Op | None = None
) -> Json:
    """Somebody thanks for business. With a referral it goes to its giver, whatever `to` says.

    Who has no board of their own cannot confirm: such thanks count at once. Answers `{uid, confirmed}`. Raises what
    the receiver's name, the day and `domain.thanks.check` raise, NotFound("slip_unknown").
    """

    def work(tx: Tx) -> Json:
        group = tx.db.get_one(Group, group_id)
        slip = queries.slip_won(tx.db, group_id, thanker, fields.slip) if fields.slip else None
        if fields.slip and slip is None:
            raise NotFound("slip_unknown")
        thanked = slip.giver if slip else receivers.meant(tx.db, group_id, thanker, to, TO_WHOM)
        rules.check(thanker, PersonId(thanked.id), fields.cents, fields.tier)
        today = tx.now.astimezone(ZoneInfo(group.time_zone)).date()
        thanked_on = fields.thanked_on or today
        check_day(thanked_on, today, "thanked_on")
        boarded = queries.standing(tx.db, group_id, thanked.id) is Standing.MEMBER
        row = Thanks(
            group_id=group_id,
            meeting_id=referrals.meeting_attended_now(tx.db, group_id, thanker, (MeetingStatus.OPEN,)),
            referral_id=slip.id if slip else None,
            thanker_id=thanker,
            thanked_id=thanked.id,
            cents=fields.cents,
            currency=rules.currency_of(fields.currency or group.currency),
            is_repeat=fields.is_repeat,
            tier=fields.tier,
            thanked_on=thanked_on,
            comments=names.tidy(fields.comments),
            created_at=tx.now,
            confirmed_at=None if boarded else tx.now,
        )
        tx.db.add(row)
        tx.db.flush()
        _tell(tx, row)
        return {"uid": row.uid, "confirmed": not boarded}

    return ctx.transaction(work, op=op)


def answer(ctx: Context, *, group_id: GroupId, person: PersonId, uid: str, yes: bool, op: Op | None = None) -> Json:
    """The one who is thanked says whether it came from their referral, without seeing the sum.

    Answers `{uid, confirmed}`. Raises NotFound("thanks_unknown") and what `domain.thanks.check_answer` raises.
    """

    def work(tx: Tx) -> Json:
        row = _found(tx, group_id, person, uid)
        answered = row.confirmed_at is not None or row.denied_at is not None
        rules.check_answer(person, PersonId(row.thanked_id), answered=answered)
        if yes:
            row.confirmed_at = tx.now
        else:
            row.denied_at = tx.now
        _tell(tx, row)
        return {"uid": row.uid, "confirmed": yes}

    return ctx.transaction(work, op=op)


def take_back(ctx: Context, *, group_id: GroupId, person: PersonId, uid: str, op: Op | None = None) -> Json:
    """Its author takes thanks back, as long as nobody has confirmed them. Raises WrongPhase("thanks_answered")."""

    def work(tx: Tx) -> Json:
        row = _found(tx, group_id, person, uid)
        rules.check_answer(person, PersonId(row.thanker_id), answered=row.confirmed_at is not None)
        tx.db.delete(row)
        _tell(tx, row)
        return {"uid": row.uid}

    return ctx.transaction(work, op=op)


def _found(tx: Tx, group_id: GroupId, person: PersonId, uid: str) -> Thanks:
    row = queries.own(tx.db, group_id, person, uid)
    if row is None:
        raise NotFound("thanks_unknown")
    return row


def _tell(tx: Tx, row: Thanks) -> None:
    both = PersonId(row.thanker_id), PersonId(row.thanked_id)
    tx.record(ThanksMoved(MeetingId(row.meeting_id or 0), both, Uid(row.uid)))


def _view(row: Said, people: Mapping[int, Someone], viewer: PersonId, money: bool) -> ThanksView:
    mine = row.thanker_id == viewer
    return ThanksView(
        uid=Uid(row.uid),
        mine=mine,
        other=people[row.thanked_id if mine else row.thanker_id],
        cents=row.cents if mine and money else None,
        currency=row.currency,
        is_repeat=row.is_repeat,
        tier=row.tier,
        thanked_on=row.thanked_on,
        need=row.need or "",
        comments=row.comments,
        confirmed=row.confirmed_at is not None,
        denied=row.denied_at is not None,
    )
