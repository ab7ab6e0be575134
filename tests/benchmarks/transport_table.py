"""What `transport` has measured, as a table in Markdown."""

from dataclasses import dataclass, field
from statistics import median


@dataclass
class Row:
    """What one server did with one size."""

    last: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    request: float = 0.0
    """Processor time of the request that causes an event, with nobody listening, in µs."""
    storm: list[float] = field(default_factory=list)
    storm_cpu: list[float] = field(default_factory=list)
    round: list[float] = field(default_factory=list)
    memory: float = 0.0
    snapshot: int = 0
    told: int = 0
    """Deliveries that were due."""
    missed: int = 0
    doubled: int = 0

    def alone(self, size: int) -> float:
        """Processor time of a delivery without the request, in µs."""
        return max(0.0, median(self.cpu) - self.request / size)


HEAD = (
    "| clients | server | one event → last | cpu a delivery | of it telling alone | a round, each phone its own "
    "| storm | cpu a client in it | memory | answer to join | missed, doubled of all |\n" + "| --- " * 11 + "|"
)


def line(name: str, size: int, row: Row, beside: Row | None) -> str:
    """A row of the table; in brackets the ratio to the peer."""

    def shown(mine: float, theirs: float | None, unit: str, digits: int) -> str:
        return f"{mine:,.{digits}f} {unit}" + (f" ({mine / theirs:.2f})" if theirs else "")

    def middle(mine: list[float], theirs: list[float], unit: str, digits: int) -> str:
        return shown(median(mine), median(theirs) if theirs else None, unit, digits) if mine else "–"

    other = beside or Row()
    alone = shown(row.alone(size), other.alone(size) if beside else None, "µs", 1)
    cells = (
        f"{size:,}",
        name,
        middle(row.last, other.last, "ms", 1),
        middle(row.cpu, other.cpu, "µs", 1),
        alone,
        middle(row.round, other.round, "ms", 0),
        middle(row.storm, other.storm, "s", 2),
        middle(row.storm_cpu, other.storm_cpu, "ms", 2),
        f"{row.memory:.0f} KB",
        f"{row.snapshot:,} B",
        f"{row.missed}, {row.doubled} of {row.told:,}",
    )
    return f"| {' | '.join(cells)} |"
