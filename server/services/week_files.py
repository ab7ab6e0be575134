"""A week or several as a spreadsheet, and the same spreadsheet back as corrections.

The columns are the field's codes in every language, so that others can retype or import them. Sums of money are not
among them. Coming back, a line is known by its key, or by its name where the key is gone; lines that are no member's
are passed over.
"""

from collections.abc import Iterable
from datetime import date

from server.domain import names, weeks
from server.domain.errors import RuleViolation
from server.domain.vocabulary import GroupId, PersonId, Uid
from server.domain.weeks import Column, Line
from server.formats.csv_out import delimiter_for, write_csv
from server.formats.tables import Row, read_table
from server.services import weeks as services
from server.services import workbooks
from server.services.context import Context, Json, Op
from server.services.weeks import MemberLine, Wanted

KEY, GIVEN, FAMILY, COUNTABLE = "Key", "First name", "Last name", "Weeks"
HEADERS = (KEY, GIVEN, FAMILY, *(column.value for column in Column), COUNTABLE)


NOBODYS = "*"
"""The key of a line that is no member's."""


def written(lines: Iterable[MemberLine], kind: str, language: str, *, beside: Iterable[tuple[str, Line]] = ()) -> bytes:
    """The lines as `csv` or `xlsx`; the latter raises as `workbooks.written`.

    `beside`: lines that are no member's, with what they are called; those with nothing in them are left out.
    """
    rows = [_cells(line) for line in lines]
    rows += [
        [NOBODYS, name, "", *(str(line.get(column, 0)) for column in Column), "0"]
        for name, line in beside
        if any(line.values())
    ]
    if kind == "xlsx":
        return workbooks.written(HEADERS, rows)
    return write_csv(HEADERS, rows, delimiter=delimiter_for(language))


def bring_back(
    ctx: Context,
    *,
    group_id: GroupId,
    monday: date,
    version: int,
    name: str,
    data: bytes,
    reason: str,
    by: PersonId,
    op: Op | None = None,
) -> Json:
    """Figures of an approved week from a file: what differs is put right, each with the reason.

    Answers and raises as `weeks.correct`; besides it raises what `read_table` raises, RuleViolation: week_columns,
    week_person (line, name), week_number (line, column).
    """
    table = read_table(data, name=name)
    columns = [column for column in Column if column.value in table.headers]
    if not columns or not ({KEY, FAMILY} & set(table.headers)):
        raise RuleViolation("week_columns", field="file")
    people = services.show(ctx, group_id, monday).lines
    by_uid = {line.person.uid: line.person.uid for line in people}
    by_name: dict[str, list[Uid]] = {}
    for line in people:
        by_name.setdefault(_folded(line.person.given_name, line.person.family_name), []).append(line.person.uid)
    place = {header: at for at, header in enumerate(table.headers)}
    wanted = []
    for row in table.rows:
        cells = {header: row.cells[at].strip() if at < len(row.cells) else "" for header, at in place.items()}
        if cells.get(KEY) == NOBODYS:
            continue
        found = [by_uid[Uid(cells[KEY])]] if Uid(cells.get(KEY, "")) in by_uid else []
        found = found or by_name.get(_folded(cells.get(GIVEN, ""), cells.get(FAMILY, "")), [])
        if len(found) != 1:
            shown = names.full_name(cells.get(GIVEN, ""), cells.get(FAMILY, ""))
            raise RuleViolation("week_person", field="file", line=row.line, name=shown)
        wanted.append(Wanted(found[0], {column: _number(cells[column.value], row, column) for column in columns}))
    return services.correct(
        ctx, group_id=group_id, monday=monday, version=version, wanted=wanted, reason=reason, by=by, op=op
    )


def _cells(line: MemberLine) -> list[str]:
    person = line.person
    figures = (str(line.figures[column]) for column in Column)
    return [person.uid, person.given_name, person.family_name, *figures, str(line.countable)]


def _folded(given: str, family: str) -> str:
    return names.search_key(given, family)


def _number(cell: str, row: Row, column: Column) -> int:
    if not cell:
        return 0
    if not cell.isdecimal() or int(cell) > weeks.MOST:
        raise RuleViolation("week_number", field="file", line=row.line, column=column.value)
    return int(cell)
