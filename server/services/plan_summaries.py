"""What the plan is worth, before anybody presses start: who meets again, who sits in threes, what is proven.

The figures were made together with the plan, or with the last change by hand; here they get their names.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from server.domain import names
from server.domain.errors import RuleViolation
from server.domain.vocabulary import MeetingId, RoundPhase
from server.persistence.models import Attendance, Person, Round, Seat, SeatingPlan
from server.services import boards, situations, workbench
from server.services.boards import Answer
from server.services.context import Context, Json


@dataclass(frozen=True)
class Again:
    """Two people who sit together although they met before: in which round, and who."""

    number: int
    name: str
    other: str


@dataclass(frozen=True)
class Summary:
    """What a facilitator wants to know of the seats before pressing start. Only rounds that had not begun."""

    made_at: datetime
    people: int
    rounds: int
    again: tuple[Again, ...]
    """The first of those who meet again; `again_count` counts all."""
    again_count: int
    repeats_unavoidable: bool
    """Proven: no plan has fewer repeats."""
    trios: tuple[tuple[int, tuple[str, ...]], ...]
    """In rounds of pairs: the round and the names of a table of three."""
    byes: tuple[tuple[int, str], ...]
    """Who sits out, by round and name."""
    released: tuple[str, ...]
    """Whose kept seat could not be kept."""
    optimal: bool
    """Proven: nothing about the plan could be better."""
    by_hand: bool
    """Somebody has changed seats since it was made."""
    words: tuple[Json, ...]
    """What is proven, as remarks of the planner."""
    people_named: Mapping[int, str]
    """Names for the keys in the remarks."""


def summary(ctx: Context, meeting_id: MeetingId) -> Summary | None:
    """The last plan of a meeting in what it means; None without one. Three statements."""
    with ctx.reading() as db:
        kept = db.execute(
            select(SeatingPlan.made_at, SeatingPlan.digest)
            .where(SeatingPlan.meeting_id == meeting_id)
            .order_by(SeatingPlan.id.desc())
            .limit(1)
        ).first()
        if kept is None or not kept.digest:
            return None
        digest = json.loads(kept.digest)
        sitting_out = [
            (int(number), int(attendance))
            for number, attendance in db.execute(
                select(Round.number, Seat.attendance_id)
                .join(Seat, Seat.round_id == Round.id)
                .where(Round.meeting_id == meeting_id, Round.phase == RoundPhase.PLANNED, Seat.table_number == 0)
                .order_by(Round.number, Seat.id)
            )
        ]
        name = {
            key: names.full_name(given, family)
            for key, given, family in db.execute(
                select(Attendance.id, Person.given_name, Person.family_name)
                .join(Person, Person.id == Attendance.person_id)
                .where(Attendance.id.in_(_named(digest) | {attendance for _, attendance in sitting_out}))
            )
        }
    return _summed_up(kept.made_at, digest, sitting_out, name)


def _named(digest: Json) -> set[int]:
    """Everybody whom the digest names."""
    found = {person for _, one, other in digest["again"] for person in (one, other)}
    found |= {person for _, people in digest["trios"] for person in people}
    found |= boards.keys_in(digest["words"])
    return found | {person for person, _ in digest["released"]}


def _summed_up(made_at: datetime, digest: Json, sitting_out: list[tuple[int, int]], name: Mapping[int, str]) -> Summary:
    return Summary(
        made_at=made_at,
        people=digest["people"],
        rounds=digest["rounds"],
        again=tuple(Again(n + 1, name.get(a, ""), name.get(b, "")) for n, a, b in digest["again"]),
        again_count=digest["again_count"],
        repeats_unavoidable=digest["repeats_optimal"],
        trios=tuple((n + 1, tuple(name.get(each, "") for each in people)) for n, people in digest["trios"]),
        byes=tuple((number, name.get(attendance, "")) for number, attendance in sitting_out),
        released=tuple(sorted({name.get(person, "") for person, _ in digest["released"]})),
        optimal=digest["optimal"],
        by_hand=digest.get("by_hand", False),
        words=tuple(digest["words"]),
        people_named=name,
    )


def outlook(ctx: Context, meeting_id: MeetingId) -> Answer:
    """What is possible with the people who are here, before anybody plans: the planner's remarks, in their order.

    How many rounds nobody need meet anybody twice, who is forced to meet again and why, byes and tables of three.
    None of it for an empty room, for a meeting that is over, or where the planner would refuse to plan.
    """
    try:
        with ctx.reading() as db:
            situation = situations.read(db, meeting_id, ctx.now())
        said = workbench.idle().do("plans.outlook", {"problem": situation.problem})["outlook"]["told"]
    except RuleViolation:
        # Whoever presses "plan" is told in a sentence; before that there is nothing to foretell.
        return Answer([], {})
    with ctx.reading() as db:
        return Answer(boards.in_the_room(said, situation.closed), boards.people(db, boards.keys_in(said)))
