"""What people owe after a meeting, as they notice it, on both databases."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from server.domain.errors import NotFound, RuleViolation, WrongPhase
from server.domain.events import PromiseChanged
from server.domain.follow_ups import FollowUpCommand, FollowUpState
from server.domain.relationships import Stage
from server.domain.vocabulary import (
    ContactField,
    FollowUpKind,
    MeetingStatus,
    ReferralKind,
    ReferralState,
    StayInTouch,
    Uid,
)
from server.persistence.models import (
    Attendance,
    FollowUp,
    Meeting,
    OneToOne,
    Person,
    Referral,
)
from server.services import contacts, follow_ups, one_to_ones, owed
from server.services.bus import Told
from server.services.context import Op, Tx
from server.services.owed import OwedPage
from tests import builders
from tests.conftest import FakeClock
from tests.follow_ups import DAY, ROUNDS, answer, change, consent, exchange, promise
from tests.mornings import Morning
from tests.rooms import an_earlier_morning

YES, MAYBE, NO = StayInTouch.YES, StayInTouch.MAYBE, StayInTouch.NO


@pytest.fixture
def earlier(morning: Morning) -> int:
    """The key of last week's meeting: closed, two rounds, nothing proposed yet."""
    meeting_id = an_earlier_morning(morning, ROUNDS)

    def close(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, meeting_id)
        meeting.status, meeting.closed_at = MeetingStatus.CLOSED, meeting.starts_at + timedelta(hours=2)

    morning.ctx.transaction(close)
    return meeting_id


def _after(morning: Morning, meeting_id: int) -> int:
    return follow_ups.after_meeting(morning.ctx, meeting_id=meeting_id)  # type: ignore[arg-type]


def _page(morning: Morning, who: str, meeting_id: int | None = None, *, private: bool = True) -> OwedPage:
    return owed.page(
        morning.ctx,
        morning.group_id,  # type: ignore[arg-type]
        morning.people[who],
        meeting_id=meeting_id,  # type: ignore[arg-type]
        private=private,
    )


def _proposed(morning: Morning, who: str) -> list[tuple[str, str, date]]:
    page = _page(morning, who)
    return [
        (each.about.given_name, each.reason, each.due_on)
        for each in (*page.late, *page.coming)
        if each.kind is FollowUpKind.ONE_TO_ONE
    ]


def _tick(morning: Morning, who: str, uid: str, command: FollowUpCommand, op: Op | None = None) -> Any:
    return follow_ups.tick(
        morning.ctx, group_id=morning.group_id, owner=morning.people[who], uid=uid, command=command, op=op
    )


def _held(morning: Morning, teller: str, other: str, day: date, **more: Any) -> Any:
    with morning.ctx.reading() as db:
        uid = Uid(db.get_one(Person, morning.people[other]).uid)
    return one_to_ones.say_held(
        morning.ctx, group_id=morning.group_id, teller=morning.people[teller], other=uid, held_on=day, **more
    )


def test_those_who_both_want_to_are_proposed_to_both(morning: Morning, earlier: int) -> None:
    answer(morning, "Mira", "Max", YES)
    answer(morning, "Max", "Mira", YES)
    assert _after(morning, earlier) == 2
    due = DAY + timedelta(days=14)
    assert _proposed(morning, "Mira") == [("Max", "both_want_to", due)]
    assert _proposed(morning, "Max") == [("Mira", "both_want_to", due)]
    assert _proposed(morning, "Olga") == []


def test_that_only_the_other_said_yes_is_not_given_away(morning: Morning, earlier: int) -> None:
    answer(morning, "Max", "Mira", YES)
    _after(morning, earlier)
    assert _proposed(morning, "Mira") == [("Max", "you_met", DAY + timedelta(days=14))]
    assert _proposed(morning, "Max") == [("Mira", "you_want_to", DAY + timedelta(days=14))]
    item = _page(morning, "Mira", earlier).coming[0]
    assert item.round_number == 1


def test_a_no_of_either_side_ends_it(morning: Morning, earlier: int) -> None:
    answer(morning, "Mira", "Max", YES)
    answer(morning, "Max", "Mira", NO)
    assert _after(morning, earlier) == 0


def test_sectors_that_look_for_each_other_are_proposed(morning: Morning, earlier: int) -> None:
    change(morning, "Mira", wants_sector=" catering ")
    _after(morning, earlier)
    assert _proposed(morning, "Mira") == [("Max", "sectors_help_each_other", DAY + timedelta(days=14))]
    assert _proposed(morning, "Max") == [("Mira", "sectors_help_each_other", DAY + timedelta(days=14))]


