"""The roster of a meeting: suggested, settled, offered, taken over, taken back, and kept in the balance."""

import pytest
from sqlalchemy import select

from server.domain.activities import ActivityKind
from server.domain.duties import Duty
from server.domain.errors import Conflict, NotFound, RuleViolation, WrongPhase
from server.domain.vocabulary import AttendanceStatus, GroupId, MeetingStatus
from server.persistence.models import Activity, Attendance, DutyRow, Group, Meeting
from server.services import activities, duties, meetings
from server.services.context import Context, Tx
from tests import builders
from tests.conftest import Statements
from tests.mornings import Morning
from tests.services.test_merging import _uids


def _held(ctx: Context, morning: Morning) -> dict[tuple[str, int], str]:
    found = duties.roster(ctx, morning.meeting_id)
    return {(place.duty.value, place.number): place.name.split()[0] for place in found.places if place.holder}


def test_empty_places_are_filled_with_members_who_come_and_taken_back(ctx: Context, morning: Morning) -> None:
    assert duties.suggest(ctx, meeting_id=morning.meeting_id) == 7
    held = _held(ctx, morning)
    assert len(held) == 7
    assert "Vik" not in held.values()
    assert set(held.values()) == {"Olga", "Fiona", "Dora", "Mira", "Max"}
    assert duties.suggest(ctx, meeting_id=morning.meeting_id) == 0
    entry = duties.roster(ctx, morning.meeting_id).last_change
    assert entry is not None
    duties.take_back(ctx, meeting_id=morning.meeting_id, entry=entry)
    assert _held(ctx, morning) == {}
    assert duties.roster(ctx, morning.meeting_id).last_change is None
    with pytest.raises(Conflict, match="undo_moved_on"):
        duties.take_back(ctx, meeting_id=morning.meeting_id, entry=entry)


def test_whoever_is_not_coming_any_more_leaves_the_place(ctx: Context, morning: Morning) -> None:
    (mira,) = _uids(ctx, morning.people["Mira"])
    duties.settle(ctx, meeting_id=morning.meeting_id, holders={(Duty.CLOCK, 0): mira})

    def away(tx: Tx) -> None:
        row = tx.db.scalars(select(Attendance).where(Attendance.person_id == morning.people["Mira"])).one()
        row.status = AttendanceStatus.APOLOGISED

    ctx.transaction(away)
    (clock,) = [p for p in duties.roster(ctx, morning.meeting_id).places if p.duty is Duty.CLOCK]
    assert (clock.name, clock.coming) == ("Mira Łukasik", False)
    duties.suggest(ctx, meeting_id=morning.meeting_id)
    assert "Mira" not in _held(ctx, morning).values()


def test_the_organiser_chooses_and_only_members_who_come(ctx: Context, morning: Morning) -> None:
    mira, max_, vik, sam = _uids(ctx, *(morning.people[name] for name in ("Mira", "Max", "Vik", "Sam")))
    duties.settle(ctx, meeting_id=morning.meeting_id, holders={(Duty.DOOR, 0): mira, (Duty.DOOR, 1): max_})
    duties.settle(ctx, meeting_id=morning.meeting_id, holders={(Duty.DOOR, 0): max_, (Duty.DOOR, 1): ""})
    assert _held(ctx, morning) == {("door", 0): "Max"}
    for stranger in (vik, sam, "0" * 16):
        with pytest.raises(RuleViolation, match="duty_needs_member"):
            duties.settle(ctx, meeting_id=morning.meeting_id, holders={(Duty.CLOCK, 0): stranger})
    with pytest.raises(RuleViolation, match="duty_needs_member"):
        duties.settle(ctx, meeting_id=morning.meeting_id, holders={(Duty.CLOCK, 9): mira})


