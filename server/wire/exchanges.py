"""Exchanges on the wire: the section `exchanges` of one person, keyed by the exchange's uid.

A card holds only what its owner has opened, only while the exchange stands, and travels only where private things
may. News replace every entry whole, so a patch also names, as null, the fields that are no longer shown.
"""

from collections.abc import Iterable

from server.domain.vocabulary import ContactField, MeetingId, PersonId
from server.services import exchanges
from server.services.context import Context, Json
from server.services.exchanges import CircleView, ExchangeView


def entry(view: ExchangeView, *, private: bool) -> Json:
    """One exchange as one of the two sees it."""
    return {
        "state": view.state.value,
        "mine": view.mine,
        "with": {"person": view.person_uid, "name": view.name, "company": view.company},
        "card": {field.value: value for field, value in view.card.items()} if private else {},
    }


def section(ctx: Context, meeting_id: MeetingId, person_id: PersonId | None, *, private: bool) -> Json:
    """The section `exchanges`; empty for a screen that is nobody's."""
    if person_id is None:
        return {}
    return of_circle(exchanges.of_person(ctx, meeting_id, person_id), private=private)


def of_circle(found: CircleView, *, private: bool) -> Json:
    """The section of a circle that was read already."""
    return {view.uid: entry(view, private=private) for view in found.exchanges}


def patch(ctx: Context, meeting_id: MeetingId, person_id: PersonId, *, private: bool) -> Json:
    """The same as a patch: what is no longer shown goes away."""
    nothing = {field.value: None for field in ContactField}
    found = section(ctx, meeting_id, person_id, private=private)
    return {uid: each | {"card": nothing | each["card"]} for uid, each in found.items()}


def news(ctx: Context, meeting_id: MeetingId, people: Iterable[PersonId]) -> Iterable[tuple[PersonId, Json, Json]]:
    """Person, patch for an open line, patch for a private one."""
    for person_id in people:
        yield (
            person_id,
            patch(ctx, meeting_id, person_id, private=False),
            patch(ctx, meeting_id, person_id, private=True),
        )
