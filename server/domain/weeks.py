"""The week of a group: who was there, who did what, in the letters and columns of the field's attendance report.

A week begins on the Monday of the group's own calendar. It is counted live until a leader approves it; from then on its
figures are kept as they were and only corrected, each correction with its reason.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from server.domain.errors import RuleViolation
from server.domain.folded import NOBODY
from server.domain.vocabulary import AttendanceStatus, PersonId


class Column(StrEnum):
    """The columns in their order. Late stands beside any letter; sums of money are in none of them."""

    PRESENT = "P"
    ABSENT = "A"
    LATE = "L"
    MEDICAL = "M"
    SUBSTITUTE = "S"
    GIVEN_INSIDE = "RGI"
    GIVEN_OUTSIDE = "RGO"
    RECEIVED_INSIDE = "RRI"
    RECEIVED_OUTSIDE = "RRO"
    VISITORS = "V"
    ONE_TO_ONES = "1-2-1"
    THANKS = "TY"
    TRAININGS = "CEU"
    TESTIMONIALS = "T"


Line = Mapping[Column, int]
"""One person's week, or several weeks added up. A column that is not there is 0."""
COUNTABLE = "PAMS"
"""The letters whose weeks count, where the group has not decided otherwise."""
MOST = 999
REASON_MOST = 200
LETTERS = (Column.PRESENT, Column.ABSENT, Column.MEDICAL, Column.SUBSTITUTE)
"""What somebody can be at one meeting."""


def monday(day: date) -> date:
    """The week of a day."""
    return day - timedelta(days=day.weekday())


def letter(status: AttendanceStatus, *, came: bool, over: bool) -> Column | None:
    """The letter of one person at one meeting; None while the meeting is not over and nobody knows yet.

    Who came is present whatever was said before; an apology without a substitute is an absence.
    """
    if came:
        return Column.PRESENT
    if status is AttendanceStatus.SUBSTITUTED:
        return Column.SUBSTITUTE
    if status is AttendanceStatus.MEDICAL:
        return Column.MEDICAL
    if status in (AttendanceStatus.APOLOGISED, AttendanceStatus.ABSENT) or over:
        return Column.ABSENT
    return None


def added(lines: Iterable[Line]) -> dict[Column, int]:
    """Several lines as one, every column there."""
    total = dict.fromkeys(Column, 0)
    for line in lines:
        for column, number in line.items():
            total[column] += number
    return total


def unexplained(
    kept: Mapping[PersonId, Line], live: Mapping[PersonId, Line], columns: Iterable[Column] = Column
) -> frozenset[Column]:
    """The columns of an approved week in which fewer are counted today than were approved, and not because somebody is
    no longer here: what they shared with others stands in `NOBODY`'s line now, and that is no reason to put it right.
    """
    gone, before = live.get(NOBODY, {}), kept.get(NOBODY, {})

    def missing(column: Column) -> int:
        return sum(
            max(line.get(column, 0) - live.get(person, {}).get(column, 0), 0)
            for person, line in kept.items()
            if person != NOBODY
        )

    return frozenset(column for column in columns if missing(column) > gone.get(column, 0) - before.get(column, 0))


def countable(line: Line, letters: str = COUNTABLE) -> int:
    """How many of somebody's meetings count, by the letters the group counts."""
    return sum(line.get(column, 0) for column in LETTERS if column.value in letters)


def check_countable(letters: str) -> str:
    """The letters that count, in the order of the report, with P among them.

    Raises RuleViolation("countable_letters", field="countable").
    """
    wanted = set(letters.upper().replace(" ", ""))
    if Column.PRESENT.value not in wanted or not wanted <= {column.value for column in LETTERS}:
        raise RuleViolation("countable_letters", field="countable")
    return "".join(column.value for column in LETTERS if column.value in wanted)


@dataclass(frozen=True)
class Change:
    """One figure put right: what it was, what it is now."""

    column: Column
    before: int
    after: int


def changes(kept: Line, wanted: Line) -> tuple[Change, ...]:
    """What differs in the columns that `wanted` has. Raises RuleViolation("figure_range", field, most)."""
    found = []
    for column in Column:
        after = wanted.get(column)
        if after is None:
            continue
        if not 0 <= after <= MOST:
            raise RuleViolation("figure_range", field=column.value, most=MOST)
        if after != kept.get(column, 0):
            found.append(Change(column, kept.get(column, 0), after))
    return tuple(found)


def check_reason(reason: str) -> str:
    """A correction says why. Raises RuleViolation: correction_reason, text_too_long (`field` reason)."""
    kept = " ".join(reason.split())
    if not kept:
        raise RuleViolation("correction_reason", field="reason")
    if len(kept) > REASON_MOST:
        raise RuleViolation("text_too_long", field="reason", most=REASON_MOST)
    return kept
