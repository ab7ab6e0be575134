"""Two records that are one person become one with everything they own, and two again when somebody presses undo."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import delete, select

from server.domain.errors import Conflict, NotFound, RuleViolation
from server.domain.events import ListChanged
from server.domain.vocabulary import (
    AttendanceStatus,
    CheckInKind,
    ContactField,
    ExchangeState,
    FollowUpKind,
    GroupId,
    MeetingStatus,
    ReferralKind,
    ReferralState,
    RoundPhase,
    Standing,
)
from server.persistence.base import Base
from server.persistence.models import (
    Account,
    Attendance,
    Badge,
    CheckInEvent,
    Consent,
    Contact,
    Encounter,
    Exchange,
    FollowUp,
    GrantRow,
    Group,
    JournalEntry,
    Meeting,
    Membership,
    OneToOne,
    Person,
    Referral,
    RetiredCode,
    Round,
    Seat,
    SessionRow,
    TwoPeople,
)
from server.services import badges, duplicates, merging, people, sessions, takebacks
from server.services.context import Context, Tx
from server.services.people import PersonFields
from server.services.row_changes import references
from tests import builders
from tests.cast import Character
from tests.conftest import FakeClock
from tests.mornings import Morning

TWIN = Character("Mira", "Lukasik", "Foto Lukasik", "", "mira@example.org")
WITHOUT_MEMORY = {"journal", "journal_people", "person_words", "operations", "meetings"}
"""Tables that a change and its undoing leave different on purpose: what was done is remembered, counters go on."""


def _everything(ctx: Context) -> dict[str, list[Any]]:
    """Every row of every table that a merge may touch."""
    with ctx.reading() as db:
        return {
            table.name: sorted(repr(tuple(row)) for row in db.execute(select(table)))
            for table in Base.metadata.sorted_tables
            if table.name not in WITHOUT_MEMORY
        }


def _pointing_at(ctx: Context, person: int) -> list[str]:
    """The columns in which a person stands, beside those that belong to the record."""
    with ctx.reading() as db:
        return [
            f"{table.name}.{column.name}"
            for table, column in references("people")
            if table.name not in WITHOUT_MEMORY and db.scalar(select(column).where(column == person).limit(1))
        ]


def _uids(ctx: Context, *keys: int) -> list[str]:
    with ctx.reading() as db:
        return [db.get_one(Person, key).uid for key in keys]


def _merge(ctx: Context, group: GroupId, stays: int, goes: int, **fields: str) -> str:
    one, other = _uids(ctx, stays, goes)
    wanted = PersonFields(**{"given_name": "Mira", "family_name": "Łukasik", **fields})
    return merging.merge(ctx, group_id=group, stays=one, goes=other, fields=wanted)


@pytest.fixture
def twins(ctx: Context, morning: Morning) -> tuple[int, int]:
    """Mira, and Mira once more: both with a past of everything there is."""

    def work(tx: Tx) -> tuple[int, int]:
        group = tx.db.get_one(Group, morning.group_id)
        twin = builders.a_member(tx, group, TWIN, Standing.VISITOR)
        mira, max_, olga = (morning.people[name] for name in ("Mira", "Max", "Olga"))
        _a_past(tx, ctx, group, mira, twin.id, max_, olga)
        return mira, twin.id

    return ctx.transaction(work)


def _a_past(tx: Tx, ctx: Context, group: Group, mira: int, twin: int, max_: int, olga: int) -> None:
    """Last week both Miras were on the list; the week before only the second one."""
    last, before = (
        builders.a_meeting(tx, group, builders.START - timedelta(weeks=weeks), status=MeetingStatus.CLOSED,
                           slug=f"past-{weeks}")
        for weeks in (1, 2)
    )  # fmt: skip
    people_ = {key: tx.db.get_one(Person, key) for key in (mira, twin, max_, olga)}
    at_last = {key: builders.an_attendance(tx, last, person) for key, person in people_.items()}
    at_first = {key: builders.an_attendance(tx, before, people_[key]) for key in (twin, max_)}
    at_last[twin].status, at_last[twin].entered_at = AttendanceStatus.PRESENT, last.starts_at
    at_first[max_].invited_by_id = twin
    rows: list[Any] = [
        CheckInEvent(attendance_id=at_last[twin].id, kind=CheckInKind.ENTRY, happened_at=tx.now, arrived_at=tx.now,
                     is_open=True),
        CheckInEvent(attendance_id=at_last[mira].id, kind=CheckInKind.ENTRY, happened_at=tx.now, arrived_at=tx.now,
                     is_open=True),
        Consent(person_id=twin, field=ContactField.EMAIL, given=True, text_version="1", language="en",
                channel="web", said_at=tx.now),
        Contact(owner_id=twin, person_id=max_, group_id=group.id, note="Opens a shop", created_at=tx.now,
                changed_at=tx.now),
        Contact(owner_id=mira, person_id=max_, group_id=group.id, note="Likes jazz", created_at=tx.now,
                changed_at=tx.now),
        Contact(owner_id=max_, person_id=twin, group_id=group.id, created_at=tx.now, changed_at=tx.now),
        Contact(owner_id=mira, person_id=twin, group_id=group.id, note="Myself", created_at=tx.now,
                changed_at=tx.now),
        Exchange(meeting_id=last.id, asker_id=twin, asked_id=max_, state=ExchangeState.ACCEPTED, asked_at=tx.now),
        Exchange(meeting_id=last.id, asker_id=mira, asked_id=max_, state=ExchangeState.DECLINED, asked_at=tx.now),
        Exchange(meeting_id=last.id, asker_id=olga, asked_id=twin, state=ExchangeState.WAITING, asked_at=tx.now),
        FollowUp(owner_id=twin, about_id=max_, group_id=group.id, kind=FollowUpKind.PROMISE, text="A number",
                 due_on=date(2026, 12, 1), created_at=tx.now),
        FollowUp(owner_id=max_, about_id=twin, group_id=group.id, kind=FollowUpKind.PROMISE, text="A coffee",
                 due_on=date(2026, 12, 1), created_at=tx.now),
        OneToOne(group_id=group.id, first_id=max_, second_id=twin, held_on=date(2026, 11, 2),
                 second_confirmed_at=tx.now),
        OneToOne(group_id=group.id, first_id=mira, second_id=max_, held_on=date(2026, 11, 2),
                 first_confirmed_at=tx.now),
        Referral(group_id=group.id, giver_id=twin, receiver_id=max_, kind=ReferralKind.REFERRAL,
                 state=ReferralState.GIVEN, created_at=tx.now, changed_at=tx.now),
        TwoPeople(group_id=group.id, first_id=min(olga, twin), other_id=max(olga, twin)),
        TwoPeople(group_id=group.id, first_id=mira, other_id=twin),
    ]  # fmt: skip
    tx.db.add_all(rows)
    tx.db.flush()
    held = Round(meeting_id=last.id, number=1, phase=RoundPhase.ENDED, length_ms=1, version=0)
    tx.db.add(held)
    tx.db.flush()
    for key, attendance in at_last.items():
        tx.db.add(Seat(round_id=held.id, attendance_id=attendance.id, table_number=1 if key in (twin, max_) else 2))
    for first, other in ((max_, twin), (mira, olga), (mira, twin)):
        low, high = sorted((first, other))
        tx.db.add(
            Encounter(group_id=group.id, meeting_id=last.id, round_id=held.id, first_id=low, other_id=high, number=1,
                      met_on=date(2026, 11, 19))
        )  # fmt: skip
    badges.issue(ctx, tx, [(twin, Standing.MEMBER), (mira, Standing.MEMBER)], group_id=group.id, meeting_id=last.id)
    sessions.open_session(tx, person_id=twin, label="Phone", life=timedelta(days=1))
    tx.db.flush()


def test_every_column_that_points_to_a_person_has_a_rule() -> None:
    pointing = {f"{table.name}.{column.name}" for table, column in references("people")}
    missing = sorted(pointing - set(merging.PEOPLE))
    assert not missing, f"say in server/services/merging.py (PEOPLE) what becomes of them when two are one: {missing}"


def test_nothing_points_to_the_one_who_went(ctx: Context, morning: Morning, twins: tuple[int, int]) -> None:
    mira, twin = twins
    assert len(_pointing_at(ctx, twin)) >= 15, "the second Mira has a past of nearly everything"
    _merge(ctx, GroupId(morning.group_id), mira, twin)
    assert _pointing_at(ctx, twin) == []
    with ctx.reading() as db:
        assert db.get_one(Person, twin).merged_at == ctx.now()


def test_what_both_have_is_put_together(ctx: Context, morning: Morning, twins: tuple[int, int]) -> None:
    mira, twin = twins
    _merge(ctx, GroupId(morning.group_id), mira, twin, phone="+39 031 1")
    max_ = morning.people["Max"]
    with ctx.reading() as db:
        person = db.get_one(Person, mira)
        assert (person.family_name, person.phone) == ("Łukasik", "+39 031 1")
        membership = db.scalars(select(Membership).where(Membership.person_id == mira)).one()
        assert membership.standing is Standing.MEMBER, "the nearer of the two"
        notes = db.scalars(select(Contact.note).where(Contact.owner_id == mira)).all()
        assert notes == ["Likes jazz\nOpens a shop"]
        answers = db.scalars(select(Exchange.state).where(Exchange.asker_id == mira)).all()
        assert answers == [ExchangeState.ACCEPTED], "a yes to either is a yes"
        met = db.scalars(select(OneToOne)).one()
        assert met.first_confirmed_at is not None
        assert met.second_confirmed_at is None, "both said it was themselves"
        past = db.scalars(
            select(Attendance).join(Meeting).where(Attendance.person_id == mira, Meeting.slug == "past-1")
        ).one()
        assert (past.status, past.entered_at is not None) == (AttendanceStatus.PRESENT, True)
        entries = db.scalars(select(CheckInEvent.is_open).where(CheckInEvent.attendance_id == past.id)).all()
        assert sorted(entries) == [False, True], "one entry stands, and none is lost"
        pairs = db.execute(select(Encounter.first_id, Encounter.other_id)).all()
        others = (max_, morning.people["Olga"])
        assert {tuple(pair) for pair in pairs} == {tuple(sorted((mira, other))) for other in others}
        badge = db.scalars(select(Badge).where(Badge.person_id == mira, Badge.meeting_id.is_(None))).all()
        assert len(badge) == 1
        assert db.scalars(select(RetiredCode)).all(), "the second Mira's badge is known as replaced"


def test_taken_back_everything_is_as_it_was(ctx: Context, morning: Morning, twins: tuple[int, int]) -> None:
    before = _everything(ctx)
    entry = _merge(ctx, GroupId(morning.group_id), *twins, company="Something else")
    assert _everything(ctx) != before
    kept = takebacks.take_back(ctx, group_id=GroupId(morning.group_id), entry=entry)
    assert (kept.fields, kept.rows) == (0, 0)
    assert _everything(ctx) == before
    with pytest.raises(Conflict, match="taken_back_already"):
        takebacks.take_back(ctx, group_id=GroupId(morning.group_id), entry=entry)


def test_what_was_changed_after_a_merge_stays_when_it_is_taken_back(
    ctx: Context, morning: Morning, twins: tuple[int, int]
) -> None:
    group = GroupId(morning.group_id)
    entry = _merge(ctx, group, *twins, company="After the merge")
    (uid,) = _uids(ctx, twins[0])
    card = people.card(ctx, group, uid).person
    people.edit(ctx, group_id=group, uid=uid, change=people.Change(
        PersonFields(**{**vars(card.fields), "company": "By hand"}), card.standing))  # fmt: skip
    kept = takebacks.take_back(ctx, group_id=group, entry=entry)
    assert kept.fields > 0
    with ctx.reading() as db:
        assert db.get_one(Person, twins[0]).company == "By hand"
        assert db.get_one(Person, twins[1]).merged_at is None


def test_a_merge_can_be_taken_back_for_thirty_days_and_then_the_record_goes(
    ctx: Context, morning: Morning, twins: tuple[int, int], clock: FakeClock
) -> None:
    group = GroupId(morning.group_id)
    entry = _merge(ctx, group, *twins)
    assert [each.names for each in takebacks.listed(ctx, group)] == [("Mira Łukasik", "Mira Lukasik")]
    clock.pass_by(days=31)
    assert takebacks.listed(ctx, group) == ()
    with pytest.raises(NotFound, match="take_back_unknown"):
        takebacks.take_back(ctx, group_id=group, entry=entry)
    _merge(ctx, group, twins[0], morning.people["Vik"])
    with ctx.reading() as db:
        assert db.get(Person, twins[1]) is None
        assert db.get(Person, morning.people["Vik"]) is not None


def test_erasing_somebody_takes_every_merge_about_them_out_of_the_journal(
    ctx: Context, morning: Morning, twins: tuple[int, int]
) -> None:
    entry = _merge(ctx, GroupId(morning.group_id), *twins)
    ctx.transaction(lambda tx: takebacks.forget(tx, [twins[0]]))
    with ctx.reading() as db:
        assert db.scalars(select(JournalEntry)).all() == []
    with pytest.raises(NotFound):
        takebacks.take_back(ctx, group_id=GroupId(morning.group_id), entry=entry)


def test_what_came_later_about_the_same_people_is_taken_back_first(
    ctx: Context, morning: Morning, twins: tuple[int, int]
) -> None:
    group = GroupId(morning.group_id)
    first = _merge(ctx, group, *twins)
    second = _merge(ctx, group, twins[0], morning.people["Vik"])
    with pytest.raises(Conflict, match="take_back_later_first"):
        takebacks.take_back(ctx, group_id=group, entry=first)
    assert [each.waits for each in takebacks.listed(ctx, group)] == [False, True]
    takebacks.take_back(ctx, group_id=group, entry=second)
    takebacks.take_back(ctx, group_id=group, entry=first)


def test_nobody_gets_rights_by_a_merge(ctx: Context, morning: Morning, twins: tuple[int, int]) -> None:
    group = GroupId(morning.group_id)
    with pytest.raises(RuleViolation, match="merge_signs_in"):
        _merge(ctx, group, twins[0], morning.people["Olga"])
    one, other = _uids(ctx, twins[1], morning.people["Olga"])
    assert merging.pair(ctx, group, one, other).stays.person.name == "Olga Marchetti", "whoever signs in stays"
    _merge(ctx, group, morning.people["Olga"], twins[1])
    with ctx.reading() as db:
        moved = db.scalars(select(SessionRow).where(SessionRow.label == "Phone")).one()
        assert (moved.person_id, moved.joined_by_badge) == (morning.people["Olga"], True)


def test_a_slip_between_the_two_says_that_they_are_two(ctx: Context, morning: Morning, twins: tuple[int, int]) -> None:
    def slip(tx: Tx) -> None:
        tx.db.add(Referral(group_id=morning.group_id, giver_id=twins[0], receiver_id=twins[1], kind=ReferralKind.LEAD,
                           state=ReferralState.GIVEN, created_at=tx.now, changed_at=tx.now))  # fmt: skip

    ctx.transaction(slip)
    with pytest.raises(RuleViolation, match="merge_slip_between"):
        _merge(ctx, GroupId(morning.group_id), *twins)


def test_two_who_are_both_in_the_room_are_not_made_one(ctx: Context, morning: Morning, twins: tuple[int, int]) -> None:
    def enter(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, morning.meeting_id)
        builders.an_attendance(tx, meeting, tx.db.get_one(Person, twins[1]), entered_at=tx.now)

    ctx.transaction(enter)
    with pytest.raises(RuleViolation, match="merge_both_here"):
        _merge(ctx, GroupId(morning.group_id), *twins)


def test_nobody_of_another_group_is_merged(ctx: Context, morning: Morning, twins: tuple[int, int]) -> None:
    group = GroupId(morning.group_id)
    sam = morning.people["Sam"]
    with pytest.raises(NotFound):
        _merge(ctx, group, twins[0], sam)
    with pytest.raises(NotFound):
        _merge(ctx, GroupId(morning.other_group_id), *twins)
    with pytest.raises(NotFound):
        _merge(ctx, group, twins[0], twins[0])

    def join(tx: Tx) -> None:
        tx.db.add(Membership(group_id=morning.other_group_id, person_id=twins[1], standing=Standing.MEMBER))

    ctx.transaction(join)
    with pytest.raises(RuleViolation, match="merge_other_group"):
        _merge(ctx, group, *twins)


def test_open_lists_hear_of_a_merge(ctx: Context, morning: Morning, twins: tuple[int, int]) -> None:
    heard: list[Any] = []
    ctx.bus.subscribe(lambda told: heard.append(told.event))
    entry = _merge(ctx, GroupId(morning.group_id), *twins)
    assert heard == [ListChanged(morning.meeting_id)]
    takebacks.take_back(ctx, group_id=GroupId(morning.group_id), entry=entry)
    assert len(heard) == 2


def test_pairs_are_found_and_go_when_somebody_says_that_they_are_two(
    ctx: Context, morning: Morning, twins: tuple[int, int]
) -> None:
    group = GroupId(morning.group_id)
    with_their_word = duplicates.found(ctx, group)
    assert with_their_word.total == 0, "said to be two"
    ctx.transaction(lambda tx: tx.db.execute(delete(TwoPeople)))
    (suspects,) = duplicates.found(ctx, group).pairs
    assert {suspects.one.name, suspects.other.name} == {"Mira Łukasik", "Mira Lukasik"}
    one, other = _uids(ctx, *twins)
    for _ in range(2):
        duplicates.are_two(ctx, group_id=group, one=one, other=other)
    assert duplicates.found(ctx, group).total == 0
    with pytest.raises(NotFound):
        duplicates.are_two(ctx, group_id=GroupId(morning.other_group_id), one=one, other=other)


class Machine(RuleBasedStateMachine):
    """People are merged and merges taken back in any order that is allowed; whatever is taken back is as it was."""

    ctx: Context
    group: GroupId
    everybody: list[int]

    @initialize()
    def begin(self) -> None:
        self.done: list[tuple[str, set[int], dict[str, list[Any]]]] = []
        self.at_first = _everything(self.ctx)

    def _here(self) -> list[int]:
        with self.ctx.reading() as db:
            return sorted(db.scalars(select(Membership.person_id).where(Membership.group_id == self.group)))

    @precondition(lambda self: len(self._here()) > 1)
    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        stays, goes = data.draw(st.permutations(self._here()))[:2]
        before = _everything(self.ctx)
        entry = _merge(self.ctx, self.group, stays, goes, company=f"Merged {len(self.done)}")
        assert _pointing_at(self.ctx, goes) == []
        self.done.append((entry, {stays, goes}, before))

    @precondition(lambda self: self.done)
    @rule()
    def take_the_last_back(self) -> None:
        entry, _, before = self.done.pop()
        takebacks.take_back(self.ctx, group_id=self.group, entry=entry)
        assert _everything(self.ctx) == before

    @precondition(lambda self: len(self.done) > 1)
    @rule(data=st.data())
    def take_an_earlier_one_back(self, data: st.DataObject) -> None:
        at = data.draw(st.integers(0, len(self.done) - 2))
        entry, about, _ = self.done[at]
        waits = {str(each.uid): each.waits for each in takebacks.listed(self.ctx, self.group)}[entry]
        if any(about & others for _, others, _ in self.done[at + 1 :]):
            assert waits
        if waits:
            with pytest.raises(Conflict):
                takebacks.take_back(self.ctx, group_id=self.group, entry=entry)
            return
        assert takebacks.take_back(self.ctx, group_id=self.group, entry=entry).fields == 0
        del self.done[at]
        self.take_all_back()

    def take_all_back(self) -> None:
        while self.done:
            takebacks.take_back(self.ctx, group_id=self.group, entry=self.done.pop()[0])
        assert _everything(self.ctx) == self.at_first

    @invariant()
    def nobody_is_lost(self) -> None:
        with self.ctx.reading() as db:
            assert sorted(db.scalars(select(Person.id))) == self.everybody


def test_merges_and_their_undoing_in_any_order_lose_nothing(
    ctx: Context, morning: Morning, twins: tuple[int, int], request: pytest.FixtureRequest
) -> None:
    def make_equal(tx: Tx) -> list[int]:
        """Nobody signs in, nobody is in the room, so that anybody can be merged with anybody."""
        for model in (Account, GrantRow):
            for row in tx.db.scalars(select(model)):
                tx.db.delete(row)
        for slip in tx.db.scalars(select(Referral)):
            tx.db.delete(slip)
        return sorted(tx.db.scalars(select(Person.id)))

    class Case(Machine):
        pass

    Case.ctx, Case.group, Case.everybody = ctx, GroupId(morning.group_id), ctx.transaction(make_equal)

    Case.teardown = Machine.take_all_back  # type: ignore[assignment,method-assign]  # every example begins where the last one began
    examples = 10 if ctx.database.is_sqlite else 4
    case = Case.TestCase
    case.settings = settings(
        max_examples=examples, stateful_step_count=8, deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )  # fmt: skip
    case().runTest()
