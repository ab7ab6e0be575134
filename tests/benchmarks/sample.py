"""What the services write beside what the loader of `years` writes: a sample of each row, column by column."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from server.app import create_context
from server.config import Settings
from server.domain.activities import ActivityKind
from server.domain.referrals import Served
from server.domain.vocabulary import GroupId, PersonId, ReferralState, Uid
from server.persistence.base import Base
from server.persistence.models import Activity, OneToOne, Person, Referral, ReferralMove, Thanks
from server.services import activities, one_to_ones, referrals, thanks
from server.services.activities import ActivityFields
from server.services.context import Context
from server.services.referrals import SlipFields
from server.services.thanks import ThanksFields
from tests.benchmarks import years

FREE = frozenset({"level", "served", "cents"})
"""What the loader varies from row to row."""


def check(folder: Path) -> int:
    """Compares; gives how many columns were. Raises AssertionError naming the column that differs."""
    ctx = create_context(Settings(instance=folder))
    written, people = ctx.transaction(years.a_group)
    loaded, others = ctx.transaction(years.a_group)
    _write(ctx, written, people[:2])
    years.live(ctx, loaded, others, range(1))
    compared = 0
    for model in (Referral, ReferralMove, Thanks, OneToOne, Activity):
        table: sa.Table = Base.metadata.tables[model.__tablename__]
        mine, theirs = (_rows(ctx, table, group) for group in (written, loaded))
        for own, other in zip(mine, theirs, strict=False):
            for name in own:
                assert own[name] == other[name], f"{table.name}.{name}: {own[name]!r} is not {other[name]!r}"
                compared += 1
    ctx.database.close()
    return compared


def _rows(ctx: Context, table: sa.Table, group: GroupId) -> list[dict[str, Any]]:
    """The first rows of a group, without what tells two rows of one kind apart."""
    question = sa.select(table).order_by(table.c.id).limit(4 if table.name == "referral_moves" else 1)
    if "group_id" in table.c:
        question = question.where(table.c.group_id == group)
    else:
        slips = Base.metadata.tables["referrals"]
        question = question.join(slips, slips.c.id == table.c.referral_id).where(slips.c.group_id == group)
    with ctx.reading() as db:
        return [
            {name: _plain(table.c[name], value) for name, value in row.items() if name not in FREE}
            for row in db.execute(question).mappings()
        ]


def _plain(column: sa.Column[Any], value: object) -> object:
    """Keys, uids and moments differ from row to row; that they are there does not."""
    is_key = column.primary_key or column.foreign_keys or column.name == "uid"
    return "something" if isinstance(value, datetime | date) or (is_key and value is not None) else value


def _write(ctx: Context, group: GroupId, people: list[PersonId]) -> None:
    giver, receiver = people
    with ctx.reading() as db:
        uids = {person: Uid(db.get_one(Person, person).uid) for person in people}
    fields = SlipFields(
        need="A roof", level=3, vouch="used_it", consent=True, prospect_name="Somebody", reach="031 555",
        ways=("written",), comments="",
    )  # fmt: skip
    to = "Member1 Oldenough"
    slip = referrals.write(ctx, group_id=group, giver=giver, to=to, fields=fields, give=True)
    for state in years.WAY[2:]:
        slip |= referrals.move(
            ctx, group_id=group, actor=receiver, uid=slip["uid"], version=slip["version"], to=ReferralState(state)
        )
    referrals.tell_served(ctx, group_id=group, actor=giver, uid=slip["uid"], version=slip["version"], served=Served.YES)
    said = thanks.write(ctx, group_id=group, thanker=receiver, to="Member0 Oldenough", fields=ThanksFields(12_345))
    thanks.answer(ctx, group_id=group, person=giver, uid=said["uid"], yes=True)
    for teller, other in ((giver, receiver), (receiver, giver)):
        one_to_ones.say_held(
            ctx,
            group_id=group,
            teller=teller,
            other=uids[other],
            held_on=ctx.now().date(),
        )
    activities.write(ctx, group_id=group, person=giver, fields=ActivityFields(ActivityKind.TRAINING, minutes=60))
