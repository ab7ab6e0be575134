"""Whatever was done last and is taken back leaves every screen as it was, on both databases."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from server.domain.errors import Conflict, WrongPhase
from server.domain.pins import PairWish
from server.domain.placing import When
from server.domain.vocabulary import Audience, PersonId, Uid
from server.persistence.models import ClosedTable, Encounter, Meeting, Round, Seat, SeatLock, SeatPair
from server.services import (
    action_log,
    announcements,
    check_ins,
    pins,
    placements,
    plan_runs,
    rounds,
    seat_moves,
    seating,
    table_states,
    undoing,
)
from server.services.context import Context
from server.services.plan_runs import Pace
from server.services.seat_moves import Move
from server.wire import sections
from server.wire.sections import SECTIONS, Viewer
from tests.conftest import FakeClock
from tests.mornings import Morning
from tests.rooms import DOOR, everybody_in, seat_rounds

TABLES = [("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")]
Do = Callable[["Room"], object]


class Room:
    """A morning to press buttons in."""

    def __init__(self, morning: Morning, clock: FakeClock) -> None:
        self.morning = morning
        self.ctx: Context = morning.ctx
        self.clock = clock
        self.at: dict[str, Any] = {"meeting_id": morning.meeting_id, "by": PersonId(morning.people["Fiona"])}

    def press(self, verb: str, number: int, **more: object) -> None:
        """A button of the clock, pressed on a fresh screen."""
        listed = rounds.listed(self.ctx, self.morning.meeting_id)
        version = next(each.clock.version for each in listed if each.number == number)
        getattr(rounds, verb)(self.ctx, number=number, version=version, **self.at, **more)

    def skip(self, number: int, table: int) -> None:
        """A table is taken out of a round."""
        version = next(
            each.clock.version for each in rounds.listed(self.ctx, self.morning.meeting_id) if each.number == number
        )
        table_states.take_out(self.ctx, number=number, table=table, version=version, **self.at)

    def person(self, verb: str, who: str, **more: object) -> None:
        """A press about one person, on a fresh screen."""
        version = seating.version(self.ctx, self.morning.meeting_id)
        uid = self.morning.attendances[who]
        getattr(placements, verb)(self.ctx, person=uid, version=version, **self.at, **more)

    def by_hand(self, verb: str, **more: object) -> None:
        """A press on the seating board, on a fresh screen."""
        version = seating.version(self.ctx, self.morning.meeting_id)
        module = seat_moves if verb in {"change", "undo"} else pins
        getattr(module, verb)(self.ctx, version=version, **self.at, **more)

    def who(self, name: str) -> Uid:
        """Somebody's attendance."""
        return Uid(self.morning.attendances[name])

    def undo(self) -> None:
        """The button that takes the last thing back."""
        last = action_log.last(self.ctx, self.morning.meeting_id)
        assert last.undoable is not None
        undoing.take_back(self.ctx, action=last.undoable, **self.at)

    def picture(self) -> dict[str, Any]:
        """Everything every screen shows, and what lies behind it; without versions, counters and the log."""
        names = {name for audience in Audience for name in SECTIONS[audience]} - {"log", "plan"}
        shown = {
            who: sections.build(
                self.ctx, self.morning.meeting_id, sorted(names), Viewer(PersonId(self.morning.people[who]), True)
            )
            for who in self.morning.attendances
        }
        with self.ctx.reading() as db:
            kept = {
                "rounds": [(row.number, row.clock) for row in db.scalars(select(Round).order_by(Round.number))],
                "seats": {(s.round_id, s.attendance_id, s.table_number, s.missed) for s in db.scalars(select(Seat))},
                "met": {(e.round_id, e.first_id, e.other_id, e.met_on) for e in db.scalars(select(Encounter))},
                "locks": {(k.attendance_id, k.number, k.table_number) for k in db.scalars(select(SeatLock))},
                "out of use": {c.table_number for c in db.scalars(select(ClosedTable))},
                "pairs": {(k.first_id, k.other_id, k.wish, k.uid) for k in db.scalars(select(SeatPair))},
            }
        return _without_versions({"shown": shown, "kept": kept})