def test_nothing_is_proposed_before_the_meeting_is_closed(morning: Morning) -> None:
    meeting_id = an_earlier_morning(morning, ROUNDS)
    answer(morning, "Mira", "Max", YES)
    assert _after(morning, meeting_id) == 0
    assert _proposed(morning, "Mira") == []


def test_closing_proposes_inside_its_own_transaction(morning: Morning) -> None:
    meeting_id = an_earlier_morning(morning, ROUNDS)
    answer(morning, "Mira", "Max", YES)

    def close(tx: Tx) -> int:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        meeting.status, meeting.closed_at = MeetingStatus.CLOSED, tx.now
        return follow_ups.propose(tx, meeting)

    assert morning.ctx.transaction(close) == 2
    with morning.ctx.reading() as db:
        assert db.get_one(Meeting, meeting_id).status is MeetingStatus.CLOSED


def test_doing_it_again_adds_nothing_even_at_the_same_moment(morning: Morning, earlier: int) -> None:
    for one, other in [("Mira", "Max"), ("Mira", "Olga"), ("Fiona", "Dora")]:
        answer(morning, one, other, YES)
    start = threading.Barrier(6)

    def run() -> None:
        start.wait()
        _after(morning, earlier)

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _after(morning, earlier) == 0
    with morning.ctx.reading() as db:
        assert db.scalar(select(func.count(FollowUp.id))) == 6


def test_a_later_answer_adds_one_a_week_later_and_a_later_no_takes_it_back(morning: Morning, earlier: int) -> None:
    answer(morning, "Mira", "Max", YES)
    _after(morning, earlier)
    answer(morning, "Mira", "Olga", YES)
    assert _after(morning, earlier) == 2
    assert _proposed(morning, "Mira") == [
        ("Max", "you_want_to", DAY + timedelta(days=14)),
        ("Olga", "you_want_to", DAY + timedelta(days=21)),
    ]
    answer(morning, "Max", "Mira", NO)
    answer(morning, "Olga", "Mira", YES)
    assert _after(morning, earlier) == 0
    assert _proposed(morning, "Mira") == [("Olga", "both_want_to", DAY + timedelta(days=21))]
    assert _proposed(morning, "Max") == []


def test_an_answer_written_down_after_the_end_proposes_at_once(morning: Morning, earlier: int) -> None:
    with morning.ctx.reading() as db:
        uid = Uid(db.get_one(Person, morning.people["Max"]).uid)
    for _ in range(2):
        contacts.write_down(
            morning.ctx,
            meeting_id=earlier,  # type: ignore[arg-type]
            owner=morning.people["Mira"],
            about=uid,
            jotting=contacts.Jotting(stay=YES),
        )
    assert _proposed(morning, "Mira") == [("Max", "you_want_to", DAY + timedelta(days=14))]
    assert _proposed(morning, "Max") == [("Mira", "you_met", DAY + timedelta(days=14))]


def test_only_the_two_whom_an_answer_concerns_are_looked_at(morning: Morning, earlier: int) -> None:
    answer(morning, "Mira", "Max", YES)
    answer(morning, "Fiona", "Dora", YES)

    def work(tx: Tx) -> int:
        pair = {morning.people["Mira"], morning.people["Max"], morning.people["Sam"]}
        return follow_ups.propose(tx, tx.db.get_one(Meeting, earlier), only=pair)

    assert morning.ctx.transaction(work) == 2
    assert _proposed(morning, "Fiona") == []


def test_at_most_five_are_proposed(morning: Morning) -> None:
    others = ["Olga", "Fiona", "Dora", "Max", "Vik"]
    meeting_id = an_earlier_morning(morning, [[("Mira", other)] for other in others] * 2)

    def close(tx: Tx) -> None:
        tx.db.get_one(Meeting, meeting_id).status = MeetingStatus.CLOSED

    morning.ctx.transaction(close)
    for other in others:
        answer(morning, "Mira", other, YES)
    _after(morning, meeting_id)
    assert len(_proposed(morning, "Mira")) == 5
    assert len({due for _, _, due in _proposed(morning, "Mira")}) == 5


