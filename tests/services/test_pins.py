"""What somebody settles by hand is followed when the rounds are planned, as long as it can be."""

import threading
from itertools import combinations

import pytest
from sqlalchemy import select

from server.domain.errors import Conflict, NotFound, RuleViolation, WrongPhase
from server.domain.pins import PairWish
from server.domain.vocabulary import MeetingStatus, Uid
from server.persistence.models import Meeting, Person, Round, SeatLock
from server.services import check_ins, pins, plan_summaries, planning, rounds, seating
from server.services.context import Op, Tx
from tests import builders
from tests.mornings import Morning
from tests.rooms import DOOR, everybody_in, room_of, seat_rounds

PAIRS = [("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")]


def _plan(morning: Morning) -> None:
    planning.plan(morning.ctx, meeting_id=morning.meeting_id, seconds=20, steps=400)


def _version(morning: Morning) -> int:
    return seating.version(morning.ctx, morning.meeting_id)


def _uid(morning: Morning, who: str) -> Uid:
    return Uid(morning.attendances[who])


def _wish(morning: Morning, **fields: object) -> None:
    def work(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, morning.meeting_id)
        for name, value in fields.items():
            setattr(meeting, name, value)

    morning.ctx.transaction(work)


def _settled(morning: Morning) -> pins.Settled:
    with morning.ctx.reading() as db:
        return pins.settled(db, morning.meeting_id)


def _together(tables: dict[int, frozenset[str]], one: str, other: str) -> bool:
    return any({one, other} <= people for people in tables.values())


def _pair(morning: Morning, one: str, other: str, wish: PairWish) -> None:
    pins.pair(
        morning.ctx,
        meeting_id=morning.meeting_id,
        one=_uid(morning, one),
        other=_uid(morning, other),
        wish=wish,
        version=_version(morning),
    )


def test_a_kept_seat_stays_when_everything_is_planned_anew(morning: Morning) -> None:
    everybody_in(morning)
    seat_rounds(morning, [PAIRS] * 4)
    pins.keep(
        morning.ctx, meeting_id=morning.meeting_id, person=_uid(morning, "Vik"), number=2, version=_version(morning)
    )
    _plan(morning)
    assert "Vik" in room_of(morning)[2][3]
    (kept,) = _settled(morning).kept
    assert (kept.name, kept.number, kept.table) == ("Vik", 2, 3)
    pins.let_go(
        morning.ctx, meeting_id=morning.meeting_id, person=_uid(morning, "Vik"), number=2, version=_version(morning)
    )
    assert not _settled(morning)


def test_only_a_seat_that_somebody_has_can_be_kept(morning: Morning) -> None:
    everybody_in(morning)
    seat_rounds(morning, [PAIRS[:2]] * 2)
    for number, who, code in ((1, "Vik", "no_seat_to_keep"), (7, "Olga", "round_unknown")):
        with pytest.raises(RuleViolation) as refused:
            pins.keep(
                morning.ctx,
                meeting_id=morning.meeting_id,
                person=_uid(morning, who),
                number=number,
                version=_version(morning),
            )
        assert refused.value.code == code
    with pytest.raises(NotFound):
        pins.keep(morning.ctx, meeting_id=morning.meeting_id, person=Uid("0" * 16), number=1, version=_version(morning))


def test_seats_of_a_round_that_runs_are_not_settled(morning: Morning) -> None:
    everybody_in(morning)
    seat_rounds(morning, [PAIRS] * 2)
    rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=1, version=0)
    with pytest.raises(WrongPhase) as refused:
        pins.keep(
            morning.ctx,
            meeting_id=morning.meeting_id,
            person=_uid(morning, "Vik"),
            number=1,
            version=_version(morning),
        )
    assert refused.value.code == "round_has_begun"


def test_two_people_who_are_kept_apart_never_share_a_table(morning: Morning) -> None:
    _wish(morning, rounds_wanted=4)
    everybody_in(morning)
    _plan(morning)
    for one, other in combinations(("Olga", "Fiona", "Dora"), 2):
        _pair(morning, one, other, PairWish.APART)
    _plan(morning)
    for tables in room_of(morning).values():
        for one, other in combinations(("Olga", "Fiona", "Dora"), 2):
            assert not _together(tables, one, other)


def test_two_people_who_must_meet_do(morning: Morning) -> None:
    _wish(morning, rounds_wanted=2)
    everybody_in(morning)
    _plan(morning)
    strangers = next(
        (one, other)
        for one, other in combinations(sorted(morning.attendances), 2)
        if not any(_together(tables, one, other) for tables in room_of(morning).values())
    )
    _pair(morning, *strangers, PairWish.TOGETHER)
    _plan(morning)
    assert any(_together(tables, *strangers) for tables in room_of(morning).values())