def _without_versions(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_versions(each) for key, each in value.items() if key != "version"}
    if isinstance(value, list):
        return [_without_versions(each) for each in value]
    if isinstance(value, tuple):
        return tuple(_without_versions(each) for each in value)
    return value if not hasattr(value, "version") else (value.phase, value.starts_at, value.ends_at, value.remaining)


@pytest.fixture
def room(morning: Morning, clock: FakeClock) -> Room:
    """Everybody but Vik is in the room; three rounds of pairs are planned."""
    everybody_in(morning, but=("Vik",))
    seat_rounds(morning, [TABLES] * 3)
    return Room(morning, clock)


def _start(room: Room) -> None:
    room.press("start", 1)
    room.clock.pass_by(seconds=20)


def _pause(room: Room) -> None:
    _start(room)
    room.press("pause", 1)
    room.clock.pass_by(seconds=30)


def _end(room: Room) -> None:
    _start(room)
    room.press("end", 1)
    room.clock.pass_by(seconds=5)


def _unplanned(room: Room) -> None:
    def work(tx: Any) -> None:
        for each in tx.db.scalars(select(Round)):
            tx.db.delete(each)

    room.ctx.transaction(work)


def _plan(room: Room) -> None:
    """Plan again for a meeting that wants four rounds, with the improvement behind the next one."""
    plan_runs.begin(room.ctx, pace=Pace(20.0, 20.0, steps=40), **room.at)
    plan_runs.wait()


def _said(room: Room) -> None:
    announcements.say(room.ctx, message="Coffee", **room.at)


def _swap(room: Room) -> None:
    room.by_hand("change", moves=[Move(2, room.who("Max"), room.who("Mira"))])


def _host(room: Room) -> None:
    room.by_hand("host", person=room.who("Mira"), table=1)


def _two(room: Room) -> dict[str, Uid]:
    return {"one": room.who("Mira"), "other": room.who("Olga")}


def _pair(room: Room) -> None:
    room.by_hand("pair", **_two(room), wish=PairWish.APART)


def _alone(room: Room) -> None:
    """Vik did not come, his seats are free, Max has a table of three in the rounds to come; then Vik comes."""
    room.person("no_show", "Vik")
    _start(room)
    everybody_in(room.morning, only=("Vik",))


def _mira_goes(room: Room) -> None:
    uid = room.morning.attendances["Mira"]
    check_ins.leave(room.ctx, meeting_id=room.morning.meeting_id, attendance_uid=uid, desk=DOOR)


def _dora_alone(room: Room) -> None:
    """Vik, who has no seat, comes when Dora has lost her partner."""
    _alone(room)
    _mira_goes(room)


def _two_away(room: Room) -> None:
    """Vik never came and Mira went during the round: Max and Dora are alone."""
    _start(room)
    _mira_goes(room)