def test_somebody_who_did_not_come_is_proposed_nothing_and_to_nobody(morning: Morning, earlier: int) -> None:
    def stay_away(tx: Tx) -> None:
        row = tx.db.scalar(
            select(Attendance).where(Attendance.meeting_id == earlier, Attendance.person_id == morning.people["Max"])
        )
        assert row is not None
        row.entered_at = None

    morning.ctx.transaction(stay_away)
    answer(morning, "Mira", "Max", YES)
    answer(morning, "Max", "Mira", YES)
    assert _after(morning, earlier) == 0


def test_whom_one_has_just_met_on_purpose_or_let_go_is_not_proposed_again(
    morning: Morning, earlier: int, clock: FakeClock
) -> None:
    answer(morning, "Mira", "Max", YES)
    answer(morning, "Mira", "Olga", YES)
    _held(morning, "Max", "Mira", DAY)
    _after(morning, earlier)
    assert [name for name, _, _ in _proposed(morning, "Mira")] == ["Olga"]
    _tick(morning, "Mira", _page(morning, "Mira").coming[0].uid, FollowUpCommand.DROP)
    later = an_earlier_morning(morning, ROUNDS, days_ago=2)

    def close(tx: Tx) -> None:
        tx.db.get_one(Meeting, later).status = MeetingStatus.CLOSED

    morning.ctx.transaction(close)
    _after(morning, later)
    assert _proposed(morning, "Mira") == []


def test_a_list_is_late_coming_and_closed_by_the_groups_own_day(
    morning: Morning, earlier: int, clock: FakeClock
) -> None:
    promise(morning, earlier, "Mira", "Max", "the number of the Grand Hotel", date(2026, 11, 25))
    today = promise(morning, earlier, "Mira", "Olga", "an introduction", date(2026, 11, 26))
    page = _page(morning, "Mira")
    assert [each.text for each in page.late] == ["the number of the Grand Hotel"]
    assert [each.text for each in page.coming] == ["an introduction"]
    # Still the 26th in Greenwich, already the 27th in Rome.
    clock.now = clock.now.replace(hour=23, minute=30)
    assert len(_page(morning, "Mira").late) == 2
    _tick(morning, "Mira", today, FollowUpCommand.DO)
    page = _page(morning, "Mira")
    assert [(each.text, each.state) for each in page.closed] == [("an introduction", FollowUpState.DONE)]
    _tick(morning, "Mira", today, FollowUpCommand.REOPEN)
    assert _page(morning, "Mira").closed == ()


def test_a_follow_up_belongs_to_its_owner_alone(morning: Morning, earlier: int) -> None:
    uid = promise(morning, earlier, "Mira", "Max", "a number")
    for who in ("Max", "Olga", "Sam"):
        assert _page(morning, who).coming == ()
        with pytest.raises(NotFound) as refused:
            _tick(morning, who, uid, FollowUpCommand.DO)
        assert refused.value.code == "follow_up_unknown"


def test_ticking_twice_with_one_press_is_once_and_with_two_is_refused(morning: Morning, earlier: int) -> None:
    uid = promise(morning, earlier, "Mira", "Max", "a number")
    op = Op("one-press", "tick", {})
    assert _tick(morning, "Mira", uid, FollowUpCommand.DO, op) == _tick(morning, "Mira", uid, FollowUpCommand.DO, op)
    with pytest.raises(WrongPhase):
        _tick(morning, "Mira", uid, FollowUpCommand.DROP)


@pytest.mark.parametrize(
    ("due_on", "code"),
    [(date(2026, 11, 26), None), (date(2026, 11, 25), "due_day_past"), (date(2028, 1, 1), "due_day_far")],
)
def test_something_is_moved_to_today_or_later(morning: Morning, earlier: int, due_on: date, code: str | None) -> None:
    uid = promise(morning, earlier, "Mira", "Max", "a number")

    def move() -> Any:
        return follow_ups.postpone(
            morning.ctx, group_id=morning.group_id, owner=morning.people["Mira"], uid=uid, due_on=due_on
        )

    if code is None:
        assert move()["due_on"] == due_on.isoformat()
        assert _page(morning, "Mira").coming[0].due_on == due_on
    else:
        with pytest.raises(RuleViolation) as refused:
            move()
        assert (refused.value.code, refused.value.params["field"]) == (code, "due_on")


def test_ones_own_phone_at_an_open_meeting_hears_of_a_promise_kept(morning: Morning, earlier: int) -> None:
    told: list[Told] = []
    uid = promise(morning, earlier, "Mira", "Max", "a number")
    morning.ctx.bus.subscribe(told.append)
    _tick(morning, "Mira", uid, FollowUpCommand.DO)
    assert [each.event for each in told] == [PromiseChanged(morning.meeting_id, morning.people["Mira"])]


