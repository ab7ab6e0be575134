"""What the items of an agenda are called, and what the facilitator says at each of them when nobody wrote anything.

A script is read aloud: a few short sentences, in the words of whoever reads.
"""

from flask_babel import lazy_gettext

TITLES = {
    "open_networking": lazy_gettext("Arrival and coffee"),
    "welcome": lazy_gettext("Welcome"),
    "education": lazy_gettext("Five minutes of learning"),
    "rounds": lazy_gettext("Rounds"),
    "break": lazy_gettext("Break"),
    "introductions": lazy_gettext("Introductions"),
    "speaker": lazy_gettext("Speaker"),
    "referrals": lazy_gettext("Referrals and thanks"),
    "announcements": lazy_gettext("Announcements"),
}
"""Kind → what it is called until somebody calls it otherwise."""

OTHER = lazy_gettext("Something else")

SCRIPTS = {
    "open_networking": lazy_gettext(
        "Good morning. Get your badge at the door and a coffee. We begin in a few minutes; until then, find somebody "
        "you do not know yet."
    ),
    "welcome": lazy_gettext(
        "Welcome, and a special welcome to our visitors. This is what we do this morning, and this is when we are "
        "done. Phones stay on the table: they show your seat and the clock."
    ),
    "education": lazy_gettext(
        "Five minutes to get better at this. Take one thing from it and try it at your first table."
    ),
    "rounds": lazy_gettext(
        "Look at your phone or at the wall: there is your table. Ask first: whom could I help you meet? At half-time "
        "the bell rings and you change over. When it rings twice, thank each other and move on."
    ),
    "break": lazy_gettext("A short break. The clock is on the wall; please be back in your seat when it rings."),
    "introductions": lazy_gettext(
        "Now everybody has the floor once. Who you are, what you do well, and whom you would like to meet. Visitors "
        "are introduced by whoever brought them. The clock is for all of us."
    ),
    "speaker": lazy_gettext(
        "Our speaker this morning needs no long introduction. Please give them your full attention; there is time for "
        "two questions afterwards."
    ),
    "referrals": lazy_gettext(
        "Who has a referral, or thanks for one? Say for whom it is, and why you vouch for it. Write it on your phone "
        "at once, so that it does not get lost."
    ),
    "announcements": lazy_gettext(
        "Last announcements: next week, one-to-ones, whom we would like to invite. Before you go, tick on your phone "
        "with whom you stay in touch. Thank you for this morning."
    ),
}
"""Kind → what the facilitator may say."""


def script_of(kind: str, written: str) -> str:
    """What is said at an item: what the organiser wrote, else the usual words of its kind; "" where there are none."""
    return written or str(SCRIPTS.get(kind, ""))
