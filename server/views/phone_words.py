"""What an attendee's phone says: titles, lines and the ring of each scene, in the reader's language.

The script of the page says the same where it changes them; a test holds the two against each other.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import babel.dates
from flask_babel import gettext, ngettext

from server.domain.vocabulary import ContactField
from server.services.contacts import MetView
from server.services.context import Json
from server.views import languages

LAST_MS = 30_000
"""The last seconds, as they are unless the facilitator has said otherwise: the script learns it a moment later."""
HALF_SHOWN = 20_000
"""So long a phone says that the second half has begun."""


def day_of(day: date | str | None) -> str:
    """A day without its year, "12 March"."""
    if day is None:
        return ""
    found = date.fromisoformat(day) if isinstance(day, str) else day
    return babel.dates.format_date(found, "d MMMM", locale=languages.current())


def met_line(day: str | None, number: int | None) -> str:
    """When two people sat together before; nothing when they did not."""
    if day is None or number is None:
        return ""
    return str(gettext("You met on %(day)s, round %(number)s.", day=day_of(day), number=number))


def firm_of(who: Any) -> str:
    """Company and sector, whichever there are."""
    values = (who.get("company"), who.get("sector")) if isinstance(who, Mapping) else (who.company, who.sector)
    return ", ".join(value for value in values if value)


def title_of(snapshot: Json, scene: Json) -> str:
    """The heading of a scene."""
    if scene["kind"] == "before":
        return str(snapshot["meeting"]["name"])
    if scene["kind"] == "break":
        return str(gettext("Next: round %(number)s of %(of)s", number=scene["number"], of=scene["of"]))
    return str(gettext("Round %(number)s of %(of)s", number=scene["number"], of=scene["of"]))


def sub_of(snapshot: Json, scene: Json) -> str:
    """The line under the heading: what the number in the ring is, or what to do without one."""
    coming = scene["next"]
    match scene["kind"]:
        case "round" if scene["shut"] == "skipped":
            return str(gettext("Your table pauses this round."))
        case "round" if scene["shut"]:
            return str(gettext("Your table does not count this round."))
        case "round":
            return str(gettext("Your table"))
        case "bye":
            return str(gettext("You sit this one out. Have a coffee."))
        case "unseated":
            return str(gettext("You join from the next round."))
        case "break" if coming and coming["table"]:
            return str(gettext("Go to table"))
        case "break" if coming:
            return str(gettext("You sit this one out. Have a coffee."))
        case "before" if coming and coming["table"]:
            return str(gettext("Your first table"))
    return "" if scene["kind"] == "break" else str(gettext("Your table stands here when the rounds begin."))


def table_of(scene: Json) -> int | None:
    """The table in the ring: of the running round, otherwise the one to go to."""
    if scene["table"]:
        return int(scene["table"])
    if scene["kind"] in {"before", "break"} and scene["next"] and scene["next"]["table"]:
        return int(scene["next"]["table"])
    return None


def next_of(scene: Json) -> str:
    """What comes after this round."""
    if not scene["next"]:
        return ""
    if scene["next"]["table"]:
        return str(gettext("Then you go to table"))
    return str(gettext("In the next round you sit out."))


def ring_of(clock: Json | None, now: int) -> Json:
    """Seconds left and in all, phase and word for the ring's first paint. Times are epoch milliseconds."""
    if clock is None:
        return {"left": 0, "length": 300, "phase": "ready", "word": ""}
    phase = clock["phase"]
    left = _left(clock, now)
    words = {"paused": gettext("paused"), "running": gettext("left") if left > 0 else gettext("over")}
    if _is_half(clock, now):
        words["running"] = gettext("Swap speakers")
    return {
        "left": -(-left // 1000),
        "length": clock["length_ms"] // 1000,
        "phase": phase if phase in words else "ready",
        "word": str(words.get(phase, gettext("soon"))),
    }


def _left(clock: Json, now: int) -> int:
    if clock["phase"] == "paused":
        return int(clock["remaining_ms"])
    if clock["phase"] == "running":
        return int(clock["ends_at"] - max(now, clock["starts_at"]))
    return int(clock["length_ms"])


def _is_half(clock: Json, now: int) -> bool:
    """Whether the second half has just begun, and the last seconds have not."""
    left, half = _left(clock, now), clock["length_ms"] / 2
    return clock["phase"] == "running" and left > LAST_MS and half - HALF_SHOWN < left <= half


def prompt_of(snapshot: Json, now: int) -> str:
    """The question of the round; when the second half begins and in the last seconds another one."""
    clock = snapshot["clock"]
    if clock is not None and clock["phase"] == "running" and _left(clock, now) <= LAST_MS:
        return str(gettext("Say one thing you will do for each other."))
    if clock is None or not _is_half(clock, now):
        return str(gettext("“Whom could I help you meet?”"))
    if snapshot["meeting"]["table_size"] == 2:
        return str(gettext("Half-time. Now the other one speaks."))
    return str(gettext("Half-time. Whoever has not spoken, speaks now."))


def rounds_line(numbers: Sequence[int]) -> str:
    """In which rounds two people sat together; nothing said for an exchange alone."""
    if not numbers:
        return str(gettext("Met outside the rounds"))
    return str(ngettext("Round %(list)s", "Rounds %(list)s", len(numbers), list=", ".join(map(str, numbers))))


def after_line(met: Collection[MetView], promised: Collection[MetView]) -> str:
    """How many people were met and how many promises wait."""
    people = ngettext("%(num)s person met", "%(num)s people met", len(met))
    if not promised:
        return str(people)
    return f"{people}, " + str(ngettext("%(num)s promise", "%(num)s promises", len(promised)))


def opened_line(opened: Collection[ContactField]) -> str:
    """What the reader shows to whoever exchanges contacts with them."""
    words = {
        ContactField.EMAIL: gettext("e-mail"),
        ContactField.PHONE: gettext("phone"),
        ContactField.LOOKS_FOR: gettext("what you look for"),
        ContactField.OFFERS: gettext("what you offer"),
    }
    shown = [str(word) for field, word in words.items() if field in opened]
    if not shown:
        return str(gettext("You show your name and company, nothing else."))
    return str(gettext("You show: %(list)s.", list=", ".join(shown)))


def waiting(by_person: Mapping[str, Json], listed: Collection[str], *, mine_too: bool = False) -> list[Json]:
    """The requests that wait, of people who are not on the page anyway."""
    return [
        entry
        for person, entry in by_person.items()
        if entry["state"] == "waiting" and person not in listed and (mine_too or not entry["mine"])
    ]


def exchanged(by_person: Mapping[str, Json], listed: Collection[str]) -> list[Json]:
    """What was exchanged, asked or refused, with people who are not on the page anyway."""
    return [
        entry
        for person, entry in by_person.items()
        if person not in listed and (entry["state"] == "accepted" or (entry["mine"] and entry["state"] != "withdrawn"))
    ]


WORDS = {
    "met_line": met_line,
    "firm_of": firm_of,
    "title_of": title_of,
    "sub_of": sub_of,
    "table_of": table_of,
    "next_of": next_of,
    "prompt_of": prompt_of,
    "rounds_line": rounds_line,
    "after_line": after_line,
    "opened_line": opened_line,
}
"""For the templates."""
