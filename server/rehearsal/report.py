"""What a facilitator should know after a rehearsal: figures, and one sentence that says whether it would go well."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from server.rehearsal.screens import Screen
from server.views.sentences.marking import N_

LATE_MS = 1000.0
"""A press takes effect a second later: news that take longer are seen to be late in the room."""
APART_MS = 250.0
"""Two clocks that are further apart show different seconds for everybody to see."""
SLOW_SCAN_MS = 1000.0
Line = tuple[str, dict[str, object]]
"""A text and its parameters; whoever prints it knows the language."""


@dataclass
class Figures:
    """What was measured, in milliseconds, and what went wrong."""

    people: int = 0
    rounds: int = 0
    scans: list[float] = field(default_factory=list)
    joins: list[float] = field(default_factory=list)
    presses: list[float] = field(default_factory=list)
    """From a press of the facilitator until the last screen knew."""
    apart: list[float] = field(default_factory=list)
    """How far the clocks of all screens lay apart, each time they were looked at."""
    looks: int = 0
    disagreements: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    slowest: str = ""
    slowest_ms: float = 0.0
    missed: int = 0
    back: list[float] = field(default_factory=list)

    def close(self, screens: Iterable[Screen]) -> None:
        """Add what the screens wrote down."""
        for screen in screens:
            self.missed += screen.notes.fetched
            self.back += screen.notes.back
            self.failed += screen.notes.failed
            worst = max(screen.notes.delays, default=0.0)
            if worst > self.slowest_ms and screen.name.startswith("phone"):
                self.slowest, self.slowest_ms = screen.name.removeprefix("phone "), worst

    @property
    def is_good(self) -> bool:
        """Whether nothing was wrong. A missed piece of news that was fetched is no fault, only worth knowing."""
        return not (
            self.disagreements
            or self.failed
            or max(self.presses, default=0) > LATE_MS
            or max(self.apart, default=0) > APART_MS
        )


def middle(values: list[float], share: float = 0.5) -> float:
    """The value that this share of all lies below; nothing of nothing is 0."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0.0


def lines(found: Figures) -> Iterator[Line]:
    """The figures as labelled lines, then the verdict."""
    if found.scans:
        yield (
            N_("A scan at the door was answered in %(mid)s ms, at worst in %(worst)s ms."),
            {"mid": round(middle(found.scans)), "worst": round(max(found.scans))},
        )
    if found.joins:
        yield (
            N_("A phone was ready %(mid)s ms after its badge was opened, at worst %(worst)s ms."),
            {"mid": round(middle(found.joins)), "worst": round(max(found.joins))},
        )
    if found.presses:
        yield (
            N_("After a press the last screen knew in %(mid)s ms, at worst in %(worst)s ms."),
            {"mid": round(middle(found.presses)), "worst": round(max(found.presses))},
        )
    if found.slowest:
        yield (
            N_("Slowest phone: number %(phone)s, %(worst)s ms."),
            {
                "phone": found.slowest,
                "worst": round(found.slowest_ms),
            },
        )
    if found.apart:
        yield N_("The clocks of all screens: at most %(worst)s ms apart."), {"worst": round(max(found.apart))}
    yield N_("Times a screen fetched its state because news were late: %(missed)s."), {"missed": found.missed}
    if found.back:
        yield (
            N_("Phones that lost the Wi-Fi and came back: %(count)s, the slowest after %(worst)s s."),
            {"count": len(found.back), "worst": f"{max(found.back) / 1000:.1f}"},
        )
    yield (
        N_("Screens that showed something wrong: %(wrong)s of %(looks)s looks."),
        {"wrong": len(found.disagreements), "looks": found.looks},
    )
    for what in (found.disagreements + found.failed)[:10]:
        yield N_("  Wrong: %(what)s"), {"what": what}
    yield verdict(found)


def verdict(found: Figures) -> Line:
    """One sentence: whether this computer holds this room."""
    size: dict[str, object] = {"people": found.people, "rounds": found.rounds}
    if found.is_good:
        if not found.rounds:
            return N_("All is well: this computer holds a room of %(people)s."), size
        return N_("All is well: this computer holds a room of %(people)s for %(rounds)s rounds."), size
    if found.disagreements:
        return N_("Not good: some screens showed something else than the others."), size
    if found.failed:
        return N_("Not good: some requests were not answered as they should be."), size
    return N_(
        "Too slow for %(people)s people: screens hear of a press late. Use a faster computer, or fewer phones."
    ), size
