"""What the duties of a meeting are called, and what each asks for."""

from flask_babel import lazy_gettext

from server.domain.duties import PLACES, Duty

TITLES = {
    Duty.DOOR: lazy_gettext("At the door"),
    Duty.CLOCK: lazy_gettext("The clock"),
    Duty.HOST: lazy_gettext("Visitors' host"),
    Duty.SPEAKER: lazy_gettext("The speaker"),
    Duty.MINUTES: lazy_gettext("The minutes"),
}

HINTS = {
    Duty.DOOR: lazy_gettext("Hands out badges and lets people in."),
    Duty.CLOCK: lazy_gettext("Keeps the rounds and the time."),
    Duty.HOST: lazy_gettext("Receives visitors and introduces them."),
    Duty.SPEAKER: lazy_gettext("Tells the group about their trade."),
    Duty.MINUTES: lazy_gettext("Writes down what was decided."),
}


def title(duty: Duty, number: int = 0) -> str:
    """What a place is called; numbered where a duty has several."""
    return f"{TITLES[duty]} {number + 1}" if PLACES[duty] > 1 else str(TITLES[duty])
