"""The fee list: at the door who pays now, on the organiser's page who paid, who owes, who is free, and the cash box.

Sums of money travel over https or stay on this very computer; elsewhere the list says who paid and not how much.
"""

from decimal import Decimal

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_currency, gettext

from server.domain.access import Verb
from server.domain.errors import NotAllowed, NotFound
from server.domain.fees import FeeState
from server.domain.vocabulary import Uid
from server.services import fees, meetings
from server.views import forms, guards, languages, pages
from server.views.guards import Visit
from server.views.member_frame import FILES
from server.views.member_thanks import money_may_travel

bp = Blueprint("fees", __name__)


def _page(visit: Visit, *, door: bool) -> str:
    with visit.ctx.one_moment() as ctx:
        meeting, _agenda = meetings.show(ctx, visit.meeting_id)
        found = fees.sheet(ctx, visit.meeting_id)
    order = {FeeState.OWES: 0, FeeState.PAID: 1, FeeState.FREE: 2}
    wanted = request.args.get("show", "")
    state = FeeState(wanted) if wanted in set(FeeState) else None
    came = True if "came" in request.args else None
    lines = [line for line in found.lines if state in (None, line.fee.state) and came in (None, line.came)]
    return render_template(
        "organiser/fees.html",
        meeting=meeting,
        sheet=found,
        lines=sorted(lines, key=lambda line: (not line.came, order[line.fee.state])) if door else lines,
        show=state.value if state else "",
        # Whoever is no longer here stands in no line, and is in the figure that led here.
        more_gone=found.gone.count(state, came=came) if state else 0,
        door=door,
        states=FeeState,
        money=money_may_travel(visit),
        said=lambda cents: format_currency(Decimal(cents) / 100, found.currency),
        settle="fees.settle_at_door" if door else "fees.settle",
    )


@bp.get("/o/<meeting>/fees")
@guards.needs(Verb.PREPARE_MEETING)
def sheet(visit: Visit, **_line: str) -> str:
    """Everybody with the fee, and the sums."""
    return _page(visit, door=False)


@bp.get("/desk/<meeting>/fees")
@guards.needs(Verb.ADD_WALK_IN)
def at_door(visit: Visit, **_line: str) -> str:
    """The same for the door: who came and owes stands first."""
    return _page(visit, door=True)


@bp.post("/o/<meeting>/fees/<uid>/<state>")
@guards.needs(Verb.PREPARE_MEETING)
@forms.or_show_again(sheet)
def settle(visit: Visit, uid: str, state: str) -> ResponseReturnValue:
    """Paid, owes after all, or free."""
    return _settle(visit, uid, state, "fees.sheet")


@bp.post("/desk/<meeting>/fees/<uid>/<any(paid, owes):state>")
@guards.needs(Verb.ADD_WALK_IN)
@forms.or_show_again(at_door)
def settle_at_door(visit: Visit, uid: str, state: str) -> ResponseReturnValue:
    """Paid, or not after all. Whom nothing is asked of is the organiser's word."""
    return _settle(visit, uid, state, "fees.at_door")


def _settle(visit: Visit, uid: str, state: str, page: str) -> ResponseReturnValue:
    if state not in set(FeeState):
        raise NotFound("page_unknown")
    fees.settle(
        visit.ctx,
        meeting_id=visit.meeting_id,
        attendance_uid=Uid(uid),
        state=FeeState(state),
        op=visit.op("settle_fee", {"uid": uid, "state": state}),
    )
    assert request.view_args is not None, "the address names the meeting"
    return redirect(url_for(page, meeting=request.view_args["meeting"], _anchor=f"f-{uid}"), code=303)


@bp.get("/o/<meeting>/fees.<any(csv, xlsx):kind>")
@guards.needs(Verb.PREPARE_MEETING)
def sheet_file(visit: Visit, kind: str) -> Response:
    """The list with its amounts and the sum, for the treasurer."""
    if not money_may_travel(visit):
        raise NotAllowed("fees_open_line")
    meeting, _agenda = meetings.show(visit.ctx, visit.meeting_id)
    found = fees.sheet(visit.ctx, visit.meeting_id)
    zone = meeting.time_zone
    written = fees.written(
        found,
        kind=kind,
        headings=tuple(
            map(
                str,
                (
                    gettext("Name"),
                    gettext("Company"),
                    gettext("Member or visitor"),
                    gettext("Came"),
                    gettext("Fee"),
                    gettext("Asked"),
                    gettext("Received"),
                    gettext("Paid at"),
                ),
            )
        ),
        words=_words(),
        paid_at={
            uid: pages.local_time(moment, zone, "yyyy-MM-dd HH:mm") for uid, moment in fees.moments(found).items()
        },
        language=languages.current(),
    )
    response = Response(written, content_type=FILES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="fees-{meeting.slug}.{kind}"'
    return response


def _words() -> dict[str, str]:
    return {
        "member": str(gettext("member")),
        "visitor": str(gettext("visitor")),
        "former": str(gettext("former member")),
        "yes": str(gettext("yes")),
        "paid": str(gettext("paid")),
        "owes": str(gettext("owes")),
        "free": str(gettext("free")),
        "gone": str(gettext("People no longer here")),
        "total": str(gettext("Together")),
    }