def test_a_duty_is_offered_and_taken_over_once(ctx: Context, morning: Morning) -> None:
    group = GroupId(morning.group_id)
    (mira,) = _uids(ctx, morning.people["Mira"])
    duties.settle(ctx, meeting_id=morning.meeting_id, holders={(Duty.MINUTES, 0): mira})
    (mine,) = duties.of_member(ctx, group, morning.people["Mira"])[morning.meeting_uid]
    assert (mine.mine, mine.offered) == (True, False)
    assert duties.of_member(ctx, group, morning.people["Max"]) == {}
    with pytest.raises(Conflict, match="duty_taken"):
        duties.take_over(ctx, group_id=group, person=morning.people["Max"], uid=mine.uid)
    with pytest.raises(NotFound):
        duties.offer(ctx, group_id=group, person=morning.people["Max"], uid=mine.uid, offered=True)
    duties.offer(ctx, group_id=group, person=morning.people["Mira"], uid=mine.uid, offered=True)
    duties.offer(ctx, group_id=group, person=morning.people["Mira"], uid=mine.uid, offered=False)
    assert duties.of_member(ctx, group, morning.people["Max"]) == {}
    duties.offer(ctx, group_id=group, person=morning.people["Mira"], uid=mine.uid, offered=True)
    (offered,) = duties.of_member(ctx, group, morning.people["Max"])[morning.meeting_uid]
    assert (offered.mine, offered.holder) == (False, "Mira Ł.")
    for stranger in ("Vik", "Sam"):
        with pytest.raises(NotFound, match="duty_unknown"):
            duties.take_over(ctx, group_id=group, person=morning.people[stranger], uid=mine.uid)
    with pytest.raises(NotFound, match="duty_unknown"):
        duties.take_over(ctx, group_id=GroupId(morning.other_group_id), person=morning.people["Sam"], uid=mine.uid)
    duties.take_over(ctx, group_id=group, person=morning.people["Max"], uid=mine.uid)
    duties.take_over(ctx, group_id=group, person=morning.people["Max"], uid=mine.uid)
    assert _held(ctx, morning) == {("minutes", 0): "Max"}
    entry = duties.roster(ctx, morning.meeting_id).last_change
    assert entry is not None
    with pytest.raises(Conflict, match="undo_moved_on"):
        duties.take_back(ctx, meeting_id=morning.meeting_id, entry=entry)


def test_held_duties_are_in_the_balance_of_whoever_was_there_and_go_when_it_is_opened_again(
    ctx: Context, morning: Morning
) -> None:
    mira, max_ = _uids(ctx, morning.people["Mira"], morning.people["Max"])
    duties.settle(ctx, meeting_id=morning.meeting_id, holders={(Duty.DOOR, 0): mira, (Duty.CLOCK, 0): max_})

    def there(tx: Tx) -> None:
        row = tx.db.scalars(select(Attendance).where(Attendance.person_id == morning.people["Mira"])).one()
        row.status, row.entered_at = AttendanceStatus.PRESENT, tx.now

    ctx.transaction(there)
    meetings.close(ctx, meeting_id=morning.meeting_id)
    group = GroupId(morning.group_id)
    assert activities.page(ctx, group, morning.people["Mira"]).done[ActivityKind.DUTY] == 1
    assert activities.page(ctx, group, morning.people["Max"]).done[ActivityKind.DUTY] == 0
    for act in (
        lambda: duties.suggest(ctx, meeting_id=morning.meeting_id),
        lambda: duties.settle(ctx, meeting_id=morning.meeting_id, holders={(Duty.DOOR, 0): ""}),
    ):
        with pytest.raises(WrongPhase, match="duties_over"):
            act()
    meetings.reopen(ctx, meeting_id=morning.meeting_id)
    with ctx.reading() as db:
        assert db.scalars(select(Activity)).all() == []
        assert len(db.scalars(select(DutyRow)).all()) == 2


def test_the_next_meeting_spares_whoever_held_duties(ctx: Context, morning: Morning, statements: Statements) -> None:
    def following(tx: Tx) -> int:
        here = tx.db.get_one(Meeting, morning.meeting_id)
        later = builders.a_meeting(
            tx, tx.db.get_one(Group, morning.group_id), status=MeetingStatus.DRAFT, slug="later",
            starts=here.starts_at.replace(day=here.starts_at.day + 1),
        )  # fmt: skip
        for row in tx.db.scalars(select(Attendance).where(Attendance.meeting_id == here.id)).all():
            tx.db.add(
                Attendance(
                    meeting_id=later.id, person_id=row.person_id, standing=row.standing,
                    status=AttendanceStatus.EXPECTED,
                )
            )  # fmt: skip
        return later.id

    later = ctx.transaction(following)
    (mira,) = _uids(ctx, morning.people["Mira"])
    everything = {(place.duty, place.number): mira for place in duties.roster(ctx, morning.meeting_id).places}
    duties.settle(ctx, meeting_id=morning.meeting_id, holders=everything)
    found = duties.roster(ctx, later)  # type: ignore[arg-type]  # a plain key
    assert [one.name for one in found.too_often] == ["Mira Łukasik"]
    duties.suggest(ctx, meeting_id=later)  # type: ignore[arg-type]  # a plain key
    with statements() as asked:
        roster = duties.roster(ctx, later)  # type: ignore[arg-type]  # a plain key
    assert len(asked) <= 6
    times = [place.name for place in roster.places]
    assert times.count("Mira Łukasik") == 1
