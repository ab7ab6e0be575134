"""Short questions to the planner about the seats as they are: what a change would cost, why somebody sits there.

The child remembers the last few boards, so that after the first question only a name for them travels. Answers come
in keys of people; whoever shows them asks here for the names.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.domain import names, pins
from server.domain.errors import RuleViolation
from server.domain.vocabulary import MeetingId, Uid
from server.persistence.models import Attendance, Meeting, Person
from server.services import situations, workbench
from server.services.context import Context, Json

_FORGOTTEN = "plan_not_at_hand"
_NO_SEAT = frozenset(
    {"plan_table_missing", "plan_table_overfull", "plan_lock_contradiction", "plan_more_hosts_than_tables"}
)
"""A seat that somebody keeps is no longer laid: the question is asked without kept seats."""


@dataclass(frozen=True)
class Somebody:
    """Who stands behind a key of the planner."""

    uid: Uid
    name: str


@dataclass(frozen=True)
class Answer:
    """What the planner says, in its keys, rounds and tables from 0 (tables as the room counts them), and who is who."""

    said: Any
    people: Mapping[int, Somebody]

    def name(self, key: object) -> str:
        """What somebody is called."""
        found = self.people.get(key) if isinstance(key, int) else None
        return found.name if found else ""


def ask(ctx: Context, meeting_id: MeetingId, job: str, **asked: object) -> Answer:
    """One question about the seats as they are, answered by a child that has nothing else to do.

    Raises what the planner refuses (`plan_…`, `job_failed`), WrongPhase("no_round_left") or
    WrongPhase("meeting_is_closed").
    """
    with ctx.reading() as db:
        board = _name(db, meeting_id)
    said = _said(ctx, meeting_id, job, {"board": board, **asked})
    with ctx.reading() as db:
        closed = situations.closed_tables(db, meeting_id)
        return Answer(in_the_room(said, closed), people(db, keys_in(said)))


def _said(ctx: Context, meeting_id: MeetingId, job: str, asked: Json) -> Json:
    bench = workbench.idle()
    try:
        return bench.do(job, asked)
    except RuleViolation as refused:
        if refused.code != _FORGOTTEN:
            raise named(ctx, refused) from refused
    with ctx.reading() as db:
        situation = situations.read(db, meeting_id, ctx.now())
    whole = {"problem": situation.problem, "rounds": situation.rounds}
    try:
        return bench.do(job, asked | whole)
    except RuleViolation as refused:
        if refused.code not in _NO_SEAT:
            raise named(ctx, refused) from refused
    return bench.do(job, asked | whole | {"problem": _without_kept_seats(situation.problem)})


def _without_kept_seats(problem: Json) -> Json:
    people = [
        {name: value for name, value in each.items() if name not in {"host", "fixed_table"}}
        for each in problem["people"]
    ]
    return problem | {"people": people, "locked": []}


def named(ctx: Context, refused: RuleViolation) -> RuleViolation:
    """What the planner refuses, with names in place of its keys."""
    keys = {name: int(str(refused.params[name])) for name in _ONE_PERSON if name in refused.params}
    if not keys:
        return refused
    with ctx.reading() as db:
        found = people(db, keys.values())
    return RuleViolation(
        refused.code, **refused.params | {name: found[key].name for name, key in keys.items() if key in found}
    )


def _name(db: Session, meeting_id: MeetingId) -> str:
    """A name for the seats and the people as they are: it changes with either."""
    row = db.execute(
        select(Meeting.uid, Meeting.seating_version, Meeting.seq_desk, Meeting.seq_everyone).where(
            Meeting.id == meeting_id
        )
    ).one()
    return ".".join(map(str, row))


def in_the_room(said: Any, closed: Collection[int], under: str = "") -> Any:
    """An answer of the planner with the tables as the room counts them, still from 0."""
    if isinstance(said, dict):
        return {name: in_the_room(inner, closed, str(name)) for name, inner in said.items()}
    if isinstance(said, list):
        return [in_the_room(inner, closed, under) for inner in said]
    if closed and under in _TABLES and isinstance(said, int):
        return pins.open_tables(closed, said + 1)[-1] - 1
    return said


def people(db: Session, keys: Iterable[int]) -> dict[int, Somebody]:
    """Who stands behind some keys. One statement."""
    question = (
        select(Attendance.id, Attendance.uid, Person.given_name, Person.family_name)
        .join(Person, Person.id == Attendance.person_id)
        .where(Attendance.id.in_(set(keys)))
    )
    return {key: Somebody(Uid(uid), names.full_name(given, family)) for key, uid, given, family in db.execute(question)}


def keys_in(value: object, *, under: str = "") -> set[int]:
    """Every key of a person inside an answer of the planner."""
    if isinstance(value, dict):
        return {key for name, inner in value.items() for key in keys_in(inner, under=str(name))}
    if isinstance(value, list | tuple):
        return {key for inner in value for key in keys_in(inner, under=under)}
    return {value} if under in _PEOPLE and isinstance(value, int) else set()


_TABLES = frozenset({"table", "other_table", "to"})
"""Where the planner names tables."""
_ONE_PERSON = ("person", "one", "other")
_PEOPLE = frozenset({*_ONE_PERSON, "people"})
"""Where the planner names people."""
