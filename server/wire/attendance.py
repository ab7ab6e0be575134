"""The door's numbers and list on the wire."""

from server.domain.vocabulary import MeetingId, Uid
from server.services import attendance
from server.services.attendance import RoomPerson
from server.services.context import Context, Json
from server.wire.times import ms


def counts(ctx: Context, meeting_id: MeetingId) -> Json:
    """Expected, came, in the room now, visitors among them."""
    return dict(vars(attendance.counts(ctx, meeting_id)))


def line(person: RoomPerson) -> Json:
    """One line of the list; no e-mail and no phone number ever."""
    return {
        "name": person.name,
        "company": person.company,
        "standing": person.standing.value,
        "status": person.status.value,
        "entered_at": ms(person.entered_at),
        "left_at": ms(person.left_at),
        "desk": person.desk,
        "guest_of": person.guest_of,
        "walk_in": person.is_walk_in,
        "phone": person.has_phone,
    }


def room(ctx: Context, meeting_id: MeetingId, *, only: Uid | None = None) -> Json:
    """The list keyed by attendance uid, whole or one line of it."""
    return {person.uid: line(person) for person in attendance.everybody(ctx, meeting_id, only=only)}
