"""The log of a meeting, and taking the last action back, on both databases."""

from datetime import timedelta

import pytest

from server.domain.errors import Conflict, WrongPhase
from server.domain.vocabulary import MeetingStatus, PersonId, Uid
from server.persistence.models import Meeting
from server.services import action_log, undoing
from server.services.context import Json, Tx
from tests.conftest import FakeClock
from tests.mornings import Morning


def _note(morning: Morning, key: str, undo: Json | None = None, **params: object) -> None:
    def work(tx: Tx) -> None:
        by = PersonId(morning.people["Fiona"])
        action_log.note(tx, meeting_id=morning.meeting_id, key=key, params=params, by=by, undo=undo)

    morning.ctx.transaction(work)


def _undoable(morning: Morning) -> Uid:
    found = action_log.last(morning.ctx, morning.meeting_id).undoable
    assert found is not None
    return found


@pytest.fixture
def undone(monkeypatch: pytest.MonkeyPatch) -> list[Json]:
    found: list[Json] = []
    monkeypatch.setitem(undoing.UNDO, "test", lambda tx, asked: found.append(asked))
    return found


def test_a_line_says_who_did_what_and_names_people_when_it_is_read(morning: Morning, clock: FakeClock) -> None:
    _note(morning, "seated_next", person=morning.attendances["Vik"], number=2)
    _note(morning, "seats_changed", people=[morning.attendances["Mira"], "0000000000000000"], number=1)
    newest, oldest = action_log.recent(morning.ctx, morning.meeting_id)
    assert (oldest.key, oldest.params, oldest.by) == ("seated_next", {"person": "Vik", "number": 2}, "Fiona K.")
    assert (newest.params["people"], newest.at) == ("Mira Łukasik, …", clock.now)
    assert action_log.whole(morning.ctx, morning.meeting_id) == (oldest, newest)


def test_the_last_action_is_taken_back_and_then_the_one_before(morning: Morning, undone: list[Json]) -> None:
    _note(morning, "round_started", {"verb": "test", "which": 1}, number=1)
    _note(morning, "round_paused", {"verb": "test", "which": 2}, number=1)
    _note(morning, "message_shown", text="Coffee")
    for _ in range(2):
        undoing.take_back(morning.ctx, meeting_id=morning.meeting_id, action=_undoable(morning))
    assert [each["which"] for each in undone] == [2, 1]
    assert {each["meeting_id"] for each in undone} == {morning.meeting_id}
    assert action_log.last(morning.ctx, morning.meeting_id).undoable is None
    lines = action_log.recent(morning.ctx, morning.meeting_id)
    assert [(each.key, each.undone) for each in lines] == [
        ("taken_back", False),
        ("taken_back", False),
        ("message_shown", False),
        ("round_paused", True),
        ("round_started", True),
    ]


def test_two_facilitators_taking_back_at_once_take_one_thing_back(morning: Morning, undone: list[Json]) -> None:
    _note(morning, "round_started", {"verb": "test"}, number=1)
    _note(morning, "round_paused", {"verb": "test"}, number=1)
    offered = _undoable(morning)
    undoing.take_back(morning.ctx, meeting_id=morning.meeting_id, action=offered)
    with pytest.raises(Conflict) as refused:
        undoing.take_back(morning.ctx, meeting_id=morning.meeting_id, action=offered)
    assert (refused.value.code, len(undone)) == ("undo_moved_on", 1)


def test_an_action_of_long_ago_stays(morning: Morning, undone: list[Json], clock: FakeClock) -> None:
    _note(morning, "round_started", {"verb": "test"}, number=1)
    clock.now += timedelta(minutes=11)
    with pytest.raises(Conflict) as refused:
        undoing.take_back(morning.ctx, meeting_id=morning.meeting_id, action=_undoable(morning))
    assert (refused.value.code, undone) == ("too_late_to_take_back", [])


def test_a_closed_meeting_stays_as_it_is(morning: Morning, undone: list[Json]) -> None:
    _note(morning, "round_started", {"verb": "test"}, number=1)

    def close(tx: Tx) -> None:
        tx.db.get_one(Meeting, morning.meeting_id).status = MeetingStatus.CLOSED

    morning.ctx.transaction(close)
    with pytest.raises(WrongPhase) as refused:
        undoing.take_back(morning.ctx, meeting_id=morning.meeting_id, action=_undoable(morning))
    assert (refused.value.code, undone) == ("meeting_is_closed", [])


def test_nothing_done_is_nothing_to_take_back(morning: Morning) -> None:
    found = action_log.last(morning.ctx, morning.meeting_id)
    assert (found.lines, found.undoable, found.until) == (0, None, None)
    with pytest.raises(Conflict) as refused:
        undoing.take_back(morning.ctx, meeting_id=morning.meeting_id, action=Uid("0" * 16))
    assert refused.value.code == "nothing_to_take_back"
