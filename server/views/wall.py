"""What a projector shows first, from the same snapshot that its script gets; the script goes on from there.

Which scene it is, how the lists are cut into pages and where the sprouts stand: `web/static/js/display/scene.js`
knows the same, and a test holds the two against each other. Nothing here knows more than a first name and an initial.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from server.domain import names

Json = Mapping[str, Any]

OWN_SCENES = frozenset({"open_networking", "rounds"})
"""Items of the agenda that the wall shows in a way of their own."""
LAST_SECONDS = 30
"""When the ground turns, unless the facilitator has said otherwise."""
TALK_LAST = 10
"""A speaker's last seconds."""
HALF_SHOWN = 20_000
"""So long the wall says that the second half has begun."""
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

Tables = list[tuple[int | None, list[str], str | None]]
"""Tables in their order with the names and whether they are skipped or void; None for those who sit out."""
Moves = list[tuple[str, int | None, int | None]]
"""Name, table before (None: new), table next (None: sits out, or the table does)."""


@dataclass(frozen=True)
class Ring:
    """The ring at the moment of the page, as the macro draws it: seconds, below zero when over."""

    left: int
    length: int
    phase: str
    word: str


WAITING = Ring(0, 300, "ready", "")
"""A ring that is laid out and shows nothing yet."""


@dataclass(frozen=True)
class Timer:
    """The clock that a scene counts, in the shape of a round's; `last` are its last seconds."""

    about: str
    state: Json | None
    last: int


def scene_of(snapshot: Json) -> str:
    """Which scene the wall shows.

    `join` before the rounds, `item` while something else is on, `break` before each round, `round`, `pause` (without
    seats to look for), `talk` while people speak in turn, `done` after the last round, `closed`.
    """
    status, clock = snapshot["meeting"]["status"], snapshot.get("clock")
    stage, talk = snapshot.get("stage") or {}, snapshot.get("talk")
    if status in {"closed", "draft"}:
        return "closed" if status == "closed" else "join"
    if clock and clock["phase"] in {"running", "paused"}:
        return "round"
    coming = clock is not None and clock["phase"] == "planned"
    between = clock is not None and coming and clock["number"] > 1
    if stage.get("pause"):
        return "break" if coming and seated(snapshot) else "pause"
    if talk and talk["phase"] != "done" and talk["who"]:
        return "talk"
    item = stage.get("item")
    if item and item["kind"] not in OWN_SCENES and not between:
        return "item"
    if clock is None or (coming and not seated(snapshot)):
        return "join"
    return "break" if coming else "done"


def timer_of(snapshot: Json, scene: str) -> Timer:
    """The clock that the scene counts; without a state where nothing is counted."""
    clock, talk, stage = snapshot.get("clock"), snapshot.get("talk"), snapshot.get("stage") or {}
    if scene == "round" and clock:
        return Timer(f"{snapshot['meeting'].get('uid')} round {clock['number']}", clock, last_seconds(snapshot))
    if scene == "talk" and talk:
        return Timer(f"talk {talk['number']}", talk, TALK_LAST)
    pause = stage.get("pause") if scene in {"pause", "break"} else None
    if pause:
        return Timer(f"pause {pause['uid']}", _span(pause["began_at"], pause["ends_at"]), 0)
    item = stage.get("item") if scene == "item" else None
    if item and item["due_at"]:
        return Timer(f"item {item['uid']}", _span(item["began_at"], item["due_at"]), 0)
    return Timer(scene, None, 0)


def _span(begins: int, ends: int) -> Json:
    return {"phase": "running", "starts_at": begins, "ends_at": ends, "length_ms": ends - begins}


def last_seconds(snapshot: Json) -> int:
    """How long before the end of a round the ground turns; 0: only at the end."""
    return int((snapshot.get("sound") or {}).get("last_seconds", LAST_SECONDS))


def seated(snapshot: Json) -> Json:
    """The seating of the round that the clock is about; empty when nobody has a seat."""
    clock = snapshot.get("clock")
    found = (snapshot.get("seats") or {}).get(str(clock["number"])) if clock else None
    return found if found and found["tables"] else {}


