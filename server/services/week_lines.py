"""The lines of a week or of several: a member each, and beside them what belongs to nobody who is a member today."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from server.domain import names, weeks
from server.domain.folded import NOBODY
from server.domain.vocabulary import PersonId, Uid
from server.domain.weeks import Column, Line


@dataclass(frozen=True)
class Somebody:
    """A member as a line of the report names them."""

    id: PersonId
    uid: Uid
    given_name: str
    family_name: str

    @property
    def name(self) -> str:
        """The whole name."""
        return names.full_name(self.given_name, self.family_name)


@dataclass(frozen=True)
class MemberLine:
    """One member's figures. `fresh`: what a count of today says where an approved week says something else."""

    person: Somebody
    figures: Mapping[Column, int]
    countable: int
    fresh: Mapping[Column, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Beside:
    """What stands in no member's line and belongs to the total all the same: of people who are no members today, and
    of people who are no longer here.
    """

    others: Mapping[Column, int]
    gone: Mapping[Column, int]


def lines_of(
    people: Sequence[Somebody],
    figures: Mapping[PersonId, Line],
    counted_letters: str,
    live: Mapping[PersonId, Line] | None,
) -> tuple[MemberLine, ...]:
    """The lines of members. `live`: what a count of today says of an approved week."""
    lines = []
    told = weeks.unexplained(figures, live) if live is not None else frozenset()
    for person in people:
        line = weeks.added([figures.get(person.id, {})])
        count = weeks.added([live.get(person.id, {})]) if live is not None else line
        fresh = {
            column: count[column]
            for column in Column
            if count[column] > line[column] or (count[column] < line[column] and column in told)
        }
        lines.append(MemberLine(person, line, weeks.countable(line, counted_letters), fresh))
    return tuple(lines)


def beside_of(lines: Iterable[MemberLine], figures: Mapping[PersonId, Line]) -> Beside:
    """What is in figures and in nobody's line."""
    named = {line.person.id for line in lines} | {NOBODY}
    return Beside(
        others=weeks.added(line for person, line in figures.items() if person not in named),
        gone=weeks.added([figures.get(NOBODY, {})]),
    )
