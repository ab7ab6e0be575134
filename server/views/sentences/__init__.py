"""The sentences of all refusals, by code. One module a feature; a code stands in exactly one of them."""

from server.views.sentences import (
    access,
    attendee,
    display,
    door,
    facilitator,
    files,
    organiser,
    packets,
    paper,
    people,
    planning,
    referrals,
    registering,
    running,
)

SENTENCES: dict[str, str] = {}
_MODULES = (
    access,
    attendee,
    display,
    door,
    facilitator,
    files,
    organiser,
    packets,
    paper,
    people,
    planning,
    referrals,
    registering,
    running,
)
for _module in _MODULES:
    SENTENCES |= _module.SENTENCES
