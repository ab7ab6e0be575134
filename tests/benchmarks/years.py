"""Years of many groups, written past the services: the same morning every week, for everybody, as rows of tables.

One group is written row by row into a database of its own with all its rules on; `sample` holds what the services
write beside it. The other database gets it as often as there are groups, with one statement a table: a key becomes
`key * groups + which`, so that the groups lie between each other as they would after years together.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import insert

from server.app import create_context
from server.config import Settings
from server.domain.activities import ActivityKind
from server.domain.referrals import Served
from server.domain.vocabulary import (
    AttendanceStatus,
    GroupId,
    MeetingStatus,
    PersonId,
    ReferralKind,
    ReferralState,
    RoundPhase,
    Standing,
)
from server.persistence.base import Base, new_uid
from server.persistence.models import (
    Activity,
    AgendaItem,
    Attendance,
    Encounter,
    Group,
    Meeting,
    Membership,
    OneToOne,
    Person,
    Referral,
    ReferralMove,
    Round,
    Thanks,
)
from server.services.context import Context, Tx
from tests import builders
from tests.cast import Character

MEMBERS = 60
BUSY = 50
"""So many of the members came all the years; the others have just joined."""
AT_ONCE = 26
"""Weeks of one transaction."""
COPIED = (
    Group, Person, Membership, Meeting, AgendaItem, Attendance, Round, Encounter, OneToOne, Referral, ReferralMove,
    Thanks, Activity,
)  # fmt: skip
"""What a group consists of, in an order in which nothing points to what is not there yet."""
WAY = (
    ReferralState.DRAFT,
    ReferralState.GIVEN,
    ReferralState.ACCEPTED,
    ReferralState.CONTACTED,
    ReferralState.WON,
)
"""How each slip went."""


def a_group(tx: Tx) -> tuple[GroupId, list[PersonId]]:
    """A group with its members."""
    group = builders.a_group(tx, "A group of ten years")
    found = []
    for number in range(MEMBERS):
        who = Character(f"Member{number}", "Oldenough", f"Firm {number}", f"Trade {number}", f"m{number}@example.org")
        found.append(PersonId(builders.a_member(tx, group, who, Standing.MEMBER).id))
    return GroupId(group.id), found


def live(ctx: Context, group_id: GroupId, people: list[PersonId], weeks: range) -> None:
    """Weeks of a group's life, counted back from now: 0 is this one."""
    backwards = sorted(weeks, reverse=True)
    for at in range(0, len(backwards), AT_ONCE):
        ctx.transaction(partial(_portion, group_id=group_id, people=people, some=backwards[at : at + AT_ONCE]))


def _portion(tx: Tx, group_id: GroupId, people: list[PersonId], some: list[int]) -> None:
    slips: list[dict[str, Any]] = []
    moves: list[dict[str, Any]] = []
    thanks: list[dict[str, Any]] = []
    first = (tx.db.scalar(sa.select(sa.func.max(Referral.id))) or 0) + 1
    for week in some:
        at = tx.now - timedelta(weeks=week, hours=1)
        for place, giver in enumerate(people[:BUSY]):
            receiver = people[(place + 1 + week % (BUSY - 1)) % BUSY]
            slips.append(a_slip(first + len(slips), group_id, giver, receiver, at))
            moves += the_moves(slips[-1], at)
            if place % 5 == 0:
                thanks.append(a_thank_you(group_id, receiver, giver, at))
    for table, made in ((Referral, slips), (ReferralMove, moves), (Thanks, thanks)):
        tx.db.execute(insert(table), made)
    for week in some:
        _morning(tx, group_id, people, week, tx.now - timedelta(weeks=week, hours=1))


