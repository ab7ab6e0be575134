"""Audiences as Socket.IO rooms, named on the server only: nobody asks for a room by its name."""

from server.domain.vocabulary import Audience, MeetingId, PersonId


def room_of(audience: Audience, meeting_id: MeetingId) -> str:
    """The Socket.IO room of a shared audience of a meeting."""
    return f"{audience.value}:{meeting_id}"


def room_of_person(person_id: PersonId | int) -> str:
    """The Socket.IO room of everything one person has open."""
    return f"person:{person_id}"
