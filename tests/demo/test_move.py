"""Moving a made-up history by whole days, on both databases."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from server.domain.errors import NotFound
from server.persistence.models import Attendance, Meeting, OneToOne
from server.services import demo_days
from server.services.context import Context, Tx
from tests import builders
from tests.mornings import Morning
from tests.rooms import everybody_in

WEEK = timedelta(days=7)


@pytest.fixture
def made_up(morning: Morning) -> Morning:
    """The cast's morning as if it were made up, with coffees a week apart."""

    def work(tx: Tx) -> None:
        tx.db.get_one(Meeting, morning.meeting_id).is_demo = True
        first, second = sorted((morning.people["Mira"], morning.people["Max"]))
        for day in (date(2026, 11, 5), date(2026, 11, 12), date(2026, 11, 19)):
            tx.db.add(OneToOne(group_id=morning.group_id, first_id=first, second_id=second, held_on=day))

    everybody_in(morning, only=("Mira",))
    morning.ctx.transaction(work)
    return morning


def _coffees(ctx: Context) -> list[date]:
    with ctx.reading() as db:
        return sorted(db.scalars(select(OneToOne.held_on)))


@pytest.mark.parametrize("weeks", [1, -1])
def test_what_is_there_once_a_day_moves_past_each_other(made_up: Morning, weeks: int) -> None:
    before = _coffees(made_up.ctx)
    start = builders.START.replace(tzinfo=None) + weeks * WEEK + timedelta(hours=2)
    assert demo_days.move(made_up.ctx, meeting_id=made_up.meeting_id, starts_local=start) == 7 * weeks
    assert _coffees(made_up.ctx) == [day + weeks * WEEK for day in before]
    with made_up.ctx.reading() as db:
        meeting = db.get_one(Meeting, made_up.meeting_id)
        entered = db.scalar(select(Attendance.entered_at).where(Attendance.uid == made_up.attendances["Mira"]))
    assert meeting.slug == f"breakfast-no-214-{start.date()}"
    # Eight on the clock of the place, whose hour is one ahead of UTC in winter.
    assert meeting.starts_at == builders.START + weeks * WEEK + timedelta(hours=1)
    assert entered == builders.START - timedelta(minutes=10) + weeks * WEEK


def test_a_move_within_the_day_changes_the_start_alone(made_up: Morning) -> None:
    before = _coffees(made_up.ctx)
    noon = datetime(2026, 11, 26, 12, 0)  # noqa: DTZ001  # the wall clock of the place
    assert demo_days.move(made_up.ctx, meeting_id=made_up.meeting_id, starts_local=noon) == 0
    assert _coffees(made_up.ctx) == before
    assert demo_days.newest(made_up.ctx) is not None


def test_a_group_of_ones_own_is_never_moved(morning: Morning) -> None:
    with pytest.raises(NotFound):
        demo_days.move(morning.ctx, meeting_id=morning.meeting_id, starts_local=datetime(2026, 12, 1, 9))  # noqa: DTZ001
    assert demo_days.newest(morning.ctx) is None
