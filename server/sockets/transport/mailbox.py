"""What waits for the next poll of a client that has no websocket. One poll at a time may wait for it."""

import gevent.event

MOST_WAITING = 512 * 1024
"""Characters that may wait; a client that leaves more has stopped polling."""


class Overlap(Exception):
    """A second poll came while the first still waits."""


class Mailbox:
    """Letters in their order, and the poll that waits for them."""

    __slots__ = ("_came", "_letters", "_size", "_wanted")

    def __init__(self) -> None:
        self._letters: list[str] = []
        self._size = 0
        self._came = gevent.event.Event()
        self._wanted = False

    @property
    def is_full(self) -> bool:
        """Has more been left here than a polling client would leave?"""
        return self._size > MOST_WAITING

    @property
    def is_awaited(self) -> bool:
        """Does a poll wait right now?"""
        return self._wanted

    def put(self, letter: str) -> None:
        """A letter for the poll that waits, or for the next."""
        self._letters.append(letter)
        self._size += len(letter)
        self._came.set()

    def take(self) -> list[str]:
        """Everything that is here, without waiting."""
        letters, self._letters = self._letters, []
        self._size = 0
        self._came.clear()
        return letters

    def wait(self, seconds: float) -> list[str]:
        """Everything that is here, or comes within the time. Raises Overlap when another poll waits."""
        if self._wanted:
            raise Overlap
        self._wanted = True
        try:
            self._came.wait(timeout=seconds)
        finally:
            self._wanted = False
        return self.take()
