"""The seats of rounds, read: a whole crowd with the fewest and leanest rows, or the company of one person.

Everything is put in order here and not by the database, which would hold up everything else until the last row is in
place; and read past the records of the session, which take all rows at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, aliased

from server.domain import names
from server.domain.table_states import TableState
from server.domain.vocabulary import MeetingId, PersonId, Standing, Uid
from server.persistence.models import Attendance, Person, Round, RoundTable, Seat
from server.services.context import breathe

ROWS = 400
"""So many rows are read before everything else that waits has its turn."""
Tables = dict[int, tuple["Seated", ...]]
Place = tuple[int, bool, TableState | None]
"""The table, whether it was missed, the state of the table."""


class Seated(NamedTuple):
    """Somebody with a seat. `missed`: was not in the room. A tuple, because a crowd has thousands of them."""

    uid: Uid
    person_id: PersonId
    person_uid: Uid
    given_name: str
    family_name: str
    company: str
    sector: str
    looks_for: str
    offers: str
    standing: Standing
    table: int
    missed: bool
    closed: TableState | None = None
    """Set when the table takes no part in the round."""
    came_from: int | None = None
    """The table of the round before, for the room's picture of who moves; None for somebody new to the rounds."""

    @property
    def name(self) -> str:
        """The whole name as typed."""
        return names.full_name(self.given_name, self.family_name)

    @property
    def short(self) -> str:
        """First name and initial, all that a projector shows."""
        return names.short_name(self.given_name, self.family_name)


class Listed(NamedTuple):
    """Somebody on the list."""

    uid: Uid
    person_id: PersonId
    name: str
    in_room: bool


_PERSON: tuple[Any, ...] = (
    Attendance.uid,
    Person.id,
    Person.uid,
    Person.given_name,
    Person.family_name,
    Person.company,
    Person.sector,
    Person.looks_for,
    Person.offers,
    Attendance.standing,
)
_IN_ROOM = Attendance.entered_at.is_not(None) & Attendance.left_at.is_(None)
_EVERYBODY: Select[Any] = (
    select(Person.sort_key, Attendance.id, _IN_ROOM, *_PERSON)
    .join(Attendance, Attendance.person_id == Person.id)
    .where(Attendance.meeting_id == bindparam("meeting_id"))
)
_ONE = (
    select(Attendance.uid, Person.id, Person.given_name, Person.family_name, _IN_ROOM)
    .join(Attendance, Attendance.person_id == Person.id)
    .where(Attendance.meeting_id == bindparam("meeting_id"), Person.id == bindparam("person_id"))
)
_OWN, _MINE, _BEFORE = aliased(Seat), aliased(Attendance), aliased(Seat)


def _seats(*columns: Any) -> Select[Any]:
    """The seats of some rounds, with the state of their tables."""
    table = (RoundTable.round_id == Round.id) & (RoundTable.table_number == Seat.table_number)
    return (
        select(Round.number, Seat.attendance_id, Seat.table_number, Seat.missed, RoundTable.state, *columns)
        .join(Seat, Seat.round_id == Round.id)
        .outerjoin(RoundTable, table)
        .where(Round.meeting_id == bindparam("meeting_id"), Round.number.in_(bindparam("numbers", expanding=True)))
    )


_PLACES = _seats()
_PEOPLE = (
    _seats(Person.sort_key, *_PERSON)
    .join(Attendance, Attendance.id == Seat.attendance_id)
    .join(Person, Person.id == Attendance.person_id)
)
_COMPANY = (
    _PEOPLE.join(_OWN, (_OWN.round_id == Seat.round_id) & (_OWN.table_number == Seat.table_number))
    .join(_MINE, _MINE.id == _OWN.attendance_id)
    .where(_MINE.person_id == bindparam("person_id"), _MINE.meeting_id == bindparam("meeting_id"))
)


