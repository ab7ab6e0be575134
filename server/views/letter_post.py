"""Monthly letters to everybody: sent by themselves where a group says so, or a list of messages to write by hand.

What a letter says is for its reader. It goes whole through the mail server; whoever writes by hand sees the link to it
and none of its figures.
"""

import logging
import time

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from server.domain.access import Verb
from server.domain.messages import MessageState
from server.domain.vocabulary import PersonId
from server.services import letters, mine
from server.services.context import Context, breathe
from server.services.letters import Due, Page, Reader, Text
from server.views import addresses, forms, guards, message_words, slip_reminders
from server.views.guards import Visit
from server.views.letters import by_mail, month_words
from server.views.member_frame import sent
from server.views.ready_messages import Ready

bp = Blueprint("letters", __name__, url_prefix="/o")
log = logging.getLogger(__name__)
FIRST_LOOK, EVERY = 60.0, 900.0
"""Seconds after the start of a process, and between two looks at what is due."""


@bp.get("/letters")
@guards.needs(Verb.PREPARE_MEETING)
def group(visit: Visit, uid: str = "") -> str:
    """Whether letters go by themselves, and everybody with how far theirs is. `to`: somebody else first."""
    page = letters.page(visit.ctx, visit.group_id)
    wanted = uid or request.args.get("to", "")
    waiting = [each for each in page.wanted if each.state in (MessageState.OPEN, MessageState.FAILED)]
    chosen = next((each for each in page.wanted if each.uid == wanted), waiting[0] if waiting else None)
    return render_template(
        "organiser/letters.html",
        page=page,
        month=month_words(page.month),
        chosen=chosen,
        ready=_by_hand(visit, page, chosen) if chosen else None,
        done=sum(each.state.is_done for each in page.wanted),
        may_switch=visit.may(Verb.MANAGE_GROUP),
        problem=message_words.problem,
        nav="numbers",
    )


def _by_hand(visit: Visit, page: Page, to: Reader) -> Ready:
    """A message that says where the letter is, in the group's language."""
    link = addresses.for_phones(visit, "member.letter")
    with force_locale(page.language):
        lines = (
            gettext("Hello %(name)s,", name=to.given_name),
            gettext("your letter about %(month)s is ready, for your eyes only: %(link)s",
                    month=month_words(page.month), link=link),
            page.group,
        )  # fmt: skip
        subject = gettext("Your month: %(month)s", month=month_words(page.month))
        return Ready(subject, "\n\n".join(lines), to.email, to.phone)


@bp.post("/letters")
@guards.needs(Verb.MANAGE_GROUP)
@forms.or_show_again(group)
def switch(visit: Visit) -> ResponseReturnValue:
    """Letters go by themselves from now on, or not."""
    automatic = forms.text("automatic", limit=3) == "yes"
    op = visit.op("letters_automatic", sent())
    letters.switch(visit.ctx, group_id=visit.group_id, automatic=automatic, by=visit.person_id, op=op)
    return redirect(url_for("letters.group"), code=303)


@bp.post("/letters/<uid>/written")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(group)
def mark_written(visit: Visit, uid: str) -> ResponseReturnValue:
    """Written by hand; the next person comes."""
    month = letters.page(visit.ctx, visit.group_id).month.first
    letters.mark_written(visit.ctx, group_id=visit.group_id, month=month, person_uid=uid)
    return redirect(url_for("letters.group"), code=303)


@bp.post("/letters/<uid>/undone")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(group)
def take_back(visit: Visit, uid: str) -> ResponseReturnValue:
    """Not written after all."""
    month = letters.page(visit.ctx, visit.group_id).month.first
    letters.take_back(visit.ctx, group_id=visit.group_id, month=month, person_uid=uid)
    return redirect(url_for("letters.group", to=uid), code=303)


@bp.get("/letters/<uid>/written", endpoint="written_again")
@bp.get("/letters/<uid>/undone", endpoint="undone_again")
@guards.needs(Verb.PREPARE_MEETING)
def back_to_the_list(visit: Visit, uid: str) -> ResponseReturnValue:
    """The address of a form's answer opened again."""
    return redirect(url_for("letters.group"))


def send_due(app: Flask, ctx: Context) -> int:
    """Send every letter that is due now; gives how many are on their way. However often asked, nothing goes twice."""
    return sum(
        letters.send(ctx, group_id=due.group_id, month=due.month.first, texts=_texts(app, ctx, due), name=due.group)
        for due in letters.due(ctx)
    )


def _texts(app: Flask, ctx: Context, due: Due) -> dict[PersonId, Text]:
    base = (due.base_url or ctx.settings.base_url or "").rstrip("/")
    found = {}
    with app.test_request_context(), force_locale(due.language):
        link = base + url_for("member.letter") if base else ""
        for person in due.readers:
            found[person] = Text(*by_mail(mine.of_person(ctx, due.group_id, person), group=due.group, link=link))
            breathe()
    return found


def run(app: Flask, ctx: Context, first: float = FIRST_LOOK, every: float = EVERY) -> None:
    """Look for mail that is due for the life of the process: letters, and reminders of slips."""
    time.sleep(first)
    while True:
        look(app, ctx)
        time.sleep(every)


def look(app: Flask, ctx: Context) -> None:
    """One look at everything that goes by itself. One that fails is logged, keeps no other from its turn, and the next
    look comes.
    """
    for what, send in (("letters", send_due), ("reminders", slip_reminders.send_due)):
        try:
            send(app, ctx)
        except Exception:
            log.exception("a look at the %s failed", what)
