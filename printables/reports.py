"""Reports on paper: headings, figures in tables, plots, lists of people; as long as they need to be.

A report is the same on paper and on the screen, so it is handed in as its sections, with every text in the reader's
language. What is put into one is not decided here.
"""

from dataclasses import dataclass

from printables import checks
from printables.draw import Document
from printables.errors import PrintRefused
from printables.flow import Column as Column
from printables.flow import Flow
from printables.flow import Table as Table
from printables.model import Result
from printables.plots import Plot
from printables.text import FontSet, clean


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report under a heading of its own: texts, then plots and short tables, then lists."""

    heading: str
    texts: tuple[str, ...] = ()
    plots: tuple[Plot, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A meeting report or a group report. `foot` stands on every page; `paper` is `a4` or `letter`."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    foot: str = ""
    language: str = "en"
    paper: str = "a4"


def render(report: Report, fonts: FontSet) -> Result:
    """The report as a PDF.

    Raises `PrintRefused`: `unknown_paper`, and `nobody` for a report without sections.
    """
    if not report.sections:
        raise PrintRefused("nobody")
    width, height = checks.paper(report.paper)
    document = Document(width, height, title=clean(report.title), language=report.language, fonts=fonts)
    flow = Flow(document, report.title, report.foot)
    flow.head(report.title, report.subtitle)
    for section in report.sections:
        beside: list[Plot | Table] = [*section.plots, *(table for table in section.tables if table.is_short)]
        # A heading never ends a page: what comes first below it stands there, too.
        first = max(map(flow.height, beside[:2])) if beside else 20.0
        flow.heading(section.heading, first + sum(map(flow.text_height, section.texts)))
        for text in section.texts:
            flow.paragraph(text)
        flow.halves(beside)
        for table in section.tables:
            if not table.is_short:
                flow.table(table)
    flow.finish()
    return Result(document.finish(), document.pages, tuple(flow.warnings))