def test_a_one_to_one_counts_once_both_have_said_so(morning: Morning, earlier: int, clock: FakeClock) -> None:
    answer(morning, "Mira", "Max", YES)
    _after(morning, earlier)
    assert _held(morning, "Mira", "Max", DAY + timedelta(days=3), place="Caffè Roma")["confirmed"] is False
    assert _proposed(morning, "Mira") == []
    assert [name for name, _, _ in _proposed(morning, "Max")] == ["Mira"]
    (claim,) = _page(morning, "Max").claims
    assert (claim.who.name, claim.held_on, claim.place) == (
        "Mira Łukasik",
        DAY + timedelta(days=3),
        "Caffè Roma",
    )
    assert _page(morning, "Mira").claims == ()
    said = one_to_ones.confirm(morning.ctx, group_id=morning.group_id, person=morning.people["Max"], uid=claim.uid)
    assert said["confirmed"] is True
    assert _page(morning, "Max").claims == ()
    assert _proposed(morning, "Max") == []


def test_two_who_tell_it_themselves_with_days_that_differ_mean_one_meeting(morning: Morning) -> None:
    answers: list[bool] = []
    start = threading.Barrier(2)

    def tell(teller: str, other: str, day: date) -> None:
        start.wait()
        answers.append(_held(morning, teller, other, day)["confirmed"])

    threads = [
        threading.Thread(target=tell, args=("Mira", "Max", DAY)),
        threading.Thread(target=tell, args=("Max", "Mira", DAY + timedelta(days=1))),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False, True]
    with morning.ctx.reading() as db:
        assert db.scalar(select(func.count(OneToOne.id))) == 1


def test_a_fourth_one_to_one_of_one_day_and_place_is_pointed_out_to_its_author_first(morning: Morning) -> None:
    for other in ("Max", "Olga", "Dora"):
        _held(morning, "Mira", other, DAY, place="Hotel Corona")
    with pytest.raises(RuleViolation) as refused:
        _held(morning, "Mira", "Fiona", DAY, place="hotel  corona")
    assert (refused.value.code, refused.value.params["count"]) == ("one_to_one_burst", 3)
    assert not _held(morning, "Mira", "Fiona", DAY, place="Hotel Corona", sure=True)["confirmed"]
    # Whoever confirms what others told, told elsewhere or of another day is not asked.
    assert _held(morning, "Max", "Mira", DAY, place="Hotel Corona")["confirmed"]
    _held(morning, "Mira", "Vik", DAY, place="At his shop")
    _held(morning, "Mira", "Vik", DAY - timedelta(days=20), place="Hotel Corona")


def test_a_denied_claim_goes_and_the_plan_comes_back(morning: Morning, earlier: int) -> None:
    answer(morning, "Mira", "Max", YES)
    _after(morning, earlier)
    claim = _held(morning, "Mira", "Max", DAY)
    one_to_ones.deny(morning.ctx, group_id=morning.group_id, person=morning.people["Max"], uid=claim["uid"])
    assert _page(morning, "Max").claims == ()
    assert [name for name, _, _ in _proposed(morning, "Mira")] == ["Max"]


@pytest.mark.parametrize("who", ["Olga", "Sam"])
def test_nobody_else_confirms_or_denies_a_one_to_one(morning: Morning, who: str) -> None:
    claim = _held(morning, "Mira", "Max", DAY)
    for verb in (one_to_ones.confirm, one_to_ones.deny):
        with pytest.raises(NotFound):
            verb(morning.ctx, group_id=morning.group_id, person=morning.people[who], uid=claim["uid"])


