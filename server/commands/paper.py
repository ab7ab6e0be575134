"""`coltiva print badges`: a list into a PDF, without any database and without the web."""

from pathlib import Path
from typing import Any

from printables import badges
from printables.errors import PrintRefused
from printables.model import BadgeOptions, Person, Result, Role, Words
from printables.text import FontSet
from server import assets
from server.commands import Refused, read_file, refusal, say, tell, words, write_file
from server.domain.errors import RuleViolation
from server.formats.column_names import Field, plain
from server.formats.layouts import Mapping, guess_mapping
from server.formats.person_names import split_full_name
from server.formats.statuses import standing_of
from server.formats.tables import Row, Table, read_table

MOST = 20_000
"""Badges in one file."""


def print_badges(people: Path, out: Path, *, language: str, **how: Any) -> int:
    """Badges for everybody in the file, in its order; `how` are options of the printables.

    Raises Refused; then there is no PDF.
    """
    options = BadgeOptions(words=badge_words(language), **how)
    try:
        table = read_table(read_file(people), name=people.name, max_rows=MOST)
    except RuleViolation as refused:
        raise refusal(refused) from refused
    if table.errors:
        error = table.errors[0]
        raise Refused(f"{people.name}, line {error.line}: the row does not fit the header.")
    fonts = assets.fonts()
    try:
        made = badges.render(
            _people(table), options, FontSet(fonts["NotoSans-Regular"], fonts["NotoSans-Bold"])
        )
    except PrintRefused as no:
        raise Refused(str(no)) from no
    write_file(out, made.pdf)
    _tell(made, len(table.rows), out)
    return 0


def _tell(made: Result, people: int, out: Path) -> None:
    for warning in made.warnings:
        tell(str(warning))
    say(f"{out}: badges {people}, pages {made.pages}")


def badge_words(language: str) -> Words:
    """What stands on a badge beside the names, in a language."""
    texts = {"member": "Member", "visitor": "Visitor", "host": "Host", "table": "Table", "title": "Badges"}
    return Words(**{name: words(text, {}, language) for name, text in texts.items()}, language=language)


def _people(table: Table) -> list[Person]:
    mapping = guess_mapping(table.headers)
    if not mapping.finds_people():
        raise Refused(f"{table.name} has no columns first_name and last_name.")
    at = {plain(header): place for place, header in reversed(list(enumerate(table.headers)))}
    return [_person(table, mapping, row, at) for row in table.rows]


def _person(table: Table, mapping: Mapping, row: Row, at: dict[str, int]) -> Person:
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
    return Person(
        first_name=given,
        last_name=family,
        company=first(Field.COMPANY),
        role=_role(table, row, cell("role")),
        table=int(number) if number else None,
        code=cell("code"),
    )


def _role(table: Table, row: Row, word: str) -> Role:
    """Member, visitor or host, in any of our languages; a member where nothing is said."""
    if not word:
        return Role.MEMBER
    if plain(word) in tuple(Role):
        return Role(plain(word))
    standing = standing_of(word)
    if standing is None:
        raise Refused(f"{table.name}, line {row.line}: the role must be member, visitor or host, not “{word}”.")
    return Role(standing.value)
