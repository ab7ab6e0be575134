"""What stands on paper, in words of the program: marked here, translated by whoever prints.

`say` turns an English text into the language of the paper; the web and the command line each have their own.
"""

from collections.abc import Callable, Sequence

from server.views.sentences.marking import N_

Say = Callable[[str], str]

KINDS: dict[str, tuple[str, str]] = {
    "badges": (N_("Badges"), N_("on label sheets, with the code that the door scans")),
    "sign-in": (N_("Sign-in list"), N_("for the door, when there is no power")),
    "routes": (N_("Route cards"), N_("for each attendee: which table in which round, and whom they meet")),
    "tables": (N_("Table cards"), N_("for each table: who sits there in which round")),
    "seating": (N_("Seating plan"), N_("for the wall: each round by name and by table")),
    "tents": (N_("Name tents"), N_("to stand on the table")),
    "empty-chair": (N_("Empty chair"), N_("a tent for the guest whom many here would like to meet")),
    "slips": (N_("Referral slips"), N_("to write by hand")),
    "door": (N_("Poster for the door"), N_("what happens here, in three steps")),
    "join": (N_("Poster for phones"), N_("how a phone joins, for the wall")),
    "wifi": (N_("Poster for the Wi-Fi"), N_("a phone scans it and is in the network")),
    "test-code": (N_("Test code"), N_("to try a scanner or a camera before the doors open")),
}
"""What each paper is called, and what it is for."""

WORDS: dict[str, str | tuple[str, ...]] = {
    "member": N_("Member"),
    "visitor": N_("Visitor"),
    "host": N_("Host"),
    "round": N_("Round"),
    "table": N_("Table"),
    "name": N_("Name"),
    "company": N_("Company"),
    "meets": N_("You meet"),
    "sits_out": N_("Free this round"),
    "promises": N_("What I promise"),
    "promise_to": N_("To whom"),
    "promise_what": N_("What, until when"),
    "by_name": N_("By name"),
    "by_table": N_("By table"),
    "slip": N_("Referral slip"),
    "slip_to": N_("To"),
    "slip_from": N_("From"),
    "slip_date": N_("Date"),
    "slip_prospect": N_("Prospect"),
    "slip_contact": N_("Phone or e-mail"),
    "slip_need": N_("What they need"),
    "slip_consent": N_("They said yes to being called"),
    "slip_level": N_("How far I introduced you"),
    "slip_levels": (
        N_("Name and number"),
        N_("Your card or page"),
        N_("A good word"),
        N_("A call arranged"),
        N_("Face to face"),
    ),
    "slip_vouch": N_("Why I vouch"),
    "slip_used": N_("I was a customer"),
    "slip_saw": N_("I saw the work"),
    "slip_heard": N_("I heard well of it"),
    "slip_how": N_("How I introduced you"),
    "slip_ways": (
        N_("I gave them your card"),
        N_("I told them you would call"),
        N_("I wrote to them"),
        N_("I arranged the call"),
        N_("I brought you together"),
    ),
    "slip_buys": N_("Who buys?"),
    "slip_outside": N_("somebody else"),
    "slip_inside": N_("I do"),
    "slip_comments": N_("Comment"),
    "password": N_("Password"),
    "network": N_("Network"),
    "open_network": N_("No password"),
}
"""The words on all papers of a page, by the fields of `printables.paper.PaperWords`."""

SIGNATURE = N_("Signature")
BADGES = N_("Badges")
INSTEAD = N_("for %(name)s")
TEST_TITLE = N_("Test code: the scanner says that it works, and nobody is let in")
TEST_WORD = N_("Test")
WISH = N_("Looking for such a guest here: %(n)s")
INVITATION = N_("This chair is kept for you.")
BACK_HEADING = N_("This morning")
BACK_ROUNDS = N_("My rounds")

CALIBRATION = N_("Calibration page")
CALIBRATION_STEPS = (
    N_("Print this page at actual size on plain paper and lay it on a label sheet, against the light."),
    N_("At A to D read the number at the label's edge."),
    N_("Where it says 20 mm, lay a ruler's 0 at the edge of the paper and read the number under its 20."),
    N_("Type what you have read, and print this page again: every number should be 0."),
)
SET_NOW = N_("Set now")

POSTERS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "join": (
        N_("Your table on your phone"),
        (
            N_("Let the door scan your badge."),
            N_("Point the camera of your phone at the square on your badge and open the link."),
            N_("Your table, whom you meet and the time left are on your phone."),
        ),
        N_("No phone? Everything stands on the wall, too."),
    ),
    "door": (
        N_("Good morning"),
        (
            N_("Have your badge ready: the square is scanned here."),
            N_("No badge yet? Say your name."),
            N_("Then point the camera of your phone at the square on your badge."),
        ),
        "",
    ),
    "wifi": (
        N_("Wi-Fi"),
        (
            N_("Point the camera of your phone at the square and join the network."),
            N_("Or choose the network in the settings and type the password."),
        ),
        "",
    ),
}
"""Heading, steps and note of each poster; an empty note is the meeting's name."""

PROMPTS = (
    N_("“Whom could I introduce you to?”"),
    N_("“What are you looking for this month?”"),
    N_("“Which customer would you like ten more of?”"),
    N_("“How do I notice that somebody needs you?”"),
    N_("“What do you love to do beside work?”"),
    N_("“Whom have you wanted to meet for a long time?”"),
)
"""The question of each round, the same as on the wall."""


def paper_words(say: Say) -> dict[str, object]:
    """The words on all papers of a page."""
    return {
        field: say(text) if isinstance(text, str) else [say(each) for each in text] for field, text in WORDS.items()
    }


def badge_words(say: Say, language: str) -> dict[str, str]:
    """The words on a badge, and the document's title."""
    named = {field: say(str(WORDS[field])) for field in ("member", "visitor", "host", "table")}
    return named | {"title": say(BADGES), "language": language}


def badge_words_of_meeting(say: Say, language: str) -> dict[str, str]:
    """The same for people of a meeting, who may take somebody's place."""
    return badge_words(say, language) | {"instead": say(INSTEAD)}


def poster(kind: str, say: Say, meeting: str) -> tuple[str, tuple[str, ...], str]:
    """Heading, steps and note of a poster."""
    heading, steps, note = POSTERS[kind]
    return say(heading), tuple(map(say, steps)), say(note) if note else meeting


def prompts(say: Say) -> Sequence[str]:
    """The questions of the rounds in their order."""
    return tuple(map(say, PROMPTS))


def calibration_words(say: Say, language: str) -> dict[str, object]:
    """The words on a calibration page."""
    steps = [say(step) for step in CALIBRATION_STEPS]
    return {"title": say(CALIBRATION), "steps": steps, "set_now": say(SET_NOW), "language": language}
