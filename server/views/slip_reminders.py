"""Reminders of slips by mail: the switch beside the group's rules, and what a mail says.

A mail says how many slips wait for a word of its reader and where the board is: no name of anybody else, no need, no
amount.
"""

from flask import Flask, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext, ngettext

from server.domain.access import Verb
from server.domain.slip_reminders import Awaited
from server.domain.vocabulary import PersonId
from server.services import slip_reminders
from server.services.context import Context, breathe
from server.services.letters import Text
from server.services.slip_reminders import Due, Reader
from server.views import forms, guards
from server.views.guards import Visit
from server.views.member import bp
from server.views.member_frame import sent
from server.views.member_quality import rules_form

__all__ = ["bp"]


@bp.post("/o/referral-rules/mail")
@guards.needs(Verb.MANAGE_GROUP)
@forms.or_show_again(rules_form)
def switch_reminders(visit: Visit) -> ResponseReturnValue:
    """Receivers are reminded by mail as well from now on, or not."""
    automatic = forms.text("automatic", limit=3) == "yes"
    op = visit.op("slip_reminders", sent())
    slip_reminders.switch(visit.ctx, group_id=visit.group_id, automatic=automatic, by=visit.person_id, op=op)
    return redirect(url_for("member.rules"), code=303)


@bp.get("/o/referral-rules/mail", endpoint="reminders_again")
@guards.needs(Verb.MANAGE_GROUP)
def back_to_the_rules(visit: Visit) -> ResponseReturnValue:
    """The address of the form's answer opened again."""
    return redirect(url_for("member.rules"))


def send_due(app: Flask, ctx: Context) -> int:
    """Remind everybody who is due it now; gives how many mails are on their way. However often asked, nothing goes
    twice.
    """
    return sum(slip_reminders.send(ctx, due, _texts(app, ctx, due)) for due in slip_reminders.due(ctx))


def _texts(app: Flask, ctx: Context, due: Due) -> dict[PersonId, Text]:
    base = (due.base_url or ctx.settings.base_url or "").rstrip("/")
    found = {}
    with app.test_request_context(), force_locale(due.language):
        for reader in due.readers:
            found[reader.id] = by_mail(reader, group=due.group, base=base)
            breathe()
    return found


def by_mail(reader: Reader, *, group: str, base: str) -> Text:
    """The reminder as a mail in the language of the moment. `base`: the address of the pages, or empty."""
    parts = [gettext("Dear %(name)s,", name=reader.name), "\n".join(_waiting(reader))]
    if base:
        board, letter = base + url_for("member.board"), base + url_for("member.letter")
        parts.append(gettext("A word on your board is enough: %(link)s", link=board))
        parts.append(gettext("Where you say that you want no more reminders: %(link)s", link=letter))
    else:
        parts.append(gettext("A word on your board is enough: it is in Coltiva under “Referrals”."))
        parts.append(gettext("On your “Monthly letter” there you say that you want no more reminders."))
    parts.append(group)
    return Text(gettext("Referrals wait for a word of yours"), "\n\n".join(map(str, parts)))


def _waiting(reader: Reader) -> list[str]:
    """A line for each of the two things that are awaited of somebody."""
    answers, words = reader.count(Awaited.ANSWER), reader.count(Awaited.WORD)
    lines = []
    if answers:
        lines.append(
            ngettext(
                "%(num)s referral waits for your first answer.",
                "%(num)s referrals wait for your first answer.",
                answers,
            )
        )
    if words:
        lines.append(
            ngettext(
                "%(num)s referral waits for the next word from you.",
                "%(num)s referrals wait for the next word from you.",
                words,
            )
        )
    return lines
