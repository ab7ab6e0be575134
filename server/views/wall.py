"""What a projector shows first, from the same snapshot that its script gets; the script goes on from there.

Which scene it is, how the lists are cut into pages and where the sprouts stand: `web/static/js/display/scene.js`
knows the same, and a test holds the two against each other. Nothing here knows more than a first name and an initial.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from server.domain import names

Json = Mapping[str, Any]

LAST_MS = 30_000
"""The ground turns for the last 30 seconds."""
TABLES_A_PAGE = ((3, 10), (6, 6), (9, 4), (12, 3))
"""How many tables a page holds when the fullest table has at most so many people."""
NAMES_A_PAGE = 20
MOST_PLACES = 120
"""A bed of more places would only be a texture: numbers say it alone."""
PROMPTS = (
    _l("“Whom could I introduce you to?”"),
    _l("“What are you looking for this month?”"),
    _l("“Which customer would you like ten more of?”"),
    _l("“How do I notice that somebody needs you?”"),
    _l("“What do you love to do beside work?”"),
    _l("“Whom have you wanted to meet for a long time?”"),
)
"""The question above the seats, another one each round."""

Tables = list[tuple[int | None, list[str]]]
"""Tables in their order with the names; None for those who sit out."""
Moves = list[tuple[str, int | None, int | None]]
"""Name, table before (None: new), table next (None: sits out)."""


@dataclass(frozen=True)
class Ring:
    """The ring at the moment of the page, as the macro draws it: seconds, below zero when over."""

    left: int
    length: int
    phase: str
    word: str


def scene_of(snapshot: Json) -> str:
    """`join` before the rounds, `break` before each round, `round`, `done` after the last, `closed`."""
    status, clock = snapshot["meeting"]["status"], snapshot.get("clock")
    if status == "closed":
        return "closed"
    if status == "draft" or clock is None:
        return "join"
    if clock["phase"] in ("running", "paused"):
        return "round"
    if clock["phase"] == "planned":
        return "break" if seated(snapshot) else "join"
    return "done"


def seated(snapshot: Json) -> Json:
    """The seating of the round that the clock is about; empty when nobody has a seat."""
    clock = snapshot.get("clock")
    found = (snapshot.get("seats") or {}).get(str(clock["number"])) if clock else None
    return found if found and found["tables"] else {}


def is_ripe(clock: Json | None, now: int) -> bool:
    """Whether the ground has turned: the last 30 seconds and the time over."""
    if clock is None or clock["phase"] != "running":
        return False
    return bool(clock["ends_at"] - max(now, clock["starts_at"]) <= LAST_MS)


def ring_of(clock: Json | None, now: int) -> Ring:
    """The ring of a round; without one it waits, with arcs for the script to set."""
    if clock is None:
        return Ring(0, 300, "ready", "")
    left_ms = clock["length_ms"]
    if clock["phase"] == "running":
        left_ms = clock["ends_at"] - max(now, clock["starts_at"])
    elif clock["phase"] == "paused":
        left_ms = clock["remaining_ms"]
    left = math.ceil(left_ms / 1000)
    return Ring(left, round(clock["length_ms"] / 1000), clock["phase"], word_of(clock, left_ms))


def word_of(clock: Json, left_ms: float) -> str:
    """The words under the digits."""
    if clock["phase"] == "paused":
        return str(gettext("Paused"))
    if clock["phase"] == "running" and left_ms <= 0:
        return str(gettext("Time is up"))
    if clock["phase"] == "running" and left_ms <= LAST_MS:
        return str(gettext("Last 30 seconds"))
    return title_of(clock)


def title_of(clock: Json | None) -> str:
    """Which round it is."""
    return gettext("Round %(number)s of %(of)s", number=clock["number"], of=clock["of"]) if clock else ""


def tables_of(seating: Json) -> Tables:
    """Who sits where, by table; those who sit out last."""
    found: Tables = [
        (int(number), [seat["short"] for seat in people])
        for number, people in sorted(seating.get("tables", {}).items(), key=lambda entry: int(entry[0]))
        if people
    ]
    out = [seat["short"] for seat in seating.get("byes", ())]
    return [*found, (None, out)] if out else found


def lines_of(tables: Tables) -> int:
    """In how many lines a table's names stand: three names a line."""
    most = max((len(people) for _, people in tables), default=0)
    return max(1, math.ceil(most / 3))


def tables_a_page(tables: Tables) -> int:
    """How many tables a page holds, by the fullest of them."""
    most = max((len(people) for _, people in tables), default=0)
    return next((page for people, page in TABLES_A_PAGE if most <= people), 2)


def moves_of(seating: Json) -> Moves:
    """Who goes where, by first name."""
    found: Moves = [
        (seat["short"], seat.get("from"), int(number))
        for number, people in seating.get("tables", {}).items()
        for seat in people or ()
    ]
    found += [(seat["short"], seat.get("from"), None) for seat in seating.get("byes", ())]
    return sorted(found, key=lambda move: (names.search_key(move[0]), move[2] or 0))


def pages_of(rows: Sequence[Any], size: int) -> int:
    """How many pages so many rows take; at least one."""
    return max(1, math.ceil(len(rows) / size))


def places_of(counts: Json) -> list[str]:
    """The seedbed: a place for everybody expected, grown by whoever is here; where each grows never changes."""
    here, visitors = counts["in_room"], counts["visitors"]
    total = here + max(0, counts["expected"] - counts["came"])
    if total > MOST_PLACES:
        return []
    order = sorted(range(total), key=lambda place: (place * 0.618034) % 1)
    places = ["seed"] * total
    for place in order[: here - visitors]:
        places[place] = "sprout"
    for place in order[::-1][:visitors]:
        places[place] = "bloom"
    return places
