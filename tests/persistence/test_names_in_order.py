"""What lists are sorted by stands with each membership too, whoever wrote the person, the membership or both."""

import pytest
from sqlalchemy import delete, insert, select, update

from server.domain.vocabulary import GroupId, Standing
from server.persistence.base import new_uid
from server.persistence.database import Database
from server.persistence.models import Group, Membership, Person
from server.persistence.queries.people import Order
from server.services import people
from server.services.context import Context, Tx
from tests import builders
from tests.cast import VIK
from tests.mornings import Morning

KEPT = ("sort_key", "company_key", "sector_key")
LAST = "\U0010ffff"
"""What stands for nothing, behind every name."""


def _differing(ctx: Context) -> list[object]:
    """Memberships that say something else than their people."""
    both = [getattr(kind, name) for name in KEPT for kind in (Person, Membership)]
    with ctx.reading() as db:
        rows = db.execute(select(Membership.id, *both).join(Person, Person.id == Membership.person_id)).all()
    assert rows
    return [row for row in rows if any((row[at] or LAST) != row[at + 1] for at in range(1, 1 + 2 * len(KEPT), 2))]


def test_a_membership_follows_a_new_name_company_and_sector(ctx: Context, morning: Morning) -> None:
    assert _differing(ctx) == []

    def rename(tx: Tx) -> None:
        mira = tx.db.get_one(Person, morning.people["Mira"])
        mira.sort_key, mira.company, mira.sector = "aaa", "Zwei & Co", "Notary"

    ctx.transaction(rename)
    assert _differing(ctx) == []
    with ctx.reading() as db:
        kept = db.execute(
            select(*(getattr(Membership, name) for name in KEPT)).where(Membership.person_id == morning.people["Mira"])
        ).one()
    assert tuple(kept) == ("aaa", "zwei co", "notary")


def test_a_membership_that_moves_to_somebody_else_takes_their_name(ctx: Context, morning: Morning) -> None:
    mira, vik = morning.people["Mira"], morning.people["Vik"]

    def move(tx: Tx) -> None:
        tx.db.execute(delete(Membership).where(Membership.person_id == mira))
        tx.db.execute(update(Membership).where(Membership.person_id == vik).values(person_id=mira))

    ctx.transaction(move)
    assert _differing(ctx) == []


def test_rows_in_bulk_are_told_their_order_by_the_database(ctx: Context, morning: Morning) -> None:
    def bring(tx: Tx) -> None:
        group = tx.db.get_one(Group, morning.other_group_id)
        rows = [
            {"uid": new_uid(), "group_id": group.id, "person_id": key, "standing": Standing.FORMER, "sort_key": "?"}
            for key in tx.db.scalars(
                select(Person.id).where(Person.id.in_(morning.people[name] for name in ("Mira", "Olga")))
            )
        ]
        tx.db.execute(insert(Membership), rows)
        tx.db.execute(update(Person).values(sort_key=Person.sort_key + "x"))
        builders.a_member(tx, group, VIK)

    ctx.transaction(bring)
    assert _differing(ctx) == []


def test_who_loses_company_and_sector_stands_last_and_comes_back(ctx: Context, morning: Morning) -> None:
    def without(tx: Tx) -> None:
        mira = tx.db.get_one(Person, morning.people["Mira"])
        mira.company = mira.sector = ""

    ctx.transaction(without)
    assert _differing(ctx) == []
    for order in (Order.COMPANY, Order.SECTOR):
        listed = people.listed(ctx, GroupId(morning.group_id), people.Filter(order=order)).people
        named = [bool(each.fields.company if order is Order.COMPANY else each.fields.sector) for each in listed]
        assert named == sorted(named, reverse=True)
        assert "Mira" in [each.fields.given_name for each, here in zip(listed, named, strict=True) if not here]

    def back(tx: Tx) -> None:
        tx.db.get_one(Person, morning.people["Mira"]).company = "Aaa"

    ctx.transaction(back)
    assert _differing(ctx) == []
    first, *_ = people.listed(ctx, GroupId(morning.group_id), people.Filter(order=Order.COMPANY)).people
    assert first.fields.given_name == "Mira"


@pytest.mark.parametrize("first", ["sort_key", "company_key", "sector_key"])
def test_a_page_of_the_list_is_found_along_an_index(database: Database, first: str) -> None:
    order = ", ".join(dict.fromkeys((first, "sort_key", "person_id")))
    question = f"SELECT id FROM memberships WHERE group_id = 1 ORDER BY {order} LIMIT 50 OFFSET 3000"
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            # Of an empty table PostgreSQL would read all.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_sort = off")
        asked = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        plan = str(connection.exec_driver_sql(f"{asked} {question}").all())
    assert f"ix_memberships_group_id_{first}" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort Key" not in plan
