"""The time between two writes: what was read in a lull is kept until anybody writes anything anywhere.

A thousand phones that come back at once ask the same questions of a database that stands still. Whether it does is
asked of the database each time (`persistence.revisions`), so nothing that is kept can be out of date, whoever wrote:
this process, another worker, a command at the keyboard.
"""

import threading
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import TypeVar

T = TypeVar("T")
LONGEST = timedelta(seconds=10)
"""What depends on the time of day (a session that expires, an outcome that leaves the board) may lag by so much."""


class _Question:
    """Those who ask the same thing at the same time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.askers = 0
        self.arrived = 0
        self.covered = 0
        self.answer: object = None


class Questions:
    """What is being asked right now. Whoever comes while it is being asked shares the next answer, which is read
    after they came; so a crowd asks once or twice, also of a database that never stands still.
    """

    def __init__(self) -> None:
        self._open: dict[Hashable, _Question] = {}
        self._lock = threading.Lock()

    def ask(self, key: Hashable, kept: "dict[Hashable, object]", ask: Callable[[], object]) -> object:
        """The answer, asked now or by somebody who began after we came."""
        with self._lock:
            question = self._open.setdefault(key, _Question())
            question.askers += 1
            question.arrived += 1
            mine = question.arrived
        try:
            with question.lock:
                if key not in kept and question.covered < mine:
                    covers = question.arrived
                    question.answer = ask()
                    question.covered = covers
                return kept.get(key, question.answer)
        finally:
            with self._lock:
                question.askers -= 1
                if not question.askers:
                    self._open.pop(key, None)


class Lull:
    """What was read of one state of the database."""

    def __init__(
        self,
        revision: object,
        began: datetime,
        revision_now: Callable[[], object],
        questions: Questions,
        lately: "dict[Hashable, tuple[datetime, object]] | None" = None,
    ) -> None:
        self.revision = revision
        self.began = began
        self._revision_now = revision_now
        self._questions = questions
        self._kept: dict[Hashable, object] = {}
        self._lately = {} if lately is None else lately

    def lately(self, key: Hashable, now: datetime) -> object | None:
        """What was noted under the key less than `LONGEST` ago, whoever has written since."""
        at, answer = self._lately.get(key, (now, None))
        return answer if timedelta(0) <= now - at < LONGEST else None

    def note(self, key: Hashable, answer: object, now: datetime) -> None:
        """Keep an answer that is dear to ask for and may be a little old."""
        self._lately[key] = (now, answer)

    def get(self, key: Hashable) -> object | None:
        """What is kept under the key, if anything."""
        return self._kept.get(key)

    def once(self, key: Hashable, ask: Callable[[], T]) -> T:
        """The answer to a question, asked once in a lull. `ask` must read nothing but the database."""

        def asked() -> T:
            answer = ask()
            self.keep({key: answer})
            return answer

        try:
            return self._kept[key]  # type: ignore[return-value]  # the key says which question it was
        except KeyError:
            return self._questions.ask(key, self._kept, asked)  # type: ignore[return-value]  # as above

    def keep(self, answers: "dict[Hashable, object]") -> bool:
        """Keep what was read since the lull was asked for, if it is not over. Says whether it was kept."""
        is_still = self._revision_now() == self.revision
        if is_still:
            self._kept |= answers
        return is_still


def passing(at: datetime) -> Lull:
    """A lull in which nothing is kept, for questions asked of a moment that may be over already."""
    return Lull(object(), at, object, Questions())


class Lulls:
    """The lull of every moment, one after the other."""

    def __init__(self, revision: Callable[[], object]) -> None:
        self._revision = revision
        self._questions = Questions()
        self._current: Lull | None = None
        self._lately: dict[Hashable, tuple[datetime, object]] = {}

    def at(self, now: datetime) -> Lull:
        """The lull we are in; a new and empty one when somebody wrote since, or the last one lasted too long."""
        revision, current = self._revision(), self._current
        if current is None or current.revision != revision or not timedelta(0) <= now - current.began < LONGEST:
            self._current = current = Lull(revision, now, self._revision, self._questions, self._lately)
        return current
