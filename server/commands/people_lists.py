"""A list of people from a file, as every paper wants them: a spreadsheet with a header, in any of our languages.

Columns: first_name, last_name, company, role (member, visitor or host), table, code; only a name is needed. A bad row
is named by its line, and then nothing is printed.
"""

from pathlib import Path

from server.commands import Refused, read_file, refusal
from server.domain.errors import RuleViolation
from server.formats.column_names import Field, plain
from server.formats.layouts import Mapping, guess_mapping
from server.formats.person_names import split_full_name
from server.formats.statuses import standing_of
from server.formats.tables import Row, Table, read_table
from server.jobs import Json

MOST = 20_000
"""People in one file."""
ROLES = ("member", "visitor", "host")


def people(path: Path) -> list[Json]:
    """Everybody in the file, in its order, as the drawings take them. Raises Refused."""
    try:
        table = read_table(read_file(path), name=path.name, max_rows=MOST)
    except RuleViolation as refused:
        raise refusal(refused) from refused
    if table.errors:
        error = table.errors[0]
        raise Refused(f"{path.name}, line {error.line}: the row does not fit the header.")
    mapping = guess_mapping(table.headers)
    if not mapping.finds_people():
        raise Refused(f"{table.name} has no columns first_name and last_name.")
    at = {plain(header): place for place, header in reversed(list(enumerate(table.headers)))}
    return [_person(table, mapping, row, at) for row in table.rows]


def _person(table: Table, mapping: Mapping, row: Row, at: dict[str, int]) -> Json:
    def cell(name: str) -> str:
        return row.cells[at[name]].strip() if name in at else ""

    def first(field: Field) -> str:
        return next((row.cells[place].strip() for place in mapping.of(field) if row.cells[place].strip()), "")

    given, family = first(Field.GIVEN_NAME), first(Field.FAMILY_NAME)
    if not (given or family):
        reversed_names = bool(mapping.family_first)
        split = split_full_name(first(Field.FULL_NAME), family_first=reversed_names)
        given, family = split.given_name, split.family_name
    number = cell("table")
    if number and not (number.isascii() and number.isdigit()):
        raise Refused(f"{table.name}, line {row.line}: the table must be a number, not “{number}”.")
    return {
        "first_name": given,
        "last_name": family,
        "company": first(Field.COMPANY),
        "role": _role(table, row, cell("role")),
        "table": int(number) if number else None,
        "code": cell("code"),
    }


def _role(table: Table, row: Row, word: str) -> str:
    """Member, visitor or host, in any of our languages; a member where nothing is said."""
    if not word:
        return "member"
    if plain(word) in ROLES:
        return plain(word)
    standing = standing_of(word)
    if standing is None:
        raise Refused(f"{table.name}, line {row.line}: the role must be member, visitor or host, not “{word}”.")
    return standing.value
