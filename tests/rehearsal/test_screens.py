"""A bot's screen keeps the promises of the real ones: nothing twice, nothing lost, the server's second."""

from typing import Any

import pytest

from server.rehearsal import report
from server.rehearsal.lines import Browser, Json
from server.rehearsal.report import Figures
from server.rehearsal.screens import Screen, merged


class FakeBrowser(Browser):
    """A browser whose server always tells the same state."""

    def __init__(self, state: Json) -> None:
        super().__init__(0)
        self.state = state
        self.asked = 0

    def get(self, path: str) -> Json:
        self.asked += 1
        return self.state


STATE: Json = {"audiences": {"everyone": 7}, "snapshot": {"clock": {"number": 1, "version": 3}}, "server_now": 1000}


@pytest.fixture
def screen() -> Screen:
    """A phone that has joined."""
    made = Screen("phone 1", FakeBrowser(STATE), "M")
    made._take({"audiences": {"everyone": 4}, "snapshot": {"clock": {"number": 1, "version": 0}}})
    made._joined = True
    return made


def _news(seq: int | None, **patch: Any) -> Json:
    return {"audience": "everyone", "seq": seq, "kind": "round_moved", "sent_at": 1000, "patch": patch}


def test_news_are_applied_once_and_in_their_order(screen: Screen) -> None:
    for seq in (6, 5, 5, 4):
        screen._hear(_news(seq, clock={"version": seq - 4}))
    assert screen.snapshot == {"clock": {"number": 1, "version": 2}}
    assert screen.notes.missed == 0
    screen.end()


def test_what_never_comes_is_fetched_and_counted(screen: Screen) -> None:
    screen._hear(_news(7, clock={"version": 3}))
    assert screen._gap is not None
    screen._gap.cancel()
    screen._fetch()
    assert screen.snapshot == STATE["snapshot"]
    assert (screen.notes.missed, screen.notes.fetched) == (2, 1)


def test_the_counters_tell_a_screen_that_it_is_behind(screen: Screen) -> None:
    screen._hear(_news(4) | {"kind": "counters"})
    assert screen._gap is None
    screen._hear(_news(6) | {"kind": "counters"})
    assert screen._gap is not None
    screen._gap.cancel()
    screen._fetch()
    assert screen.notes.missed == 2


def test_news_to_one_person_need_no_number(screen: Screen) -> None:
    screen._hear(_news(None, me={"rounds": {"1": {"table": 3}}}) | {"audience": "person"})
    assert screen.table(1) == 3


def test_a_patch_takes_away_what_is_null() -> None:
    assert merged({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": None}, "d": {"e": 1}}) == {"a": {"c": 2}, "d": {"e": 1}}


def test_the_clock_lies_between_the_fastest_way_up_and_the_fastest_way_down(screen: Screen) -> None:
    screen._sample(1000, 6_030, 6_031, 1_100)
    screen._sample(2000, 7_090, 7_091, 2_101)
    assert -max(screen._ups) == 5030
    assert max(screen._downs) == 4990


def test_a_verdict_is_one_sentence_and_bad_news_come_with_their_reason() -> None:
    found = Figures(people=60, rounds=4, presses=[30.0], apart=[4.0], looks=10)
    assert found.is_good
    assert report.verdict(found)[0].startswith("All is well")
    found.presses.append(1200.0)
    assert report.verdict(found)[0].startswith("Too slow")
    found.failed.append("phone 3: 500")
    assert "not answered" in report.verdict(found)[0]
    found.disagreements.append("phone 3, round 1 has begun: clock")
    assert not found.is_good
    told = [text % params for text, params in report.lines(found)]
    assert told[-1] == "Not good: some screens showed something else than the others."
    assert "  Wrong: phone 3, round 1 has begun: clock" in told
