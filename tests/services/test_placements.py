"""Somebody comes late, does not come, or leaves early: one press, few others move. On both databases."""

import pytest

from server.domain.errors import Conflict, RuleViolation, WrongPhase
from server.domain.pins import PairWish
from server.domain.placing import When
from server.domain.vocabulary import Uid
from server.services import action_log, attendance, door_book, pins, placements, rounds, seating, undoing
from server.services.context import Json, Op
from tests.conftest import FakeClock
from tests.mornings import Morning
from tests.rooms import DOOR, everybody_in, room_of, seat_rounds

PAIRS = [("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")]


@pytest.fixture
def seated(morning: Morning) -> Morning:
    """Everybody but Vik is in the room; two rounds of pairs are planned."""
    everybody_in(morning, but=("Vik",))
    seat_rounds(morning, [PAIRS] * 2)
    return morning


def _start(morning: Morning) -> None:
    rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=1, version=0)


def _at(morning: Morning, who: str, version: int | None = None) -> Json:
    now = seating.version(morning.ctx, morning.meeting_id)
    uid = Uid(morning.attendances[who])
    return {"meeting_id": morning.meeting_id, "person": uid, "version": now if version is None else version}


def _tables(morning: Morning, number: int) -> list[set[str]]:
    return [set(people) for _, people in sorted(room_of(morning)[number].items())]


def test_whoever_did_not_come_is_taken_out_and_only_the_partner_moves(seated: Morning) -> None:
    answer = placements.no_show(seated.ctx, **_at(seated, "Vik"))
    assert answer["moved"] == 1
    assert _tables(seated, 1) == [{"Olga", "Fiona", "Max"}, {"Dora", "Mira"}]
    # In the second round those who have met Max in the first are not asked again.
    assert _tables(seated, 2) == [{"Olga", "Fiona"}, {"Dora", "Mira", "Max"}]


def test_somebody_who_comes_after_all_sits_down_with_whoever_is_alone(seated: Morning, clock: FakeClock) -> None:
    placements.no_show(seated.ctx, **_at(seated, "Vik"))
    _start(seated)
    everybody_in(seated, only=("Vik",))
    clock.pass_by(seconds=60)
    with pytest.raises(Conflict) as refused:
        placements.seat_latecomer(seated.ctx, when=When.NOW, **_at(seated, "Vik"))
    assert refused.value.code == "no_place_now"
    answer = placements.seat_latecomer(seated.ctx, when=When.NEXT, **_at(seated, "Vik"))
    assert (answer["number"], answer["moved"]) == (2, 1)
    assert sorted(map(len, _tables(seated, 2))) == [2, 2, 2]


def test_a_latecomer_joins_a_running_round_where_somebody_waits_alone(morning: Morning) -> None:
    everybody_in(morning, but=("Vik",))
    seat_rounds(morning, [[("Olga", "Fiona"), ("Dora", "Mira"), ("Max",)], PAIRS])
    _start(morning)
    everybody_in(morning, only=("Vik",))
    answer = placements.seat_latecomer(morning.ctx, when=When.NOW, **_at(morning, "Vik"))
    assert (answer["number"], answer["table"], answer["moved"]) == (1, 3, 0)
    assert _tables(morning, 1)[2] == {"Max", "Vik"}


def test_whoever_leaves_during_the_first_half_leaves_nobody_waiting(seated: Morning, clock: FakeClock) -> None:
    _start(seated)
    clock.pass_by(seconds=30)
    answer = placements.leave_early(seated.ctx, desk=DOOR, **_at(seated, "Mira"))
    # Dora goes to Max, who waits for Vik; Mira's seat of this round stays what it was.
    assert answer["moved"] == 1
    assert _tables(seated, 1) == [{"Olga", "Fiona"}, {"Mira"}, {"Dora", "Max", "Vik"}]
    assert not any("Mira" in table for table in _tables(seated, 2))
    (mira,) = [p for p in attendance.everybody(seated.ctx, seated.meeting_id) if p.given_name == "Mira"]
    assert mira.left_at == clock.now


def test_in_the_second_half_nobody_moves_any_more(seated: Morning, clock: FakeClock) -> None:
    _start(seated)
    clock.pass_by(seconds=200)
    before = _tables(seated, 1)
    placements.leave_early(seated.ctx, desk=DOOR, **_at(seated, "Mira"))
    assert _tables(seated, 1) == before
    assert not any("Mira" in table for table in _tables(seated, 2))


def test_those_who_are_kept_apart_are_not_brought_together(seated: Morning) -> None:
    one, other = (Uid(seated.attendances[name]) for name in ("Max", "Olga"))
    pins.pair(seated.ctx, meeting_id=seated.meeting_id, one=one, other=other, wish=PairWish.APART, version=0)
    placements.no_show(seated.ctx, **_at(seated, "Vik"))
    assert _tables(seated, 1) == [{"Olga", "Fiona"}, {"Dora", "Mira", "Max"}]


