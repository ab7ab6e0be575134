"""The personal sections of several people, read together: a crowd that comes back asks the database a few times.

Says exactly what `sections.build` says of each of them.
"""

from collections.abc import Callable, Collection, Mapping
from sys import intern

from server.domain.vocabulary import Audience, MeetingId, PersonId
from server.services import exchanges, slips
from server.services.context import Context
from server.wire import exchanges as wire_exchanges
from server.wire import referrals as wire_referrals
from server.wire import sections
from server.wire.mornings import Mornings, written
from server.wire.sections import Viewer

People = Collection[PersonId]
NAMES = sections.SECTIONS[Audience.PERSON]


def _slips(ctx: Context, meeting_id: MeetingId, people: People, private: bool) -> Mapping[PersonId, object]:
    boards = slips.boards(ctx, people)
    return {person: {slip.uid: wire_referrals.card(slip) for slip in boards[person]} for person in people}


def _exchanges(ctx: Context, meeting_id: MeetingId, people: People, private: bool) -> Mapping[PersonId, object]:
    found = exchanges.of_people(ctx, meeting_id, people)
    return {person: wire_exchanges.of_circle(found[person], private=private) for person in people}


TOGETHER: dict[str, Callable[[Context, MeetingId, People, bool], Mapping[PersonId, object]]] = {
    "slips": _slips,
    "exchanges": _exchanges,
}
"""How a section is read for several people. One that is not here is read for each of them."""


def rest(ctx: Context, meeting_id: MeetingId, people: People, *, private: bool) -> dict[PersonId, str]:
    """The personal sections of these people but `me`, as the members of a JSON object."""
    found: dict[PersonId, list[str]] = {person: [] for person in people}
    for name in NAMES:
        if name == "me":
            continue
        if name in TOGETHER:
            values = TOGETHER[name](ctx, meeting_id, people, private)
        else:
            values = {person: sections.BUILDERS[name](ctx, meeting_id, Viewer(person, private)) for person in people}
        for person in people:
            found[person].append(f'"{name}":{written(values[person])}')
    # Most of them have nothing yet: one text for all of those.
    return {person: intern(",".join(texts)) for person, texts in found.items()}


def own(everybody: Mornings, person: PersonId, *, private: bool, rest: str) -> str:
    """All personal sections of a person, with those that `rest` gave, as the members of a JSON object."""
    return f'"me":{everybody.me(person, private=private)},{rest}'