def test_a_later_wish_takes_the_place_of_an_earlier_one_and_can_be_let_go(morning: Morning) -> None:
    _pair(morning, "Olga", "Vik", PairWish.APART)
    _pair(morning, "Vik", "Olga", PairWish.TOGETHER)
    (found,) = _settled(morning).pairs
    assert (found.wish, {found.one_name, found.other_name}) == (PairWish.TOGETHER, {"Olga Marchetti", "Vik"})
    pins.unpair(morning.ctx, meeting_id=morning.meeting_id, pair=found.uid, version=_version(morning))
    assert not _settled(morning)


def test_nobody_is_paired_with_themselves(morning: Morning) -> None:
    with pytest.raises(RuleViolation) as refused:
        _pair(morning, "Olga", "Olga", PairWish.APART)
    assert refused.value.code == "pair_with_self"


def test_a_table_host_sits_at_their_table_in_every_round_to_come(morning: Morning) -> None:
    _wish(morning, rounds_wanted=3)
    everybody_in(morning)
    for who in ("Max", "Dora"):
        pins.host(
            morning.ctx, meeting_id=morning.meeting_id, person=_uid(morning, who), table=3, version=_version(morning)
        )
    _plan(morning)
    assert [host.name for host in _settled(morning).hosts] == ["Dora Wiśniewska"], "Max is free again"
    assert all("Dora" in tables[3] for tables in room_of(morning).values())


def test_the_host_is_changed_between_two_rounds(morning: Morning) -> None:
    _wish(morning, rounds_wanted=3)
    everybody_in(morning)
    here = {"meeting_id": morning.meeting_id}
    pins.host(morning.ctx, **here, person=_uid(morning, "Max"), table=2, version=_version(morning))
    _plan(morning)
    rounds.start(morning.ctx, **here, number=1, version=0)
    held = room_of(morning)[1]
    pins.host(morning.ctx, **here, person=_uid(morning, "Vik"), table=2, version=_version(morning))
    _plan(morning)
    assert room_of(morning)[1] == held
    assert all("Vik" in room_of(morning)[number][2] for number in (2, 3))


def test_a_host_who_is_needed_elsewhere_for_one_round_comes_back(morning: Morning) -> None:
    _wish(morning, rounds_wanted=3)
    everybody_in(morning)
    here = {"meeting_id": morning.meeting_id, "person": _uid(morning, "Max")}
    seat_rounds(morning, [PAIRS] * 3)
    pins.keep(morning.ctx, **here, number=2, version=_version(morning))
    pins.host(morning.ctx, **here, table=1, version=_version(morning))
    _plan(morning)
    tables = {
        number: next(t for t, people in room.items() if "Max" in people) for number, room in room_of(morning).items()
    }
    assert tables == {1: 1, 2: 3, 3: 1}


def test_pairs_go_to_another_place_when_theirs_is_out_of_use(morning: Morning) -> None:
    everybody_in(morning)
    _plan(morning)
    pins.close_table(morning.ctx, meeting_id=morning.meeting_id, table=2, version=_version(morning))
    _plan(morning)
    assert all(sorted(tables) == [1, 3, 4] for tables in room_of(morning).values())
    assert all(len(people) == 2 for tables in room_of(morning).values() for people in tables.values())


def test_larger_tables_move_together_when_one_is_out_of_use_and_spread_when_it_is_back(morning: Morning) -> None:
    _wish(morning, table_size=3, rounds_wanted=3)
    everybody_in(morning)
    _plan(morning)
    here = {"meeting_id": morning.meeting_id}
    rounds.start(morning.ctx, **here, number=1, version=0)
    held = room_of(morning)[1]
    pins.close_table(morning.ctx, **here, table=1, version=_version(morning))
    _plan(morning)
    after = room_of(morning)
    assert after[1] == held
    assert [{table: len(people) for table, people in after[number].items()} for number in (2, 3)] == [{2: 6}] * 2
    pins.open_table(morning.ctx, **here, table=1, version=_version(morning))
    _plan(morning)
    assert [sorted(map(len, room_of(morning)[number].values())) for number in (2, 3)] == [[3, 3]] * 2


def test_nobody_hosts_a_table_that_is_out_of_use_and_it_is_not_closed_twice(morning: Morning) -> None:
    here = {"meeting_id": morning.meeting_id, "table": 2}
    pins.close_table(morning.ctx, **here, version=_version(morning))
    with pytest.raises(RuleViolation) as refused:
        pins.host(morning.ctx, **here, person=_uid(morning, "Max"), version=_version(morning))
    assert refused.value.code == "table_is_closed"
    with pytest.raises(RuleViolation) as again:
        pins.close_table(morning.ctx, **here, version=_version(morning))
    assert again.value.code == "table_is_closed"


