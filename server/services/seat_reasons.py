"""Why somebody sits where they sit, and why two people do not meet: the planner's own numbers, asked on a tap."""

from dataclasses import dataclass

from server.domain.vocabulary import MeetingId, Uid
from server.services import boards, pins
from server.services.boards import Answer
from server.services.context import Context, Json


@dataclass(frozen=True)
class Reasons:
    """What the planner says about one person in one round, as remarks; `alternative` is the cheapest other seat."""

    explanations: tuple[Json, ...]
    alternative: Json | None
    answer: Answer


def why(ctx: Context, *, meeting_id: MeetingId, number: int, person: Uid) -> Reasons:
    """Why somebody sits there in a round, and what else would be possible. Raises as `boards.ask`."""
    with ctx.reading() as db:
        key = pins.attendance_of(db, meeting_id, person)
    answer = boards.ask(ctx, meeting_id, "plans.explain", person=key, round=number - 1, alternatives=True)
    found = answer.said["alternatives"]
    return Reasons(tuple(answer.said["explanations"]), found[0]["weighed"] if found else None, answer)


def why_not(ctx: Context, *, meeting_id: MeetingId, one: Uid, other: Uid, number: int | None = None) -> Answer:
    """Why two people do not meet, in a round or at all, and the cheapest way to change that. Raises as `boards.ask`."""
    with ctx.reading() as db:
        first, second = (pins.attendance_of(db, meeting_id, uid) for uid in (one, other))
    asked: Json = {"one": first, "other": second}
    if number is not None:
        asked["round"] = number - 1
    answer = boards.ask(ctx, meeting_id, "plans.why_not", **asked)
    return Answer(answer.said["why_not"], answer.people)
