"""Snapshots as they are sent: written as JSON once, kept while nobody writes, and read for many at a time.

What is kept belongs to a lull (`services.lulls`), so a kept snapshot says at every moment what a fresh one would. A
crowd that comes back is read together: whoever waits while others are read is in the next portion, and every portion
takes along at least twice as many people as the one before, because they will ask next.
"""

import threading
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from server.domain.vocabulary import SHARED_AUDIENCES, Audience, MeetingId, PersonId
from server.services import meetings
from server.services.context import Context, Json
from server.services.lulls import Lull
from server.wire import mornings, sections, together
from server.wire.mornings import Mornings, written
from server.wire.sections import Viewer
from server.wire.times import ms

FEWEST_AT_ONCE = 64
MOST_AT_ONCE = 256
"""People of whom one portion is read."""


@dataclass
class _Ticket:
    """Somebody who waits for their part."""

    person_id: PersonId
    text: str | None = None


class _Counter:
    """Where those wait who ask for their part of one meeting."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting: list[_Ticket] = []


class Snapshots:
    """The snapshots of every meeting, for one process."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._counters: dict[tuple[MeetingId, bool], _Counter] = {}

    def text(self, meeting_id: MeetingId, audiences: Iterable[Audience], viewer: Viewer) -> str:
        """What `state.state` says, as JSON."""
        heard = frozenset(audiences)
        lull = self._ctx.lull()
        # Counters first, then the sections: what is newer than its counter is only told twice, never missed.
        shared = lull.once(("shared", meeting_id, heard), lambda: self._shared(meeting_id, heard))
        own = self._own(lull, meeting_id, viewer) if Audience.PERSON in heard else ""
        comma = "," if own and not shared.endswith("{") else ""
        return f'{{"ok":true,"server_now":{ms(self._ctx.now())},{shared}{comma}{own}}}}}'

    def _shared(self, meeting_id: MeetingId, heard: frozenset[Audience]) -> str:
        """Counters and shared sections, without the end of the snapshot."""
        with self._ctx.reading() as db:
            seqs = meetings.view(db, meeting_id).seqs
        counted = {each.value: seqs[each] for each in Audience if each in heard and each in SHARED_AUDIENCES}
        names = [name for name in sections.of_audiences(heard) if name not in together.NAMES]
        built = sections.build(self._ctx, meeting_id, names, Viewer())
        return f'"audiences":{written(counted)},"snapshot":{written(built)[:-1]}'

    def _own(self, lull: Lull, meeting_id: MeetingId, viewer: Viewer) -> str:
        """The personal sections, without the braces around them."""
        person_id, private = viewer.person_id, viewer.secure
        if person_id is None:
            return _members(sections.build(self._ctx, meeting_id, together.NAMES, viewer))
        rest = lull.get(("rest", meeting_id, private, person_id))
        if isinstance(rest, str) and lull.get(("mornings", meeting_id, None)) is not None:
            everybody = mornings.of_meeting(self._ctx, meeting_id, lull=lull)
            return together.own(everybody, person_id, private=private, rest=rest)
        if lull.get(("first", meeting_id)) is None:
            # One phone that comes by itself needs no more than its own part.
            lull.keep({("first", meeting_id): True})
            return _members(sections.build(self._ctx, meeting_id, together.NAMES, viewer))
        counter = self._counters.setdefault((meeting_id, private), _Counter())
        ticket = _Ticket(person_id)
        counter.waiting.append(ticket)
        with counter.lock:
            if ticket.text is None:
                self._serve(meeting_id, private, ticket, counter)
        assert ticket.text is not None, "just served"
        return ticket.text

    def _serve(self, meeting_id: MeetingId, private: bool, mine: _Ticket, counter: _Counter) -> None:
        """Read the parts of all who wait, and of some who will."""
        waiting, counter.waiting = counter.waiting, []
        lull = self._ctx.lull()
        asked = dict.fromkeys([mine.person_id, *(each.person_id for each in waiting)])
        everybody = mornings.of_meeting(self._ctx, meeting_id)
        people = [*asked, *self._likely_next(lull, meeting_id, private, everybody, asked)]
        rests = together.rest(self._ctx, meeting_id, people, private=private)
        texts = {person: together.own(everybody, person, private=private, rest=rests[person]) for person in asked}
        for each in (mine, *waiting):
            each.text = texts[each.person_id]
        kept: dict[Hashable, object] = {("rest", meeting_id, private, person): text for person, text in rests.items()}
        many = self._many(lull, meeting_id, private) + len(kept)
        lull.keep(kept | {("many", meeting_id, private): many})

    @staticmethod
    def _many(lull: Lull, meeting_id: MeetingId, private: bool) -> int:
        many = lull.get(("many", meeting_id, private))
        return many if isinstance(many, int) else 0

    def _likely_next(
        self, lull: Lull, meeting_id: MeetingId, private: bool, everybody: Mornings, asked: Iterable[PersonId]
    ) -> list[PersonId]:
        """Twice as many others of the list as were read in this lull already, but not few: a portion costs the same."""
        many = self._many(lull, meeting_id, private)
        out, wanted = set(asked), min(max(2 * many, FEWEST_AT_ONCE), MOST_AT_ONCE) if many else 0
        found: list[PersonId] = []
        for person in everybody.people if wanted else ():
            if len(found) >= wanted:
                break
            if person not in out and lull.get(("rest", meeting_id, private, person)) is None:
                found.append(person)
        return found


def _members(value: Json) -> str:
    return written(value)[1:-1]
