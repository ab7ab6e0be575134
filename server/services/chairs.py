"""The empty chair: whom to invite next, as the planner weighs one imagined guest after another at the real tables.

The answer is kept until anybody writes anything; it is made by the child, in a second or two. The child reads the
situation itself, so that the room is not held up by it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.domain import names
from server.domain.errors import RuleViolation
from server.domain.vocabulary import GroupId, MeetingId, Standing, Uid
from server.persistence.models import Attendance, Meeting, Membership, Person, Sector
from server.services import boards, sectors, situations, workbench
from server.services.boards import Somebody
from server.services.context import Context, Json

SHOWN = 6
KNOWN = 3
"""So many people who could sit there are named."""


@dataclass(frozen=True)
class Candidate:
    """Somebody of the group's list who is of the sector and not on the list of the meeting."""

    uid: Uid
    name: str
    company: str


@dataclass(frozen=True)
class EmptyChair:
    """A guest worth inviting: of which sector and from which region, how many look for them, what the planner says."""

    sector: str
    region: str
    wishes: int
    told: tuple[Json, ...]
    known: tuple[Candidate, ...]


@dataclass(frozen=True)
class Chairs:
    """The chairs, the best first, and who stands behind the planner's keys."""

    chairs: tuple[EmptyChair, ...]
    people: Mapping[int, Somebody]
    refusal: RuleViolation | None = None
    """Why the planner has no answer: nobody is there yet, no round is left, the meeting is over."""


def find(ctx: Context, meeting_id: MeetingId) -> Chairs:
    """Whom to invite; what the planner refuses is an answer too."""
    return ctx.lull().once(("empty chairs", meeting_id), lambda: _found(ctx, meeting_id))


def _found(ctx: Context, meeting_id: MeetingId) -> Chairs:
    try:
        return _find(ctx, meeting_id)
    except RuleViolation as refused:
        return Chairs((), {}, refused)


def _find(ctx: Context, meeting_id: MeetingId) -> Chairs:
    asked = {
        "database": ctx.database.url,
        "instance": str(ctx.settings.instance),
        "now": ctx.now().isoformat(),
        "meeting": int(meeting_id),
    }
    told = workbench.idle().do("chairs.find", asked)
    return Chairs(
        tuple(
            EmptyChair(
                **chair | {"told": tuple(chair["told"]), "known": tuple(Candidate(**one) for one in chair["known"])}
            )
            for chair in told["chairs"]
        ),
        {int(key): Somebody(**one) for key, one in told["people"].items()},
    )


def question(ctx: Context, meeting_id: MeetingId) -> Json:
    """For the child: what the planner is asked. Raises what `situations.read` raises."""
    with ctx.reading() as db:
        situation = situations.read(db, meeting_id, ctx.now())
        group_id = GroupId(db.get_one(Meeting, meeting_id).group_id)
        problem = situation.problem | {"affinity": _affinity(db, group_id, situation.problem)}
        return {"problem": problem, "seed": situation.seed}


def answer(ctx: Context, meeting_id: MeetingId, said: list[Json]) -> Json:
    """For the child: what the planner said, with the names of the group, as `find` unpacks it."""
    # A second guest of a sector is no empty chair, unless somebody meets nobody of it.
    worth = [chair for chair in said if chair["open"] or not chair["rivals"]][:SHOWN]
    with ctx.reading() as db:
        group_id = GroupId(db.get_one(Meeting, meeting_id).group_id)
        called = _called(db, group_id, meeting_id)
        chairs = tuple(
            EmptyChair(
                sector=called.get(chair["sector"], str(chair["sector"])),
                region=chair["region"] or "",
                wishes=len(chair["open"]),
                told=tuple(chair["told"]),
                known=_known(db, group_id, meeting_id, chair["sector"]),
            )
            for chair in worth
        )
        people = boards.people(db, boards.keys_in([chair.told for chair in chairs]))
    return {"chairs": [asdict(chair) for chair in chairs], "people": {key: asdict(one) for key, one in people.items()}}


def _affinity(db: Session, group_id: GroupId, problem: Json) -> list[list[object]]:
    """What the problem says of the sectors that are here, and which missing ones would do them good."""
    here: dict[str, set[str]] = {}
    for person in problem["people"]:
        if "sector" in person:
            here.setdefault(names.folded(person["sector"]), set()).add(person["sector"])
    missing = {
        row.key: names.tidy(row.name).casefold()
        for row in db.scalars(select(Sector).where(Sector.group_id == group_id))
        if row.key not in here
    }
    found = list(problem["affinity"])
    for (first, second), weight in sorted(sectors.affinity(db, group_id).items()):
        for away, there in ((first, second), (second, first)):
            if away in missing:
                found += [[missing[away], one, weight] for one in sorted(here.get(there, ()))]
    return found


def _called(db: Session, group_id: GroupId, meeting_id: MeetingId) -> dict[str, str]:
    """How people write the sectors that the planner knows folded: as in the group's tree, else as somebody typed it."""
    typed = [
        sector
        for row in db.execute(
            select(Person.wants_sector, Person.sector)
            .join(Attendance, Attendance.person_id == Person.id)
            .where(Attendance.meeting_id == meeting_id)
            .order_by(Person.id)
        )
        for sector in row
        if sector
    ]
    of_tree = db.scalars(select(Sector.name).where(Sector.group_id == group_id).order_by(Sector.id))
    found = {names.tidy(sector).casefold(): names.tidy(sector) for sector in reversed(typed)}
    return found | {names.tidy(name).casefold(): name for name in of_tree}


def _known(db: Session, group_id: GroupId, meeting_id: MeetingId, sector: str) -> tuple[Candidate, ...]:
    """Visitors and former members of this sector who are not on the list yet. One statement."""
    here = select(Attendance.person_id).where(Attendance.meeting_id == meeting_id)
    rows = db.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.group_id == group_id,
            Membership.standing != Standing.MEMBER,
            Person.sector_key == names.folded(sector),
            Person.id.not_in(here),
        )
        .order_by(Person.sort_key, Person.id)
        .limit(KNOWN)
    )
    return tuple(
        Candidate(Uid(each.uid), names.full_name(each.given_name, each.family_name), each.company) for each in rows
    )