CASES: dict[str, tuple[Do, Do]] = {
    "start": (lambda room: None, lambda room: room.press("start", 1)),
    "pause": (_start, lambda room: room.press("pause", 1)),
    "resume": (_pause, lambda room: room.press("resume", 1)),
    "more": (_start, lambda room: room.press("adjust", 1, seconds=60)),
    "less while paused": (_pause, lambda room: room.press("adjust", 1, seconds=-30)),
    "end": (_start, lambda room: room.press("end", 1)),
    "end while paused": (_pause, lambda room: room.press("end", 1)),
    "void while it runs": (_start, lambda room: room.press("void", 1)),
    "void afterwards": (_end, lambda room: room.press("void", 1)),
    "void before": (_start, lambda room: room.press("void", 2)),
    "late now": (_dora_alone, lambda room: room.person("seat_latecomer", "Vik", when=When.NOW)),
    "late next": (_alone, lambda room: room.person("seat_latecomer", "Vik", when=When.NEXT)),
    "no-show": (lambda room: None, lambda room: room.person("no_show", "Vik")),
    "no-show in the round": (_two_away, lambda room: room.person("no_show", "Vik")),
    "left early": (_start, lambda room: room.person("leave_early", "Mira", desk=DOOR)),
    "left early before": (lambda room: None, lambda room: room.person("leave_early", "Olga", desk=DOOR)),
    "message": (_said, lambda room: announcements.say(room.ctx, message="Tea", **room.at)),
    "message away": (_said, lambda room: announcements.say(room.ctx, message="", **room.at)),
    "swap": (lambda room: None, _swap),
    "swap again": (_swap, lambda room: room.by_hand("change", moves=[Move(2, room.who("Max"), room.who("Olga"))])),
    "keep": (lambda room: None, lambda room: room.by_hand("keep", person=room.who("Mira"), number=2)),
    "let go": (_swap, lambda room: room.by_hand("let_go", person=room.who("Max"), number=2)),
    "host": (_host, lambda room: room.by_hand("host", person=room.who("Dora"), table=1)),
    "no host": (_host, lambda room: room.by_hand("let_go", person=room.who("Mira"), number=0)),
    "apart": (_pair, lambda room: room.by_hand("pair", **_two(room), wish=PairWish.TOGETHER)),
    "table out": (lambda room: None, lambda room: room.by_hand("close_table", table=3)),
    "first plan": (_unplanned, _plan),
    "plan again": (lambda room: None, _plan),
    "plan with a table skipped": (lambda room: room.skip(2, 1), _plan),
    "plan behind a running round": (_start, _plan),
    "skip before": (lambda room: None, lambda room: room.skip(1, 2)),
    "skip while it runs": (_start, lambda room: room.skip(1, 2)),
    "void table": (_end, lambda room: room.skip(1, 2)),
    "end with a table skipped": (lambda room: (_start(room), room.skip(1, 1)), lambda room: room.press("end", 1)),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_what_is_taken_back_never_was(room: Room, name: str) -> None:
    before, act = CASES[name]
    before(room)
    picture = room.picture()
    act(room)
    assert room.picture() != picture
    room.clock.pass_by(seconds=40)
    room.undo()
    assert room.picture() == picture


VERBS = ("start", "pause", "resume", "adjust", "end", "void")


@pytest.mark.parametrize("seed", range(3))
def test_everything_done_in_a_row_is_taken_back_in_a_row(room: Room, seed: int) -> None:
    chance = random.Random(seed)
    pictures = [room.picture()]
    while len(pictures) < 6:
        room.clock.pass_by(seconds=1)
        current = rounds.current(room.ctx, room.morning.meeting_id)
        assert current is not None
        verb = chance.choices(VERBS, (5, 2, 3, 2, 3, 1))[0]
        try:
            room.press(verb, current.number, **({"seconds": 30} if verb == "adjust" else {}))
        except WrongPhase:
            continue
        pictures.append(room.picture())
    for picture in reversed(pictures[:-1]):
        room.undo()
        assert room.picture() == picture


def test_a_round_that_another_one_followed_cannot_go_on(room: Room) -> None:
    _end(room)
    offered = action_log.last(room.ctx, room.morning.meeting_id).undoable
    room.press("start", 2)
    with pytest.raises(Conflict) as refused:
        undoing.take_back(room.ctx, action=offered or Uid(""), **room.at)
    assert refused.value.code == "undo_moved_on"


def test_a_clock_that_somebody_mended_meanwhile_is_left_alone(room: Room) -> None:
    _start(room)

    def mend(tx: Any) -> None:
        this_round = tx.db.scalars(select(Round).where(Round.number == 1)).one()
        this_round.clock = this_round.clock.adjust(timedelta(seconds=5), tx.now)

    room.ctx.transaction(mend)
    with pytest.raises(Conflict) as refused:
        room.undo()
    assert refused.value.code == "undo_in_the_way"


def test_what_the_seating_board_took_back_is_taken_back_in_the_log_too(room: Room) -> None:
    _swap(room)
    room.by_hand("undo")
    lines = action_log.recent(room.ctx, room.morning.meeting_id)
    assert [(line.key, line.undone) for line in lines] == [("taken_back", False), ("seats_changed", True)]
    assert action_log.last(room.ctx, room.morning.meeting_id).undoable is None


def test_what_the_console_took_back_the_seating_board_does_not_offer(room: Room) -> None:
    _swap(room)
    room.undo()
    with pytest.raises(Conflict) as refused:
        room.by_hand("undo")
    assert refused.value.code == "seats_undo_too_late"


def test_a_message_that_somebody_wrote_over_stays(room: Room) -> None:
    _said(room)

    def write(tx: Any) -> None:
        tx.db.get_one(Meeting, room.morning.meeting_id).message = "Tea"

    room.ctx.transaction(write)
    with pytest.raises(Conflict) as refused:
        room.undo()
    assert refused.value.code == "undo_in_the_way"