def _morning(tx: Tx, group_id: GroupId, people: list[PersonId], week: int, at: datetime) -> None:
    """Everybody came but every seventh, some late, with one guest; two rounds at tables of four; some one-to-ones."""
    meeting = Meeting(
        group_id=group_id,
        slug=f"w{week}",
        name="Breakfast",
        starts_at=at,
        time_zone="Europe/Rome",
        status=MeetingStatus.CLOSED,
    )
    tx.db.add(meeting)
    tx.db.flush()
    tx.db.add(
        AgendaItem(
            meeting_id=meeting.id,
            position=0,
            kind="welcome",
            title="Welcome",
            minutes=5,
            began_at=at,
            ended_at=at + timedelta(minutes=6),
        )
    )
    busy = people[:BUSY]
    there = [person for place, person in enumerate(busy) if (place + week) % 7]
    who = Character(f"Guest{week}", "Once", "", "Trade", "")
    guest = builders.a_person(tx, who)
    tx.db.add(Membership(group_id=group_id, person_id=guest.id, standing=Standing.VISITOR))
    lines: list[tuple[PersonId, Standing, bool, PersonId | None]]
    lines = [(person, Standing.MEMBER, person in there, None) for person in busy]
    lines.append((PersonId(guest.id), Standing.VISITOR, True, busy[week % BUSY]))
    tx.db.execute(
        insert(Attendance),
        [
            {
                "uid": new_uid(),
                "meeting_id": meeting.id,
                "person_id": person,
                "standing": standing,
                "status": AttendanceStatus.PRESENT if came else AttendanceStatus.APOLOGISED,
                "entered_at": at + timedelta(minutes=person % 20) if came else None,
                "invited_by_id": inviter,
            }
            for person, standing, came, inviter in lines
        ],
    )
    tx.db.execute(insert(Encounter), list(_met(tx, group_id, meeting, there, week, at)))
    pairs = [sorted((busy[at_], busy[(at_ + 1 + week % (BUSY - 1)) % BUSY])) for at_ in range(week % 5, BUSY, 12)]
    tx.db.execute(insert(OneToOne), [a_one_to_one(group_id, one, other, at) for one, other in pairs])
    tx.db.execute(
        insert(Activity),
        [
            {
                "uid": new_uid(),
                "group_id": group_id,
                "person_id": busy[(week * 3 + number) % BUSY],
                "kind": ActivityKind.TRAINING,
                "held_on": at.date(),
                "minutes": 60,
                "created_at": at,
            }
            for number in range(3)
        ],
    )


def _met(
    tx: Tx, group_id: GroupId, meeting: Meeting, there: list[PersonId], week: int, at: datetime
) -> Iterator[dict[str, Any]]:
    for number in (1, 2):
        held = Round(meeting_id=meeting.id, number=number, length_ms=300_000, phase=RoundPhase.ENDED)
        tx.db.add(held)
        tx.db.flush()
        order = there[week * number % len(there) :] + there[: week * number % len(there)]
        for table in range(0, len(order) - 3, 4):
            for one, other in combinations(sorted(order[table : table + 4]), 2):
                yield {
                    "group_id": group_id,
                    "meeting_id": meeting.id,
                    "round_id": held.id,
                    "first_id": one,
                    "other_id": other,
                    "number": number,
                    "met_on": at.date(),
                }


def a_slip(key: int, group_id: GroupId, giver: PersonId, receiver: PersonId, at: datetime) -> dict[str, Any]:
    """A slip that went its whole way."""
    return {
        "id": key,
        "uid": new_uid(),
        "group_id": group_id,
        "giver_id": giver,
        "receiver_id": receiver,
        "kind": ReferralKind.REFERRAL,
        "state": WAY[-1],
        "given_on": at.date(),
        "prospect_name": "Somebody",
        "prospect_reach": "031 555",
        "prospect_consent": True,
        "need": "A roof",
        "level": 1 + key % 5,
        "vouch": "used_it",
        "ways": "written",
        "served": list(Served)[key % 3],
        "served_at": at,
        "created_at": at,
        "changed_at": at + timedelta(hours=len(WAY) - 2),
        "given_at": at,
        "answered_at": at + timedelta(hours=2),
        "version": len(WAY),
    }


def the_moves(slip: dict[str, Any], at: datetime) -> list[dict[str, Any]]:
    """How it went there; the giver gave it, the receiver did the rest."""
    return [
        {
            "referral_id": slip["id"],
            "actor_id": slip["giver_id"] if number == 0 else slip["receiver_id"],
            "from_state": before,
            "to_state": after,
            "reason": "",
            "note": "",
            "moved_at": at + timedelta(hours=number),
        }
        for number, (before, after) in enumerate(pairwise(WAY))
    ]


def a_thank_you(group_id: GroupId, thanker: PersonId, thanked: PersonId, at: datetime) -> dict[str, Any]:
    """Thanks that were confirmed."""
    return {
        "uid": new_uid(),
        "group_id": group_id,
        "thanker_id": thanker,
        "thanked_id": thanked,
        "cents": 12_345,
        "currency": "EUR",
        "thanked_on": at.date(),
        "created_at": at,
        "confirmed_at": at,
    }


