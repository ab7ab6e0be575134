"""The section `me` of many people, written: what they have in common is written once.

A table of six is told to six phones, each about the other five: every person is written once, and every phone's part
is put together from those pieces. Says exactly what `rounds.me` says of each.
"""

import json
from collections.abc import Iterator, Mapping

from server.domain import meetings as limits
from server.domain.vocabulary import MeetingId, PersonId
from server.services import seating
from server.services.context import Context
from server.services.lulls import Lull
from server.services.rounds import RoundView
from server.services.seat_reading import Listed, Seated
from server.services.seating import Morning
from server.wire import rounds

written = json.JSONEncoder(separators=(",", ":")).encode
"""A value as JSON text, without spaces."""
_NUMBERS = range(limits.ROUNDS[0], limits.ROUNDS[1] + 1)


class Mornings:
    """Everybody's part of one reading."""

    def __init__(self, read: Morning) -> None:
        self.read = read
        self._listed = {each.person_id: each for each in read.people}
        self._now = seating.now_of(read)
        self._who: dict[PersonId, str] = {}
        self._heads: dict[object, str] = {}
        self._known: dict[object, str] = {}
        # Nothing but a promise makes a private line's part another one.
        self._promised = {owner for owner, _ in read.promises}

    @property
    def people(self) -> list[PersonId]:
        """Everybody on the list."""
        return list(self._listed)

    def me(self, person_id: PersonId, *, private: bool) -> str:
        """The section of one person; empty for somebody not on the list."""
        entry = self._listed.get(person_id)
        if entry is None:
            return "{}"
        told = {each.number: self._own(each, person_id, private) for each in self.read.every}
        return self._me(entry, told)

    def news(self, *, number: int | None = None) -> Iterator[tuple[PersonId, str, str]]:
        """Person, patch of `me` for an open line, patch for a private one: of everybody on the list.

        With `number` the other rounds stay as they are.
        """
        for entry in self.read.people:
            line = private = self._news(entry, number, private=False)
            if entry.person_id in self._promised:
                private = self._news(entry, number, private=True)
            yield entry.person_id, line, private

    def _news(self, entry: Listed, number: int | None, *, private: bool) -> str:
        told = dict.fromkeys(_NUMBERS, "null") if number is None else {}
        for each in self.read.every:
            if number is None or each.number == number:
                told[each.number] = self._own(each, entry.person_id, private)
        return self._me(entry, told)

    def _me(self, entry: Listed, told: Mapping[int, str]) -> str:
        each = ",".join([f'"{number}":{text}' for number, text in told.items()])
        return f'{written(rounds.me_head(entry, self._now))[:-1]},"rounds":{{{each}}}}}'

    def _own(self, this_round: RoundView, person_id: PersonId, private: bool) -> str:
        seat = self.read.places[this_round.number].get(person_id)
        if seat is None:
            return "null"
        key = this_round.number, seat.table
        head = self._heads.get(key)
        if head is None:
            own = seating.own(this_round, seat, self.read)
            head = self._heads[key] = written(rounds.own_head(own))[:-1] + ',"with":['
        company = seating.company(this_round, seat, self.read.tables[this_round.number])
        return head + ",".join([self._partner(person_id, each, private) for each in company]) + "]}"

    def _partner(self, me: PersonId, seat: Seated, private: bool) -> str:
        they = seat.person_id
        who = self._who.get(they)
        if who is None:
            who = self._who[they] = written(rounds.who(seat))[:-1] + ',"met_before":'
        read = self.read
        if not read.known and not read.promises:
            return who + "null}"
        partner = seating.partner(me, seat, read)
        if partner.met is None and not partner.promise:
            return who + "null}"
        told = partner.met, partner.promise if private else ""
        known = self._known.get(told)
        if known is None:
            known = self._known[told] = written(rounds.met_before(partner, private))
        return f"{who}{known}}}"


def of_meeting(ctx: Context, meeting_id: MeetingId, *, lull: Lull | None = None) -> Mornings:
    """Everybody's part of a meeting; kept for the lull, which whoever has just asked for one may hand on."""
    return (lull or ctx.lull()).once(("mornings", meeting_id, None), lambda: Mornings(rounds.morning(ctx, meeting_id)))
