"""What a phone shows: the first paint in one moment of the database, and which scene of the morning it is.

The browser has the same `scene` in `attendee/scene.js`; a test holds the two against each other.
"""

from dataclasses import dataclass

from server.domain.vocabulary import ContactField, MeetingId, MeetingStatus, PersonId, RoundPhase
from server.services import displays, exchanges
from server.services.context import Context, Json
from server.wire import exchanges as wire
from server.wire import meetings, rounds
from server.wire.times import ms

GOING_ON = {RoundPhase.RUNNING.value, RoundPhase.PAUSED.value}


@dataclass(frozen=True)
class First:
    """The first paint: what the script starts from, the fields that the person has opened, and what walls call them."""

    server_now: int
    snapshot: Json
    opened: frozenset[ContactField]
    short: str
    company: str


def first(ctx: Context, meeting_id: MeetingId, person_id: PersonId, *, private: bool) -> First:
    """The phone of a person as it is now; without `me` once the rounds are over.

    The bells, the break and who speaks come with the news: few phones are opened just then.
    """
    circle = exchanges.of_person(ctx, meeting_id, person_id)
    snapshot: Json = {
        "meeting": meetings.meeting(ctx, meeting_id),
        "clock": rounds.clock(ctx, meeting_id),
        "exchanges": wire.of_circle(circle, private=private),
    }
    if not is_over(snapshot):
        snapshot["me"] = rounds.me(ctx, meeting_id, person_id, private=private)
    return First(ms(ctx.now()) or 0, snapshot, circle.opened, *displays.called(ctx, person_id))


def is_over(snapshot: Json) -> bool:
    """Whether it is time to look back: the meeting is closed, or its last round has ended."""
    clock = snapshot["clock"]
    closed = snapshot["meeting"]["status"] == MeetingStatus.CLOSED.value
    return closed or (clock is not None and clock["phase"] == RoundPhase.ENDED.value)


def scene(snapshot: Json) -> Json:
    """`{kind, number, of, table, shown, next, shut}` of a phone.

    kind: before | round | bye (sits out) | unseated (came too late for this round) | break | after. `shown` is the
    round whose partners are shown, `next` the coming `{number, table}` (table null: sits out), `shut` whether one's
    table takes no part: skipped | void | null.
    """
    clock, own = snapshot["clock"], snapshot.get("me", {}).get("rounds", {})
    found: Json = {"kind": "before"} | dict.fromkeys(("number", "of", "table", "shown", "next", "shut"))
    if is_over(snapshot):
        return found | {"kind": "after"}
    if clock is None:
        return found
    number = clock["number"]
    seat = own.get(str(number))
    coming = (each for each in sorted(map(int, own)) if each >= number and _planned(own[str(each)]))
    found |= {"number": number, "of": clock["of"]}
    for each in coming:
        found["next"] = {"number": each, "table": own[str(each)]["table"]}
        break
    if clock["phase"] in GOING_ON:
        kind = "unseated" if seat is None else "bye" if seat["table"] is None else "round"
        shown = {"shown": number, "shut": seat.get("closed")} if seat and kind == "round" else {}
        return found | {"kind": kind, "table": seat and seat["table"]} | shown
    if clock["phase"] == RoundPhase.PLANNED.value and number > 1:
        held = [int(each) for each, seat in own.items() if int(each) < number and seat and seat["with"]]
        return found | {"kind": "break", "shown": max(held, default=None)}
    return found


def _planned(seat: Json | None) -> bool:
    return seat is not None and seat["phase"] == RoundPhase.PLANNED.value


def swap(entry: Json | None, *, open_: bool) -> str:
    """What an exchange control offers: ask | asked | answer | accepted | declined, or none."""
    if entry is not None and entry["state"] in {"accepted", "waiting"}:
        waits = "asked" if entry["mine"] else "answer"
        return "accepted" if entry["state"] == "accepted" else waits
    if entry is not None and entry["state"] == "declined" and entry["mine"]:
        return "declined"
    return "ask" if open_ else "none"