def test_a_seat_at_a_table_that_is_no_longer_laid_is_let_go_and_told(morning: Morning) -> None:
    _wish(morning, rounds_wanted=2)
    everybody_in(morning)
    seat_rounds(morning, [PAIRS] * 2)
    here = {"meeting_id": morning.meeting_id}
    pins.keep(morning.ctx, **here, person=_uid(morning, "Vik"), number=2, version=_version(morning))
    for who in ("Olga", "Fiona"):
        check_ins.leave(morning.ctx, **here, attendance_uid=_uid(morning, who), desk=DOOR)
    _plan(morning)
    summary = plan_summaries.summary(morning.ctx, morning.meeting_id)
    assert summary is not None
    assert summary.released == ("Vik",)
    assert not _settled(morning).kept
    assert sorted(room_of(morning)[2]) == [1, 2]


def test_whoever_is_not_here_keeps_nobody_from_planning(morning: Morning) -> None:
    _wish(morning, rounds_wanted=2)
    everybody_in(morning, but=("Vik", "Max"))
    _pair(morning, "Vik", "Olga", PairWish.APART)
    _pair(morning, "Vik", "Max", PairWish.TOGETHER)
    pins.host(
        morning.ctx, meeting_id=morning.meeting_id, person=_uid(morning, "Max"), table=1, version=_version(morning)
    )
    _plan(morning)
    assert all(
        frozenset.union(*tables.values()) == {"Olga", "Fiona", "Dora", "Mira"} for tables in room_of(morning).values()
    )


def test_a_pair_that_cannot_be_kept_apart_is_refused_and_nothing_changes(morning: Morning) -> None:
    _wish(morning, rounds_wanted=1)
    everybody_in(morning, only=("Olga", "Mira"))
    _plan(morning)
    before = room_of(morning)
    _pair(morning, "Olga", "Mira", PairWish.APART)
    with pytest.raises(RuleViolation) as refused:
        _plan(morning)
    assert refused.value.code == "plan_forbidden_unavoidable"
    assert room_of(morning) == before


def test_of_two_facilitators_who_settle_at_once_the_second_is_told(morning: Morning) -> None:
    everybody_in(morning)
    seat_rounds(morning, [PAIRS] * 2)
    version = _version(morning)
    answers: list[str] = []
    together = threading.Barrier(2)

    def press(who: str) -> None:
        together.wait()
        try:
            pins.keep(morning.ctx, meeting_id=morning.meeting_id, person=_uid(morning, who), number=1, version=version)
            answers.append("kept")
        except Conflict as refused:
            answers.append(refused.code)

    threads = [threading.Thread(target=press, args=(who,)) for who in ("Vik", "Max")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["kept", "seats_moved_on"]
    assert len(_settled(morning).kept) == 1


def test_a_press_sent_twice_counts_once(morning: Morning) -> None:
    op = Op(id="one-press", kind="close", body={"table": 2})
    answers = [
        pins.close_table(morning.ctx, meeting_id=morning.meeting_id, table=2, version=0, op=op) for _ in range(2)
    ]
    assert answers == [{"version": 1}] * 2
    assert _settled(morning).closed == (2,)


def test_nothing_is_settled_at_a_closed_meeting(morning: Morning) -> None:
    _wish(morning, status=MeetingStatus.CLOSED)
    with pytest.raises(WrongPhase) as refused:
        pins.close_table(morning.ctx, meeting_id=morning.meeting_id, table=2, version=0)
    assert refused.value.code == "meeting_is_closed"


def test_a_person_of_another_meeting_is_nobody_here(morning: Morning) -> None:
    other = _other_attendance(morning)
    with pytest.raises(NotFound) as refused:
        pins.host(morning.ctx, meeting_id=morning.meeting_id, person=other, table=1, version=_version(morning))
    assert refused.value.code == "attendance_unknown"
    with morning.ctx.reading() as db:
        assert db.scalar(select(SeatLock.id)) is None
        assert db.scalar(select(Round.id)) is None


def _other_attendance(morning: Morning) -> Uid:
    def work(tx: Tx) -> str:
        foreign = tx.db.scalars(select(Meeting).where(Meeting.uid == morning.other_meeting_uid)).one()
        person = tx.db.get_one(Person, morning.people["Sam"])
        return str(builders.an_attendance(tx, foreign, person).uid)

    return Uid(morning.ctx.transaction(work))