@pytest.mark.parametrize(
    ("other", "day", "code"),
    [
        ("Mira", DAY, "one_to_one_with_self"),
        ("Max", date(2026, 11, 27), "held_day_future"),
        ("Max", date(2024, 1, 1), "held_day_far"),
        ("Sam", DAY, "person_unknown"),
    ],
)
def test_what_cannot_have_been_is_refused(morning: Morning, other: str, day: date, code: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        _held(morning, "Mira", other, day)
    assert refused.value.code == code


def test_people_met_come_with_rounds_notes_promises_and_what_they_show(morning: Morning, earlier: int) -> None:
    answer(morning, "Mira", "Max", YES, note="Opens a second kitchen in May")
    promise(morning, earlier, "Mira", "Max", "the number of the Grand Hotel")
    exchange(morning, earlier, "Mira", "Max")
    exchange(morning, earlier, "Vik", "Mira")
    consent(morning, "Max", ContactField.EMAIL)
    met = {each.about.given_name: each for each in _page(morning, "Mira").met}
    assert list(met) == ["Max", "Olga", "Vik"]
    assert (met["Max"].rounds, met["Olga"].rounds, met["Vik"].rounds) == ((1,), (2,), ())
    assert (met["Max"].note, met["Max"].promises) == (
        "Opens a second kitchen in May",
        ("the number of the Grand Hotel",),
    )
    assert (met["Max"].email, met["Max"].phone, met["Olga"].email) == ("max@example.org", "", "")


def test_over_an_open_line_there_are_no_notes_promises_or_addresses(morning: Morning, earlier: int) -> None:
    answer(morning, "Mira", "Max", YES, note="Opens a second kitchen in May")
    promise(morning, earlier, "Mira", "Max", "the number of the Grand Hotel")
    exchange(morning, earlier, "Mira", "Max")
    consent(morning, "Max", ContactField.EMAIL)
    _after(morning, earlier)
    page = _page(morning, "Mira", private=False)
    shown = repr(page)
    assert "Max" in shown
    for secret in ("kitchen", "Grand Hotel", "max@example.org"):
        assert secret not in shown
    assert [each.kind for each in page.coming] == [FollowUpKind.ONE_TO_ONE]


def test_the_page_takes_eight_statements(morning: Morning, earlier: int, statements: Any) -> None:
    _after(morning, earlier)
    with statements() as sent:
        _page(morning, "Mira")
    assert len(sent) == 8


def _stage(morning: Morning, who: str, other: str) -> tuple[Stage, str]:
    met = next(each for each in _page(morning, who).met if each.about.given_name == other)
    assert met.stage is not None
    return met.stage.stage, met.stage.next_step


def test_the_stage_grows_from_dated_evidence_and_has_a_direction(
    morning: Morning, earlier: int, clock: FakeClock
) -> None:
    clock.now = builders.START - timedelta(days=5)
    assert _stage(morning, "Mira", "Max") == (Stage.VISIBLE, "plan_one_to_one")
    uid = promise(morning, earlier, "Mira", "Max", "a number", date(2026, 11, 30))
    _held(morning, "Mira", "Max", date(2026, 11, 21))
    assert _stage(morning, "Mira", "Max") == (Stage.VISIBLE, "plan_one_to_one")
    _held(morning, "Max", "Mira", date(2026, 11, 21))
    assert _stage(morning, "Mira", "Max") == (Stage.VISIBLE, "keep_promise")
    _tick(morning, "Mira", uid, FollowUpCommand.DO)
    assert _stage(morning, "Mira", "Max") == (Stage.VISIBLE, "give_it_time")
    clock.pass_by(days=30)
    assert _stage(morning, "Mira", "Max") == (Stage.CREDIBLE, "ask_for_referral")

    def win(tx: Tx, kind: ReferralKind = ReferralKind.REFERRAL) -> None:
        tx.db.add(
            Referral(
                group_id=morning.group_id,
                giver_id=morning.people["Max"],
                receiver_id=morning.people["Mira"],
                kind=kind,
                state=ReferralState.WON,
                created_at=tx.now,
                changed_at=tx.now,
            )
        )

    morning.ctx.transaction(lambda tx: win(tx, ReferralKind.LEAD))
    assert _stage(morning, "Mira", "Max") == (Stage.CREDIBLE, "ask_for_referral"), "a lead never counts"
    morning.ctx.transaction(win)
    assert _stage(morning, "Mira", "Max") == (Stage.PROFITABLE, "keep_in_touch")
    assert _stage(morning, "Max", "Mira") == (Stage.VISIBLE, "keep_promise")


def test_a_promise_is_broken_after_its_day_and_settled_once_it_is_closed(
    morning: Morning, earlier: int, clock: FakeClock
) -> None:
    uid = promise(morning, earlier, "Mira", "Max", "a number", date(2026, 11, 26))
    assert _stage(morning, "Mira", "Max")[1] == "plan_one_to_one"
    clock.now = clock.now.replace(hour=23, minute=1)
    assert _stage(morning, "Mira", "Max")[1] == "settle_promise"
    _tick(morning, "Mira", uid, FollowUpCommand.DROP)
    assert _stage(morning, "Mira", "Max")[1] == "plan_one_to_one"
