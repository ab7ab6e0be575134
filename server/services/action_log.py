"""The log of a meeting: a line for every action, who did it and when, and how it can be taken back.

`note` is called inside the transaction of the action itself, so that neither is there without the other. People
appear in `params` as attendance uids under "person", "other" or "people"; their names are looked up when the line is
read, so that nobody's name outlives them here.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from server.domain import names
from server.domain import undo as rules
from server.domain.events import ActionNoted
from server.domain.undo import UNDO_FOR, Done
from server.domain.vocabulary import MeetingId, PersonId, Uid
from server.persistence.base import new_uid
from server.persistence.models import Action, Attendance, Person
from server.services.context import Context, Json, Tx

SHOWN = 20
"""So many lines stand on the console; all of them on a page of their own."""
TAKEN_BACK = "taken_back"
"""The key of the line that says that another one was taken back."""
ONE_PERSON = ("person", "other")
PEOPLE = "people"
_NEWEST = Action.id.desc()
_UNDOABLE = (
    select(Action.uid, Action.undo_until)
    .where(Action.meeting_id == bindparam("meeting_id"), Action.undo_until.is_not(None), Action.undone_at.is_(None))
    .order_by(_NEWEST)
    .limit(1)
)
_LAST = select(
    select(func.count()).where(Action.meeting_id == bindparam("meeting_id")).scalar_subquery(),
    _UNDOABLE.with_only_columns(Action.uid).scalar_subquery(),
    _UNDOABLE.with_only_columns(Action.undo_until).scalar_subquery(),
)


@dataclass(frozen=True)
class Line:
    """One action. In `params` every uid of a person has become a name; `by` is "" for a device without a person."""

    uid: Uid
    at: datetime
    key: str
    params: Json
    by: str
    undoable: bool
    """Whether it is the one that "take back" takes back now."""
    undone: bool


@dataclass(frozen=True)
class Last:
    """How many lines there are, and the one that can be taken back until a moment. While a meeting is open lines do not
    become fewer: of two such answers the one with more of them is the later one.
    """

    lines: int
    undoable: Uid | None
    until: datetime | None


def note(
    tx: Tx,
    *,
    meeting_id: MeetingId,
    key: str,
    params: Json,
    by: PersonId | None,
    undo: Json | None = None,
    undo_for: timedelta = UNDO_FOR,
    uid: Uid | None = None,
) -> None:
    """Write an action into the log. `undo`: `{"verb": a name in undoing.UNDO, …}`, what it takes to take it back."""
    tx.db.add(
        Action(
            uid=uid or new_uid(),
            meeting_id=meeting_id,
            at=tx.now,
            by_id=by,
            key=key,
            params=stored(params),
            undo=stored(undo) if undo is not None else "",
            undo_until=tx.now + undo_for if undo is not None else None,
        )
    )
    tx.record(ActionNoted(meeting_id))


def stored(value: Json) -> str:
    """JSON as it is kept: the same value is always the same text."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def recent(ctx: Context, meeting_id: MeetingId) -> tuple[Line, ...]:
    """The newest lines, the newest first. Two statements."""
    return _lines(ctx, meeting_id, SHOWN)


def whole(ctx: Context, meeting_id: MeetingId) -> tuple[Line, ...]:
    """Every line, the oldest first. Two statements."""
    return _lines(ctx, meeting_id, None)[::-1]


def last(ctx: Context, meeting_id: MeetingId) -> Last:
    """What the console must know of the log. One statement."""
    with ctx.reading() as db:
        lines, uid, until = db.connection().execute(_LAST, {"meeting_id": meeting_id}).one()
    found = rules.last([Done(Uid(uid), until, undone=False)] if uid else [])
    return Last(
        lines=lines,
        undoable=found.uid if found else None,
        until=found.until if found else None,
    )


def undoable(db: Session, meeting_id: MeetingId) -> Done | None:
    """The action that "take back" would take back. One statement."""
    rows = db.execute(_UNDOABLE, {"meeting_id": meeting_id})
    return rules.last(Done(Uid(uid), until, undone=False) for uid, until in rows)


def _lines(ctx: Context, meeting_id: MeetingId, most: int | None) -> tuple[Line, ...]:
    question = (
        select(Action, Person.given_name, Person.family_name)
        .outerjoin(Person, Person.id == Action.by_id)
        .where(Action.meeting_id == meeting_id)
        .order_by(_NEWEST)
    )
    with ctx.reading() as db:
        rows = [
            (row, json.loads(row.params), names.short_name(given or "", family or ""))
            for row, given, family in db.execute(question if most is None else question.limit(most))
        ]
        who = _names(db, meeting_id, [params for _, params, _ in rows])
    can = rules.last(Done(Uid(row.uid), row.undo_until, row.undone_at is not None) for row, *_ in rows)
    return tuple(
        Line(
            uid=Uid(row.uid),
            at=row.at,
            key=row.key,
            params=_named(params, who),
            by=by,
            undoable=can is not None and can.uid == row.uid,
            undone=row.undone_at is not None,
        )
        for row, params, by in rows
    )


def _uids(params: Json) -> Iterable[str]:
    yield from (params[name] for name in ONE_PERSON if name in params)
    yield from params.get(PEOPLE, ())
    if "params" in params:
        yield from _uids(params["params"])


def _names(db: Session, meeting_id: MeetingId, every: Iterable[Json]) -> dict[str, str]:
    """Attendance uid → name, for the people of these lines. One statement, or none."""
    wanted = {uid for params in every for uid in _uids(params)}
    if not wanted:
        return {}
    question = (
        select(Attendance.uid, Person.given_name, Person.family_name)
        .join(Person, Person.id == Attendance.person_id)
        .where(Attendance.meeting_id == meeting_id, Attendance.uid.in_(wanted))
    )
    return {uid: names.full_name(given, family) for uid, given, family in db.execute(question)}


def _named(params: Json, who: dict[str, str]) -> Json:
    """The same with names for uids; somebody who is no more is "…"."""
    named = params | {name: who.get(params[name], "…") for name in ONE_PERSON if name in params}
    if PEOPLE in params:
        named[PEOPLE] = ", ".join(who.get(uid, "…") for uid in params[PEOPLE])
    if "params" in params:
        named["params"] = _named(params["params"], who)
    return named
