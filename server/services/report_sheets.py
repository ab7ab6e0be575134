"""A report as it is shown, the same on the screen and on paper: sections with texts, plots and tables.

Whoever speaks the reader's language fills a sheet with words. Its plots are drawn in the child process, once for the
page and once for the PDF, by the same hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from server.services import workbench
from server.services.context import Json

Links = Mapping[tuple[int, int], str]
"""By row and column (of a plot: series), from 0: the address of the rows that a figure counts. Paper leads nowhere."""


class Form(StrEnum):
    """How a plot is laid out: beside each other, below each other, one count against another, a plant for each."""

    COLUMNS = "columns"
    BARS = "bars"
    SIDES = "sides"
    BEDS = "beds"


class Fill(StrEnum):
    """How the marks of a series are filled."""

    PLAIN = "plain"
    HATCHED = "hatched"
    OPEN = "open"


@dataclass(frozen=True)
class Series:
    """What is counted, in a word or two, and how its marks are filled."""

    word: str
    fill: Fill = Fill.PLAIN


@dataclass(frozen=True)
class Row:
    """One name and its values, one for each series. None, in columns: not told, which is something else than 0."""

    name: str
    values: tuple[int | None, ...]


@dataclass(frozen=True)
class Plot:
    """A plot with its words: what it is, of when and for whom, what it says, what its names and numbers are."""

    key: str
    form: Form
    title: str
    period: str
    finding: str
    name_word: str
    series: tuple[Series, ...]
    rows: tuple[Row, ...]
    links: Links = field(default_factory=dict)


@dataclass(frozen=True)
class Column:
    """A column: its head, its share of the table's width on paper, whether it holds numbers."""

    head: str
    share: float
    is_number: bool = False


@dataclass(frozen=True)
class Table:
    """A table; the first cell of each row names it."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    links: Links = field(default_factory=dict)

    @property
    def is_list(self) -> bool:
        """Whether it lists people or meetings and is wider than a phone."""
        return len(self.columns) > 2


@dataclass(frozen=True)
class Section:
    """A part of a report under its heading."""

    heading: str
    texts: tuple[str, ...] = ()
    plots: tuple[Plot, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A whole report in one language. `foot` stands on every page of paper."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    foot: str
    language: str

    @property
    def plots(self) -> tuple[Plot, ...]:
        """All its plots."""
        return tuple(plot for section in self.sections for plot in section.plots)


def pictures(plots: Sequence[Plot]) -> dict[str, str]:
    """The plots as SVG elements, by key. Raises what the workbench raises."""
    if not plots:
        return {}
    made = workbench.desk.do("reports.plots", {"plots": list(map(_drawn, plots))})
    return dict(zip((plot.key for plot in plots), made["svgs"], strict=True))


def on_paper(sheet: Sheet, paper: str) -> bytes:
    """The report as a PDF on `a4` or `letter`. Raises what cannot be printed and what the workbench raises."""
    return workbench.as_bytes(workbench.desk.do("reports.report", {"sheet": _plain(sheet) | {"paper": paper}})["pdf"])


def _drawn(plot: Plot) -> Json:
    return {name: value for name, value in asdict(plot).items() if name != "links"}


def _plain(sheet: Sheet) -> Json:
    """As JSON has it. The rows of tables, of which there may be a thousand, are that already."""
    sections = [
        vars(section)
        | {
            "plots": list(map(_drawn, section.plots)),
            "tables": [
                {"caption": table.caption, "columns": [vars(one) for one in table.columns], "rows": table.rows}
                for table in section.tables
            ],
        }
        for section in sheet.sections
    ]
    return vars(sheet) | {"sections": sections}
