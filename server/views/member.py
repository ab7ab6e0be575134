"""The member's board of referral slips: look at it in columns or as a list, move a slip, read what became of it.

Everything works as a form and comes back to its page; the board's scripts only show sooner what has changed, and let a
slip be dragged.
"""

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.domain.access import Verb
from server.domain.errors import NotAllowed, NotFound
from server.domain.referrals import REASON_CODES, Served, Side
from server.domain.vocabulary import ReferralState
from server.services import exports, referrals, slips
from server.services.context import Json
from server.views import forms, guards, languages, member_figures, slip_filters, slip_form, slip_words
from server.views import member_words as words
from server.views.guards import Visit
from server.views.member_frame import file_of, frame, sent
from server.wire import referrals as wire
from server.wire import state as wire_state
from server.wire.sections import Viewer

bp = Blueprint("member", __name__)


@bp.get("/referrals")
@guards.needs(Verb.USE_BOARD)
def board(visit: Visit) -> str:
    """The slips one gave or received, in four columns; narrowed to whom or what is sought, or to what waits."""
    every = slips.board(visit.ctx, visit.person_id, group_id=visit.group_id)
    return render_template(
        "member/board.html",
        slips=slip_filters.own(visit, every),
        total=len(every),
        waiting=[slip for slip in every if slip.side is Side.RECEIVER and slip.state is ReferralState.GIVEN],
        asking=[slip for slip in every if slip.asks_served],
        known=_known(visit),
        asked=slip_filters.asked(),
        **frame(visit, "referrals"),
    )


@bp.get("/referrals/list")
@guards.needs(Verb.USE_BOARD)
def slip_list(visit: Visit) -> str:
    """The same and all older ones as a table, to read and to print."""
    every = slips.all_of(visit.ctx, visit.person_id, visit.group_id)
    figure, framed = member_figures.asked(), frame(visit, "referrals")
    return render_template(
        "member/slip_list.html",
        slips=slip_filters.own(visit, every),
        total=len(every),
        asked=slip_filters.asked(),
        columns=slip_filters.columns(),
        figure=figure.words(framed["today"]) if figure else "",
        figured=slip_filters.figured(),
        **framed,
    )


def _known(visit: Visit) -> dict[str, int]:
    """The versions of everything this page knows: its script fetches the page again when news say otherwise."""
    return {uid: card["version"] for uid, card in wire.slips(visit.ctx, visit.person_id).items()}


@bp.get("/referrals/state")
@guards.needs(Verb.USE_BOARD)
def slips_state(visit: Visit) -> ResponseReturnValue:
    """The same body as the acknowledgement of a `join` without a meeting."""
    return jsonify(wire_state.own_state(visit.ctx, Viewer(visit.person_id, visit.secure)))


@bp.get("/referrals.<any(csv, xlsx):kind>")
@guards.needs(Verb.USE_BOARD)
def slips_file(visit: Visit, kind: str) -> Response:
    """Every slip of one's own for a spreadsheet, or those that the address asks for."""
    wording = exports.SlipWording(languages.current(), words.headings(), slip_words.slip_cells)
    every = slip_filters.own(visit, slips.all_of(visit.ctx, visit.person_id, visit.group_id))
    write = exports.slips_xlsx if kind == "xlsx" else exports.slips_csv
    return file_of(write(visit.ctx, visit.group_id, every, private=visit.secure, wording=wording), kind, "referrals")


@bp.get("/referrals/<uid>")
@guards.needs(Verb.USE_BOARD)
def slip(visit: Visit, uid: str) -> str:
    """A slip with its history; one's own draft opens as the form it is."""
    found = slips.show(visit.ctx, visit.group_id, visit.person_id, uid)
    view = found.slip
    if view.state is ReferralState.DRAFT:
        return slip_form.draft(visit, view)
    to_verdict = [state for state in view.moves if state in REASON_CODES]
    return render_template(
        "member/slip.html",
        slip=view,
        steps=found.steps,
        quality=found.quality,
        moves=[state for state in view.moves if state not in to_verdict],
        verdicts=to_verdict,
        values=forms.typed({"to": request.args.get("to", ""), "note": "", "reason": ""}),
        said=request.args.get("said", ""),
        known=_known(visit),
        **frame(visit, "referrals"),
    )


@bp.post("/referrals/<uid>/moves")
@guards.needs(Verb.USE_BOARD)
@forms.or_show_again(slip)
def move_slip(visit: Visit, uid: str) -> ResponseReturnValue:
    """The receiver says what became of it, with a note; back to the board or to the slip. JSON from the board."""
    if request.is_json:
        return _moved_on_the_board(visit, uid)
    note = forms.text("note", limit=300)
    if note and not visit.secure:
        raise NotAllowed("slip_line_open", field="note")
    referrals.move(
        visit.ctx,
        group_id=visit.group_id,
        actor=visit.person_id,
        uid=uid,
        version=slip_form.version(),
        to=_state(request.form.get("to", "")),
        note=note,
        reason=forms.text("reason", limit=24),
        op=visit.op("move_slip", sent() | {"uid": uid}),
    )
    if request.form.get("back") == "board":
        return redirect(url_for("member.board", _anchor=f"slip-{uid}"), code=303)
    return redirect(url_for("member.slip", uid=uid, said="moved"), code=303)


def _moved_on_the_board(visit: Visit, uid: str) -> ResponseReturnValue:
    """A slip was dropped into another column."""
    body: Json = forms.json_body()
    return jsonify(
        referrals.move(
            visit.ctx,
            group_id=visit.group_id,
            actor=visit.person_id,
            uid=uid,
            version=forms.json_int(body, "version", least=0, most=slip_form.VERSIONS_MOST),
            to=_state(forms.json_text(body, "to", limit=24)),
            op=visit.op("move_slip", body | {"uid": uid}),
        )
    )


@bp.post("/referrals/<uid>/served")
@guards.needs(Verb.USE_BOARD)
@forms.or_show_again(slip)
def tell_served(visit: Visit, uid: str) -> ResponseReturnValue:
    """The giver says what the prospect answered: well served, mixed, or not."""
    answer = request.form.get("served", "")
    if answer not in set(Served):
        raise NotFound("page_unknown")
    referrals.tell_served(
        visit.ctx,
        group_id=visit.group_id,
        actor=visit.person_id,
        uid=uid,
        version=slip_form.version(),
        served=Served(answer),
        op=visit.op("tell_served", sent() | {"uid": uid}),
    )
    return redirect(url_for("member.slip", uid=uid, said="served"), code=303)


def _state(wanted: str) -> ReferralState:
    if wanted not in set(ReferralState):
        raise NotFound("page_unknown")
    return ReferralState(wanted)
