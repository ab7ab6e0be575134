"""Papers are drawn in the child process, from values alone: here is the way there and back.

A use-case prepares a `Draft` (which drawing, with which values); it is drawn as a file or looked at as a picture of one
page. Nothing is printed without an address that phones can open, because every code on paper carries it for good.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.domain.vocabulary import GroupId
from server.persistence.models import Group
from server.services import workbench
from server.services.context import Context, Json


@dataclass(frozen=True)
class Address:
    """The address that goes on paper. `forced`: made for the demo out of this computer's own number."""

    url: str
    forced: bool = False


@dataclass(frozen=True)
class Draft:
    """A document ready to be drawn: which job of the child, and its values."""

    job: str
    arguments: Json


@dataclass(frozen=True)
class Part:
    """One document of several in one file, and what it is called there."""

    title: str
    draft: Draft


@dataclass(frozen=True)
class Warned:
    """Something that was printed and deserves a look; `params["name"]` says whose it is."""

    key: str
    params: Mapping[str, str | int | float]


@dataclass(frozen=True)
class Paper:
    """A finished document; `begins` are the first pages of the parts it was bound from."""

    pdf: bytes
    pages: int
    warnings: tuple[Warned, ...]
    begins: tuple[int, ...] = ()


@dataclass(frozen=True)
class Look:
    """One page of a document as a picture (SVG), with what there is to know about the whole."""

    svg: str
    pages: int
    warnings: tuple[Warned, ...]
    begins: tuple[int, ...] = ()


def address(ctx: Context, group_id: GroupId, *, here: str) -> Address | None:
    """The group's own address, else the one of the installation; in the demo, else `here`. None: it must be set."""
    with ctx.reading() as db:
        own = db.get_one(Group, group_id).base_url
    if own or ctx.settings.base_url:
        return Address(own or ctx.settings.base_url, forced=ctx.settings.demo)
    return Address(here, forced=True) if ctx.settings.demo and here else None


def draw(draft: Draft) -> Paper:
    """The document as a file. Raises RuleViolation with what cannot be printed (`print_…`)."""
    made = workbench.desk.do(f"paper.{draft.job}", draft.arguments)
    return Paper(workbench.as_bytes(made["pdf"]), int(made["pages"]), _warned(made), tuple(made.get("begins", ())))


def look(draft: Draft, *, page: int = 1) -> Look:
    """One page of the document as a picture; a page behind the last shows the last. Raises as `draw`."""
    asked = {"job": draft.job, "arguments": draft.arguments, "page": page}
    made = workbench.desk.do("paper.look", asked)
    return Look(str(made["svg"]), int(made["pages"]), _warned(made), tuple(made.get("begins", ())))


def bound(parts: Sequence[Part], *, title: str, language: str, print_at_once: bool = False) -> Draft:
    """All these documents as one file. `print_at_once` asks the reader to open its print dialog."""
    return Draft(
        "kit",
        {
            "parts": [
                {"title": part.title, "job": part.draft.job, "arguments": part.draft.arguments} for part in parts
            ],
            "title": title,
            "language": language,
            "print_at_once": print_at_once,
        },
    )


def _warned(made: Json) -> tuple[Warned, ...]:
    return tuple(Warned(each["key"], each["params"]) for each in made["warnings"])