def everybody(
    db: Session, meeting_id: MeetingId, numbers: Iterable[int], *, came_from: Mapping[int, int]
) -> tuple[tuple[Listed, ...], dict[int, Tables]]:
    """The whole list, and who sits where in these rounds: by number and table, in the order of their names.

    `came_from`: for each round the number of the one before. Two statements.
    """
    wanted = sorted(numbers)
    rows = list(_read(db, _EVERYBODY, {"meeting_id": meeting_id}))
    listed = tuple(
        Listed(Uid(uid), PersonId(person_id), names.full_name(given, family), in_room)
        for _, _, in_room, uid, person_id, _, given, family, *_ in sorted(rows, key=_in_list)
    )
    rows.sort(key=_by_name)
    places: dict[int, dict[int, Place]] = {number: {} for number in wanted}
    if wanted:
        for number, key, table, missed, state in _read(db, _PLACES, {"meeting_id": meeting_id, "numbers": wanted}):
            places[number][key] = (table, missed, state)
    found: dict[int, Tables] = {}
    for number in wanted:
        here, before = places[number], places.get(came_from.get(number, 0), {})
        tables: dict[int, list[Seated]] = defaultdict(list)
        for _, key, _, *person in rows:
            if (place := here.get(key)) is not None:
                tables[place[0]].append(_seated(person, place, before.get(key)))
        found[number] = {table: tuple(tables[table]) for table in sorted(tables)}
        if len(rows) > ROWS:
            breathe()
    return listed, found


def of_rounds(
    db: Session,
    meeting_id: MeetingId,
    numbers: Iterable[int],
    *,
    company_of: PersonId | None = None,
    came_from: Mapping[int, int] | None = None,
) -> dict[int, list[Seated]]:
    """Everybody with a seat in these rounds, in the order of their tables and names; or one person and their tables
    only. With `came_from` (for each round the number of the one before) it is known where they come from.

    One statement.
    """
    wanted, befores = list(numbers), came_from or {}
    read = {*wanted, *(befores.get(number, 0) for number in wanted)} - {0}
    given: dict[str, object] = {"meeting_id": meeting_id, "numbers": sorted(read)}
    question = _PEOPLE if company_of is None else _COMPANY
    places: dict[int, dict[int, Place]] = {number: {} for number in read}
    people: dict[int, tuple[str, list[Any]]] = {}
    for number, key, table, missed, state, sort_key, *person in _read(
        db, question, given if company_of is None else given | {"person_id": company_of}
    ):
        places[number][key] = (table, missed, state)
        people[key] = sort_key, person
    found: dict[int, list[Seated]] = {}
    for number in wanted:
        before = places.get(befores.get(number, 0), {})
        order = sorted((place[0], people[key][0], key) for key, place in places[number].items())
        found[number] = [_seated(people[key][1], places[number][key], before.get(key)) for _, _, key in order]
    return found


def by_table(seated: Iterable[Seated]) -> Tables:
    """The same by table."""
    tables: dict[int, list[Seated]] = defaultdict(list)
    for seat in seated:
        tables[seat.table].append(seat)
    return {table: tuple(people) for table, people in tables.items()}


def one_of_list(db: Session, meeting_id: MeetingId, person_id: PersonId) -> tuple[Listed, ...]:
    """One person of the list, or nobody. One statement."""
    rows = db.connection().execute(_ONE, {"meeting_id": meeting_id, "person_id": person_id})
    return tuple(
        Listed(Uid(uid), PersonId(key), names.full_name(given, family), in_room)
        for uid, key, given, family, in_room in rows
    )


def _seated(person: Sequence[Any], place: Place, before: Place | None) -> Seated:
    """Somebody at their place, with the table they come from, if they sat at one."""
    came_from = before[0] if before is not None and before[0] and not before[1] else None
    return Seated._make((*person, *place, came_from))


def _read(db: Session, question: Select[Any], given: Mapping[str, object]) -> Iterator[Any]:
    """Rows as they come, in portions."""
    for rows in db.connection().execute(question, given).partitions(ROWS):
        yield from rows
        if len(rows) == ROWS:
            breathe()


def _in_list(row: Any) -> int:
    return int(row[1])


def _by_name(row: Any) -> tuple[str, int]:
    return row[0], row[1]
