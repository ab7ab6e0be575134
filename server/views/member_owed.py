"""What a person owes after a meeting: tick off, move, let go; one-to-ones that both confirm; files to take home.

The pages belong to the member's blueprint. Each stands twice: for all meetings (members), and for the one in the
address, which is where a visitor's list lives.
"""

from dataclasses import replace

from flask import Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.domain.access import Verb
from server.domain.errors import NotFound
from server.domain.follow_ups import FollowUpCommand
from server.domain.vocabulary import GroupId, PersonId, ReferralState, Uid
from server.services import exports, follow_ups, one_to_ones, owed, slips
from server.services.context import Context, Json
from server.services.slips import SlipView
from server.views import forms, guards, languages
from server.views import member_words as words
from server.views.guards import Visit
from server.views.member import bp
from server.views.member_frame import file_of, frame, meeting_uid, owed_url, sent

__all__ = ["bp"]
_DECISIONS = {"confirmed": one_to_ones.confirm, "denied": one_to_ones.deny}


@bp.get("/follow-ups", endpoint="follow_ups")
@bp.get("/follow-ups/<meeting>", endpoint="follow_ups")
@guards.needs(Verb.OWN_PAGES)
def owed_list(visit: Visit, uid: str = "", **_: str) -> str:
    """What one owes, of all meetings or of one, and whom one met. `uid`: where something was just refused."""
    with visit.ctx.one_moment() as ctx:
        here = replace(visit, ctx=ctx)
        page = owed.page(ctx, visit.group_id, visit.person_id, meeting_id=visit.scope.meeting_id, private=visit.secure)
        return render_template(
            "member/follow_ups.html",
            page=page,
            base=owed_url(),
            of_meeting=meeting_uid(),
            files=_files(),
            wrong=uid or request.form.get("at", ""),
            typed=forms.typed({"held_on": page.today.isoformat(), "place": ""}),
            slips=_slips_that_wait(here),
            **frame(here, "follow_ups"),
        )


def _slips_that_wait(visit: Visit) -> list[SlipView]:
    """Slips one owes a word on: unanswered ones, quiet ones, and business of which the prospect was not asked yet."""
    if meeting_uid() or not visit.may(Verb.USE_BOARD):
        return []
    every = slips.board(visit.ctx, visit.person_id, group_id=visit.group_id)
    return [
        slip
        for slip in every
        if slip.asks_served or (slip.moves and (slip.state is ReferralState.GIVEN or slip.quiet_days(visit.now)))
    ]


def _files() -> str:
    """The address of the files of this list, without their endings."""
    return f"/follow-ups/{meeting_uid()}/follow-ups" if meeting_uid() else "/follow-ups"


@bp.post("/follow-ups/items/<uid>/moved")
@bp.post("/follow-ups/<meeting>/items/<uid>/moved")
@guards.needs(Verb.OWN_PAGES)
@forms.or_show_again(owed_list)
def postpone(visit: Visit, uid: str) -> ResponseReturnValue:
    """Another day for something that is still owed."""
    follow_ups.postpone(
        visit.ctx,
        group_id=visit.group_id,
        owner=visit.person_id,
        uid=uid,
        due_on=forms.day("due_on"),
        op=visit.op("postpone", sent() | {"uid": uid}),
    )
    return redirect(owed_url(f"f-{uid}"), code=303)


@bp.post("/follow-ups/items/<uid>/<command>")
@bp.post("/follow-ups/<meeting>/items/<uid>/<command>")
@guards.needs(Verb.OWN_PAGES)
@forms.or_show_again(owed_list)
def tick(visit: Visit, uid: str, command: str) -> ResponseReturnValue:
    """Ticked off (`do`), let go (`drop`), or that taken back (`reopen`)."""
    if command not in set(FollowUpCommand):
        raise NotFound("page_unknown")
    follow_ups.tick(
        visit.ctx,
        group_id=visit.group_id,
        owner=visit.person_id,
        uid=uid,
        command=FollowUpCommand(command),
        op=visit.op("tick", {"uid": uid, "command": command}),
    )
    return redirect(owed_url(f"f-{uid}"), code=303)


@bp.post("/follow-ups/one-to-ones")
@bp.post("/follow-ups/<meeting>/one-to-ones")
@guards.needs(Verb.OWN_PAGES)
@forms.or_show_again(owed_list)
def say_held(visit: Visit) -> ResponseReturnValue:
    """A one-to-one took place; it counts once the other one says so too."""
    one_to_ones.say_held(
        visit.ctx,
        group_id=visit.group_id,
        teller=visit.person_id,
        other=Uid(forms.text("other", limit=16)),
        held_on=forms.day("held_on"),
        place=forms.text("place", limit=one_to_ones.PLACE_MOST),
        sure=forms.ticked("sure"),
        op=visit.op("say_held", sent()),
    )
    return redirect(owed_url(), code=303)


@bp.post("/follow-ups/one-to-ones/<uid>/<decision>")
@bp.post("/follow-ups/<meeting>/one-to-ones/<uid>/<decision>")
@guards.needs(Verb.OWN_PAGES)
@forms.or_show_again(owed_list)
def decide(visit: Visit, uid: str, decision: str) -> ResponseReturnValue:
    """The other one's word about a one-to-one: `confirmed` or `denied`."""
    if decision not in _DECISIONS:
        raise NotFound("page_unknown")
    _DECISIONS[decision](
        visit.ctx,
        group_id=visit.group_id,
        person=visit.person_id,
        uid=uid,
        op=visit.op("decide", {"uid": uid, "decision": decision}),
    )
    return redirect(owed_url(), code=303)


@bp.get("/follow-ups.csv")
@bp.get("/follow-ups/<meeting>/follow-ups.csv")
@guards.needs(Verb.OWN_PAGES)
def owed_table(visit: Visit) -> Response:
    """Follow-ups and people met, for a spreadsheet."""
    wording = exports.Wording(
        language=languages.current(),
        headings=words.headings(),
        what=words.owed_title,
        states={state: words.say(text) for state, text in words.DEBTS.items()},
        answers={answer: words.say(text) for answer, text in words.ANSWERS.items()},
    )
    written = exports.follow_ups_csv(*_whose(visit), **_of_what(visit), wording=wording)
    return file_of(written, "csv", "follow-ups")


@bp.get("/follow-ups.vcf")
@bp.get("/follow-ups/<meeting>/follow-ups.vcf")
@guards.needs(Verb.OWN_PAGES)
def owed_cards(visit: Visit) -> Response:
    """Contact cards of everybody met, for a phone."""
    return file_of(exports.cards(*_whose(visit), **_of_what(visit)), "vcf", "people-met")


@bp.get("/follow-ups.ics")
@bp.get("/follow-ups/<meeting>/follow-ups.ics")
@guards.needs(Verb.OWN_PAGES)
def owed_days(visit: Visit) -> Response:
    """What is owed, each on its day, for a calendar."""
    written = exports.due_dates(*_whose(visit), **_of_what(visit), name=gettext("Follow-ups"), what=words.owed_what)
    return file_of(written, "ics", "follow-ups")


def _whose(visit: Visit) -> tuple[Context, GroupId, PersonId]:
    return visit.ctx, visit.group_id, visit.person_id


def _of_what(visit: Visit) -> Json:
    """Of which meeting, and whether private things may be in it."""
    return {"meeting_id": visit.scope.meeting_id, "private": visit.secure}
