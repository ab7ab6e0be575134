"""Repairing a running meeting with one press: whoever comes, goes or never came, and tables and hosts that change."""

import pytest

from server.domain.vocabulary import AttendanceStatus, MeetingStatus, Uid
from server.persistence.models import Group, Meeting
from server.services import check_ins, console, pins, plan_runs, rounds, seating
from server.services.context import Tx
from server.services.plan_runs import Pace
from tests import builders
from tests.cast import Character
from tests.conftest import FakeClock
from tests.mornings import Morning
from tests.rooms import DOOR, everybody_in, room_of

QUICK = Pace(next_seconds=20, later_seconds=20, steps=200)
CAST = frozenset({"Olga", "Fiona", "Dora", "Mira", "Max", "Vik"})
Room = dict[int, dict[int, frozenset[str]]]


def _wish(morning: Morning, **fields: object) -> None:
    def work(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, morning.meeting_id)
        for name, value in fields.items():
            setattr(meeting, name, value)

    morning.ctx.transaction(work)


def _press(morning: Morning) -> None:
    """The one press, and all that comes of it."""
    plan_runs.begin(morning.ctx, meeting_id=morning.meeting_id, pace=QUICK)
    plan_runs.wait()


def _uid(morning: Morning, who: str) -> Uid:
    return Uid(morning.attendances[who])


def _leaves(morning: Morning, who: str) -> None:
    check_ins.leave(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=_uid(morning, who), desk=DOOR)


def _wanting(morning: Morning) -> console.Wanting:
    found = console.board(morning.ctx, morning.meeting_id).wanting
    assert found is not None
    return found


def _seated(room: Room, number: int) -> frozenset[str]:
    return frozenset.union(*room[number].values())


@pytest.fixture
def under_way(morning: Morning, clock: FakeClock) -> Morning:
    """Round 1 is over, round 2 runs, rounds 3 and 4 are to come; five people, Vik is still expected."""
    everybody_in(morning, but=("Vik",))
    _press(morning)
    here = {"meeting_id": morning.meeting_id}
    rounds.start(morning.ctx, number=1, version=0, **here)
    clock.pass_by(minutes=5)
    rounds.end(morning.ctx, number=1, version=1, **here)
    rounds.start(morning.ctx, number=2, version=0, **here)
    clock.pass_by(minutes=1)
    return morning


def _held(before: Room, after: Room) -> bool:
    return all(before[number] == after[number] for number in (1, 2))


def test_a_latecomer_gets_a_seat_with_one_press_and_what_has_begun_stays(under_way: Morning) -> None:
    before = room_of(under_way)
    everybody_in(under_way, only=("Vik",))
    wanting = _wanting(under_way)
    assert (wanting.number, wanting.seatless, wanting.missing) == (3, 1, 0)
    _press(under_way)
    after = room_of(under_way)
    assert _held(before, after)
    assert all(_seated(after, number) == CAST for number in (3, 4))
    assert not _wanting(under_way)


def test_a_walk_in_gets_a_seat_with_one_press(under_way: Morning) -> None:
    before = room_of(under_way)
    check_ins.add_walk_in(under_way.ctx, meeting_id=under_way.meeting_id, given_name="Zoë", desk=DOOR)
    _press(under_way)
    after = room_of(under_way)
    assert _held(before, after)
    assert all(_seated(after, number) == (CAST - {"Vik"}) | {"Zoë"} for number in (3, 4))


def test_somebody_who_leaves_early_frees_the_seat_and_nobody_sits_alone(under_way: Morning) -> None:
    before = room_of(under_way)
    _leaves(under_way, "Max")
    assert _wanting(under_way).missing == 1
    _press(under_way)
    after = room_of(under_way)
    assert _held(before, after)
    for number in (3, 4):
        assert _seated(after, number) == CAST - {"Vik", "Max"}
        assert all(len(people) == 2 for people in after[number].values())


def test_a_table_that_falls_below_two_is_merged(under_way: Morning) -> None:
    third = room_of(under_way)[3]
    pair = next(people for people in third.values() if len(people) == 2)
    gone = sorted(pair)[0]
    _leaves(under_way, gone)
    assert _wanting(under_way).alone == 1
    _press(under_way)
    after = room_of(under_way)
    assert all(len(people) >= 2 for number in (3, 4) for people in after[number].values())
    assert not _wanting(under_way)


def test_two_who_leave_leave_one_table_of_three(under_way: Morning) -> None:
    for who in ("Max", "Dora"):
        _leaves(under_way, who)
    _press(under_way)
    after = room_of(under_way)
    assert [sorted(map(len, after[number].values())) for number in (3, 4)] == [[3], [3]]


def test_somebody_who_was_planned_and_never_came_is_planned_no_more(morning: Morning, clock: FakeClock) -> None:
    _wish(morning, status=MeetingStatus.DRAFT, rounds_wanted=3)
    _press(morning)
    assert all(_seated(room_of(morning), number) == CAST for number in (1, 2, 3))
    _wish(morning, status=MeetingStatus.OPEN)
    everybody_in(morning, but=("Vik",))
    assert not _wanting(morning), "before the first round whoever is not here may still come"
    rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=1, version=0)
    running = room_of(morning)[1]
    assert _wanting(morning).missing == 1
    _press(morning)
    after = room_of(morning)
    assert after[1] == running, "a running round is never rebuilt"
    assert all(_seated(after, number) == CAST - {"Vik"} for number in (2, 3))


def test_few_others_move_when_somebody_comes(morning: Morning, clock: FakeClock) -> None:
    _twenty(morning)
    everybody_in(morning, but=("Vik",))
    _press(morning)
    rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=1, version=0)
    before = room_of(morning)
    everybody_in(morning, only=("Vik",))
    _press(morning)
    after = room_of(morning)
    for number in (2, 3):
        tables = {who: table for table, people in before[number].items() for who in people}
        moved = [who for table, people in after[number].items() for who in people if tables.get(who, table) != table]
        assert len(moved) <= 4, moved


def _twenty(morning: Morning) -> None:
    """Fourteen more people in the room, tables of four, three rounds."""

    def work(tx: Tx) -> None:
        group = tx.db.get_one(Group, morning.group_id)
        meeting = tx.db.get_one(Meeting, morning.meeting_id)
        meeting.table_size, meeting.rounds_wanted = 4, 3
        for number in range(14):
            person = builders.a_member(tx, group, Character(f"Guest{number}", "", "", f"Trade {number}", ""))
            builders.an_attendance(tx, meeting, person, status=AttendanceStatus.PRESENT, entered_at=tx.now)

    morning.ctx.transaction(work)


def test_a_closed_table_and_another_host_are_followed_from_the_next_round_on(under_way: Morning) -> None:
    before = room_of(under_way)
    here = {"meeting_id": under_way.meeting_id}
    pins.close_table(under_way.ctx, table=2, version=seating.version(under_way.ctx, under_way.meeting_id), **here)
    pins.host(
        under_way.ctx,
        person=_uid(under_way, "Mira"),
        table=1,
        version=seating.version(under_way.ctx, under_way.meeting_id),
        **here,
    )
    assert _wanting(under_way).unfollowed
    _press(under_way)
    after = room_of(under_way)
    assert _held(before, after)
    for number in (3, 4):
        assert sorted(after[number]) == [1, 3]
        assert "Mira" in after[number][1]
    assert not _wanting(under_way)


def test_before_the_doors_open_nobody_is_missing(morning: Morning) -> None:
    _wish(morning, status=MeetingStatus.DRAFT)
    _press(morning)
    assert console.board(morning.ctx, morning.meeting_id).wanting is None
