"""The sentences of all refusals, by code. One module a feature; a code stands in exactly one of them."""

from server.views.sentences import (
    access,
    attendee,
    display,
    door,
    facilitator,
    files,
    organiser,
    people,
    planning,
    referrals,
)

SENTENCES: dict[str, str] = {}
for _module in (access, attendee, display, door, facilitator, files, organiser, people, planning, referrals):
    SENTENCES |= _module.SENTENCES
