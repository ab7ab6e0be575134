"""What becomes of the rows of somebody who is merged into somebody else, one rule a kind of row.

A rule is told the column that points to the one who goes. Where both have a row for the same thing (the same meeting,
the same contact), what the two say is put together in the row of the one who stays, and the other row goes.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Table, UniqueConstraint, select

from server.domain.vocabulary import AttendanceStatus, ExchangeState, Standing
from server.domain.weeks import LETTERS
from server.services.row_changes import Changes, references, table_called

Row = Mapping[str, Any]
Rule = Callable[[Changes, Table, str, int, int], None]
NOTE_MOST = 2000
_STANDINGS = (Standing.MEMBER, Standing.VISITOR, Standing.FORMER)
_STATES = (ExchangeState.ACCEPTED, ExchangeState.WAITING, ExchangeState.WITHDRAWN, ExchangeState.DECLINED)


def never(changes: Changes, table: Table, column: str, keep: int, leave: int) -> None:
    """There is no such row: whoever has one is not merged into another."""


def stay(changes: Changes, table: Table, column: str, keep: int, leave: int) -> None:
    """The row belongs to the record and not to the human."""


def drop(changes: Changes, table: Table, column: str, keep: int, leave: int) -> None:
    """The row goes."""
    changes.remove(table, [row["id"] for row in _rows(changes, table, {column: leave})])


def move(changes: Changes, table: Table, column: str, keep: int, leave: int) -> None:
    """The row points to the one who stays; it goes where that one has its like."""
    for row in _rows(changes, table, {column: leave}):
        _place(changes, table, row, {column: keep})


def move_or_nobody(owner: str) -> Rule:
    """Nobody has invited themselves."""

    def rule(changes: Changes, table: Table, column: str, keep: int, leave: int) -> None:
        for row in _rows(changes, table, {column: leave}):
            changes.alter(table, row["id"], {column: None if row[owner] in (keep, leave) else keep})

    return rule


def move_pair(other: str) -> Rule:
    """What one of the two had about the other goes: it would be about oneself."""

    def rule(changes: Changes, table: Table, column: str, keep: int, leave: int) -> None:
        for row in _rows(changes, table, {column: leave}):
            if row[other] in (keep, leave):
                changes.remove(table, [row["id"]])
            else:
                _place(changes, table, row, {column: keep})

    return rule


def move_ordered(other: str) -> Rule:
    """A pair in which `first_id` is the smaller one."""

    def rule(changes: Changes, table: Table, column: str, keep: int, leave: int) -> None:
        names = sorted((column, other), key=lambda name: name != "first_id")
        for row in _rows(changes, table, {column: leave}):
            if row[other] in (keep, leave):
                changes.remove(table, [row["id"]])
            else:
                _place(changes, table, row, dict(zip(names, sorted((keep, row[other])), strict=True)))

    return rule


def memberships(changes: Changes, table: Table, column: str, keep: int, leave: int) -> None:
    """One membership a group: the nearest standing, since the earlier day, whoever of the two was invited."""
    for row in _rows(changes, table, {column: leave}):
        like = _like(changes, table, {"group_id": row["group_id"], column: keep})
        if like is None:
            changes.alter(table, row["id"], {column: keep})
            continue
        nearest = min((like, row), key=lambda each: _STANDINGS.index(each["standing"]))
        invited = like["invited_by_id"] or row["invited_by_id"]
        changes.alter(
            table,
            like["id"],
            {
                "standing": nearest["standing"],
                "since": _earlier(like["since"], row["since"]),
                "until": nearest["until"],
                "invited_by_id": None if invited in (keep, leave) else invited,
            },
        )
        changes.remove(table, [row["id"]])


def attendances(changes: Changes, table: Table, column: str, keep: int, leave: int) -> None:
    """One attendance a meeting; what hangs on the other one hangs on this."""
    for row in _rows(changes, table, {column: leave}):
        like = _like(changes, table, {"meeting_id": row["meeting_id"], column: keep})
        if like is None:
            changes.alter(table, row["id"], {column: keep})
            continue
        _attended(changes, table, like, row)
        _move_children(changes, "attendances", like["id"], row["id"])
        changes.remove(table, [row["id"]])


def _attended(changes: Changes, table: Table, like: Row, row: Row) -> None:
    """Who was there in either record was there."""
    here = like if like["entered_at"] or not row["entered_at"] else row
    told = AttendanceStatus.EXPECTED
    changes.alter(
        table,
        like["id"],
        {
            "status": like["status"] if like["status"] is not told or here is like else row["status"],
            "entered_at": _earlier(like["entered_at"], row["entered_at"]),
            "left_at": here["left_at"],
            "invited_by_id": like["invited_by_id"] or row["invited_by_id"],
            "phone_session_id": like["phone_session_id"] or row["phone_session_id"],
            "phone_joined_at": like["phone_joined_at"] or row["phone_joined_at"],
            "fee_paid_at": _earlier(like["fee_paid_at"], row["fee_paid_at"]),
            "fee_paid_cents": _earlier(like["fee_paid_cents"], row["fee_paid_cents"]),
            "fee_waived": like["fee_waived"] or row["fee_waived"],
        },
    )


def _move_children(changes: Changes, parent: str, keep: int, leave: int) -> None:
    """Rows that hang on one row hang on the other; their like goes."""
    for table, column in references(parent):
        for row in _rows(changes, table, {column.name: leave}):
            fresh: dict[str, Any] = {column.name: keep}
            if table.name == "seat_pairs":
                other = row["other_id" if column.name == "first_id" else "first_id"]
                if other in (keep, leave):
                    changes.remove(table, [row["id"]])
                    continue
                fresh = dict(zip(("first_id", "other_id"), sorted((keep, other)), strict=True))
            if table.name == "substitutes" and keep in (row["attendance_id"], row["stands_for_id"]):
                changes.remove(table, [row["id"]])
                continue
            if table.name == "check_in_events" and row["is_open"]:
                # At most one entry of an attendance stands.
                fresh["is_open"] = _like(changes, table, {column.name: keep, "is_open": True}) is None
            _place(changes, table, row, fresh)


def badges(changes: Changes, table: Table, column: str, keep: int, leave: int) -> None:
    """One badge a meeting, and one for all; the code of the other is known as replaced."""
    retired = table_called("retired_codes")
    for row in _rows(changes, table, {column: leave}):
        like = _like(changes, table, {"group_id": row["group_id"], "meeting_id": row["meeting_id"], column: keep})
        if like is None:
            changes.alter(table, row["id"], {column: keep})
            continue
        for old in _rows(changes, retired, {"badge_id": row["id"]}):
            changes.alter(retired, old["id"], {"badge_id": like["id"]})
        changes.remove(table, [row["id"]])
        changes.add(
            retired,
            {
                "badge_id": like["id"],
                "generation": row["generation"],
                "code_hash": row["code_hash"],
                "retired_at": row["created_at"],
            },
        )


def contacts(changes: Changes, table: Table, column: str, keep: int, leave: int) -> None:
    """One card an owner and person, with both notes."""
    other = "person_id" if column == "owner_id" else "owner_id"
    for row in _rows(changes, table, {column: leave}):
        if row[other] in (keep, leave):
            changes.remove(table, [row["id"]])
            continue
        like = _like(changes, table, {column: keep, other: row[other]})
        if like is None:
            changes.alter(table, row["id"], {column: keep})
            continue
        notes = dict.fromkeys(note for note in (like["note"], row["note"]) if note)
        changes.alter(
            table,
            like["id"],
            {
                "note": "\n".join(notes)[:NOTE_MOST],
                "stay_in_touch": like["stay_in_touch"] or row["stay_in_touch"],
                "met_at_id": like["met_at_id"] or row["met_at_id"],
                "created_at": min(like["created_at"], row["created_at"]),
                "changed_at": max(like["changed_at"], row["changed_at"]),
            },
        )
        changes.remove(table, [row["id"]])


def exchanges(changes: Changes, table: Table, column: str, keep: int, leave: int) -> None:
    """One request a meeting and direction; a yes to either is a yes."""
    other = "asked_id" if column == "asker_id" else "asker_id"
    for row in _rows(changes, table, {column: leave}):
        if row[other] in (keep, leave):
            changes.remove(table, [row["id"]])
            continue
        like = _like(changes, table, {"meeting_id": row["meeting_id"], column: keep, other: row[other]})
        if like is None:
            changes.alter(table, row["id"], {column: keep})
            continue
        best = min((like, row), key=lambda each: _STATES.index(each["state"]))
        changes.alter(table, like["id"], {"state": best["state"], "answered_at": best["answered_at"]})
        changes.remove(table, [row["id"]])


def one_to_ones(changes: Changes, table: Table, column: str, keep: int, leave: int) -> None:
    """Two people on one day met once; `first_id` is the smaller one and has the first confirmation."""
    other = "second_id" if column == "first_id" else "first_id"
    confirmed = {"first_id": "first_confirmed_at", "second_id": "second_confirmed_at"}
    for row in _rows(changes, table, {column: leave}):
        if row[other] in (keep, leave):
            changes.remove(table, [row["id"]])
            continue
        said = {keep: row[confirmed[column]], row[other]: row[confirmed[other]]}
        first, second = sorted((keep, row[other]))
        values = {
            "first_id": first,
            "second_id": second,
            "first_confirmed_at": said[first],
            "second_confirmed_at": said[second],
        }
        like = _like(
            changes,
            table,
            {"group_id": row["group_id"], "first_id": first, "second_id": second, "held_on": row["held_on"]},
        )
        if like is None:
            changes.alter(table, row["id"], values)
            continue
        both = {name: like[name] or values[name] for name in confirmed.values()}
        changes.alter(table, like["id"], both | {"place": like["place"] or row["place"]})
        changes.remove(table, [row["id"]])


def week_figures(changes: Changes, table: Table, column: str, keep: int, leave: int) -> None:
    """What either record did in an approved week; somebody who is here twice was at a meeting once."""
    for row in _rows(changes, table, {column: leave}):
        like = _like(changes, table, {"week_id": row["week_id"], "column": row["column"], column: keep})
        if like is None:
            changes.alter(table, row["id"], {column: keep})
            continue
        both = (like["number"], row["number"])
        changes.alter(table, like["id"], {"number": max(both) if row["column"] in LETTERS else sum(both)})
        changes.remove(table, [row["id"]])


def sessions(changes: Changes, table: Table, column: str, keep: int, leave: int) -> None:
    """The browser goes on for the one who stays, without the roles of that one: it never signed in as them."""
    for row in _rows(changes, table, {column: leave}):
        changes.alter(table, row["id"], {column: keep, "joined_by_badge": True})


def _place(changes: Changes, table: Table, row: Row, fresh: Mapping[str, Any]) -> None:
    """Give a row other values, or let it go where there is its like."""
    after = {**row, **fresh}
    for rule in table.constraints:
        names = [column.name for column in rule.columns] if isinstance(rule, UniqueConstraint) else []
        if set(names) & set(fresh) and all(after[name] is not None for name in names):
            like = _like(changes, table, {name: after[name] for name in names})
            if like is not None and like["id"] != row["id"]:
                changes.remove(table, [row["id"]])
                return
    changes.alter(table, row["id"], fresh)


def _rows(changes: Changes, table: Table, wanted: Mapping[str, Any]) -> list[Row]:
    question = select(table).where(*(table.c[name] == value for name, value in wanted.items()))
    return [dict(row._mapping) for row in changes.db.execute(question.order_by(table.c.id))]


def _like(changes: Changes, table: Table, wanted: Mapping[str, Any]) -> Row | None:
    return next(iter(_rows(changes, table, wanted)), None)


def _earlier(*moments: Any) -> Any:
    """The first of two times that are known at all."""
    known: Iterable[Any] = [moment for moment in moments if moment is not None]
    return min(known, default=None)
