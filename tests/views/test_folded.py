"""What pages and files say of people who are no longer here: sums that add up, and no name."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, update

from server.domain.fees import FeeState
from server.domain.vocabulary import GroupId, MeetingStatus, ReferralState
from server.persistence.models import Meeting, Person
from server.services import fees, folding
from server.services.context import Tx
from tests.conftest import Browser
from tests.mornings import Morning
from tests.rooms import an_earlier_morning, everybody_in
from tests.services.test_growth import ROUNDS
from tests.services.test_slips import _give, _move

Open = Callable[[str | None], Browser]


@pytest.fixture
def afterwards(morning: Morning) -> Morning:
    """Max came, paid, gave and received, and is no longer here."""
    early = an_earlier_morning(morning, ROUNDS)
    everybody_in(morning)
    _give(morning, giver="Max", to="Mira", inside=True)
    won = (ReferralState.ACCEPTED, ReferralState.CONTACTED, ReferralState.WON)
    _move(morning, "Max", _give(morning, giver="Mira", to="Max"), *won)

    def prepare(tx: Tx) -> None:
        tx.db.execute(update(Meeting).where(Meeting.id == morning.meeting_id).values(member_fee_cents=1234))

    def go(tx: Tx) -> None:
        tx.db.execute(
            update(Meeting).where(Meeting.id.in_((early, morning.meeting_id))).values(status=MeetingStatus.CLOSED)
        )
        folding.fold(tx, GroupId(morning.group_id), morning.people["Max"])
        tx.db.execute(delete(Person).where(Person.id == morning.people["Max"]))

    morning.ctx.transaction(prepare)
    fees.settle(
        morning.ctx, meeting_id=morning.meeting_id, attendance_uid=morning.attendances["Max"], state=FeeState.PAID
    )
    morning.ctx.transaction(go)
    return morning


def test_a_week_and_its_file_have_a_line_without_a_name(afterwards: Morning, browser: Open) -> None:
    page = browser("Olga").get("/o/weeks/2026-11-23").get_data(as_text=True)
    assert "People no longer here" in page
    assert "Max" not in page
    assert "D'Alò" not in page
    file = browser("Olga").get("/o/weeks/2026-11-23.csv").get_data(as_text=True)
    [line] = [row for row in file.splitlines() if "People no longer here" in row]
    assert line.split(",")[0] == "*"


def test_a_week_in_which_nobody_is_missing_has_no_such_line(morning: Morning, browser: Open) -> None:
    _give(morning)
    assert "People no longer here" not in browser("Olga").get("/o/weeks/2026-11-23").get_data(as_text=True)


def test_the_fees_and_their_file_add_up(afterwards: Morning, browser: Open) -> None:
    page = browser("Olga").get(f"/o/{afterwards.meeting_uid}/fees").get_data(as_text=True)
    assert "People no longer here" in page
    assert "Max" not in page
    rows = browser("Olga").get(f"/o/{afterwards.meeting_uid}/fees.csv").get_data(as_text=True).splitlines()
    received = [row.split(",")[6] for row in rows[1:]]
    assert [row.split(",")[0] for row in rows[-2:]] == ["People no longer here", "Together"]
    assert received[-2:] == ["12.34", "12.34"]


def test_the_report_of_a_meeting_says_who_is_counted_and_not_listed(afterwards: Morning, browser: Open) -> None:
    page = browser("Olga").get(f"/o/{afterwards.meeting_uid}/report").get_data(as_text=True)
    assert "People no longer here are counted above and not listed: expected 1, came 1." in page


def test_what_grew_with_somebody_who_went_is_counted_and_its_way_not_told(afterwards: Morning, browser: Open) -> None:
    with afterwards.ctx.reading() as db:
        held = select(Meeting.uid).where(Meeting.group_id == afterwards.group_id).order_by(Meeting.starts_at)
        uid = db.scalars(held).first()
    page = browser("Olga").get(f"/o/{uid}/growth").get_data(as_text=True)
    assert "With people no longer here, and so without its way: 1." in page
    assert "Nothing has become business yet" not in page