def _left(clock: Json, now: int) -> float:
    if clock["phase"] == "running":
        return float(clock["ends_at"] - max(now, clock["starts_at"]))
    return float(clock["remaining_ms"] if clock["phase"] == "paused" else clock["length_ms"])


def is_ripe(clock: Json | None, now: int, last: int = LAST_SECONDS) -> bool:
    """Whether the ground has turned: the last seconds, where they are announced, and the time over."""
    return clock is not None and bool(clock["phase"] == "running") and _left(clock, now) <= last * 1000


def is_half(clock: Json | None, now: int, sound: Json | None) -> bool:
    """Whether the second half has just begun, where half-time is announced."""
    if clock is None or clock["phase"] != "running" or not (sound or {}).get("half_time", True):
        return False
    half = clock["length_ms"] / 2
    return bool(half - HALF_SHOWN < _left(clock, now) <= half)


def ring_of(timer: Timer, now: int, word: str) -> Ring:
    """The ring of a timer; without one it waits, with arcs for the script to set."""
    if timer.state is None:
        return WAITING
    phase = timer.state["phase"]
    return Ring(
        math.ceil(_left(timer.state, now) / 1000),
        round(timer.state["length_ms"] / 1000),
        phase if phase in {"running", "paused"} else "ready",
        word,
    )


def word_of(snapshot: Json, scene: str, now: int) -> str:
    """The words under the digits."""
    timer = timer_of(snapshot, scene)
    clock = timer.state
    if clock is None:
        return ""
    if clock["phase"] == "paused":
        return str(gettext("Paused"))
    running = clock["phase"] == "running"
    if running and _left(clock, now) <= 0:
        return str(gettext("Time is up") if scene in {"round", "talk"} else gettext("over"))
    if running and timer.last and _left(clock, now) <= timer.last * 1000:
        return str(ngettext("Last second", "Last %(num)s seconds", timer.last))
    if scene == "round":
        return str(gettext("Swap speakers")) if is_half(clock, now, snapshot.get("sound")) else title_of(clock)
    return str(gettext("left")) if running else str(gettext("Ready"))


def swap_of(snapshot: Json) -> str:
    """What is said in place of the question when the second half begins."""
    if snapshot["meeting"]["table_size"] == 2:
        return str(gettext("Half-time. Now the other one speaks."))
    return str(gettext("Half-time. Whoever has not spoken, speaks now."))


def then_of(snapshot: Json) -> str:
    """What comes next on the agenda."""
    coming = (snapshot.get("stage") or {}).get("next")
    if not coming:
        return ""
    return str(gettext("Then: %(title)s, %(minutes)s min", title=coming["title"], minutes=coming["minutes"]))


def title_of(clock: Json | None) -> str:
    """Which round it is."""
    return gettext("Round %(number)s of %(of)s", number=clock["number"], of=clock["of"]) if clock else ""


def tables_of(seating: Json) -> Tables:
    """Who sits where, by table; those who sit out last."""
    closed = seating.get("closed") or {}
    found: Tables = [
        (int(number), [seat["short"] for seat in people], closed.get(number))
        for number, people in sorted(seating.get("tables", {}).items(), key=lambda entry: int(entry[0]))
        if people
    ]
    out = [seat["short"] for seat in seating.get("byes", ())]
    return [*found, (None, out, None)] if out else found


def _most(tables: Tables) -> int:
    return max((len(people) + bool(closed) for _, people, closed in tables), default=0)


def lines_of(tables: Tables) -> int:
    """In how many lines a table's names stand: three names a line."""
    return max(1, math.ceil(_most(tables) / 3))


def tables_a_page(tables: Tables) -> int:
    """How many tables a page holds, by the fullest of them."""
    most = _most(tables)
    return next((page for people, page in TABLES_A_PAGE if most <= people), 2)


def moves_of(seating: Json) -> Moves:
    """Who goes where, by first name."""
    closed = seating.get("closed") or {}
    found: Moves = [
        (seat["short"], seat.get("from"), None if closed.get(number) else int(number))
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
