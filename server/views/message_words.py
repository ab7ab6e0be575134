"""What messages say: their kinds, their texts in the language of the reader, and what went wrong with a letter."""

from typing import Any

from flask_babel import gettext, lazy_gettext

from server.domain.messages import MessageKind
from server.services.meetings import MeetingView
from server.views import pages

TITLES = {
    MessageKind.REMINDER: lazy_gettext("Reminder"),
    MessageKind.MOVED_UP: lazy_gettext("A place is free"),
}
EXPLAINED = {
    MessageKind.REMINDER: lazy_gettext("To everybody who is expected."),
    MessageKind.MOVED_UP: lazy_gettext("To whoever waited and has a place now."),
}
PROBLEMS = {
    "mail_unreachable": lazy_gettext("the mail server does not answer"),
    "mail_not_private": lazy_gettext("the mail server offers no private line"),
    "mail_sign_in_refused": lazy_gettext("the mail server refuses the name or the password"),
    "mail_address_refused": lazy_gettext("the mail server refuses this address"),
    "mail_refused": lazy_gettext("the mail server refused the letter"),
    "mail_line_lost": lazy_gettext("the line was lost on the way"),
}
OTHERWISE = lazy_gettext("it could not be sent")


def when_and_where(meeting: MeetingView) -> dict[str, Any]:
    """Name, day, hour and place of a meeting, as messages say them."""
    return {
        "meeting": meeting.name,
        "day": pages.local_day(meeting.starts_at, meeting.time_zone),
        "hour": pages.local_time(meeting.starts_at, meeting.time_zone),
        "place": meeting.place,
    }


def subject(kind: MessageKind, meeting: MeetingView) -> str:
    """The subject of a message of this kind, in the language of the moment."""
    facts = when_and_where(meeting)
    if kind is MessageKind.REMINDER:
        return str(gettext("%(meeting)s on %(day)s", **facts))
    return str(gettext("A place for you: %(meeting)s", **facts))


def text(kind: MessageKind, meeting: MeetingView, *, given_name: str, group: str, link: str) -> str:
    """The message to one person, in the language of the moment. `link`: where they say that they cannot come."""
    facts = when_and_where(meeting)
    lines = [
        gettext("Hello %(name)s,", name=given_name),
        gettext("we look forward to seeing you:")
        if kind is MessageKind.REMINDER
        else gettext("a place is free, and it is yours:"),
        ", ".join(part for part in (facts["meeting"], facts["day"], facts["hour"], facts["place"]) if part),
    ]
    if link:
        lines.append(gettext("Should you not be able to come, please say so here: %(link)s", link=link))
    lines.append(group)
    return "\n\n".join(map(str, lines))


def problem(code: str) -> str:
    """What went wrong with a letter."""
    return str(PROBLEMS.get(code, OTHERWISE))
