"""Fees of a meeting: the list with who paid, who owes and who is free, the cash total, and the file of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from server.domain import attendance as attendance_rules
from server.domain import fees as rules
from server.domain import names
from server.domain.fees import Cash, Fee, FeeState
from server.domain.vocabulary import MeetingId, Standing, Uid
from server.formats.csv_out import delimiter_for, write_csv
from server.formats.xlsx_out import write_xlsx
from server.persistence.models import Attendance, Group, Meeting, Person
from server.persistence.queries import folded
from server.services import door_book
from server.services.context import Context, Json, Op, Tx

RECEIVED, OWED = "received", "owed"
"""Sums of people who are no longer here; beside them stands how many were where."""


@dataclass(frozen=True)
class FeeLine:
    """Somebody of the list and the fee."""

    uid: Uid
    name: str
    company: str
    standing: Standing
    came: bool
    fee: Fee


@dataclass(frozen=True)
class FeesGone:
    """What people who are no longer here paid and owed, in cents, and how many of them stood where."""

    cash: Cash
    tally: Mapping[str, int]

    def count(self, state: FeeState, *, came: bool | None = None) -> int:
        """How many stood there, all or of those who came or did not."""
        sides = (True, False) if came is None else (came,)
        return sum(self.tally.get(_place(state, came=side), 0) for side in sides)


@dataclass(frozen=True)
class FeeSheet:
    """All lines in the order of names, the sums, and the currency of both. `gone` is in the sums and in no line."""

    lines: tuple[FeeLine, ...]
    gone: FeesGone
    cash: Cash
    currency: str

    def count(self, state: FeeState, *, came: bool | None = None) -> int:
        """How many stand there, all or of those who came or did not."""
        here = sum(line.fee.state is state and came in (None, line.came) for line in self.lines)
        return here + self.gone.count(state, came=came)


def sheet(ctx: Context, meeting_id: MeetingId) -> FeeSheet:
    """Everybody who is expected or came, and whoever paid beforehand. Four statements."""
    with ctx.reading() as db:
        meeting = db.get_one(Meeting, meeting_id)
        rows = db.execute(
            select(Attendance, Person)
            .join(Person, Person.id == Attendance.person_id)
            .where(
                Attendance.meeting_id == meeting_id,
                or_(Attendance.status.not_in(attendance_rules.AWAY), Attendance.fee_paid_at.is_not(None)),
            )
            .order_by(Person.sort_key, Attendance.id)
        )
        lines = tuple(
            FeeLine(
                uid=Uid(row.uid),
                name=names.full_name(person.given_name, person.family_name),
                company=person.company,
                standing=row.standing,
                came=row.entered_at is not None,
                fee=of(meeting, row),
            )
            for row, person in rows
        )
        currency = db.get_one(Group, meeting.group_id).currency
        left = folded.cents_at(db, meeting_id)
    cents = Cash(*(left.get(what, (0, 0))[1] for what in (RECEIVED, OWED)))
    gone = FeesGone(cents, {what: number for what, (number, _) in left.items()})
    here = rules.cash((line.fee, line.came) for line in lines)
    return FeeSheet(lines, gone, Cash(here.received + cents.received, here.owed + cents.owed), currency)


def of(meeting: Meeting, row: Attendance) -> Fee:
    """A helper of the use-cases: the fee of a line."""
    return Fee(
        asked=rules.asked(row.standing, of_members=meeting.member_fee_cents, of_visitors=meeting.visitor_fee_cents),
        paid_at=row.fee_paid_at,
        paid_cents=row.fee_paid_cents,
        waived=row.fee_waived,
    )


def tallied(meeting: Meeting, row: Attendance) -> Mapping[str, tuple[int, int]]:
    """A helper: what one line adds to the sheet, if it stands there: how often and how many cents."""
    if row.status in attendance_rules.AWAY and row.fee_paid_at is None:
        return {}
    fee, came = of(meeting, row), row.entered_at is not None
    cash = rules.cash([(fee, came)])
    return {
        _place(fee.state, came=came): (1, fee.asked),
        RECEIVED: (1, cash.received),
        OWED: (1, cash.owed),
    }


def _place(state: FeeState, *, came: bool) -> str:
    return f"{state.value}:{'came' if came else 'not'}"


def settle(ctx: Context, *, meeting_id: MeetingId, attendance_uid: Uid, state: FeeState, op: Op | None = None) -> Json:
    """Somebody paid, owes after all, or is free. Answers `{state}`; saying the same twice keeps the first time.

    Raises NotFound("attendance_unknown").
    """

    def work(tx: Tx) -> Json:
        meeting = tx.db.get_one(Meeting, meeting_id)
        row = door_book.locked(tx, meeting_id, attendance_uid)
        write(tx, meeting, row, state)
        return {"state": of(meeting, row).state.value}

    return ctx.transaction(work, op=op)


def write(tx: Tx, meeting: Meeting, row: Attendance, state: FeeState) -> None:
    """A helper of the use-cases: what the line says from now on."""
    fee = of(meeting, row)
    if state is FeeState.PAID:
        if fee.state is not FeeState.PAID:
            row.fee_paid_at, row.fee_paid_cents = tx.now, fee.asked
        return
    row.fee_paid_at = row.fee_paid_cents = None
    row.fee_waived = state is FeeState.FREE


def amount(cents: int) -> str:
    """Cents as a spreadsheet reads them: 12.50."""
    return f"{cents // 100}.{cents % 100:02d}"


def written(
    found: FeeSheet,
    *,
    kind: str,
    headings: tuple[str, ...],
    words: Mapping[str, str],
    paid_at: Mapping[Uid, str],
    language: str,
) -> bytes:
    """The sheet as `csv` or `xlsx`: name, company, standing, came, state, asked, received, paid at; below it people
    who are no longer here, without names, and the sum.
    """
    comma = delimiter_for(language) == ";"

    def money(cents: int) -> str:
        return amount(cents).replace(".", ",") if comma else amount(cents)

    rows = [
        [
            line.name,
            line.company,
            words[line.standing.value],
            words["yes"] if line.came else "",
            words[line.fee.state.value],
            money(line.fee.asked),
            money(line.fee.received),
            paid_at.get(line.uid, ""),
        ]
        for line in found.lines
    ]
    if any(found.gone.tally.values()):
        rows.append([words["gone"], "", "", "", "", "", money(found.gone.cash.received), ""])
    rows.append([words["total"], "", "", "", found.currency, "", money(found.cash.received), ""])
    if kind == "xlsx":
        return write_xlsx(headings, rows)
    return write_csv(headings, rows, delimiter=delimiter_for(language))


def moments(found: FeeSheet) -> dict[Uid, datetime]:
    """When each payment was taken, in UTC."""
    return {line.uid: line.fee.paid_at for line in found.lines if line.fee.paid_at is not None}
