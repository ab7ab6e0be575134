"""Which screens are counted as what, and that nobody but the facilitators hears how many there are."""

from flask import Flask

from server.domain.vocabulary import MeetingId, Uid
from server.services.online import Online
from server.sockets.handlers import Watcher
from server.sockets.tally import AGAIN, Tally, count
from tests.mornings import Morning
from tests.screens import Screen


def _watcher(*rooms: str, session: str = "s", meeting: int | None = 1) -> Watcher:
    names = tuple(f"{room}:{meeting}" for room in rooms)
    return Watcher(None if meeting is None else MeetingId(meeting), names, "", Uid(session))


def test_a_screen_counts_once_as_what_it_hears_most_of() -> None:
    found = count(
        [
            _watcher("everyone", "person", session="mira"),
            _watcher("everyone", "person", session="mira"),
            _watcher("everyone", "person", session="max"),
            _watcher("everyone", "displays"),
            _watcher("everyone", "desk"),
            _watcher("everyone", "desk", "facilitators"),
            _watcher("person", meeting=None),
            _watcher("everyone", meeting=2),
        ]
    )
    assert found == {1: Online(phones=2, displays=1, desks=1, consoles=1), 2: Online(phones=1)}


def test_only_facilitators_hear_it_and_only_when_it_changes(app: Flask, morning: Morning) -> None:
    fiona, mira, dora, wall = (Screen(app, morning, who) for who in ("Fiona", "Mira", "Dora", "display"))
    tally = Tally(app.extensions["coltiva_sockets"], app.extensions["coltiva_watchers"], morning.ctx)
    tally.look(0.0)
    (news,) = fiona.hear()
    assert (news["audience"], news["kind"]) == ("facilitators", "devices")
    assert "seq" not in news
    assert fiona.snapshot["devices"] == {"phones": 1, "displays": 1, "desks": 1, "consoles": 1}
    assert fiona.behind() == []
    for screen in (mira, dora, wall):
        assert screen.hear() == []
        assert "devices" not in screen.snapshot
    tally.look(1.0)
    tally.look(AGAIN + 1)
    assert fiona.hear() == []
    Screen(app, morning, "Max")
    tally.look(AGAIN + 2)
    fiona.hear()
    assert fiona.snapshot["devices"]["phones"] == 2
