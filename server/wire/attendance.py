"""The door's numbers, places and list on the wire. A missing key and null say the same thing."""

from collections.abc import Collection, Iterable

from server.domain import attendance as rules
from server.domain.vocabulary import MeetingId, Uid
from server.services import attendance
from server.services import conflicts as door_conflicts
from server.services.attendance import RoomPerson
from server.services.check_ins import AWAY
from server.services.context import Context, Json
from server.services.door_known import KnownPerson
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


def place(person: RoomPerson) -> Json:
    """One place of the door's seedbed. Only whoever came has a name here: a door holds no list of the absent."""
    came = person.entered_at is not None
    return {
        "standing": person.standing.value,
        "away": person.status in AWAY or None,
        "name": person.name if came else None,
        "company": person.company if came else None,
        "entered_at": ms(person.entered_at),
        "left_at": ms(person.left_at),
        "desk": person.desk if came else None,
        "phone": person.has_phone if came else None,
        "visit_beyond": person.visit_beyond if came else None,
    }


def room(ctx: Context, meeting_id: MeetingId) -> Json:
    """The list keyed by attendance uid."""
    return {person.uid: line(person) for person in attendance.everybody(ctx, meeting_id)}


def door(ctx: Context, meeting_id: MeetingId) -> Json:
    """The door's places keyed by attendance uid."""
    return {person.uid: place(person) for person in attendance.everybody(ctx, meeting_id)}


def conflicts(ctx: Context, meeting_id: MeetingId) -> Json:
    """Badges that two desks let in, keyed by uid; a settled one is null."""

    def scan(found: door_conflicts.Scan | None) -> Json | None:
        return {"at": ms(found.at), "desk": found.desk} if found else None

    return {
        each.uid: None
        if each.settled
        else {
            "attendance": each.attendance_uid,
            "name": each.name,
            "company": each.company,
            "first": scan(each.first),
            "second": scan(each.second),
        }
        for each in door_conflicts.listed(ctx, meeting_id)
    }


def some(ctx: Context, meeting_id: MeetingId, uids: Collection[Uid]) -> dict[str, dict[Uid, Json | None]]:
    """These attendances as the sections `room` and `door` have them; None for one that is no more. One statement."""
    found = {person.uid: person for person in attendance.everybody(ctx, meeting_id, only=uids)}
    return {
        section: {uid: shown(found[uid]) if uid in found else None for uid in uids}
        for section, shown in (("room", line), ("door", place))
    }


def known(people: Iterable[KnownPerson]) -> list[Json]:
    """People of the group who are not on the list, for somebody who adds a walk-in."""
    return [
        {"person": each.uid, "name": each.name, "company": each.company, "standing": each.standing.value}
        | {"in_room": False}
        for each in people
    ]


def hits(ctx: Context, people: Iterable[RoomPerson]) -> list[Json]:
    """People found by name, for somebody who may search: whether they are in, and what can be done."""
    now = ctx.now()
    return [
        {"uid": person.uid, "in_room": person.in_room}
        | line(person)
        | {"may_undo": person.entered_at is not None and rules.may_undo(person.entered_at, now)}
        for person in people
    ]