def a_one_to_one(group_id: GroupId, one: int, other: int, at: datetime) -> dict[str, Any]:
    """A meeting of two that both confirmed."""
    return {
        "uid": new_uid(),
        "group_id": group_id,
        "first_id": one,
        "second_id": other,
        "held_on": at.date(),
        "first_confirmed_at": at,
        "second_confirmed_at": at,
    }


def multiply(one: Context, many: Context, groups: int, known: dict[str, int]) -> None:
    """What is in the first database beyond the keys `known`, as often as there are groups, in the second."""
    many.database.close()
    with one.database.engine.connect() as source, _loading(many) as line:
        numbers = sa.Table("many_numbers", sa.MetaData(), sa.Column("which", sa.Integer), prefixes=["TEMPORARY"])
        numbers.create(line)
        line.execute(insert(numbers), [{"which": which} for which in range(groups)])
        for model in COPIED:
            table: sa.Table = Base.metadata.tables[model.__tablename__]
            rows = source.execute(
                sa.select(table).where(table.c.id > known.get(table.name, 0)).order_by(table.c.id)
            ).mappings()
            kept = [dict(row) for row in rows]
            if not kept:
                continue
            known[table.name] = max(row["id"] for row in kept)
            staged = sa.Table(
                f"many_{table.name}",
                sa.MetaData(),
                *(sa.Column(column.name, column.type) for column in table.c),
                prefixes=["TEMPORARY"],
            )
            staged.create(line)
            line.execute(insert(staged), kept)
            line.execute(_copies(table, staged, numbers, groups))
            staged.drop(line)
            line.commit()
        numbers.drop(line)


@contextmanager
def copied(many: Context, folder: Path) -> Iterator[Context]:
    """The same database once more as it is now: for SQLite in that folder, on PostgreSQL beside it, dropped again."""
    engine = many.database.engine
    if many.database.is_sqlite:
        many.database.close()
        shutil.copytree(many.settings.instance, folder)
        found = create_context(Settings(instance=folder))
        yield found
        found.database.close()
        return
    name, other = str(engine.url.database), f"{engine.url.database}_half"
    folder.mkdir()
    many.database.close()
    admin = sa.create_engine(engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as line:
        line.exec_driver_sql(f'CREATE DATABASE "{other}" TEMPLATE "{name}"')
    found = create_context(
        Settings(instance=folder, database=engine.url.set(database=other).render_as_string(hide_password=False))
    )
    try:
        yield found
    finally:
        found.database.close()
        with admin.connect() as line:
            line.exec_driver_sql(f'DROP DATABASE "{other}" WITH (FORCE)')
        admin.dispose()


def _copies(table: sa.Table, staged: sa.Table, numbers: sa.Table, groups: int) -> sa.Insert:
    def spread(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
        key = staged.c.id * groups + numbers.c.which
        if column.name == "uid":
            return sa.literal("B") + sa.cast(key, sa.String)
        if column.primary_key or column.foreign_keys:
            return staged.c[column.name] * groups + numbers.c.which
        return staged.c[column.name]

    question = (
        sa.select(*(spread(column) for column in table.c))
        .select_from(staged.join(numbers, sa.true()))
        .order_by(staged.c.id, numbers.c.which)
    )
    return insert(table).from_select([column.name for column in table.c], question)


@contextmanager
def _loading(many: Context) -> Iterator[sa.Connection]:
    """A transaction without durability, rules and indexes; they are made anew afterwards."""
    tables = [Base.metadata.tables[model.__tablename__] for model in COPIED]
    indexes = [index for table in tables for index in table.indexes]
    sqlite = many.database.is_sqlite
    with many.database.engine.connect() as line:
        if sqlite:
            raw: Any = line.connection.dbapi_connection
            for pragma in ("foreign_keys=OFF", "journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000"):
                raw.execute(f"PRAGMA {pragma}")
        else:
            line.exec_driver_sql("SET session_replication_role = replica")
            line.exec_driver_sql("SET statement_timeout = 0")
            line.exec_driver_sql("SET maintenance_work_mem = '1GB'")
            line.exec_driver_sql("SET synchronous_commit = off")
        for index in indexes:
            index.drop(line)
        line.commit()
        yield line
        for index in indexes:
            index.create(line)
            line.commit()
        if sqlite:
            line.exec_driver_sql("ANALYZE")
            line.commit()
            raw.execute("PRAGMA journal_mode=WAL")
        line.invalidate()
    if not sqlite:
        # What the database does by itself while rows come over years, and cannot while they come at one go.
        with many.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as line:
            line.exec_driver_sql("VACUUM (ANALYZE)")
            line.invalidate()
