"""Agendas to begin with: breakfasts of 60 and 90 minutes, a lunch, a lecture with short rounds, a gala.

Minutes add up to what the template's name says; how long everybody speaks follows from who is expected. Titles are
no part of it: whoever shows a template finds the words for its kinds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.domain import speaking
from server.domain.errors import RuleViolation

TALKS = "introductions"
NAME_MOST = 80
SAVED_MOST = 30
"""Templates that one group keeps."""


class Usual(StrEnum):
    """The templates that every group has."""

    BREAKFAST_60 = "breakfast_60"
    BREAKFAST_90 = "breakfast_90"
    LUNCH = "lunch"
    LECTURE = "lecture"
    GALA = "gala"


@dataclass(frozen=True)
class Shape:
    """Kinds with their minutes in order, and the rounds that fit into the line of rounds; seconds of one round."""

    lines: tuple[tuple[str, int], ...]
    rounds: int
    round_seconds: int
    table_size: int

    @property
    def minutes(self) -> int:
        """The minutes of all lines together."""
        return sum(minutes for _, minutes in self.lines)


SHAPES: Mapping[Usual, Shape] = {
    Usual.BREAKFAST_60: Shape(
        (("open_networking", 10), ("welcome", 3), ("introductions", 15), ("rounds", 22), ("referrals", 7),
         ("announcements", 3)),
        4, 240, 2,
    ),
    Usual.BREAKFAST_90: Shape(
        (("open_networking", 15), ("welcome", 5), ("education", 5), ("rounds", 30), ("introductions", 15),
         ("speaker", 10), ("referrals", 7), ("announcements", 3)),
        4, 300, 2,
    ),
    Usual.LUNCH: Shape(
        (("open_networking", 15), ("welcome", 5), ("rounds", 40), ("break", 30), ("introductions", 20),
         ("announcements", 10)),
        3, 600, 4,
    ),
    Usual.LECTURE: Shape(
        (("open_networking", 15), ("welcome", 5), ("speaker", 45), ("break", 10), ("rounds", 24), ("referrals", 6),
         ("announcements", 5)),
        4, 240, 4,
    ),
    Usual.GALA: Shape(
        (("open_networking", 30), ("welcome", 10), ("rounds", 45), ("break", 60), ("speaker", 20), ("referrals", 10),
         ("announcements", 5)),
        3, 720, 8,
    ),
}  # fmt: skip


def seconds_each(lines: Iterable[tuple[str, int]], people: int) -> int | None:
    """How long everybody of the expected head-count speaks in the line of presentations; None without such a line."""
    minutes = sum(minutes for kind, minutes in lines if kind == TALKS)
    if not minutes or people < 1:
        return None
    return speaking.seconds_each(minutes, people)


def check_name(name: str) -> str:
    """The name of a saved template, tidied. Raises RuleViolation("template_name", most)."""
    tidied = " ".join(name.split())
    if not 0 < len(tidied) <= NAME_MOST:
        raise RuleViolation("template_name", field="template_name", most=NAME_MOST)
    return tidied
