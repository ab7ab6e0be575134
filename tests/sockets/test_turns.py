"""News are told one after the other, and a failure in between does not silence a process."""

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from server.domain.events import AttendanceChanged, RoundMoved
from server.domain.vocabulary import MeetingId, Uid
from server.services.bus import Told
from server.sockets.turns import InTurn


class Threads:
    """What stands where an extension stands: background work is a thread."""

    def start_background_task(self, target: Callable[[], None]) -> None:
        threading.Thread(target=target, daemon=True).start()


def arrival(number: int) -> Told:
    return Told(AttendanceChanged(MeetingId(1), Uid(f"u{number}")), {})


def test_news_after_one_that_could_not_be_told_are_told() -> None:
    heard: SimpleQueue[list[Told]] = SimpleQueue()

    def tell(together: list[Told]) -> None:
        heard.put(together)
        if together[0].event == arrival(1).event:
            raise ConnectionError("the queue between the processes is gone")

    turns = InTurn(Threads(), tell)  # type: ignore[arg-type]  # no extension is needed for this
    turns.put(arrival(1))
    assert heard.get(timeout=60) == [arrival(1)]
    turns.put(arrival(2))
    assert heard.get(timeout=60) == [arrival(2)]


def test_arrivals_behind_each_other_are_handed_over_together_and_in_their_order() -> None:
    heard: SimpleQueue[list[Told]] = SimpleQueue()
    gate = threading.Event()

    def tell(together: list[Told]) -> None:
        heard.put(together)
        gate.wait(60)

    turns = InTurn(Threads(), tell)  # type: ignore[arg-type]  # no extension is needed for this
    start = Told(RoundMoved(MeetingId(1), 1, seats_change=True), {})
    turns.put(start)
    assert heard.get(timeout=60) == [start]
    several: list[Any] = [arrival(1), arrival(2), start, arrival(3)]
    for each in several:
        turns.put(each)
    gate.set()
    assert heard.get(timeout=60) == several
