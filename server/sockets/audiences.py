"""Audiences as Socket.IO rooms, named on the server only: nobody asks for a room by its name."""

from server.domain.vocabulary import Audience, MeetingId, PersonId


def room_of(audience: Audience, meeting_id: MeetingId) -> str:
    """The Socket.IO room of a shared audience of a meeting."""
    return f"{audience.value}:{meeting_id}"


def room_of_person(person_id: PersonId | int) -> str:
    """The Socket.IO room of everything one person has open."""
    return f"person:{person_id}"


def line_of_person(person_id: PersonId | int, *, private: bool) -> str:
    """The room of those of a person's screens over which notes and promises may travel, or of the others.

    Every screen of a person is in `room_of_person` and in exactly one of these two.
    """
    return f"person:{person_id}:{'private' if private else 'open'}"
