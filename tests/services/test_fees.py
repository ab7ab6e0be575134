"""The fee list: paid at the door or at the desk, free by a word, and a cash box that adds up to the cent."""

import csv
import io

import pytest
from sqlalchemy import update

from server.domain.errors import NotFound
from server.domain.fees import Cash, FeeState
from server.domain.vocabulary import Uid
from server.formats.tables import read_table
from server.persistence.models import Meeting
from server.services import check_ins, expected, fees, head_counts
from server.services.context import Op, Tx
from server.services.head_counts import HeadCount
from tests.conftest import FakeClock
from tests.mornings import Morning
from tests.rooms import everybody_in

WORDS = {word: word for word in ("member", "visitor", "former", "yes", "paid", "owes", "free", "total")}
HEADS = ("Name", "Company", "Kind", "Came", "Fee", "Asked", "Received", "Paid at")


def _ask(morning: Morning, members: int = 1250, visitors: int = 2000) -> None:
    def work(tx: Tx) -> None:
        tx.db.execute(
            update(Meeting)
            .where(Meeting.id == morning.meeting_id)
            .values(member_fee_cents=members, visitor_fee_cents=visitors)
        )

    morning.ctx.transaction(work)


def _say(morning: Morning, who: str, state: FeeState) -> str:
    answer = fees.settle(
        morning.ctx, meeting_id=morning.meeting_id, attendance_uid=morning.attendances[who], state=state
    )
    return str(answer["state"])


def test_the_cash_box_knows_what_each_paid_whatever_the_fee_is_now(morning: Morning) -> None:
    _ask(morning)
    everybody_in(morning, only=["Mira", "Max", "Vik"])
    _say(morning, "Mira", FeeState.PAID)
    check_ins.pay(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=morning.attendances["Vik"])
    assert fees.sheet(morning.ctx, morning.meeting_id).cash == Cash(3250, 1250)
    _ask(morning, members=1500)
    assert fees.sheet(morning.ctx, morning.meeting_id).cash == Cash(3250, 1500)
    _say(morning, "Mira", FeeState.PAID)
    assert fees.sheet(morning.ctx, morning.meeting_id).cash.received == 3250, "the same press once more"
    assert _say(morning, "Mira", FeeState.OWES) == "owes"
    check_ins.pay(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=morning.attendances["Vik"], paid=False)
    assert fees.sheet(morning.ctx, morning.meeting_id).cash == Cash(0, 5000)


def test_whoever_is_free_is_not_asked_at_the_door(morning: Morning) -> None:
    _ask(morning)
    assert _say(morning, "Vik", FeeState.FREE) == "free"
    everybody_in(morning, only=["Vik"])
    found = fees.sheet(morning.ctx, morning.meeting_id)
    assert found.cash == Cash(0, 0)
    assert found.count(FeeState.FREE) == 1
    assert _say(morning, "Vik", FeeState.OWES) == "owes"
    assert fees.sheet(morning.ctx, morning.meeting_id).cash == Cash(0, 2000)


def test_who_excused_themselves_owes_nothing_but_a_payment_stays(morning: Morning) -> None:
    _ask(morning)
    _say(morning, "Max", FeeState.PAID)
    for who in ("Max", "Mira"):
        expected.apologise(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=morning.attendances[who])
    found = fees.sheet(morning.ctx, morning.meeting_id)
    assert {line.uid for line in found.lines} & {morning.attendances["Max"], morning.attendances["Mira"]} == {
        morning.attendances["Max"]
    }
    assert found.cash.received == 1250
    assert head_counts.of(morning.ctx, morning.meeting_id) == HeadCount(members=3, visitors=1, away=2)
    assert head_counts.of(morning.ctx, morning.meeting_id).together == 4


def test_a_payment_sent_twice_is_taken_once_and_a_strange_line_is_refused(morning: Morning) -> None:
    _ask(morning)
    op = Op("p" * 40, "settle_fee", {"uid": "x"})
    for _ in range(2):
        fees.settle(
            morning.ctx,
            meeting_id=morning.meeting_id,
            attendance_uid=morning.attendances["Max"],
            state=FeeState.PAID,
            op=op,
        )
    assert fees.sheet(morning.ctx, morning.meeting_id).cash.received == 1250
    with pytest.raises(NotFound, match="attendance_unknown"):
        fees.settle(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=Uid("0" * 16), state=FeeState.PAID)


@pytest.mark.parametrize(("language", "sign"), [("en", "12.50"), ("it", "12,50")])
def test_the_file_says_what_the_page_says(morning: Morning, clock: FakeClock, language: str, sign: str) -> None:
    _ask(morning)
    _say(morning, "Mira", FeeState.PAID)
    found = fees.sheet(morning.ctx, morning.meeting_id)
    at = {uid: f"{moment:%H:%M}" for uid, moment in fees.moments(found).items()}
    more = {"headings": HEADS, "words": WORDS, "paid_at": at, "language": language}
    rows = list(
        csv.reader(
            io.StringIO(fees.written(found, kind="csv", **more).decode("utf-8-sig")),  # type: ignore[arg-type]
            delimiter=";" if language == "it" else ",",
        )
    )
    mira = next(row for row in rows if row[0] == "Mira Łukasik")
    assert mira[2:] == ["member", "", "paid", sign, sign, "05:50"]
    assert rows[-1] == ["total", "", "", "", "EUR", "", sign, ""]
    book = read_table(fees.written(found, kind="xlsx", **more), name="fees.xlsx")  # type: ignore[arg-type]
    assert [list(row.cells) for row in book.rows][-1] == rows[-1]