def test_two_facilitators_at_once_take_somebody_out_once(seated: Morning) -> None:
    placements.no_show(seated.ctx, **_at(seated, "Vik", 0))
    before = room_of(seated)
    with pytest.raises(Conflict) as refused:
        placements.no_show(seated.ctx, **_at(seated, "Vik", 0))
    assert (refused.value.code, room_of(seated)) == ("seats_moved_on", before)


def test_a_press_sent_again_gets_its_first_answer(seated: Morning) -> None:
    op = Op("again", "no_show", {})
    first = placements.no_show(seated.ctx, **_at(seated, "Vik", 0), op=op)
    assert placements.no_show(seated.ctx, **_at(seated, "Vik", 0), op=op) == first


@pytest.mark.parametrize(
    ("verb", "who", "more", "code"),
    [
        ("no_show", "Mira", {}, "came_already"),
        ("leave_early", "Vik", {"desk": DOOR}, "not_in_room"),
        ("seat_latecomer", "Vik", {"when": When.NEXT}, "not_in_room"),
        ("seat_latecomer", "Mira", {"when": When.NEXT}, "has_seat_already"),
        ("seat_latecomer", "Mira", {"when": When.NOW}, "no_place_now"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    seated: Morning, verb: str, who: str, more: Json, code: str
) -> None:
    with pytest.raises(RuleViolation) as refused:
        getattr(placements, verb)(seated.ctx, **_at(seated, who), **more)
    assert refused.value.code == code


def test_nobody_is_taken_out_twice_nor_seated_when_no_round_is_to_come(seated: Morning) -> None:
    placements.no_show(seated.ctx, **_at(seated, "Vik"))
    with pytest.raises(WrongPhase) as refused:
        placements.no_show(seated.ctx, **_at(seated, "Vik"))
    assert refused.value.code == "has_no_seat"


def test_the_book_of_the_door_knows_who_left_and_that_it_was_a_mistake(seated: Morning, clock: FakeClock) -> None:
    placements.leave_early(seated.ctx, desk=DOOR, **_at(seated, "Mira"))
    offered = action_log.last(seated.ctx, seated.meeting_id).undoable
    assert offered is not None
    clock.pass_by(seconds=5)
    undoing.take_back(seated.ctx, meeting_id=seated.meeting_id, action=offered)
    with seated.ctx.reading() as db:
        assert door_book.counts(db, seated.meeting_id).in_room == 5
    placements.leave_early(seated.ctx, desk=DOOR, **_at(seated, "Mira"))


def test_two_people_change_places_in_the_running_round_and_it_is_taken_back(seated: Morning, clock: FakeClock) -> None:
    _start(seated)
    clock.pass_by(seconds=200)  # too late to be moved, not too late to want to
    placements.swap(seated.ctx, other=Uid(seated.attendances["Max"]), **_at(seated, "Olga"))
    assert _tables(seated, 1) == [{"Max", "Fiona"}, {"Dora", "Mira"}, {"Olga", "Vik"}]
    assert _tables(seated, 2) == [set(pair) for pair in PAIRS], "the rounds to come stay as they are"
    (line, *_) = action_log.recent(seated.ctx, seated.meeting_id)
    assert (line.key, line.params["person"], line.params["other"]) == ("swapped", "Olga Marchetti", "Max D'Alò")
    undoing.take_back(seated.ctx, meeting_id=seated.meeting_id, action=line.uid)
    assert _tables(seated, 1) == [set(pair) for pair in PAIRS]


def test_places_are_not_changed_beside_somebody_one_is_kept_from_nor_in_a_round_to_come(seated: Morning) -> None:
    with pytest.raises(WrongPhase) as refused:
        placements.swap(seated.ctx, other=Uid(seated.attendances["Max"]), **_at(seated, "Olga"))
    assert refused.value.code == "no_places_to_change"
    _start(seated)
    with pytest.raises(WrongPhase):
        placements.swap(seated.ctx, other=Uid(seated.attendances["Fiona"]), **_at(seated, "Olga"))
    one, other = (Uid(seated.attendances[who]) for who in ("Olga", "Vik"))
    pins.pair(seated.ctx, meeting_id=seated.meeting_id, one=one, other=other, wish=PairWish.APART,
              version=seating.version(seated.ctx, seated.meeting_id))  # fmt: skip
    with pytest.raises(RuleViolation) as kept:
        placements.swap(seated.ctx, other=Uid(seated.attendances["Max"]), **_at(seated, "Olga"))
    assert kept.value.code == "kept_apart"
